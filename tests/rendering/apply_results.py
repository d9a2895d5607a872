"""What applies did, a small function each."""

from __future__ import annotations

import plans

from campaignctl.kinds.operations import Op
from campaignctl.model.plan import Change
from campaignctl.model.reasons import Reason
from campaignctl.model.results import (
    ApplyResult,
    ChangeOutcome,
    ChangeResult,
    Failure,
    OperationOutcome,
    OperationResult,
)


def result(change: Change, outcome: ChangeOutcome, code: str, message: str, **more: object) -> ChangeResult:
    return ChangeResult(change, outcome, Reason(code, message), **more)  # type: ignore[arg-type]


def done(op: Op, outcome: OperationOutcome = OperationOutcome.APPLIED, attempts: int = 1) -> OperationResult:
    return OperationResult(op, outcome, attempts)


REFUSED = "the account refused it: caller_id 03349360005 is not yours"
LOST = "the connection was lost before an answer came"
UNKNOWN = f"nobody knows whether the create was carried out: {LOST}"
STATE = "is created, wanted paused"
ABSENT = "the account has no such campaign"
ASKED = "complete and archive must be asked for"
TOO_LATE = "its start is less than 10 minutes away"
NOTE = "the answer does not show retries"


def everything() -> ApplyResult:
    """One of each outcome, and the plan that it came from."""
    refused = Failure("refused", REFUSED, 400)
    lost = Failure("unknown-outcome", LOST)
    unknown = done(Op.CREATE, OperationOutcome.UNKNOWN)
    failed = done(Op.UPDATE, OperationOutcome.FAILED, 3)
    skipped = done(Op.CREATE, OperationOutcome.SKIPPED, 0)
    both = (done(Op.CREATE), done(Op.PAUSE, attempts=2))
    it = ChangeOutcome
    results = (
        result(plans.transition(), it.APPLIED, "state-differs", STATE, operations=(done(Op.PAUSE),)),
        result(plans.create(), it.UNKNOWN, "unknown-outcome", UNKNOWN, operations=(unknown,), error=lost),
        result(plans.update(), it.FAILED, "refused", REFUSED, operations=(failed,), error=refused),
        result(plans.held_complete(), it.APPLIED, "needs-allow", ASKED, operations=(done(Op.PAUSE),)),
        result(plans.held_start_now(), it.SKIPPED, "start-now", "it has no start"),
        result(plans.create_soon(), it.SKIPPED, "start-passed", TOO_LATE, operations=(skipped,)),
        result(
            plans.create_paused(), it.APPLIED, "not-live", ABSENT, sid="7f3a", operations=both, notes=(NOTE,)
        ),
        result(plans.in_sync(), it.UNCHANGED, "in-sync", "the account is as the manifest asks"),
    )
    return ApplyResult(plans.everything(), results)
