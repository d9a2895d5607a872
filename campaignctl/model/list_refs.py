"""Reads the fields that name contact lists: SIDs, names that are not looked up yet, and versions of the project's
own lists.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Final

from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import Desired, ListName, ListRef, given_lists
from campaignctl.model.values import texts

LISTS: Final = "lists"
"""The field that holds them, of both kinds."""


def texts_or_refs(value: Value) -> Sequence[str]:
    """Returns the items of an array of SIDs; those of the project's lists come as they are marked."""
    return value if isinstance(value, list | tuple) else texts(value)


def refs_in(value: Value) -> Iterator[ListRef]:
    """Yields the project's lists among the items."""
    return (it for it in texts_or_refs(value) if isinstance(it, ListRef))


def same_lists(one: Value, other: Value) -> bool:
    """Tells whether both name the same lists, in whatever version those of the project are."""
    mine, theirs = (
        {it.name if isinstance(it, ListRef) else str(it) for it in texts_or_refs(value)}
        for value in (one, other)
    )
    return mine == theirs


def left_by_people(theirs: Value) -> Mapping[str, ListRef]:
    """Returns, by SID, for live lists of the project that people have merely left since the version of now."""
    return {str(it): it.newest for it in refs_in(theirs) if it.besides and isinstance(it.newest, ListRef)}


def with_fewer(theirs: Value) -> list[Value]:
    """Returns live lists, such ones in the version of now."""
    newest = left_by_people(theirs)
    return list(dict.fromkeys(newest.get(str(it), it) for it in texts_or_refs(theirs)))


def asks_by_name(manifests: Iterable[Desired], others: Container[str] = frozenset()) -> bool:
    """Tells whether any manifest gives a list by a name that is none of `others`."""
    return any(marker.name not in others for desired in manifests for marker in markers(desired))


def markers(desired: Desired) -> Sequence[ListName]:
    """Returns the lists that a manifest gives by a name that nobody looked up."""
    given = given_lists(desired)
    return [it for it in given if isinstance(it, ListName)] if given else ()
