"""Reads the campaigns of one kind for its manifests: its list, and by look-ups what the list leaves open (rule 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from campaignctl.api.client import Client
from campaignctl.api.decoding import NOTHING
from campaignctl.api.listing import Keep, read_list, term_of
from campaignctl.api.newest import newest_by_reading, newest_of, newest_page
from campaignctl.api.paging import ListReading, Page, as_it_is
from campaignctl.api.searching import Searches
from campaignctl.api.sparing import read_sparingly
from campaignctl.kinds.lifecycle import ENDING_STATES, State
from campaignctl.kinds.table import Kind, Value
from campaignctl.model.campaigns import Desired, Listing, Live, sharing
from campaignctl.model.dated_names import month_term
from campaignctl.model.windows import window_of
from campaignctl.records import dataclass

if TYPE_CHECKING:
    from campaignctl.api.awaited import AwaitedCampaigns
    from campaignctl.api.dates import Dates


Among: TypeAlias = Callable[[Live], bool]
"""Which campaigns are looked at."""


def _of_any_status(_live: Live) -> bool:
    return True


def _is_alive(live: Live) -> bool:
    return live.alive


def _is_known(live: Live) -> bool:
    """Tells whether its status is one that is known."""
    return live.alive or live.finished


@dataclass
class KindReader:
    """Reads one kind for its manifests.

    `everything` is False while only the alive have been read, by a filter that has `proved` itself. `complete` is
    about what was listed, `searched` are the names that complete searches settled. `awaited` are those that others
    need to know of: they are looked up though their window is over. `dates` are those of what
    repeats. `keep` is given each campaign as it is read.
    """

    client: Client
    kind: Kind
    declared: Sequence[Desired]
    collection: str | None = None
    awaited: AwaitedCampaigns | None = None
    campaigns: dict[str, Live] = field(default_factory=dict)
    everything: bool = True
    proved: bool = False
    complete: bool = True
    listed: int = 0
    searched: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    scan_cost: int = 0
    dates: Dates | None = None
    keep: Keep = as_it_is
    _names: dict[Among, frozenset[str]] = field(default_factory=dict, repr=False)

    @property
    def listing(self) -> Listing:
        """Returns what was read. Where only the alive were, a name that could matter is settled by its own search."""
        complete = self.complete and (self.everything or self.searched >= self.undecided().keys())
        return Listing(tuple(self.campaigns.values()), complete, frozenset(self.searched))

    @property
    def shows_nothing(self) -> bool:
        """Tells whether the complete list is empty, or seems to be."""
        return self.everything and self.listed == 0

    @property
    def label(self) -> str:
        """Returns what the API calls the list."""
        return self.client.endpoint(self.kind, self.collection).collection

    def read(self, sparing: bool) -> None:
        """Reads the list, then looks up each pin and each name that it leaves open."""
        if sparing:
            self.read_alive()
            if not self.everything and self._lookups_cost_more():
                self._read_everything()
        else:
            self._read_everything()
        if not (self._look_up_pins() and self._look_up_names()):
            self._read_everything()
            self._look_up_pins()
            self._look_up_names()
        if not self.complete:
            self._note_broken()

    def _note_broken(self) -> None:
        self.notes.append(f"The account's list of {self.label} could not be read completely.")

    @property
    def manifests(self) -> Sequence[Desired]:
        """Returns the manifests of the kind; one that repeats as its dates, as of the moment of the first answer."""
        return self.declared if self.dates is None else self.dates.planned(self.kind, self.declared)

    @cached_property
    def _wanted(self) -> Mapping[str | None, Desired]:
        return {one.name: one for one in self.declared}

    @cached_property
    def searches(self) -> Searches:
        """Returns the searches of the list that is read."""
        return Searches(self.client, self.kind, self.collection)

    def _beside_its_manifest(self, live: Live) -> Live:
        twin = self._wanted.get(live.name)
        if twin is None and self.dates is not None:
            twin = self.dates.declaring(live)
        return sharing(live, twin) if twin else self.keep(live)

    def _declared(self, name: object) -> Mapping[str, Value]:
        """Returns what the manifest of a name declares."""
        desired = self._wanted.get(name) if isinstance(name, str) else None
        return NOTHING if desired is None else desired.spec

    # ---------------------------------------------------------------------------------------------- the list

    def read_alive(self) -> None:
        """Reads the alive with few requests; reads everything where that cannot be."""
        found = read_sparingly(
            self.client, self.kind, self.collection, self._beside_its_manifest, self._declared
        )
        self.scan_cost = found.scan_cost
        if found.reading is None:
            self._distrust_filter()
            self._read_everything(found.first)
        else:
            self.take_alive(found.reading)
            self.searches.learn(found.known)
            self.everything, self.proved = found.everything, not found.everything

    def take_alive(self, reading: ListReading[Live]) -> None:
        """Takes the alive that a filter showed, once that filter has proved itself elsewhere."""
        self._take(reading)
        self.searches.learn(self.campaigns)
        self.everything, self.proved = False, True

    def _read_everything(self, first: Page[Live] | None = None) -> None:
        keep = self._beside_its_manifest
        self._take(
            read_list(
                self.client,
                self.kind,
                collection=self.collection,
                first=first,
                keep=keep,
                declared=self._declared,
            )
        )
        self.searches.learn(self.campaigns)
        self.everything = True

    def _take(self, reading: ListReading[Live]) -> None:
        self.campaigns, self.complete = dict(reading.found), reading.complete
        self.listed = reading.count
        self.searched.clear()
        self.missing.clear()
        self._names.clear()

    def _distrust_filter(self) -> None:
        self.proved = False
        self.notes.append(f"The status filter of {self.label} cannot be relied on: everything was read.")

    # ------------------------------------------------------------------------------------------ what is open

    def open_pins(self) -> list[str]:
        """Returns the pins that were not seen and could still matter."""
        now = self.client.now()
        unseen = (one for one in self.manifests if one.sid and one.sid not in self.campaigns)
        return [one.sid for one in unseen if one.sid and _can_matter(one, now, self.awaited)]

    def undecided(self) -> Mapping[str, Desired]:
        """Returns the manifests, by name, that none of the alive matches and that could still matter."""
        now, taken = self.client.now(), self.names(_is_alive)
        unpinned = {name: one for one in self.manifests if not one.sid and (name := one.name)}
        return {
            name: one
            for name, one in unpinned.items()
            if name not in taken and (_can_matter(one, now, self.awaited) or one.previous_name in taken)
        }

    def _renamed(self) -> Mapping[str, str]:
        """Returns, by name, the previous names by which a finished or unseen campaign may be meant (rule 1.3)."""
        known, taken = self.names(), self.names(_is_alive)
        return {
            name: one.previous_name
            for name, one in self.undecided().items()
            if one.previous_name and name not in known and one.previous_name not in taken
        }

    def to_create(self) -> Iterator[str]:
        """Yields the names that a create may be wanted for: no campaign of any status has them, and their window is
        not over. They come one at a time, since most who ask need only the first few.
        """
        now, taken = self.client.now(), self.names()
        renamed = self.names(_is_known)
        return (
            name
            for one in self.manifests
            if (name := one.name)
            and not one.sid
            and name not in taken
            and one.previous_name not in renamed
            and one.state not in ENDING_STATES
            and _can_matter(one, now)
        )

    def names(self, among: Among = _of_any_status) -> frozenset[str]:
        """Returns the names that campaigns have, found once for all who ask until more are read. One that a pin names
        is no candidate for another manifest.
        """
        names = self._names.get(among)
        if names is None:
            pinned = {one.sid for one in self.manifests}
            candidates = (live for live in self.campaigns.values() if live.sid not in pinned)
            names = self._names[among] = frozenset(live.name for live in candidates if among(live))
        return names

    # --------------------------------------------------------------------------------------------- look-ups

    def _lookups_cost_more(self) -> bool:
        """Tells whether look-ups take more requests than reading the list.

        One more than there are terms counts: the searches may have to be proved.
        """
        terms = {self.term(name) for name in (*self.undecided(), *self._history(), *self._targets)}
        return None in terms or len(terms) + bool(terms) + len(self.open_pins()) > self.scan_cost

    def _look_up_pins(self) -> bool:
        """Looks up pins by SID. Returns False when one shows that the filter is not to be trusted."""
        for sid in self.open_pins():
            found = self.client.get(self.kind, sid, self.collection)
            if found is None:
                self.missing.append(sid)
            elif not self._add([found]):
                return False
        return True

    def _look_up_names(self) -> bool:
        """Searches for each name, and where no campaign has it for the previous name.

        Returns False when everything must be read instead: no search can be relied on, or the filter missed
        something.
        """
        if self.everything and self.complete:
            return True
        undecided = self.undecided()
        settled = self._settled((*undecided, *self._history(), *self._targets))
        if settled is None:
            return False
        renamed = self._renamed()
        before = self._settled(renamed.values())
        if before is None:
            return False
        self.searched = {
            name
            for name in (*undecided, *self._targets)
            if name in settled and (name not in renamed or renamed[name] in before)
        }
        return True

    @cached_property
    def _targets(self) -> frozenset[str]:
        """Names whose campaigns must all be known, though one of them is alive."""
        return self.awaited.targets(self.kind.name) if self.awaited is not None else frozenset()

    def _history(self) -> Sequence[str]:
        """Returns the dates that tell whether somebody stopped a series, for each series that something may be
        created of.
        """
        return self.dates.history(self.kind, frozenset(self.to_create())) if self.dates is not None else ()

    def term(self, name: str) -> str | None:
        """Returns the term that a name is searched by; one search serves all dates of a month."""
        return month_term(name) if self.dates is not None and self.dates.is_date(name) else term_of(name)

    def _settled(self, names: Iterable[str]) -> frozenset[str] | None:
        """Returns the names whose campaigns were all seen; None where only reading everything can tell, and that
        has not been done.
        """
        looked = self.searches.look_for(names, self.term)
        if not self._add(looked.campaigns.values()) or (looked.unanswered and not self.everything):
            return None
        return looked.settled

    def _add(self, found: Iterable[Live]) -> bool:
        """Adds campaigns that were read without the filter.

        Returns False when the filter had missed one that is alive.
        """
        news = [live for live in found if live.sid not in self.campaigns]
        if not self.everything and any(live.alive for live in news):
            self._distrust_filter()
            return False
        self.campaigns.update({live.sid: live for live in news})
        self._names.clear()
        return True

    def doubt(self, names: Iterable[str]) -> None:
        """Searches although the list is empty. Where something is there after all, the list was not complete."""
        for name in names:
            self.searches.made(self.term(name) or name)
        self._add(self.searches.seen.values())
        if self.campaigns:
            self.complete = False
            self._note_broken()
            self.searches.learn(self.campaigns)
            self._look_up_names()

    def newest_finished(self) -> tuple[Live, ...]:
        """Reads one page of finished campaigns.

        A name that a create may be wanted for and that stands there was missed by every search.
        """
        if self.everything:
            return newest_of(self.campaigns.values(), self.client.endpoint(self.kind, self.collection))
        newest = newest_page(self.client, self.kind, self.collection)
        if newest is None:
            newest = newest_by_reading(self.client, self.kind, self.collection)
        open_names = set(self.to_create()) | set(self._renamed().values())
        self._add(live for live in newest if live.name in open_names)
        return newest


def _can_matter(desired: Desired, now: datetime, awaited: AwaitedCampaigns | None = None) -> bool:
    if awaited is not None and f"{desired.kind.short}/{desired.name}" in awaited:
        return True  # another waits for its results, though its window is over
    return desired.state is State.ARCHIVED or not window_of(desired.kind, desired.spec).over(now)
