"""A clock at whose nth question something else happens: the process is killed, somebody else acts, a signal comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fakes import FakeClock
from harness import Desk


class Killed(BaseException):
    """`kill -9`, as far as a run in this process can be killed: nothing of it goes on."""


def die() -> None:
    """Ends the run at once."""
    raise Killed


class Interposed:
    """The shared clock, as one run sees it: at its nth question something else happens first."""

    def __init__(self, clock: FakeClock, after: int, event: Callable[[], None]) -> None:
        self._clock, self._left, self._event = clock, after, event

    def _asked(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._event()

    def now(self) -> datetime:
        """See `Clock`."""
        self._asked()
        return self._clock.now()

    def monotonic(self) -> float:
        """See `Clock`."""
        self._asked()
        return self._clock.monotonic()

    def sleep(self, seconds: float) -> None:
        """See `Clock`."""
        self._asked()
        self._clock.sleep(seconds)


class KilledAfterWrites(Interposed):
    """The shared clock, as a run sees it that is killed at its first question after its nth write."""

    def __init__(self, desk: Desk, writes: int) -> None:
        super().__init__(desk.clock, -1, die)
        self._desk, self._last = desk, len(desk.writes) + writes

    def _asked(self) -> None:
        if len(self._desk.writes) >= self._last:
            die()
