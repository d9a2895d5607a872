"""Reckons the dates of a campaign that repeats, as the rules say it and without the product's help.

Every zone here has one offset: changes of offset are tested elsewhere, date by date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
ZONES: Mapping[str, timezone] = {
    "Asia/Kolkata": timezone(timedelta(hours=5.5)),
    "Asia/Dubai": timezone(timedelta(hours=4)),
    "Asia/Kathmandu": timezone(timedelta(hours=5.75)),
    "Asia/Tokyo": timezone(timedelta(hours=9)),
}
MOST_DAYS_ON = 7
_DATED = re.compile(r"(?P<name>.+)-(?P<date>\d{4}-\d\d-\d\d)")


@dataclass(frozen=True)
class Holidays:
    """Holds a calendar that manifests share: dates, and weekdays (Monday is 0) on which nobody is called."""

    dates: frozenset[date] = frozenset()
    closed: tuple[int, ...] = ()

    def document(self) -> str:
        """Writes the calendar, which covers the year."""
        dates = ", ".join(f"{{date: {day}, reason: A holiday}}" for day in sorted(self.dates))
        closed = ", ".join(DAYS[it] for it in self.closed)
        return (
            "apiVersion: campaignctl/v1\nkind: Calendar\ncovers: {from: 2027-01-01, until: 2027-12-31}\n"
            f"closed: [{closed}]\ndates: [{dates}]\n"
        )


NO_HOLIDAYS = Holidays()


@dataclass(frozen=True)
class Repeat:
    """Holds the rule of a campaign that repeats. `days` are weekdays; `last` the last date.

    `counted`: the rule says how many dates there are instead of until when; `moves`: a holiday moves its date.
    """

    days: tuple[int, ...]
    hour: int
    minute: int
    zone: str
    first: date
    last: date
    counted: bool = False
    excepted: frozenset[date] = frozenset()
    calendar: bool = False
    moves: bool = False
    horizon: int = 14

    def dates(self) -> list[date]:
        """Returns the dates of the rule, holidays among them."""
        span = (self.last - self.first).days + 1
        days = (self.first + timedelta(days=it) for it in range(span))
        return [day for day in days if day.weekday() in self.days]

    def runs(self, holidays: Holidays) -> Iterator[tuple[date, date]]:
        """Yields each date that is called on, and the date on which it is."""
        own, taken = self.dates(), set[date]()
        last = own[-1] if self.counted and own else self.last
        for day in own:
            if not self._closed(day, holidays):
                yield day, day
                continue
            later = next((it for it in _following(day) if not self._closed(it, holidays)), None)
            if self.moves and later is not None and later <= last and later not in {*own, *taken}:
                taken.add(later)
                yield day, later

    def _closed(self, day: date, holidays: Holidays) -> bool:
        kept = self.calendar and (day in holidays.dates or day.weekday() in holidays.closed)
        return day in self.excepted or kept

    def start(self, day: date) -> float:
        """Returns the moment at which it begins on a date, in epoch seconds."""
        return datetime(
            day.year, day.month, day.day, self.hour, self.minute, tzinfo=ZONES[self.zone]
        ).timestamp()

    def today(self, moment: float) -> date:
        """Returns the date in its zone."""
        return datetime.fromtimestamp(moment, ZONES[self.zone]).date()

    def document(self, hours: float, calendar: str) -> str:
        """Writes the rule."""
        week = "*" if len(self.days) == len(DAYS) else ",".join(DAYS[it] for it in self.days)
        ends = f"count: {len(self.dates())}" if self.counted else f"until: {self.last}"
        rows = {
            "except": ", ".join(map(str, sorted(self.excepted))),
            "calendars": calendar if self.calendar else "",
        }
        more = "".join(f"    {key}: [{value}]\n" for key, value in rows.items() if value)
        return (
            f'  repeat:\n    cron: "{self.minute} {self.hour} * * {week}"\n    time_zone: {self.zone}\n'
            f"    from: {self.first}\n    {ends}\n    duration: {round(hours * 60)}m\n{more}"
            f"    on_holiday: {'next_open_day' if self.moves else 'skip'}\n    horizon: {self.horizon}d\n"
        )


def _following(day: date) -> Iterator[date]:
    return (day + timedelta(days=it) for it in range(1, MOST_DAYS_ON + 1))


def dated(name: str) -> tuple[str, date] | None:
    """Takes the date off a name that ends in one; None where it does not."""
    found = _DATED.fullmatch(name)
    try:
        return (found["name"], date.fromisoformat(found["date"])) if found else None
    except ValueError:
        return None
