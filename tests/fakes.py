"""A clock for tests: it stands still unless it is told to move, and waiting moves it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


class FakeClock:
    """Implements `campaignctl.clock.Clock`. `naps` holds every wait, in seconds. Threads may share it."""

    def __init__(self, now: datetime = datetime(2027, 1, 10, 3, 30, tzinfo=UTC)) -> None:
        self._lock = threading.Lock()
        self._start = now
        self._passed = 0.0
        self.naps: list[float] = []

    def now(self) -> datetime:
        """The wall time."""
        with self._lock:
            return self._start + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        """Seconds since it was made."""
        with self._lock:
            return self._passed

    def sleep(self, seconds: float) -> None:
        """Moves on at once."""
        with self._lock:
            self._passed += max(seconds, 0.0)
            self.naps.append(seconds)

    def advance(self, by: timedelta) -> None:
        """Time passes without anybody having waited."""
        with self._lock:
            self._passed += by.total_seconds()

    def rewind(self) -> None:
        """As when it was made."""
        with self._lock:
            self._passed = 0.0
            self.naps.clear()
