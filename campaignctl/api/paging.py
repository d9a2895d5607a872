"""Walks any list page by page, though it moves while it is read (rule 8): campaigns, contact lists, who is in one,
what became of recipients.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import field
from enum import Enum
from math import ceil
from typing import Final, Generic, TypeVar

from campaignctl.records import dataclass
from campaignctl.tuples import NamedTuple

T = TypeVar("T")

MAX_REREADS: Final = 3
_SPARE_PAGES: Final = 20
_MOST_UNCLAIMED: Final = 500_000


def as_it_is(item: T) -> T:
    """Keeps an item as it is, in full."""
    return item


class Page(NamedTuple, Generic[T]):
    """Holds one page of a list, of which `limit` items were asked for.

    `entries` are in the account's order, None for an item that failed; `total` is the number of matches that the
    account claims.
    """

    entries: tuple[T | None, ...]
    total: int | None
    limit: int

    @property
    def items(self) -> tuple[T, ...]:
        """Returns the items that could be read."""
        return tuple(entry for entry in self.entries if entry is not None)

    @property
    def failed(self) -> int:
        """Returns how many items could not be read."""
        return self.entries.count(None)

    def is_last(self, offset: int) -> bool:
        """Tells whether nothing follows the page, which begins at an offset.

        A full page never is the last, whatever `total` claims; nor is one that says there is more, or does not say
        how many there are: the account may give fewer than were asked for.
        """
        reached = offset + len(self.entries)
        return self.total is not None and len(self.entries) < self.limit and reached >= self.total


class WalkEnd(Enum):
    """Names how a walk ended."""

    LAST_PAGE = "nothing follows what was read"
    REPEATED = "the account shows again what it showed before, and does not say how much there is"
    MOVED = "items went away faster than they were read"
    ENDLESS = "pages come on and on"


class Stretch(NamedTuple, Generic[T]):
    """Holds what a page shows from an offset on, as `Page` does; what stands before `begin` was read before."""

    offset: int
    entries: tuple[T | None, ...]
    begin: int
    total: int | None

    @property
    def items(self) -> tuple[T, ...]:
        """Returns the items that could be read, those that were read before too, as they are now."""
        return tuple(entry for entry in self.entries if entry is not None)

    @property
    def new(self) -> tuple[T | None, ...]:
        """Returns what follows that which was read before."""
        return self.entries[self.begin :]

    @property
    def reached(self) -> int:
        """Returns the offset of what comes next."""
        return self.offset + len(self.entries)


class Walk(Generic[T]):
    """Reads on from page to page, each overlapping the one before by one item, which must be on it.

    Where it is not, items went away and what follows moved up: then the page before is read again, which is as good
    where it holds anything that is known, and reading goes on from its end. Items that failed at the end of a page
    are asked for once more.

    `page_at` reads the page at an offset. `identity` tells items apart, and `known` are the identities of what was
    taken: whoever takes a stretch adds to them before the next. Where the account claims no total,
    `most_unclaimed` items are expected at most. `ending` is None before the walk is over.
    """

    def __init__(
        self,
        page_at: Callable[[int], Page[T]],
        identity: Callable[[T], str],
        known: Container[str],
        start: int = 0,
        most_unclaimed: int | None = None,
    ) -> None:
        self.ending: WalkEnd | None = None
        self._page_at, self._identity, self._known = page_at, identity, known
        self._start, self._most_unclaimed = start, most_unclaimed
        self._offset, self._step = start, 0
        self._anchor: str | None = None
        self._anchor_at = 0
        self._rereads, self._going_back = 0, False
        self._asked_again: int | None = None

    def __iter__(self) -> Iterator[Stretch[T]]:
        """Yields what each page adds."""
        pages, most = 0, 1
        while pages < most and self.ending is None:
            page = self._page_at(self._offset)
            pages, most = pages + 1, most if pages else self._most_pages(page)
            begin = self._begin(page)
            if begin is None:
                self._go_back()
                continue
            stretch = self._stretch(page, begin)
            fresh = any(it is None or self._identity(it) not in self._known for it in stretch.new)
            fresh = fresh or len(stretch.entries) < len(page.entries)
            yield stretch
            if page.is_last(self._offset) or not (fresh or self._going_back):
                self.ending = self._how_it_ends(page)
            self._go_on(page, stretch)
        self.ending = self.ending or WalkEnd.ENDLESS

    def _most_pages(self, first: Page[T]) -> int:
        """Returns the most pages that are read, so that a server that never ends is left: twice what the first page
        makes expect.
        """
        unclaimed = _MOST_UNCLAIMED if self._most_unclaimed is None else self._most_unclaimed
        items = unclaimed if first.total is None else first.total
        return _SPARE_PAGES + 2 * ceil(items / max(len(first.entries) - 1, 1))

    def _begin(self, page: Page[T]) -> int | None:
        """Returns the place from which on a page follows what was read; None where it does not."""
        if self._anchor is None or (not page.entries and self._offset > self._anchor_at):
            return 0
        for place, entry in enumerate(page.entries, 1):
            if entry is not None and self._identity(entry) == self._anchor:
                return place
        if self._offset > 0 and not self._going_back:
            return None
        return self._end_of_known(page) or (0 if self._offset == self._start == 0 else None)

    def _end_of_known(self, page: Page[T]) -> int:
        for place in range(len(page.entries), 0, -1):
            entry = page.entries[place - 1]
            if entry is not None and self._identity(entry) in self._known:
                return place
        return 0

    def _go_back(self) -> None:
        if self._rereads == MAX_REREADS:
            self.ending = WalkEnd.MOVED
        self._rereads, self._going_back = self._rereads + 1, True
        self._offset = max(self._offset - self._step, 0)

    def _stretch(self, page: Page[T], begin: int) -> Stretch[T]:
        """Returns what is taken of a page: where more is read without items that failed at its end, the first time."""
        end = len(page.entries)
        if not page.is_last(self._offset):
            readable = (place for place in range(end, begin, -1) if page.entries[place - 1] is not None)
            end = next(readable, end if self._asked_again == self._offset + begin else begin)
            self._asked_again = self._offset + end
        return Stretch(self._offset, page.entries[:end], begin, page.total)

    def _how_it_ends(self, page: Page[T]) -> WalkEnd:
        """Says how a walk ends that finds nothing new.

        Where no total is claimed, the end is a page of no more than the item that was expected: any other is one
        that was read before, come again.
        """
        proves = page.total is not None or len(page.entries) <= 1
        return WalkEnd.LAST_PAGE if proves else WalkEnd.REPEATED

    def _go_on(self, page: Page[T], stretch: Stretch[T]) -> None:
        """Goes on from the last item that could be read. A page of one item cannot overlap the next, which must be
        empty then.
        """
        last = stretch.entries[-1] if stretch.entries else None
        self._rereads = self._rereads if self._going_back else 0
        self._going_back, self._step = False, max(len(stretch.entries) - 1, 1)
        self._anchor = None if last is None else self._identity(last)
        self._anchor_at = stretch.reached - 1
        overlaps = last is not None and len(page.entries) > 1
        self._offset = self._anchor_at if overlaps else stretch.reached


@dataclass
class ListReading(Generic[T]):
    """Collects what the pages of one list show.

    `found` are its items by their identities, each `kept` as `keep` returns it, `failed` the positions of items that
    failed, `total` the last number that the account claimed. `followed` tells whether it was read to its end.
    """

    identity: Callable[[T], str]
    keep: Callable[[T], T] = as_it_is
    most_unclaimed: int | None = None
    found: dict[str, T] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)
    total: int | None = None
    followed: bool = False

    @property
    def complete(self) -> bool:
        """Tells whether every item was read. Where the account claims more than it showed, some are missing."""
        return self.followed and not self.failed and self.count >= (self.total or 0)

    @property
    def count(self) -> int:
        """Returns how many items there are, failed ones included."""
        return len(self.found) + len(self.failed)

    def follow(self, page_at: Callable[[int], Page[T]]) -> Iterator[Stretch[T]]:
        """Reads the list, and yields what each page showed as soon as it is read."""
        walk = Walk(page_at, self.identity, self.found, most_unclaimed=self.most_unclaimed)
        for stretch in walk:
            self._take(stretch)
            yield stretch
        self.followed = walk.ending is WalkEnd.LAST_PAGE

    def read(self, page_at: Callable[[int], Page[T]]) -> None:
        """Reads the list to its end."""
        for _ in self.follow(page_at):
            pass

    def _take(self, stretch: Stretch[T]) -> None:
        """Takes a page. An item seen twice counts once, as it was seen last."""
        found, identity, keep = self.found, self.identity, self.keep
        for position, entry in enumerate(stretch.entries, stretch.offset):
            if entry is None:
                self.failed.add(position)
            else:
                found[identity(entry)] = keep(entry)
        self.total = self.total if stretch.total is None else stretch.total
