"""The functions for programs: the guide's example, what they refuse, other threads, and what importing costs."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import SECRETS, Desk, live_voice, run, voice

import campaignctl
from campaignctl.errors import InputError, RefusedError, UsageError

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "library.md"
EXAMPLE = re.compile(r"<!-- run -->\n```python\n(.*?)```", re.DOTALL)


@pytest.fixture
def project(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[campaignctl.Project]:
    """A voice campaign that is not live yet, in an account of credentials from the environment."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    desk.manifests(voice())
    with contextlib.chdir(desk.root):
        yield campaignctl.load(clock=desk.clock)


@pytest.mark.slow
def test_the_example_of_the_guide_runs_against_a_sandbox(tmp_path: Path) -> None:
    assert run("init", cwd=tmp_path).code == 0
    (example,) = EXAMPLE.findall(GUIDE.read_text(encoding="utf-8"))
    environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(tmp_path)}
    said = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", example],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    assert '"outcome": "applied"' in said[0].replace('":"', '": "')
    assert "Nothing to do" in said[1]
    assert '"results"' not in said[1]


def test_a_proposal_is_carried_out_as_it_stands(desk: Desk, project: campaignctl.Project) -> None:
    proposal = campaignctl.plan(project)
    assert proposal.plan.operations == 1
    assert desk.writes == []
    outcome = campaignctl.apply(proposal)
    assert outcome.exit_code == 0
    assert desk.live("diwali-reminder")["status"] == "Created"
    assert campaignctl.plan(project).plan.operations == 0


def test_an_account_that_is_another_by_now_is_refused(desk: Desk, project: campaignctl.Project) -> None:
    proposal = campaignctl.plan(project)
    desk.seed(live_voice())
    with pytest.raises(RefusedError, match="review it again"):
        campaignctl.apply(proposal)
    assert desk.writes == []


def test_more_operations_than_allowed_are_refused(desk: Desk, project: campaignctl.Project) -> None:
    with pytest.raises(RefusedError, match="max_changes"):
        campaignctl.apply(campaignctl.plan(project), max_changes=0)
    assert desk.writes == []


def test_the_command_and_the_library_make_the_same_plan(desk: Desk, project: campaignctl.Project) -> None:
    assert desk.plan()["digest"] == campaignctl.plan(project).plan.digest


@pytest.mark.parametrize("output_format", ["text", "json", "markdown", "html", "github"])
def test_both_are_rendered_in_every_format_and_masked(
    desk: Desk, project: campaignctl.Project, output_format: str
) -> None:
    proposal = campaignctl.plan(project)
    outcome = campaignctl.apply(proposal)
    for shown in (proposal, outcome):
        text = campaignctl.render(shown, output_format)
        assert text
        assert "9876543210" not in text
    assert desk.writes


def test_a_way_of_reading_that_does_not_exist_is_refused(project: campaignctl.Project) -> None:
    with pytest.raises(UsageError, match="auto, full"):
        campaignctl.plan(project, refresh="everything")


def test_its_functions_are_offered_to_whoever_looks_for_them() -> None:
    assert {"load", "plan", "apply", "render"} <= set(dir(campaignctl))


def test_another_format_is_refused(project: campaignctl.Project) -> None:
    with pytest.raises(ValueError, match="none of text"):
        campaignctl.render(campaignctl.plan(project), "xml")


def test_a_json_outcome_is_that_of_the_command(project: campaignctl.Project) -> None:
    outcome = campaignctl.apply(campaignctl.plan(project))
    (result,) = json.loads(campaignctl.render(outcome, "json"))["results"]
    assert result["outcome"] == "applied"


def test_an_invalid_manifest_is_told_with_its_place(desk: Desk, project: campaignctl.Project) -> None:
    desk.manifests(voice(caller="1"))
    with pytest.raises(InputError) as told:
        campaignctl.load()
    assert told.value.findings[0].where.file == "campaigns/all.yaml"
    assert project.findings == ()


def test_it_works_in_another_thread_and_prints_nothing(
    project: campaignctl.Project, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = []
    thread = threading.Thread(
        target=lambda: codes.append(campaignctl.apply(campaignctl.plan(project)).exit_code)
    )
    thread.start()
    thread.join()
    assert codes == [0]
    assert capsys.readouterr() == ("", "")


def test_importing_costs_nothing_until_it_is_used() -> None:
    code = "import sys, campaignctl; print(sorted(m for m in sys.modules if m.startswith('campaignctl')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['campaignctl']"


def test_what_it_offers_is_there() -> None:
    assert all(hasattr(campaignctl, name) for name in campaignctl.__all__)
    assert not hasattr(campaignctl, "no_such_function")


def test_every_word_of_the_guide_is_offered() -> None:
    used = set(re.findall(r"campaignctl\.([a-z]+)\(", GUIDE.read_text(encoding="utf-8")))
    assert used <= set(campaignctl.__all__)
