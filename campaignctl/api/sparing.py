"""Reads the alive of a list without the rest of it, by a status filter that must prove itself (rules 8.1 and 8.2)."""

from __future__ import annotations

from math import ceil

from campaignctl.api.client import Client
from campaignctl.api.decoding import Declared, nothing_declared
from campaignctl.api.encoding import ALIVE_WORDS, FINISHED_WORDS
from campaignctl.api.listing import Keep, is_refusal, read_list
from campaignctl.api.paging import ListReading, Page, as_it_is
from campaignctl.errors import ApiError
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Live
from campaignctl.records import dataclass


@dataclass(frozen=True)
class Sparing:
    """Holds the little that was read of a list.

    `reading` is None where only all of it, from `first` on, shows the alive; `scan_cost` is the number of requests
    that this takes. `everything` says that it was no more than one page.
    """

    first: Page[Live]
    scan_cost: int
    reading: ListReading[Live] | None
    everything: bool

    @property
    def known(self) -> dict[str, Live]:
        """Returns the campaigns that are certainly there, alive or not, by SID."""
        shown = {live.sid: live for live in self.first.items}
        return shown | (self.reading.found if self.reading else {})


def read_sparingly(
    client: Client,
    kind: Kind,
    collection: str | None = None,
    keep: Keep = as_it_is,
    declared: Declared = nothing_declared,
) -> Sparing:
    """Reads one page; when that is not the complete account, the alive by a filter that must prove itself."""
    limit = client.endpoint(kind, collection).page_limit
    first = client.list_page(kind, offset=0, limit=limit, collection=collection, declared=declared)
    scan_cost = ceil((first.total or 0) / (limit - 1))
    if first.is_last(0):
        complete = read_list(client, kind, collection=collection, first=first, keep=keep)
        return Sparing(first, scan_cost, complete, everything=True)
    found = _filtered(client, kind, collection, first, keep, declared)
    return Sparing(first, scan_cost, found, everything=False)


def _filtered(
    client: Client, kind: Kind, collection: str | None, first: Page[Live], keep: Keep, declared: Declared
) -> ListReading[Live] | None:
    """Reads the alive by status filter; None unless they and the finished make up the complete account.

    Which spellings the filter takes is unknown, so an answer proves nothing by itself; a page that holds anything
    else disproves the filter, and no other page is read.
    """
    limit = client.endpoint(kind, collection).page_limit
    try:
        page = client.list_page(
            kind, offset=0, limit=limit, statuses=ALIVE_WORDS, collection=collection, declared=declared
        )
        if not all(live.alive for live in page.items):
            return None
        reading = read_list(
            client,
            kind,
            statuses=ALIVE_WORDS,
            collection=collection,
            first=page,
            keep=keep,
            declared=declared,
        )
        finished = client.list_page(kind, offset=0, limit=1, statuses=FINISHED_WORDS, collection=collection)
    except ApiError as error:
        if is_refusal(error):
            return None
        raise
    adds_up = (
        first.total is not None
        and finished.total is not None
        and reading.count + finished.total == first.total
    )
    alive_only = all(live.alive for live in reading.found.values())
    finished_only = all(live.finished for live in finished.items)
    none_missed = all(live.sid in reading.found for live in first.items if live.alive)
    understood = adds_up and alive_only and finished_only and none_missed
    return reading if reading.followed and understood else None
