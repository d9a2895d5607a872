"""Finds the campaign that a new manifest could be under another name (rule 3).

    one of unknown status or alive      a recipient, start and content; or a list, or half of the numbers of the
                                        smaller, and start or content; or exactly the same numbers
    a finished one                      a recipient, start and content: two of the three shown, none that differs
    one that stays (`staying.py`)       a recipient, content, and the start or a moment of their hours

Of an occurrence with the same content the date is compared instead of the start: it is of a date, at whatever hour.

Few of an account have anything in common with one manifest. What has is found by index; `looks_like` and
`looked_like` then decide, so that the index only has to miss none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, TypeAlias

from campaignctl.kinds.countries import Country
from campaignctl.kinds.table import Role
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.looks import (
    Look,
    hides_recipients,
    is_on_the_date_of,
    meets,
    reaches_the_same,
    says_the_same,
    starts_with,
)
from campaignctl.planning.match import is_of_series

_Index: TypeAlias = Mapping[Hashable, Sequence[Live]]
_ANY: Final = "any start"
_NONE: Final = "no start"


def is_the_same_call(mine: Look, theirs: Look) -> bool:
    """Tells whether somebody hears or reads the same from both at one start, as far as recipients are shown."""
    if not says_the_same(mine, theirs) or not (starts_with(mine, theirs) or is_on_the_date_of(mine, theirs)):
        return False
    return reaches_the_same(mine, theirs) or hides_recipients(mine, theirs)


def calls_beside(mine: Look, theirs: Look) -> bool:
    """Tells whether somebody hears or reads the same from both at one start or in the same hours."""
    if is_the_same_call(mine, theirs):
        return True
    return reaches_the_same(mine, theirs) and says_the_same(mine, theirs) and meets(mine, theirs)


def looks_like(mine: Look, theirs: Look) -> bool:
    """Tells whether a manifest could be an alive campaign, or one of unknown status, under another name."""
    if is_the_same_call(mine, theirs):
        return True
    start, content = starts_with(mine, theirs), says_the_same(mine, theirs)
    lists, common = mine.lists & theirs.lists, mine.numbers & theirs.numbers
    half = bool(common) and 2 * len(common) >= min(len(mine.numbers), len(theirs.numbers))
    if (lists or half) and (start or content):
        return True
    return bool(common) and mine.numbers == theirs.numbers


def looked_like(mine: Look, theirs: Look) -> bool:
    """Tells whether a manifest was a finished campaign under another name: only what both show is compared, and
    that must be two of the three at least.
    """
    start, content = _start(mine, theirs), _content(mine, theirs)
    if start is False and content:
        start = is_on_the_date_of(mine, theirs)
    compared = [it for it in (start, content) if it is not None]
    if not all(compared):
        return False
    people = _people(mine, theirs)
    return people is not False and len(compared) + (people is not None) > 1


def _start(mine: Look, theirs: Look) -> bool | None:
    return starts_with(mine, theirs) if theirs.start_is_shown else None


def _content(mine: Look, theirs: Look) -> bool | None:
    return says_the_same(mine, theirs) if any(map(theirs.shows, mine.content)) else None


def _people(mine: Look, theirs: Look) -> bool | None:
    if reaches_the_same(mine, theirs):
        return True
    return None if hides_recipients(mine, theirs) else False


class Lookalikes:
    """Indexes campaigns that manifests may look like: those that no manifest matches, the newest finished ones, and
    those that stay where another manifest wants them no more.
    """

    def __init__(
        self,
        campaigns: Iterable[Live] = (),
        country: Country | None = None,
        finished: Iterable[Live] = (),
        staying: Iterable[Live] = (),
    ) -> None:
        """Indexes the campaigns; finished ones among `campaigns` do not count."""
        self._country = country
        self._campaigns: dict[_Sort, Mapping[str, Sequence[Live]]] = {
            _Alive: _by_kind(it for it in campaigns if not it.finished),
            _Finished: _by_kind(finished),
            _Staying: _by_kind(staying),
        }
        self._indices: dict[tuple[str, _Sort], _Alive | _Finished | _Staying] = {}

    def oldest(self, desired: Desired) -> Live | None:
        """Returns the oldest campaign that is not finished and could be this one."""
        return min(self._found(desired, _Alive), key=lambda live: live.age_key, default=None)

    def all_alive(self, desired: Desired) -> Iterator[Live]:
        """Yields all campaigns that are not finished and could be this one; some come more than once."""
        return self._found(desired, _Alive, all_of_them=True)

    def newest_finished(self, desired: Desired) -> Live | None:
        """Returns the newest finished campaign that was this one."""
        return max(self._found(desired, _Finished), key=lambda live: live.age_key, default=None)

    def staying(self, desired: Desired) -> Live | None:
        """Returns the oldest campaign that stays and would call the same people."""
        return min(self._found(desired, _Staying), key=lambda live: live.age_key, default=None)

    def _found(self, desired: Desired, sort: _Sort, all_of_them: bool = False) -> Iterator[Live]:
        """Yields the first of each group that could be it, or all; `distinct_from` says which ones it is not."""
        campaigns = self._campaigns[sort].get(desired.kind.name)
        if not campaigns:
            return
        index = self._indices.get((desired.kind.name, sort))
        if index is None:
            index = self._indices[desired.kind.name, sort] = sort(campaigns, self._country)
        mine = Look(desired, self._country)
        for group in index.groups(mine):
            for live in group:
                if is_of_series(desired, live.name):
                    continue  # all of a series share people and text
                if live.sid not in desired.distinct_from and index.alike(mine, index.looks[live.sid]):
                    yield live
                    if not all_of_them:
                        break


def _by_kind(campaigns: Iterable[Live]) -> Mapping[str, Sequence[Live]]:
    found: defaultdict[str, list[Live]] = defaultdict(list)
    for live in campaigns:
        found[live.kind.name].append(live)
    return found


def _content_keys(look: Look, starts: Iterable[Hashable]) -> list[Hashable]:
    """Returns keys of each start beside each field that says what people hear or read."""
    return [(start, *said) for start in starts for said in look.content.items()]


def _own_starts(look: Look) -> tuple[Hashable, Hashable]:
    """Returns the starts under which a campaign is kept."""
    return (look.start or _NONE, _ANY)


def _wanted_starts(look: Look) -> tuple[Hashable, ...]:
    """Returns the starts under which a manifest looks."""
    return (look.start, _NONE) if look.start else (_ANY,)


class _Campaigns:
    """Groups campaigns by what they have in common with a manifest: whatever is like it, as `alike` tells, stands in
    one of its `groups`, the oldest first, or the newest.
    """

    newest_first = False

    def __init__(self, campaigns: Iterable[Live], country: Country | None) -> None:
        self.campaigns = sorted(campaigns, key=lambda live: live.age_key, reverse=self.newest_first)
        self.looks = {live.sid: Look(live, country) for live in campaigns}
        self._people: dict[Hashable, _Index] = {}
        self._by_date: dict[str, _Index] = {}

    def of_one_look(self, mine: Look) -> Iterator[Sequence[Live]]:
        """Yields campaigns with start and content in common: those with a recipient besides, or whose recipients
        are not known.
        """
        for look in _content_keys(mine, _wanted_starts(mine)):
            if mine.recipients is None:
                yield self._by_look.get(look, ())
            for field in mine.fields:
                yield self._hiding.get((field, look), ())
            yield from self.meeting(mine, look, self._by_look.get(look, ()))
        yield from self._of_one_date(mine)

    def _of_one_date(self, mine: Look) -> Iterator[Sequence[Live]]:
        """Yields, for an occurrence, campaigns of its date that say the same, whatever their hour."""
        if mine.zone is None:
            return
        if mine.zone not in self._by_date:
            self._by_date[mine.zone] = _indexed(self.campaigns, self._dates_in(mine.zone))
        for key in _content_keys(mine, [mine.date_in(mine.zone)]):
            yield self._by_date[mine.zone].get(key, ())

    def _dates_in(self, zone: str) -> Callable[[Live], list[Hashable]]:
        return lambda live: _content_keys(self.looks[live.sid], [self.looks[live.sid].date_in(zone)])

    def meeting(self, mine: Look, key: Hashable, campaigns: Sequence[Live]) -> Iterator[Sequence[Live]]:
        """Yields, of some campaigns, those that reach one of its recipients; whom they reach is worked out once for
        a key.
        """
        if not campaigns:
            return
        if key not in self._people:
            self._people[key] = _indexed(campaigns, self._recipients_of)
        people = self._people[key]
        yield from (people[it] for it in (*mine.numbers, *mine.lists) if it in people)

    def _recipients_of(self, live: Live) -> Iterable[Hashable]:
        look = self.looks[live.sid]
        return (*look.numbers, *look.lists)

    @cached_property
    def _by_look(self) -> _Index:
        return _indexed(self.campaigns, self._keys_of)

    def _keys_of(self, live: Live) -> list[Hashable]:
        return _content_keys(self.looks[live.sid], _own_starts(self.looks[live.sid]))

    @cached_property
    def _hiding(self) -> _Index:
        """Groups the campaigns by each field of recipients that the account does not show, or shows nobody in."""

        def keys(live: Live) -> list[Hashable]:
            look = self.looks[live.sid]
            named = {field.name for field in live.kind.in_role(Role.RECIPIENTS)}
            hidden = named if look.recipients is None else named - look.fields
            return [(field, key) for field in hidden for key in self._keys_of(live)]

        return _indexed(self.campaigns, keys)


class _Alive(_Campaigns):
    """Groups the campaigns that are not finished, the oldest first."""

    alike = staticmethod(looks_like)

    def groups(self, mine: Look) -> Iterator[Sequence[Live]]:
        """Yields groups with all three in common, a list beside start or content, and half of the numbers or all."""
        yield from self.of_one_look(mine)
        for sid in mine.lists:
            for said in (*_wanted_starts(mine), *mine.content.items()):
                yield self._by_list.get((sid, said), ())
        yield self._overlapping(mine)

    @cached_property
    def _by_list(self) -> _Index:
        def keys(live: Live) -> list[Hashable]:
            look = self.looks[live.sid]
            return [(sid, said) for sid in look.lists for said in (*_own_starts(look), *look.content.items())]

        return _indexed(self.campaigns, keys)

    def _overlapping(self, mine: Look) -> Sequence[Live]:
        """Returns the campaigns that could have half of the smaller's numbers in common.

        Of a set half of which is common, any part that leaves out less than that half holds something common: so
        the rarest part of the smaller one is looked up, and one number that everybody has makes nobody meet.
        """
        found: dict[str, Live] = {}
        if mine.numbers and self._by_number:
            for number in mine.numbers:
                found.update({live.sid: live for live in self._by_telling_number.get(number, ())})
            for number in self._telling(mine.numbers):
                found.update({live.sid: live for live in self._by_number.get(number, ())})
        return sorted(found.values(), key=lambda live: live.age_key)

    @cached_property
    def _by_number(self) -> _Index:
        return _indexed(self.campaigns, lambda live: self.looks[live.sid].numbers)

    @cached_property
    def _by_telling_number(self) -> _Index:
        return _indexed(self.campaigns, lambda live: self._telling(self.looks[live.sid].numbers))

    def _telling(self, numbers: frozenset[str]) -> Iterable[str]:
        rarest_first = sorted(numbers, key=self._occurrences.__getitem__)
        return rarest_first[: len(numbers) // 2 + 1]

    @cached_property
    def _occurrences(self) -> Counter[str]:
        return Counter(number for look in self.looks.values() for number in look.numbers)


class _Finished(_Campaigns):
    """Groups the finished campaigns, the newest first.

    Two of the three must be in common, and the third must not differ.
    """

    alike = staticmethod(looked_like)
    newest_first = True

    def groups(self, mine: Look) -> Iterator[Sequence[Live]]:
        """Yields groups with all three in common, as far as they are shown, and with a recipient beside the start
        where the content is not shown.
        """
        yield from self.of_one_look(mine)
        for start in _wanted_starts(mine):
            yield from self.meeting(mine, start, self._by_start.get(start, ()))

    @cached_property
    def _by_start(self) -> _Index:
        def keys(live: Live) -> tuple[Hashable, ...]:
            look = self.looks[live.sid]
            return _own_starts(look) if look.start_is_shown else ()

        return _indexed(self.campaigns, keys)


class _Staying(_Campaigns):
    """Groups campaigns that stay where their manifests want them no more, the oldest first."""

    alike = staticmethod(calls_beside)

    def groups(self, mine: Look) -> Iterator[Sequence[Live]]:
        """Yields groups with all three in common, and with a recipient and content in common."""
        yield from self.of_one_look(mine)
        for said in mine.content.items():
            yield from self.meeting(mine, said, self._by_content.get(said, ()))

    @cached_property
    def _by_content(self) -> _Index:
        return _indexed(self.campaigns, lambda live: self.looks[live.sid].content.items())


_Sort: TypeAlias = type[_Alive] | type[_Finished] | type[_Staying]


def _indexed(campaigns: Iterable[Live], keys: Callable[[Live], Iterable[Hashable]]) -> _Index:
    index: defaultdict[Hashable, list[Live]] = defaultdict(list)
    for live in campaigns:
        for key in keys(live):
            index[key].append(live)
    return dict(index)
