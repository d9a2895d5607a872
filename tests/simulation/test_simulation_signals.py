"""A signal that the seed draws is for a run; one that somebody sends is for the player, and ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import pytest

import campaignctl
from simulation.product import THREADS
from simulation.signals import RunSignals, ending_the_player

ROOT = Path(__file__).parents[2]
_TELLS_ITS_DISKS = """
import sys
from simulation import commands, events

played = events.played

def told(world):
    sys.stderr.write(f"{world._directory}\\n")
    sys.stderr.flush()
    yield from played(world)

events.played = told
sys.exit(commands.main(sys.argv[1:]))
"""
"""Says where its disks are, once it plays."""
_TELLS_THAT_IT_WAITS = """
import sys
from simulation import commands, years

waits = years._take_over

def told(*given):
    print("waits for its workers", flush=True)
    return waits(*given)

years._take_over = told
sys.exit(commands.main(sys.argv[1:]))
"""


@pytest.fixture(autouse=True)
def _interrupts() -> Iterator[None]:
    """Ctrl-C is not ignored, as it is in what a shell starts in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda it: it.name)
def test_a_real_signal_ends_the_player_and_no_story_is_told(number: signal.Signals) -> None:
    """Within moments, with that signal's exit code; its disks are gone with it."""
    command = [sys.executable, "-c", _TELLS_ITS_DISKS, "--seed", "13", "--days", "3000"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    player = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert player.stderr is not None
        disks = Path(player.stderr.readline().strip())
        assert disks.is_dir()
        sleep(0.7)  # it is in the middle of a run, nearly always
        player.send_signal(number)
        told, _ = player.communicate(timeout=30)
    finally:
        player.kill()
    assert (player.returncode, told) == (-number, "")
    assert not disks.exists()


@pytest.mark.slow
def test_what_plays_many_is_ended_with_all_its_workers() -> None:
    """What was played is told, and what was not as lost."""
    words = ["years", "--seeds", "40", "--days", "3000", "--workers", "2"]
    command = [sys.executable, "-c", _TELLS_THAT_IT_WAITS, *words]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    player = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert player.stdout is not None
        assert player.stdout.readline() == "waits for its workers\n"
        player.terminate()
        told, _ = player.communicate(timeout=30)  # a worker that goes on would hold the pipe open
    finally:
        player.kill()
    assert player.returncode == 1
    assert "0 seeds" in told
    assert "4 LOST" in told
    assert "is lost: interrupted" in told


def test_a_run_has_handlers_of_its_own() -> None:
    """What the product sets is not this process's, and what comes is handled there."""
    signals, met, before = RunSignals(), list[int](), signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        signals.come()
    was = signals.signal(signals.SIGINT, lambda number, _frame: met.append(number))
    signals.come()
    assert met == [signal.SIGINT]
    assert signal.getsignal(signal.SIGINT) is before
    signals.signal(signals.SIGINT, was)
    with pytest.raises(KeyboardInterrupt):
        signals.come()


def test_what_was_handled_before_a_life_is_handled_after_it() -> None:
    """And what was ignored is ignored meanwhile."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        interrupt = signal.getsignal(signal.SIGINT)
        with ending_the_player(lambda: pytest.fail("nobody sent one")):
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGINT) is not interrupt
            os.kill(os.getpid(), signal.SIGTERM)
        assert signal.getsignal(signal.SIGINT) is interrupt
    finally:
        signal.signal(signal.SIGTERM, before)


ELSEWHERE = {"cli/main.py", "custom_rules/bounded.py", "custom_rules/main_thread.py", "parallel.py"}
"""What no life comes by with: the process that people start, a time limit on rules of a project's own, and copies of
the process for hundreds of manifests."""


def test_whatever_handles_signals_has_a_stand_in() -> None:
    """Else a real one would be taken for one of the life."""
    root = Path(campaignctl.__file__).parent
    using = {
        it.relative_to(root).as_posix()
        for it in root.rglob("*.py")
        if "sandbox" not in it.parts and "\nimport signal\n" in it.read_text(encoding="utf-8")
    }
    stand_ins = {
        module.__name__.removeprefix("campaignctl.").replace(".", "/") + ".py"
        for module, name in THREADS
        if name == "signal"
    }
    assert using == stand_ins | ELSEWHERE
