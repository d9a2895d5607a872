"""Yields the occurrences of a rule: all, those that are planned by date, and the one of a date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from campaignctl.model.recurrence import Occurrence, Recurrence
from campaignctl.repeat.cron import time_of_day
from campaignctl.repeat.dates import RuleDate, Skip, dates_of
from campaignctl.repeat.instants import WallRun, dates_of_change, run_on
from campaignctl.zones import zone

_DAY = timedelta(days=1)


def run_of(rule: Recurrence, day: date) -> WallRun | None:
    """Returns when an occurrence of the rule runs on a date; None where its time does not exist there."""
    return _run_of(rule.time_zone, time_of_day(rule.cron), rule.duration, day)


def _run_of(name: str, clock: time, duration: timedelta, day: date) -> WallRun | None:
    """Returns the run. Nearly every date has no change of offset: there plain arithmetic on wall times is right."""
    if day in dates_of_change(name, day.year):
        return run_on(day, clock, duration, name)
    start = datetime.combine(day, clock, zone(name))
    midnight = datetime.combine(day + _DAY, time(), start.tzinfo)
    end = start + duration
    return WallRun(start, end) if end <= midnight else WallRun(start, midnight, beyond=True)


@lru_cache(maxsize=1024)
def _by_day(rule: Recurrence) -> Mapping[date, RuleDate]:
    """Returns every date of the rule, skipped ones too."""
    return {it.day: it for it in dates_of(rule)}


def occurrence_on(rule: Recurrence, day: date) -> Occurrence | None:
    """Returns the occurrence of one of the rule's dates; None where the rule yields none for it."""
    found = _by_day(of_any_hour(rule)).get(day)
    return _occurrence(rule, found) if found is not None else None


def _occurrence(rule: Recurrence, found: RuleDate) -> Occurrence | None:
    run = run_of(rule, found.runs_on) if found.runs_on is not None else None
    return Occurrence(found.day, run.start, run.end) if run is not None else None


def occurrences(rule: Recurrence) -> Iterator[Occurrence]:
    """Yields all occurrences, in the order of the rule's dates."""
    for found in dates_of(rule):
        occurrence = _occurrence(rule, found)
        if occurrence is not None:
            yield occurrence


def of_any_hour(rule: Recurrence) -> Recurrence:
    """Returns the rule as far as its dates follow from it: many differ in nothing but the hour."""
    _, _, *days = rule.cron.split()
    return rule._replace(cron=" ".join(("0", "12", *days)), duration=_DAY / 2, horizon=1)


def dates_alike(rule: Recurrence, where: str | None = None) -> tuple[tuple[RuleDate, ...], ...]:
    """Returns the dates that run, in groups: on those of one no offset changes, and offsets are the same, in the
    rule's zone and in another; a date on which one changes is alone.
    """
    return _dates_alike(of_any_hour(rule), where)


@lru_cache(maxsize=1024)
def _dates_alike(rule: Recurrence, where: str | None) -> tuple[tuple[RuleDate, ...], ...]:
    zones = [rule.time_zone] if where is None else [rule.time_zone, where]
    groups: dict[object, list[RuleDate]] = {}
    for it in dates_of(rule):
        if it.runs_on is not None:
            groups.setdefault(_offsets_on(it.runs_on, zones), []).append(it)
    return tuple(map(tuple, groups.values()))


def _offsets_on(day: date, zones: list[str]) -> object:
    if any(day in dates_of_change(name, day.year) for name in zones):
        return day
    return tuple(datetime.combine(day, time(12), zone(name)).utcoffset() for name in zones)


def today(rule: Recurrence, now: datetime) -> date:
    """Returns the date of a moment in the rule's zone: neither the runner's nor UTC's."""
    return now.astimezone(zone(rule.time_zone)).date()


def running_between(rule: Recurrence, first: date, last: date) -> Iterator[Occurrence]:
    """Yields the occurrences that run on a date from the first to the last, both included, whatever their own date."""
    for found in dates_of(rule):
        if found.runs_on is not None and first <= found.runs_on <= last:
            occurrence = _occurrence(rule, found)
            if occurrence is not None:
                yield occurrence


def planned(rule: Recurrence, now: datetime) -> Iterator[Occurrence]:
    """Yields the occurrences from today to today + horizon, both included (rule 5)."""
    here = today(rule, now)
    return running_between(rule, here, here + timedelta(days=rule.horizon))


def last_before(rule: Recurrence, now: datetime) -> Occurrence | None:
    """Returns the last occurrence that ran on a date before today."""
    here, found = today(rule, now), None
    for it in dates_of(rule):
        if it.runs_on is not None and it.runs_on < here:
            found = it if found is None or (found.runs_on or it.day) <= it.runs_on else found
    return _occurrence(rule, found) if found is not None else None


def skipped(rule: Recurrence) -> Iterator[RuleDate]:
    """Yields the dates of the rule that have no occurrence on themselves, with the reason."""
    for found in dates_of(rule):
        if found.runs_on is None or found.code is not None:
            yield found
        elif run_of(rule, found.runs_on) is None:
            yield found._replace(runs_on=None, code=Skip.NO_SUCH_TIME)
