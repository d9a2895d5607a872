"""Picks the newest finished campaigns, a page's worth: whoever ended one in an emergency must not find it made
again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain
from typing import Final

from campaignctl.kinds import KINDS
from campaignctl.kinds.endpoints import SERVICES
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Desired, Live, Snapshot

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
