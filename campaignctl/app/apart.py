"""Looks back, right before people are added to a campaign, at those that leave them out (gates.md 3): whom one of
these still calls, this one does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from campaignctl.api.client import Client
from campaignctl.app.earlier import EarlierWatch, ListPeople, campaigns_of
from campaignctl.app.workspace import Reading
from campaignctl.applying.port import TooLateError
from campaignctl.applying.recent_readings import RecentReadings, is_old
from campaignctl.clock import Clock
from campaignctl.contact_lists.versions import named_by
from campaignctl.kinds import KINDS
from campaignctl.kinds.operations import Permission
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import Desired, ListRef, Live, given_lists
from campaignctl.model.naming import Found
from campaignctl.model.plan import Plan
from campaignctl.model.values import items_of
from campaignctl.model.windows import window_of
from campaignctl.planning.features.earlier_campaigns import Held, is_meant, people_in
from campaignctl.planning.features.kept_apart import in_both, newly_called, still_calls, unseen_in
from campaignctl.planning.terms import Terms
from campaignctl.recipients.between import are_one_pair
from campaignctl.recipients.leaving_out import earlier_campaign

if TYPE_CHECKING:
    from campaignctl.app.planning import Planned


def not_called_twice(
    clock: Clock, reading: Reading, client: Client, planned: Planned
) -> Callable[[Desired, Mapping[str, Value], Live | None], None]:
    """Makes the check of a write that calls people: it looks at those whom the campaign leaves out, and back at those
    that leave out its people.
    """
    plan, terms = planned.plan, planned.terms
    members = {it.managed.name: it.managed.members for it in plan.changes if it.managed is not None}
    earlier = EarlierWatch(client, reading, clock, terms.country, members)
    apart = ApartWatch(client, reading, plan, terms, planned.looked_at, earlier.readings, earlier.lists)

    def check(desired: Desired, spec: Mapping[str, Value], before: Live | None) -> None:
        earlier.check(desired, spec)
        apart.check(desired, spec, before)

    return check


def written_as(desired: Desired) -> str:
    """Writes a manifest as others name it, KIND/NAME; an occurrence as the one that repeats."""
    of = desired.occurrence
    return f"{desired.kind.short}/{of.manifest}" if of is not None else desired.kind_and_name


@dataclass
class ApartWatch:
    """Reads what the plan found by its SID, and by name where the plan is older than a minute; `search` does so."""

    client: Client
    reading: Reading
    plan: Plan
    terms: Terms
    looked_at: float | None
    search: RecentReadings[Found]
    lists: ListPeople
    by_sid: RecentReadings[Live | None] = field(init=False)

    def __post_init__(self) -> None:
        """Begins with nothing: nobody is read before somebody is about to be added."""
        self.by_sid = RecentReadings(self.search.clock, self._read)

    def check(self, desired: Desired, spec: Mapping[str, Value], before: Live | None) -> None:
        """Checks whom `spec` adds to what the campaign was `before`; None is nobody.

        Raises:
            TooLateError: another calls somebody of them, or nobody can tell.
            ApiError: it cannot be read.
        """
        others = self._leaving_out.get(written_as(desired), ())
        people = newly_called(spec, before, self.terms.country) if others else frozenset[str]()
        if not people:
            return
        held = {other.kind_and_name: self._held(other, desired, people) for other in others}
        blind = None if self.terms.allows(Permission.UNSEEN, desired, before) else unseen_in(held)
        reason = in_both(people, held) or blind
        if reason is not None:
            raise TooLateError(reason)

    @cached_property
    def _leaving_out(self) -> Mapping[str, Sequence[Desired]]:
        """Returns, by KIND/NAME, the manifests that leave out whom it calls, by themselves or by a list of theirs."""
        by_name = {it.name: it for it in self.reading.lists}
        found: defaultdict[str, list[Desired]] = defaultdict(list)
        for other in self.reading.all_manifests:
            lists = (by_name[name].suppress for name in named_by(other) if name in by_name)
            sources = (*other.suppress, *chain.from_iterable(lists))
            for campaign in dict.fromkeys(it.campaign for it in sources if it.campaign):
                found[campaign].append(other)
        return found

    def _held(self, other: Desired, desired: Desired, added: frozenset[str]) -> Held:
        now, over_counts, people = self.client.now(), are_one_pair(other, desired), set[str]()
        campaigns, complete = self._campaigns(other, desired, added)
        unseen = not complete
        for live in campaigns:
            if still_calls(live, now, self.terms.country, over_counts=over_counts):
                held = self._people(other, live)
                people |= held.people
                unseen = unseen or held.unseen
        return Held(frozenset(people), unseen)

    def _people(self, other: Desired, live: Live) -> Held:
        """Returns whom a campaign calls; who is in lists that are not the project's was never left out of them."""
        held = people_in(live.spec, self.terms.country)
        theirs = {str(it) for it in given_lists(other)}
        own = {
            row.name: [it for it in items_of(live.spec.get(row.name)) if str(it) not in theirs]
            for row in live.kind.given_by_name
        }
        if not any(own.values()):
            return held
        in_lists = self.lists.of(other)(live.showing({**live.spec, **own}))
        return Held(held.people.union(in_lists or ()), held.unseen or in_lists is None)

    def _campaigns(
        self, other: Desired, desired: Desired, added: frozenset[str]
    ) -> tuple[Sequence[Live], bool]:
        """Reads the campaigns of a manifest: what the plan showed by its SID, since a list may lag behind an update.
        Tells whether others may be there.

        One that the plan has just shown without any of those who are added is not read.
        """
        meant, write = earlier_campaign(other, desired), desired.kind_and_name
        just_read = self._was_just_read(other)
        lives = [it.live for it in self.plan.changes if it.live is not None and is_meant(it.live, meant)]
        planned = [it for it in lives if not (just_read and self._is_clear(it, added))]
        fresh = [self.by_sid.of(f"{it.kind.name}/{it.sid}", write) for it in planned]
        found, complete = ((), True) if just_read else campaigns_of(meant, self.search, write)
        known = {it.sid for it in planned}
        others = (it for it in found if it.sid not in known)
        return [it for it in (*fresh, *others) if it is not None], complete

    def _is_clear(self, live: Live, added: frozenset[str]) -> bool:
        """Tells whether it surely holds none of those who are added."""
        held = people_in(live.spec, self.terms.country)
        seen = all(
            isinstance(it, ListRef) and it.current and it.members is not None for it in given_lists(live)
        )
        return seen and not held.unseen and held.people.isdisjoint(added)

    def _was_just_read(self, other: Desired) -> bool:
        """Tells whether the plan looked for it within the last minute: not for what was not selected, or was over."""
        over = window_of(other.kind, other.spec).over(self.client.now())
        if over or other.kind_and_name not in self._planned:
            return False
        return not is_old(self.looked_at, self.search.clock)

    @cached_property
    def _planned(self) -> frozenset[str]:
        return frozenset(written_as(it.desired) for it in self.plan.changes if it.desired is not None)

    def _read(self, what: str) -> Live | None:
        kind, _, sid = what.partition("/")
        return self.client.get(KINDS[kind], sid)
