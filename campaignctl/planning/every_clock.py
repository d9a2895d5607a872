"""Makes sure that the creates, resumes and new starts that the server's clock lets through are right by every other
clock too.

The rules are asked once more with each of the other moments; where they answer otherwise, nothing of it is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from campaignctl.kinds.lifecycle import MARGIN
from campaignctl.kinds.operations import BEGINNING, Op
from campaignctl.model.campaigns import Desired, Live, start_is_shown
from campaignctl.model.clocks import OtherClock
from campaignctl.model.plan import Operation
from campaignctl.model.reasons import Reason
from campaignctl.model.windows import window_of
from campaignctl.planning.alive import Decision
from campaignctl.planning.compare import start_of
from campaignctl.planning.terms import Terms

CODE = "clocks-disagree"


def decided_by_every_clock(
    judge: Callable[[Terms], Decision], desired: Desired, live: Live | None, terms: Terms
) -> Decision:
    """Returns what `judge` makes of it by the server's clock, except for what another clock does not let through."""
    decision = judge(terms)
    calls = _calls(decision, desired, live) if terms.clocks else []
    for clock in terms.clocks if calls else ():
        other = judge(terms.by(clock))
        refused = [it for it in calls if not _lets_through(it, other, desired, live, clock)]
        if refused:
            reason = disagreement(terms, clock, other.reason.message)
            return _held_back(decision, refused, live, reason)
    return decision


def too_late_by_any_clock(judge: Callable[[Terms], Reason | None], terms: Terms) -> Reason | None:
    """Says why its moment has gone: what `judge` says by the server's clock, else that another clock says so."""
    reason = judge(terms)
    if reason is not None:
        return reason
    for clock in terms.clocks:
        other = judge(terms.by(clock))
        if other is not None:
            return disagreement(terms, clock, other.message)
    return None


def disagreement(terms: Terms, clock: OtherClock, why: str) -> Reason:
    """Names both times, what the other one means, and what to do."""
    ours, theirs = (moment.isoformat(timespec="seconds") for moment in (terms.now, clock.now))
    return Reason(
        CODE, f"it is {ours} by the account's clock and {theirs} by {clock.whose}: {why}; {clock.remedy}"
    )


def _calls(decision: Decision, desired: Desired, live: Live | None) -> list[Operation]:
    """Returns the operations that may begin to call, and those that say when."""
    return [
        it
        for it in decision.operations
        if it.op in BEGINNING
        or (it.op is Op.UPDATE and live is not None and _sets_start(it, desired, live, decision))
    ]


def _sets_start(operation: Operation, desired: Desired, live: Live, decision: Decision) -> bool:
    kind = live.kind
    if kind.schedule.name not in operation.fields or start_of(desired) is None:
        return False
    path = f"{kind.schedule.name}.{kind.start.name}"
    return not start_is_shown(live) or any(it.field == path for it in decision.diff)


def _lets_through(
    operation: Operation, other: Decision, desired: Desired, live: Live | None, clock: OtherClock
) -> bool:
    """Tells whether the other clock decides the same. A postponement by the margin hurts nobody by any clock."""
    if operation.op is not Op.UPDATE or live is None:
        return any(it.op is operation.op for it in other.operations)
    schedule = live.kind.schedule.name
    if any(it.op is Op.UPDATE and schedule in it.fields for it in other.operations):
        return True
    wanted, had = start_of(desired), window_of(live.kind, live.spec).start
    return wanted is not None and had is not None and wanted > had and wanted - clock.now >= MARGIN


def _held_back(decision: Decision, refused: list[Operation], live: Live | None, reason: Reason) -> Decision:
    """Blocks the decision: what may call is left out, and a start that may not be set leaves the other fields free
    (rule 4.5).
    """
    schedule = live.kind.schedule.name if live else ""
    kept = []
    for operation in decision.operations:
        fields = tuple(name for name in operation.fields if name != schedule)
        if operation not in refused:
            kept.append(operation)
        elif operation.op is Op.UPDATE and fields:
            kept.append(replace(operation, fields=fields))
    if Op.CREATE in {it.op for it in refused}:
        kept = []
    resulting = decision.resulting
    if live and schedule in live.spec and Op.UPDATE in {it.op for it in refused}:
        resulting = {**resulting, schedule: live.spec[schedule]}
    reason = decision.reason_beside(reason)
    return replace(decision, reason=reason, operations=tuple(kept), held=(), resulting=resulting)
