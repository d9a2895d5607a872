"""Reads who is in a contact list of the account, where the list is small."""

from __future__ import annotations

from typing import Final

from campaignctl.api.client import Client
from campaignctl.api.counting import count_list
from campaignctl.api.decoding import shown_number
from campaignctl.api.envelopes import Envelope
from campaignctl.errors import ApiError
from campaignctl.kinds.endpoints import CONTACTS

MOST_READ: Final = 2_000
"""People. Their pages are of 20: more would take longer than anybody waits for."""


def numbers_in(client: Client, sid: str) -> frozenset[str] | None:
    """Returns the numbers in a list, as they are written there; None where they are too many, or not all are shown."""
    try:
        count = count_list(client, sid).count
        return None if count is None or count > MOST_READ else _read(client, sid, count)
    except ApiError:
        return None


def _read(client: Client, sid: str, count: int) -> frozenset[str] | None:
    """Reads pages that overlap by one person, so that what moves between two of them is seen."""
    found, last, offset = dict[str, None](), None, 0
    while len(found) < count:
        page = _page(client.list_contacts(sid, limit=CONTACTS.page_limit, offset=offset))
        fresh = [] if page is None else [it for it in page if it not in found]
        if page is None or not fresh or (last is not None and last not in page):
            return None
        found |= dict.fromkeys(fresh)
        last, offset = page[-1], offset + len(page) - 1
    return frozenset(found) if len(found) == count else None


def _page(page: Envelope) -> list[str] | None:
    """Returns the numbers on a page; None where somebody on it is not shown."""
    numbers = [shown_number(item.data) if item.trouble is None else None for item in page.items]
    return [it for it in numbers if it is not None] if None not in numbers else None
