"""Plays one seed; and plays a seed that breaks a promise again with less and less until only the cause is left."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from time import monotonic, process_time

from simulation import events
from simulation.ledger import BrokenPromise
from simulation.product import THREADS
from simulation.repository import DAY
from simulation.signals import ending_the_player
from simulation.threads import in_the_crew
from simulation.world import LifeWorld


@dataclass(frozen=True)
class LifeOutcome:
    """Holds what one life came to. `days` are those in which something happens, `days_passed` all that were simulated;
    `cpu_seconds`: of one core, however many share it.
    """

    seed: int
    days: int
    days_passed: float
    story: tuple[str, ...]
    violations: tuple[BrokenPromise, ...]
    habits: tuple[str, ...]
    last_event: int
    runs: int
    killed: int
    requests: int
    calls: int
    cpu_seconds: float

    @property
    def broken(self) -> frozenset[str]:
        """Returns the names of the promises that were broken."""
        return frozenset(it.judge for it in self.violations)


def play(
    seed: int,
    days: int,
    only: Collection[int] | None = None,
    plain: Collection[str] = (),
    *,
    stop: bool = False,
    seconds: float = inf,
    last: float = inf,
) -> LifeOutcome:
    """Plays the entire life, or its events up to the `last`; with `stop` until the first promise is broken.

    In any case it takes so many seconds of a core at most.
    """
    began = process_time()
    gc.set_threshold(100_000)  # as the command line sets it for itself
    world = LifeWorld(seed, days, only, plain, _quick_disk())
    try:
        ending = ending_the_player(world.delete_disks)
        with ending, in_the_crew(world.clock.crew, THREADS), _no_environment():
            for event in events.played(world):
                over = event.number >= last or process_time() - began > seconds
                if over or (stop and world.violations):
                    break
    finally:
        world.close()
    ledgers = [it.ledger for it in world.places.values()]
    runs = [run for it in ledgers for run in it.runs]
    return LifeOutcome(
        seed,
        days,
        world.clock.passed / DAY,
        tuple(world.story),
        tuple(world.violations),
        tuple(sorted(frozenset[str]().union(*(it.had for it in ledgers)))),
        world.event,
        len(runs),
        sum(run.killed for run in runs),
        sum(run.requests for run in runs),
        sum(len(it.calls) for it in ledgers),
        process_time() - began,
    )


@contextmanager
def _no_environment() -> Iterator[None]:
    """Has nothing in the environment between runs, each of which brings its own: what is there is put away and back."""
    before = dict(os.environ)
    os.environ.clear()
    try:
        yield
    finally:
        os.environ.update(before)


def _quick_disk() -> Path | None:
    """Returns where files live in memory, if there is such a place: intents are synced."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() else Path(tempfile.gettempdir())


@dataclass
class Shrunk:
    """Holds the fewest events and habits that were found to break the same promise."""

    outcome: LifeOutcome
    only: list[int]
    plain: list[str]

    @property
    def command(self) -> str:
        """Returns the command that plays it again."""
        plain = f" --plain {','.join(self.plain)}" if self.plain else ""
        only = ",".join(map(str, self.only)) or "0"
        return (
            f"python -m simulation --seed {self.outcome.seed} --days {self.outcome.days} --only {only}{plain}"
        )


def shrink(outcome: LifeOutcome, seconds: float = 60.0) -> Shrunk:
    """Leaves events and habits out while the first promise that was broken still is; for so many seconds at most."""
    judge, until = outcome.violations[0].judge, monotonic() + seconds
    first = play(outcome.seed, outcome.days, stop=True)
    numbers = [it.number for it in events.drawn(outcome.seed, outcome.days)]
    played = numbers.index(first.last_event) + 1 if first.last_event else 0
    best = Shrunk(first, numbers[:played], [])

    def still(only: list[int], plain: list[str]) -> bool:
        tried = play(outcome.seed, outcome.days, only, plain, stop=True)
        if not tried.violations or tried.violations[0].judge != judge:
            return False
        best.outcome, best.only, best.plain = tried, only, plain
        return True

    size = max(len(best.only) // 2, 1)
    while monotonic() < until:
        tries = _without_some(best.only, size)
        if any(monotonic() < until and still(kept, best.plain) for kept in tries):
            continue
        if size == 1:
            break
        size = max(size // 2, 1)
    for habit in outcome.habits:
        if monotonic() < until:
            still(best.only, [*best.plain, habit])
    return best


def _without_some(only: list[int], size: int) -> Iterator[list[int]]:
    """Yields each without another piece, the early ones first."""
    for begin in range(0, len(only), size):
        yield only[:begin] + only[begin + size :]
