"""Leaves out of a campaign whom another campaign has called already, as the account shows it. Pure.

A manifest says whom its campaign will call; once that has begun, the account says whom it calls. A file that
changed in between would bring people back who were called.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TypeAlias

from campaignctl.diagnostics import counted
from campaignctl.gates.counters import counters_of
from campaignctl.kinds import kind_of
from campaignctl.kinds.countries import Country
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.operations import Op, Permission
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import Desired, Listing, Live, by_kind_and_name
from campaignctl.model.dated_names import parsed
from campaignctl.model.list_refs import LISTS, refs_in
from campaignctl.model.reasons import Reason
from campaignctl.model.suppression import EarlierCampaign, Shown
from campaignctl.model.values import canonical_numbers, items_of, texts
from campaignctl.model.windows import window_of
from campaignctl.planning.alive import Decision, held_from
from campaignctl.planning.match import by_name_and_sid
from campaignctl.planning.phase import Phase, phase_of
from campaignctl.planning.terms import Terms
from campaignctl.recipients.between import may_reach_others
from campaignctl.recipients.leaving_out import NUMBERS, as_written, earlier_campaign, leave_out, with_opt_out
from campaignctl.tuples import NamedTuple

PeopleOfLists: TypeAlias = Callable[[Live], "Collection[str] | None"]
"""Whom the contact lists of a campaign hold, by the country's rule; None where nobody sees them."""


class Held(NamedTuple):
    """Holds whom campaigns call, have called or will, by the country's rule; `unseen`: there are some whom nobody
    sees.
    """

    people: frozenset[str] = frozenset()
    unseen: bool = False


def people_in(spec: Mapping[str, Value], country: Country | None) -> Held:
    """Returns whom a spec calls, as far as it is known; it is unseen where it shows nobody at all."""
    numbers, lists = texts(spec.get(NUMBERS)), items_of(spec.get(LISTS))
    people = set(canonical_numbers(numbers, country))
    for ref in refs_in(lists):
        people.update(ref.members.people if ref.members is not None else (), ref.besides or ())
    return Held(frozenset(people), not (numbers or lists))


def shown_by(
    meant: EarlierCampaign,
    campaigns: Iterable[Live],
    complete: bool,
    now: datetime,
    country: Country | None,
    people_of_lists: PeopleOfLists = lambda _live: None,
) -> Shown:
    """Returns what all campaigns together show that are meant. `complete` is False where others may be there.

    One that is over and tried nobody leaves out nobody.
    """
    found = [it for it in campaigns if is_meant(it, meant)]
    calling = [it for it in found if not tried_nobody(it, country)]
    people, unseen = set[str](), not complete
    for live in calling:
        numbers = texts(live.spec.get(NUMBERS))
        people.update(canonical_numbers(numbers, country))
        if texts(live.spec.get(LISTS)) or (not numbers and _has_begun(live, now, country)):
            in_lists = people_of_lists(live)
            people.update(in_lists or ())
            unseen = unseen or in_lists is None
    begun = any(_has_begun(it, now, country) for it in calling) or bool(found and not calling)
    to_come = any(_may_follow_its_manifest(it, now, country) for it in calling)
    return Shown(frozenset(people), begun, unseen, bool(calling), meant, to_come)


def is_meant(live: Live, meant: EarlierCampaign) -> bool:
    """Tells whether a campaign is one of those that a source means."""
    if live.kind.short != meant.kind:
        return False
    name = parsed(live.name) if meant.series else None
    return (
        live.sid == meant.sid or live.name in meant.names or (name is not None and name.base in meant.names)
    )


def tried_nobody(live: Live, country: Country | None) -> bool:
    """Tells whether a campaign is over and is known to have called nobody."""
    counters = counters_of(live, country) if live.finished else None
    return counters is not None and not counters.tried


def waits_untried(live: Live, now: datetime, country: Country | None) -> bool:
    """Tells whether a campaign is paused before its start and has called nobody: its resume looks around itself."""
    waits = live.status is Status.PAUSED and phase_of(live, now) is not Phase.STARTED
    return waits and not _has_tried(live, country)


def _may_follow_its_manifest(live: Live, now: datetime, country: Country | None) -> bool:
    """Tells whether whom its manifest declares may be called yet."""
    return not _has_begun(live, now, country) or waits_untried(live, now, country)


def _has_tried(live: Live, country: Country | None) -> bool:
    counters = counters_of(live, country)
    return counters is not None and counters.tried > 0


def _has_begun(live: Live, now: datetime, country: Country | None) -> bool:
    if live.status is not Status.CREATED or window_of(live.kind, live.spec).begun(now):
        return True
    return _has_tried(live, country)


def seeing(desired: Desired, shown: Mapping[str, Shown]) -> Desired:
    """Returns the manifest without those whom the campaigns that it names have called, or will."""
    if desired.suppression is None or not shown:
        return desired
    suppression = desired.suppression.seeing(shown)
    return leave_out(as_written(desired), suppression)._replace(shown=shown)


@dataclass(frozen=True)
class Earlier:
    """Knows who was called already, by all that was read of an account.

    `people_of_lists` says whom contact lists hold, given the manifest of the campaign that calls them.
    """

    manifests: Sequence[Desired]
    listings: Mapping[str, Listing]
    now: datetime
    country: Country | None
    people_of_lists: Callable[[Desired], PeopleOfLists]

    def without_called(self, desired: Desired) -> Desired:
        """Returns a manifest, or the occurrence of a date, without those whom the campaigns that it names have called.

        Of one that repeats each date has people of its own.
        """
        if desired.suppression is None or desired.repeat is not None:
            return desired
        return seeing(desired, self.shown(desired.suppression.campaigns, desired))

    def shown(self, campaigns: Iterable[str], subject: Desired | None) -> Mapping[str, Shown]:
        """Returns what each campaign, as KIND/NAME, shows for a manifest; for a list where `subject` is None."""
        return {name: self._shown(self._named[name], subject) for name in campaigns if name in self._named}

    def _shown(self, other: Desired, subject: Desired | None) -> Shown:
        meant = earlier_campaign(other, subject)
        idle = subject is not None and window_of(subject.kind, subject.spec).over(self.now)
        if (meant, idle) not in self._seen:
            lists = _unread if idle else self.people_of_lists(other)
            campaigns, complete = self._read(meant)
            self._seen[meant, idle] = shown_by(meant, campaigns, complete, self.now, self.country, lists)
        return self._seen[meant, idle]

    def _read(self, meant: EarlierCampaign) -> tuple[Sequence[Live], bool]:
        """Returns what was read of its kind, and whether all campaigns that are meant are among them."""
        kind = kind_of(meant.written).name
        listing = self.listings.get(kind)
        if listing is None:
            return (), True
        complete = all(map(listing.settles, meant.names))
        if meant.series:
            return listing.campaigns, complete
        words = (*meant.names, *([meant.sid] if meant.sid else ()))
        found = (live for word in words for live in self._by_word.get((kind, word), ()))
        return (*{live.sid: live for live in found}.values(),), complete

    @cached_property
    def _by_word(self) -> Mapping[tuple[str, str], Sequence[Live]]:
        return by_name_and_sid(self.listings)

    @cached_property
    def _named(self) -> Mapping[str, Desired]:
        return by_kind_and_name(self.manifests)

    @cached_property
    def _seen(self) -> dict[tuple[EarlierCampaign, bool], Shown]:
        return {}


def _unread(_live: Live) -> None:
    """Says nothing of contact lists: for what is over nobody needs to read them."""


def unseen_held(decision: Decision, desired: Desired, live: Live | None, terms: Terms) -> Decision:
    """Holds what sends to people where nobody sees whom an earlier campaign has called, until somebody says so."""
    unseen = unseen_among(desired.shown.values())
    sends = [it for it in decision.operations if may_reach_others(it, desired, live)]
    if unseen is None or not sends or terms.allows(Permission.UNSEEN, desired, live):
        return decision
    held = held_from(decision.operations.index(sends[0]), decision, unseen, live)
    return replace(held, operations=with_opt_out(held.operations, held.opt_outs))


def unseen_among(shown: Iterable[Shown]) -> Reason | None:
    """Says of which earlier campaigns nobody sees whom they have called."""
    blind = sorted({it.meant.written for it in shown if it.unseen})
    if not blind:
        return None
    message = f"the account does not show whom {', '.join(blind)} has called: somebody could be called twice"
    return Reason("recipients-unseen", message)


def with_earlier(decision: Decision, desired: Desired, live: Live | None, terms: Terms) -> Decision:
    """Changes a decision by what earlier campaigns show: a resume of who was called already is blocked, what nobody
    sees waits, and who is in neither campaign is noted.
    """
    decision = unseen_held(_without_resume(decision, desired, terms.country), desired, live, terms)
    notes = tuple(_in_neither(desired)) if decision.operations or decision.held else ()
    return replace(decision, notes=(*decision.notes, *notes)) if notes else decision


def _without_resume(decision: Decision, desired: Desired, country: Country | None) -> Decision:
    resumes = Op.RESUME in decision.ops
    reason = called_already(decision.resulting or {}, desired.shown, country) if resumes else None
    return decision if reason is None else decision.without_calls(reason)


def _in_neither(desired: Desired) -> Iterator[str]:
    """Notes whom a manifest leaves out since another declares them, though that one's campaign does not show them."""
    if desired.suppression is None or not desired.left_out:
        return
    shown = desired.suppression.without_declared(desired.shown)
    neither = len(desired.left_out - shown.held(texts(desired.declares)))
    if neither:
        people = counted(neither, "person is", "people are")
        yield f"{people} in neither campaign: left out here, and not in the other as the account shows it"


def called_already(
    spec: Mapping[str, Value], shown: Mapping[str, Shown], country: Country | None
) -> Reason | None:
    """Says whether somebody whom a campaign is to call is in an earlier one, as the account shows it."""
    mine = people_in(spec, country).people
    for it in shown.values():
        both = len(mine & it.people)
        if both:
            people = counted(both, "person of this one", "people of this one")
            how = (
                f"{'was' if both == 1 else 'were'} called by"
                if it.begun
                else f"{'is' if both == 1 else 'are'} in"
            )
            return Reason("called-already", f"{people} {how} {it.meant.written}; plan again")
    return None


def called_by_now(
    spec: Mapping[str, Value], planned: Mapping[str, Shown], now: Mapping[str, Shown], country: Country | None
) -> Reason | None:
    """Says, right before a write, whether somebody was called meanwhile, or nobody sees any more who was."""
    unseen = unseen_among(it for name, it in now.items() if not planned[name].unseen)
    return called_already(spec, now, country) or unseen
