"""Says when the next request may be sent: at most so many in any 60 seconds, some of them kept back for a `pause`."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from campaignctl.clock import Clock
from campaignctl.model.requests import KEPT_FOR_PAUSES, Budget

_DAY_SECONDS = 86_400.0
WINDOW_SECONDS = 60.0
"""Requests a minute that nothing but an urgent one may use, so that a `pause` by hand never waits for an apply."""


class Pacer:
    """Paces requests by a sliding window over those of this process, and by what the account says is left.

    A request counts from when it is sent until 60 seconds after its answer: the account counted it at some moment
    in between. `rate_limit` is None for no limit.
    """

    def __init__(self, rate_limit: int | None, clock: Clock) -> None:
        self._limit = rate_limit
        self._clock = clock
        self._sent: deque[float] = deque()
        self._remaining: int | None = None
        self._limit_told: int | None = None
        self._kept = KEPT_FOR_PAUSES
        self._reset = 0.0  # by the monotonic clock

    def wait(self, *, urgent: bool = False) -> float:
        """Returns the seconds until the next request may be sent."""
        now = self._clock.monotonic()
        return max(self._window_opens(now, urgent), self._account_opens(now, urgent), 0.0)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Counts the one request that is sent inside of it."""
        self._sent.append(self._clock.monotonic())
        try:
            yield
        finally:
            self._sent[-1] = self._clock.monotonic()

    def heed(self, headers: Mapping[str, str], server_now: datetime) -> None:
        """Takes note of `X-RateLimit-Remaining` and `-Reset` (epoch seconds); anything unreadable is ignored, and so
        is a reset of another day: no limit by the minute ends there, but epoch milliseconds do.
        """
        self._remaining = _number(headers.get("x-ratelimit-remaining"))
        limit, reset = _number(headers.get("x-ratelimit-limit")), _number(headers.get("x-ratelimit-reset"))
        self._kept, self._limit_told = _kept_back(limit), limit
        seconds = 0.0 if reset is None else reset - server_now.timestamp()
        seconds = seconds if seconds < _DAY_SECONDS else 0.0
        self._reset = self._clock.monotonic() + seconds

    def disbelieve(self) -> bool:
        """Forgets what the account said is left; tells whether it had said something. It may refuse what is sent."""
        told, self._remaining = self._remaining is not None, None
        return told

    def budget(self) -> Budget:
        """Returns how much of the minute is left."""
        self._forget_old(self._clock.monotonic())
        return Budget(self._limit, len(self._sent), self._limit_told, self._remaining)

    def estimate(self, requests: int, seconds_each: float) -> float:
        """Returns the seconds that a number of further requests take, waiting included."""
        now = self._clock.monotonic()
        return seconds_for(requests, self._limit, seconds_each, (stamp - now for stamp in self._sent))

    def _window_opens(self, now: float, urgent: bool) -> float:
        self._forget_old(now)
        capacity = _capacity(self._limit, urgent)
        if capacity is None or len(self._sent) < capacity:
            return 0.0
        return self._sent[-capacity] + WINDOW_SECONDS - now

    def _forget_old(self, now: float) -> None:
        while self._sent and self._sent[0] <= now - WINDOW_SECONDS:
            self._sent.popleft()

    def _account_opens(self, now: float, urgent: bool) -> float:
        if self._remaining is None or self._remaining > (0 if urgent else self._kept):
            return 0.0
        return self._reset - now


def seconds_for(
    requests: int, rate_limit: int | None, seconds_each: float, sent: Iterable[float] = ()
) -> float:
    """Returns the seconds that a number of requests take one after the other.

    `sent` are the moments of earlier ones; now is 0.
    """
    capacity, time = _capacity(rate_limit, urgent=False), 0.0
    if capacity is None:
        return requests * seconds_each
    stamps = deque(sent, maxlen=capacity)
    for _ in range(requests):
        if len(stamps) == capacity:
            time = max(time, stamps[0] + WINDOW_SECONDS)
        time += seconds_each
        stamps.append(time)
    return time


def _capacity(rate_limit: int | None, urgent: bool) -> int | None:
    if rate_limit is None:
        return None
    return rate_limit if urgent else rate_limit - _kept_back(rate_limit)


def _kept_back(limit: int | None) -> int:
    """Returns how many requests are kept back: of a limit of three or less, all but one."""
    return KEPT_FOR_PAUSES if limit is None else min(KEPT_FOR_PAUSES, max(limit - 1, 0))


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 16 else None
