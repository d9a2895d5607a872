"""Rule 3: which alive campaign a new manifest could be under another name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

from campaignctl.kinds.countries import Country
from campaignctl.kinds.table import Role, Type
from campaignctl.planning.lists import asks_by_name
from campaignctl.planning.normalize import canonical_numbers, normal, texts
from campaignctl.planning.resources import Desired, Live
from campaignctl.planning.window import window_of

_Index: TypeAlias = Mapping[Hashable, Sequence[Live]]


class Lookalikes:
    """Campaigns that manifests may look like, found by whom they reach, or by start and content where nobody knows.

    Few of an account have anything in common with one manifest: the others are not looked at.
    """

    def __init__(self, campaigns: Iterable[Live] = (), country: Country | None = None) -> None:
        """Only the alive among them count."""
        self._oldest_first = sorted((it for it in campaigns if it.alive), key=lambda live: live.age_key)
        self._country = country

    def oldest(self, desired: Desired) -> Live | None:
        """The oldest that could be this one."""
        if not self._oldest_first:
            return None
        found = (self._first(desired, some) for some in self._groups(desired))
        return min((live for live in found if live), key=lambda live: live.age_key, default=None)

    def _first(self, desired: Desired, campaigns: Iterable[Live]) -> Live | None:
        return next((live for live in campaigns if looks_like(desired, live, self._country)), None)

    def _groups(self, desired: Desired) -> Iterator[Sequence[Live]]:
        """Whatever looks like it stands in one of them."""
        by_name = asks_by_name([desired])
        if window_of(desired.kind, desired.spec).start is None:
            yield self._oldest_first if by_name else self._hidden
        for look in _looks(desired, self._country, anywhen=True):
            yield (self._by_look if by_name else self._hidden_by_look).get(look, ())
        if not by_name:
            for person in recipients(desired, self._country) or ():
                yield self._by_person.get(person, ())

    @cached_property
    def _by_person(self) -> _Index:
        index: defaultdict[Hashable, list[Live]] = defaultdict(list)
        for live in self._oldest_first:
            for person in recipients(live, self._country) or ():
                index[person].append(live)
        return index

    @cached_property
    def _hidden(self) -> Sequence[Live]:
        """Those whose recipients the account does not show."""
        return [live for live in self._oldest_first if recipients(live, self._country) is None]

    @cached_property
    def _by_look(self) -> _Index:
        return self._looked(self._oldest_first)

    @cached_property
    def _hidden_by_look(self) -> _Index:
        return self._looked(self._hidden)

    def _looked(self, campaigns: Iterable[Live]) -> _Index:
        index: defaultdict[Hashable, list[Live]] = defaultdict(list)
        for live in campaigns:
            for look in _looks(live, self._country):
                index[look].append(live)
        return index


def _looks(side: Desired | Live, country: Country | None, anywhen: bool = False) -> Iterator[Hashable]:
    """Its start beside each field that says what people hear or read; `anywhen`: beside no start too."""
    start = window_of(side.kind, side.spec).start
    for field in side.kind.in_role(Role.CONTENT):
        meaning = normal(field, side.spec.get(field.name), country)
        if meaning is not None:
            yield start, field.name, meaning
            if anywhen and start is not None:
                yield None, field.name, meaning


def looks_like(desired: Desired, live: Live, country: Country | None) -> bool:
    """Same recipients, with the same start or content; both of these where nobody knows who is meant."""
    if live.kind is not desired.kind:
        return False
    start, content = _same_start(desired, live), _same_content(desired, live, country)
    if not (start or content):
        return False
    theirs = recipients(live, country)
    if theirs is None or asks_by_name([desired]):  # nobody knows who is meant
        return start and content
    return not theirs.isdisjoint(recipients(desired, country) or ())


def _same_start(desired: Desired, live: Live) -> bool:
    """No start equals any."""
    mine, theirs = window_of(desired.kind, desired.spec).start, window_of(live.kind, live.spec).start
    return mine is None or theirs is None or mine == theirs


def _same_content(desired: Desired, live: Live, country: Country | None) -> bool:
    """Any of the fields that say what people hear or read."""
    for field in desired.kind.in_role(Role.CONTENT):
        meaning = normal(field, desired.spec.get(field.name), country)
        if meaning is not None and meaning == normal(field, live.spec.get(field.name), country):
            return True
    return False


def recipients(side: Desired | Live, country: Country | None) -> frozenset[str] | None:
    """Numbers and lists; None when the account shows neither."""
    fields = side.kind.in_role(Role.RECIPIENTS)
    if not any(side.spec.get(field.name) for field in fields):
        return None
    found: set[str] = set()
    for field in fields:
        people = texts(side.spec.get(field.name))
        found.update(canonical_numbers(people, country) if field.type is Type.NUMBERS else people)
    return frozenset(found)
