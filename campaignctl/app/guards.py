"""Checks what must hold before an apply sends anything (rule 9): the approval of what was reviewed, and how much at
once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from typing import TypeAlias

from campaignctl.app.planning import Planned
from campaignctl.app.workspace import Session
from campaignctl.contact_lists.versions import used_lists
from campaignctl.diagnostics import counted
from campaignctl.errors import RefusedError
from campaignctl.kinds.operations import Op
from campaignctl.model.approval import MOST_COUNTS, Approval
from campaignctl.model.clocks import latest
from campaignctl.model.environment import Environment
from campaignctl.model.plan import Change, ListCount, Plan
from campaignctl.model.reasons import Reason
from campaignctl.model.results import ApplyResult, ChangeOutcome, ChangeResult
from campaignctl.planning.orphans import too_many_orphans
from campaignctl.recipients.leaving_out import opt_out_alone
from campaignctl.records import dataclass
from campaignctl.saved_plans.file import SavedPlan
from campaignctl.saved_plans.staleness import sets_going
from campaignctl.tuples import NamedTuple

Now: TypeAlias = Callable[[], datetime]
"""The moment by which nothing may have expired: the last that any clock shows."""


@dataclass(frozen=True)
class Limits:
    """Holds what the command line demands."""

    max_changes: int | None
    expect: Approval | None
    auto_approve: bool


class Passed(NamedTuple):
    """Holds what of a plan may be carried out; `refusal` says why that is only what stops campaigns."""

    planned: Planned
    refusal: str | None = None


class Reviewed(NamedTuple):
    """Holds what a reviewer has seen: of a saved plan its own digest and lists, since what is left of it has
    another digest, and fewer lists.
    """

    digest: str
    lists: tuple[ListCount, ...]

    @classmethod
    def of(cls, plan: Plan, saved: SavedPlan | None = None) -> Reviewed:
        """Returns what was reviewed. A saved plan knows the counts that an approval has no place for."""
        if saved is None:
            return cls(plan.digest, plan.reached)
        return cls(saved.digest, saved.reached if len(saved.reached) <= MOST_COUNTS else ())


def guard(planned: Planned, limits: Limits, session: Session, reviewed: Reviewed) -> Passed:
    """Applies every guard that refuses before anything is sent.

    Too many operations keep back no pause that a manifest asks for: stopping never waits.

    Raises:
        RefusedError: nothing of the plan may be sent.
    """
    if limits.expect is not None:
        limits.expect.hold_against(reviewed.digest, moment_of(planned), came_today(planned))
        hold_counts(limits.expect, reviewed.lists, planned.terms.environment)
    refusal = _too_many(planned, limits, session)
    return Passed(planned) if refusal is None else only_stopping(planned, refusal)


def moment_of(planned: Planned) -> datetime:
    """Returns the moment of a plan by which its approval must hold: where it sets going, the last of any clock."""
    clocks = planned.terms.clocks if sets_going(planned.plan.changes) else ()
    return latest(planned.terms.now, clocks)


def came_today(planned: Planned) -> tuple[str, ...]:
    """Returns the dates that the plan has gained since midnight."""
    repeating = planned.terms.repeating
    return repeating.came_today() if repeating is not None else ()


def require_in_time(plan: Plan, limits: Limits, now: Now) -> None:
    """Raises RefusedError for a plan, or an approval of it, that expired before it was confirmed."""
    ends = min(plan.expires_at, limits.expect.until) if limits.expect else plan.expires_at
    if ends <= now():
        raise RefusedError(f"the plan expired at {ends.isoformat()}, before it was confirmed; plan again")


def only_stopping(planned: Planned, refusal: str) -> Passed:
    """Keeps of a plan what stops campaigns and takes suppressed people out: nothing keeps that back.

    Raises:
        RefusedError: nothing of the plan does.
    """
    kept = [_pausing(change) for change in planned.plan.changes]
    needed = used_lists(kept)
    changes = tuple(_uploading(each, needed) if each.of_list else each for each in kept)
    stopping = replace(planned.plan, changes=changes)
    if not stopping.operations:
        raise RefusedError(refusal)
    return Passed(replace(planned, plan=stopping), refusal)


def hold_counts(approval: Approval, lists: tuple[ListCount, ...], environment: Environment) -> None:
    if not (lists or approval.counts):
        return
    from campaignctl.recipients.drift import drift_since_approval

    drifted = drift_since_approval(approval.counts, lists, environment)
    if drifted is not None:
        raise RefusedError(f"the approval does not hold: {drifted}")


def _too_many(planned: Planned, limits: Limits, session: Session) -> str | None:
    plan = planned.plan
    most = limits.max_changes if limits.max_changes is not None else session.project.max_changes
    changes = operations_that_count(plan)
    if most is not None and changes > most:
        return (
            f"this plan has {counted(changes, 'operation')} besides pauses, "
            f"and at most {counted(most, 'is', 'are')} allowed (max_changes)"
        )
    if limits.max_changes is None:
        return too_many_orphans(plan.changes, planned.decisions.with_prefix)
    return None


def operations_that_count(plan: Plan) -> int:
    """Counts the operations besides pauses and opt-outs."""
    counting = (it for change in plan.changes for it in change.operations if not it.opt_out)
    return sum(it.op is not Op.PAUSE for it in counting)


def _pausing(change: Change) -> Change:
    """Keeps what stops a campaign and is asked for by a manifest: an orphan's pause is not.

    Taking out people who are suppressed is kept, too; a change of a list is kept completely.
    """
    if change.desired is None:
        return change if change.of_list else replace(change, operations=())
    pauses = tuple(takewhile(lambda it: it.op is Op.PAUSE, change.operations))
    return replace(change, operations=opt_out_alone(change.operations, change.opt_outs, pauses))


def _uploading(change: Change, needed: Collection[str]) -> Change:
    """Keeps of a list's change what an opt-out needs."""
    uploads = (it for it in change.operations if it.op is Op.UPLOAD and change.key.name in needed)
    return replace(change, operations=tuple(uploads))


def with_refused(result: ApplyResult, plan: Plan, refusal: str | None) -> ApplyResult:
    """Returns the results of what was sent, and of what was refused that it was skipped.

    `plan` is the complete one.
    """
    if refusal is None:
        return result
    pairs = zip(result.results, plan.changes, strict=True)
    return replace(result, results=tuple(_refused(each, change, refusal) for each, change in pairs))


def _refused(result: ChangeResult, planned: Change, refusal: str) -> ChangeResult:
    cut = len(result.change.operations) < len(planned.operations)
    if not cut or result.outcome is not ChangeOutcome.UNCHANGED:
        return result
    return replace(result, outcome=ChangeOutcome.SKIPPED, reason=Reason(result.reason.code, refusal))
