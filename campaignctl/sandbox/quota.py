"""Enforces the account's limit of requests, when it is switched on."""

from __future__ import annotations

import math
import threading
from collections import deque
from datetime import datetime, timedelta
from email.utils import format_datetime

WINDOW = 60.0


class Quota:
    """Counts each account's requests in the last 60 seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: dict[str, deque[float]] = {}

    def take(self, account: str, limit: int, monotonic: float) -> tuple[int, float]:
        """Counts one request; returns how many are left after it, -1 when it is one too many, and the seconds until
        one is free again.
        """
        with self._lock:
            taken = self._taken.setdefault(account, deque())
            while taken and taken[0] <= monotonic - WINDOW:
                taken.popleft()
            left = limit - len(taken) - 1
            if left >= 0:
                taken.append(monotonic)
            return max(left, -1), taken[0] + WINDOW - monotonic

    def clear(self) -> None:
        """Forgets all requests."""
        with self._lock:
            self._taken.clear()


def headers(limit: int, left: int, free_in: float, now: datetime, retry_after: str) -> dict[str, str]:
    """Makes the headers that a client may pace itself by.

    `retry_after` is in `seconds`, as a `date`, or `missing`.
    """
    free_at = now + timedelta(seconds=math.ceil(free_in))
    found = {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(max(left, 0)),
        "X-RateLimit-Reset": str(math.ceil(now.timestamp() + free_in)),
    }
    if left >= 0 or retry_after == "missing":
        return found
    said = str(math.ceil(free_in)) if retry_after == "seconds" else format_datetime(free_at, usegmt=True)
    return {**found, "Retry-After": said}
