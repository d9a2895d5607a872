"""Colour and width, on real terminals and in pipes."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from pathlib import Path

import pytest
from harness import Desk, live_voice, run, voice

pytestmark = pytest.mark.slow

PATIENCE = 30
COLOR = "\x1b["
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
LONG = "a-campaign-with-a-name-that-is-longer-than-any-narrow-terminal-is-wide"


@pytest.fixture
def project(desk: Desk) -> Desk:
    """Something to create, something held, and long words."""
    others = {"from": ["+919000000001"]}
    desk.seed(live_voice("diwali-held", status="paused", **others))
    desk.manifests(voice(LONG), voice("diwali-held", state="active", **others))
    return desk


def on_a_terminal(
    *words: str,
    cwd: Path,
    env: Mapping[str, str],
    columns: int = 80,
    term: str = "xterm-256color",
    code: str = "",
) -> str:
    """Everything that a command writes on a terminal of that width."""
    screen, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environ = {"PATH": os.environ["PATH"], "TERM": term, **env}
    command = [sys.executable, *(["-c", code] if code else ["-m", "campaignctl"]), *words]
    with subprocess.Popen(
        command, cwd=cwd, env=environ, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        seen = b"".join(iter(lambda: _read(screen), b""))
        process.wait(PATIENCE)
    os.close(screen)
    return seen.decode().replace("\r\n", "\n")


def _read(screen: int) -> bytes:
    try:
        return os.read(screen, 65536)
    except OSError:  # how Linux says that the other side has closed
        return b""


SECRETS = {"EXOTEL_API_KEY": "a-key-of-nobody", "EXOTEL_API_TOKEN": "a-token-of-nobody"}


@pytest.mark.parametrize(
    ("env", "words", "term", "colored"),
    [
        ({}, [], "xterm", True),
        ({"NO_COLOR": "1"}, [], "xterm", False),
        ({"NO_COLOR": ""}, [], "xterm", True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, [], "xterm", False),
        ({"FORCE_COLOR": "0"}, [], "xterm", False),
        ({"FORCE_COLOR": "1"}, ["--no-color"], "xterm", False),
        ({}, ["--no-color"], "xterm", False),
        ({}, [], "dumb", False),
        ({"FORCE_COLOR": "1"}, [], "dumb", True),
    ],
)
def test_a_terminal_has_color_unless_somebody_says_no(
    project: Desk, env: dict[str, str], words: list[str], term: str, colored: bool
) -> None:
    seen = on_a_terminal("plan", *words, cwd=project.root, env={**SECRETS, **env}, term=term)
    assert "diwali-held" in seen
    assert (COLOR in seen) is colored


@pytest.mark.parametrize(
    ("env", "words", "colored"),
    [
        ({}, [], False),
        ({"FORCE_COLOR": "1"}, [], True),
        ({"FORCE_COLOR": ""}, [], False),
        ({"FORCE_COLOR": "0"}, [], False),
        ({"FORCE_COLOR": "3", "NO_COLOR": "yes"}, [], False),
        ({"FORCE_COLOR": "1"}, ["--no-color"], False),
        ({"FORCE_COLOR": "1"}, ["--format", "json"], False),
        ({"FORCE_COLOR": "1"}, ["--format", "markdown"], False),
        ({"FORCE_COLOR": "1"}, ["--format", "github"], False),
    ],
)
def test_a_pipe_has_color_only_where_it_is_forced(
    project: Desk, env: dict[str, str], words: list[str], colored: bool
) -> None:
    assert (COLOR in project.run("plan", *words, env=env).out) is colored


def test_no_color_may_stand_before_the_command(project: Desk) -> None:
    assert COLOR not in project.run("--no-color", "plan", env={"FORCE_COLOR": "1"}).out


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
def test_lines_keep_to_the_width_of_the_terminal(project: Desk, columns: int) -> None:
    """A word that is longer than the terminal is wide stays whole: it may be a name to copy."""
    for command in (["plan"], ["validate"], ["explain", "calling_hours"]):
        seen = ESCAPES.sub("", on_a_terminal(*command, cwd=project.root, env=SECRETS, columns=columns))
        assert seen.strip()
        longest = max(len(word) for word in seen.split())
        for line in seen.splitlines():
            assert len(line) <= max(columns, 40) + 4 or len(line) <= longest + 12 or '"' in line, line


@pytest.mark.parametrize("columns", [0, 1])
def test_a_terminal_without_a_width_is_no_trouble(project: Desk, columns: int) -> None:
    seen = on_a_terminal("plan", cwd=project.root, env=SECRETS, columns=columns)
    assert "Traceback" not in seen
    assert "Plan:" in ESCAPES.sub("", seen)


def test_what_goes_into_a_pipe_is_not_wrapped(project: Desk) -> None:
    narrow = project.run("plan", env={"COLUMNS": "20"}).out
    assert narrow == project.run("plan").out
    assert max(map(len, narrow.splitlines())) > 60


def test_colors_change_no_word(project: Desk) -> None:
    plain = project.run("plan").out
    colored = project.run("plan", env={"FORCE_COLOR": "1"}).out
    assert ESCAPES.sub("", colored) == plain


def test_the_result_goes_to_the_pipe_and_the_rest_to_the_terminal(project: Desk) -> None:
    result = project.run("plan", "--out", "plan.json")
    assert "saved to" in result.err
    assert "saved to" not in result.out
    assert project.run("plan", "--out", "plan.json", "-q").err == ""


def test_progress_in_a_file_has_no_color_though_the_result_is_on_a_terminal(project: Desk) -> None:
    log = project.root / "log"
    code = (
        "import runpy, sys; sys.stderr = open('log', 'w'); "
        "runpy.run_module('campaignctl', run_name='__main__', alter_sys=True)"
    )
    seen = on_a_terminal("apply", "--auto-approve", cwd=project.root, env=SECRETS, code=code)
    assert COLOR in seen
    assert LONG in log.read_text(encoding="utf-8")
    assert COLOR not in log.read_text(encoding="utf-8")


def test_a_long_wait_for_the_account_is_said_while_it_lasts(project: Desk) -> None:
    project.configure(max_attempts=2)
    for quiet, said in (((), True), (("-q",), False)):
        project.sandbox.faults.add("status", status=429, request="list", retry_after="2")
        seen = on_a_terminal("plan", *quiet, cwd=project.root, env=SECRETS)
        assert ("Waiting 2 seconds before the next request\r\x1b[K" in seen) is said
        assert "Plan: 1 to create" in seen


def test_help_fits_a_narrow_terminal(tmp_path: Path) -> None:
    seen = on_a_terminal("plan", "--help", cwd=tmp_path, env={}, columns=50)
    assert max(map(len, seen.splitlines())) <= 50
    assert run("plan", "--help", cwd=tmp_path).code == 0
