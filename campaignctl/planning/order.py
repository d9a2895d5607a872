"""Rule 7: stopping comes first, what cannot be undone last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from campaignctl.model.plan import Change, Op, Step
from campaignctl.model.windows import window_of

_NEVER = datetime.max.replace(tzinfo=UTC)

_PHASE: Mapping[Op, int] = MappingProxyType(
    {Op.PAUSE: 0, Op.UPDATE: 1, Op.RESUME: 2, Op.CREATE: 3, Op.COMPLETE: 4, Op.ARCHIVE: 5}
)


def start_for_order(change: Change) -> datetime:
    """The start that a change will have; without one it is the last."""
    side = change.live or change.desired
    return (window_of(side.kind, change.resulting).start if side else None) or _NEVER


def steps(changes: Iterable[Change]) -> tuple[Step, ...]:
    """Pauses; updates; resumes; creates, each followed by its pause; completes; archives."""
    found = [
        Step(change, operation, index)
        for change in changes
        for index, operation in enumerate(change.operations)
    ]
    return tuple(sorted(found, key=_place))


def _place(step: Step) -> tuple[int, datetime, str, str, str, int]:
    created = any(operation.op is Op.CREATE for operation in step.change.operations[: step.index])
    phase = _PHASE[Op.CREATE if created else step.operation.op]
    key = step.change.key
    return phase, start_for_order(step.change), key.kind, key.name, key.sid, step.index
