"""Defines the document `Calendar`: its rows, and the holidays that it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from campaignctl.diagnostics import SpecFinding
from campaignctl.kinds import formats
from campaignctl.kinds.manifest import WEEKDAYS, opening
from campaignctl.kinds.table import Field, Type, Value
from campaignctl.model.campaigns import Desired
from campaignctl.model.companions import Companion, CompanionKind, CompanionPlace
from campaignctl.model.recurrence import HolidayCalendar, NamedDate
from campaignctl.repeat.rule import days

KIND: Final = "Calendar"
RULE: Final = "repeat-calendar"

_COVERS: Final = Field(
    "covers",
    Type.OBJECT,
    "From when to when it says what is a holiday: a rule that runs beyond it is an error.",
    required=True,
    fields=(
        Field("from", Type.STRING, "The first date.", required=True, format_by=formats.DATE),
        Field("until", Type.STRING, "The last date.", required=True, format_by=formats.DATE),
    ),
)
_DATES: Final = Field(
    "dates",
    Type.OBJECTS,
    "The holidays.",
    fields=(
        Field("date", Type.STRING, "The date.", required=True, format_by=formats.DATE),
        Field("reason", Type.STRING, "What is celebrated.", maximum=200),
        Field("estimated", Type.BOOLEAN, "Whether the date may still be moved.", default=False),
    ),
)

DOCUMENT: Final = Field(
    KIND,
    Type.OBJECT,
    "Holidays, for the calendars of manifests that repeat.",
    fields=(
        *opening(KIND),
        _COVERS,
        Field("closed", Type.STRINGS, "Weekdays that are holidays.", choices=WEEKDAYS, any_case=True),
        _DATES,
    ),
)


@dataclass(frozen=True, slots=True)
class Calendar(Companion):
    """Holds one calendar; `holidays` is None where it does not say what it covers. `items` has each entry's date."""

    holidays: HolidayCalendar | None
    items: tuple[date | None, ...]


def build(values: Mapping[str, Value], place: CompanionPlace) -> Calendar:
    """Makes the calendar as far as it could be read."""
    covers, closed, items = values.get("covers"), values.get("closed"), values.get("dates")
    first, last = (days(covers.get(it)) if isinstance(covers, Mapping) else None for it in ("from", "until"))
    named = list(map(_named, items)) if isinstance(items, list) else []
    weekdays = closed if isinstance(closed, list) else []
    holidays = None
    if first is not None and last is not None:
        numbers = frozenset(WEEKDAYS.index(str(it).upper()) for it in weekdays)
        holidays = HolidayCalendar(place.where.file, first, last, numbers, tuple(filter(None, named)))
    return Calendar(place, holidays, tuple(it.day if it else None for it in named))


def _named(item: Value) -> NamedDate | None:
    day = days(item.get("date")) if isinstance(item, Mapping) else None
    if day is None or not isinstance(item, Mapping):
        return None
    return NamedDate(day, str(item.get("reason") or ""), item.get("estimated") is True)


def faults(document: Companion) -> Iterator[SpecFinding]:
    """Yields what the calendar says twice, or beyond what it covers."""
    assert isinstance(document, Calendar), "it was built here"
    holidays = document.holidays
    if holidays is not None and holidays.last < holidays.first:
        message = f"covers: until ({holidays.last}) lies before from ({holidays.first})"
        yield SpecFinding("covers.until", RULE, message)
        return
    seen = dict[date, int]()
    for place, day in enumerate(document.items):
        if day is None:
            continue
        if day in seen:
            message = f"{day} stands twice, first as item {seen[day] + 1} of dates"
            yield SpecFinding(f"dates.{place}.date", RULE, message)
        elif holidays is not None and not holidays.covers(day):
            message = f"{day} lies outside of what it covers, {holidays.first} to {holidays.last}"
            yield SpecFinding(f"dates.{place}.date", RULE, message)
        seen.setdefault(day, place)


def conflicts(_documents: Sequence[Companion]) -> Iterator[tuple[Companion, SpecFinding]]:
    """Yields nothing: a calendar has no name, and is found by its file."""
    return iter(())


def settings(_document: Companion) -> Mapping[str, Value]:
    """Returns nothing: a calendar that changed is a change of every manifest that names it."""
    return {}


def _is_needed(desired: Desired) -> bool:
    return desired.repeat is not None


_EXAMPLE: Final = """\
apiVersion: campaignctl/v1
kind: Calendar
covers: {from: 2027-01-01, until: 2027-12-31}
closed: [SUN]
dates:
  - {date: 2027-01-26, reason: Republic Day}
  - {date: 2027-03-10, reason: Eid al-Fitr, estimated: true}
"""

CALENDAR: Final = CompanionKind(
    KIND, "calendar", DOCUMENT, build, faults, conflicts, _is_needed, settings, _EXAMPLE
)
