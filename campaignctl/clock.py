"""The one way to the time of day. Whoever needs it is given a `Clock`."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from random import Random

LONGEST_BACKOFF_SECONDS: Final = 60.0


class Clock(Protocol):
    """Wall time, a clock that never goes back, and waiting."""

    def now(self) -> datetime:
        """The wall time, with an offset."""

    def monotonic(self) -> float:
        """Seconds since some moment; only differences mean something."""

    def sleep(self, seconds: float) -> None:
        """Waits. A fake clock moves on instead."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """See `time.monotonic`."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """See `time.sleep`."""
        time.sleep(seconds)


class SameTime:
    """Another clock's time, for those that wait in a way of their own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        """See `Clock`."""
        return self._clock.now()

    def monotonic(self) -> float:
        """See `Clock`."""
        return self._clock.monotonic()


def backoff_seconds(random: Random, round_: int) -> float:
    """How long to wait before a request is made again: exponential with full jitter, from a second in round 0 up."""
    return random.uniform(0, min(2.0**round_, LONGEST_BACKOFF_SECONDS))
