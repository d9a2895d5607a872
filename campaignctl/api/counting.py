"""Counts the contacts of a list, as far as the account can be believed.

The count is `metadata.total` of its contacts. An answer may give the size of its own page instead, so a total that
a page of one item could have is read once more with a longer page, and holds only where that page agrees with it.
"""

from __future__ import annotations

from collections.abc import Iterable

from campaignctl.api.client import Client
from campaignctl.errors import ApiError
from campaignctl.kinds.endpoints import CONTACTS
from campaignctl.model.plan import ListCount


def count_list(client: Client, sid: str) -> ListCount:
    """Counts one list. What is refused, stays unread or contradicts itself is unknown, never 0 and never an error."""
    try:
        total, agrees = _total(client, sid)
    except ApiError as error:
        return ListCount(sid, why=_told(error))
    if not agrees:
        return ListCount(sid, why="the account's answers contradict each other")
    return ListCount(sid, count=total, counted_at=client.now())


def count_lists(client: Client, sids: Iterable[str]) -> dict[str, ListCount]:
    """Counts lists, by their SIDs."""
    return {sid: count_list(client, sid) for sid in sids}


def _total(client: Client, sid: str) -> tuple[int | None, bool]:
    """Returns the total that an account claims, and whether it may be believed."""
    page = client.list_contacts(sid, limit=1)
    total = page.total
    if total is None or total < 0:
        return None, False
    if total > 1:
        return total, bool(page.entries)
    page = client.list_contacts(sid, limit=CONTACTS.page_limit)
    return total, page.total == total == len(page.entries)


def _told(error: ApiError) -> str:
    refused = f"the account refuses to show it ({error.http})" if error.http in (401, 403, 404) else ""
    return refused or str(error)
