"""Reads the query of a list into a `Search` and a page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from campaignctl.kinds.lifecycle import Status, read_status
from campaignctl.sandbox.collection import Collection
from campaignctl.sandbox.shapes import RefusalError
from campaignctl.sandbox.store import Search
from campaignctl.sandbox.switches import Switches

DEFAULT_PAGE = 20


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Says which page is asked for; `offset` counts from zero."""

    offset: int
    limit: int

    def metadata(self, count: int, total: int) -> dict[str, int]:
        """Makes the metadata of a list's answer [000, 001]."""
        return {"count": count, "offset": self.offset, "total": total, "limit": self.limit}


def read_page(query: Mapping[str, str], largest: int) -> PageRequest:
    """Reads `offset` and `limit`; refuses with 400 what is above the largest page."""
    limit = _integer(query, "limit", DEFAULT_PAGE, smallest=1)
    if limit > largest:
        raise RefusalError(400, f"limit is {limit}.", f"limit is {largest} at most.")
    return PageRequest(_integer(query, "offset", 0, smallest=0), limit)


def as_it_is_cut(page: PageRequest, how: str) -> PageRequest:
    """Returns the page that an account answers instead of the one that was asked for."""
    if how == "few":
        return replace(page, limit=min(page.limit, DEFAULT_PAGE))
    return replace(page, offset=0) if how == "first" else page


def as_it_is_counted(page: PageRequest, how: str, count: int, total: int) -> dict[str, int]:
    """Returns the metadata of a page, where `total` may be trusted and where not."""
    metadata = page.metadata(count, count if how == "counted" else total)
    return {key: value for key, value in metadata.items() if key != "total" or how in ("asked", "counted")}


def _integer(query: Mapping[str, str], name: str, default: int, smallest: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not re.fullmatch(r"\d{1,15}", text, re.ASCII) or int(text) < smallest:
        raise RefusalError(400, f"{name} is {text!r}.", f"{name} takes a whole number, {smallest} or more.")
    return int(text)


def require_channel(collection: Collection, query: Mapping[str, str]) -> None:
    """Refuses a query that does not say the channel where the collection wants it."""
    if collection.channel and query.get("channel", "").lower() != collection.channel.lower():
        raise RefusalError(400, "channel is missing.", f"Send channel={collection.channel}.")


def read_search(
    collection: Collection, query: Mapping[str, str], switches: Switches, account: str, now: float
) -> Search | None:
    """Reads the search that a list asks for; None when it can find nothing."""
    require_channel(collection, query)
    term = query.get("name") or None
    if term is not None and len(term) < collection.shortest_search:
        raise RefusalError(
            400, f"name is shorter than {collection.shortest_search} letters.", "Send a longer name."
        )
    how = switches.name_search
    if term is not None and how == "refuse":
        raise RefusalError(400, "name is not known.", "Lists cannot be searched by name.")
    if term is not None and how == "odd" and not _is_plain(term):
        return None
    order, descending = _order(collection, query.get("sort_by", ""))
    anycase = how != "case"
    return Search(
        account=account,
        collections=worlds(collection, switches),
        order=order,
        descending=descending,
        term=term.casefold() if term and anycase else term,
        column="folded" if anycase else "name",
        matches=how if how in ("like", "whole") else "substring",
        states=_states(collection, query.get("status", ""), switches.status_filter),
        until=now - switches.list_lag_seconds if switches.list_lag_seconds else None,
    )


def _is_plain(term: str) -> bool:
    """Tells whether a term is plain: letters with their marks, digits and hyphens, of any script."""
    return all(sign == "-" or unicodedata.category(sign)[0] in "LMN" for sign in term)


def worlds(collection: Collection, switches: Switches) -> tuple[str, ...]:
    """Returns the collections whose campaigns this one shows."""
    shared = ("message-campaigns", "sms-campaigns")
    return shared if switches.shared_sms and collection.name in shared else (collection.name,)


def _order(collection: Collection, sort_by: str) -> tuple[str, bool]:
    if not sort_by:
        return next(iter(collection.orders.values())), collection.default_descending
    name, _, direction = sort_by.partition(":")
    if name.strip().lower() not in collection.orders or direction.strip().lower() not in ("", "asc", "desc"):
        known = ", ".join(f"{order}:asc" for order in collection.orders)
        raise RefusalError(400, f"sort_by is {sort_by!r}.", f"sort_by takes {known}, or :desc.")
    return collection.orders[name.strip().lower()], direction.strip().lower() == "desc"


def _states(collection: Collection, text: str, understands: str) -> tuple[str, ...] | None:
    words = [word.strip() for word in text.split(",") if word.strip()]
    if words and understands == "refuse-all":
        raise RefusalError(400, "status is not known.", "Lists cannot be filtered by status.")
    if not words or understands == "ignore":
        return None
    words = words[:1] if understands == "first" else words
    found = {word: _state(collection, word, understands) for word in words}
    unknown = next((word for word, state in found.items() if state is None), None)
    if unknown is not None and understands == "refuse":
        known = ", ".join(collection.words.values())
        raise RefusalError(400, f"status is {unknown!r}.", f"status takes {known}.")
    return tuple(dict.fromkeys(state.value for state in found.values() if state is not None))


def _state(collection: Collection, word: str, understands: str) -> Status | None:
    """Returns the status that a word of the filter stands for; None when this account does not understand it."""
    if understands in ("own", "refuse"):
        return next((status for status, own in collection.words.items() if own == word), None)
    status = read_status(word)
    if status is Status.UNKNOWN or (understands == "lower" and word != status.value):
        return None
    return status
