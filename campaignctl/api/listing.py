"""Reads a list page by page, though it moves while it is read (rule 8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from math import ceil
from typing import Final, TypeAlias

from campaignctl.api.client import Client, Page
from campaignctl.api.retry import ReplyClass, classify_status
from campaignctl.errors import ApiError, CredentialsError
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Listing, Live

MAX_REREADS: Final = 3
_SPARE_PAGES: Final = 20
_MOST_WITHOUT_TOTAL: Final = 500_000
RUN: Final = re.compile(r"(?:[^\W_]|-)+")
SHORTEST_TERM: Final = 4


Keep: TypeAlias = Callable[[Live], Live]
"""What is kept of a campaign that a page shows."""


def as_it_is(live: Live) -> Live:
    """Keeps a campaign as it is, in full."""
    return live


@dataclass
class ListReading:
    """Holds what the pages of one list showed.

    `failed` are the positions of items that failed; `total` the last claim.
    """

    keep: Keep = as_it_is
    campaigns: dict[str, Live] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)
    total: int | None = None
    followed: bool = True

    @property
    def complete(self) -> bool:
        """Tells whether every item was read. Where the account claims more than it showed, some are missing."""
        return self.followed and not self.failed and self.count >= (self.total or 0)

    @property
    def count(self) -> int:
        """Returns how many items there are, failed ones included."""
        return len(self.campaigns) + len(self.failed)

    @property
    def listing(self) -> Listing:
        """Returns what was read, in the form that the planner takes."""
        return Listing(tuple(self.campaigns.values()), self.complete)

    def take(self, offset: int, page: Page) -> bool:
        """Adds a page. An item seen twice counts once, as it was seen last. Returns True when something was new."""
        before = self.count
        for position, entry in enumerate(page.entries, offset):
            if entry is None:
                self.failed.add(position)
            else:
                self.campaigns[entry.sid] = self.keep(entry)
        self.total = page.total
        return self.count > before


def scan(client: Client, kind: Kind, collection: str | None = None) -> Listing:
    """Reads the complete list of a kind. Raises `ApiError` for what cannot be read at all."""
    return read_list(client, kind, collection=collection).listing


def search(client: Client, kind: Kind, name: str, collection: str | None = None) -> Listing:
    """Finds all campaigns that have the name, and perhaps others.

    It reads the complete list where the name cannot be searched for. An account may find full names alone: where a
    part of the name finds none that has it, the full name is searched for too.
    """
    term = term_of(name)
    reading = None if term is None else search_term(client, kind, term, collection)
    if reading is None:
        return scan(client, kind, collection)
    if name != term and not any(live.name == name for live in reading.campaigns.values()):
        by_name = search_term(client, kind, name, collection)
        found = reading.campaigns | (by_name.campaigns if by_name else {})
        return Listing(tuple(found.values()), reading.complete)
    return reading.listing


def search_term(client: Client, kind: Kind, term: str, collection: str | None = None) -> ListReading | None:
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
    first: Page | None = None,
    keep: Keep = as_it_is,
) -> ListReading:
    """Reads every page of a list. `first` is the first page, where it has been read already."""
    limit = client.endpoint(kind, collection).page_limit

    def page_at(offset: int) -> Page:
        if first is not None and offset == 0 and not reading.count:
            return first
        return client.list_page(
            kind, offset=offset, limit=limit, name=name, statuses=statuses, collection=collection
        )

    reading = ListReading(keep)
    for _ in _follow(reading, page_at, limit):
        pass
    return reading


def latest_first(
    client: Client,
    kind: Kind,
    reading: ListReading,
    collection: str | None = None,
    statuses: str | None = None,
) -> Iterator[Page]:
    """Reads the complete list, or that of `statuses`, from its latest end into `reading`, and yields each page as
    soon as it is read. What is alive stands there; a campaign that is made meanwhile is not seen.
    """
    endpoint = client.endpoint(kind, collection)

    def page_at(offset: int) -> Page:
        return client.list_page(
            kind,
            offset=offset,
            limit=endpoint.page_limit,
            statuses=statuses,
            sort=endpoint.latest_sort,
            collection=endpoint.collection,
        )

    return _follow(reading, page_at, endpoint.page_limit)


def _follow(reading: ListReading, page_at: Callable[[int], Page], limit: int) -> Iterator[Page]:
    """Reads on from page to page, each overlapping the one before by one item, and yields each page that it takes.

    That item must be on the page. Where it is not, items went away and what follows moved up: then the page before
    is read again, which is as good where it holds anything that was seen, and reading goes on from its end.
    """
    anchors: Container[str] | None = None  # what the page must hold one of; None for the first
    offset = rereads = pages = 0
    most = 1
    while pages < most:
        page, pages = page_at(offset), pages + 1
        most = _most_pages(page) if pages == 1 else most
        if offset > 0 and not _holds(page, anchors):
            if rereads == MAX_REREADS:
                break
            rereads, offset, anchors = rereads + 1, max(offset - limit + 1, 0), reading.campaigns
            continue
        going_back = anchors is reading.campaigns
        fresh, reached = reading.take(offset, page), offset + len(page.entries)
        yield page
        if is_last(page, reached, limit) or not (fresh or going_back):
            return
        rereads = rereads if going_back else 0
        last = page.entries[-1] if page.entries else None
        offset, anchors = max(reached - 1, 0), {last.sid} if last else None
    reading.followed = False


def _holds(page: Page, anchors: Container[str] | None) -> bool:
    return anchors is None or any(item.sid in anchors for item in page.items)


def is_last(page: Page, reached: int, limit: int) -> bool:
    """Tells whether a page of campaigns is the last; one without a total never is."""
    return page.total is not None and ends(len(page.entries), reached, limit, page.total)


def ends(length: int, reached: int, limit: int, total: int | None) -> bool:
    """Tells whether a page of any list is the last; without a total a short one is.

    A full page never is, whatever `total` claims; nor is a short one that says there is more.
    """
    return length < limit and reached >= (total or 0)


def _most_pages(first: Page) -> int:
    """Returns the most pages that are read, so that a server that never ends is left: twice what the first page
    makes expect.
    """
    items = _MOST_WITHOUT_TOTAL if first.total is None else first.total
    return _SPARE_PAGES + 2 * ceil(items / max(len(first.entries) - 1, 1))
