"""Makes the list as plans look at it: what is asked seldom is computed when somebody asks. Pure.

A version's name is made of who is in it, so who has opted out since is found by trying: whoever stands last in a
source has opted out last, as a rule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, combinations, compress, islice
from typing import Final

from campaignctl.contact_lists.contact_list import ContactList
from campaignctl.contact_lists.members import members_of
from campaignctl.kinds.countries import Country
from campaignctl.model.managed_lists import ManagedList, Members
from campaignctl.model.values import canonical_number

_MOST_TRIES: Final = 5_000
_MOST_PEOPLE: Final = 10_000_000
"""Gone through at most, which takes about a second: a hundred tries of a list of a hundred thousand."""


def managed_list(contact_list: ContactList, country: Country | None) -> ManagedList:
    """Makes the list as plans look at it, before the account was read."""
    return ManagedList(
        contact_list.name,
        members_of(contact_list, country),
        contact_list.place.where,
        contact_list.file,
        partial(lines_of, contact_list, country),
        partial(_earlier_versions, contact_list, country),
        suppresses=contact_list.suppression is not None,
        shown=contact_list.shown,
    )


def _earlier_versions(
    contact_list: ContactList, country: Country | None, marks: Collection[str]
) -> Mapping[str, frozenset[str]]:
    if not (contact_list.left_out and marks):  # nobody has opted out since
        return {}
    return earlier_versions(contact_list, country, marks)


def lines_of(contact_list: ContactList, country: Country | None, numbers: Collection[str]) -> list[int]:
    """Returns where people stand in the file of a list, the first line of each."""
    found: dict[str, int] = {}
    for line, number in zip(contact_list.lines, contact_list.numbers, strict=True):
        canonical = canonical_number(number, country)
        if canonical in numbers:
            found.setdefault(canonical, line)
    return sorted(found.values())


def earlier_versions(
    contact_list: ContactList, country: Country | None, marks: Collection[str]
) -> Mapping[str, frozenset[str]]:
    """Returns, by mark, the versions that are known to be such, each with whom it holds besides.

    Of any other nobody knows who is in it.
    """
    held = contact_list.left_out
    declared = members_of(contact_list.as_written, country)
    guesses = _guesses(_in_order(contact_list))
    found: dict[str, frozenset[str]] = {}
    for guess in islice(guesses, min(_MOST_TRIES, _MOST_PEOPLE // len(declared) + 1)):
        besides = frozenset(guess)
        mark = _without(declared, held - besides).mark
        if mark in marks:
            found.setdefault(mark, besides)
        if len(found) == len(marks):
            break
    return found


def _in_order(contact_list: ContactList) -> list[list[str]]:
    """Returns those who are left out, by source; whom no source holds any more come last."""
    held = contact_list.left_out
    by_source = [[it for it in dict.fromkeys(each) if it in held] for each in contact_list.in_order()]
    others = held.difference(*by_source)
    return [it for it in (*by_source, sorted(others)) if it]


def _without(members: Members, people: frozenset[str]) -> Members:
    kept = [number not in people for number in members.numbers]
    return Members(members.fields, tuple(list(compress(column, kept)) for column in members.cells))


def _guesses(sources: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """Guesses who may have opted out since: all of them, the last of each source, each alone, any two, any three …"""
    everybody = list(dict.fromkeys(chain.from_iterable(sources)))
    yield everybody
    for source in sources:
        yield from (source[-count:] for count in range(1, len(source) + 1))
    for count in range(1, len(everybody)):
        yield from combinations(everybody, count)
