"""Wall times of a date as moments, in zones whose clocks are set forward and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=4096)
def moment_of(day: date, clock: time, zone: tzinfo, *, later: bool) -> datetime:
    """When a clock there shows that time, in that zone.

    Of a time that comes twice, since the clock is set back, `later` says which; one that never comes, since the clock
    is set forward past it, is the moment at which that is done. Compare in UTC: Python compares doubled hours by
    the wall.
    """
    first = datetime.combine(day, clock, zone)
    second = first.replace(fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    assert before is not None, "a zone has an offset"
    assert after is not None, "a zone has an offset"
    if before < after:
        return _set_forward(second.astimezone(UTC), first.astimezone(UTC), zone).astimezone(zone)
    try:
        return (second if later else first).astimezone(UTC).astimezone(zone)
    except OverflowError:  # in the first and the last day of all calendars no offset changes
        return first


def _set_forward(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The first second of the later offset; it lies between the two."""
    was = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + _SECOND * ((after - before) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == was:
            before = middle
        else:
            after = middle
    return after
