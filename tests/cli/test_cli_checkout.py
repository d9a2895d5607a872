"""An old pipeline that is run again does not know what a newer one made: orphans and the commit that is checked out."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from git_projects import GitProject, git_project
from harness import Desk, actions, live_voice, voice

from campaignctl.errors import InputError
from campaignctl.manifests.revision import Repository, checked_out

PRUNE = ("--prune", "--allow", "complete", "--allow", "archive")
BEFORE, AFTER = "2027-01-10T03:29:59Z", "2027-01-10T03:30:01Z"
"""A second before and after the desk's clock, by which its campaigns were created."""


def commit(desk: Desk, when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", when)
    git = GitProject(desk.root)
    git.git("init", "--quiet", "--initial-branch", "main")
    git.commit()


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """One campaign with a manifest, and one that a newer commit made, or whose manifest was removed."""
    desk.configure({"prune": {"name_prefix": "growth-"}})
    desk.manifests(voice("growth-mine"))
    desk.seed(live_voice("growth-mine"), live_voice("growth-other", **{"from": ["+919000000001"]}))
    return desk


def test_an_orphan_that_is_older_than_the_checkout_is_ended(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(desk, AFTER, monkeypatch)
    assert desk.run("apply", "--auto-approve", *PRUNE).code == 0
    assert [word for word, _ in actions(desk.writes)] == ["pause", "complete", "archive"]


def test_one_that_is_newer_is_listed_noted_first_and_not_ended(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(desk, BEFORE, monkeypatch)
    applied = desk.run("apply", "--auto-approve", *PRUNE)
    assert applied.code == 0, applied.all
    assert not desk.writes
    sid = desk.live("growth-other")["id"]
    plan = desk.plan(*PRUNE)
    assert [(it["name"], it["change"]) for it in plan["changes"]] == [
        ("growth-mine", "noop"),
        ("growth-other", "orphan"),
    ]
    assert "2027-01-15T09:00:00+05:30" in plan["notes"][0]
    assert f"`campaignctl complete {sid}` ends it" in plan["notes"][0]


@pytest.mark.parametrize("output_format", ["text", "markdown", "html"])
def test_that_stands_above_all_no_ops(
    desk: Desk, output_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(desk, BEFORE, monkeypatch)
    shown = desk.run("plan", "--format", output_format).out
    assert shown.index("Note: voice/growth-other is alive") < shown.index("voice/growth-mine")


def test_outside_git_nothing_is_newer(desk: Desk) -> None:
    assert checked_out(desk.root) is None
    assert desk.run("apply", "--auto-approve", *PRUNE).code == 0
    assert [word for word, _ in actions(desk.writes)] == ["pause", "complete", "archive"]


def test_before_a_first_commit_nothing_is_newer(desk: Desk) -> None:
    GitProject(desk.root).git("init", "--quiet")
    assert checked_out(desk.root) is None
    assert desk.plan(*PRUNE)["summary"]["operations"] == 3


def test_without_git_in_a_checkout_nothing_is_ended(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commit(desk, AFTER, monkeypatch)
    (tmp_path / "bin").mkdir()
    result = desk.run("apply", "--auto-approve", *PRUNE, env={"PATH": str(tmp_path / "bin")})
    assert result.code == 0
    assert "git is not installed" in result.out
    assert not desk.writes


def test_a_sandbox_has_a_clock_of_its_own_that_no_commit_is_held_against(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(desk, BEFORE, monkeypatch)
    assert desk.run("apply", "--auto-approve", "-e", "sandbox").code == 0
    desk.manifests(voice("growth-next", **{"from": ["+919000000002"]}))
    plan = desk.plan("-e", "sandbox", *PRUNE)
    assert [it["op"] for it in plan["changes"][0]["operations"]] == ["pause", "complete", "archive"]
    assert plan["notes"] == []


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("git") is None, reason="only root gives a file away")
def test_the_remedy_for_a_repository_of_somebody_else_is_told_whole(tmp_path: Path) -> None:
    """Git's own words, of which the last are the command to run."""
    name = "a-directory-with-a-name-that-is-long-enough-to-be-cut-off-in-the-middle-of-gits-remedy"
    project = git_project(tmp_path / name)
    project.commit()
    os.chown(project.root, 12345, 12345)
    os.chown(project.root / ".git", 12345, 12345)
    with pytest.raises(InputError, match="dubious ownership") as refused:
        Repository.around(project.root)
    remedy = f"git config --global --add safe.directory {project.root}"
    assert remedy in str(refused.value)
    found = checked_out(project.root)
    assert found is not None
    assert found.committed is None
    assert remedy in found.trouble
