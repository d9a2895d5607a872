"""Plays many seeds side by side, for so many seconds or so many seeds: what was simulated, and what was broken."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.process import BaseProcess
from time import monotonic, process_time

from simulation import habits, leanings
from simulation.seeds import LifeOutcome, Shrunk, play, shrink
from simulation.signals import ending_as_by_ctrl_c

DAYS = 30
"""Of one life: long enough for plans that wait, short enough to be shrunk in a minute."""


@dataclass
class Years:
    """Holds what was simulated. `seconds` are by the clock on the wall, `cpu_seconds` of one core."""

    seconds: float = 0.0
    seeds: int = 0
    days: float = 0.0
    runs: int = 0
    killed: int = 0
    requests: int = 0
    calls: int = 0
    cpu_seconds: float = 0.0
    broken: dict[int, LifeOutcome] = field(default_factory=dict)
    lost: dict[int, str] = field(default_factory=dict)
    """Lives that nobody knows the end of, and why: the simulation itself failed, or its process was ended."""

    def add(self, outcome: LifeOutcome) -> None:
        """Adds one more life."""
        self.seeds += 1
        self.days += outcome.days_passed
        self.runs += outcome.runs
        self.killed += outcome.killed
        self.requests += outcome.requests
        self.calls += outcome.calls
        self.cpu_seconds += outcome.cpu_seconds
        if outcome.violations:
            self.broken[outcome.seed] = outcome
            sys.stderr.write(f"seed {outcome.seed}: {outcome.violations[0]}\n")
            sys.stderr.flush()

    def __str__(self) -> str:
        each = 1000 * self.cpu_seconds / max(self.runs, 1)
        return (
            f"{self.days / 365.25:.1f} simulated years ({self.seeds:,} seeds) in {self.seconds:.0f} s: "
            f"{self.runs:,} runs ({each:.0f} ms of a core each), {self.killed:,} killed, {self.requests:,} requests, "
            f"{self.calls:,} calls and messages; violations in {len(self.broken)} seeds"
            + (f"; {len(self.lost)} LOST" if self.lost else "")
        )


@ending_as_by_ctrl_c()
def live(seconds: float | None, first: int, seeds: int | None, days: int, workers: int) -> Years:
    """Plays seeds from `first` on, until the time is over or so many are played.

    Whatever becomes of one of them, what the others came to is told: a life that fails and a worker that is ended
    (by the system, say, that has no more memory) are counted as lost; Ctrl-C and SIGTERM end all, the workers too.
    """
    years, began = Years(), monotonic()
    until = None if seconds is None else began + seconds
    seed, pending = first, dict[Future[LifeOutcome], int]()
    pool = _pool(workers)
    try:
        while True:
            while len(pending) < 2 * workers and _more(until, seeds, seed - first):
                try:
                    pending[pool.submit(play, seed, days)] = seed
                except BrokenProcessPool:
                    break  # those that are pending tell of it
                seed += 1
            if not pending:
                break
            if not _take_over(years, pending):
                pool = _pool(workers)
    except KeyboardInterrupt:
        years.lost |= dict.fromkeys(pending.values(), "interrupted")
        _end(multiprocessing.active_children())
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    years.seconds = monotonic() - began
    return years


def _end(workers: Sequence[BaseProcess]) -> None:
    """Ends workers, those too that were just being made: what is raised in these while they are is lost."""
    for end in (BaseProcess.terminate, BaseProcess.kill):
        for worker in workers:
            end(worker)
        for worker in workers:
            worker.join(2)


def _pool(workers: int) -> ProcessPoolExecutor:
    """Begins processes that SIGTERM ends as it ends any."""
    return ProcessPoolExecutor(workers, initializer=signal.signal, initargs=(signal.SIGTERM, signal.SIG_DFL))


def _take_over(years: Years, pending: dict[Future[LifeOutcome], int]) -> bool:
    """Takes over what has come to its end; returns False where the workers did, and with them all that was pending."""
    done, _ = wait(pending, return_when=FIRST_COMPLETED)
    works = True
    for each in sorted(done, key=pending.__getitem__):
        seed = pending.pop(each)
        try:
            years.add(each.result())
        except BrokenProcessPool:
            works = False
            years.lost[seed] = "a worker was ended from outside"
        except Exception as error:
            years.lost[seed] = "".join(traceback.format_exception(error)[-3:])
    if not works:
        years.lost |= dict.fromkeys(pending.values(), "a worker was ended from outside")
        pending.clear()
    return works


def until_broken(
    seconds: float, first: int, days: int, about: str = "", habit: str = ""
) -> tuple[str | None, float]:
    """Returns the first promise that a seed breaks and where, None where none does in so many seconds of a core, and
    how long it took. With `about` only lives about that are played, with `habit` those of an account that has it.
    """
    for seed in (it for it in count(first) if _is_about(it, about, habit)):
        if (took := process_time()) >= seconds:
            break
        outcome = play(seed, days, stop=True, seconds=seconds - took)
        if outcome.violations:
            where = f"seed {seed}, event {outcome.last_event}"
            return f"{outcome.violations[0].judge} ({where})", process_time()
    return None, process_time()


def _is_about(seed: int, about: str, habit: str) -> bool:
    leaning = leanings.drawn(seed)
    return leaning.name.startswith(about) and habit in habits.told(habits.of_a_seed(seed, leaning))


def _more(until: float | None, count: int | None, begun: int) -> bool:
    if count is not None and begun >= count:
        return False
    return until is None or monotonic() < until


def report(years: Years, most: int = 5, seconds_each: float = 60.0) -> int:
    """Prints what came of it, each broken seed as its shrunk story. Returns 1 where something was broken."""
    out = sys.stdout
    out.write(f"{years}\n")
    for seed, why in sorted(years.lost.items()):
        out.write(f"  seed {seed} is lost: {why.rstrip()}\n")
    out.flush()
    kinds: dict[str, list[int]] = {}
    for seed, outcome in sorted(years.broken.items()):
        for judge in sorted(outcome.broken):
            kinds.setdefault(judge, []).append(seed)
    for judge, seeds in sorted(kinds.items()):
        out.write(f"  {judge}: seeds {', '.join(map(str, seeds[:20]))}\n")
    told: set[str] = set()
    for _, outcome in sorted(years.broken.items()):
        judge = outcome.violations[0].judge
        if judge not in told and len(told) < most:
            told.add(judge)
            tell(shrink(outcome, seconds_each))
    return 1 if years.broken or years.lost else 0


def tell(shrunk: Shrunk) -> None:
    """Tells one broken seed, for people."""
    sys.stdout.write(f"\n{'-' * 100}\n" + "\n".join(shrunk.outcome.story))
    sys.stdout.write(f"\n\nAgain: {shrunk.command}\n")


def cores() -> int:
    """Returns how many seeds are played side by side."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
