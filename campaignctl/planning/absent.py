"""Decides what becomes of a manifest whose campaign is not there, and whether it may be created (rule 3).

Each reason has one function, named as its code reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from functools import lru_cache

from campaignctl.contact_lists.by_name import unresolved
from campaignctl.diagnostics import Diagnostic
from campaignctl.kinds import KINDS
from campaignctl.kinds.endpoints import SERVICES
from campaignctl.kinds.lifecycle import ENDING_STATES, MARGIN, State
from campaignctl.kinds.operations import Op, Permission
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.naming import as_typed
from campaignctl.model.plan import HeldOperation, Operation
from campaignctl.model.reasons import REASONS, ChangeType, Reason
from campaignctl.model.windows import Window, instant, window_of
from campaignctl.planning.alive import Decision, first, forbidden
from campaignctl.planning.lookalikes import Lookalikes
from campaignctl.planning.payload import Spec, create_spec
from campaignctl.planning.phase import TOO_NEAR, passed_or_near
from campaignctl.planning.terms import RunningElsewhere, Terms
from campaignctl.policy import Subject, check
from campaignctl.recipients.leaving_out import nobody_left, told_nobody
from campaignctl.records import dataclass

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Holds the campaigns that a new one could be mistaken for: those here, those of its name on the other SMS
    endpoint, those of the other kind.

    `alive` has the alive campaigns by kind name and name.
    """

    lookalikes: Lookalikes = field(default_factory=Lookalikes)
    other_endpoint: Mapping[str, Sequence[Live]] = field(default_factory=dict)
    alive: Mapping[str, Mapping[str, Live]] = field(default_factory=dict)


def nothing_to_do(desired: Desired, window: Window, now: datetime) -> Reason | None:
    """Says why nothing needs to be there; `window` is the manifest's."""
    suspended = desired.occurrence is not None and desired.state is State.PAUSED  # not created to be paused
    if suspended or desired.state in ENDING_STATES:
        return Reason("nothing-to-end", f"wanted {desired.state}, and there is no such campaign")
    if window.over(now):
        return Reason("window-over", "its window is over")
    return None


_NOT_LIVE = Reason("not-live", "the account has no such campaign")


def decide_absent(desired: Desired, neighbours: Neighbours, terms: Terms) -> Decision:
    """Creates the campaign unless something is against it; policies bind only what is created, held or not."""
    window = window_of(desired.kind, desired.spec)
    settled = nothing_to_do(desired, window, terms.now) or _missed(desired, window, terms)
    if settled is not None:
        return Decision(settled)
    spec = create_spec(desired, terms.environment.collection(desired.kind.name))
    against = list(obstacles(desired, window, terms, neighbours))
    findings: tuple[Diagnostic, ...] = ()
    if all(map(_holds, against)):
        begins = window.start or terms.now
        ahead = begins - terms.now
        subject = Subject(desired.kind, spec, begins, lead=ahead, ahead=ahead)
        findings = check(subject, desired, terms.policies, terms.locate, terms.beside)
    policy = forbidden(findings)
    reason = first([*against, policy] if policy else against)
    operations, notes = _creating(desired, spec), tuple(_namesakes_noted(desired, neighbours))
    if reason is None:
        return Decision(_NOT_LIVE, operations=operations, notes=notes, resulting=spec, findings=findings)
    held = tuple(HeldOperation(it.op, it.fields) for it in operations) if _holds(reason) else ()
    return Decision(reason, held=held, notes=notes if held else (), resulting=spec, findings=findings)


def _namesakes_noted(desired: Desired, neighbours: Neighbours) -> Iterator[str]:
    """Notes a campaign of the other kind under the same name, which keeps this one from nothing."""
    for kind, by_name in neighbours.alive.items():
        other = by_name.get(desired.name or "")
        if kind != desired.kind.name and other is not None:
            both = (f"{it.short}/NAME" for it in KINDS.values() if it.name in (kind, desired.kind.name))
            yield f"a {kind} of this name is alive too ({other.sid}): {' and '.join(both)} tell them apart"


def _creating(desired: Desired, spec: Spec) -> tuple[Operation, ...]:
    create = _create_with(tuple(spec))
    return (create, Operation(Op.PAUSE)) if desired.state is State.PAUSED else (create,)


@lru_cache
def _create_with(fields: tuple[str, ...]) -> Operation:
    """Makes one operation for all manifests that have the same fields."""
    return Operation(Op.CREATE, fields)


def _holds(reason: Reason) -> bool:
    """Tells whether the reason must be asked for, and is not out of the question."""
    return REASONS[reason.code].change is ChangeType.HELD


def obstacles(desired: Desired, window: Window, terms: Terms, neighbours: Neighbours) -> Iterator[Reason]:
    """Yields every reason against creating it now: what blocks it, and what must be asked for.

    `window` is the manifest's.
    """
    for reason in (
        _unknown_outcome(desired, window, terms),
        _other_endpoint(desired, window, terms.now, neighbours),
        *unresolved(desired),
        no_recipients(desired),
        _start_passed(desired, window, terms.now),
        _unsafe_start(desired, window, terms.now),
        _looks_renamed(desired, terms, neighbours),
        _start_now(desired, window, terms),
        _start_too_near(desired, window, terms),
        _stopped(desired, terms),
    ):
        if reason is not None:
            yield reason


def no_recipients(desired: Desired) -> Reason | None:
    """Refuses a manifest of whom nobody is left: it is not created, whatever the policies say."""
    return Reason("no-recipients", told_nobody(desired)) if nobody_left(desired) else None


def _unknown_outcome(desired: Desired, window: Window, terms: Terms) -> Reason | None:
    """Says that an earlier create may still show up; it is sent anew only where its twin could still be stopped."""
    file = terms.unsettled.get((desired.kind.name, desired.name or "")) if terms.unsettled else None
    if file is None or (window.start is not None and window.start - terms.now > MARGIN):
        return None
    message = (
        f"an earlier run sent its create and never learned what became of it; wait until it shows up, or delete "
        f"{file} when it surely does not exist"
    )
    return Reason("unknown-outcome", message)


def _other_endpoint(desired: Desired, window: Window, now: datetime, neighbours: Neighbours) -> Reason | None:
    for twin in neighbours.other_endpoint.get(desired.name or "", ()):
        if twin.kind is desired.kind and (twin.alive or _finished_of_late(twin, window.start or now)):
            message = (
                f"a campaign of this name ({twin.sid}) is {'alive' if twin.alive else twin.status} on the other "
                f"{twin.kind.title} endpoint; set {SERVICES[twin.kind.name].chosen_by} to that endpoint, or use "
                "another name"
            )
            return Reason("other-endpoint", message)
    return None


def _finished_of_late(live: Live, start: datetime) -> bool:
    """Tells whether a campaign finished lately: since a day before the start that is asked for, by its last update
    or its own start; also where neither shows.
    """
    moments = [moment for moment in (_updated(live), window_of(live.kind, live.spec).start) if moment]
    return not moments or max(moments) >= start - _DAY


def _updated(live: Live) -> datetime | None:
    try:
        return instant(live.updated) if live.updated else None
    except ValueError:
        return None


def _missed(desired: Desired, window: Window, terms: Terms) -> Reason | None:
    """Says that the moment of an occurrence has gone: no other start would be its date's."""
    if desired.occurrence is None or window.start is None or window.start - terms.now >= MARGIN:
        return None
    if _unknown_outcome(desired, window, terms) is not None:
        return None
    why = passed_or_near(window.start, terms.now)
    return Reason(
        "missed", f"its start {why} and it was never created: nobody is {desired.kind.stem}ed on this date"
    )


def _stopped(desired: Desired, terms: Terms) -> Reason | None:
    """Says that somebody has stopped the series: it does not begin again by itself."""
    repeating = terms.repeating
    if desired.occurrence is None or repeating is None or not repeating.stopped(desired, terms.now):
        return None
    return series_stopped(desired, terms)


def series_stopped(desired: Desired, terms: Terms) -> Reason | None:
    """Says why an occurrence of a stopped series is not created; None where a resume is allowed for it."""
    if desired.occurrence is None or terms.allows(Permission.RESUME, desired):
        return None
    name = desired.occurrence.manifest
    moves = terms.repeating is not None and terms.repeating.moves_holidays(desired)
    beside = " with on_holiday: skip (next_open_day would run them on another date)" if moves else ""
    return Reason(
        "needs-allow",
        f"somebody has stopped the series {name}: allow resume ({name}, or this date's name) to go on with it, or put "
        f"the dates that shall not run into except{beside}",
    )


def _start_passed(desired: Desired, window: Window, now: datetime) -> Reason | None:
    if window.start is None:
        return None
    if window.start <= now:
        return Reason("start-passed", "its start has passed and it was never created; it needs a new start")
    if desired.kind.start_needs_margin and window.start - now < MARGIN:
        return Reason("start-passed", f"its start {TOO_NEAR}; it needs a later one")
    return None


def _unsafe_start(desired: Desired, window: Window, now: datetime) -> Reason | None:
    if desired.state is not State.PAUSED:
        return None
    if window.start is None:
        return Reason(
            "unsafe-start", "wanted paused, but without a start it would call before it could be paused"
        )
    if window.start - now < MARGIN:
        return Reason(
            "unsafe-start", "wanted paused, but it starts in under 10 minutes: it could call before the pause"
        )
    return None


def _start_now(desired: Desired, window: Window, terms: Terms) -> Reason | None:
    if window.start is not None or terms.allows(Permission.START_NOW, desired):
        return None
    return Reason("start-now", f"it has no start: it {desired.kind.verb} people the moment it is applied")


def _start_too_near(desired: Desired, window: Window, terms: Terms) -> Reason | None:
    near = window.start is not None and terms.now < window.start < terms.now + MARGIN
    if not near or terms.allows(Permission.START_NOW, desired):
        return None
    return Reason("start-too-near", "it starts in under 10 minutes, too soon to be stopped with certainty")


def _looks_renamed(desired: Desired, terms: Terms, neighbours: Neighbours) -> Reason | None:
    if terms.allows(Permission.TWIN, desired):
        return None
    twin = neighbours.lookalikes.oldest(desired)
    if twin is None:
        twin = neighbours.lookalikes.newest_finished(desired)
    if twin is None:
        return _looks_moved(desired, terms)
    pin = "" if desired.occurrence is not None else f" or sid: {twin.sid}"
    is_it = f"{twin.name or 'a campaign without a name'} ({twin.sid}) {_is(twin, desired)}"
    message = (
        f"{is_it}; say metadata.previous_name{pin} if it is that one, metadata.distinct_from: [{twin.sid}] or allow "
        "twin if it is another"
    )
    return Reason("looks-renamed", message)


def _looks_moved(desired: Desired, terms: Terms) -> Reason | None:
    found = terms.find_elsewhere(desired)
    says = _told_elsewhere(desired, found, terms.environment.name) if found else ""
    return Reason("looks-renamed", says) if found else None


def _is(twin: Live, desired: Desired) -> str:
    if twin.finished:
        when = "start" if desired.occurrence is None else "date"
        return (
            f"is {twin.status}, no manifest names it, and it had recipients, {when} and content of this one as far as "
            "they are shown: somebody may have ended it on purpose"
        )
    word = "alive" if twin.alive else f"of a status that is not known ({twin.word or 'none is shown'})"
    return f"is {word}, no manifest matches it and it looks like this one"


def _told_elsewhere(desired: Desired, found: RunningElsewhere, here: str) -> str:
    """Says where else a campaign runs that would be created in the environment `here`, and what can be done."""
    return (
        f"{found.environment} holds an alive campaign of this name ({found.sid}) that none of its manifests matches: "
        f"it would be created here while it runs on there. End it there first; say metadata.distinct_from: "
        f"[{found.sid}] or --allow twin:{as_typed(desired.kind, desired.name or '')}@{here} if it is another"
    )
