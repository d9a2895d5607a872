"""Makes moments of a date and a wall time, in zones whose offsets change (rule 3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from campaignctl.tuples import NamedTuple
from campaignctl.zones import moment_of, zone

_DAY: Final = timedelta(days=1)
_MIDNIGHT: Final = time()
_NOON: Final = time(12)


class WallRun(NamedTuple):
    """Says when an occurrence starts and ends.

    `moved`: its time does not exist on that date. `beyond`: the date is too short for it, though no change of
    offset shortens it.
    """

    start: datetime
    end: datetime
    moved: bool = False
    beyond: bool = False


def run_on(day: date, clock: time, duration: timedelta, name: str) -> WallRun | None:
    """Returns the run on a date; None where the time does not exist on the date, and the first moment after the gap
    is another date's. Of a time that comes twice it is the first. The end is no later than the midnight that ends
    the date.
    """
    there = zone(name)
    start = moment_of(day, clock, there, later=False)
    if start.date() != day:
        return None
    moved = start.time() != clock
    ends, midnight = start.astimezone(UTC) + duration, _midnight_after(day, name)
    if ends <= midnight:
        return WallRun(start, ends.astimezone(there), moved)
    shortened = midnight - moment_of(day, _MIDNIGHT, there, later=False).astimezone(UTC) < _DAY
    return WallRun(start, midnight.astimezone(there), moved, not shortened)


def _midnight_after(day: date, name: str) -> datetime:
    """Returns the first moment of the next date, in UTC."""
    return moment_of(day + _DAY, _MIDNIGHT, zone(name), later=False).astimezone(UTC)


@lru_cache(maxsize=4096)
def dates_of_change(name: str, year: int) -> frozenset[date]:
    """Returns the dates of a year in which an offset changes, or at whose midnights: on all others a wall time is
    one moment, and the date has 24 hours.
    """
    day, found = date(year, 1, 1), set[date]()
    there = zone(name)
    begins = _offsets_at_midnight(day, there)
    while day.year == year:
        ends = _offsets_at_midnight(day + _DAY, there)
        if len({*begins, datetime.combine(day, _NOON, there).utcoffset(), *ends}) > 1:
            found.add(day)
        day, begins = day + _DAY, ends
    return frozenset(found)


def _offsets_at_midnight(day: date, there: tzinfo) -> tuple[timedelta | None, timedelta | None]:
    midnight = datetime.combine(day, _MIDNIGHT, there)
    return midnight.utcoffset(), midnight.replace(fold=1).utcoffset()
