"""Keeps two campaigns apart of which one leaves out the people of the other (gates.md 3): whoever moves between them
is taken out of the one before the other may call them. Pure.

The one that leaves out looks at the other by itself (`earlier`); here the other looks back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from campaignctl.diagnostics import counted
from campaignctl.kinds.countries import Country
from campaignctl.kinds.operations import BEGINNING, Op, Permission
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.list_refs import LISTS, with_fewer
from campaignctl.model.plan import Change, Operation
from campaignctl.model.reasons import Reason
from campaignctl.model.values import texts
from campaignctl.planning.account_view import AccountView
from campaignctl.planning.alive import Decision, held_from, update_that_cannot_hurt
from campaignctl.planning.features.earlier_campaigns import (
    Held,
    people_in,
    tried_nobody,
    unseen_among,
    waits_untried,
)
from campaignctl.planning.match import How, Match
from campaignctl.planning.phase import Phase, phase_of
from campaignctl.planning.terms import Terms
from campaignctl.recipients.between import WhoLeavesOut, are_one_pair, may_reach_others
from campaignctl.recipients.leaving_out import NUMBERS, earlier_campaign, with_opt_out


def still_calls(live: Live, now: datetime, country: Country | None, *, over_counts: bool) -> bool:
    """Tells whether a campaign's people have been called, or may be without anybody's asking.

    One that is paused before its start calls nobody, and its resume looks at the other itself.
    """
    if live.finished:
        return over_counts and not tried_nobody(live, country)
    return not waits_untried(live, now, country)


def newly_called(spec: Mapping[str, Value], before: Live | None, country: Country | None) -> frozenset[str]:
    """Returns whom a campaign calls by a spec that it was not to call `before`; all of them where that is None."""
    known = people_in(before.spec, country).people if before is not None else frozenset[str]()
    return people_in(spec, country).people - known


def in_both(people: frozenset[str], others: Mapping[str, Held]) -> Reason | None:
    """Says how many of those who are about to be called another campaign holds, by KIND/NAME."""
    for name, held in others.items():
        both = len(people & held.people)
        if both:
            are = counted(both, "person of this one is", "people of this one are")
            message = (
                f"{are} in {name} too, which leaves out whom this one calls and has not let them go: "
                "plan both together; whom it has called already, leave out here"
            )
            return Reason("called-already", message)
    return None


def unseen_in(others: Mapping[str, Held]) -> Reason | None:
    """Says of which campaigns nobody sees whom they hold."""
    blind = sorted(name for name, held in others.items() if held.unseen)
    if not blind:
        return None
    message = f"the account does not show whom {', '.join(blind)} calls: somebody could be called twice"
    return Reason("recipients-unseen", message)


def kept_apart(
    meant: Sequence[Match], decisions: Sequence[Decision], account: AccountView, terms: Terms
) -> list[Decision]:
    """Returns what may be done of what was decided on each: nobody is added to a campaign while another that leaves
    its people out keeps them.
    """
    pairs = list(zip(meant, decisions, strict=True))
    back = _LookBack(account, {id(match): it for match, it in pairs})
    return [back.kept(match, it, terms) for match, it in pairs]


@dataclass(frozen=True)
class _LookBack:
    """Looks back from each campaign that is about to call somebody to those that leave its people out.

    `decisions` are those on the selected manifests, by the identity of their matches.
    """

    account: AccountView
    decisions: Mapping[int, Decision] = field(repr=False)

    def kept(self, match: Match, decision: Decision, terms: Terms) -> Decision:
        """Returns what may be done: nobody is added whom another holds and does not let go in the same plan."""
        operations = enumerate(decision.operations)
        reaching = (n for n, it in operations if may_reach_others(it, match.desired, match.live))
        place = next(reaching, None)
        others = self.account.leaving_out.of(match.desired) if place is not None else ()
        if place is None or not others:
            return decision
        begins = any(it.op in BEGINNING for it in decision.operations)
        spec = decision.resulting or match.desired.spec
        people = newly_called(spec, None if begins else match.live, terms.country)
        if not people:
            return decision
        held = {it.desired.kind_and_name: self._held(it, match.desired, terms) for it in others}
        twice, unseen = in_both(people, held), unseen_in(held)
        if twice is not None:
            blocked = replace(decision, held=(), reason=decision.reason_beside(twice))
            return replace(blocked, operations=_harmless(match, decision, place, twice, terms))
        if unseen is None or terms.allows(Permission.UNSEEN, match.desired, match.live):
            return decision
        waits = held_from(place, decision, unseen, match.live)
        return replace(waits, operations=_harmless(match, decision, place, unseen, terms))

    def _held(self, other: Match, desired: Desired, terms: Terms) -> Held:
        """Returns whom the campaigns of a manifest hold once its plan is carried out."""
        over_counts, people = are_one_pair(other.desired, desired), set[str]()
        unseen = other.how is How.INCOMPLETE
        for live in self._campaigns(other):
            if not still_calls(live, terms.now, terms.country, over_counts=over_counts):
                continue
            planned = self.decisions.get(id(other)) if live is other.live else None
            held = _after(planned.operations if planned else (), other.desired, live, terms)
            people |= held.people
            unseen = unseen or held.unseen
        return Held(frozenset(people), unseen)

    def _campaigns(self, other: Match) -> Iterator[Live]:
        """Yields what is meant by a manifest's name, its previous one or its SID, each campaign once."""
        names = earlier_campaign(other.desired, None).names
        found = [it for name in names for it in self.account.by_word.get((other.desired.kind.name, name), ())]
        yield from {it.sid: it for it in (*found, *other.touched)}.values()


def called_twice_by_hand(
    live: Live, desired: Desired, others: Iterable[Change], terms: Terms
) -> Iterator[str]:
    """Yields what somebody is told who resumes a campaign whose people another one that leaves them out still holds,
    or of whom nobody sees whether another that it leaves out has called them.
    """
    found = {id(it): it for it in others if it.desired is not None}
    held = {
        f"{it.live.kind.short}/{it.live.name}": people_in(it.live.spec, terms.country)
        for it in WhoLeavesOut(found.values(), lambda change: change.desired).of(desired)
        if it.live is not None and it.desired is not None
        if still_calls(it.live, terms.now, terms.country, over_counts=are_one_pair(it.desired, desired))
    }
    reasons = (
        in_both(people_in(live.spec, terms.country).people, held),
        unseen_among(desired.shown.values()),
    )
    yield from (it.message for it in reasons if it is not None)


def _harmless(
    match: Match, decision: Decision, place: int, reason: Reason, terms: Terms
) -> tuple[Operation, ...]:
    """Returns what is done though nobody may be added: all before the place, and of an update what goes out anyway."""
    before, live = decision.operations[:place], match.live
    if decision.operations[place].op is Op.UPDATE and live is not None:
        return (*before, *update_that_cannot_hurt(match.desired, live, terms, reason))
    return with_opt_out(before, decision.opt_outs)


def _after(operations: Iterable[Operation], desired: Desired, live: Live, terms: Terms) -> Held:
    """Returns whom a campaign holds once operations are done; nobody where they keep it from calling.

    An update before the start takes out of its numbers whoever is left out.
    """
    ops = {it.op: it for it in operations if it.sid is None}
    phase = phase_of(live, terms.now)
    if Op.PAUSE in ops and Op.RESUME not in ops and phase is not Phase.STARTED:
        return Held()
    update = ops.get(Op.UPDATE)
    if update is None or phase is not Phase.OPEN:
        return people_in(live.spec, terms.country)
    sent = {name: desired.spec.get(name) for name in update.fields if name in desired.spec}
    if update.opt_out:  # whom its manifest wants instead may be kept back
        sent = {LISTS: with_fewer(live.spec.get(LISTS))} if LISTS in update.fields else {}
    numbers = texts({**live.spec, **sent}.get(NUMBERS))
    if desired.suppression is not None:
        numbers = desired.suppression.without(numbers)
    return people_in({**live.spec, **sent, NUMBERS: list(numbers)}, terms.country)
