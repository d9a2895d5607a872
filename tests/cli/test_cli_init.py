"""`init`: a project that works at once, and nothing written over."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from fakes import FakeClock
from harness import run

import campaignctl
from campaignctl.cli.init import _files

PATHS = [file.path for file in _files("github")]


@pytest.mark.parametrize("year", [2026, 2031, 2099])
def test_in_an_empty_directory_validate_plan_and_apply_work_at_once_in_any_year(
    year: int, tmp_path: Path
) -> None:
    clock = FakeClock(datetime(year, 6, 1, tzinfo=UTC))
    assert run("init", cwd=tmp_path, clock=clock).code == 0
    assert "nothing wrong" in run("validate", cwd=tmp_path, clock=clock).out
    planned = run("plan", "--format", "json", cwd=tmp_path, clock=clock)
    assert planned.code == 0, planned.all
    assert sorted(change["kind"] for change in planned.json["changes"]) == ["SmsCampaign", "VoiceCampaign"]
    assert {change["change"] for change in planned.json["changes"]} == {"create"}
    applied = run("apply", "--auto-approve", "--format", "json", cwd=tmp_path, clock=clock)
    assert applied.code == 0, applied.all
    assert applied.json["summary"]["applied"] == 2
    again = run("plan", "--detailed-exitcode", cwd=tmp_path, clock=clock)
    assert again.code == 0, again.all


def test_it_says_what_it_wrote_and_what_comes_next(tmp_path: Path) -> None:
    result = run("init", cwd=tmp_path)
    assert [f"+ {path}" for path in PATHS] == result.out.splitlines()
    assert "campaignctl validate, campaignctl plan, campaignctl apply" in result.err
    assert all((tmp_path / path).is_file() for path in PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_a_file_that_is_there_is_kept_as_it_is_and_named(path: str, tmp_path: Path) -> None:
    kept = tmp_path / path
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text("mine", encoding="utf-8")
    result = run("init", cwd=tmp_path)
    assert result.code == 0
    assert f"{path}: is there already, kept as it is" in result.out
    assert kept.read_text(encoding="utf-8") == "mine"


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "campaignctl.yaml").symlink_to(tmp_path / "elsewhere")
    assert run("init", cwd=tmp_path / "project").code == 0
    assert not (tmp_path / "elsewhere").exists()


def test_a_project_with_campaigns_of_its_own_gets_no_examples(tmp_path: Path) -> None:
    (tmp_path / "campaignctl.yaml").write_text(
        "apiVersion: campaignctl/v1\nkind: Project\n", encoding="utf-8"
    )
    run("init", cwd=tmp_path)
    assert (tmp_path / ".github" / "workflows" / "campaigns.yml").is_file()
    assert not (tmp_path / "campaigns").exists()


def test_a_second_init_changes_nothing(tmp_path: Path) -> None:
    run("init", cwd=tmp_path)
    before = {path: (tmp_path / path).read_bytes() for path in PATHS}
    result = run("init", cwd=tmp_path)
    assert result.code == 0
    assert not any(line.startswith("+") for line in result.out.splitlines())
    assert before == {path: (tmp_path / path).read_bytes() for path in PATHS}


def test_within_another_project_it_refuses(tmp_path: Path) -> None:
    run("init", cwd=tmp_path)
    result = run("init", cwd=tmp_path / "campaigns")
    assert result.code == 1
    assert "belongs to the project of" in result.err


def test_where_a_file_cannot_be_written_that_is_said_and_the_next_init_goes_on(tmp_path: Path) -> None:
    (tmp_path / "campaigns").write_text("a file in the way", encoding="utf-8")
    result = run("init", cwd=tmp_path)
    assert result.code == 1
    assert "cannot write" in result.err
    assert not (tmp_path / "campaignctl.yaml").exists()
    (tmp_path / "campaigns").unlink()
    assert run("init", cwd=tmp_path).code == 0
    assert "nothing wrong" in run("validate", cwd=tmp_path).out


def test_below_the_top_of_a_repository_it_says_where_the_workflow_belongs(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "calls").mkdir()
    result = run("init", cwd=tmp_path / "calls")
    assert "move calls/.github/workflows/campaigns.yml to .github/workflows/campaigns.yml" in result.err


def test_the_workflow_installs_the_version_that_wrote_it(tmp_path: Path) -> None:
    run("init", cwd=tmp_path)
    workflow = yaml.safe_load(
        (tmp_path / ".github" / "workflows" / "campaigns.yml").read_text(encoding="utf-8")
    )
    assert workflow["env"]["CAMPAIGNCTL"] == f"campaignctl=={campaignctl.__version__}"


def test_what_the_sandbox_keeps_is_not_committed(tmp_path: Path) -> None:
    run("init", cwd=tmp_path)
    assert (tmp_path / ".campaignctl" / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_another_pipeline_or_none_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    for ci in ("gitlab", "none"):
        (tmp_path / ci).mkdir()
        assert run("init", "--ci", ci, cwd=tmp_path / ci).code == 0
        assert not (tmp_path / ci / ".github").exists()
        assert run("validate", cwd=tmp_path / ci).code == 0
    assert not (tmp_path / "none" / ".gitlab-ci.yml").exists()
    pipeline = (tmp_path / "gitlab" / ".gitlab-ci.yml").read_text(encoding="utf-8")
    assert "$[[" not in pipeline
    assert f"campaignctl=={campaignctl.__version__}" in pipeline
    jobs = yaml.safe_load(pipeline)
    assert {"campaigns-validate", "campaigns-plan", "campaigns-apply", "campaigns-scheduled"} <= set(jobs)
    assert ".campaignctl" in yaml.safe_load((tmp_path / "gitlab/.gitlab/campaigns-job.yml").read_text())
