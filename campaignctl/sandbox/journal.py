"""Keeps what was asked of the sandbox, in order, for tests to look at."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from campaignctl.sandbox.shapes import Json

MOST = 50_000
"""Older entries are forgotten."""


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """Holds one request.

    `request` is its kind, `status` the answer it was given, None where it was dropped; `acted` whether it was
    carried out; `fault` the effect it met; `time` by the sandbox's clock, RFC 3339; `at` by the base clock that
    never goes back, in seconds.
    """

    request: str
    method: str
    path: str
    query: Mapping[str, str]
    body: Json
    status: int | None
    acted: bool
    fault: str | None
    time: str
    at: float


class Journal:
    """Keeps the last requests, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[RecordedRequest] = deque(maxlen=MOST)

    def add(self, entry: RecordedRequest) -> None:
        """Adds one request."""
        with self._lock:
            self._entries.append(entry)

    def clear(self) -> None:
        """Forgets them."""
        with self._lock:
            self._entries.clear()

    def entries(self) -> tuple[RecordedRequest, ...]:
        """Returns all requests."""
        with self._lock:
            return tuple(self._entries)
