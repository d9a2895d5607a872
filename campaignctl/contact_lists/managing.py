"""Makes the list as plans look at it: what is asked seldom is computed when somebody asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

from campaignctl.contact_lists.contact_list import ContactList
from campaignctl.contact_lists.members import members_of
from campaignctl.kinds.countries import Country
from campaignctl.model.managed_lists import ManagedList
from campaignctl.model.values import canonical_number


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


def lines_of(contact_list: ContactList, country: Country | None, numbers: Collection[str]) -> list[int]:
    """Returns where people stand in the file of a list, the first line of each."""
    found: dict[str, int] = {}
    for line, number in zip(contact_list.lines, contact_list.numbers, strict=True):
        canonical = canonical_number(number, country)
        if canonical in numbers:
            found.setdefault(canonical, line)
    return sorted(found.values())
