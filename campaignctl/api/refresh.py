"""How much of an account is read before planning: all of it, or only what can matter (rule 8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from math import ceil

from campaignctl.api.client import Client, Page
from campaignctl.api.listing import (
    Keep,
    Reading,
    as_it_is,
    is_last,
    is_refusal,
    read_list,
    search_term,
    term_of,
)
from campaignctl.api.wire import ALIVE_WORDS, FINISHED_WORDS
from campaignctl.errors import ApiError
from campaignctl.kinds import KINDS, SMS
from campaignctl.kinds.lifecycle import State
from campaignctl.kinds.table import Kind
from campaignctl.planning.environment import SMS_APIS
from campaignctl.planning.resources import Desired, Listing, Live, Snapshot
from campaignctl.planning.sharing import sharing
from campaignctl.planning.window import window_of


def fetch(
    client: Client,
    desired: Sequence[Desired],
    *,
    kinds: Iterable[Kind],
    refresh: str = "full",
    prune: bool = False,
) -> Snapshot:
    """The account, as far as a plan of these manifests needs it.

    `kinds` are those that the project has manifests of; with `prune`, a prefix being set, all are read. `refresh`
    is `full` or `auto`. Raises `ApiError`: what stays unread is an error, never an absence.
    """
    before, sparing = client.requests, refresh == "auto"
    wanted = {kind.name for kind in (KINDS.values() if prune else kinds)}
    readers = {
        name: _reader(client, kind, desired, sparing) for name, kind in KINDS.items() if name in wanted
    }
    listings = {name: reader.listing for name, reader in readers.items()}
    other_sms: tuple[Live, ...] = ()
    if SMS.name in readers:
        listings[SMS.name], other_sms = _with_other_endpoint(readers[SMS.name], sparing)
    missing = [(reader.kind, sid) for reader in readers.values() for sid in reader.missing]
    elsewhere = {sid: found for kind, sid in missing if (found := _elsewhere(client, kind, sid, listings))}
    return Snapshot(
        now=client.now(),
        listings=listings,
        elsewhere=elsewhere,
        other_sms=other_sms,
        strategy=refresh,
        requests=client.requests - before,
        notes=(*(note for reader in readers.values() for note in reader.notes), *client.notes),
    )


def alive(client: Client, kind: Kind) -> Listing:
    """The alive of a kind, sparingly: by status filter where the account understands it, else everything."""
    reader = _KindReader(client, kind, ())
    reader.read_alive()
    return reader.listing


def _reader(client: Client, kind: Kind, desired: Sequence[Desired], sparing: bool) -> _KindReader:
    reader = _KindReader(client, kind, tuple(one for one in desired if one.kind is kind))
    reader.read(sparing)
    return reader


@dataclass
class _KindReader:
    """Reads one kind for its manifests.

    `everything` is False while only the alive have been read, by a filter that has `proved` itself. `whole` is
    about what was listed, `searched` are the names that whole searches settled.
    """

    client: Client
    kind: Kind
    manifests: Sequence[Desired]
    collection: str | None = None
    campaigns: dict[str, Live] = field(default_factory=dict)
    everything: bool = True
    proved: bool = False
    whole: bool = True
    searched: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    scan_cost: int = 0

    @property
    def listing(self) -> Listing:
        """What was read. Where only the alive were, a name that could matter is settled by its own search."""
        whole = self.whole and (self.everything or self.searched >= self.undecided().keys())
        return Listing(tuple(self.campaigns.values()), whole, frozenset(self.searched))

    @property
    def label(self) -> str:
        """What the API calls the list."""
        return self.client.endpoint(self.kind, self.collection).collection

    def read(self, sparing: bool) -> None:
        """The list, then each pin and each name that it leaves open."""
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
        if not self.whole:
            self.notes.append(f"The account's list of {self.label} could not be read whole.")

    @cached_property
    def _wanted(self) -> Mapping[str | None, Desired]:
        return {one.name: one for one in self.manifests}

    def _beside_its_manifest(self, live: Live) -> Live:
        twin = self._wanted.get(live.name)
        return sharing(live, twin) if twin else live

    # ---------------------------------------------------------------------------------------------- the list

    def read_alive(self) -> None:
        """Sparingly; everything where that cannot be."""
        found = read_sparingly(self.client, self.kind, self.collection, self._beside_its_manifest)
        self.scan_cost = found.scan_cost
        if found.reading is None:
            self._distrust_filter()
            self._read_everything(found.first)
        else:
            self._take(found.reading)
            self.everything, self.proved = found.everything, not found.everything

    def _read_everything(self, first: Page | None = None) -> None:
        keep = self._beside_its_manifest
        self._take(read_list(self.client, self.kind, collection=self.collection, first=first, keep=keep))
        self.everything = True

    def _take(self, reading: Reading) -> None:
        self.campaigns, self.whole = reading.campaigns, reading.whole
        self.searched.clear()
        self.missing.clear()

    def _distrust_filter(self) -> None:
        self.proved = False
        self.notes.append(f"The status filter of {self.label} cannot be relied on: everything was read.")

    # ------------------------------------------------------------------------------------------ what is open

    def open_pins(self) -> list[str]:
        """Pins that were not seen and could still matter."""
        now = self.client.now()
        unseen = (one for one in self.manifests if one.sid and one.sid not in self.campaigns)
        return [one.sid for one in unseen if one.sid and _can_matter(one, now)]

    def undecided(self) -> Mapping[str, tuple[str, ...]]:
        """Names that none of the alive bears and that could still matter, each with the names to search for.

        A previous name that none of the alive bears is searched for too: what bears it may be over, or of those alive
        that are not all known.
        """
        now, bearers = self.client.now(), self.names(alive_only=True)
        names: dict[str, tuple[str, ...]] = {}
        for one in self.manifests:
            if one.sid or not one.name or one.name in bearers:
                continue
            previous = one.previous_name
            if _can_matter(one, now) or previous in bearers:
                names[one.name] = (
                    (one.name, previous) if previous and previous not in bearers else (one.name,)
                )
        return names

    def to_create(self) -> set[str]:
        """Names that a create may be wanted for: nothing of any status bears them, and their window is not over."""
        now, bearers = self.client.now(), self.names()
        return {
            one.name
            for one in self.manifests
            if one.name
            and not one.sid
            and one.name not in bearers
            and one.previous_name not in bearers
            and one.state not in (State.COMPLETED, State.ARCHIVED)
            and _can_matter(one, now)
        }

    def names(self, alive_only: bool = False) -> set[str]:
        """Those that campaigns bear. One that a pin names is no candidate for another manifest."""
        pinned = {one.sid for one in self.manifests}
        return {
            live.name
            for live in self.campaigns.values()
            if live.sid not in pinned and (live.alive or not alive_only)
        }

    # --------------------------------------------------------------------------------------------- look-ups

    def _lookups_cost_more(self) -> bool:
        terms = {term_of(text) for texts in self.undecided().values() for text in texts}
        return None in terms or len(terms) + len(self.open_pins()) > self.scan_cost

    def _look_up_pins(self) -> bool:
        """By SID. False when one shows that the filter is not to be trusted."""
        for sid in self.open_pins():
            found = self.client.get(self.kind, sid, self.collection)
            if found is None:
                self.missing.append(sid)
            elif not self._add([found]):
                return False
        return True

    def _look_up_names(self) -> bool:
        """By searches, one for all names that share its term; a name is settled when all its searches were whole.

        False when everything must be read instead: the account takes no search, or the filter missed something.
        """
        if self.everything and self.whole:
            return True
        undecided = self.undecided()
        whole: dict[str | None, bool] = {}
        for term in dict.fromkeys(term_of(text) for texts in undecided.values() for text in texts):
            found = self._search(term)
            if found is None and not self.everything:
                return False
            whole[term] = found is not None and found.whole
        self.searched = {
            name for name, texts in undecided.items() if all(whole[term_of(text)] for text in texts)
        }
        return True

    def _search(self, term: str | None) -> Reading | None:
        """None where it cannot be made, or shows that the filter is not to be trusted."""
        found = None if term is None else search_term(self.client, self.kind, term, self.collection)
        return found if found is not None and self._add(found.campaigns.values()) else None

    def _add(self, found: Iterable[Live]) -> bool:
        """Adds campaigns that were read without the filter; False when it had missed one that is alive."""
        news = [live for live in found if live.sid not in self.campaigns]
        if not self.everything and any(live.alive for live in news):
            self._distrust_filter()
            return False
        self.campaigns.update({live.sid: live for live in news})
        return True


@dataclass(frozen=True)
class Sparing:
    """What little was read of a list. `reading` is None where only all of it, from `first` on, shows the alive;
    `scan_cost` are the requests that this takes. `everything`: it was no more than one page."""

    first: Page
    scan_cost: int
    reading: Reading | None
    everything: bool


def read_sparingly(
    client: Client, kind: Kind, collection: str | None = None, keep: Keep = as_it_is
) -> Sparing:
    """One page; when that is not the whole account, the alive by a filter that must prove itself."""
    limit = client.endpoint(kind, collection).page_limit
    first = client.list_page(kind, offset=0, limit=limit, collection=collection)
    scan_cost = ceil((first.total or 0) / (limit - 1))
    if is_last(first, len(first.entries), limit):
        whole = read_list(client, kind, collection=collection, first=first, keep=keep)
        return Sparing(first, scan_cost, whole, everything=True)
    return Sparing(first, scan_cost, _filtered(client, kind, collection, first, keep), everything=False)


def _filtered(client: Client, kind: Kind, collection: str | None, first: Page, keep: Keep) -> Reading | None:
    """The alive by status filter; None unless they and the finished make up the whole account.

    Which spellings the filter takes is unknown, so an answer proves nothing by itself; a page that holds anything
    else disproves it, and no other one is read.
    """
    limit = client.endpoint(kind, collection).page_limit
    try:
        page = client.list_page(kind, offset=0, limit=limit, statuses=ALIVE_WORDS, collection=collection)
        if not all(live.alive for live in page.items):
            return None
        words = ALIVE_WORDS
        reading = read_list(client, kind, statuses=words, collection=collection, first=page, keep=keep)
        finished = client.list_page(kind, offset=0, limit=1, statuses=FINISHED_WORDS, collection=collection)
    except ApiError as error:
        if is_refusal(error):
            return None
        raise
    adds_up = (
        first.total is not None
        and finished.total is not None
        and reading.count + finished.total == first.total
    )
    alive_only = all(live.alive for live in reading.campaigns.values())
    finished_only = all(live.finished for live in finished.items)
    none_missed = all(live.sid in reading.campaigns for live in first.items if live.alive)
    understood = adds_up and alive_only and finished_only and none_missed
    return reading if reading.followed and understood else None


def _can_matter(desired: Desired, now: datetime) -> bool:
    return desired.state is State.ARCHIVED or not window_of(desired.kind, desired.spec).over(now)


def _elsewhere(client: Client, kind: Kind, sid: str, listings: Mapping[str, Listing]) -> str | None:
    """The other kind that a pin is found as; None also where the account has nothing of that kind."""
    for other in KINDS.values():
        if other is kind:
            continue
        listing = listings.get(other.name)
        if listing and any(live.sid == sid for live in listing.campaigns):
            return other.name
        try:
            if client.get(other, sid) is not None:
                return other.name
        except ApiError as error:
            if error.http != 403 and not is_refusal(error):
                raise
    return None


# ------------------------------------------------------------------------------------------ the other SMS endpoint


def _with_other_endpoint(reader: _KindReader, sparing: bool) -> tuple[Listing, tuple[Live, ...]]:
    """The listing, and the alive of the SMS endpoint that the environment does not use, if a create may be wanted.

    Nobody knows whether the endpoints list each other's campaigns. A 403 or 404 there means that there is none.
    Where that list is not whole, a name is settled only by a search there too.
    """
    names, listing = reader.to_create(), reader.listing
    if not names:
        return listing, ()
    other = next(name for name in SMS_APIS if name != reader.client.environment.sms_api)
    try:
        there = _read_other(reader, other, sparing)
    except ApiError as error:
        if error.http in (403, 404):
            return listing, ()
        raise
    found, unsettled = {live.sid: live for live in there.campaigns}, set[str]()
    for name in () if there.whole else sorted(names):
        term = term_of(name)
        reading = search_term(reader.client, SMS, term, other) if term else None
        found |= reading.campaigns if reading else {}
        unsettled |= set() if reading and reading.whole else {name}
    if unsettled:
        settled = {one.name for one in reader.manifests if one.name and listing.settles(one.name)}
        listing = Listing(listing.campaigns, False, frozenset(settled - unsettled))
    return listing, tuple(live for live in found.values() if live.alive)


def _read_other(reader: _KindReader, other: str, sparing: bool) -> Listing:
    """By one filtered list where the filter has proved itself, else as any list is read."""
    if sparing and reader.proved:
        try:
            return read_list(reader.client, SMS, statuses=ALIVE_WORDS, collection=other).listing
        except ApiError as error:
            if error.http == 404 or not is_refusal(error):
                raise
    there = _KindReader(reader.client, SMS, (), other)
    there.read(sparing)
    reader.notes.extend(there.notes)
    return there.listing
