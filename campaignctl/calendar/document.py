"""Writes which campaign starts on which date, as the document that every format reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, TypedDict

from campaignctl.calendar.days import CalendarDay, SkippedDate, Start
from campaignctl.diagnostics import Diagnostic
from campaignctl.kinds.lifecycle import State
from campaignctl.model.plan import FORMAT_VERSION
from campaignctl.rendering.constraints import Constraint, Date, KindName, Moment, Ordinal, Version
from campaignctl.rendering.documents import OccurrenceDocument
from campaignctl.rendering.finding_documents import FindingDocument
from campaignctl.rendering.findings import finding_document
from campaignctl.rendering.measures import moment
from campaignctl.repeat.dates import Skip


class StartDocument(TypedDict):
    """Represents one campaign that starts."""

    kind: KindName
    name: str
    """The occurrence's, of a manifest that repeats."""
    manifest: str
    """Relative to the project file, with /."""
    line: Ordinal
    start: Moment
    end: Moment | None
    state: State | None
    """null where its life is not managed."""
    occurrence: OccurrenceDocument | None
    """null where its manifest does not repeat."""


class SkippedDateDocument(TypedDict):
    """Represents a date of a rule on which its campaign does not run."""

    kind: KindName
    name: str
    manifest: str
    line: Ordinal
    code: Annotated[str, Constraint(enum=tuple(Skip))]
    """moved: it runs on another date; taken: that date has a campaign of the rule already."""
    reason: str
    """What is celebrated, as the calendar says; empty where nothing does."""
    estimated: bool
    """Whether the holiday may still be moved."""
    to: Date | None
    """The date that it was moved to."""


class DayDocument(TypedDict):
    """Represents a date on which something starts or is skipped."""

    date: Date
    starts: list[StartDocument]
    """By start, kind and name."""
    skipped: list[SkippedDateDocument]


_Between = TypedDict("_Between", {"from": Date})


class DaysDocument(_Between):
    """Holds which campaign starts on which date, as campaignctl calendar --format json prints it."""

    format_version: Version
    """A reader refuses another major version."""
    environment: str
    to: Date
    days: list[DayDocument]
    """In order; empty ones are left out."""
    notes: list[str]
    findings: list[FindingDocument]


def days_document(
    environment: str,
    between: tuple[str, str],
    days: Iterable[CalendarDay],
    notes: Iterable[str],
    findings: Iterable[Diagnostic],
) -> DaysDocument:
    """Makes the document; `between` are the first and the last date."""
    first, last = between
    return {
        "format_version": FORMAT_VERSION,
        "environment": environment,
        "from": first,
        "to": last,
        "days": [_day(it) for it in days],
        "notes": list(notes),
        "findings": [finding_document(it) for it in findings],
    }


def _day(day: CalendarDay) -> DayDocument:
    return {
        "date": day.date.isoformat(),
        "starts": [_start(it) for it in day.starts],
        "skipped": [_skipped(it) for it in day.skipped],
    }


def _start(it: Start) -> StartDocument:
    manifest, of = it.manifest, it.manifest.occurrence
    return {
        "kind": manifest.kind.name,
        "name": manifest.name or manifest.sid or "",
        "manifest": manifest.where.file,
        "line": manifest.where.line,
        "start": moment(it.start),
        "end": moment(it.end) if it.end is not None else None,
        "state": manifest.state,
        "occurrence": {"of": of.manifest, "date": of.day.isoformat(), "withdrawn": False} if of else None,
    }


def _skipped(it: SkippedDate) -> SkippedDateDocument:
    return {
        "kind": it.manifest.kind.name,
        "name": it.name,
        "manifest": it.manifest.where.file,
        "line": it.manifest.where.line,
        "code": it.code,
        "reason": it.reason,
        "estimated": it.estimated,
        "to": it.to.isoformat() if it.to is not None else None,
    }
