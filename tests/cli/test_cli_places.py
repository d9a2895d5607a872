"""Files and directories that are not as expected: one clear message each, and no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from example_counts import crossed
from harness import SECRETS, Desk, live_voice, run, voice

SANDBOX = {"environments": {"sandbox": {"backend": "sandbox"}}, "default_environment": "sandbox"}


def a_file_for_the_state(root: Path) -> None:
    (root / ".campaignctl").write_text("a file")


def a_directory_for_the_database(root: Path) -> None:
    (root / ".campaignctl/sandbox.db").mkdir(parents=True)


def a_directory_for_its_address(root: Path) -> None:
    (root / ".campaignctl/sandbox.db.json").mkdir(parents=True)


def a_device_for_the_database(root: Path) -> None:
    (root / ".campaignctl").mkdir()
    (root / ".campaignctl/sandbox.db").symlink_to("/dev/full")


def a_place_that_is_read_only(root: Path) -> None:
    """Nobody, root neither, makes a directory there."""
    (root / ".campaignctl").symlink_to("/proc/self/task/campaignctl")


def a_link_to_itself(root: Path) -> None:
    (root / ".campaignctl").symlink_to(".campaignctl")


STATES = (
    a_file_for_the_state,
    a_directory_for_the_database,
    a_directory_for_its_address,
    a_device_for_the_database,
    a_place_that_is_read_only,
    a_link_to_itself,
)
NEED_THE_SANDBOX = (
    ("plan",),
    ("apply", "--auto-approve"),
    ("status",),
    ("doctor",),
    ("pause", "--all", "--auto-approve"),
    ("sandbox", "reset"),
    ("sandbox", "advance", "1h"),
    ("sandbox", "serve"),
)


@pytest.mark.parametrize("arrange", STATES, ids=lambda it: it.__name__.replace("_", " "))
def test_a_sandbox_without_a_place_for_its_state_says_so(
    tmp_path: Path, arrange: Callable[[Path], None]
) -> None:
    project = "apiVersion: campaignctl/v1\nkind: Project\nmanifests: [campaigns/]\n"
    (tmp_path / "campaigns").mkdir()
    (tmp_path / "campaignctl.yaml").write_text(project, encoding="utf-8")
    arrange(tmp_path)
    for words in NEED_THE_SANDBOX:
        result = run(*words, cwd=tmp_path)
        assert result.code == 1, result.all
        assert ".campaignctl" in result.err
        assert len(result.err.splitlines()) == 1
        assert "Traceback" not in result.err


@pytest.mark.parametrize(
    "arrange", [a_file_for_the_state, a_place_that_is_read_only], ids=lambda it: it.__name__
)
def test_a_checkout_that_is_read_only_can_be_planned_and_creates_nothing(
    desk: Desk, arrange: Callable[[Path], None]
) -> None:
    desk.manifests(voice())
    arrange(desk.root)
    assert desk.run("plan").code == 0
    result = desk.run("apply", "--auto-approve")
    assert result.code == 4
    assert "cannot note a create" in result.all
    assert not desk.writes


@pytest.mark.parametrize(
    "words",
    [
        ("export", "--out", "campaigns/all.yaml"),
        ("export", "--out", "campaigns/all.yaml/below"),
        ("export", "--out", "/proc/nowhere"),
        ("export", "--out", "new", "--numbers-to", "campaigns/all.yaml/numbers.csv"),
        ("plan", "--out", "campaigns/all.yaml/plan.json"),
        ("plan", "--out", "/proc/nowhere/plan.json"),
        ("plan", "--out", "n" * 300),
        ("plan", "-c", "campaigns"),
        ("show", "campaigns"),
        ("show", "/proc/self/mem"),
        ("apply", "--auto-approve", "--audit-log", "campaigns/all.yaml/log"),
        ("apply", "--auto-approve", "--audit-log", "."),
        ("pause", "n" * 90_000, "--auto-approve"),
        ("status", "n" * 90_000),
        ("plan", "n" * 9_000),
    ],
    ids=lambda words: " ".join(words)[:60],
)
def test_a_path_that_cannot_be_used_is_one_clear_message(desk: Desk, words: tuple[str, ...]) -> None:
    desk.manifests(voice())
    desk.seed(live_voice("other"))
    result = desk.run(*words)
    assert result.code == 1, result.all
    assert 1 <= len(result.err.splitlines()) <= 2
    assert not desk.writes


@pytest.mark.parametrize("arrange", ["a directory", "a link to itself", "a fifo"])
def test_a_project_file_that_is_none_is_one_clear_message(desk: Desk, arrange: str) -> None:
    file = desk.root / "other.yaml"
    ways: dict[str, Callable[[], None]] = {
        "a directory": file.mkdir,
        "a link to itself": lambda: file.symlink_to("other.yaml"),
        "a fifo": lambda: os.mkfifo(file),
    }
    ways[arrange]()
    for words in (("validate",), ("plan",), ("pause", "--all", "--auto-approve")):
        result = desk.run(*words, "-c", "other.yaml")
        assert result.code == 1
        assert "other.yaml" in result.err


@pytest.mark.parametrize(
    "duration", ["999999999999d", "9" * 400 + "s", "9" * 5000 + "s", "99999999d", "9999999999999999s"]
)
def test_a_clock_is_not_advanced_beyond_the_last_year(tmp_path: Path, duration: str) -> None:
    result = run("sandbox", "advance", duration, cwd=tmp_path)
    assert result.code == 1
    assert "beyond the last year there is" in result.err.replace("That is ", "is ")
    assert len(result.err) < 200


@pytest.mark.parametrize("minutes", [10**12, 10**13, 10**14])
def test_a_policy_of_more_minutes_than_there_are_is_a_policy(desk: Desk, minutes: int) -> None:
    desk.manifests(voice())
    desk.configure({"policy": {"lead_time": {"level": "error", "at_least_minutes": minutes}}})
    assert desk.run("plan").code == 3


@pytest.mark.parametrize(
    ("field", "when"),
    crossed(
        ["send_at", "end_at"],
        ["9999-12-31T23:59:59+05:30", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+05:30"],
    ),
)
def test_a_year_at_the_end_of_all_calendars_stops_no_command(desk: Desk, field: str, when: str) -> None:
    """An account may say for ever."""
    schedule = {"send_at": "2027-01-15T09:00:00+05:30", "end_at": "2027-01-15T18:00:00+05:30"}
    desk.manifests(voice("one"))
    desk.seed(live_voice("one"), live_voice("other"))
    desk.sandbox.faults.add("change", data={"schedule": {**schedule, field: when}}, times=None)
    for words in (("plan",), ("plan", "--format", "html"), ("status", "--all"), ("export", "--out", "new")):
        assert desk.run(*words).code in (0, 1, 3)
    assert desk.run("pause", "--all", "--auto-approve").code in (0, 3, 4)
    assert [it.request for it in desk.writes] == ["action", "action"]


# ------------------------------------------------------------------------------------------- a directory that is gone


def gone(desk: Desk, *words: str) -> subprocess.CompletedProcess[str]:
    """A process in a directory that was deleted under it."""
    return subprocess.run(
        [
            "sh",
            "-c",
            'mkdir gone && cd gone && rmdir ../gone && exec "$@"',
            "sh",
            sys.executable,
            "-m",
            "campaignctl",
            *words,
        ],
        cwd=desk.root,
        env={"PATH": os.environ["PATH"], "HOME": str(desk.root), **SECRETS},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


COMMANDS = (
    ("init",),
    ("validate",),
    ("plan",),
    ("plan", "campaigns/all.yaml"),
    ("plan", "--format", "json"),
    ("apply", "--auto-approve"),
    ("diff", "--format", "github"),
    ("status",),
    ("report", "one"),
    ("export", "--out", "new"),
    ("pause", "--all", "--auto-approve"),
    ("doctor",),
    ("sandbox", "reset"),
)


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_working_directory_that_was_deleted_is_told(desk: Desk, words: tuple[str, ...]) -> None:
    ended = gone(desk, *words)
    assert ended.returncode == 1, ended
    assert "the working directory was deleted" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.slow
def test_what_needs_no_directory_works_without_one(desk: Desk) -> None:
    desk.seed(live_voice("one"))
    for words in (("--help",), ("--version",), ("explain",), ("schema", "plan"), ("completion", "bash")):
        assert gone(desk, *words).returncode == 0
    ended = gone(desk, "pause", "--all", "--auto-approve", "-c", str(desk.root / "campaignctl.yaml"))
    assert ended.returncode == 0, ended
    assert desk.live("one")["status"] == "Paused"
