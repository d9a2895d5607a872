"""Gathers the facts about a manifest and its alive campaign at one moment: what differs, what of it may still
change, and what cannot be changed or sent any more (rules 4.4, 4.5 and 9), with the way out.
"""

from __future__ import annotations

from collections.abc import Iterator

from campaignctl.kinds.lifecycle import CALLING, MARGIN, Status
from campaignctl.kinds.operations import Op, Permission
from campaignctl.kinds.table import Role
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.list_refs import LISTS, left_by_people, refs_in, same_lists
from campaignctl.model.plan import Operation, OptOuts
from campaignctl.model.reasons import Reason
from campaignctl.planning.compare import Comparison, compare, start_of
from campaignctl.planning.payload import Spec, contradictions, left_unseen, lost_by_sending
from campaignctl.planning.phase import (
    TOO_NEAR,
    Phase,
    StartMove,
    can_change,
    earlier_versions,
    passed_or_near,
    phase_of,
    start_move,
)
from campaignctl.planning.terms import Terms
from campaignctl.recipients.leaving_out import (
    NOBODY_EARLIER,
    NUMBERS,
    EarlierPeople,
    emptied,
    in_earlier_versions,
    only_fewer,
    still_in,
)
from campaignctl.records import dataclass


@dataclass(frozen=True, slots=True)
class Assessment:
    """Holds the facts about one manifest and its alive campaign at one moment.

    `earlier_versions` are the fields that hold other versions of the lists that are wanted, and can no longer
    change; `suppressed` are people of the live one, `in_lists` those of its lists.
    """

    desired: Desired
    live: Live
    terms: Terms
    comparison: Comparison
    phase: Phase
    move: StartMove
    earlier_versions: tuple[str, ...] = ()
    suppressed: frozenset[str] = frozenset()
    in_lists: EarlierPeople = NOBODY_EARLIER

    @property
    def opt_outs(self) -> OptOuts:
        """Returns the fields by which suppressed people are in the live campaign, and can be taken out. One in which
        nobody would be left is paused where it calls.
        """
        field = emptied(self.desired, self.live, self.suppressed, self.phase is Phase.STARTED)
        if field is not None:
            return OptOuts((field,), (Operation(Op.PAUSE),) if self.live.status in CALLING else ())
        lists = bool(left_by_people(self.live.spec.get(LISTS)))
        holding = {NUMBERS: bool(self.suppressed), LISTS: lists}
        return OptOuts(tuple(name for name, holds in holding.items() if holds and self._may_be_sent(name)))

    def _may_be_sent(self, name: str) -> bool:
        return not self.desired.ignores(name) and can_change(name, self.live, self.phase, self.move)

    def only_opts_out(self, fields: tuple[str, ...]) -> bool:
        """Tells whether an update of these takes suppressed people out, and does nothing else: whom it calls with what
        would go along with any other, where the account does not show it.
        """
        if not fields or not set(fields) <= set(self.opt_outs.fields) or left_unseen(self.desired, self.live):
            return False
        fewer = NUMBERS not in fields or only_fewer(self.desired, self.live, self.suppressed)
        return fewer and (LISTS not in fields or self._lists_lost_people_alone)

    @property
    def _lists_lost_people_alone(self) -> bool:
        mine, theirs = self.desired.spec.get(LISTS), self.live.spec.get(LISTS)
        return same_lists(mine, theirs) and all(it.current or it.besides for it in refs_in(theirs))

    @property
    def earlier_allowed(self) -> bool:
        """Tells whether somebody asked for the start to move earlier."""
        return self.terms.allows(Permission.EARLIER_START, self.desired, self.live)

    @property
    def unseen_start_may_be_set(self) -> bool:
        """Tells whether a start that the account does not show may be set: it counts as later than the manifest's
        (rule 4.5).
        """
        start = start_of(self.desired)
        ahead = start is not None and start - self.terms.now >= MARGIN
        return self.move is StartMove.UNSEEN and ahead and self.earlier_allowed

    @property
    def schedule(self) -> str:
        """Returns the name of the schedule's field."""
        return self.live.kind.schedule.name

    @property
    def free_fields(self) -> tuple[str, ...]:
        """Returns the top-level fields that an update may change now, in the order of the table."""
        wanted = self._resent() or self.comparison.fields
        if wanted and self.unseen_start_may_be_set:
            wanted |= {self.schedule}
        return tuple(name for name in self.live.kind.by_name if name in wanted and self._is_free(name))

    def _resent(self) -> frozenset[str]:
        if self.phase is not Phase.OPEN or not self.terms.resends(self.desired, self.live):
            return frozenset()
        return frozenset(name for name in self.desired.spec if not self.desired.ignores(name))

    def _is_free(self, name: str) -> bool:
        if name == self.schedule and not self._schedule_is_free:
            return False
        return can_change(name, self.live, self.phase, self.move)

    @property
    def _schedule_is_free(self) -> bool:
        if self.move is StartMove.UNSEEN:
            return self.unseen_start_may_be_set
        if self.move is StartMove.EARLIER:
            return self.earlier_allowed
        return self.move is not StartMove.TOO_LATE


def assess(desired: Desired, live: Live, terms: Terms) -> Assessment:
    """Compares the two; the name of a campaign that has begun may differ."""
    comparison = compare(desired, live, terms.country)
    phase = phase_of(live, terms.now)
    if phase is Phase.STARTED:
        kept = tuple(it for it in comparison.differences if live.kind.by_path[it.field].role is not Role.NAME)
        comparison = Comparison(kept, comparison.unseen)
    move = start_move(desired, live, comparison, terms.now)
    earlier = earlier_versions(comparison, live, phase, move) if comparison.differences else ()
    if earlier:
        kept = tuple(it for it in comparison.differences if it.field not in earlier)
        comparison = Comparison(kept, comparison.unseen)
    suppressed = still_in(desired, live)
    if suppressed and not can_change(NUMBERS, live, phase, move) and only_fewer(desired, live, suppressed):
        kept = tuple(it for it in comparison.differences if it.field != NUMBERS)
        comparison = Comparison(kept, comparison.unseen)
    in_lists = in_earlier_versions(live)
    return Assessment(desired, live, terms, comparison, phase, move, earlier, suppressed, in_lists)


def blocking(facts: Assessment) -> Iterator[Reason]:
    """Yields what differs and can no longer change (rules 4.4 and 4.5), and once it has begun the way out."""
    reasons = [*_too_late(facts)]
    yield from reasons
    if facts.phase is Phase.STARTED:
        yield from (Reason(code, _way_out(facts)) for code in dict.fromkeys(it.code for it in reasons))


def _too_late(facts: Assessment) -> Iterator[Reason]:
    if facts.move is StartMove.TOO_LATE or (facts.phase is Phase.STARTED and _own_start_passed(facts)):
        yield Reason("start-passed", _start_passed_message(facts))
    if _unseen_start_blocks(facts):
        yield Reason("cannot-send-whole", _unseen_message(("the start",), facts))
    differing = facts.comparison.fields
    for name in facts.live.kind.by_name:
        if name not in differing or (name == facts.schedule and facts.move is StartMove.TOO_LATE):
            continue
        if not can_change(name, facts.live, facts.phase, facts.move):
            yield Reason("immutable-field", _immutable_message(facts, name))


def _way_out(facts: Assessment) -> str:
    """Describes both steps: what ends this campaign, and a new run for what is still wanted."""
    desired, live = facts.desired, facts.live
    ends, name = facts.terms.address.command("complete", live.sid), desired.name or live.name
    pin = " and no metadata.sid" if desired.sid else ""
    return f"`{ends}` ends this one, and what is still wanted needs a new name{pin}: {facts.terms.free_name(name)}"


def _own_start_passed(facts: Assessment) -> bool:
    """Tells whether a schedule differs after the start, and its own start has passed too."""
    start = start_of(facts.desired)
    return facts.schedule in facts.comparison.fields and start is not None and start <= facts.terms.now


def _unseen_start_blocks(facts: Assessment) -> bool:
    """Tells whether the start blocks a schedule that differs in its end alone: it cannot be sent without the start,
    which nobody sees.
    """
    differs = facts.phase is Phase.OPEN and facts.schedule in facts.comparison.fields
    return differs and facts.move is StartMove.UNSEEN and not facts.unseen_start_may_be_set


def _start_passed_message(facts: Assessment) -> str:
    start = start_of(facts.desired)
    passed = start is not None and start <= facts.terms.now
    if passed and facts.phase is Phase.STARTED:
        return "its start has passed: the schedule stays as it is live"
    why = passed_or_near(start, facts.terms.now)
    later = "" if facts.phase is Phase.STARTED else "; give it a later start"
    return f"the start it asks for {why}: the schedule stays as it is live{later}"


def _immutable_message(facts: Assessment, name: str) -> str:
    live = facts.live
    if facts.phase is Phase.STARTED:
        why = "is in progress" if live.status is Status.IN_PROGRESS else "has passed its start"
        return f"{name} can no longer change: the campaign {why}"
    advice = ""
    if live.kind.pause_lifts_margin and live.status is Status.CREATED:
        advice = f"; `{facts.terms.address.command('pause', live.sid)}` gives time"
    return f"{name} can no longer change: the start {TOO_NEAR}{advice}"


def cannot_send_whole(facts: Assessment, spec: Spec) -> Iterator[Reason]:
    """Refuses an update that would lose the recipients or the start, or send a schedule that is none (rule 9)."""
    if facts.phase is Phase.STARTED:
        return
    lost = lost_by_sending(facts.desired, facts.live, spec)
    if lost:
        yield Reason("cannot-send-whole", _unseen_message(lost, facts))
    for message in contradictions(facts.desired, facts.live, spec):
        yield Reason("cannot-send-whole", message)


def _unseen_message(lost: tuple[str, ...], facts: Assessment) -> str:
    hint = " (allow earlier-start to set the manifest's)" if facts.move is StartMove.UNSEEN else ""
    return f"the account does not show {' and '.join(lost)}, so an update could lose them{hint}"
