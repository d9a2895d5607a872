"""Holds the account as the rules look at it: who means what, what nobody means, and what has finished lately: whoever
ended one in an emergency must not find it made again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain
from typing import Final

from campaignctl.kinds import KINDS
from campaignctl.kinds.countries import Country
from campaignctl.kinds.endpoints import SERVICES
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Desired, Live, Snapshot
from campaignctl.planning.absent import Neighbours
from campaignctl.planning.alive import Decision
from campaignctl.planning.lookalikes import Lookalikes
from campaignctl.planning.match import Match, by_name_and_sid, match_all
from campaignctl.planning.orphans import unmatched, unnamed
from campaignctl.planning.terms import Terms
from campaignctl.recipients.between import WhoLeavesOut
from campaignctl.records import dataclass


@dataclass(frozen=True)
class AccountView:
    """Holds the account as the rules look at it.

    `all_manifests` are the project's; `unmatched` are the campaigns that none of them means, alive or of unknown
    status; `unnamed` those of the alive ones that none names either.
    """

    all_manifests: Sequence[Desired]
    snapshot: Snapshot
    country: Country | None
    matches: tuple[Match, ...]
    unmatched: tuple[Live, ...]
    unnamed: tuple[Live, ...]
    decided: dict[tuple[int, datetime], Decision] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def neighbours(self) -> Neighbours:
        """Returns what stands beside whatever is created."""
        nobodys = (*self.unmatched, *self.snapshot.leaving)
        lookalikes = Lookalikes(nobodys, self.country, newest_finished(self.snapshot, self.all_manifests))
        listings = self.snapshot.listings.items()
        alive = {kind: {it.name: it for it in listing.campaigns if it.alive} for kind, listing in listings}
        return Neighbours(lookalikes, on_other_endpoint(self.snapshot), alive)

    @cached_property
    def by_name(self) -> Mapping[str, Match]:
        """Returns what each manifest that has a name means, by KIND/NAME."""
        return {it.desired.kind_and_name: it for it in self.matches if it.desired.name}

    @cached_property
    def by_word(self) -> Mapping[tuple[str, str], Sequence[Live]]:
        """Returns the campaigns that were read, by kind and name or SID."""
        return by_name_and_sid(self.snapshot.listings)

    @cached_property
    def leaving_out(self) -> WhoLeavesOut[Match]:
        """Returns what finds those that leave out the people of another."""
        return WhoLeavesOut(self.matches, lambda it: it.desired)

    @cached_property
    def awaited(self) -> frozenset[str]:
        """Returns KIND/NAME of the campaigns that others wait for."""
        return frozenset(after.campaign for it in self.all_manifests for after in it.after)

    @cached_property
    def names(self) -> frozenset[str]:
        """Returns all names that stand in the account or in a manifest."""
        live = (it.name for listing in self.snapshot.listings.values() for it in listing.campaigns)
        return frozenset((*live, *(manifest.name for manifest in self.all_manifests if manifest.name)))


def view_account(all_manifests: Sequence[Desired], snapshot: Snapshot, terms: Terms) -> AccountView:
    """Matches the manifests with the campaigns that were read, kind by kind."""
    matches: list[Match] = []
    unmanaged: list[Live] = []
    for kind_name, listing in sorted(snapshot.listings.items()):
        mine = match_all((it for it in all_manifests if it.kind.name == kind_name), listing)
        matches += mine
        unmanaged += unmatched(mine, (live for live in listing.campaigns if not live.finished))
    nobodys = unnamed((live for live in unmanaged if live.alive), all_manifests)
    return AccountView(all_manifests, snapshot, terms.country, tuple(matches), tuple(unmanaged), nobodys)


_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def newest_finished(snapshot: Snapshot, all_manifests: Sequence[Desired]) -> tuple[Live, ...]:
    """Returns, for each kind, the newest finished campaigns that no manifest names.

    A page of them was read, or all that is finished stands in the listing: then as many as a page would have shown,
    so that it does not matter how much was read.
    """
    named = {(it.kind.name, name) for it in all_manifests for name in _names(it)}
    pinned = {it.sid for it in all_manifests if it.sid}
    found: list[Live] = []
    for kind, listing in snapshot.listings.items():
        page = snapshot.newest_finished.get(kind, listing.campaigns)
        found += _a_page_of(KINDS[kind], page)
    return tuple(it for it in found if (it.kind.name, it.name) not in named and it.sid not in pinned)


def _names(manifest: Desired) -> tuple[str | None, ...]:
    """Returns what a manifest is called, and was; a pinned one is its SID's alone."""
    return () if manifest.sid else (manifest.name, manifest.previous_name)


class Newcomers:
    """Tells which campaigns came after the account was read, and are no manifest's."""

    def __init__(self, snapshot: Snapshot, all_manifests: Sequence[Desired]) -> None:
        """Keeps both; nothing is worked out before somebody asks."""
        self._snapshot = snapshot
        self._all_manifests = all_manifests

    def among(self, campaigns: Iterable[Live]) -> tuple[Live, ...]:
        """Returns those of what is read now."""
        named, pinned = self._meant
        return tuple(
            it
            for it in campaigns
            if it.sid not in self._read and it.sid not in pinned and (it.kind.name, it.name) not in named
        )

    @cached_property
    def _read(self) -> frozenset[str]:
        pages = (
            *(it.campaigns for it in self._snapshot.listings.values()),
            *self._snapshot.newest_finished.values(),
        )
        return frozenset(live.sid for page in pages for live in page)

    @cached_property
    def _meant(self) -> tuple[frozenset[tuple[str, str | None]], frozenset[str | None]]:
        named = frozenset((it.kind.name, name) for it in self._all_manifests for name in _names(it))
        return named, frozenset(it.sid for it in self._all_manifests if it.sid)


def on_other_endpoint(snapshot: Snapshot) -> Mapping[str, Sequence[Live]]:
    """Returns, by name, what stands on the endpoints that the environment does not use, the alive first."""
    found: defaultdict[str, list[Live]] = defaultdict(list)
    over = snapshot.other_endpoint_finished
    pages = (_a_page_of(kind, (it for it in over if it.kind is kind)) for kind in KINDS.values())
    for live in chain(snapshot.other_endpoint, *pages):
        found[live.name].append(live)
    return found


def _a_page_of(kind: Kind, campaigns: Iterable[Live]) -> Sequence[Live]:
    """Returns a page as the account lists it, the newest first: by when campaigns were made, or by when they start
    [000, 001].
    """
    finished = sorted((it for it in campaigns if it.finished), key=lambda it: it.sid)
    finished.sort(key=_listed_at, reverse=True)
    return finished[: SERVICES[kind.name].default.page_limit]


def _listed_at(live: Live) -> datetime:
    return live.listed_at or _NEVER
