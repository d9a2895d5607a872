"""Finds campaigns that a manifest would create and that still run in another account of the same command (rule 3).

A manifest whose label or folder changed has another account now; what it made in the old one calls on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from campaignctl.model.campaigns import Desired, Live, Snapshot
from campaignctl.planning.match import is_of_series


class RunningElsewhere(NamedTuple):
    """Names an alive campaign of another environment's account, which none of that one's manifests matches."""

    environment: str
    sid: str


FindElsewhere: TypeAlias = Callable[[Desired], "RunningElsewhere | None"]
"""Whether another account runs what a manifest would create."""


def nowhere_else(_desired: Desired) -> RunningElsewhere | None:
    """Finds nothing: one environment was chosen, and nobody looks into another's account."""
    return None


def unmatched(snapshot: Snapshot, manifests: Iterable[Desired]) -> Iterator[Live]:
    """Yields the alive campaigns of an account that no manifest means: by name, former name, SID or as a date."""
    meant = list(manifests)
    names = {(it.kind.name, name) for it in meant for name in (it.name, it.previous_name) if name}
    pinned = {it.sid for it in meant if it.sid}
    series = [it for it in meant if it.repeat is not None]
    shown = (live for listing in snapshot.listings.values() for live in listing.campaigns)
    for live in (*shown, *snapshot.other_endpoint):
        known = (live.kind.name, live.name) in names or live.sid in pinned
        if live.alive and not known and not any(is_of_series(it, live.name) for it in series):
            yield live


def told_elsewhere(desired: Desired, found: RunningElsewhere, here: str) -> str:
    """Says where else a campaign runs that would be created in the environment `here`, and what can be done."""
    return (
        f"{found.environment} holds an alive campaign of this name ({found.sid}) that none of its manifests matches: "
        f"it would be created here while it runs on there. End it there first; say metadata.distinct_from: "
        f"[{found.sid}] or --allow twin:{desired.name}@{here} if it is another"
    )
