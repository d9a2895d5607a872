"""Checks how often one person is called or texted: campaigns whose starts lie close together, over everybody in
them.

Numbers are kept as integers in sorted arrays, eight bytes each, and gone through in slices: three hundred campaigns
of a hundred thousand people each take less memory than their texts would.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

from campaignctl.kinds.countries import Country
from campaignctl.kinds.lifecycle import State
from campaignctl.model.campaigns import Desired, ListRef
from campaignctl.model.values import canonical_numbers, texts
from campaignctl.policy.copies import ManifestKey, manifest_key
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.model.managed_lists import Members

_SLICE: Final = 400_000
"""People that are gone through at a time."""
_WITHOUT_PLUS: Final = 1 << 62
"""Above every number of E.164: what has no country code is another number."""
_NAMED: Final = 3
_NOT_CALLING: Final = (State.PAUSED, State.COMPLETED, State.ARCHIVED)

People: TypeAlias = "array[int]"


class ReachedCampaign(NamedTuple):
    """Holds a campaign that reaches people at a moment.

    `settled`: it is created already, or over, so it comes first.
    """

    desired: Desired
    start: datetime
    settled: bool = False
    over: bool = False


class TooOften(NamedTuple):
    """Holds how many people of a campaign are reached too often, and the others that reach them."""

    people: int
    names: tuple[str, ...]


class Frequency:
    """Finds which campaigns of an environment reach somebody too often. Nothing is done before somebody asks."""

    def __init__(self, contacts: Iterable[ReachedCampaign] = (), country: Country | None = None) -> None:
        """Takes the campaigns; `contacts` are read once, if at all, since a project has one setting of the rule."""
        self._contacts = contacts
        self._country = country
        self._found: dict[tuple[int, timedelta], Mapping[ManifestKey, TooOften]] = {}

    def of(self, desired: Desired, at_most: int, within: timedelta) -> TooOften | None:
        """Returns what is wrong with one of the campaigns."""
        if (at_most, within) not in self._found:
            contacts = _near(sorted(filter(_calls_known_people, self._contacts), key=_order), within)
            people = _KnownPeople(self._country)
            faults = too_often([(it.start, people.of(it.desired)) for it in contacts], at_most, within)
            self._found[at_most, within] = {
                manifest_key(contacts[place].desired): TooOften(
                    count, tuple(_label(contacts[other].desired) for other in others[:_NAMED])
                )
                for place, (count, others) in faults.items()
                if not contacts[place].over
            }
        return self._found[at_most, within].get(manifest_key(desired))


def _calls_known_people(contact: ReachedCampaign) -> bool:
    desired = contact.desired
    members = _members(desired)
    known = members is not None and bool(members or desired.spec.get("from"))
    return known and (contact.over or desired.state not in _NOT_CALLING)


def _near(contacts: Sequence[ReachedCampaign], within: timedelta) -> Sequence[ReachedCampaign]:
    """Leaves out what was over so long ago that nothing to come lies near."""
    first = min((it.start for it in contacts if not it.over), default=None)
    if first is None:
        return ()
    return [it for it in contacts if not it.over or it.start > first - within]


def _members(desired: Desired) -> list[Members] | None:
    """Returns who is in a campaign's lists; None where one of them is not the project's."""
    lists = desired.spec.get("lists") or ()
    refs = lists if isinstance(lists, list | tuple) else (lists,)
    known = [it.members for it in refs if isinstance(it, ListRef) and it.members is not None]
    return known if len(known) == len(refs) else None


def _label(desired: Desired) -> str:
    return desired.name or desired.sid or ""


def _order(contact: ReachedCampaign) -> tuple[bool, datetime, str, str]:
    return not contact.settled, contact.start, contact.desired.kind.name, _label(contact.desired)


class _KnownPeople:
    """Holds the people of manifests as sorted arrays; a list that several share is read once."""

    def __init__(self, country: Country | None) -> None:
        self._country = country
        self._known: dict[tuple[int, ...], People] = {}

    def of(self, desired: Desired) -> People:
        numbers, members = desired.spec.get("from"), _members(desired) or []
        key = (id(numbers), *map(id, members))
        if key not in self._known:
            several = (number for it in members for number in it.numbers)
            everybody = [*texts(numbers), *several] if members else texts(numbers)
            self._known[key] = as_people(everybody, self._country)
        return self._known[key]


def as_people(numbers: Sequence[str], country: Country | None) -> People:
    """Returns each person once, in order."""
    meant = canonical_numbers(numbers, country)
    return array("Q", sorted(set(map(_person, meant))))


def _person(number: str) -> int:
    if number[:1] == "+":
        return int(number[1:])
    return _WITHOUT_PLUS + int(number) if number.isdecimal() else _WITHOUT_PLUS + hash(number) % _WITHOUT_PLUS


def too_often(
    campaigns: Sequence[tuple[datetime, People]], at_most: int, within: timedelta
) -> dict[int, tuple[int, list[int]]]:
    """Returns, by place in the order, how many of a campaign's people are in too many campaigns, itself and none
    after it, and the places of the others.
    """
    starts = [start for start, _ in campaigns]
    judge = cache(lambda places: tuple(_at_fault(places, starts, at_most, within)))
    people: Counter[int] = Counter()
    others: defaultdict[int, set[int]] = defaultdict(set)
    for patterns in _slices([each for _, each in campaigns], at_most):
        for places, count in patterns.items():
            for place, beside in judge(places):
                people[place] += count
                others[place].update(beside)
    return {place: (count, sorted(others[place])) for place, count in people.items()}


def _slices(campaigns: Sequence[People], at_most: int) -> Iterator[Counter[tuple[int, ...]]]:
    """Yields, slice by slice, who is in so many campaigns at all: in which, and how many people that is true of.

    Campaigns of the very same people, as the dates of one that repeats are, are gone through once.
    """
    sharing: dict[int, list[int]] = {}
    for place, each in enumerate(campaigns):
        sharing.setdefault(id(each), []).append(place)
    groups = list(sharing.values())
    for some in _cut([campaigns[places[0]] for places in groups]):
        times: Counter[int] = Counter()
        for each, places in zip(some, groups, strict=True):
            times.update(each)
            if len(places) > 1:
                times.update(dict.fromkeys(each, len(places) - 1))
        often = {person for person, count in times.items() if count > at_most}
        if not often:
            continue
        where: defaultdict[int, list[int]] = defaultdict(list)
        for group, each in enumerate(some):
            for person in often.intersection(each):
                where[person].append(group)
        patterns = Counter(map(tuple, where.values()))
        yield Counter({_places(groups, it): count for it, count in patterns.items()})


def _places(groups: Sequence[Sequence[int]], some: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(place for group in some for place in groups[group]))


def _cut(campaigns: Sequence[People]) -> Iterator[list[People]]:
    """Yields the same people of all campaigns at a time, as many as fit into memory."""
    if not any(campaigns):
        return
    largest = max(campaigns, key=len)
    parts = max(1, -(-sum(map(len, campaigns)) // _SLICE))
    bounds = [largest[len(largest) * part // parts] for part in range(1, parts)]
    begins = [0] * len(campaigns)
    for bound in (*dict.fromkeys(bounds), None):
        ends = [len(each) if bound is None else bisect_left(each, bound) for each in campaigns]
        yield [each[begin:end] for each, begin, end in zip(campaigns, begins, ends, strict=True)]
        begins = ends


def _at_fault(
    places: Collection[int], starts: Sequence[datetime], at_most: int, within: timedelta
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yields, of the campaigns that one person is in, those that are one too many, and beside which, in their
    order.
    """
    before: list[int] = []  # by start
    moments: list[datetime] = []
    for place in places:
        start = starts[place]
        first, last = bisect_right(moments, start - within), bisect_left(moments, start + within)
        here = bisect_right(moments, start)
        near = [*before[first:here], place, *before[here:last]]
        group = _largest(near, here - first, starts, within)
        if len(group) > at_most:
            yield place, tuple(it for it in group if it != place)
        before.insert(here, place)
        moments.insert(here, start)


def _largest(
    ordered: Sequence[int], mine: int, starts: Sequence[datetime], within: timedelta
) -> Sequence[int]:
    """Returns the largest group of them, given by start, that all lie less than `within` apart, with the one at
    `mine` among them.
    """
    best, end = ordered[mine : mine + 1], mine
    for begin in range(mine + 1):
        while end < len(ordered) and starts[ordered[end]] - starts[ordered[begin]] < within:
            end += 1
        if end > mine and end - begin > len(best):
            best = ordered[begin:end]
    return best
