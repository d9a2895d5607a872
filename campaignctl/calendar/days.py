"""Turns manifests into dates: what starts on each, and what a rule would start there and does not. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from campaignctl.model.campaigns import Desired
from campaignctl.model.dated_names import dated
from campaignctl.model.windows import window_of
from campaignctl.repeat.dates import Skip
from campaignctl.repeat.manifests import occurrence_manifest
from campaignctl.repeat.occurrences import running_between, skipped, today
from campaignctl.tuples import NamedTuple


class Start(NamedTuple):
    """Holds a campaign that starts: an ordinary manifest, or an occurrence's."""

    manifest: Desired
    start: datetime
    end: datetime | None


class SkippedDate(NamedTuple):
    """Holds a date of a rule without a campaign on itself; `to` is the one that it was moved to."""

    manifest: Desired
    name: str
    code: Skip
    reason: str
    estimated: bool
    to: date | None


class CalendarDay(NamedTuple):
    """Holds a date: starts that run on it, and dates of rules that are skipped."""

    date: date
    starts: tuple[Start, ...]
    skipped: tuple[SkippedDate, ...]


def days_between(manifests: Iterable[Desired], first: date, last: date) -> tuple[CalendarDay, ...]:
    """Returns the dates between two, both included, in order; empty ones are left out."""
    starts: dict[date, list[Start]] = {}
    omitted: dict[date, list[SkippedDate]] = {}
    for manifest in manifests:
        for it in _starts(manifest, first, last):
            starts.setdefault(it.start.date(), []).append(it)
        for day, skipped_date in _skipped(manifest):
            if first <= day <= last:
                omitted.setdefault(day, []).append(skipped_date)
    return tuple(
        CalendarDay(
            day,
            tuple(sorted(starts.get(day, ()), key=_place)),
            tuple(sorted(omitted.get(day, ()), key=_named)),
        )
        for day in sorted({*starts, *omitted})
    )


def first_today(manifests: Iterable[Desired], now: datetime) -> date | None:
    """Returns the earliest date that is today where one of the manifests starts, in a rule's zone or a start's own;
    None where nothing has a start.
    """
    return min((it for manifest in manifests for it in _today_of(manifest, now)), default=None)


def _today_of(manifest: Desired, now: datetime) -> Iterator[date]:
    start = window_of(manifest.kind, manifest.spec).start
    if manifest.repeat is not None:
        yield today(manifest.repeat, now)
    elif start is not None:
        yield now.astimezone(start.tzinfo).date()


def without_start(manifests: Iterable[Desired]) -> Sequence[Desired]:
    """Returns the manifests that start the moment they are applied: no date can be said."""
    return [it for it in manifests if it.repeat is None and window_of(it.kind, it.spec).start is None]


def _place(it: Start) -> tuple[datetime, str, str]:
    return it.start, it.manifest.kind.name, it.manifest.name or ""


def _named(it: SkippedDate) -> tuple[str, str]:
    return it.manifest.kind.name, it.name


def _starts(manifest: Desired, first: date, last: date) -> Iterator[Start]:
    if manifest.repeat is not None:
        for it in running_between(manifest.repeat, first, last):
            yield Start(occurrence_manifest(manifest, it), it.start, it.end)
        return
    window = window_of(manifest.kind, manifest.spec)
    if window.start is not None and first <= window.start.date() <= last:
        yield Start(manifest, window.start, window.end)


def _skipped(manifest: Desired) -> Iterator[tuple[date, SkippedDate]]:
    for it in skipped(manifest.repeat) if manifest.repeat is not None else ():
        if it.code is not None:
            name = dated(manifest.name or "", it.day)
            yield it.day, SkippedDate(manifest, name, it.code, it.reason, it.estimated, it.runs_on)
