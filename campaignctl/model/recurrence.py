"""Says when a manifest repeats: its rule as it is written, and one of its occurrences.

Values alone; `repeat` computes.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from campaignctl.tuples import NamedTuple


class NamedDate(NamedTuple):
    """Holds one date of a Calendar. `estimated` says that it may still be moved."""

    day: date
    reason: str
    estimated: bool = False


class HolidayCalendar(NamedTuple):
    """Holds a Calendar: from when to when it says what is a holiday. `closed` are weekdays, Monday being 0."""

    file: str
    first: date
    last: date
    closed: frozenset[int] = frozenset()
    dates: tuple[NamedDate, ...] = ()

    def covers(self, day: date) -> bool:
        """Tells whether the calendar says anything about the date."""
        return self.first <= day <= self.last


class Recurrence(NamedTuple):
    """Holds the rule of a manifest that repeats.

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
    """Holds one date of a rule that is no holiday: `day` is the rule's date, start and end have their offsets."""

    day: date
    start: datetime
    end: datetime


def written_duration(duration: timedelta) -> str:
    """Writes a duration as a manifest does, in full minutes: `90m` becomes `1h30m`, `45m` stays."""
    hours, rest = divmod(int(duration.total_seconds() // 60), 60)
    return f"{hours}h{rest}m" if hours and rest else f"{hours}h" if hours else f"{rest}m"


class OccurrenceOf(NamedTuple):
    """Says which date of which manifest a campaign is, and by which rule.

    `withdrawn` says that no rule yields it any more.
    """

    manifest: str
    day: date
    withdrawn: bool = False
    rule: Recurrence | None = None


class OccurrenceSpan(NamedTuple):
    """Says how many occurrences something is about, and which are the first and the last by the rule's dates."""

    number: int
    first: date
    last: date

    @classmethod
    def of(cls, days: list[date]) -> OccurrenceSpan:
        """Makes the span of dates in order; there is at least one."""
        return cls(len(days), days[0], days[-1])

    @property
    def detail(self) -> tuple[tuple[str, str | int], ...]:
        """Returns the span as a finding carries it."""
        return ("count", self.number), ("first", self.first.isoformat()), ("last", self.last.isoformat())
