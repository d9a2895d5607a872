"""Reads the newest campaigns that are over or failed: one page of them tells what happened lately."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from campaignctl.api.client import Client
from campaignctl.api.encoding import FAILED_WORDS, FINISHED_WORDS
from campaignctl.api.listing import is_refusal, latest_first, new_reading
from campaignctl.api.paging import Page
from campaignctl.errors import ApiError
from campaignctl.kinds import KINDS
from campaignctl.kinds.endpoints import Endpoint
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Live


def newest_finished(client: Client, kind: Kind, collection: str | None = None) -> tuple[Live, ...]:
    """Reads one page of finished campaigns, the newest first.

    Raises `ApiError` for what cannot be read. Where the account does not plainly understand the question, or shows
    none, which proves nothing, its list is read from the newest end until it has shown a page of them.
    """
    return newest_page(client, kind, collection) or newest_by_reading(client, kind, collection)


def newest_page(client: Client, kind: Kind, collection: str | None = None) -> tuple[Live, ...] | None:
    """Reads the newest finished campaigns by a status filter alone; None where the account does not understand the
    filter.
    """
    page = _filtered(client, kind, client.endpoint(kind, collection))
    return page.items if page is not None and all(live.finished for live in page.items) else None


def newest_by_reading(client: Client, kind: Kind, collection: str | None = None) -> tuple[Live, ...]:
    """Reads the newest finished campaigns without a filter."""
    endpoint, reading = client.endpoint(kind, collection), new_reading()
    over: list[Live] = []
    for _ in latest_first(client, kind, reading, collection):
        over = [live for live in reading.found.values() if live.finished]
        if len(over) >= endpoint.page_limit:
            break
    return tuple(over[: endpoint.page_limit])


def newest_of(campaigns: Iterable[Live], endpoint: Endpoint) -> tuple[Live, ...]:
    """Picks the newest finished campaigns out of a list that was read from the oldest on.

    Of two of one moment, the later in the list is the newer.
    """
    over = [live for live in campaigns if live.finished]
    over.reverse()
    return tuple(sorted(over, key=_listed_at, reverse=True)[: endpoint.page_limit])


def _listed_at(live: Live) -> float:
    """Returns the moment that the account sorts by. A campaign that does not show it comes last."""
    moment = live.listed_at
    return moment.timestamp() if moment else float("-inf")


def _filtered(client: Client, kind: Kind, endpoint: Endpoint) -> Page[Live] | None:
    """Reads a filtered page; None where the account refuses it, which is asked once more in its default order
    first.
    """
    for order in dict.fromkeys((endpoint.newest_sort, endpoint.latest_sort)):
        try:
            return client.list_page(
                kind,
                offset=0,
                limit=endpoint.page_limit,
                statuses=FINISHED_WORDS,
                sort=order,
                collection=endpoint.collection,
            )
        except ApiError as error:
            if not is_refusal(error) or error.http == 404:
                raise
    return None


_LATEST: Final = 50


def latest_failures(client: Client) -> tuple[Live, ...]:
    """Reads the latest campaigns of both kinds that failed or were canceled; none where the account does not take
    such a question. They prove nothing about others: where the filter is not understood, a page holds anything.
    Raises `ApiError` for what stays unread.
    """
    return tuple(live for kind in KINDS.values() for live in _latest(client, kind))


def _latest(client: Client, kind: Kind) -> tuple[Live, ...]:
    order = client.endpoint(kind).latest_sort
    try:
        return client.list_page(kind, offset=0, limit=_LATEST, statuses=FAILED_WORDS, sort=order).items
    except ApiError as error:
        if is_refusal(error) or error.http == 403:
            return ()
        raise
