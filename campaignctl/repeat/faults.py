"""Checks every date from `from` to the end, whatever the horizon and the clock; each fault is one finding (rule
15).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, timedelta
from functools import lru_cache

from campaignctl.diagnostics import Severity, SpecFinding, counted
from campaignctl.kinds.table import Kind
from campaignctl.model.recurrence import OccurrenceSpan, Recurrence
from campaignctl.repeat.cron import time_of_day
from campaignctl.repeat.dates import LONGEST_YEARS, MOST_OCCURRENCES, dates_of, years_later
from campaignctl.repeat.instants import WallRun
from campaignctl.repeat.occurrences import dates_alike, run_of
from campaignctl.repeat.rule import REPEAT
from campaignctl.tuples import NamedTuple


class _DateGroups(NamedTuple):
    """Holds the dates of a rule that have an occurrence, by what is to be said of them."""

    run: list[date]
    moved: list[date]
    missing: list[date]
    beyond: list[date]
    short: list[date]


def faults_of_dates(rule: Recurrence, kind: Kind) -> Iterator[SpecFinding]:
    """Yields what is wrong with a rule's dates, or doubtful."""
    least = timedelta(minutes=kind.min_window_minutes)
    yield from _faults_of_dates(rule, least)


@lru_cache(maxsize=1024)
def _faults_of_dates(rule: Recurrence, least: timedelta) -> tuple[SpecFinding, ...]:
    return (*_range(rule), *_calendars(rule), *_windows(rule, least))


def _range(rule: Recurrence) -> Iterator[SpecFinding]:
    named = dates_of(rule)
    if rule.times is not None and len(named) < rule.times and named:
        last = years_later(rule.first)
        message = (
            f"its {rule.times:,} dates take over {LONGEST_YEARS} years: by {last} there are {len(named):,}"
        )
        yield SpecFinding("repeat.count", "repeat-range", message)
    if not named:
        message = (
            f"no date from {rule.first} to {rule.until or years_later(rule.first)} is one of {rule.cron}"
        )
        yield SpecFinding(REPEAT, "repeat-empty", message)
        return
    kept = sum(map(len, dates_alike(rule)))
    if kept > MOST_OCCURRENCES:
        message = f"it has {kept:,} occurrences, and {MOST_OCCURRENCES:,} are the most of one manifest"
        yield SpecFinding(REPEAT, "repeat-range", message)


def _calendars(rule: Recurrence) -> Iterator[SpecFinding]:
    """Checks that the calendars cover the rule: a calendar of one year and a rule to the next would call on the
    holidays of the next.
    """
    for place, calendar in enumerate(rule.calendars):
        bare = [it.day for it in dates_of(rule) if _uncovered(calendar.covers, it.day, it.runs_on)]
        if bare:
            message = (
                f"{calendar.file} says what is a holiday from {calendar.first} to {calendar.last}, and "
                f"{_dates(bare)} of the rule {'lies' if len(bare) == 1 else 'lie'} outside"
            )
            yield _of_dates(f"repeat.calendars.{place}", "repeat-calendar", message, bare)


def _uncovered(covers: Callable[[date], bool], day: date, runs_on: date | None) -> bool:
    return not covers(day) or (runs_on is not None and not covers(runs_on))


def _dates(days: Sequence[date]) -> str:
    """Writes dates: `1 date (2027-03-28)`, `12 dates (2027-03-28 to 2027-10-24)`."""
    span = str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return f"{counted(len(days), 'date')} ({span})"


def _of_dates(
    path: str, rule: str, message: str, bare: Sequence[date], severity: Severity = Severity.ERROR
) -> SpecFinding:
    details = (("occurrences", OccurrenceSpan.of(list(bare)).detail),)
    return SpecFinding(path, rule, message, severity, details)


def _windows(rule: Recurrence, least: timedelta) -> Iterator[SpecFinding]:
    found = _look(rule, least)
    if found.beyond:
        message = f"duration: {_dates(found.beyond)} would end beyond the date that an occurrence starts on"
        yield _of_dates("repeat.duration", "repeat-window", message, found.beyond)
    elif found.short:
        hours = counted(least // timedelta(hours=1), "hour")
        message = (
            f"duration: {_dates(found.short)} would be shorter than {hours}, the least between start and end"
        )
        yield _of_dates("repeat.duration", "repeat-window", message, found.short)
    yield from _gaps(rule, found)
    if dates_of(rule) and not found.run:
        yield SpecFinding(REPEAT, "repeat-empty", "all of its dates are skipped: nobody would ever be called")


def _gaps(rule: Recurrence, found: _DateGroups) -> Iterator[SpecFinding]:
    clock = f"{time_of_day(rule.cron):%H:%M}"
    if found.moved:
        message = f"{clock} does not exist on {_dates(found.moved)}, as clocks are set forward: it starts when they are"
        yield _of_dates("repeat.cron", "repeat-gap", message, found.moved, Severity.WARN)
    if found.missing:
        message = f"{_dates(found.missing)} has no {clock} in {rule.time_zone}: skipped"
        yield _of_dates("repeat.cron", "repeat-gap", message, found.missing, Severity.WARN)


def _look(rule: Recurrence, least: timedelta) -> _DateGroups:
    """Groups the dates. Those on which no offset changes are all alike: what is true of one is true of all."""
    found = _DateGroups([], [], [], [], [])
    for group in dates_alike(rule):
        first = group[0].runs_on
        assert first is not None, "these run"
        _note(found, [it.day for it in group], run_of(rule, first), least)
    return _DateGroups(*map(sorted, found))


def _note(found: _DateGroups, days: Sequence[date], run: WallRun | None, least: timedelta) -> None:
    if run is None:
        found.missing.extend(days)
        return
    found.run.extend(days)
    length = run.end.astimezone(UTC) - run.start.astimezone(UTC)
    for some, holds in ((found.moved, run.moved), (found.beyond, run.beyond), (found.short, length < least)):
        if holds:
            some.extend(days)
