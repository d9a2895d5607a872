"""Those that go on beside one another hand over where they wait, and keep what is theirs."""

from __future__ import annotations

import os
import re
import signal
import sys
from io import StringIO
from pathlib import Path

import pytest

import campaignctl
from simulation.clocks import WorldClock
from simulation.product import THREADS
from simulation.steps import Disk, Steps


def test_whoever_waits_the_shortest_goes_on_first() -> None:
    """Two of them, request by request; time passes for both alike."""
    clock, seen = WorldClock(), list[tuple[str, float]]()

    def work(name: str, *waits: float) -> None:
        for seconds in waits:
            clock.sleep(seconds)
            seen.append((name, clock.passed))

    clock.crew.play(lambda: work("a", 1, 1, 5), lambda: work("b", 1.5, 2, 2.5))
    assert seen == [("a", 1), ("b", 1.5), ("a", 2), ("b", 3.5), ("b", 6.0), ("a", 7)]
    clock.sleep(3)
    assert clock.passed == 10
    assert not clock.crew.busy


def test_each_keeps_what_a_process_has_one_of(tmp_path: Path) -> None:
    """Directory, environment, streams, handlers of signals, and whose disk is written."""
    clock, seen, met = WorldClock(), list[tuple[object, ...]](), list[str]()
    out, handlers, here = sys.stdout, clock.crew.signals.taken(), Path.cwd()

    def work(name: str) -> None:
        place, steps = tmp_path / name, Steps(tmp_path)
        place.mkdir()
        os.chdir(place)
        os.environ["WHO"] = name
        sys.stdout = StringIO()
        clock.crew.signals.signal(signal.SIGINT, lambda *_: met.append(name))
        with Disk(steps):
            for _ in range(3):
                clock.sleep(1)
                clock.crew.signals.come()
                sys.stdout.write(name)
                Path("written").write_text(name, encoding="utf-8")
        seen.append((Path.cwd().name, os.environ["WHO"], sys.stdout.getvalue(), steps.files))
        os.environ.pop("WHO")

    clock.crew.play(lambda: work("a"), lambda: work("b"))
    assert seen == [("a", "a", "aaa", 3), ("b", "b", "bbb", 3)]
    assert met == ["a", "b"] * 3
    assert (sys.stdout, clock.crew.signals.taken(), Path.cwd()) == (out, handlers, here)
    assert "WHO" not in os.environ


def test_one_of_them_may_begin_others_and_wait_for_them() -> None:
    """Until something is so, or for so long."""
    clock, seen = WorldClock(), list[str]()

    def outer() -> None:
        clock.crew.play(lambda: inner("a", 4), lambda: inner("b", 2))
        seen.append(f"both at {clock.passed}")

    def inner(name: str, seconds: float) -> None:
        clock.sleep(seconds)
        seen.append(name)

    def impatient() -> None:
        clock.crew.wait_until(3.0, lambda: len(seen) == 3)
        seen.append(f"waited until {clock.passed}")
        clock.crew.wait_until(60.0, lambda: "a" in seen)
        seen.append(f"saw a at {clock.passed}")

    clock.crew.play(outer, impatient)
    assert seen == ["b", "waited until 3.0", "a", "both at 4.0", "saw a at 4.0"]


def test_what_ends_one_of_them_is_met_where_it_is_waited_for() -> None:
    """The others have come to their end."""
    clock, seen = WorldClock(), list[float]()

    def fails() -> None:
        clock.sleep(1)
        raise ValueError("so it is")

    def goes_on() -> None:
        clock.sleep(5)
        seen.append(clock.passed)

    with pytest.raises(ValueError, match="so it is"):
        clock.crew.play(fails, goes_on)
    assert seen == [5.0]
    assert not clock.crew.busy


def test_what_is_due_later_happens_then() -> None:
    """Whoever waits meanwhile."""
    clock, seen = WorldClock(), list[float]()
    clock.later(3.0, lambda: seen.append(clock.passed))
    clock.later(1.0, lambda: seen.append(clock.passed))
    clock.sleep(0.5)
    assert not seen
    clock.crew.play(lambda: clock.sleep(4.0), lambda: clock.sleep(0.1))
    assert seen == [1.0, 3.0]
    assert clock.passed == 4.5


def test_what_stands_in_for_threads_does_as_threads_do() -> None:
    """A queue, an event and a condition, over time that nobody waits for."""
    import queue
    import threading
    from types import ModuleType

    from simulation.threads import in_the_crew

    clock, seen = WorldClock(), list[str]()
    module = ModuleType("beside")
    module.__dict__.update(threading=threading, SimpleQueue=queue.SimpleQueue)

    def work(name: str, seconds: float) -> None:
        with changed:
            changed.wait(1.0)
        clock.sleep(seconds)
        things.put(f"{name} at {clock.passed}")
        event.set()

    with in_the_crew(clock.crew, [(module, "threading"), (module, "SimpleQueue")]):
        beside = module.__dict__
        things, event = beside["SimpleQueue"](), beside["threading"].Event()
        changed = beside["threading"].Condition()
        threads = [
            beside["threading"].Thread(target=work, args=it, daemon=True) for it in (("a", 3.0), ("b", 1.0))
        ]
        never = beside["threading"].Thread(target=lambda: beside["SimpleQueue"]().get())
        for it in (*threads, never):
            it.start()
        assert not event.wait(0.5)
        assert event.wait()
        seen += [things.get(), things.get(timeout=60)]
        with pytest.raises(queue.Empty):
            things.get(timeout=2.0)
        threads[0].join()
        assert [it.is_alive() for it in (*threads, never)] == [False, False, True]
    assert seen == ["b at 2.0", "a at 4.0"]
    assert clock.passed == 6.0
    assert clock.crew.busy
    clock.crew.drop_threads()
    assert not clock.crew.busy
    assert module.__dict__["threading"] is threading


def test_a_signal_is_told_to_whoever_waits_for_the_others() -> None:
    """And not to the one in whose middle it came."""
    clock, seen = WorldClock(), list[str]()

    def interrupted() -> None:
        raise KeyboardInterrupt

    def work() -> None:
        clock.sleep(1)
        clock.crew.tell(None, interrupted)
        clock.sleep(1)
        seen.append(f"done at {clock.passed}")

    task = clock.crew.begin(work)
    with pytest.raises(KeyboardInterrupt):
        clock.crew.wait(60, lambda: task.done)
    assert clock.passed == 1
    clock.crew.wait(60, lambda: task.done)
    assert seen == ["done at 2.0"]


ELSEWHERE = {
    "campaignctl.api.transport",
    "campaignctl.app.elsewhere",
    "campaignctl.app.streams",
    "campaignctl.custom_rules.main_thread",
    "campaignctl.manifests.places",
    "campaignctl.parallel",
}
"""Modules that name threads and need nothing in their place: locks that nobody waits in, a terminal's own writer,
rules of the project's own, and copies of the process for hundreds of manifests."""


def test_whatever_the_product_runs_beside_itself_has_a_stand_in() -> None:
    """Whoever begins to use threads belongs here or there: with real ones no life is the same twice."""
    root = Path(campaignctl.__file__).parent
    using = {
        ".".join(("campaignctl", *it.relative_to(root).with_suffix("").parts))
        for it in root.rglob("*.py")
        if "sandbox" not in it.parts
        and re.search(r"^\s*(from|import) (threading|queue)\b", it.read_text(), re.M)
    }
    assert using == {module.__name__ for module, _ in THREADS} | ELSEWHERE
