"""Computes whom campaigns reach by lists of the project where no account is at hand: the files say who is in these."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from campaignctl.contact_lists.contact_list import ContactList, named_lists
from campaignctl.contact_lists.members import members_of
from campaignctl.kinds.countries import Country
from campaignctl.kinds.manifest import CONTACT_LIST
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import Desired, ListName, ListRef
from campaignctl.model.companions import Companion
from campaignctl.model.managed_lists import Members
from campaignctl.model.values import items_of

Known = Callable[[Desired], Desired]
"""A manifest with the people of the lists of the project that it names."""


def knowing_members(companions: Mapping[str, Sequence[Companion]], country: Country | None) -> Known:
    """Makes of each manifest one that knows the members of its lists, the same object however often it is asked
    for; a manifest that names no such list stays itself.
    """
    lists = {it.name: it for it in companions.get(CONTACT_LIST, ()) if isinstance(it, ContactList)}
    members: dict[str, Members] = {}
    found: dict[int, tuple[Desired, Desired]] = {}

    def known(desired: Desired) -> Desired:
        if id(desired) not in found:
            names = {it.name for _, it in named_lists(desired)} & lists.keys()
            for name in names - members.keys():
                members[name] = members_of(lists[name], country)
            found[id(desired)] = desired, _with_members(desired, members) if names else desired
        return found[id(desired)][1]

    return known


def _with_members(desired: Desired, members: Mapping[str, Members]) -> Desired:
    spec = {
        name: [_member(it, members) for it in items_of(value)] if items_of(value) else value
        for name, value in desired.spec.items()
    }
    return desired._replace(spec=spec)


def _member(item: Value, members: Mapping[str, Members]) -> Value:
    if isinstance(item, ListName) and item.name in members:
        return ListRef(item.name, None, members[item.name])
    return item
