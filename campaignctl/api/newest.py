"""The newest campaigns that are over: one page of them tells what somebody may have ended a moment ago."""

from __future__ import annotations

from collections.abc import Iterable

from campaignctl.api.client import Client, Page
from campaignctl.api.listing import Reading, is_refusal, latest_first
from campaignctl.api.wire import FINISHED_WORDS, Endpoint
from campaignctl.errors import ApiError
from campaignctl.kinds import VOICE
from campaignctl.kinds.table import Kind
from campaignctl.planning.resources import Live
from campaignctl.planning.window import window_of


def newest_finished(client: Client, kind: Kind, collection: str | None = None) -> tuple[Live, ...]:
    """One page of those that are over, the newest first. Raises `ApiError` for what cannot be read.

    Where the account does not plainly understand the question, its list is read from the newest end, until it has
    shown a page of them.
    """
    endpoint = client.endpoint(kind, collection)
    page = _filtered(client, kind, endpoint)
    if page is not None and page.items and all(live.finished for live in page.items):
        return page.items
    reading = Reading()
    for _ in latest_first(client, kind, reading, collection):
        if sum(live.finished for live in reading.campaigns.values()) >= endpoint.page_limit:
            break
    return newest_of(reading.campaigns.values(), endpoint)


def newest_of(campaigns: Iterable[Live], endpoint: Endpoint) -> tuple[Live, ...]:
    """The same page, of campaigns that were read already."""
    over = sorted((live for live in campaigns if live.finished), key=_moment, reverse=True)
    return tuple(over[: endpoint.page_limit])


def _moment(live: Live) -> float:
    """What the account sorts by: voice by its creation, SMS by its start. One that is not shown comes last."""
    moment = live.created if live.kind is VOICE else window_of(live.kind, live.spec).start
    return moment.timestamp() if moment else float("-inf")


def _filtered(client: Client, kind: Kind, endpoint: Endpoint) -> Page | None:
    """None where the account refuses the question, which is asked again in its default order first."""
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
