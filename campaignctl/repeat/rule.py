"""Reads what a manifest says under `repeat` into its rule, or says what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from campaignctl.diagnostics import SpecFinding, did_you_mean, quoted
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import Desired
from campaignctl.model.dated_names import parsed
from campaignctl.model.recurrence import HolidayCalendar, Recurrence
from campaignctl.model.windows import period_of
from campaignctl.repeat.cron import CronError, normal_cron
from campaignctl.repeat.dates import LONGEST_YEARS, years_later
from campaignctl.zones import zone_names

REPEAT: Final = "repeat"
NEXT_OPEN_DAY: Final = "next_open_day"
_FIRST_YEAR: Final = 2000
"""Before that zones have offsets with seconds, which no start can be written with."""


def days(text: object) -> date | None:
    """Reads a date as it is written; None of anything else."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def rule_of(values: Mapping[str, Value], calendars: Sequence[HolidayCalendar]) -> Recurrence | None:
    """Makes the rule; None where `faults_of` says that it is none."""
    first, cron, name = days(values.get("from")), values.get("cron"), values.get("time_zone")
    until, count = days(values.get("until")), values.get("count")
    if first is None or not isinstance(cron, str) or not isinstance(name, str):
        return None
    if any(True for _ in _faults_of_values(values)):
        return None
    excepted = values.get("except")
    return Recurrence(
        cron=normal_cron(cron),
        time_zone=name,
        first=first,
        until=until,
        times=count if isinstance(count, int) else None,
        duration=period_of(str(values.get("duration") or "")),
        excepted=frozenset(filter(None, map(days, excepted))) if isinstance(excepted, list) else frozenset(),
        calendars=tuple(calendars),
        moves=values.get("on_holiday") == NEXT_OPEN_DAY,
        horizon=int(str(values.get("horizon") or "14d").removesuffix("d")),
    )


def faults_of(desired: Desired, values: Mapping[str, Value]) -> Iterator[SpecFinding]:
    """Yields what is wrong with the rule itself and beside it, whatever its dates."""
    kind = desired.kind
    if desired.sid is not None:
        message = "a manifest that repeats means many campaigns, so no SID can pin it; remove sid"
        yield SpecFinding("metadata.sid", "repeat-sid", message)
    if kind.schedule.name in desired.spec:
        message = f"{kind.schedule.name} and repeat exclude each other, null too: repeat says when it starts"
        yield SpecFinding(kind.schedule.name, "repeat-schedule", message)
    if desired.name is not None and parsed(desired.name) is not None:
        message = "the name ends in a date, and each occurrence's own is put behind it; leave the date out of the name"
        yield SpecFinding("metadata.name", "repeat-name", message)
    yield from _faults_of_values(values)


def _faults_of_values(values: Mapping[str, Value]) -> Iterator[SpecFinding]:
    cron, name = values.get("cron"), values.get("time_zone")
    if isinstance(cron, str):
        try:
            normal_cron(cron)
        except CronError as wrong:
            yield SpecFinding("repeat.cron", "repeat-cron", f"cron: {wrong}")
    if isinstance(name, str) and name not in zone_names():
        message = f"time_zone: {quoted(name)} is no IANA time zone{_near(name, zone_names())}"
        yield SpecFinding("repeat.time_zone", "repeat-zone", message)
    yield from _faults_of_range(values)


def _near(name: str, known: Collection[str]) -> str:
    """Returns the nearest known name; where several are as near, the first of them in a sorted list."""
    return did_you_mean(name, sorted(known))


def _faults_of_range(values: Mapping[str, Value]) -> Iterator[SpecFinding]:
    first, until, count = days(values.get("from")), days(values.get("until")), values.get("count")
    ends = [name for name in ("until", "count") if values.get(name) is not None]
    if len(ends) != 1:
        says = "both stand there; remove one" if ends else "neither does; a series must end"
        yield SpecFinding(REPEAT, "repeat-range", f"one of until and count says where it ends, and {says}")
    if isinstance(count, int) and count < 1:
        yield SpecFinding("repeat.count", "repeat-range", "count must be 1 or more")
    if first is not None and first.year < _FIRST_YEAR:
        yield SpecFinding("repeat.from", "repeat-range", f"from lies before the year {_FIRST_YEAR}")
    if first is None or until is None:
        return
    if until < first:
        yield SpecFinding("repeat.until", "repeat-range", f"until ({until}) lies before from ({first})")
    elif until > years_later(first):
        message = f"until ({until}) lies more than {LONGEST_YEARS} years after from ({first})"
        yield SpecFinding("repeat.until", "repeat-range", message)
