"""Outputs and arguments in an encoding that lacks a letter: real processes, none of which ends in a traceback."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes import FakeClock
from harness import SECRETS, Desk, desk_at, live_voice, sms, voice

pytestmark = pytest.mark.slow  # real processes

NAME = "दिवाली-é"
FAR = {"send_at": "2090-01-15T10:00:00+05:30", "end_at": "2090-01-15T18:00:00+05:30"}
PLACES = {
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "latin-1": {"PYTHONIOENCODING": "latin-1:strict"},
    "the C locale": {"LC_ALL": "C", "PYTHONUTF8": "0"},
    "POSIX": {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}
IN = {"cp1252": "cp1252", "latin-1": "latin-1"}


@dataclass(frozen=True)
class Ended:
    """How a process ended, and its bytes."""

    code: int
    out: bytes
    err: bytes


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """With a campaign of each kind whose words no Western encoding holds."""
    with desk_at(tmp_path, FakeClock(datetime.now(UTC))) as made:
        text = {"start_time": FAR["send_at"], "end_time": FAR["end_at"]}
        made.manifests(
            voice(NAME, schedule=FAR, state="paused"), sms("संदेश", template="नमस्ते → • é", schedule=text)
        )
        yield made


def run(desk: Desk, place: str, *words: str | bytes) -> Ended:
    environ = {"PATH": os.environ["PATH"], "HOME": str(desk.root), "LOGNAME": "tester"}
    done = subprocess.run(
        [sys.executable, "-m", "campaignctl", *words],
        cwd=desk.root,
        env={**environ, **SECRETS, **PLACES[place]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert b"Traceback" not in done.stdout + done.stderr
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("place", PLACES)
def test_people_read_escapes_where_a_letter_cannot_be_shown(desk: Desk, place: str) -> None:
    for words in (("plan",), ("status",), ("doctor",), ("validate",)):
        ended = run(desk, place, *words)
        assert ended.code == 0, ended
        ended.out.decode(IN.get(place, "ascii"))
    planned = run(desk, place, "plan").out.decode(IN.get(place, "ascii"))
    assert r"voice/\u0926\u093f\u0935\u093e\u0932\u0940-" in planned
    assert r"\u0928\u092e\u0938\u094d\u0924\u0947" in planned


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "words",
    [
        ("plan", "--format", "json"),
        ("plan", "--format", "markdown"),
        ("plan", "--format", "html"),
        ("plan", "--format", "github"),
        ("validate", "--format", "sarif"),
        ("status", "--format", "json"),
        ("explain", "--format", "markdown"),
    ],
    ids=" ".join,
)
def test_programs_and_pages_read_utf_8_everywhere(desk: Desk, place: str, words: tuple[str, ...]) -> None:
    ended = run(desk, place, *words)
    assert ended.code == 0, ended
    text = ended.out.decode("utf-8")
    assert words[0] in ("explain", "validate") or "दिवाली" in text


@pytest.mark.parametrize("place", ["cp1252", "the C locale"])
def test_an_apply_says_what_it_did_and_ends_as_it_did(desk: Desk, place: str) -> None:
    ended = run(desk, place, "apply", "--auto-approve", "--format", "json")
    assert ended.code == 0, ended
    assert json.loads(ended.out)["summary"]["applied"] == 2
    assert {it["name"] for it in json.loads(ended.out)["results"]} == {NAME, "संदेश"}
    assert desk.live(NAME)["status"] == "Paused"


@pytest.mark.parametrize("place", ["cp1252", "the C locale"])
def test_rows_for_programs_are_utf_8(desk: Desk, place: str) -> None:
    desk.seed(live_voice(NAME, schedule=FAR, status="completed"))
    rows = run(desk, place, "report", NAME, "--format", "csv")
    assert rows.code == 0, rows
    assert len(list(csv.reader(rows.out.decode("utf-8").splitlines()))) >= 1
    assert run(desk, place, "report", NAME).code == 0
    assert run(desk, place, "report", NAME, "--format", "jsonl").code == 0


@pytest.mark.parametrize("place", PLACES)
def test_a_name_on_the_command_line_is_the_one_that_was_typed(desk: Desk, place: str) -> None:
    """The C locale hands its bytes over undecoded."""
    desk.seed(live_voice(NAME, schedule=FAR))
    assert run(desk, place, "pause", NAME, "--auto-approve").code == 0
    assert desk.live(NAME)["status"] == "Paused"
    missing = run(desk, place, "report", "नहीं", "--format", "csv")
    assert missing.code == 1
    assert rb'"\u0928\u0939\u0940\u0902"' in missing.err


@pytest.mark.parametrize("place", ["cp1252", "POSIX"])
@pytest.mark.parametrize(
    "words",
    [
        ("pause", b"x\xff", "--auto-approve"),
        ("status", b"x\xff"),
        ("plan", b"x\xff.yaml"),
        ("plan", "-e", b"\xff"),
        ("plan", "-c", b"\xff"),
        ("plan", "-l", b"\xff"),
        ("plan", "--out", b"\xff/plan.json"),
        ("apply", "--auto-approve", "--expect", b"\xff"),
        ("apply", "--auto-approve", "--audit-log", b"\xff/log"),
        ("plan", "--format", b"\xff"),
        ("explain", b"\xff"),
        ("schema", b"\xff"),
        ("show", b"\xff"),
        ("diff", "--base", b"\xff"),
        (b"\xff",),
    ],
    ids=repr,
)
def test_an_argument_that_is_no_text_is_one_clear_message(
    desk: Desk, place: str, words: tuple[str | bytes, ...]
) -> None:
    ended = run(desk, place, *words)
    assert ended.code in (1, 3, 64), ended
    assert 1 <= len(ended.err.splitlines()) <= 3
    assert not desk.writes


def test_a_file_whose_name_is_no_text_is_planned_and_applied(desk: Desk) -> None:
    place = "cp1252"
    (desk.root / "campaigns" / "all.yaml").rename(
        os.fsdecode(os.fsencode(desk.root / "campaigns") + b"/\xff.yaml")
    )
    assert run(desk, place, "plan", b"campaigns/\xff.yaml", "--out", "plan.json").code == 0
    assert run(desk, place, "show", "plan.json", "--format", "markdown").code == 0
    assert run(desk, place, "apply", "plan.json", "--auto-approve").code == 0
    assert len(desk.writes) == 3


def test_a_file_that_the_locale_cannot_name_is_told_with_the_remedy(desk: Desk) -> None:
    desk.write("campaigns/संख्या.csv", "number\n+919876543210\n")
    desk.manifests(voice(NAME, schedule=FAR, **{"from": ..., "from_file": "संख्या.csv"}))
    for words in (("plan",), ("plan", "कागज़")):
        ended = run(desk, "the C locale", *words)
        assert ended.code == 1
        assert b"set LC_ALL=C.UTF-8 or PYTHONUTF8=1" in ended.err


def test_colours_and_quiet_are_as_ever(desk: Desk) -> None:
    assert b"\x1b" not in run(desk, "cp1252", "plan", "--no-color").out
    ended = run(desk, "cp1252", "apply", "--auto-approve", "-q")
    assert (ended.code, ended.err) == (0, b"")


@pytest.mark.parametrize("place", PLACES)
def test_a_page_beside_a_plan_on_standard_output_is_utf_8_too(desk: Desk, place: str) -> None:
    ended = run(desk, place, "plan", "--out", "-", "--format", "html")
    assert ended.code == 0
    assert json.loads(ended.out)["format_version"] == "1.0"
    assert NAME in ended.err.decode("utf-8")
