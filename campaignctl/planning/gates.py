"""What waits for the results of another campaign: which one that is, and what the verdict makes of a decision. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from campaignctl.gates.counters import counters_of
from campaignctl.gates.limits import limits_of
from campaignctl.gates.verdicts import GateCampaign, judge
from campaignctl.kinds import KINDS
from campaignctl.kinds.lifecycle import CALLING, State
from campaignctl.kinds.operations import BEGINNING, Op, Permission
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Desired, Listing, Live
from campaignctl.model.gates import After, Gate, GateVerdict, worst
from campaignctl.model.plan import Change, Operation, Reason
from campaignctl.model.reasons import REASONS, ChangeType
from campaignctl.planning.alive import Decision, first, held_from
from campaignctl.planning.match import How, Match
from campaignctl.planning.terms import Terms

CODES: Final[Mapping[GateVerdict, str]] = {
    GateVerdict.FAILED: "gate-failed",
    GateVerdict.UNDECIDED: "gate-undecided",
    GateVerdict.WAITING: "gate-waiting",
}
"""The reason of a change that a gate keeps back."""


@dataclass(frozen=True)
class Gatekeeper:
    """Says how the campaigns stand that others wait for. `decide` is what the plan makes of one of them."""

    matches: Mapping[str, Match]
    listings: Mapping[str, Listing]
    decide: Callable[[Match], Decision]

    def gates(self, desired: Desired, terms: Terms) -> tuple[Gate, ...]:
        """Each entry of a manifest beside its campaign."""
        return tuple(self._gate(after, desired, terms) for after in desired.after)

    def _gate(self, after: After, desired: Desired, terms: Terms) -> Gate:
        match = self.matches.get(after.campaign)
        own = match.desired.stop_when if match else {}
        live, doubt = self._meant(match) if match else (None, "has no manifest")
        found = GateCampaign(live, doubt, limits_of(terms.environment, own))
        return judge(after, found, desired, terms.now, terms.country)._replace(stop_when=own)

    def _meant(self, match: Match) -> tuple[Live | None, str]:
        """The campaign, and why nobody can tell which it is, or why it never will be there."""
        live = match.live
        if match.how in (How.HISTORY, How.PREVIOUS_HISTORY):
            live, several = self._who_tried(match)
            if several:
                return live, "ran several times: nobody can tell which run is meant"
        decision = self.decide(match)
        row = REASONS[decision.reason.code]
        if row.change is ChangeType.BLOCKED and not row.code.startswith("gate-"):
            return live, f"is blocked: {decision.reason.message}"
        if row.code == "looks-foreign":
            return live, "may be somebody else's campaign of the same name"
        if live is None and (row.change is ChangeType.NOOP or match.desired.state is State.PAUSED):
            return None, "never will be there: " + decision.reason.message
        return live, ""

    def _who_tried(self, match: Match) -> tuple[Live | None, bool]:
        """Of several finished ones of a name the one that tried somebody, and whether several did."""
        assert match.live is not None, "the past brings its campaign"
        listing = self.listings[match.desired.kind.name]
        same_name = [it for it in listing.campaigns if it.name == match.live.name and it.finished]
        tried = [it for it in same_name if (found := counters_of(it)) is None or found.tried]
        if len(same_name) == 1 or not tried:
            return match.live, False
        return tried[-1], len(tried) > 1


def gated(
    decision: Decision, desired: Desired, live: Live | None, gates: tuple[Gate, ...], terms: Terms
) -> Decision:
    """What is left of a decision behind its gates: creates and resumes wait, updates and pauses do not."""
    gate = worst(gates)
    decision = replace(decision, gates=gates)
    if gate is None or gate.verdict is GateVerdict.PASSED:
        return decision
    reason = Reason(CODES[gate.verdict], gate.message)
    if gate.verdict is GateVerdict.FAILED and live is not None and live.status in CALLING:
        return _stopped(decision, reason)
    ops = [*(it.op for it in decision.operations), *(it.op for it in decision.held)]
    if BEGINNING.isdisjoint(ops):
        noted = live is not None and live.alive
        return replace(decision, notes=(*decision.notes, f"its gate: {gate.message}")) if noted else decision
    if gate.verdict is GateVerdict.FAILED:
        return _refused(decision, reason)
    if terms.allows(Permission.AFTER, desired, live):
        return replace(decision, notes=(*decision.notes, f"allowed before its gate passed: {gate.message}"))
    return held_from(len(tuple(_until_bound(decision.operations))), decision, reason, live)


def unstopped(decision: Decision, desired: Desired, live: Live | None, terms: Terms) -> Decision:
    """A resume of what crosses its limits is blocked: a guard would pause it again at its next look."""
    ops = [*(it.op for it in decision.operations), *(it.op for it in decision.held)]
    if live is None or Op.RESUME not in ops:
        return decision
    reason = crossing_now(desired, live, terms)
    if reason is None:
        return decision
    return _refused(decision, reason)


def crossing_now(desired: Desired | None, live: Live, terms: Terms) -> Reason | None:
    """The limit that a campaign crosses by its counters; None where it keeps them, or shows none."""
    counters = counters_of(live, terms.country)
    own = desired.stop_when if desired else {}
    crossing = limits_of(terms.environment, own).crossed_by(counters) if counters else None
    return Reason("stop-when", f"it crosses stop_when now: {crossing}") if crossing else None


def _stopped(decision: Decision, reason: Reason) -> Decision:
    """What is created already though what it waited for failed is paused; what else may change does."""
    others = (it for it in decision.operations if it.op not in BEGINNING and it.op is not Op.PAUSE)
    free = (it for it in others if it.op is Op.UPDATE)
    operations = (Operation(Op.PAUSE), *free)
    return replace(decision, operations=operations, held=(), reason=_first(reason, decision))


def _until_bound(operations: Sequence[Operation]) -> Iterator[Operation]:
    for operation in operations:
        if operation.op in BEGINNING:
            return
        yield operation


def _refused(decision: Decision, reason: Reason) -> Decision:
    """What begins to call, and all after it, is out of the question."""
    kept = tuple(_until_bound(decision.operations))
    return replace(decision, operations=kept, held=(), reason=_first(reason, decision))


def _first(reason: Reason, decision: Decision) -> Reason:
    return first([reason, decision.reason]) or reason


def shut(change: Change, read: Callable[[Kind, str], Live | None], terms: Terms) -> Reason | None:
    """Why a create or resume is not sent now: a gate that had passed no longer does. `read` asks the account."""
    desired = change.desired
    for gate, after in zip(change.gates, desired.after if desired else (), strict=False):
        if gate.verdict is not GateVerdict.PASSED or gate.sid is None or desired is None:
            continue  # somebody allowed it, or the plan does not hold it
        kind = next(kind for kind in KINDS.values() if kind.short == after.campaign.partition("/")[0])
        live = read(kind, gate.sid)
        doubt = "is no longer there" if live is None else ""
        found = GateCampaign(live, doubt, limits_of(terms.environment, gate.stop_when))
        now = judge(after, found, desired, terms.now, terms.country)
        if now.verdict is not GateVerdict.PASSED:
            return Reason(CODES[now.verdict], now.message)
    return None
