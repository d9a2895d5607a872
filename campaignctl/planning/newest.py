"""Picks the newest finished campaigns, a page's worth: whoever ended one in an emergency must not find it made
again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
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
