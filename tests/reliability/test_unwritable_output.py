"""What cannot be printed stops nothing: real processes whose outputs are full, closed, broken, slow or unread.

Every command that does something is held against every output that fails: what it was asked for is done, its pause
least of all is missing, and the exit code says whether all of it was told.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes import FakeClock
from harness import SECRETS, Desk, desk_at, live_voice, voice, wait_until

pytestmark = [
    pytest.mark.slow,  # real processes
    pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full"),
]

PATIENCE = 40.0
SOON = 1.5
AS_USERS_START_IT = ("-m", "campaignctl")
SOON_UNREAD = (
    "-c",
    "from campaignctl.app import streams; from campaignctl.__main__ import start; "
    f"streams._TIMEOUT_SECONDS = {SOON}; start()",
)
"""Starts the same, but a pipe that takes nothing counts as unread after a tenth of the time."""
FAR = {"send_at": "2090-01-15T10:00:00+05:30", "end_at": "2090-01-15T18:00:00+05:30"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Real processes keep the machine's own time."""
    with desk_at(tmp_path, FakeClock(datetime.now(UTC))) as made:
        yield made


# ------------------------------------------------------------------------------------------------ outputs that fail


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what of it could be read."""

    code: int
    out: str
    err: str


@contextmanager
def failing(how: str) -> Iterator[int]:
    """A descriptor that takes nothing."""
    if how == "full":
        with open("/dev/full", "w") as full:  # noqa: PTH123
            yield full.fileno()
        return
    read, write = os.pipe()
    try:
        if how == "broken":
            os.close(read)
        else:  # its reader is there, and never reads
            os.set_blocking(write, False)
            fill(write)
        yield write
    finally:
        os.close(write)
        if how != "broken":
            os.close(read)


def fill(pipe: int) -> None:
    """Until it takes no byte more."""
    piece = b"x" * 4096
    while piece:
        try:
            os.write(pipe, piece)
        except BlockingIOError:
            piece = piece[: len(piece) // 2]


def run_with(
    desk: Desk,
    words: Sequence[str],
    *,
    out: str = "read",
    err: str = "read",
    start: Sequence[str] = AS_USERS_START_IT,
) -> Ended:
    """A process whose outputs are read, or fail in the way that is named."""
    with ExitStack() as held:
        ways = {1: out, 2: err}
        closed = "".join(f" {fd}>&-" for fd, how in ways.items() if how == "closed")
        given = [
            subprocess.PIPE if how in ("read", "closed") else held.enter_context(failing(how))
            for how in ways.values()
        ]
        process = subprocess.Popen(
            ["/bin/sh", "-c", f'exec "$@"{closed}', "sh", sys.executable, *start, *words],
            cwd=desk.root,
            env={"PATH": os.environ["PATH"], "HOME": str(desk.root), "LOGNAME": "tester", **SECRETS},
            stdin=subprocess.DEVNULL,
            stdout=given[0],
            stderr=given[1],
        )
        said_out, said_err = process.communicate(timeout=PATIENCE)
    return Ended(process.returncode, (said_out or b"").decode(), (said_err or b"").decode())


WAYS = ("full", "closed", "broken", "unread")


# ----------------------------------------------------------------------------------------------- what must be done


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("which", ["out", "err"])
@pytest.mark.parametrize("output_format", ["text", "json"])
def test_a_create_is_followed_by_its_pause_whatever_cannot_be_printed(
    desk: Desk, how: str, which: str, output_format: str
) -> None:
    desk.manifests(
        *(
            voice(
                f"campaign-{number}",
                schedule=FAR,
                state="paused",
                url=f"http://my.exotel.com/acme1/exoml/start_voice/{number}",
            )
            for number in range(2)
        )
    )
    words = ("apply", "--auto-approve", "--format", output_format, "-v")
    ended = run_with(desk, words, **{which: how}, start=SOON_UNREAD)
    assert {live["name"]: live["status"] for live in desk.account()} == {
        "campaign-0": "Paused",
        "campaign-1": "Paused",
    }
    assert ended.code == (1 if which == "out" else 0), ended
    assert "Traceback" not in ended.out + ended.err
    told = ended.err if which == "out" else ended.out
    assert '"applied": 2' in told if output_format == "json" else "2 applied" in told


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("which", ["out", "err"])
@pytest.mark.parametrize(
    "words", [("pause", "--all"), ("pause", "campaign-0", "campaign-1", "campaign-2")], ids=["all", "named"]
)
def test_a_pause_by_hand_pauses_all_whatever_cannot_be_printed(
    desk: Desk, words: tuple[str, ...], how: str, which: str
) -> None:
    desk.seed(*(live_voice(f"campaign-{number}", schedule=FAR) for number in range(3)))
    ended = run_with(desk, (*words, "--auto-approve"), **{which: how}, start=SOON_UNREAD)
    assert {live["status"] for live in desk.account()} == {"Paused"}
    assert ended.code == (1 if which == "out" else 0), ended
    assert "Traceback" not in ended.out + ended.err
    assert "3 applied" in (ended.err if which == "out" else ended.out)


def test_a_pipe_that_takes_nothing_counts_as_unread_after_fifteen_seconds(desk: Desk) -> None:
    desk.seed(live_voice("campaign-0", schedule=FAR))
    begun = time.monotonic()
    ended = run_with(desk, ("pause", "--all", "--auto-approve"), out="unread")
    assert time.monotonic() - begun >= 15
    assert (ended.code, {live["status"] for live in desk.account()}) == (1, {"Paused"})
    assert "standard output cannot be written: nobody reads it" in ended.err


@pytest.mark.parametrize("how", ["full", "closed", "broken"])
def test_a_pause_is_sent_where_both_outputs_fail(desk: Desk, how: str) -> None:
    desk.seed(*(live_voice(f"campaign-{number}", schedule=FAR) for number in range(3)))
    assert run_with(desk, ("pause", "--all", "--auto-approve"), out=how, err=how).code == 1
    assert {live["status"] for live in desk.account()} == {"Paused"}


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        ("resume", "paused", {"Created", "InProgress"}),
        ("complete", "paused", {"Completed"}),
        ("archive", "completed", {"Archived"}),
    ],
)
def test_every_verb_by_hand_is_carried_out_where_nothing_can_be_printed(
    desk: Desk, verb: str, before: str, after: set[str]
) -> None:
    desk.seed(*(live_voice(f"campaign-{number}", schedule=FAR, status=before) for number in range(2)))
    ended = run_with(desk, (verb, "campaign-0", "campaign-1", "--auto-approve"), out="full", err="full")
    assert ended.code == 1
    assert {live["status"] for live in desk.account()} <= after


def test_what_failed_counts_for_more_than_that_it_could_not_be_told(desk: Desk) -> None:
    desk.manifests(voice("campaign-0", schedule=FAR))
    desk.sandbox.faults.add("status", request="create", status=422)
    ended = run_with(desk, ("apply", "--auto-approve", "--format", "json"), out="full")
    assert ended.code == 4
    assert json.loads(ended.err[ended.err.index("{") : ended.err.rindex("}") + 1])["summary"]["failed"] == 1


def test_a_reader_that_goes_away_in_the_middle_stops_nothing(desk: Desk) -> None:
    """`apply 2>&1 | head -1`."""
    desk.manifests(
        *(
            voice(
                f"campaign-{number}",
                schedule=FAR,
                state="paused",
                url=f"http://my.exotel.com/acme1/exoml/start_voice/{number}",
            )
            for number in range(4)
        )
    )
    with desk.start("apply", "--auto-approve", "-v", stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(PATIENCE) == 1
    assert [live["status"] for live in desk.account()] == ["Paused"] * 4


@pytest.mark.parametrize("which", ["stdout", "stderr"])
@pytest.mark.parametrize(
    "words", [("apply", "--auto-approve", "-v"), ("pause", "--all", "--auto-approve")], ids=["apply", "pause"]
)
def test_nothing_waits_for_a_reader_that_is_slow(desk: Desk, words: tuple[str, ...], which: str) -> None:
    """Its pipe is full from the first byte on and is read when all is done: a blocking one, as shells make them."""
    if words[0] == "apply":
        desk.manifests(voice("campaign-0", schedule=FAR, state="paused"))
    else:
        desk.seed(live_voice("campaign-0", schedule=FAR))
    read, write = os.pipe()
    os.set_blocking(write, False)
    fill(write)
    os.set_blocking(write, True)
    with desk.start(*words, **{which: write}) as process:
        os.close(write)
        wait_until(lambda: [it["status"] for it in desk.account()] == ["Paused"], "it waits", PATIENCE)
        assert process.poll() is None or which == "stderr"
        with os.fdopen(read, "rb") as reader:
            said = reader.read().lstrip(b"x").decode()
        assert process.wait(PATIENCE) == 0
        rest = process.stderr or process.stdout
        assert rest is not None
    assert "Environment prod" in said if which == "stdout" else "campaign-0" in said


# -------------------------------------------------------------------------------------------- what is only asked for


@pytest.mark.parametrize("unbuffered", ["1", ""])
def test_a_slow_pipe_that_must_not_be_waited_for_gets_every_byte(desk: Desk, unbuffered: str) -> None:
    desk.manifests(
        *(
            voice(
                f"campaign-{number}",
                schedule=FAR,
                url=f"http://my.exotel.com/acme1/exoml/start_voice/{number}",
            )
            for number in range(60)
        )
    )
    read, write = os.pipe()
    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(write, False)
    with desk.start(
        "plan", "--format", "json", stdout=write, env={"PYTHONUNBUFFERED": unbuffered}
    ) as process:
        os.close(write)
        said = b""
        while piece := os.read(read, 3000):
            said += piece
            time.sleep(0.01)
        os.close(read)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    assert len(json.loads(said)["changes"]) == 60
    assert len(said) > 50_000


@pytest.mark.parametrize("how", ["full", "closed", "broken"])
@pytest.mark.parametrize(
    "words",
    [
        ("plan",),
        ("plan", "--detailed-exitcode", "--format", "json"),
        ("validate",),
        ("status",),
        ("doctor",),
        ("--help",),
        ("--version",),
        ("apply", "--help"),
        ("explain",),
        ("schema", "plan"),
        ("completion", "bash"),
        ("report", "campaign-0"),
        ("export", "--out", "exported"),
    ],
    ids=" ".join,
)
def test_what_could_not_be_told_is_an_error_and_no_traceback(
    desk: Desk, words: tuple[str, ...], how: str
) -> None:
    desk.manifests(voice("campaign-0", schedule=FAR))
    desk.seed(
        live_voice("campaign-1", schedule=FAR), live_voice("campaign-0", schedule=FAR, status="completed")
    )
    ended = run_with(desk, words, out=how)
    assert ended.code == 1, ended
    assert "Traceback" not in ended.err
    if how != "broken":
        assert "standard output cannot be written" in ended.err


def test_a_plan_that_is_blocked_says_so_where_nobody_reads_it(desk: Desk) -> None:
    desk.manifests(
        voice(
            "campaign-0",
            schedule={"send_at": "2020-01-15T10:00:00+05:30", "end_at": "2090-01-15T18:00:00+05:30"},
        )
    )
    assert run_with(desk, ("plan",), out="full").code == 3


def test_a_message_that_standard_error_does_not_take_is_told_on_the_other(desk: Desk) -> None:
    desk.manifests(voice(caler_id="1"))
    ended = run_with(desk, ("plan",), err="full")
    assert ended.code == 1
    assert "caler_id" in ended.out


@pytest.mark.parametrize("how", ["full", "closed", "broken"])
def test_a_watch_that_nobody_reads_ends(desk: Desk, how: str) -> None:
    desk.seed(live_voice("campaign-0", schedule=FAR))
    desk.manifests(voice("campaign-0", schedule=FAR))
    assert run_with(desk, ("status", "--watch"), out=how).code == 1


def test_no_file_is_given_the_place_of_an_output_that_is_closed(desk: Desk) -> None:
    """The sandbox's database would be the next file that is opened: what is printed must not land in it."""
    desk.manifests(voice("campaign-0", schedule=FAR))
    for words in (("apply", "-e", "sandbox", "--auto-approve", "-v"), ("plan", "-e", "sandbox", "-v")):
        assert run_with(desk, words, out="closed", err="closed").code == 1
    told = run_with(desk, ("plan", "-e", "sandbox", "--format", "json"))
    assert [it["change"] for it in json.loads(told.out)["changes"]] == ["noop"]


def test_without_standard_input_nobody_is_asked(desk: Desk) -> None:
    desk.manifests(voice("campaign-0", schedule=FAR))
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-m", "campaignctl", "apply"],
        cwd=desk.root,
        env={"PATH": os.environ["PATH"], **SECRETS},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 64
    assert "no terminal to ask on" in done.stderr
    assert not desk.writes
