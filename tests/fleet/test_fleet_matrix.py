"""`matrix`: jobs for a pipeline, of the environments that a change touches."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from git_projects import GitProject
from harness import Result, run, voice
from hypothesis import given, settings
from hypothesis import strategies as st

from campaignctl.fleet.jobs import jobs_of
from campaignctl.fleet.touched import Move

NAMES = ("north-001", "north-002", "south-042")


def write_environment(project: GitProject, name: str, **spec: Any) -> None:
    settings = {"account_sid": f"acc-{name}", "select": f"region={name.partition('-')[0]}", **spec}
    document = {
        "apiVersion": "campaignctl/v1",
        "kind": "Environment",
        "metadata": {"name": name},
        "spec": settings,
    }
    project.write(f"accounts/{name}.yaml", document)


def write_manifest(project: GitProject, name: str, region: str, **fields: Any) -> None:
    project.write(f"campaigns/{name}.yaml", voice(name, metadata={"labels": {"region": region}}, **fields))


@pytest.fixture
def project(tmp_path: Any) -> GitProject:
    made = GitProject(tmp_path / "work")
    made.root.mkdir()
    made.git("init", "--quiet", "--initial-branch", "main")
    made.write(
        "campaignctl.yaml",
        {
            "apiVersion": "campaignctl/v1",
            "kind": "Project",
            "manifests": ["campaigns/"],
            "environments_from": ["accounts/*.yaml"],
            "environment_defaults": {"backend": "exotel", "region": "mumbai"},
        },
    )
    for name in NAMES:
        write_environment(made, name)
    write_manifest(made, "north", "north", **{"from": ["+919876543210"]})
    write_manifest(made, "south", "south", **{"from": ["+919876543211"]})
    made.commit()
    return made


def matrix(project: GitProject, *words: str) -> Result:
    return run("matrix", *words, cwd=project.root)


def github(project: GitProject, *words: str) -> list[tuple[str, str, int]]:
    result = matrix(project, "--format", "github", *words)
    assert (result.code, result.out.count("\n")) == (0, 1), result.all
    return [(it["job"], it["environments"], it["count"]) for it in result.json["include"]]


def test_without_a_revision_it_is_all_of_them(project: GitProject) -> None:
    result = matrix(project, "--format", "json")
    assert result.code == 0, result.all
    assert result.json == {
        "format_version": "1.0",
        "base": None,
        "environments": [
            {"environment": name, "account_sid": f"acc-{name}", "manifests": 1, "changed": []}
            for name in NAMES
        ],
        "removed": [],
        "jobs": [[name] for name in NAMES],
    }


def test_with_one_it_is_what_changed(project: GitProject) -> None:
    write_manifest(project, "south", "south", **{"from": ["+919876543299"]})
    write_environment(project, "north-002", allow=["complete"])
    (project.root / "accounts/north-001.yaml").unlink()
    result = matrix(project, "--changed-since", "main", "--format", "json")
    assert result.code == 0, result.all
    assert result.json["base"] == {
        "revision": "main",
        "commit": project.git("rev-parse", "HEAD"),
        "merge_base": True,
    }
    assert [(it["environment"], it["changed"]) for it in result.json["environments"]] == [
        ("north-002", ["settings"]),
        ("south-042", ["manifests"]),
    ]
    assert result.json["removed"] == ["north-001"]
    assert "north-001 is gone" in result.err


def test_github_gets_one_line(project: GitProject) -> None:
    assert github(project) == [(f"{place}/3", name, 1) for place, name in enumerate(NAMES, 1)]
    assert github(project, "--max", "2") == [("1/2", "north-001,north-002", 2), ("2/2", "south-042", 1)]
    assert github(project, "--changed-since", "main") == []
    result = matrix(project, "--format", "github", "--changed-since", "main")
    assert result.out == '{"include":[]}\n'


def test_gitlab_gets_a_child_pipeline(project: GitProject) -> None:
    result = matrix(project, "--format", "gitlab", "--max", "2")
    assert yaml.safe_load(result.out) == {
        "include": [{"local": ".gitlab/campaigns-job.yml"}],
        "campaigns 1/2": {
            "extends": ".campaignctl", "variables": {"CAMPAIGNCTL_ENVIRONMENTS": "north-001,north-002"},
        },
        "campaigns 2/2": {"extends": ".campaignctl", "variables": {"CAMPAIGNCTL_ENVIRONMENTS": "south-042"}},
    }  # fmt: skip
    none = matrix(project, "--format", "gitlab", "--changed-since", "main")
    [(name, job)] = yaml.safe_load(none.out).items()
    assert name == "campaigns none"
    assert job["script"]
    other = matrix(project, "--format", "gitlab", "--include", "ci/job.yml")
    assert yaml.safe_load(other.out)["include"] == [{"local": "ci/job.yml"}]


def test_what_moves_is_looked_at_where_it_came_from(project: GitProject) -> None:
    """Else it would be created in the one account while it runs on in the other."""
    for name in ("aaa-1", "mmm-1"):
        write_environment(project, name)
    write_manifest(project, "moving", "aaa", **{"from": ["+919876543212"]})
    project.commit()
    write_manifest(project, "moving", "south", **{"from": ["+919876543212"]})
    write_environment(project, "mmm-1", allow=["complete"])
    found = github(project, "--changed-since", "main")
    assert found == [("1/2", "aaa-1,south-042", 2), ("2/2", "mmm-1", 1)]


def test_an_environment_whose_manifest_is_broken_is_listed(project: GitProject) -> None:
    write_manifest(project, "south", "south", caller_id=[1], **{"from": ["+919876543211"]})
    result = matrix(project, "--changed-since", "main", "--format", "json")
    assert result.code == 0
    assert [it["environment"] for it in result.json["environments"]] == ["south-042"]
    assert "invalid" in result.json["environments"][0]["changed"]


def test_names_and_patterns_narrow(project: GitProject) -> None:
    assert [it[1] for it in github(project, "-e", "north-*")] == list(NAMES[:2])
    assert [it[1] for it in github(project, "-e", "south-042,north-001")] == ["north-001", "south-042"]
    nothing = matrix(project, "-e", "west-*", "--format", "github")
    assert (nothing.code, nothing.out) == (1, "")


@pytest.mark.parametrize("revision", ["nowhere", "0" * 40])
@pytest.mark.parametrize("output_format", ["json", "github", "gitlab"])
def test_a_base_that_cannot_be_read_is_never_an_empty_matrix(
    project: GitProject, revision: str, output_format: str
) -> None:
    result = matrix(project, "--changed-since", revision, "--format", output_format)
    assert result.code == 1
    assert "fetch-depth: 0" in (result.out if output_format == "json" else result.err)
    assert "jobs" not in result.out
    assert output_format == "json" or result.out == ""


@pytest.mark.parametrize(
    "words",
    [
        ("--max", "0", "--format", "json"),
        ("--max", "257", "--format", "github"),
        ("--include", "x.yml", "--format", "json"),
        ("--changed-since", "", "--format", "github"),
    ],
)
def test_it_is_used_wrongly(project: GitProject, words: tuple[str, ...]) -> None:
    assert matrix(project, *words).code == 64


def test_more_jobs_than_github_takes_are_fine_elsewhere(project: GitProject) -> None:
    assert len(matrix(project, "--max", "300", "--format", "json").json["jobs"]) == 3


def test_it_asks_for_no_credentials_and_no_network(project: GitProject) -> None:
    result = run(
        "matrix", "--format", "json", cwd=project.root, env={"EXOTEL_API_KEY": "", "EXOTEL_API_TOKEN": ""}
    )
    assert result.code == 0


NAME_LISTS = st.sets(st.text("abcdef", min_size=1, max_size=3), max_size=40).map(sorted)


@settings(deadline=None)
@given(NAME_LISTS, st.integers(1, 12))
def test_slices_are_as_few_as_may_be_of_neighbours_and_alike(names: list[str], most: int) -> None:
    jobs = jobs_of(names, most)
    assert [name for job in jobs for name in job] == names
    sizes = list(map(len, jobs))
    assert len(jobs) == min(len(names), most)
    assert sizes == sorted(sizes, reverse=True)
    assert not sizes or sizes[0] - sizes[-1] <= 1


@settings(deadline=None)
@given(NAME_LISTS.filter(lambda it: len(it) > 1), st.integers(1, 12), st.data())
def test_whatever_moves_nobody_is_lost_and_both_ends_are_in_one_job(
    names: list[str], most: int, data: st.DataObject
) -> None:
    ends = st.tuples(st.sampled_from(names), st.sampled_from(names))
    moved = [Move("VoiceCampaign", "x", *it) for it in data.draw(st.lists(ends, max_size=5))]
    jobs = jobs_of(names, most, moved)
    assert sorted(name for job in jobs for name in job) == names
    assert all(jobs)
    of = {name: place for place, job in enumerate(jobs) for name in job}
    assert all(of[it.source] == of[it.target] for it in moved)
