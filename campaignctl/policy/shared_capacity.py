"""Finds what a plan leaves running side by side: the campaigns it touches, and whatever else is alive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property

from campaignctl.kinds.lifecycle import CALLING
from campaignctl.kinds.operations import Op
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import NO_COUNTS, Counts, Live
from campaignctl.model.environment import Environment
from campaignctl.model.overlaps import CapacityOverlap
from campaignctl.model.plan import Change
from campaignctl.model.windows import window_of
from campaignctl.policy import RULES, Subject, level_of
from campaignctl.policy.capacity import Span, overlaps_by_kind
from campaignctl.policy.periods import beginning_of, subject_of
from campaignctl.policy.prediction import span_of
from campaignctl.policy.subject import label


class SharedCapacity:
    """Finds where campaigns want more than the capacity once a plan is carried out.

    It is computed once, when a finding or a page asks.
    """

    def __init__(
        self,
        changes: Iterable[Change],
        alive: Iterable[Live],
        environment: Environment,
        now: datetime,
        counts: Counts = NO_COUNTS,
    ) -> None:
        """Takes the campaigns.

        `alive` is all that is, whether the plan touches it or not. Both are read once, if at all.
        """
        self._counts = counts
        self._changes = changes
        self._alive = alive
        self._environment = environment
        self._now = now

    def find(self) -> tuple[CapacityOverlap, ...]:
        """Returns `overlaps`, for who asks later."""
        return self.overlaps

    @cached_property
    def overlaps(self) -> tuple[CapacityOverlap, ...]:
        """Returns the overlaps by kind, in the order of time."""
        return tuple(overlaps_by_kind(self._spans(), self._environment))

    def _spans(self) -> Iterator[tuple[Kind, Span]]:
        changes = tuple(self._changes)
        named = level_of(RULES["capacity"], self._environment) is not None  # who overlaps is for its findings
        for change in changes:
            beginning = beginning_of(change, self._now)
            if beginning is not None and beginning.goes:
                name = _name(change) if named else ""
                subject = subject_of(change, beginning.start, self._environment).counted(self._counts)
                yield from span_of(subject, name, self._environment)
        settled = {(change.key.kind, change.live.sid) for change in changes if change.live}
        settled |= {
            (change.key.kind, operation.sid)
            for change in changes
            for operation in change.operations
            if operation.sid is not None and operation.op is Op.PAUSE
        }
        for live in self._alive:
            if live.status in CALLING and (live.kind.name, live.sid) not in settled:
                begins = window_of(live.kind, live.spec).start
                subject = Subject(live.kind, live.spec, begins, counts=self._counts)
                yield from span_of(subject, (live.name or live.sid) if named else "", self._environment)


def _name(change: Change) -> str:
    return label(change.desired) if change.desired else change.key.name
