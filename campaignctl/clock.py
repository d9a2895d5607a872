"""Gives the only way to the time of day: whoever needs it is given a `Clock`."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from random import Random

LONGEST_BACKOFF_SECONDS: Final = 60.0


class Clock(Protocol):
    """Gives wall time, a clock that never goes back, and waiting."""

    def now(self) -> datetime:
        """Returns the wall time, with an offset."""

    def monotonic(self) -> float:
        """Returns the seconds since some moment; only differences mean something."""

    def sleep(self, seconds: float) -> None:
        """Waits. A fake clock moves on instead."""


class SystemClock:
    """Gives the machine's own clock."""

    def now(self) -> datetime:
        """Returns the wall time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """See `time.monotonic`."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """See `time.sleep`."""
        time.sleep(seconds)


class SameTime:
    """Shows another clock's time, for clocks that wait in a way of their own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        """See `Clock`."""
        return self._clock.now()

    def monotonic(self) -> float:
        """See `Clock`."""
        return self._clock.monotonic()


def backoff_seconds(random: Random, round_: int) -> float:
    """Returns how long to wait before a request is made again: exponential with full jitter, from a second in round
    0 up.
    """
    return random.uniform(0, min(2.0**round_, LONGEST_BACKOFF_SECONDS))
