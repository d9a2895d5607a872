"""Who is in a list: each once, spelt canonically."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

from campaignctl.contact_lists.contact_list import ContactList
from campaignctl.kinds.countries import Country
from campaignctl.model.managed_lists import ManagedList, Members
from campaignctl.model.values import canonical_number, canonical_numbers


def managed_list(
    contact_list: ContactList, country: Country | None, suppressed: Collection[str] = frozenset()
) -> ManagedList:
    """The list as plans look at it, before the account was read."""
    lines = partial(lines_of, contact_list, country)
    members = members_of(contact_list, country, suppressed)
    return ManagedList(contact_list.name, members, contact_list.place.where, contact_list.file, lines)


def without_people(
    contact_list: ContactList, people: Collection[str], country: Country | None
) -> ContactList:
    """The list without those who must not be called."""
    numbers = canonical_numbers(contact_list.numbers, country)
    left = [place for place, number in enumerate(numbers) if number not in people]
    if len(left) == len(numbers):
        return contact_list
    cells = tuple([column[place] for place in left] for column in contact_list.cells)
    return replace(contact_list, cells=cells, lines=[contact_list.lines[place] for place in left])


def members_of(
    contact_list: ContactList, country: Country | None, suppressed: Collection[str] = frozenset()
) -> Members:
    """The people of a list without those who are `suppressed`, numbers as the country's rule spells them."""
    fields = contact_list.fields
    numbers = canonical_numbers(contact_list.numbers, country)
    people = set(numbers)
    repeated = len(numbers) - len(people)
    called = people.difference(suppressed) if suppressed else people
    left_out = len(people) - len(called)
    order = sorted(called)
    others = (_first_cells(numbers, column, order) for column in contact_list.cells[1:])
    return Members(fields, (order, *others), repeated, left_out)


def _first_cells(numbers: Sequence[str], column: Sequence[str], order: Sequence[str]) -> Sequence[str]:
    """The cell of each person in the first row that has them."""
    found = dict(zip(reversed(numbers), reversed(column), strict=True))
    return list(map(found.__getitem__, order))


def lines_of(contact_list: ContactList, country: Country | None, numbers: Collection[str]) -> list[int]:
    """Where people stand in the file of a list, the first line of each."""
    found: dict[str, int] = {}
    for line, number in zip(contact_list.lines, contact_list.numbers, strict=True):
        canonical = canonical_number(number, country)
        if canonical in numbers:
            found.setdefault(canonical, line)
    return sorted(found.values())
