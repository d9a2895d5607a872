"""Reads what each recipient of a campaign came to: from its report file where it has one, else page by page.

Whatever the number of recipients, one page is held at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from campaignctl.api.client import Client
from campaignctl.api.envelopes import Envelope, Item
from campaignctl.api.listing import MAX_REREADS, ends, is_refusal
from campaignctl.errors import AnswerError, ApiError
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Live
from campaignctl.model.outcomes import Batch, Row

LONGEST_PAGE: Final = 500
"""Asked for first: how long such a page may be is unknown (2026-11), and a long one spares requests."""
_MOST_WITHOUT_TOTAL: Final = 1_000_000


def pages(client: Client, live: Live, since: int = 0) -> Iterator[Batch]:
    """Reads every recipient from offset `since` on.

    Raises `ApiError` for what stays unread; what came before stands. Each page overlaps the one before by one row,
    which must be on it: where it is not, rows went away, and the page before is read again.
    """
    reader = _Reader(client, live.kind, live.sid)
    offset, anchor = since, None
    while True:
        part = reader.after(offset, anchor)
        yield part.batch
        if part.last:
            return
        offset, anchor = part.offset, part.anchor


@dataclass(frozen=True, slots=True)
class _Part:
    """Holds a batch of rows, and where and after which row the next page is asked for."""

    batch: Batch
    offset: int
    anchor: str | None
    last: bool


class _Reader:
    def __init__(self, client: Client, kind: Kind, sid: str) -> None:
        self._client, self._kind, self._sid = client, kind, sid
        self._limit = LONGEST_PAGE

    def after(self, offset: int, anchor: str | None) -> _Part:
        """Reads what follows the anchor, which was at `offset`; without an anchor, what stands from there on."""
        for back in range(MAX_REREADS + 1):
            start = max(offset - back * (self._limit - 1), 0)
            page = self._page(start)
            place = None if anchor is None else _place(page.items, anchor)
            if place is not None:
                return self._part(page, start, place + 1, offset + 1)
            if anchor is None:
                return self._part(page, start, 0, offset)
            if start == 0:
                break
        where = "its per-recipient results moved while they were read"
        raise AnswerError(f"campaign {self._sid}: {where}")

    def _part(self, page: Envelope, start: int, skip: int, expected: int) -> _Part:
        """Reads the rows of a page from `skip` on, which are expected at an offset.

        Items that failed at the end are asked for once more.
        """
        items, reached = page.items[skip:], start + len(page.items)
        last = not items or _is_last(page, reached, self._limit)
        complete = max((place for place, item in enumerate(items, 1) if item.trouble is None), default=0)
        if last or complete == 0:
            complete = len(items)
        taken = items[:complete]
        rows = tuple(_row(item) for item in taken if item.trouble is None)
        end = start + skip + complete if taken else min(start + skip, expected)
        batch = Batch(rows, end, len(taken) - len(rows), page.total)
        if not taken or taken[-1].trouble is not None:
            return _Part(batch, end, None, last)
        return _Part(batch, end - 1, _identity(taken[-1]), last)

    def _page(self, offset: int) -> Envelope:
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

    def _ask(self, offset: int) -> Envelope:
        return self._client.details_page(self._kind, self._sid, offset=offset, limit=self._limit)


def _is_last(page: Envelope, reached: int, limit: int) -> bool:
    """Tells whether a page is the last.

    A server that never ends is left. Unlike a list of campaigns, rows without a total end with a short page: nobody
    is called for what is not seen.
    """
    if reached > (_MOST_WITHOUT_TOTAL if page.total is None else 2 * page.total + 20 * limit):
        raise AnswerError("the account's per-recipient results do not come to an end")
    return ends(len(page.items), reached, limit, page.total)


def _place(items: tuple[Item, ...], anchor: str) -> int | None:
    return next(
        (place for place, item in enumerate(items) if not item.trouble and _identity(item) == anchor), None
    )


def _identity(item: Item) -> str:
    """Returns what identifies a row on the next page: its SID and number, else all of it.

    [001] shows one SID for two numbers.
    """
    data = _row(item)
    known = [str(data.get(key)) for key in ("sid", "number") if data.get(key)]
    return "/".join(known) if known else repr(data)


def _row(item: Item) -> Row:
    return item.data if isinstance(item.data, dict) else {}
