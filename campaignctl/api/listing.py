"""Reads lists of campaigns, and searches them by name (rule 8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Final, TypeAlias

from campaignctl.api.client import Client
from campaignctl.api.decoding import Declared, nothing_declared
from campaignctl.api.paging import ListReading, Page, Stretch, as_it_is
from campaignctl.api.retry import ReplyClass, classify_status
from campaignctl.errors import ApiError, CredentialsError
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Listing, Live

RUN: Final = re.compile(r"(?:[^\W_]|-)+")
SHORTEST_TERM: Final = 4
_SID: Final = attrgetter("sid")

Keep: TypeAlias = Callable[[Live], Live]
"""What is kept of a campaign that a page shows."""


def new_reading(keep: Keep = as_it_is) -> ListReading[Live]:
    """Prepares to read a list of campaigns. `keep` is given each as it is read."""
    return ListReading(_SID, keep)


def listing_of(reading: ListReading[Live]) -> Listing:
    """Returns what was read, in the form that the planner takes."""
    return Listing(tuple(reading.found.values()), reading.complete)


def scan(client: Client, kind: Kind, collection: str | None = None) -> Listing:
    """Reads the complete list of a kind. Raises `ApiError` for what cannot be read at all."""
    return listing_of(read_list(client, kind, collection=collection))


def search(client: Client, kind: Kind, name: str, collection: str | None = None) -> Listing:
    """Finds all campaigns that have the name, and perhaps others.

    It reads the complete list where the name cannot be searched for. An account may find full names alone: where a
    part of the name finds none that has it, the full name is searched for too.
    """
    term = term_of(name)
    reading = None if term is None else search_term(client, kind, term, collection)
    if reading is None:
        return scan(client, kind, collection)
    if name != term and not any(live.name == name for live in reading.found.values()):
        by_name = search_term(client, kind, name, collection)
        found = reading.found | (by_name.found if by_name else {})
        return Listing(tuple(found.values()), reading.complete)
    return listing_of(reading)


def search_term(
    client: Client, kind: Kind, term: str, collection: str | None = None
) -> ListReading[Live] | None:
    """Finds all campaigns whose names hold the term; None where the account takes no such search (a 4xx)."""
    try:
        return read_list(client, kind, name=term, collection=collection)
    except ApiError as error:
        if is_refusal(error):
            return None
        raise


def term_of(name: str) -> str | None:
    """Returns the part of a name that is searched for: its longest run of letters of any script, digits and
    hyphens.

    A search may mangle other signs, vowel signs too. None when that run is shorter than four characters.
    """
    longest = max(RUN.findall(name), key=len, default="")
    return longest if len(longest) >= SHORTEST_TERM else None


def is_refusal(error: ApiError) -> bool:
    """Returns True for a 4xx that is about the request, not about who sends it, nor when."""
    return not isinstance(error, CredentialsError) and classify_status(error.http or 0) is ReplyClass.REFUSAL


def no_such_part(error: ApiError) -> bool:
    """Returns True for a 403 or 404: the account has nothing of the kind, or not with this key."""
    return error.http in (403, 404)


def read_list(
    client: Client,
    kind: Kind,
    *,
    name: str | None = None,
    statuses: str | None = None,
    collection: str | None = None,
    first: Page[Live] | None = None,
    keep: Keep = as_it_is,
    declared: Declared = nothing_declared,
) -> ListReading[Live]:
    """Reads every page of a list. `first` is the first page, where it has been read already."""
    limit = client.endpoint(kind, collection).page_limit
    at_hand = iter(() if first is None else (first,))

    def page_at(offset: int) -> Page[Live]:
        page = next(at_hand, None)
        if page is not None:
            return page
        return client.list_page(
            kind,
            offset=offset,
            limit=limit,
            name=name,
            statuses=statuses,
            collection=collection,
            declared=declared,
        )

    reading = new_reading(keep)
    reading.read(page_at)
    return reading


def latest_first(
    client: Client,
    kind: Kind,
    reading: ListReading[Live],
    collection: str | None = None,
    statuses: str | None = None,
) -> Iterator[Stretch[Live]]:
    """Reads the complete list, or that of `statuses`, from its latest end into `reading`, and yields each page as
    soon as it is read. What is alive stands there; a campaign that is made meanwhile is not seen.
    """
    endpoint = client.endpoint(kind, collection)

    def page_at(offset: int) -> Page[Live]:
        return client.list_page(
            kind,
            offset=offset,
            limit=endpoint.page_limit,
            statuses=statuses,
            sort=endpoint.latest_sort,
            collection=endpoint.collection,
        )

    return reading.follow(page_at)
