"""Real processes: the two ways in, a terminal that asks, signals that end a run."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes import FakeClock
from harness import Desk, actions, desk_at, live_voice, sms, voice

pytestmark = pytest.mark.slow  # real processes

PATIENCE = 20.0
ON_A_TERMINAL = (
    "import fcntl, runpy, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "runpy.run_module('campaignctl', run_name='__main__', alter_sys=True)"
)
"""Takes the terminal for its own first, as a shell arranges it."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Real processes keep the machine's own time; so does their account, from a moment when nobody sleeps."""
    with desk_at(tmp_path, FakeClock(datetime.now(UTC))) as made:
        made.manifests(*(voice(f"campaign-{number}", schedule=far(number)) for number in range(3)))
        yield made


def far(number: int) -> dict[str, str]:
    return {
        "send_at": f"2090-01-{15 + number}T10:00:00+05:30",
        "end_at": f"2090-01-{15 + number}T18:00:00+05:30",
    }


def test_the_module_runs(desk: Desk) -> None:
    with desk.start("plan", "--detailed-exitcode") as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2, err
    assert out.startswith("Environment prod")


def test_the_console_script_runs(tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("campaignctl")
    done = subprocess.run([script, "--version"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("campaignctl ")


def test_a_reader_that_goes_away_is_no_error_to_look_at(desk: Desk) -> None:
    """`campaignctl plan | head -1`."""
    read, write = os.pipe()
    os.close(read)
    with desk.start("plan", stdout=write) as process:
        os.close(write)
        _, err = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in err


# --------------------------------------------------------------------------------------------------------- signals


def wait_for(process: subprocess.Popen[str], happened: Callable[[], object]) -> None:
    """Until it has happened, or can no longer."""
    deadline = time.monotonic() + PATIENCE
    while not happened() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert happened(), process.communicate()


def ended_by(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """What it says at its end. A signal that comes just before a read waits for another, so it is sent again."""
    deadline = time.monotonic() + PATIENCE
    while True:
        process.send_signal(number)
        try:
            return process.communicate(timeout=3)[1]
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline:
                raise


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_finishes_the_request_in_flight_and_sends_nothing_more(
    desk: Desk, number: signal.Signals
) -> None:
    desk.sandbox.faults.add("slow", request="create", seconds=0.5)
    with desk.start("apply", "--auto-approve", "--format", "json") as process:
        wait_for(process, lambda: desk.writes)
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    assert actions(desk.writes) == [("create", "campaign-0")]
    assert '"interrupted": true' in out
    assert out.count('"outcome": "applied"') >= 1
    assert "Traceback" not in err
    assert desk.run("apply", "--auto-approve").code == 0
    assert sorted(it["name"] for it in desk.account()) == ["campaign-0", "campaign-1", "campaign-2"]


def test_a_second_signal_stops_at_once(desk: Desk) -> None:
    desk.sandbox.faults.add("slow", request="create", seconds=30.0)
    with desk.start("apply", "--auto-approve") as process:
        wait_for(process, lambda: desk.writes)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        err = ended_by(process, signal.SIGINT)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert len(desk.writes) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", ["plan", "apply"])
def test_a_signal_while_planning_ends_it_and_nothing_was_sent(
    desk: Desk, number: signal.Signals, command: str
) -> None:
    desk.sandbox.faults.add("slow", request="list", seconds=30.0)
    with desk.start(command) as process:
        wait_for(process, lambda: desk.requests)
        err = ended_by(process, number)
    assert process.returncode == 130, err
    assert "nterrupted" in err
    assert "Traceback" not in err
    assert not desk.writes


# -------------------------------------------------------------------------------------------------------- terminal


@dataclass
class Terminal:
    """A process whose terminal is ours."""

    process: subprocess.Popen[str]
    screen: int
    seen: str = field(default="")

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while text not in self.seen and time.monotonic() < deadline and self._read():
            pass
        assert text in self.seen, self.seen

    def _read(self) -> bool:
        if not select.select([self.screen], [], [], 1.0)[0]:
            return True
        try:
            came = os.read(self.screen, 65536)
        except OSError:  # its other end is closed
            return False
        self.seen += came.decode(errors="replace")
        return bool(came)

    def type(self, text: str) -> None:
        os.write(self.screen, text.encode())

    def end(self, key: str = "") -> int:
        """Reads to the end. `key` is pressed again each second: one that comes just before a read waits for another."""
        deadline = time.monotonic() + PATIENCE
        while self._read() and self.process.poll() is None and time.monotonic() < deadline:
            if key and not select.select([self.screen], [], [], 1.0)[0]:
                with suppress(OSError):  # it has just ended
                    self.type(key)
        return self.process.wait(PATIENCE)


@contextmanager
def terminal(desk: Desk, *words: str) -> Iterator[Terminal]:
    """Standard input, output and error are one terminal, which is the process's own: Ctrl-C reaches it."""
    screen, theirs = pty.openpty()
    process = desk.start(
        *words,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        run=("-c", ON_A_TERMINAL),
    )
    os.close(theirs)
    try:
        yield Terminal(process, screen)
    finally:
        process.kill()
        process.wait()
        os.close(screen)


def test_yes_is_taken(desk: Desk) -> None:
    with terminal(desk, "apply") as shown:
        shown.wait_for("Only yes is taken")
        assert not desk.writes
        shown.type("yes\n")
        shown.wait_for("3 applied")
        assert shown.end() == 0
    assert len(desk.writes) == 3
    assert "Applying" in shown.seen
    with terminal(desk, "apply") as again:
        again.wait_for("Nothing to do for 3 manifests")
        assert again.end() == 0
    assert "Applying" not in again.seen, "there is nothing to do"


@pytest.mark.parametrize("answer", ["", "YES", "yes please"])
def test_any_other_answer_is_a_no(desk: Desk, answer: str) -> None:
    with terminal(desk, "apply") as shown:
        shown.wait_for("Only yes is taken")
        shown.type(f"{answer}\n")
        shown.wait_for("nothing was sent")
        assert shown.end() == 3
    assert not desk.writes


@pytest.mark.parametrize(("key", "code"), [("\x03", 130), ("\x04", 130)], ids=["Ctrl-C", "Ctrl-D"])
def test_ctrl_c_and_the_end_of_input_are_no_answer(desk: Desk, key: str, code: int) -> None:
    with terminal(desk, "apply") as shown:
        shown.wait_for("Only yes is taken")
        shown.type(key)
        assert shown.end(key) == code
    assert "Traceback" not in shown.seen
    assert not desk.writes


def test_nothing_to_do_asks_nothing_on_a_terminal(desk: Desk) -> None:
    desk.seed(live_voice("campaign-0", schedule=far(0)))
    desk.manifests(voice("campaign-0", schedule=far(0)))
    with terminal(desk, "apply") as shown:
        shown.wait_for("Nothing to do")
        assert shown.end() == 0
    assert "Only yes" not in shown.seen


def test_the_question_names_the_account(desk: Desk) -> None:
    desk.manifests(sms(schedule=dict(zip(("start_time", "end_time"), far(0).values(), strict=True))))
    with terminal(desk, "apply") as shown:
        shown.wait_for("Only yes is taken")
        shown.type("no\n")
        shown.end()
    assert "prod (account acme1)?" in shown.seen


def test_a_pause_of_everything_asks_once(desk: Desk) -> None:
    desk.seed(*(live_voice(f"campaign-{number}", schedule=far(number)) for number in range(3)))
    with terminal(desk, "pause", "--all") as shown:
        shown.wait_for("Pause these 3 campaigns in prod (account acme1)? Only yes is taken")
        shown.type("yes\n")
        assert shown.end() == 0
    assert shown.seen.count("Only yes") == 1
    assert {live["status"] for live in desk.account()} == {"Paused"}


def test_any_other_answer_ends_no_campaign(desk: Desk) -> None:
    desk.seed(live_voice("campaign-0", schedule=far(0)))
    with terminal(desk, "complete", "campaign-0") as shown:
        shown.wait_for("Complete this campaign in prod")
        shown.type("y\n")
        assert shown.end() == 3
    assert not desk.writes
