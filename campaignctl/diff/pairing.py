"""Finds which manifest of an earlier version a manifest of a later one continues."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from campaignctl.kinds.countries import Country
from campaignctl.kinds.lifecycle import ENDING_STATES, Status
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.looks import Look
from campaignctl.planning.lookalikes import Lookalikes


class Tie(Enum):
    """Names what says that two manifests mean one campaign."""

    SAME = "its name or SID"
    PREVIOUS_NAME = "metadata.previous_name"
    LOOKS = "recipients, with the same start or content"


@dataclass(frozen=True, slots=True)
class Pair:
    """Holds a manifest before and after; None where there is none. `tie` is None for what is on one side only."""

    before: Desired | None
    after: Desired | None
    tie: Tie | None = None


def pair_up(before: Sequence[Desired], after: Sequence[Desired], country: Country | None) -> Iterator[Pair]:
    """Yields every manifest of both versions, once: by SID, then by name, previous name and looks, as a plan
    matches.
    """
    rest = _Rest(before, after)
    yield from rest.take(_sid, _sid, Tie.SAME)
    yield from rest.take(_name, _name, Tie.SAME)
    yield from rest.take(_name, _previous_name, Tie.PREVIOUS_NAME)
    yield from rest.take_lookalikes(country)
    yield from (Pair(it, None) for it in rest.before.values())
    yield from (Pair(None, it) for it in rest.after.values())


def as_applied(manifest: Desired) -> Live:
    """Returns the campaign that a manifest would have made, for rules that compare with one."""
    return Live(manifest.kind, str(manifest.where), Status.CREATED, Status.CREATED, manifest.spec)


_Key = Callable[[Desired], Hashable | None]


class _Rest:
    """Holds what is not paired yet, by its place, which tells manifests of one side apart."""

    def __init__(self, before: Iterable[Desired], after: Iterable[Desired]) -> None:
        self.before = {manifest.where: manifest for manifest in before}
        self.after = {manifest.where: manifest for manifest in after}

    def take(self, before_key: _Key, after_key: _Key, tie: Tie) -> Iterator[Pair]:
        """Yields pairs whose keys are equal; never two with different SIDs."""
        namesakes: dict[Hashable, list[Desired]] = {}
        for manifest in self.before.values():
            namesakes.setdefault((manifest.kind.name, before_key(manifest)), []).append(manifest)
        for manifest in list(self.after.values()):
            key = after_key(manifest)
            same = namesakes.get((manifest.kind.name, key), []) if key is not None else []
            found = next((it for it in same if it.where in self.before and _may_be_one(it, manifest)), None)
            if found is not None:
                yield self._paired(found, manifest, tie)

    def take_lookalikes(self, country: Country | None) -> Iterator[Pair]:
        """Yields pairs by rule 3: what could be a campaign whose manifest is gone, under another name."""
        reached_by = _by_recipient(self.before.values(), country)
        for manifest in [it for it in self.after.values() if _could_be_another(it)]:
            met = {
                str(other.where): other
                for person in _reached(manifest, country)
                for other in reached_by.get(person, ())
                if other.where in self.before and _may_be_one(other, manifest)
            }
            found = Lookalikes(map(as_applied, met.values()), country).oldest(manifest)
            if found is not None:
                yield self._paired(met[found.sid], manifest, Tie.LOOKS)

    def _paired(self, before: Desired, after: Desired, tie: Tie) -> Pair:
        del self.before[before.where], self.after[after.where]
        return Pair(before, after, tie)


def _by_recipient(manifests: Iterable[Desired], country: Country | None) -> dict[str, list[Desired]]:
    index: dict[str, list[Desired]] = {}
    for manifest in manifests:
        for person in _reached(manifest, country):
            index.setdefault(person, []).append(manifest)
    return index


def _reached(manifest: Desired, country: Country | None) -> frozenset[str]:
    """Returns the numbers and lists; a list that is given by name is that name."""
    look = Look(manifest, country)
    return look.numbers | look.lists


def _could_be_another(manifest: Desired) -> bool:
    """Tells whether a manifest could be another campaign: what is to be over is never created; `distinct_from` says
    that it was looked at, and is one of its own.
    """
    return manifest.state not in ENDING_STATES and not manifest.distinct_from


def _may_be_one(before: Desired, after: Desired) -> bool:
    return before.sid is None or after.sid is None or before.sid == after.sid


def _sid(manifest: Desired) -> str | None:
    return manifest.sid


def _name(manifest: Desired) -> str | None:
    return manifest.name


def _previous_name(manifest: Desired) -> str | None:
    return manifest.previous_name
