"""Finds manifests that are for the same people, with the same content, at the same time: a file that was copied.

Offline. Few of a project have anything in common, so what is cheap is looked at first: content, then whether
anybody stands twice in all that share it, and only then who.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Final, TypeAlias

from campaignctl.diagnostics import Position
from campaignctl.kinds.countries import Country
from campaignctl.kinds.lifecycle import STOPPED_STATES
from campaignctl.kinds.table import Kind, Role, Type
from campaignctl.model.campaigns import Desired
from campaignctl.model.values import Meaning, canonical_numbers, normal_of, texts
from campaignctl.model.windows import declared_window, window_of
from campaignctl.tuples import NamedTuple
from campaignctl.zones import moment_of, zone

_People: TypeAlias = frozenset[str]
ManifestKey: TypeAlias = tuple[str, Position, date | None]


class Copy(NamedTuple):
    """Holds another manifest, and the recipients that it shares: numbers and lists."""

    other: Desired
    people: int


class PossibleCopy(NamedTuple):
    """Holds one manifest, and from when until when it calls whom."""

    desired: Desired
    start: datetime
    end: datetime
    people: _People


class Copies:
    """Finds which manifests of an environment repeat another. Nothing is looked at before somebody asks."""

    def __init__(
        self,
        manifests: Collection[Desired] = (),
        country: Country | None = None,
        time_zone: str | None = None,
        now: datetime | None = None,
    ) -> None:
        """Takes the manifests.

        `time_zone` says when the date ends of a start without an end; None for its own offset.
        """
        self._manifests = manifests
        self._country = country
        self._time_zone = time_zone
        self._now = now
        self._meanings: dict[str, Sequence[tuple[str, Meaning]]] = {}

    def of(self, desired: Desired) -> Copy | None:
        """Returns what a manifest repeats, or is repeated by."""
        return self._found.get(manifest_key(desired)) if self._manifests and self._found else None

    def days_of(self, manifest: Desired) -> frozenset[date]:
        """Returns the dates on which a manifest that repeats is a copy."""
        mine = (
            day for kind, where, day in self._found if (kind, where) == (manifest.kind.name, manifest.where)
        )
        return frozenset(day for day in mine if day is not None)

    @cached_property
    def _found(self) -> Mapping[ManifestKey, Copy]:
        found: dict[ManifestKey, Copy] = {}
        for group in self._alike():
            people = [frozenset(_recipients(desired, self._country)) for desired in group]
            if sum(map(len, people)) == len(set[str]().union(*people)):
                continue  # nobody stands twice in all that say the same
            candidates = (it for pair in zip(group, people, strict=True) for it in self.candidates(*pair))
            for one, other in _repeating(list(candidates)):
                for mine, theirs in ((one, other), (other, one)):
                    copy = Copy(theirs.desired, len(mine.people & theirs.people))
                    found.setdefault(manifest_key(mine.desired), copy)
        return found

    def by_content(self) -> Mapping[Hashable, Sequence[Desired]]:
        """Groups the manifests of a kind that say the same."""
        groups: defaultdict[Hashable, list[Desired]] = defaultdict(list)
        for desired in self._manifests:
            for name, meaning_of in self._contents(desired.kind):
                value = desired.spec.get(name)
                meaning = None if value is None else meaning_of(value)
                if meaning is not None:
                    groups[desired.kind.name, name, meaning].append(desired)
        return groups

    def candidates(self, desired: Desired, people: _People) -> Iterator[PossibleCopy]:
        """Yields from when until when a manifest, or each date of it, calls these people."""
        if desired.repeat is None:
            yield self._candidate(desired, people)
            return
        from campaignctl.repeat.manifests import standing_manifests  # where a manifest repeats

        yield from (self._candidate(it, people) for it in standing_manifests(desired, self._at))

    def _alike(self) -> Iterator[Sequence[Desired]]:
        """Yields groups of several that call somebody."""
        groups = self.by_content().values()
        several = ([it for it in group if calls(it, self._at)] for group in groups if len(group) > 1)
        return (group for group in several if len(group) > 1)

    def _contents(self, kind: Kind) -> Sequence[tuple[str, Meaning]]:
        """Returns the fields that people hear or read, each with its meaning: chosen once for all manifests."""
        if kind.name not in self._meanings:
            fields = kind.in_role(Role.CONTENT)
            self._meanings[kind.name] = [(it.name, normal_of(it, self._country)) for it in fields]
        return self._meanings[kind.name]

    @property
    def _at(self) -> datetime:
        assert self._now is not None, "manifests are looked at as of a moment"
        return self._now

    def _candidate(self, desired: Desired, people: _People) -> PossibleCopy:
        window = declared_window(desired.kind, desired.spec)
        start = window.start or self._at
        return PossibleCopy(desired, start, window.end or self._end_of_day(start), people)

    def _end_of_day(self, start: datetime) -> datetime:
        local = start.astimezone(zone(self._time_zone)) if self._time_zone else start
        assert local.tzinfo is not None, "a start has an offset"
        return moment_of(local.date() + timedelta(days=1), time(), local.tzinfo, later=False).astimezone(UTC)


NO_COPIES: Final = Copies()


def manifest_key(desired: Desired) -> ManifestKey:
    """Returns kind, place and date: what tells a manifest, or an occurrence of it, from all others."""
    return desired.kind.name, desired.where, desired.occurrence.day if desired.occurrence else None


def calls(desired: Desired, now: datetime) -> bool:
    """Tells whether a manifest may still reach somebody: it is neither over nor wanted paused or ended."""
    if desired.state in STOPPED_STATES:
        return False
    return desired.repeat is not None or not window_of(desired.kind, desired.spec).over(now)


def _recipients(desired: Desired, country: Country | None) -> Iterator[str]:
    for field in desired.kind.in_role(Role.RECIPIENTS):
        people = texts(desired.spec.get(field.name))
        yield from canonical_numbers(people, country) if field.type is Type.NUMBERS else people


def _repeating(group: Sequence[PossibleCopy]) -> Iterator[tuple[PossibleCopy, PossibleCopy]]:
    """Yields pairs with somebody and a moment in common; each candidate that is in any such pair is in one of them."""
    for places in sharing(it.people for it in group):
        yield from _overlapping(sorted((group[it] for it in places), key=lambda it: it.start))


def sharing(groups: Iterable[Iterable[str]]) -> Sequence[tuple[int, ...]]:
    """Returns, for people who are in several groups, the places of these: each set of places once, in one order."""
    owners: defaultdict[str, list[int]] = defaultdict(list)
    for place, people in enumerate(groups):
        for person in people:
            owners[person].append(place)
    return sorted({tuple(places) for places in owners.values() if len(places) > 1})


def _overlapping(by_start: Sequence[PossibleCopy]) -> Iterator[tuple[PossibleCopy, PossibleCopy]]:
    """Yields pairs that overlap: whatever overlaps an earlier one overlaps the one of them that ends last."""
    last = by_start[0]
    for one in by_start[1:]:
        if one.start < last.end:
            yield last, one
        if one.end > last.end:
            last = one
