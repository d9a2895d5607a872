"""Puts the operations of a plan in order (rule 7): stopping comes first, what cannot be undone last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from campaignctl.contact_lists.versions import lists_needed
from campaignctl.kinds.operations import PHASE, Op
from campaignctl.model.plan import Change, Step, start_for_order
from campaignctl.recipients.between import WhoLeavesOut, may_reach_others


def steps(changes: Iterable[Change]) -> tuple[Step, ...]:
    """Returns the steps in the order of the rows of `OPERATIONS`; each create is followed by its pause, each upload
    stands right before the first operation that needs it.
    """
    changes = tuple(changes)
    found = [
        Step(change, operation, index)
        for change in changes
        for index, operation in enumerate(change.operations)
    ]
    ordered: Sequence[Step] = sorted(found, key=_place)
    if any(change.desired is not None and change.desired.shown for change in changes):
        ordered = tuple(_taking_out_first(ordered))
    uploads = {it.change.key.name: it for it in ordered if it.operation.op is Op.UPLOAD}
    return tuple(_uploading_late(ordered, uploads) if uploads else ordered)


def _taking_out_first(ordered: Sequence[Step]) -> Iterator[Step]:
    """Moves an update that adds people behind those of the campaigns that leave these out (gates.md 3): a run that is
    cut off leaves nobody in both. Who leaves out whom is never a circle.
    """
    updates = (it for it in ordered if it.operation.op is Op.UPDATE)
    leaving_out = WhoLeavesOut(updates, lambda it: it.change.desired)
    done = set[int]()

    def with_those_before(step: Step) -> Iterator[Step]:
        if id(step) in done:
            return
        done.add(id(step))
        desired, updates = step.change.desired, step.operation.op is Op.UPDATE
        adds = updates and desired and may_reach_others(step.operation, desired, step.change.live)
        for other in leaving_out.of(desired) if desired and adds else ():
            yield from with_those_before(other)
        yield step

    for step in ordered:
        yield from with_those_before(step)


def _uploading_late(ordered: Iterable[Step], uploads: dict[str, Step]) -> Iterator[Step]:
    """Moves uploads back, so that neither a postponement nor an early create waits for an upload that it does not
    need.
    """
    left = dict(uploads)
    for step in ordered:
        if step.operation.op is Op.UPLOAD:
            continue
        for name in lists_needed(step.change, step.operation):
            if name in left:
                yield left.pop(name)
        yield step
    yield from left.values()


def _place(step: Step) -> tuple[int, datetime, str, str, str, int]:
    created = any(operation.op is Op.CREATE for operation in step.change.operations[: step.index])
    phase = PHASE[Op.CREATE if created else step.operation.op]
    key = step.change.key
    return phase, start_for_order(step.change), key.kind, key.name, key.sid, step.index
