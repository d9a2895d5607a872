"""Finds the campaign whose results another waits for, and says what the verdict makes of a decision. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from campaignctl.gates.counters import counters_of
from campaignctl.gates.limits import NEVER, limits_of
from campaignctl.gates.verdicts import GateCampaign, judge
from campaignctl.kinds import kind_of
from campaignctl.kinds.lifecycle import CALLING, State, Status
from campaignctl.kinds.operations import BEGINNING, Op, Permission
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Desired, Listing, Live, given_lists, given_refs
from campaignctl.model.gates import After, Gate, GateVerdict, worst
from campaignctl.model.plan import Change, Operation
from campaignctl.model.reasons import REASONS, ChangeType, Reason
from campaignctl.planning.alive import Decision, held_from
from campaignctl.planning.match import How, Match
from campaignctl.planning.terms import Terms

CODES: Final[Mapping[GateVerdict, str]] = {
    GateVerdict.FAILED: "gate-failed",
    GateVerdict.UNDECIDED: "gate-undecided",
    GateVerdict.WAITING: "gate-waiting",
}
"""The reason of a change that a gate keeps back."""


Meant: TypeAlias = Callable[[Match, Terms], GateCampaign]
"""The campaign that a manifest means, without limits."""


@dataclass(frozen=True)
class Gatekeeper:
    """Says how the campaigns stand that others wait for. `decide` says what the plan makes of one of them."""

    matches: Mapping[str, Match]
    listings: Mapping[str, Listing]
    decide: Callable[[Match], Decision]

    def gates(self, desired: Desired, terms: Terms) -> tuple[Gate, ...]:
        """Returns each entry of a manifest beside its campaign."""
        return tuple(self._gate(after, desired, terms, self._meant) for after in desired.after)

    def _gate(self, after: After, desired: Desired, terms: Terms, meant: Meant) -> Gate:
        match = self.matches.get(after.campaign)
        own = match.desired.stop_when if match else {}
        found = meant(match, terms) if match else GateCampaign(None, "has no manifest", NEVER)
        found = found._replace(stop_when=limits_of(terms.environment, own))
        members = _members(found.live) if found.live else None
        found = found._replace(members=members)
        gate = judge(after, found, desired, terms.now, terms.country)
        return gate._replace(stop_when=own, members=members, certain=found.certain)

    def _meant(self, match: Match, terms: Terms) -> GateCampaign:
        """Returns the campaign; a manifest whose own gate has failed is blocked.

        The gate of what it waits for is not asked: no doubt makes a gate fail.
        """
        if not match.desired.after:
            return self._itself(match, terms)
        gates = tuple(self._gate(it, match.desired, terms, self._itself) for it in match.desired.after)
        return self._itself(match, terms, gates)

    def _itself(self, match: Match, terms: Terms, gates: tuple[Gate, ...] = ()) -> GateCampaign:
        """Returns the campaign, and why nobody can tell which it is, or why it never will be there."""
        live = match.live
        if match.how in (How.HISTORY, How.PREVIOUS_HISTORY):
            live, several = self._who_tried(match)
            if several:
                doubt = "ran several times: nobody can tell which run is meant"
                return GateCampaign(live, doubt, NEVER, certain=False)
        decision = gated(self.decide(match), match.desired, live, gates, terms)
        doubt, foreign = _doubt(match.desired, live, decision), decision.reason.code == "looks-foreign"
        return GateCampaign(live, doubt, NEVER, certain=not foreign and match.how is not How.INCOMPLETE)

    def _who_tried(self, match: Match) -> tuple[Live | None, bool]:
        """Picks, of several finished campaigns of a name, the one that tried somebody; and tells whether several
        did.
        """
        assert match.live is not None, "the past brings its campaign"
        listing = self.listings[match.desired.kind.name]
        same_name = [it for it in listing.campaigns if it.name == match.live.name and it.finished]
        tried = [it for it in same_name if (found := counters_of(it)) is None or found.tried]
        if len(same_name) == 1 or not tried:
            return match.live, False
        return tried[-1], len(tried) > 1


def _members(live: Live) -> int | None:
    """Returns how many people its contact lists hold, where all are the project's and hold what their manifests
    declare now.
    """
    lists = list(given_lists(live))
    known = [it.members.people for it in given_refs(live) if it.members is not None]
    return len(frozenset[str]().union(*known)) if lists and len(known) == len(lists) else None


def _doubt(desired: Desired, live: Live | None, decision: Decision) -> str:
    row = REASONS[decision.reason.code]
    if row.change is ChangeType.BLOCKED:
        return f"is blocked: {decision.reason.message}"
    if row.code == "looks-foreign":
        return "may be somebody else's campaign of the same name"
    if live is None and (row.change is ChangeType.NOOP or desired.state is State.PAUSED):
        return "never will be there: " + decision.reason.message
    return ""


def gated(
    decision: Decision, desired: Desired, live: Live | None, gates: tuple[Gate, ...], terms: Terms
) -> Decision:
    """Returns what gates leave of a decision: creates and resumes wait, updates and pauses do not."""
    gate = worst(gates)
    decision = replace(decision, gates=gates)
    if gate is None or gate.verdict is GateVerdict.PASSED or decision.reason.code == "looks-foreign":
        return decision
    reason = Reason(CODES[gate.verdict], gate.message)
    stops = any(it.op is Op.PAUSE for it in decision.operations)
    if gate.verdict is GateVerdict.FAILED and live is not None and live.status in CALLING and not stops:
        return _stopped(decision, reason)
    if BEGINNING.isdisjoint(decision.ops):
        noted = live is not None and live.alive
        return replace(decision, notes=(*decision.notes, f"its gate: {gate.message}")) if noted else decision
    if gate.verdict is GateVerdict.FAILED:
        return decision.without_calls(reason)
    if terms.allows(Permission.AFTER, desired, live):
        return replace(decision, notes=(*decision.notes, f"allowed before its gate passed: {gate.message}"))
    return held_from(decision.calls_at, decision, reason, live)


def unstopped(decision: Decision, desired: Desired, live: Live | None, terms: Terms) -> Decision:
    """Blocks a resume of a campaign that crosses its limits: a guard would pause it again at its next look."""
    reason = crossing_now(desired, live, terms) if live is not None and live.alive else None
    if reason is None or live is None or live.status is not Status.PAUSED:
        return decision
    since = f"; it was last updated at {live.updated}" if live.updated else ""
    if Op.RESUME in decision.ops:
        return decision.without_calls(Reason(reason.code, reason.message + since))
    return replace(decision, notes=(*decision.notes, reason.message + since))


def crossing_now(desired: Desired | None, live: Live, terms: Terms) -> Reason | None:
    """Says which limit a campaign crosses by its counters; None where it keeps them all, or shows none."""
    counters = counters_of(live, terms.country)
    own = desired.stop_when if desired else {}
    crossing = limits_of(terms.environment, own).crossed_by(counters) if counters else None
    return Reason("stop-when", f"it crosses stop_when now: {crossing}") if crossing else None


def _stopped(decision: Decision, reason: Reason) -> Decision:
    """Pauses what is created already though what it waited for failed; what else may change does."""
    others = (it for it in decision.operations if it.op not in BEGINNING and it.op is not Op.PAUSE)
    free = (it for it in others if it.op is Op.UPDATE)
    operations = (Operation(Op.PAUSE), *free)
    return replace(decision, operations=operations, held=(), reason=decision.reason_beside(reason))


def shut(
    change: Change,
    read: Callable[[Kind, str], Live | None],
    find_alive: Callable[[Kind], Iterable[Live]],
    terms: Terms,
) -> Reason | None:
    """Says why a create or resume is not sent now: a gate that had passed no longer does, another campaign of its name
    is there by now, or one that somebody allowed has failed, which no flag passes. `read` and `find_alive` ask the
    account.
    """
    desired = change.desired
    for gate, after in zip(change.gates, desired.after if desired else (), strict=True):
        if gate.sid is None or desired is None:
            continue  # somebody allowed it before it is there
        live = read(kind_of(after.campaign), gate.sid)
        now = judge(after, _as_it_is(gate, live, terms), desired, terms.now, terms.country)
        passed = gate.verdict is GateVerdict.PASSED
        if (passed or now.verdict is GateVerdict.FAILED) and now.verdict is not GateVerdict.PASSED:
            return Reason(CODES[now.verdict], now.message)
        other = _another(live, find_alive) if passed and live is not None else None
        if other is not None:
            message = f"{after.campaign} is {other.sid} by now, and {gate.sid} is what passed"
            return Reason(CODES[GateVerdict.UNDECIDED], message)
    return None


def _another(live: Live, find_alive: Callable[[Kind], Iterable[Live]]) -> Live | None:
    """Returns an alive campaign of the same name: it is the one that is meant by now (rule 1)."""
    return next((it for it in find_alive(live.kind) if it.name == live.name and it.sid != live.sid), None)


def _as_it_is(gate: Gate, live: Live | None, terms: Terms) -> GateCampaign:
    doubt = "is no longer there" if live is None else ""
    limits = limits_of(terms.environment, gate.stop_when)
    return GateCampaign(live, doubt, limits, gate.members, gate.certain)
