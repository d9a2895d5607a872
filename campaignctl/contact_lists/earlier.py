"""Finds which versions in the account hold the people of now and, besides, nobody but some who are left out by now.
Pure.

A version's name is made of who is in it, so who has opted out since is found by trying: whoever stands last in a
source has opted out last, as a rule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, combinations, compress, islice
from typing import Final

from campaignctl.contact_lists.contact_list import ContactList
from campaignctl.contact_lists.members import members_of
from campaignctl.kinds.countries import Country
from campaignctl.model.managed_lists import Members

_MOST_PEOPLE: Final = 10_000_000
"""Gone through at most, which takes about a second: a hundred tries of a list of a hundred thousand."""
_MOST_TRIES: Final = 5_000


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
