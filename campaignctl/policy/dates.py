"""Asks policies about a manifest that repeats: about its dates that are not over, of those that are alike one for
all; a budget is asked about each, for its month is another's.

Imported where a manifest repeats.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Final

from campaignctl.diagnostics import Diagnostic, Position, counted
from campaignctl.model.campaigns import Desired, Locate
from campaignctl.model.environment import Environment
from campaignctl.model.recurrence import OccurrenceSpan, Recurrence
from campaignctl.model.windows import utc, window_of
from campaignctl.policy.hours import CallingDay, hours_settings, zone_name
from campaignctl.policy.rules import RULES
from campaignctl.policy.subject import Beside
from campaignctl.repeat.dates import RuleDate
from campaignctl.repeat.manifests import occurrence_manifest, planned_manifests, standing_manifests
from campaignctl.repeat.occurrences import dates_alike, occurrence_on, today
from campaignctl.tuples import NamedTuple

Ask = Callable[[Desired, Locate, Collection[str]], Iterable[Diagnostic]]
"""What the rules find about one campaign, but those that are left out."""

_BY_MANY: Final = ("duplicate_campaigns", "capacity", "frequency")
"""These look at the very date, beside the dates of others."""


_BY_LIMIT: Final = "budget"
"""What each date goes above, and by how much, differs; a limit is one fault."""
_OF_ALL_ALIKE: Final = frozenset(RULES) - {_BY_LIMIT}


class _Alike(NamedTuple):
    """Holds dates of which one stands for all."""

    manifest: Desired
    days: list[date]


def check_dates(
    manifest: Desired, ask: Ask, beside: Beside, environment: Environment, now: datetime, locate: Locate
) -> Iterator[Diagnostic]:
    """Yields what the rules find about a manifest's dates, one finding for each fault."""
    assert manifest.repeat is not None, "it repeats"
    folding = _Folding(locate)
    each = hours_settings(environment).get("bound") == "worst"
    for alike in sorted(_alike(manifest, environment, now, each), key=lambda it: _room(it, environment)):
        folding.add(ask(alike.manifest, folding.locate, _BY_MANY), alike.days)
        for one, exempt in _asked_besides(manifest, alike, now, by_month=beside.ledger is not None):
            folding.add(ask(one, folding.locate, exempt), _days(one))
    by_one = [name for name in RULES if name not in _BY_MANY]
    for one in _among_others(manifest, beside, now):
        folding.add(ask(one, folding.locate, by_one), _days(one))
    yield from folding.findings()


def _asked_besides(
    manifest: Desired, alike: _Alike, now: datetime, *, by_month: bool
) -> Iterator[tuple[Desired, Collection[str]]]:
    """Yields the other dates of those that are alike where a budget is asked about each, with the rules that need not
    be asked about them.

    Where it was too late to ask of the content of the one before, that is asked of this one.
    """
    assert manifest.repeat is not None, "it repeats"
    before = alike.manifest
    for occurrence in filter(None, (occurrence_on(manifest.repeat, day) for day in alike.days[1:])):
        soon = window_of(before.kind, before.spec).soon(now)
        if not (soon or by_month):
            return
        before = occurrence_manifest(manifest, occurrence)
        yield before, _BY_MANY if soon else _OF_ALL_ALIKE


def _among_others(manifest: Desired, beside: Beside, now: datetime) -> Iterator[Desired]:
    """Yields the dates that repeat another manifest's, overlap beyond the capacity, or may reach somebody too often."""
    if beside.frequency is not None:
        yield from standing_manifests(manifest, now)
        return
    copied = beside.copies.days_of(manifest)
    overlapping = frozenset(name for it in beside.overlaps for name in it.names)
    planned = (
        {it.name for it in planned_manifests(manifest, now)} & overlapping if overlapping else frozenset()
    )
    if copied or planned:
        for it in standing_manifests(manifest, now):
            if it.name in planned or (it.occurrence is not None and it.occurrence.day in copied):
                yield it


def _days(manifest: Desired) -> list[date]:
    return [manifest.occurrence.day] if manifest.occurrence is not None else []


def _alike(manifest: Desired, environment: Environment, now: datetime, each: bool) -> Iterator[_Alike]:
    """Yields groups of dates.

    Those on which no offset changes are alike where offsets are; each is asked by itself where a rule looks at
    others.
    """
    assert manifest.repeat is not None, "it repeats"
    rule, groups = manifest.repeat, dates_alike(manifest.repeat, zone_name(environment))
    here = today(rule, now)
    for group in ((it,) for some in groups for it in some) if each else groups:
        ahead = [it.day for it in group[bisect_left(group, here, key=_runs_on) :]]
        ahead = ahead if not ahead or _is_ahead(rule, ahead[0], now) else ahead[1:]
        first = occurrence_on(rule, ahead[0]) if ahead else None
        if first is not None:
            yield _Alike(occurrence_manifest(manifest, first), ahead)


def _room(alike: _Alike, environment: Environment) -> timedelta:
    """Returns the time from the start to the end of the calling hours: what fits where that is least fits every
    date, so that is told.
    """
    start = window_of(alike.manifest.kind, alike.manifest.spec).start
    assert start is not None, "every date has a start"
    return utc(CallingDay.of(start, environment).closes) - utc(start)


def _runs_on(it: RuleDate) -> date:
    assert it.runs_on is not None, "these run"
    return it.runs_on


def _is_ahead(rule: Recurrence, day: date, now: datetime) -> bool:
    """Tells whether a date is not over yet; of today's dates one may be."""
    occurrence = occurrence_on(rule, day)
    return occurrence is None or occurrence.end > now


class _Folding:
    """Folds findings of many dates, so that each fault is told once."""

    def __init__(self, locate: Locate) -> None:
        self._locate = locate
        self._of_dates = set[Position]()
        self._found: dict[tuple[str, str, Position, str], tuple[Diagnostic, set[date]]] = {}

    def locate(self, desired: Desired, path: str) -> Position:
        """Returns the place of a finding; what stands at a schedule is about dates."""
        where = self._locate(desired, path)
        if path.partition(".")[0] == desired.kind.schedule.name:
            self._of_dates.add(where)
        return where

    def add(self, findings: Iterable[Diagnostic], days: Iterable[date]) -> None:
        """Adds what was found for these dates; what goes above a limit is the first of them alone."""
        several = list(days)
        for it in findings:
            dated = it.where in self._of_dates or it.rule in (*_BY_MANY, _BY_LIMIT)
            fault = str(dict(it.details).get("limit", "")) if dated else it.message
            key = (it.severity.value, it.rule, it.where, fault)
            about = several[:1] if it.rule == _BY_LIMIT else several
            self._found.setdefault(key, (it, set()))[1].update(about if dated else ())

    def findings(self) -> Iterator[Diagnostic]:
        """Yields the findings with how many dates each is about."""
        for it, days in self._found.values():
            if not days:
                yield it
                continue
            span = OccurrenceSpan.of(sorted(days))
            more = f" (and on {counted(span.number - 1, 'more date')})" if span.number > 1 else ""
            yield it._replace(message=it.message + more, details=(*it.details, ("occurrences", span.detail)))
