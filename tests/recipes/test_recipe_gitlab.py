"""The GitLab component and what `init --ci gitlab` writes: run by gitlab-ci-local, which needs npm, rsync and git.

What it needs is installed here, or the tests say that they were left out and why.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from git_projects import NOBODY, GitProject, git_project
from harness import run, voice

from campaignctl.sandbox.server import Sandbox

pytestmark = pytest.mark.slow

COMPONENT = Path(__file__).parents[2] / "templates" / "campaigns.yml"
VERSION = "4.61.0"
REMOTE = "https://gitlab.example.com/acme/campaigns.git"


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory) -> str:
    """gitlab-ci-local, installed where it is not there."""
    for needed in ("npm", "node", "rsync"):
        if shutil.which(needed) is None:
            pytest.skip(f"gitlab-ci-local was left out: there is no {needed}")
    found = shutil.which("gitlab-ci-local")
    if found:
        return found
    home = tmp_path_factory.mktemp("npm")
    words = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(home), f"gitlab-ci-local@{VERSION}"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"gitlab-ci-local was left out: npm cannot install it: {done.stderr[-200:]}")
    return str(home / "node_modules" / ".bin" / "gitlab-ci-local")


@dataclass
class Pipeline:
    """A project with the component, and a remote that `git` finds under GitLab's name."""

    project: GitProject
    tool: str
    home: Path

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        given = [part for name, value in variables.items() for part in ("--variable", f"{name}={value}")]
        environ = {
            **os.environ,
            **NOBODY,
            "HOME": str(self.home),
            "PATH": f"{self.home / 'bin'}{os.pathsep}{os.environ['PATH']}",
        }
        return subprocess.run(
            [self.tool, "--no-shell-isolation", "--force-shell-executor", *given, *words],
            cwd=self.project.root, env=environ, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def artifact(self, job: str, name: str) -> str:
        return next((self.project.root / ".gitlab-ci-local" / "artifacts" / job).rglob(name)).read_text()


@pytest.fixture
def pipeline(tool: str, tmp_path: Path) -> Pipeline:
    (tmp_path / "home" / "bin").mkdir(parents=True)
    script = tmp_path / "home" / "bin" / "campaignctl"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m campaignctl "$@"\n')
    script.chmod(0o755)
    (tmp_path / "home" / "bin" / "python").symlink_to(sys.executable)
    project = git_project(tmp_path / "work")
    shutil.copy(COMPONENT, project.root / "campaigns-component.yml")
    inputs = {"environment": "sandbox", "version": ""}
    included = {"include": [{"local": "campaigns-component.yml", "inputs": inputs}]}
    project.write(".gitlab-ci.yml", yaml.safe_dump(included))
    project.write(".gitignore", ".gitlab-ci-local/\n.campaignctl/\n")
    project.write(
        "campaigns/one.yaml",
        voice(
            "reminder",
            schedule={"send_at": "2035-01-15T09:00:00+05:30", "end_at": "2035-01-15T18:00:00+05:30"},
        ),
    )
    project.commit()
    bare = tmp_path / "remote.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch", "main", str(bare)], check=True)
    project.git("remote", "add", "origin", REMOTE)
    project.git("config", f"url.{bare}.insteadOf", REMOTE)
    project.git("config", "user.email", "tester@example.com")
    project.git("config", "user.name", "A. Tester")
    project.git("push", "--quiet", "origin", "main")
    project.git("fetch", "--quiet", "origin")
    project.git("remote", "set-head", "origin", "main")
    return Pipeline(project, tool, tmp_path / "home")


def test_a_validation_keeps_its_reports_when_it_fails(pipeline: Pipeline) -> None:
    done = pipeline.run("campaigns-validate")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((pipeline.project.root / "campaigns-quality.json").read_text()) == []
    pipeline.project.write("campaigns/two.yaml", voice("two", caler_id="1"))
    pipeline.project.git("add", "--all")
    failed = pipeline.run("campaigns-validate")
    assert failed.returncode != 0
    [issue, *_] = json.loads((pipeline.project.root / "campaigns-quality.json").read_text())
    assert issue["location"]["path"] == "campaigns/two.yaml"
    root = ElementTree.parse(pipeline.project.root / "campaigns-validate.xml").getroot()
    assert root.find(".//failure") is not None


def test_the_plan_of_a_pipeline_is_what_its_apply_carries_out(pipeline: Pipeline) -> None:
    done = pipeline.run("campaigns-plan", "campaigns-apply", "--manual", "campaigns-apply")
    assert done.returncode == 0, done.stdout + done.stderr
    plan = json.loads(pipeline.artifact("campaigns-plan", "campaigns-plan.json"))
    assert plan["summary"]["operations"] == 1
    assert "reminder" in pipeline.artifact("campaigns-plan", "campaigns-plan.md")
    assert "created" in done.stdout


def test_off_the_head_of_the_remote_nothing_is_applied(pipeline: Pipeline) -> None:
    pipeline.project.write("more.txt", "more\n")
    pipeline.project.commit()
    done = pipeline.run("campaigns-scheduled", CI_PIPELINE_SOURCE="schedule")
    assert done.returncode != 0, done.stdout
    assert "Not the head of the default branch" in done.stdout + done.stderr


def test_a_schedule_applies_what_came_due(pipeline: Pipeline) -> None:
    done = pipeline.run("campaigns-scheduled", CI_PIPELINE_SOURCE="schedule")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "created" in done.stdout
    again = pipeline.run("campaigns-scheduled", CI_PIPELINE_SOURCE="schedule")
    assert (again.returncode, "Nothing to do" in again.stdout) == (0, True), again.stdout


@pytest.mark.parametrize(
    ("variables", "jobs"),
    [
        ({"CI_PIPELINE_SOURCE": "push"}, {"campaigns-validate", "campaigns-plan", "campaigns-apply"}),
        ({"CI_PIPELINE_SOURCE": "schedule"}, {"campaigns-scheduled"}),
        (
            {
                "CI_PIPELINE_SOURCE": "merge_request_event",
                "CI_COMMIT_BRANCH": "",
                "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "7",
                "CI_MERGE_REQUEST_PROJECT_ID": "7",
            },
            {"campaigns-validate", "campaigns-plan"},
        ),
        (
            {
                "CI_PIPELINE_SOURCE": "merge_request_event",
                "CI_COMMIT_BRANCH": "",
                "CI_PROJECT_ID": "8",
                "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "8",
                "CI_MERGE_REQUEST_PROJECT_ID": "7",
            },
            {"campaigns-validate"},
        ),
    ],
    ids=["a push", "a schedule", "a merge request", "a fork's merge request"],
)
def test_each_pipeline_has_its_jobs(pipeline: Pipeline, variables: dict[str, str], jobs: set[str]) -> None:
    done = pipeline.run("--list-csv", **variables)
    listed = {line.partition(";")[0].strip('"') for line in done.stdout.splitlines()}
    assert {it for it in listed if it.startswith("campaigns-")} == jobs, done.stdout + done.stderr


# -- many accounts ---------------------------------------------------------------------------------------------

PAGE = COMPONENT.parents[1] / "docs" / "guide" / "ci-gitlab.md"
NAMES = ("north", "south")
LATER = {"send_at": "2035-01-15T09:00:00+05:30", "end_at": "2035-01-15T18:00:00+05:30"}


def manifest(name: str, number: str) -> dict[str, object]:
    return voice(f"reminder-{name}", schedule=LATER, **{"from": [number]})


@pytest.fixture
def many(pipeline: Pipeline) -> Iterator[Pipeline]:
    """The pipeline of the guide over two accounts of one sandbox."""
    project = pipeline.project
    with Sandbox() as sandbox:
        (project.root / "campaignctl.yaml").unlink()
        (project.root / "campaigns/one.yaml").unlink()
        settings = {"backend": "exotel", "base_url": sandbox.url, "rate_limit": None, "settle_seconds": 0}
        environments = {
            name: {**settings, "account_sid": name, "manifests": [f"campaigns/{name}/"]} for name in NAMES
        }
        head = {"apiVersion": "campaignctl/v1", "kind": "Project", "manifests": ["campaigns/"]}
        project.write("campaignctl.yaml", {**head, "environments": environments})
        for place, name in enumerate(NAMES):
            project.write(f"campaigns/{name}/one.yaml", manifest(name, f"+91987654321{place}"))
        text = PAGE.read_text(encoding="utf-8").partition("<!-- file: .gitlab-ci.yml -->\n```yaml\n")[2]
        text = text.partition("```")[0]
        project.write(".gitlab-ci.yml", text.replace('"campaignctl==0.1.0"', '""'))
        run("init", "--ci", "gitlab", cwd=project.root)
        # what stands under Settings, CI/CD, Variables: child pipelines have it too
        project.write(
            ".gitlab-ci-local-variables.yml", {"EXOTEL_API_KEY": "key", "EXOTEL_API_TOKEN": "token"}
        )
        job = project.root / ".gitlab/campaigns-job.yml"
        job.write_text(re.sub('CAMPAIGNS_VERSION: ".*"', 'CAMPAIGNS_VERSION: ""', job.read_text()))
        project.commit()
        project.git("push", "--quiet", "origin", "main")
        yield pipeline


MERGE_REQUEST = {
    "CI_PIPELINE_SOURCE": "merge_request_event", "CI_COMMIT_BRANCH": "",
    "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "7", "CI_MERGE_REQUEST_PROJECT_ID": "7",
}  # fmt: skip


def test_at_night_every_account_is_applied_by_a_job_of_its_own(many: Pipeline) -> None:
    done = many.run(CI_PIPELINE_SOURCE="schedule")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "campaigns 1/2" in done.stdout
    assert "campaigns 2/2" in done.stdout
    assert done.stdout.count("created") >= 2, done.stdout
    again = many.run(CI_PIPELINE_SOURCE="schedule")
    assert (again.returncode, again.stdout.count("Nothing to do")) == (0, 2), again.stdout


def test_a_merge_request_plans_what_it_touches_alone(many: Pipeline) -> None:
    base = many.project.git("rev-parse", "HEAD")
    many.project.write("campaigns/south/two.yaml", manifest("two", "+919876543217"))
    many.project.commit()
    done = many.run(CI_MERGE_REQUEST_DIFF_BASE_SHA=base, **MERGE_REQUEST)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "campaigns 1/1" in done.stdout
    assert "reminder-two: create" in done.stdout
    assert "reminder-north" not in done.stdout
    assert "created" not in done.stdout


def test_one_that_touches_nothing_has_a_child_pipeline_that_succeeds(many: Pipeline) -> None:
    base = many.project.git("rev-parse", "HEAD")
    done = many.run(CI_MERGE_REQUEST_DIFF_BASE_SHA=base, **MERGE_REQUEST)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "campaigns none" in done.stdout


def test_a_base_that_is_not_there_fails(many: Pipeline) -> None:
    done = many.run(CI_MERGE_REQUEST_DIFF_BASE_SHA="0" * 40, **MERGE_REQUEST)
    assert done.returncode != 0
    assert "fetch-depth: 0" in done.stdout + done.stderr


def test_what_was_merged_is_planned_and_exactly_that_applied(many: Pipeline) -> None:
    base = many.project.git("rev-parse", "HEAD")
    many.project.write("campaigns/south/two.yaml", manifest("two", "+919876543217"))
    many.project.commit()
    many.project.git("push", "--quiet", "origin", "main")
    pushed = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BEFORE_SHA": base}
    done = many.run("campaigns-plan", "campaigns-apply", "--manual", "campaigns-apply", **pushed)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "reminder-two" in done.stdout
    assert "reminder-north" not in done.stdout
    many.project.write("more.txt", "more\n")
    many.project.commit()
    off = many.run("campaigns-plan", "campaigns-apply", "--manual", "campaigns-apply", **pushed)
    assert off.returncode != 0
    assert "Not the head of the default branch" in off.stdout + off.stderr


def test_what_init_writes_is_a_pipeline(tool: str, tmp_path: Path) -> None:
    project = GitProject(tmp_path)
    project.git("init", "--quiet", "--initial-branch", "main")
    run("init", "--ci", "gitlab", cwd=tmp_path)
    project.git("remote", "add", "origin", REMOTE)
    project.commit()
    done = subprocess.run(
        [tool, "--list-csv", "--variable", "CI_PIPELINE_SOURCE=schedule"], cwd=tmp_path,
        env={**os.environ, **NOBODY, "HOME": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "campaigns-scheduled" in done.stdout, done.stdout + done.stderr
