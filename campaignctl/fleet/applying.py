"""Applies to several environments: all are planned, all is shown, one question is asked, then all are carried out.

Each environment walks the line of `apply` in a thread of its own, up to where somebody reviews its plan. There the
threads meet, and what is decided of all of them together lets each go on, or ends it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from campaignctl.app import output
from campaignctl.app.applying import Applied
from campaignctl.app.guards import (
    Limits,
    Passed,
    Reviewed,
    came_today,
    guard,
    hold_counts,
    moment_of,
    only_stopping,
    operations_that_count,
    require_in_time,
)
from campaignctl.app.side_by_side import Ended
from campaignctl.app.terminal import confirm
from campaignctl.app.workspace import Session
from campaignctl.diagnostics import counted, some_of
from campaignctl.errors import CampaignctlError, RefusedError
from campaignctl.fleet.meeting import Decided, FleetRun, Meeting, WaitingPlan
from campaignctl.fleet.opening import Fleet
from campaignctl.fleet.outcomes import digest_of
from campaignctl.kinds.operations import Op
from campaignctl.model.approval import MOST_COUNTS, Approval
from campaignctl.model.plan import ListCount, Plan, start_for_order
from campaignctl.tuples import NamedTuple

_MOST_NAMED: Final = 10
_MOST_LOOKS: Final = 100
_LOOK_SECONDS: Final = 0.005


class FleetLimits(NamedTuple):
    """Holds what the command line demands of all: of each environment the `limits`, of all `max_environments`."""

    limits: Limits
    max_environments: int


@dataclass(frozen=True)
class FleetApply:
    """Carries out one apply. `show` shows all plans, and what ended the environments that have none."""

    fleet: Fleet
    demands: FleetLimits
    show: Callable[[Mapping[str, WaitingPlan], Mapping[str, Ended[Applied]]], None]

    def run(self, line: Callable[[Session, Meeting], Applied]) -> dict[str, Ended[Applied]]:
        """Plans, asks and applies. `line` is the apply of one environment, with the meeting's review.

        Raises:
            RefusedError: nothing is sent to any of them.
        """
        run = FleetRun(self.fleet, line)
        with self.fleet.interrupts:
            decided = run.decided(self._decided)
            return run.finished(lambda: self._let_go(run, decided))

    def _let_go(self, run: FleetRun[Applied], decided: Decided) -> None:
        """Lets them go on in their order: those that pause first, then by earliest start, then by name.

        One that has something to do has asked for its first request before the next is let go.
        """
        proposals = run.meeting.proposals
        for name in sorted(decided, key=lambda it: rank_of(_plan_of(proposals[it], decided[it]))):
            plan, beside = _plan_of(proposals[name], decided[name]), self.fleet.sessions[name].beside
            assert beside is not None, "it is one of several"
            asked, beside.turn.rank = threading.Event(), rank_of(plan)
            beside.turn.on_ask = asked.set
            run.meeting.answer(name, decided[name])
            for _ in range(_MOST_LOOKS if plan.operations else 0):
                if asked.wait(_LOOK_SECONDS) or name not in run.threads.still_left():
                    break

    def _decided(self, proposals: Mapping[str, WaitingPlan], ended: Mapping[str, Ended[Applied]]) -> Decided:
        """Shows, holds against what is demanded, and asks. Raises RefusedError where nothing may be sent at all."""
        self.show(proposals, ended)
        self._hold_approval(proposals)
        decided: Decided = {name: self._guarded(it) for name, it in proposals.items()}
        decided = self._bounded(proposals, decided)
        self._confirm(decided)
        return {name: self._in_time(proposals[name], it) for name, it in decided.items()}

    def _hold_approval(self, proposals: Mapping[str, WaitingPlan]) -> None:
        expect = self.demands.limits.expect
        if expect is None:
            return
        reviewed = {name: Reviewed.of(it.planned.plan, it.saved).digest for name, it in proposals.items()}
        came = [day for it in proposals.values() for day in came_today(it.planned)]
        moments = [moment_of(it.planned) for it in proposals.values()]
        now = max(moments, default=self.fleet.options.clock.now())
        expect.hold_against(digest_of(reviewed.items()), now, sorted(set(came)))
        _hold_all_counts(expect, proposals)

    def _guarded(self, proposal: WaitingPlan) -> Passed | CampaignctlError:
        """Applies the guards of one environment; the approval is of all, and was held against all."""
        limits = Limits(self.demands.limits.max_changes, None, self.demands.limits.auto_approve)
        reviewed = Reviewed.of(proposal.planned.plan, proposal.saved)
        try:
            return guard(proposal.planned, limits, proposal.session, reviewed)
        except RefusedError as refused:
            return refused

    def _bounded(self, proposals: Mapping[str, WaitingPlan], decided: Decided) -> Decided:
        """Keeps back all but what stops campaigns, where more environments would be written to than may be."""
        written = [name for name, it in proposals.items() if operations_that_count(it.planned.plan)]
        most = self.demands.max_environments
        if len(written) <= most:
            return dict(decided)
        refusal = (
            f"there are operations besides pauses in {counted(len(written), 'environment')}, and at most "
            f"{counted(most, 'is', 'are')} allowed (max_environments)"
        )
        return {name: _only_stopping(proposals[name], it, refusal) for name, it in decided.items()}

    def _confirm(self, decided: Decided) -> None:
        """Asks once. Raises as `confirm` does."""
        passed = {name: it for name, it in decided.items() if isinstance(it, Passed)}
        busy = [name for name, it in passed.items() if it.planned.plan.operations]
        if not busy:
            return
        operations = sum(passed[name].planned.plan.operations for name in busy)
        where = f"{counted(len(busy), 'environment')} ({some_of(busy, _MOST_NAMED)})"
        question = f"Apply {counted(operations, 'operation')} in {where}?"
        refused = sorted({it.refusal for it in passed.values() if it.refusal is not None})
        if refused:
            question = f"Some is kept back: {'; '.join(refused)}. {question}"
        instead = "give --auto-approve, or apply saved plans with it"
        confirm(question, auto_approve=self.demands.limits.auto_approve, otherwise=instead)

    def _in_time(
        self, proposal: WaitingPlan, decided: Passed | CampaignctlError
    ) -> Passed | CampaignctlError:
        """Ends an environment whose plan expired before it was confirmed."""
        if not isinstance(decided, Passed) or not decided.planned.plan.operations:
            return decided
        try:
            require_in_time(proposal.planned.plan, self.demands.limits, proposal.now)
        except RefusedError as refused:
            return refused
        return decided


def _plan_of(proposal: WaitingPlan, decided: Passed | CampaignctlError) -> Plan:
    return decided.planned.plan if isinstance(decided, Passed) else proposal.planned.plan


def _only_stopping(
    proposal: WaitingPlan, decided: Passed | CampaignctlError, refusal: str
) -> Passed | CampaignctlError:
    if not isinstance(decided, Passed) or not operations_that_count(decided.planned.plan):
        return decided
    try:
        return only_stopping(proposal.planned, refusal)
    except RefusedError as refused:
        return refused


def rank_of(plan: Plan) -> tuple[int, int, datetime, str]:
    """Returns the place of an environment among those that are applied to."""
    busy = [change for change in plan.changes if change.operations]
    pauses = any(it.op is Op.PAUSE for change in busy for it in change.operations)
    never = datetime.max.replace(tzinfo=plan.expires_at.tzinfo)
    start = min(map(start_for_order, busy), default=never)
    return (1, 0 if pauses else 1, start, plan.environment)


def _hold_all_counts(expect: Approval, proposals: Mapping[str, WaitingPlan]) -> None:
    """Holds the counts of an approval, which stand by environment, against the lists of each."""
    lists = {name: _counted(it) for name, it in sorted(proposals.items())}
    every = tuple(it for found in lists.values() for it in found)
    if len(every) > MOST_COUNTS and all(it.saved is not None for it in proposals.values()):
        lists, every = dict.fromkeys(lists, ()), ()  # saved plans know what an approval has no place for
    if len(every) != len(expect.counts):
        for it in proposals.values():
            hold_counts(expect, every, it.planned.terms.environment)
        return
    at = 0
    for name, found in lists.items():
        own = Approval(expect.digest, expect.until, expect.counts[at : at + len(found)])
        hold_counts(own, found, proposals[name].planned.terms.environment)
        at += len(found)


def _counted(proposal: WaitingPlan) -> tuple[ListCount, ...]:
    return proposal.planned.plan.reached if proposal.saved is None else proposal.saved.reached


def tell_refusals(ended: Mapping[str, Ended[Applied]]) -> None:
    """Tells on standard error of which environments only what stops campaigns was sent."""
    for name, it in ended.items():
        if it.value is not None:
            with output.spoken_for(name):
                it.value.tell_refusal()
