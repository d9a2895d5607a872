"""One time for all. It passes when somebody waits, when a request takes its time, and between events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from simulation.steps import Endless, Steps

BEGIN = datetime(2027, 1, 11, tzinfo=UTC)
"""A Monday."""
LONGEST_RUN = 12 * 3600.0
"""Seconds that a run may take. More is no end."""


class WorldClock:
    """The account's time, which is the true one. Implements the product's `Clock`."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        """UTC."""
        return BEGIN + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        """Seconds since the world began."""
        return self.passed

    def sleep(self, seconds: float) -> None:
        """Passes."""
        self.passed += max(seconds, 0.0)


class MachineClock:
    """The same time as one machine's clock shows it while one run lasts: `skew` seconds off."""

    def __init__(self, world: WorldClock, skew: float, steps: Steps) -> None:
        self._world, self._skew, self._steps = world, skew, steps
        self._until = world.passed + LONGEST_RUN

    def now(self) -> datetime:
        """UTC, as far as the machine knows."""
        return self._world.now() + timedelta(seconds=self._skew)

    def monotonic(self) -> float:
        """Nobody sets this one."""
        return self._world.monotonic()

    def sleep(self, seconds: float) -> None:
        """A step, and time that passes."""
        self._steps.take("wait")
        self._world.sleep(seconds)
        if self._world.passed > self._until:
            self._steps.dead = True
            raise Endless
