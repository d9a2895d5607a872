"""Computes who is in a list: each person once, spelt canonically."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

from campaignctl.contact_lists.contact_list import ContactList, InOrder
from campaignctl.kinds.countries import Country
from campaignctl.model.managed_lists import ManagedList, Members
from campaignctl.model.suppression import Shown, Suppression
from campaignctl.model.values import canonical_number, canonical_numbers


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
    if not (contact_list.left_out and marks):
        return {}
    from campaignctl.contact_lists.earlier import earlier_versions  # where somebody has opted out since

    return earlier_versions(contact_list, country, marks)


def at_places(contact_list: ContactList, places: Sequence[int]) -> ContactList:
    """Returns the list with some of its rows."""
    cells = tuple([column[place] for place in places] for column in contact_list.cells)
    return replace(contact_list, cells=cells, lines=[contact_list.lines[place] for place in places])


def without_people(
    contact_list: ContactList, suppression: Suppression, in_order: InOrder = tuple
) -> ContactList:
    """Returns the list without those who must not be called.

    `in_order` gives whom each source holds, in its order.
    """
    numbers = contact_list.numbers
    held = suppression.held(numbers)
    if not held:
        return replace(contact_list, suppression=suppression)
    left = at_places(contact_list, suppression.places_left(numbers, held))
    return replace(left, suppression=suppression, written=contact_list, left_out=held, in_order=in_order)


def seeing_list(contact_list: ContactList, shown: Mapping[str, Shown]) -> ContactList:
    """Leaves out whom the campaigns that the list names have called, as the account shows it."""
    if contact_list.suppression is None or not shown:
        return contact_list
    suppression = contact_list.suppression.seeing(shown)
    left = without_people(contact_list.as_written, suppression, contact_list.in_order)
    return replace(left, shown=shown)


def members_of(contact_list: ContactList, country: Country | None) -> Members:
    """Returns the people of a list, numbers as the country's rule spells them."""
    numbers = canonical_numbers(contact_list.numbers, country)
    places = sorted(_first_rows(numbers), key=numbers.__getitem__)
    order = list(map(numbers.__getitem__, places))
    others = (list(map(column.__getitem__, places)) for column in contact_list.cells[1:])
    repeated = len(numbers) - len(places)
    return Members(contact_list.fields, (order, *others), repeated, contact_list.left_out)


def _first_rows(numbers: Sequence[str]) -> Collection[int]:
    """Returns the places of the first row that has each person."""
    if len(set(numbers)) == len(numbers):
        return range(len(numbers))
    return dict(zip(reversed(numbers), range(len(numbers) - 1, -1, -1), strict=True)).values()


def lines_of(contact_list: ContactList, country: Country | None, numbers: Collection[str]) -> list[int]:
    """Returns where people stand in the file of a list, the first line of each."""
    found: dict[str, int] = {}
    for line, number in zip(contact_list.lines, contact_list.numbers, strict=True):
        canonical = canonical_number(number, country)
        if canonical in numbers:
            found.setdefault(canonical, line)
    return sorted(found.values())
