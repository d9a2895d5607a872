"""Reads the project's own contact lists beside the account, counts them where an operation would use one, and plans
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from campaignctl.app.counting import CountingRules, Judged
from campaignctl.app.workspace import Reading
from campaignctl.contact_lists.contact_list import ContactList
from campaignctl.contact_lists.counting import with_lists_to_come
from campaignctl.contact_lists.managing import managed_list
from campaignctl.contact_lists.members import members_of
from campaignctl.contact_lists.versions import (
    Lists,
    alive_ones,
    counts_of,
    deletable,
    have_others,
    list_changes,
    marked,
    may_be_meant,
    named_by,
    named_by_campaigns,
    names_awaited,
    names_in_use,
    resolve_lists,
    used_lists,
)
from campaignctl.diagnostics import Diagnostic, Severity, counted
from campaignctl.kinds.countries import Country
from campaignctl.model.campaigns import Desired, Live, Snapshot
from campaignctl.model.managed_lists import AccountList, ManagedList, versions_among
from campaignctl.model.plan import Change
from campaignctl.planning.planner import Decisions
from campaignctl.saved_plans.seal import canonical_list

if TYPE_CHECKING:
    from campaignctl.api.client import Client

KEPT_FOR: Final = timedelta(days=7)
"""A version younger than this may belong to a run that is under way, or to another pipeline."""


def selected_lists(reading: Reading) -> tuple[ContactList, ...]:
    """Returns the lists that are meant: by paths and labels, or since a selected campaign names them."""
    named = {name for it in reading.selected for name in named_by(it)}
    return tuple(
        it for it in reading.lists if it.name in named or it.place.where in reading.selected_companions
    )


def canonical_lists(reading: Reading, country: Country | None) -> list[bytes]:
    """Writes the selected lists as a plan's digest of manifests covers them: who is declared."""
    return [_canonical(it, country) for it in selected_lists(reading)]


def _canonical(contact_list: ContactList, country: Country | None) -> bytes:
    sources = contact_list.suppression.sources if contact_list.suppression else ()
    members = members_of(contact_list.as_written, country)
    return canonical_list(
        contact_list.name, contact_list.labels, members, [it.written(country) for it in sources]
    )


def repeated_in(lists: Iterable[ManagedList], level: Severity | None) -> Iterator[Diagnostic]:
    """Warns about people who stand twice in a list, which has them once."""
    for managed in lists if level is not None else ():
        if repeated := managed.members.repeated:
            assert level is not None
            rows = counted(repeated, "row holds a number that stands", "rows hold numbers that stand")
            message = f"{rows} there already; the first row counts"
            yield Diagnostic(level, "duplicate_numbers", managed.where, message)


def known_offline(
    reading: Reading, country: Country | None, repeats: Severity | None
) -> tuple[Reading, tuple[Diagnostic, ...]]:
    """Returns the manifests with the people of the project's lists, and what is found in those that are selected."""
    lists = {it.name: managed_list(it, country) for it in reading.lists}
    found = {id(it): resolve_lists(it, lists) for it in reading.all_manifests}
    selected = tuple(found[id(it)] for it in reading.selected)
    findings = tuple(repeated_in((lists[it.name] for it in selected_lists(reading)), repeats))
    return reading._replace(all_manifests=tuple(found.values()), selected=selected), findings


def with_versions(managed: ManagedList, client: Client) -> ManagedList:
    """Adds to a list its versions in the account, and what there has its very name."""
    from campaignctl.api.contact_lists import search_lists

    found = search_lists(client, managed.name)
    return _among(found.lists, managed) if found.complete else replace(managed, trouble=found.trouble or "")


def with_unfound(
    lists: Mapping[str, ManagedList], campaigns: Iterable[Live], manifests: Iterable[Desired], client: Client
) -> Mapping[str, ManagedList]:
    """Looks through all lists of the account for those of which a search showed no version, where campaigns have lists
    that nobody knows: not every account finds a list by a part of its name.
    """
    unfound = [it for it in lists.values() if not it.versions and it.trouble is None]
    if not unfound or not have_others(campaigns, manifests, lists):
        return lists
    from campaignctl.api.contact_lists import read_lists

    found = read_lists(client)
    return {**lists, **{it.name: _among(found.lists, it) for it in unfound}}


def _among(there: Sequence[AccountList], managed: ManagedList) -> ManagedList:
    return replace(
        managed,
        versions=tuple(versions_among(there, managed.name)),
        namesakes=tuple(it.sid for it in there if it.name == managed.name),
    )


@dataclass(frozen=True)
class ListPlanner:
    """Plans with the project's lists. Requests are made where they tell something that an operation needs.

    `repeats` is how bad it is that somebody stands twice in one (the policy `duplicate_numbers`).
    """

    reading: Reading
    rules: CountingRules
    repeats: Severity | None = None
    prune: bool = False

    @property
    def client(self) -> Client:
        """Returns the account's client."""
        return self.rules.client

    @property
    def country(self) -> Country | None:
        """Returns the country whose rule makes numbers equal."""
        return self.rules.terms.country

    def decide(self, snapshot: Snapshot) -> tuple[Decisions, Snapshot, Lists]:
        """Decides what becomes of campaigns and lists; returns the account with its versions marked, too."""
        in_use = names_in_use(self.reading.all_manifests, snapshot)
        lists = {it.name: managed_list(it, self.country) for it in self.reading.lists}
        read = frozenset(lists) if self.prune else in_use & self._selected()
        read |= names_awaited(self.reading.all_manifests, snapshot)
        lists = self._with_versions(lists, read, snapshot)
        judged = self._judged(lists, snapshot)
        decisions = self.rules.decide(judged)
        used = used_lists(decisions.changes)
        findings = tuple(repeated_in((lists[name] for name in sorted(used)), self.repeats))
        bound = used_lists(decisions.changes, opt_outs=False)
        known = self._counted(self._forbidden(lists, bound), used)
        if any(known[name].wanted != it.wanted or known[name].forbidden for name, it in lists.items()):
            judged = self._judged(known, snapshot)
            decisions = self.rules.decide(judged)
            known = self._counted(known, used_lists(decisions.changes))
        decisions = self.rules.decide_counted(judged, decisions, counts_of(known, snapshot.now))
        if self.rules.counts:
            told = tuple(with_lists_to_come(it, snapshot.now) for it in decisions.changes)
            decisions = replace(decisions, changes=told)
        changes = self._changes(known, decisions, in_use, judged.snapshot)
        return (
            replace(
                decisions,
                changes=tuple(sorted((*decisions.changes, *changes), key=lambda it: it.key)),
                findings=(*decisions.findings, *findings),
            ),
            judged.snapshot,
            known,
        )

    def _with_versions(
        self, lists: Lists, names: frozenset[str], snapshot: Snapshot
    ) -> dict[str, ManagedList]:
        """Reads the versions of these lists; of all of which somebody is left out, too, where a campaign may still go
        to one that its manifest names no more.
        """
        read = {name: with_versions(lists[name], self.client) for name in lists if name in names}
        others = [name for name, it in lists.items() if it.suppresses and name not in names]
        selected = self.reading.selected
        if others and have_others(may_be_meant(selected, snapshot), selected, read):
            read.update((name, with_versions(lists[name], self.client)) for name in others)
        return {**lists, **with_unfound(read, alive_ones(snapshot), selected, self.client)}

    def _forbidden(self, lists: Lists, used: frozenset[str]) -> Lists:
        if self.repeats is not Severity.ERROR:
            return lists
        return {
            name: replace(it, forbidden="policy forbids it: duplicate_numbers")
            if name in used and it.members.repeated
            else it
            for name, it in lists.items()
        }

    def _judged(self, lists: Lists, snapshot: Snapshot) -> Judged:
        """Returns what the rules look at, with versions for the names of lists."""
        found = {id(it): resolve_lists(it, lists) for it in self.reading.all_manifests}
        selected = tuple(found[id(it)] for it in self.reading.selected)
        return Judged(tuple(found.values()), selected, marked(snapshot, lists))

    def _selected(self) -> frozenset[str]:
        """Returns the lists that are meant: by paths and labels, or since a selected campaign names them."""
        return frozenset(it.name for it in selected_lists(self.reading))

    def _counted(self, lists: Lists, used: frozenset[str]) -> Mapping[str, ManagedList]:
        """Counts the least attempt of each list that an operation would use; the next one where that is abandoned."""
        return {name: self._count(it) if name in used else it for name, it in lists.items()}

    def _count(self, managed: ManagedList) -> ManagedList:
        from campaignctl.api.counting import count_list

        while (wanted := managed.wanted) is not None and wanted.sid not in managed.counts:
            counts = {**managed.counts, wanted.sid: count_list(self.client, wanted.sid).count}
            managed = replace(managed, counts=counts)
        return managed

    def _changes(
        self, lists: Lists, decisions: Decisions, in_use: frozenset[str], snapshot: Snapshot
    ) -> tuple[Change, ...]:
        changes = list_changes(lists, self._selected(), decisions.changes, in_use)
        if not self.prune:
            return changes
        from campaignctl.api.refresh import alive_elsewhere

        listings = (*snapshot.listings.values(), *alive_elsewhere(self.client))
        keeps = named_by_campaigns(listings)
        if keeps is None or not any(it.campaigns for it in listings):  # a broken replica shows nothing
            return changes
        oldest = snapshot.now - KEPT_FOR
        unwanted = (it for managed in lists.values() for it in deletable(managed, keeps, oldest))
        return (*changes, *unwanted)
