"""Keeps the sandbox's own time: a given clock and an offset, so that it can be advanced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from campaignctl.clock import Clock
from campaignctl.sandbox.shapes import RefusalError

HOME = timezone(timedelta(hours=5, minutes=30))
"""The offset in which the API answers every time [000, 001, 002]."""


class VirtualClock:
    """Shows `base` moved by `offset`. Only `advance` and `begin_at` change the offset."""

    def __init__(self, base: Clock, offset: timedelta = timedelta()) -> None:
        self.base = base
        self.offset = offset

    def now(self) -> datetime:
        """Returns the sandbox's time, in UTC."""
        return (self.base.now() + self.offset).astimezone(UTC)

    def begin_at(self, moment: datetime) -> None:
        """Makes it `moment` now."""
        self.offset = moment - self.base.now()

    def advance(self, by: timedelta) -> None:
        """Moves on. Refused where time would go back or end."""
        if by < timedelta():
            raise RefusalError(400, "The clock only moves on.", "Send seconds that are 0 or more.")
        try:
            self.base.now() + self.offset + by + timedelta(days=3660)
        except OverflowError:
            raise RefusalError(400, "That is beyond the last year there is.", "Advance by less.") from None
        self.offset += by


def written(seconds: float) -> str:
    """Writes epoch seconds as the API writes a time: RFC 3339 at +05:30, whole seconds unless there is a fraction."""
    moment = datetime.fromtimestamp(seconds, HOME)
    return moment.isoformat(timespec="seconds" if moment.microsecond == 0 else "microseconds")


@lru_cache(maxsize=4096)
def stamped(seconds: float) -> str:
    """Writes a time of the API's own, such as `date_created`: always whole seconds."""
    return datetime.fromtimestamp(int(seconds), HOME).isoformat()
