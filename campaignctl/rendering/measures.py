"""What a plan says in numbers, as documents: people, calls and messages, runs, crowds and calling hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from campaignctl.kinds import KINDS
from campaignctl.kinds.table import Kind, Value
from campaignctl.model.environment import Environment
from campaignctl.model.estimates import Count, Estimate, Senses, TextSense, reach_of
from campaignctl.model.overlaps import CapacityOverlap
from campaignctl.model.plan import Change
from campaignctl.model.windows import window_of
from campaignctl.policy.capacity import capacity
from campaignctl.policy.hours import local_time
from campaignctl.policy.periods import Run, calling_hours, run_of
from campaignctl.rendering.documents import (
    CountDocument,
    CrowdDocument,
    HoursDocument,
    MessageDocument,
    ReachDocument,
    RunDocument,
    SenseDocument,
    TextDocument,
)


def moment(when: datetime) -> str:
    """RFC 3339 to the second, `Z` for UTC."""
    return when.isoformat(timespec="seconds").replace("+00:00", "Z")


def local_start(kind: Kind, spec: Mapping[str, Value], where: str | None) -> str | None:
    """`20:00 in Asia/Kolkata`, the zone of the calling hours; None for a start that is written in its offset."""
    try:
        start = window_of(kind, spec).start
    except ValueError:  # not planned by us, but shown all the same
        return None
    return local_time(start, where).strip(" ()") or None if start and where else None


def message_document(senses: Senses) -> MessageDocument:
    """Before and after."""
    before, after = senses
    return {"before": _sense(before), "after": _sense(after)}


def runs_of(changes: Sequence[Change], environment: Environment, now: datetime) -> list[Run | None]:
    """When each runs; None where it does not, or nobody can tell when."""
    capacities = {name: capacity(kind, environment) for name, kind in KINDS.items()}
    return [run_of(change, now, capacities[change.key.kind]) for change in changes]


def run_document(run: Run | None) -> RunDocument | None:
    """As `runs_of` gives it."""
    return _run(run) if run else None


def reach_document(told: Iterable[tuple[Change, Estimate | None]]) -> ReachDocument:
    """Over all that an apply sets going; see `reach_of`."""
    reach = reach_of(told)
    return {
        "campaigns": reach.campaigns,
        "people": _count(reach.people),
        "calls": _count(reach.calls),
        "messages": _count(reach.messages),
    }


def crowd_documents(crowds: Iterable[CapacityOverlap]) -> list[CrowdDocument]:
    """As a plan has them."""
    return [_crowd(each) for each in crowds]


def hours_document(environment: Environment) -> HoursDocument | None:
    """None where no rule holds them."""
    hours = calling_hours(environment)
    if hours is None:
        return None
    return {"opening": hours.opening, "closing": hours.closing, "time_zone": hours.time_zone}


def _count(count: Count) -> CountDocument:
    return {"known": count.known, "whole": count.whole, "at_most": count.at_most}


def _sense(sense: Estimate | None) -> SenseDocument | None:
    if sense is None:
        return None
    document: SenseDocument = {"people": _count(sense.people), "most": _count(sense.most)}
    if sense.texts:
        document["text"] = _text(sense.text)
    else:
        document["retries"] = sense.retries
    return document


def _text(text: TextSense | None) -> TextDocument | None:
    if text is None:
        return None
    return {
        "encoding": text.encoding,
        "characters": text.characters,
        "segments": text.segments,
        "variables": list(text.variables),
    }


def _run(run: Run) -> RunDocument:
    return {
        "start": moment(run.start),
        "end": moment(run.end) if run.end else None,
        "predicted_end": moment(run.predicted_end) if run.predicted_end else None,
        "per_minute": run.per_minute,
        "goes": run.goes,
    }


def _crowd(crowd: CapacityOverlap) -> CrowdDocument:
    return {
        "kind": crowd.kind,
        "start": moment(crowd.start),
        "end": moment(crowd.end),
        "campaigns": crowd.campaigns,
        "wanted": crowd.wanted,
        "capacity": crowd.capacity,
    }
