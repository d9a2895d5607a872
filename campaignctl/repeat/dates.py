"""Computes which dates a rule names, which of them are holidays, and where those move to (rules 1 and 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from campaignctl.model.recurrence import HolidayCalendar, NamedDate, Recurrence
from campaignctl.repeat.cron import dates_between
from campaignctl.tuples import NamedTuple

LONGEST_YEARS: Final = 10
MOST_OCCURRENCES: Final = 1000
_FARTHEST: Final = 7
"""How many days on a holiday's occurrence may move."""

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Skip(StrEnum):
    """Names why a date of the rule has no occurrence on itself."""

    EXCEPT = "except"
    HOLIDAY = "holiday"
    MOVED = "moved"
    TAKEN = "taken"
    NO_SUCH_TIME = "no-such-time"


class RuleDate(NamedTuple):
    """Holds a date of the rule and the date on which its occurrence runs, None where it has none; and why, where it
    is another.
    """

    day: date
    runs_on: date | None
    code: Skip | None = None
    reason: str = ""
    estimated: bool = False


def dates_of(rule: Recurrence) -> tuple[RuleDate, ...]:
    """Returns every date from `from` to the end, skipped ones too."""
    _, _, days, month, weekdays = rule.cron.split()
    closings = rule.excepted, rule.calendars, rule.moves
    return _placed((days, month, weekdays), rule.first, rule.until, rule.times, *closings)


def end_of(rule: Recurrence) -> date:
    """Returns the last date that the rule may have; ten years from the first where it is counted."""
    return rule.until or years_later(rule.first)


def years_later(day: date) -> date:
    """Returns the same date, ten years on."""
    year = day.year + LONGEST_YEARS
    return date(year, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=year)


@lru_cache(maxsize=1024)
def _placed(
    fields: tuple[str, str, str],
    first: date,
    until: date | None,
    count: int | None,
    excepted: frozenset[date],
    calendars: tuple[HolidayCalendar, ...],
    moves: bool,
) -> tuple[RuleDate, ...]:
    """Places the dates of a rule, once for all rules of the same days, whatever their hours."""
    named = dates_between(*fields, first, until or years_later(first), _enough(count))[:count]
    if not named:
        return ()
    holidays = _Holidays(excepted, calendars)
    last = until or named[-1]
    own, taken = frozenset(named), set[date]()
    placed = []
    for day in named:
        holiday = holidays.on(day)
        if holiday is None:
            placed.append(RuleDate(day, day))
            continue
        target = holidays.next_open_day(day, last) if moves else None
        if target is None:
            placed.append(RuleDate(day, None, *holiday))
        elif target in own or target in taken:
            placed.append(RuleDate(day, None, Skip.TAKEN, *holiday[1:]))
        else:
            taken.add(target)
            placed.append(RuleDate(day, target, Skip.MOVED, *holiday[1:]))
    return tuple(placed)


def _enough(count: int | None) -> int | None:
    """Returns a power of two: rules of many counts share their dates, and none makes those of ten years for eight."""
    return None if count is None else 1 << max(count - 1, 0).bit_length()


class _Holidays:
    """Knows what is a holiday, by all that a rule names."""

    def __init__(self, excepted: frozenset[date], calendars: Sequence[HolidayCalendar]) -> None:
        self._excepted = excepted
        self._calendars = [(it, {one.day: one for one in it.dates}) for it in calendars]

    def on(self, day: date) -> tuple[Skip, str, bool] | None:
        """Says why a date is a holiday, in words, and whether that is an estimate; None for any other date."""
        if day in self._excepted:
            return Skip.EXCEPT, "", False
        found = [it for calendar, named in self._calendars if (it := _closed(day, calendar, named))]
        if not found:
            return None
        reason, _ = found[0]
        return Skip.HOLIDAY, reason, all(estimated for _, estimated in found)

    def next_open_day(self, day: date, last: date) -> date | None:
        """Returns the next date that is no holiday, at most a week on and not after the last date."""
        nearby = (day + timedelta(days=it) for it in range(1, _FARTHEST + 1))
        return next((it for it in nearby if it <= last and self.on(it) is None), None)


def _closed(day: date, calendar: HolidayCalendar, named: Mapping[date, NamedDate]) -> tuple[str, bool] | None:
    if day in named:
        return named[day].reason, named[day].estimated
    return (_WEEKDAYS[day.weekday()], False) if day.weekday() in calendar.closed else None
