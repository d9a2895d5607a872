"""Keeps one time for all. It passes when somebody waits, when a request takes its time, and between events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from simulation.steps import Endless, Steps

BEGIN = datetime(2027, 1, 11, tzinfo=UTC)
"""A Monday."""
LONGEST_RUN = 12 * 3600.0
"""Seconds that a run may take. More is no end."""


class WorldClock:
    """Keeps the account's time, which is the true one. It implements the product's `Clock`."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        """Returns the true time, in UTC."""
        return BEGIN + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        """Returns the seconds since the world began."""
        return self.passed

    def sleep(self, seconds: float) -> None:
        """Lets time pass."""
        self.passed += max(seconds, 0.0)


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
        self._steps.take("wait")
        self._world.sleep(seconds)
        if self._world.passed > self._until:
            self._steps.dead = True
            raise Endless
