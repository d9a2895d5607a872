"""Finds which campaign a manifest means (rule 1): within a kind, the first way that applies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from itertools import chain

from campaignctl.kinds.lifecycle import Status
from campaignctl.model.campaigns import Desired, Listing, Live, Snapshot
from campaignctl.model.dated_names import parsed
from campaignctl.records import dataclass


class How(Enum):
    """Names how a manifest and a campaign came together, or why they did not."""

    SID = "by SID"
    NAME = "by name"
    PREVIOUS_NAME = "by previous name"
    HISTORY = "by the name of what is over"
    PREVIOUS_HISTORY = "by the previous name of what is over"
    UNKNOWN_STATUS = "by the name of something whose status is not known"
    ABSENT = "not there"
    AMBIGUOUS = "several"
    SID_NOT_FOUND = "its SID is not there"
    INCOMPLETE = "the list could not be read completely"


@dataclass(frozen=True, slots=True)
class Match:
    """Pairs a manifest with its campaign.

    `live` is the one that is meant; `candidates` are those of an ambiguous name, oldest first.
    """

    desired: Desired
    how: How
    live: Live | None = None
    candidates: tuple[Live, ...] = ()

    @property
    def touched(self) -> tuple[Live, ...]:
        """Returns every campaign that this manifest speaks of."""
        return (*self.candidates, self.live) if self.live else self.candidates


_Index = Mapping[str, list[Live]]


def match_all(desired: Iterable[Desired], listing: Listing) -> tuple[Match, ...]:
    """Matches the manifests of one kind and returns one match for each, in the order given.

    A campaign that one manifest matches by SID or name is no candidate for another: so pins take theirs first, then
    names, and what is left is looked at for previous names and the past.
    """
    all_manifests = tuple(desired)
    matches: dict[int, Match] = {}
    taken = _match_pins(all_manifests, listing, matches)
    alive = _by_name(live for live in listing.campaigns if live.alive and live.sid not in taken)
    taken |= _match_names(all_manifests, alive, matches)
    free = [live for live in listing.campaigns if live.sid not in taken]
    free_alive, rest = _by_name(live for live in free if live.alive), _by_name(free)
    names = frozenset(manifest.name for manifest in all_manifests if manifest.sid is None)
    for index, manifest in enumerate(all_manifests):
        if index not in matches:
            previous = manifest.previous_name if manifest.previous_name not in names else None
            matches[index] = _match_rest(manifest, previous or "", listing, free_alive, rest)
    return tuple(matches[index] for index in range(len(all_manifests)))


def _by_name(campaigns: Iterable[Live]) -> _Index:
    index: defaultdict[str, list[Live]] = defaultdict(list)
    for live in campaigns:
        index[live.name].append(live)
    for namesakes in index.values():
        if len(namesakes) > 1:
            namesakes.sort(key=lambda live: live.age_key)
    return index


def _match_pins(all_manifests: tuple[Desired, ...], listing: Listing, matches: dict[int, Match]) -> set[str]:
    by_sid = {live.sid: live for live in listing.campaigns}
    for index, manifest in enumerate(all_manifests):
        if manifest.sid is not None:
            live = by_sid.get(manifest.sid)
            matches[index] = Match(manifest, How.SID if live else How.SID_NOT_FOUND, live)
    return {match.live.sid for match in matches.values() if match.live}


def _match_names(all_manifests: tuple[Desired, ...], alive: _Index, matches: dict[int, Match]) -> set[str]:
    taken: set[str] = set()
    for index, manifest in enumerate(all_manifests):
        namesakes = alive.get(manifest.name or "")
        if index not in matches and namesakes:
            matches[index] = _one_or_ambiguous(manifest, How.NAME, namesakes)
            taken |= {live.sid for live in namesakes}
    return taken


def _one_or_ambiguous(manifest: Desired, how: How, namesakes: list[Live]) -> Match:
    if len(namesakes) == 1:
        return Match(manifest, how, namesakes[0])
    return Match(manifest, How.AMBIGUOUS, candidates=tuple(namesakes))


def _match_rest(manifest: Desired, previous: str, listing: Listing, alive: _Index, rest: _Index) -> Match:
    """Applies rules 1.3 to 1.5 to a name that no alive campaign has.

    `previous` is empty where another manifest has it.
    """
    name = manifest.name or ""
    if rest.get(name):
        match = _from_the_past(manifest, How.HISTORY, rest[name])
    elif previous and alive.get(previous):
        match = _one_or_ambiguous(manifest, How.PREVIOUS_NAME, alive[previous])
    elif previous and rest.get(previous):
        match = _from_the_past(manifest, How.PREVIOUS_HISTORY, rest[previous])
    else:
        match = Match(manifest, How.ABSENT)
    return match if listing.settles(name) else replace(match, how=How.INCOMPLETE, candidates=())


def _from_the_past(manifest: Desired, how: How, namesakes: list[Live]) -> Match:
    """Picks the campaign of unknown status, else the newest that is over."""
    unknown = [live for live in namesakes if live.status is Status.UNKNOWN]
    if unknown:
        return Match(manifest, How.UNKNOWN_STATUS, unknown[-1])
    return Match(manifest, how, namesakes[-1])


def by_name_and_sid(listings: Mapping[str, Listing]) -> Mapping[tuple[str, str], Sequence[Live]]:
    """Indexes campaigns by kind and either word."""
    found: defaultdict[tuple[str, str], list[Live]] = defaultdict(list)
    for kind, listing in listings.items():
        for live in listing.campaigns:
            for word in (live.name, live.sid):
                found[kind, word].append(live)
    return found


def manifest_of(live: Live, manifests: Iterable[Desired]) -> Desired | None:
    """Returns the manifest that a campaign belongs to by itself, in the order of `match_all`: it is pinned to its SID,
    has its name, had it before, or repeats under the name that is before its date.
    """
    of_kind = [it for it in manifests if it.kind is live.kind]
    named = [it for it in of_kind if it.sid is None and it.repeat is None]
    return next(
        chain(
            (it for it in of_kind if it.sid == live.sid),
            (it for it in named if it.name == live.name),
            (it for it in named if it.previous_name == live.name),
            (it for it in of_kind if is_of_series(it, live.name)),
        ),
        None,
    )


def is_of_series(desired: Desired, name: str) -> bool:
    """Tells whether a name is reserved to a manifest that repeats, or to the one that an occurrence is of, by its name
    or its previous one.
    """
    of = desired.occurrence
    if of is None and desired.repeat is None:
        return False
    theirs = parsed(name)
    if theirs is None:
        return False
    if of is None:
        return theirs.base in (desired.name, desired.previous_name)
    before = parsed(desired.previous_name) if desired.previous_name is not None else None
    return theirs.base in (of.manifest, before.base if before else None)


def unmatched_in(snapshot: Snapshot, manifests: Iterable[Desired]) -> Iterator[Live]:
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
