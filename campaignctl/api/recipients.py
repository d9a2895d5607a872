"""Reads what each recipient of a campaign came to: from its report file where it has one, else page by page.

Whatever the number of recipients, one page is held at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

from campaignctl.api.client import Client
from campaignctl.api.listing import is_refusal
from campaignctl.api.paging import MAX_REREADS, Page, Stretch, Walk, WalkEnd
from campaignctl.errors import AnswerError, ApiError
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Live
from campaignctl.model.outcomes import Batch, Row

LONGEST_PAGE: Final = 500
"""Asked for first: how long such a page may be is unknown (2026-11), and a long one spares requests."""


def pages(client: Client, live: Live, since: int = 0) -> Iterator[Batch]:
    """Reads every recipient from offset `since` on.

    Raises `ApiError` for what stays unread; what came before stands.
    """
    recent, reached = _RecentRows(), since
    reader = _Reader(client, live.kind, live.sid)
    walk = Walk(reader.page_at, _identity, recent, start=since)
    for stretch in walk:
        recent.add(stretch)
        rows = tuple(row for row in stretch.new if row is not None)
        reached = stretch.reached if stretch.new else reached
        yield Batch(rows, reached, len(stretch.new) - len(rows), stretch.total)
    if walk.ending is not WalkEnd.LAST_PAGE:
        assert walk.ending is not None, "it is over"
        raise AnswerError(f"campaign {live.sid}: {_INCOMPLETE[walk.ending]}")


_INCOMPLETE: Final = {
    WalkEnd.MOVED: "its per-recipient results moved while they were read",
    WalkEnd.REPEATED: "its per-recipient results come again instead of the next ones",
    WalkEnd.ENDLESS: "its per-recipient results do not come to an end",
}


class _RecentRows:
    """Knows the rows of the last pages, as many as may be read again, so that no row comes twice.

    Rows that nothing tells apart are never known.
    """

    def __init__(self) -> None:
        self._pages: deque[frozenset[str]] = deque(maxlen=MAX_REREADS + 1)

    def __contains__(self, identity: object) -> bool:
        return any(identity in page for page in self._pages)

    def add(self, stretch: Stretch[Row]) -> None:
        self._pages.append(frozenset(_identity(row) for row in stretch.items if _named_by(row)))


class _Reader:
    def __init__(self, client: Client, kind: Kind, sid: str) -> None:
        self._client, self._kind, self._sid = client, kind, sid
        self._limit = LONGEST_PAGE

    def page_at(self, offset: int) -> Page[Row]:
        """Reads a page; where the account refuses one of this length, one as long as its lists may be."""
        try:
            return self._ask(offset)
        except ApiError as error:
            shorter = self._client.endpoint(self._kind).page_limit
            if error.http == 404:
                raise AnswerError(
                    f"the account shows no per-recipient results of campaign {self._sid} (404)", 404
                ) from None
            if not is_refusal(error) or self._limit <= shorter:
                raise
            self._limit = shorter
            return self._ask(offset)

    def _ask(self, offset: int) -> Page[Row]:
        return self._client.details_page(self._kind, self._sid, offset=offset, limit=self._limit)


def _identity(row: Row) -> str:
    """Returns what identifies a row on the next page: its SID and number, else all of it."""
    return _named_by(row) or repr(row)


def _named_by(row: Row) -> str:
    """Returns the SID and number of a row, as far as it has them. [001] shows one SID for two numbers."""
    return "/".join(str(row[key]) for key in ("sid", "number") if row.get(key))
