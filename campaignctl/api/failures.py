"""Finds the campaigns that failed of late, whoever they belong to, in one request for each kind."""

from __future__ import annotations

from typing import Final

from campaignctl.api.client import Client
from campaignctl.api.encoding import FAILED_WORDS
from campaignctl.api.listing import is_refusal
from campaignctl.errors import ApiError
from campaignctl.kinds import KINDS
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Live

_LATEST: Final = 50


def latest_failures(client: Client) -> tuple[Live, ...]:
    """The latest that failed or were canceled, of both kinds; none where the account does not take such a question.

    They prove nothing about others: where the filter is not understood, a page holds what it holds. Raises `ApiError`
    for what stays unread.
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
