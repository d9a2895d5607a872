"""Tracks how far one change has come: what this run did to its campaign, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import Live
from campaignctl.model.plan import Change
from campaignctl.model.reasons import ChangeType, Reason
from campaignctl.model.results import ChangeOutcome, ChangeResult, Failure, OperationOutcome, OperationResult

STILL_CALLING: Final = "still-calling"
"""The code of an action that was answered and did not take."""


@dataclass
class ChangeRun:
    """Tracks one change. It is mutable, and the applier's alone; `result` gives what others see.

    `live` is the campaign as last read or answered, `own_status` the one that this run's operations led to. `ended`
    says why the rest of the operations is not carried out; `lost_to` is the campaign of another run that was there
    before the one that this run made. `paused_at_once` is a pause that no plan showed, `besides` one that has no
    place among the planned operations. `unseen` is what was sent and the answer did not show. `list_sid` is the
    account's list that an upload came to.
    """

    change: Change
    live: Live | None = None
    own_status: Status | None = None
    created_here: bool = False
    lost_to: Live | None = None
    paused_at_once: OperationResult | None = None
    operations: list[OperationResult] = field(default_factory=list)
    besides: list[OperationResult] = field(default_factory=list)
    outcome: ChangeOutcome | None = None
    ended: Reason | None = None
    error: Failure | None = None
    notes: list[str] = field(default_factory=list)
    list_sid: str | None = None
    unseen: Mapping[str, Value] = field(default_factory=dict)

    @classmethod
    def of(cls, change: Change) -> ChangeRun:
        """Begins with the campaign as the plan saw it."""
        return cls(change, change.live, change.live.status if change.live else None)

    def end(self, outcome: ChangeOutcome, reason: Reason, error: Failure | None = None) -> None:
        """Ends the change: nothing more is done to it.

        The first end stands, except for one that tells of calls that go on.
        """
        if self.ended is None or reason.code == STILL_CALLING:
            self.outcome, self.ended, self.error = outcome, reason, error

    def record(self, result: OperationResult) -> None:
        """Notes that one operation is over, and what followed from it unplanned."""
        self.operations += [result, *self.besides]
        self.besides.clear()

    def result(self) -> ChangeResult:
        """Returns the change as it ended."""
        return ChangeResult(
            change=self.change,
            outcome=self.outcome or self._planned_outcome(),
            reason=self.ended or self.change.reason,
            operations=tuple(self.operations),
            sid=self.live.sid if self.live else self.list_sid,
            error=self.error,
            notes=tuple(self.notes),
        )

    def _planned_outcome(self) -> ChangeOutcome:
        outcomes = {it.outcome for it in self.operations}
        if OperationOutcome.APPLIED in outcomes:
            return ChangeOutcome.APPLIED
        if OperationOutcome.UNCHANGED in outcomes and self.change.type is not ChangeType.BLOCKED:
            return ChangeOutcome.UNCHANGED
        if self.change.type in (ChangeType.HELD, ChangeType.BLOCKED):
            return ChangeOutcome.SKIPPED
        return ChangeOutcome.UNCHANGED
