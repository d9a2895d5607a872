"""Writes what a plan says in numbers, as documents: people, calls and messages, runs, overlaps and calling hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from campaignctl.diagnostics import Position
from campaignctl.kinds.table import Kind, Role, Value
from campaignctl.model.campaigns import Desired, Locate
from campaignctl.model.environment import Environment
from campaignctl.model.estimates import Count, Estimate, Estimates, TextEstimate, reach_of
from campaignctl.model.gates import Gate, percent
from campaignctl.model.overlaps import CapacityOverlap
from campaignctl.model.plan import Change, ListCount, Plan, Suppressed
from campaignctl.model.ucs2 import Beyond
from campaignctl.model.windows import window_of
from campaignctl.policy.hours import local_time
from campaignctl.policy.periods import Run, calling_hours
from campaignctl.policy.runs import Forecast, SharedForecast
from campaignctl.rendering.documents import OccurrenceDocument
from campaignctl.rendering.measure_documents import (
    CountDocument,
    EstimateDocument,
    ForecastDocument,
    GateDocument,
    HoursDocument,
    ListDocument,
    MessageDocument,
    OverlapDocument,
    ReachDocument,
    RunDocument,
    SharedForecastDocument,
    SuppressedDocument,
    TextDocument,
    Ucs2Document,
)


def moment(when: datetime) -> str:
    """Writes RFC 3339 to the second, `Z` for UTC."""
    return when.isoformat(timespec="seconds").replace("+00:00", "Z")


def local_start(kind: Kind, spec: Mapping[str, Value], where: str | None) -> str | None:
    """Writes a start in the zone of the calling hours: `20:00 in Asia/Kolkata`; None for a start that is written in
    its offset.
    """
    try:
        start = window_of(kind, spec).start
    except ValueError:  # not planned by us, but shown all the same
        return None
    return local_time(start, where).strip(" ()") or None if start and where else None


def message_document(estimates: Estimates, change: Change, plan: Plan) -> MessageDocument:
    """Makes the estimates before and after."""
    before, after = estimates
    beyond = after.text.beyond if after and after.text else None
    if after is None or beyond is None:
        return {"before": _estimate(before), "after": _estimate(after)}
    place = _place_of_beyond(after, change, plan.locate)
    is_registered = beyond.character in plan.find_registered(change.resulting)
    return {"before": _estimate(before), "after": _estimate(after, place, is_registered)}


def _place_of_beyond(after: Estimate, change: Change, locate: Locate | None) -> Position | None:
    """Returns where the first character outside GSM-7 stands; None for a text that no manifest has."""
    desired = change.desired
    text = after.text
    if desired is None or locate is None or text is None or text.beyond is None:
        return None
    for field in desired.kind.in_role(Role.CONTENT):
        written = change.resulting.get(field.name)
        if isinstance(written, str):
            mine = desired.spec.get(field.name) == written
            return locate(desired, f"{field.name}.{text.beyond.offset}") if mine else None
    return None


def list_documents(lists: Iterable[ListCount]) -> list[ListDocument]:
    """Makes the lists' documents, in the order of the campaign."""
    return [
        {
            "sid": each.sid,
            "name": each.name,
            "count": each.count,
            "counted_at": moment(each.counted_at) if each.counted_at else None,
            "managed": each.managed,
        }
        for each in lists
    ]


def suppressed_document(suppressed: Suppressed | None) -> SuppressedDocument | None:
    """Makes the document of who is left out."""
    return {"count": suppressed.count, "marks": list(suppressed.marks)} if suppressed else None


def run_document(run: Run | None) -> RunDocument | None:
    """Makes the document of a run, as `run_of` gives it."""
    if run is None:
        return None
    forecasts = run.forecasts
    typical = _forecast(forecasts.typical) if forecasts.typical else None
    return {
        "start": moment(run.start),
        "end": moment(run.end) if run.end else None,
        "predicted_end": typical["end"] if typical else None,
        "per_minute": run.per_minute,
        "goes": run.goes,
        "people": forecasts.people,
        "typical": typical,
        "worst": _forecast(forecasts.worst) if forecasts.worst else None,
        "shared": _shared(forecasts.shared) if forecasts.shared else None,
    }


def _forecast(forecast: Forecast) -> ForecastDocument:
    return {"minutes": forecast.minutes, "end": moment(forecast.end), "unfinished": forecast.unfinished}


def _shared(forecast: SharedForecast) -> SharedForecastDocument:
    return {
        "minutes": forecast.minutes,
        "end": moment(forecast.end) if forecast.end else None,
        "unfinished": forecast.unfinished,
        "campaigns": forecast.campaigns,
    }


def reach_document(told: Iterable[tuple[Change, Estimate | None]]) -> ReachDocument:
    """Sums over all that an apply sets going; see `reach_of`."""
    reach = reach_of(told)
    return {
        "campaigns": reach.campaigns,
        "people": _count(reach.people),
        "calls": _count(reach.calls),
        "messages": _count(reach.messages),
    }


def overlap_documents(overlaps: Iterable[CapacityOverlap]) -> list[OverlapDocument]:
    """Makes the documents of the overlaps of a plan."""
    return [_overlap(each) for each in overlaps]


def hours_document(environment: Environment) -> HoursDocument | None:
    """Makes the document of the hours; None where no rule holds them."""
    hours = calling_hours(environment)
    if hours is None:
        return None
    return {"opening": hours.opening, "closing": hours.closing, "time_zone": hours.time_zone}


def _count(count: Count) -> CountDocument:
    return {"known": count.known, "whole": count.complete, "at_most": count.at_most}


def _estimate(
    estimate: Estimate | None, place: Position | None = None, is_registered: bool = False
) -> EstimateDocument | None:
    if estimate is None:
        return None
    document: EstimateDocument = {"people": _count(estimate.people), "most": _count(estimate.most)}
    if estimate.texts:
        document["text"] = _text(estimate.text, place, is_registered)
    else:
        document["retries"] = estimate.retries
    return document


def _text(text: TextEstimate | None, place: Position | None, is_registered: bool) -> TextDocument | None:
    if text is None:
        return None
    ucs2 = _ucs2(text.beyond, text.replaced_segments, place) if text.beyond else None
    if ucs2 and is_registered:
        ucs2["registered"] = True
    return {
        "encoding": text.encoding,
        "characters": text.characters,
        "segments": text.segments,
        "variables": list(text.variables),
        "ucs2": ucs2,
    }


def _ucs2(beyond: Beyond, segments: int | None, place: Position | None) -> Ucs2Document:
    return {
        "character": beyond.character,
        "code": beyond.code,
        "name": beyond.name,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "replacement": beyond.replacement,
        "others": beyond.others,
        "segments": segments,
    }


def _overlap(overlap: CapacityOverlap) -> OverlapDocument:
    return {
        "kind": overlap.kind,
        "start": moment(overlap.start),
        "end": moment(overlap.end),
        "campaigns": overlap.campaigns,
        "wanted": overlap.wanted,
        "capacity": overlap.capacity,
    }


def occurrence_document(desired: Desired | None) -> OccurrenceDocument | None:
    """Makes the occurrence of a manifest's change; None for an orphan, and where it does not repeat."""
    of = desired.occurrence if desired is not None else None
    if of is None:
        return None
    return {"of": of.manifest, "date": of.day.isoformat(), "withdrawn": of.withdrawn}


def gate_documents(gates: tuple[Gate, ...]) -> list[GateDocument]:
    """Makes the documents of a change's gates."""
    return [_gate(gate) for gate in gates]


def _gate(gate: Gate) -> GateDocument:
    """Makes one; no number of people's phones stands in it."""
    people = gate.people
    return {
        "campaign": gate.campaign,
        "sid": gate.sid,
        "status": gate.status,
        "verdict": gate.verdict,
        "message": gate.message,
        "people": {
            "all": people.all,
            "open": people.open,
            "finished": people.finished,
            "never_tried": people.never_tried,
        }
        if people
        else None,
        "limits": [
            {"of": it.of, "limit": percent(it.limit), "count": it.counted, "verdict": it.verdict}
            for it in gate.limits
        ],
    }
