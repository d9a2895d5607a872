"""Says whom campaigns that others suppress have called, in a plan and once more before a write (gates.md 3.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from campaignctl.api.client import Client
from campaignctl.api.contact_lists import numbers_in, search_lists
from campaignctl.api.lookup import find
from campaignctl.app.workspace import Reading
from campaignctl.applying.port import TooLateError
from campaignctl.applying.recent_readings import RecentReadings
from campaignctl.clock import Clock
from campaignctl.contact_lists.contact_list import ContactList
from campaignctl.contact_lists.members import members_of, seeing_list
from campaignctl.contact_lists.versions import named_by
from campaignctl.kinds.countries import Country
from campaignctl.kinds.manifest import CONTACT_LIST
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import Desired, Live, Snapshot, by_kind_and_name, given_lists
from campaignctl.model.managed_lists import Members, versions_among
from campaignctl.model.naming import AskedName, Found
from campaignctl.model.suppression import EarlierCampaign, Shown
from campaignctl.model.values import canonical_numbers
from campaignctl.planning.features.earlier_campaigns import Earlier, PeopleOfLists, called_by_now, shown_by


def _lists(reading: Reading) -> Mapping[str, ContactList]:
    return {it.name: it for it in reading.lists}


def looked_at(reading: Reading, snapshot: Snapshot, client: Client, country: Country | None) -> Earlier:
    """Prepares to say who was called; who is in contact lists is read where it is needed."""
    lists = ListPeople(client, reading, country)
    return Earlier(reading.all_manifests, snapshot.listings, snapshot.now, country, lists.of)


def without_called(reading: Reading, earlier: Earlier) -> Reading:
    """Leaves out whom the campaigns that manifests and lists suppress have called, as the account shows it."""
    lists = {name: _list_without(it, earlier) for name, it in _lists(reading).items()}
    found = {id(it): _with_lists(earlier.without_called(it), lists) for it in reading.all_manifests}
    reading = reading._replace(
        all_manifests=tuple(found.values()), selected=tuple(found[id(it)] for it in reading.selected)
    )
    return (
        reading._replace(companions={**reading.companions, CONTACT_LIST: (*lists.values(),)})
        if lists
        else reading
    )


def _list_without(contact_list: ContactList, earlier: Earlier) -> ContactList:
    suppression = contact_list.suppression
    shown = earlier.shown(suppression.campaigns, None) if suppression is not None else {}
    return seeing_list(contact_list, shown)


def _with_lists(desired: Desired, lists: Mapping[str, ContactList]) -> Desired:
    """Adds to a manifest what is shown of the campaigns that its lists leave out."""
    shown = {
        f"{name}: {written}": it
        for name in named_by(desired)
        if name in lists
        for written, it in lists[name].shown.items()
    }
    return desired._replace(shown={**desired.shown, **shown}) if shown else desired


@dataclass
class ListPeople:
    """Says who is in the contact lists of campaigns: by the project's manifests where these hold it still, else it
    reads them. `planned` are lists as a plan makes them, by name.
    """

    client: Client
    reading: Reading
    country: Country | None
    planned: Mapping[str, Members] = field(default_factory=dict)
    _known: dict[str, frozenset[str]] = field(default_factory=dict)
    _read: dict[str, frozenset[str] | None] = field(default_factory=dict)

    def of(self, other: Desired) -> PeopleOfLists:
        """Returns what says so for the campaigns of a manifest. A version never changes, so that none is looked for
        twice.
        """
        learn = cache(lambda: self._learn(other))

        def people(live: Live) -> Collection[str] | None:
            sids = list(map(str, given_lists(live)))
            if any(self._known.get(it) is None and self._read.get(it) is None for it in sids):
                learn()
            found = [self._people(sid) for sid in sids]
            known = [it for it in found if it is not None]
            return frozenset[str]().union(*known) if sids and len(known) == len(found) else None

        return people

    def _learn(self, other: Desired) -> None:
        """Learns which versions in the account hold what the manifest's lists hold now."""
        lists = _lists(self.reading)
        for name in named_by(other):
            if name not in lists:
                continue
            given = (members_of(lists[name], self.country), self.planned.get(name))
            by_mark = {it.mark: it for it in given if it is not None}
            found = search_lists(self.client, name)
            for version in versions_among(found.lists, name) if found is not None else ():
                if version.mark in by_mark:
                    self._known[version.sid] = by_mark[version.mark].people

    def _people(self, sid: str) -> frozenset[str] | None:
        if sid in self._known:
            return self._known[sid]
        if sid not in self._read:
            self._read[sid] = self._canonical(numbers_in(self.client, sid))
        return self._read[sid]

    def _canonical(self, numbers: Collection[str] | None) -> frozenset[str] | None:
        """Spells numbers canonically; without a country nobody can tell who one is that does not begin with +."""
        if numbers is None or (self.country is None and any(it[:1] != "+" for it in numbers)):
            return None
        return frozenset(canonical_numbers(tuple(numbers), self.country))


@dataclass
class EarlierWatch:
    """Asks the account for each campaign once a minute, and only where somebody is about to be called."""

    client: Client
    reading: Reading
    clock: Clock
    country: Country | None
    planned: Mapping[str, Members] = field(default_factory=dict)
    readings: RecentReadings[Found] = field(init=False)

    def __post_init__(self) -> None:
        """Prepares readings; nothing is read before somebody is about to be called."""
        self.readings = RecentReadings(self.clock, lambda word: find(self.client, AskedName.read(word)))
        self.lists = ListPeople(self.client, self.reading, self.country, self.planned)

    def check(self, desired: Desired, spec: Mapping[str, Value]) -> None:
        """Checks before the people of `spec` are called.

        Raises:
            TooLateError: somebody of them was called by now.
            ApiError: nobody can tell.
        """
        now = {name: self._shown(it.meant, desired) for name, it in desired.shown.items()}
        reason = called_by_now(spec, desired.shown, now, self.country)
        if reason is not None:
            raise TooLateError(reason)

    @cached_property
    def _named(self) -> Mapping[str, Desired]:
        return by_kind_and_name(self.reading.all_manifests)

    def _shown(self, meant: EarlierCampaign, desired: Desired) -> Shown:
        campaigns, complete = campaigns_of(meant, self.readings, desired.kind_and_name)
        other = self._named.get(meant.written)
        lists = self.lists.of(other) if other is not None else lambda _live: None
        return shown_by(meant, campaigns, complete, self.client.now(), self.country, lists)


def campaigns_of(
    meant: EarlierCampaign, readings: RecentReadings[Found], write: str
) -> tuple[Sequence[Live], bool]:
    """Looks for all campaigns that are meant; tells whether others may be there."""
    found = [readings.of(word, write) for word in _words(meant)]
    campaigns = {live.sid: live for each in found for live in (*each.campaigns, *each.dated)}
    return (*campaigns.values(),), all(each.complete for each in found)


def _words(meant: EarlierCampaign) -> Iterator[str]:
    """Returns the words by which campaigns are looked for: names and SID."""
    return (f"{meant.kind}/{it}" for it in (*sorted(meant.names), meant.sid) if it)
