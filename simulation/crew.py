"""Lets runs go on beside one another in one thread: each hands over where it waits, and whoever waits the shortest
goes on first.

A request takes its time, a wait takes its time; so runs interleave request by request, as the seed draws how long
each takes, and the same in every process. What a process has one of (its directory, its streams, its handlers of
signals) is put away when a run hands over, and back when it goes on.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

from greenlet import getcurrent, greenlet  # type: ignore[import-untyped]

from simulation import steps
from simulation.signals import RunSignals


class _Surroundings(NamedTuple):
    """Holds what a process has one of."""

    directory: Path
    environ: dict[str, str]
    streams: tuple[Any, Any, Any]
    handlers: dict[int, Any]
    disks: list[steps.Steps]

    @classmethod
    def taken(cls, signals: RunSignals) -> _Surroundings:
        """Returns them as they are now."""
        streams = (sys.stdin, sys.stdout, sys.stderr)
        return cls(Path.cwd(), dict(os.environ), streams, signals.taken(), list(steps.running))

    def put_back(self, signals: RunSignals) -> None:
        """Makes them so again."""
        os.chdir(self.directory)
        if os.environ != self.environ:
            os.environ.clear()
            os.environ.update(self.environ)
        sys.stdin, sys.stdout, sys.stderr = self.streams
        signals.put_back(self.handlers)
        steps.running[:] = self.disks


def _never() -> bool:
    return False


@dataclass(eq=False)
class Task:
    """Holds one of those that go on beside one another. `due` is when it goes on, unless it is `ready` before.

    A thread is of a `main` task, None where that is whoever began them all.
    """

    number: int
    thread: greenlet
    due: float
    surroundings: _Surroundings
    main: Task | None
    is_thread: bool
    ready: Callable[[], bool] = _never
    done: bool = False
    error: BaseException | None = field(default=None, repr=False)


class Crew:
    """Keeps those that go on beside one another. `passed` is what the clock shows, `pass_until` sets it."""

    def __init__(self, passed: Callable[[], float], pass_until: Callable[[float], None]) -> None:
        self._passed, self._pass_until = passed, pass_until
        self._tasks: list[Task] = []
        self._begun = 0
        self._hub: greenlet | None = None
        self._until, self._ready = inf, _never
        """For what whoever began them waits."""
        self._told: list[tuple[Task | None, Callable[[], object]]] = []
        self.signals = RunSignals()

    @property
    def current(self) -> Task | None:
        """Returns which of them is asking; None where nobody else goes on meanwhile."""
        here = getcurrent()
        return next((it for it in self._tasks if it.thread is here), None)

    @property
    def busy(self) -> bool:
        """Tells whether somebody goes on beside whoever asks, or will."""
        return bool(self._tasks)

    @property
    def main(self) -> Task | None:
        """Returns whose main thread is asking, or whose thread."""
        here = self.current
        return here.main if here is not None and here.is_thread else here

    @property
    def thread(self) -> Task | None:
        """Returns which thread is asking; None for a main one."""
        here = self.current
        return here if here is not None and here.is_thread else None

    def begin(self, work: Callable[[], object], is_thread: bool = False) -> Task:
        """Begins one more, which goes on when the others hand over."""
        self._begun += 1
        if self.current is None:
            self._hub = getcurrent()
        thread = greenlet(lambda: self._worked(task, work), self._hub)
        task: Task = Task(
            self._begun,
            thread,
            self._passed(),
            _Surroundings.taken(self.signals),
            self.main if is_thread else None,
            is_thread,
        )
        self._tasks.append(task)
        return task

    def _worked(self, task: Task, work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:  # it is raised again where the others are waited for
            task.error = error
        task.done = True

    def play(self, *works: Callable[[], object]) -> None:
        """Lets all of them go on beside one another, and whoever else does, until each has come to its end."""
        tasks = [self.begin(work) for work in works]
        self.wait_until(inf, lambda: all(it.done for it in tasks))
        for it in tasks:
            if it.error is not None:
                raise it.error

    def wait(self, seconds: float | None, ready: Callable[[], bool]) -> None:
        """Hands over until it is ready, for so many seconds at most; None waits for as long as it takes."""
        if not ready():
            self.wait_until(inf if seconds is None else self._passed() + seconds, ready)

    def tell(self, task: Task | None, call: Callable[[], object]) -> None:
        """Makes one of them, or with None whoever began them, do something before it goes on with its own."""
        self._told.append((task, call))

    def drop_threads(self) -> None:
        """Lets the threads of whoever asks go no further: the process has ended."""
        left = [it for it in self._tasks if it.is_thread and it.main is self.current]
        self._tasks = [it for it in self._tasks if it not in left]
        for it in left:
            it.thread.parent = getcurrent()
            it.thread.throw()

    def wait_until(self, moment: float, ready: Callable[[], bool] | None = None) -> None:
        """Hands over until so much time has passed, or somebody else has made it ready."""
        mine, ready = self.current, ready or _never
        if mine is None:
            self._go_on(moment, ready)
        else:
            mine.due, mine.ready = moment, ready
            self._hand_over(mine)
        for it in [it for it in self._told if it[0] is mine]:
            self._told.remove(it)
            it[1]()

    def _hand_over(self, mine: Task) -> None:
        if self._next() is mine and mine.due <= self._until and not (self._ready() or self._is_told(None)):
            self._pass_to(mine.due)
            return
        assert self._hub is not None
        mine.surroundings = _Surroundings.taken(self.signals)
        self._hub.switch()
        mine.surroundings.put_back(self.signals)

    def _go_on(self, moment: float, ready: Callable[[], bool]) -> None:
        """Lets whoever is due go on, one after the other; called where nobody goes on beside."""
        before, self._hub = _Surroundings.taken(self.signals), getcurrent()
        self._until, self._ready = moment, ready
        while not ready() and not self._is_told(None):
            task = self._next()
            if task is None or task.due > moment:
                self._pass_to(moment)
                break
            self._pass_until(task.due)
            task.surroundings.put_back(self.signals)
            task.thread.switch()
            self._tasks = [it for it in self._tasks if not it.done]
        before.put_back(self.signals)

    def _is_told(self, task: Task | None) -> bool:
        return any(it is task for it, _ in self._told)

    def _pass_to(self, moment: float) -> None:
        if moment == inf:
            raise RuntimeError("each of them waits for another one")
        self._pass_until(moment)

    def _next(self) -> Task | None:
        """Picks whoever is due first; of those the one that began first."""
        for it in self._tasks:
            if it.ready() or self._is_told(it):
                it.due, it.ready = self._passed(), _never
        return min(self._tasks, key=lambda it: (it.due, it.number), default=None)
