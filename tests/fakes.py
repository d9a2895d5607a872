"""A clock for tests: it stands still unless it is told to move, and waiting moves it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime


class FakeClock:
    """Implements `campaignctl.clock.Clock`. `slept` holds every wait, in seconds. Threads may share it."""

    def __init__(self, now: datetime = datetime(2027, 1, 10, 3, 30, tzinfo=UTC)) -> None:
        self._lock = threading.Lock()
        self.start = now
        self.passed = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        """The wall time."""
        with self._lock:
            return self.start + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        """Seconds since it was made."""
        with self._lock:
            return self.passed

    def sleep(self, seconds: float) -> None:
        """Moves on at once."""
        with self._lock:
            self.passed += max(seconds, 0.0)
            self.slept.append(seconds)

    def advance(self, by: timedelta) -> None:
        """Time passes without anybody having waited."""
        with self._lock:
            self.passed += by.total_seconds()

    @property
    def date(self) -> str:
        """As a `Date` header."""
        return format_datetime(self.now(), usegmt=True)

    def rewind(self) -> None:
        """As when it was made."""
        with self._lock:
            self.passed = 0.0
            self.slept.clear()
