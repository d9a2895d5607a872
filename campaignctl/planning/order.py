"""Rule 7: stopping comes first, what cannot be undone last."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from campaignctl.kinds.operations import PHASE, Op
from campaignctl.model.plan import Change, Step
from campaignctl.model.windows import window_of

_NEVER = datetime.max.replace(tzinfo=UTC)


def start_for_order(change: Change) -> datetime:
    """The start that a change will have; without one it is the last."""
    side = change.live or change.desired
    return (window_of(side.kind, change.resulting).start if side else None) or _NEVER


def steps(changes: Iterable[Change]) -> tuple[Step, ...]:
    """In the order of the rows of `OPERATIONS`; each create is followed by its pause."""
    found = [
        Step(change, operation, index)
        for change in changes
        for index, operation in enumerate(change.operations)
    ]
    return tuple(sorted(found, key=_place))


def _place(step: Step) -> tuple[int, datetime, str, str, str, int]:
    created = any(operation.op is Op.CREATE for operation in step.change.operations[: step.index])
    phase = PHASE[Op.CREATE if created else step.operation.op]
    key = step.change.key
    return phase, start_for_order(step.change), key.kind, key.name, key.sid, step.index
