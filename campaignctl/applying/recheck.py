"""Checks right before a write that the campaign is still what the plan showed, and that this may still be sent
(rule 9).

The planner's own rules are asked again with the moment of the write, so that the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from campaignctl.applying.port import AlreadyMetError, TooLateError
from campaignctl.applying.verify import overlaid
from campaignctl.kinds.countries import Country
from campaignctl.kinds.lifecycle import MARGIN, Status
from campaignctl.kinds.operations import Op
from campaignctl.kinds.table import Mutability, Type, Value
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.plan import Operation
from campaignctl.model.reasons import Reason
from campaignctl.model.values import UNSEEN, shown
from campaignctl.model.windows import window_of
from campaignctl.planning.absent import Neighbours, nothing_to_do, obstacles
from campaignctl.planning.alive import decide, starts_ahead
from campaignctl.planning.compare import same, start_of
from campaignctl.planning.every_clock import too_late_by_any_clock
from campaignctl.planning.payload import (
    contradictions,
    create_spec,
    lost_by_sending,
    opt_out_spec,
    update_spec,
)
from campaignctl.planning.phase import Phase, phase_of
from campaignctl.planning.terms import Terms
from campaignctl.policy import Subject, check

_AS_PLANNED = ("policy", "cannot-send-whole")
_LOOKED_AT_AGAIN = ("calling_hours", "empty_list")
_TOO_LATE = ("start-passed", "start-too-near", "unsafe-start", "window-over", "immutable-field")


def moved(
    planned: Live, fresh: Live, own: Status, country: Country | None, resumes: bool = False
) -> Reason | None:
    """Says how a campaign is no longer what the plan showed.

    It is compared over the keys that both answers hold, with the plan and not with the answer to an operation of
    this run; only its status is the one that this run's own operations led to. Where it is to be resumed, somebody
    may have stopped it once more meanwhile: any later update wins.
    """
    if fresh.status is not own:
        return Reason("moved", f"it is {fresh.word or fresh.status} now, and the plan expected {own}")
    if resumes and planned.updated and fresh.updated and planned.updated != fresh.updated:
        return Reason("moved", "somebody changed or stopped it after the plan was made")
    for path, field in planned.kind.leaves_and_objects():
        mine, theirs = shown(planned.spec, path), shown(fresh.spec, path)
        if field.type is Type.OBJECT or mine is UNSEEN or theirs is UNSEEN:
            continue
        if not same(field, mine, theirs, country):  # type: ignore[arg-type]
            return Reason("moved", f"its {path} changed after the plan was made")
    return None


def create_too_late(desired: Desired, terms: Terms) -> Reason | None:
    """Says why the moment for a create has gone, by rule 3 and the policies, by any clock."""
    return too_late_by_any_clock(lambda at: _create_too_late(desired, at), terms)


def _create_too_late(desired: Desired, terms: Terms) -> Reason | None:
    window = window_of(desired.kind, desired.spec)
    reasons = [nothing_to_do(desired, window, terms.now), *obstacles(desired, window, terms, Neighbours())]
    for reason in reasons:
        if reason is not None and reason.code in _TOO_LATE:
            return Reason("start-passed", reason.message)
    begins = window.start or terms.now
    spec = create_spec(desired, terms.environment.collection(desired.kind.name))
    return _forbidden(desired, Subject(desired.kind, spec, begins, ahead=begins - terms.now), terms)


def update_too_late(desired: Desired, live: Live, operation: Operation, terms: Terms) -> Reason | None:
    """Says why the moment for an update has gone; that of a new start by any clock.

    One of callbacks alone has none. Raises AlreadyMetError where nothing is left to update: a list that an earlier run
    made was found only when it was to be made.
    """
    reason = _update_too_late(desired, live, operation, terms)
    return reason or too_late_by_any_clock(
        lambda at: _new_start_too_near(desired, live, operation, at), terms
    )


def _new_start_too_near(desired: Desired, live: Live, operation: Operation, terms: Terms) -> Reason | None:
    start = start_of(desired)
    sent = live.kind.schedule.name in operation.fields and start != window_of(live.kind, live.spec).start
    if start is None or not sent or start - terms.now >= MARGIN:
        return None
    return Reason("start-passed", "the start that it sets has passed, or is less than 10 minutes away")


def _update_too_late(desired: Desired, live: Live, operation: Operation, terms: Terms) -> Reason | None:
    if all(live.kind.by_name[name].mutability is Mutability.ALWAYS for name in operation.fields):
        return None
    decision = decide(desired, live, _without_lead_time(terms))
    planned = (it for it in decision.operations if it.op is Op.UPDATE)
    if any(set(operation.fields) <= set(it.fields) for it in planned):
        return None
    if decision.reason.code == "in-sync":
        raise AlreadyMetError(decision.reason, decision.notes)
    code = decision.reason.code if decision.reason.code in _AS_PLANNED else "start-passed"
    return Reason(code, decision.reason.message)


def _without_lead_time(terms: Terms) -> Terms:
    """Leaves out the lead time: how far ahead a start is set was judged when it was planned."""
    policy = {name: rule for name, rule in terms.environment.policy.items() if name != "lead_time"}
    return replace(terms, environment=terms.environment._replace(policy=policy))


def resume_too_late(
    desired: Desired, live: Live, planned: Live, planned_at: datetime, terms: Terms
) -> Reason | None:
    """Says why a resume that was planned before the start is too late: the start has passed, or it is night.

    One that was approved earlier is not sent where a stop since then could not be told.
    """
    return too_late_by_any_clock(
        lambda at: _resume_too_late(desired, live, planned, planned_at + (at.now - terms.now), at), terms
    )


def _resume_too_late(
    desired: Desired, live: Live, planned: Live, planned_at: datetime, terms: Terms
) -> Reason | None:
    if starts_ahead(live, replace(terms, now=planned_at)) and not starts_ahead(live, terms):
        return Reason("start-passed", "its start has passed since the plan was made: it would call at once")
    if terms.approved_before and not (planned.updated and live.updated):
        message = (
            "the account does not show when it was last updated: somebody may have stopped it since the plan"
        )
        return Reason("moved", message)
    start = window_of(live.kind, live.spec).start
    begins = start if start is not None and start > terms.now else terms.now
    subject = Subject(live.kind, live.spec, begins, is_live=True, ahead=begins - terms.now)
    return _crossing(desired, live, terms) or _forbidden(desired, subject, terms)


def _crossing(desired: Desired, live: Live, terms: Terms) -> Reason | None:
    if terms.by_hand or not (desired.stop_when or terms.environment.guard):
        return None
    from campaignctl.planning.features.gates import crossing_now  # where a guard holds it to something

    return crossing_now(desired, live, terms)


def _forbidden(desired: Desired, subject: Subject, terms: Terms) -> Reason | None:
    findings = check(subject, desired, terms.policies, terms.locate, terms.beside)
    errors = [it for it in findings if it.severity == "error" and it.rule in _LOOKED_AT_AGAIN]
    return Reason("policy", errors[0].message) if errors else None


def update_payload(
    desired: Desired, live: Live, planned: Live, operation: Operation, terms: Terms
) -> Mapping[str, Value]:
    """Makes what an update sends now: the complete campaign before its start, afterwards what may still change.

    `live` is what was just read, `planned` what the plan saw: what it kept back, and the answer of now does not show,
    is as it was. Raises TooLateError where that no longer shows what sending must not lose, or shows what the plan
    could not see and what would contradict the update.
    """
    live = _with_what_stays(desired, live, planned, operation)
    if operation.opt_out:
        spec = opt_out_spec(desired, live, operation.fields, terms)
    else:
        spec = update_spec(desired, live, operation.fields, terms)
    if phase_of(live, terms.now) is Phase.STARTED:
        return spec
    lost = lost_by_sending(desired, live, spec)
    if lost:
        message = f"the account no longer shows {' and '.join(lost)}, so an update could lose them"
        raise TooLateError(Reason("cannot-send-whole", message))
    for message in contradictions(desired, live, spec):
        raise TooLateError(Reason("cannot-send-whole", message))
    return spec


def _with_what_stays(desired: Desired, live: Live, planned: Live, operation: Operation) -> Live:
    """Shows what was seen and is not to change, or only to lose people, inside objects too: a list may show what the
    read of one campaign does not.

    A schedule of which that shows nothing stays unseen: somebody may have moved it.
    """
    names = planned.spec.keys() if operation.opt_out else desired.spec.keys() - set(operation.fields)
    known = (names - {live.kind.schedule.name}) | live.spec.keys()
    return live.showing(overlaid({name: it for name, it in planned.spec.items() if name in known}, live.spec))
