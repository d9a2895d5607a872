"""When a manifest repeats: its rule as it is written, and one of its occurrences. Values alone; `repeat` computes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple


class NamedDate(NamedTuple):
    """One date of a Calendar. `estimated`: it may still be moved."""

    day: date
    reason: str
    estimated: bool = False


class HolidayCalendar(NamedTuple):
    """A Calendar, read: from when to when it says what is a holiday. `closed` are weekdays, Monday being 0."""

    file: str
    first: date
    last: date
    closed: frozenset[int] = frozenset()
    dates: tuple[NamedDate, ...] = ()

    def covers(self, day: date) -> bool:
        """Whether it says anything about the date."""
        return self.first <= day <= self.last


class Recurrence(NamedTuple):
    """The rule of a manifest that repeats.

    `cron` is in one spelling, five fields. `times` is its `count`, None beside `until`. `horizon` counts days.
    """

    cron: str
    time_zone: str
    first: date
    until: date | None
    times: int | None
    duration: timedelta
    excepted: frozenset[date] = frozenset()
    calendars: tuple[HolidayCalendar, ...] = ()
    moves: bool = False
    horizon: int = 14


class Occurrence(NamedTuple):
    """One date of a rule that is no holiday: `day` is the rule's date, start and end have their offsets."""

    day: date
    start: datetime
    end: datetime


def written_duration(duration: timedelta) -> str:
    """As a manifest writes it, in minutes that are complete: `90m` is `1h30m`, `45m` stays."""
    hours, rest = divmod(int(duration.total_seconds() // 60), 60)
    return f"{hours}h{rest}m" if hours and rest else f"{hours}h" if hours else f"{rest}m"


class OccurrenceOf(NamedTuple):
    """Which date of which manifest a campaign is, and by which rule. `withdrawn`: none yields it any more."""

    manifest: str
    day: date
    withdrawn: bool = False
    rule: Recurrence | None = None


class OccurrenceSpan(NamedTuple):
    """How many occurrences something is about, the first and the last by the rule's dates."""

    number: int
    first: date
    last: date

    @classmethod
    def of(cls, days: list[date]) -> OccurrenceSpan:
        """Of dates in order; there is one at least."""
        return cls(len(days), days[0], days[-1])

    @property
    def detail(self) -> tuple[tuple[str, str | int], ...]:
        """As a finding carries it."""
        return ("count", self.number), ("first", self.first.isoformat()), ("last", self.last.isoformat())
