"""Computes who is in a list: each person once, spelt canonically."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from campaignctl.contact_lists.contact_list import ContactList, InOrder
from campaignctl.kinds.countries import Country
from campaignctl.model.managed_lists import Members
from campaignctl.model.suppression import Shown, Suppression
from campaignctl.model.values import canonical_numbers


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
