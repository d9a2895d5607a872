"""Keeps one time for all. It passes when somebody waits, when a request takes its time, and between events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush

from simulation.crew import Crew
from simulation.steps import Endless, Steps

BEGIN = datetime(2027, 1, 11, tzinfo=UTC)
"""A Monday."""
LONGEST_RUN = 12 * 3600.0
"""Seconds that a run may take. More is no end."""


class WorldClock:
    """Keeps the account's time, which is the true one. It implements the product's `Clock`."""

    def __init__(self) -> None:
        self.passed = 0.0
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._asked = 0
        self.crew = Crew(lambda: self.passed, self._pass_until)
        """Those that go on beside one another while it passes."""

    def now(self) -> datetime:
        """Returns the true time, in UTC."""
        return BEGIN + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        """Returns the seconds since the world began."""
        return self.passed

    def sleep(self, seconds: float) -> None:
        """Lets time pass."""
        self.pass_until(self.passed + max(seconds, 0.0))

    def pass_until(self, moment: float) -> None:
        """Lets time pass until so much of it has, whoever goes on beside go on, and what is due by then happen."""
        if self.crew.busy:
            self.crew.wait_until(moment)
        else:
            self._pass_until(moment)

    def _pass_until(self, moment: float) -> None:
        while self._due and self._due[0][0] <= moment:
            due, _, happen = heappop(self._due)
            self.passed = max(self.passed, due)
            happen()
        self.passed = max(self.passed, moment)

    def later(self, seconds: float, happen: Callable[[], object]) -> None:
        """Lets something happen once so many seconds have passed."""
        self._asked += 1
        heappush(self._due, (self.passed + seconds, self._asked, happen))


class MachineClock:
    """Shows the same time as one machine's clock does while one run lasts: `skew` seconds off."""

    def __init__(self, world: WorldClock, skew: float, steps: Steps) -> None:
        self._world, self._skew, self._steps = world, skew, steps
        self._until = world.passed + LONGEST_RUN

    def now(self) -> datetime:
        """Returns the time in UTC, as far as the machine knows."""
        return self._world.now() + timedelta(seconds=self._skew)

    def monotonic(self) -> float:
        """Returns a clock that nobody sets."""
        return self._world.monotonic()

    def sleep(self, seconds: float) -> None:
        """Takes a step, and lets time pass."""
        self._steps.wait(self._world.passed)
        self._world.sleep(seconds)
        if self._world.passed > self._until:
            self._steps.dead = self._steps.endless = True
            raise Endless
