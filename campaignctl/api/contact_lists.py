"""Reads the contact lists of an account, and who is in one of them where it is small."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from campaignctl.api.client import Client
from campaignctl.api.counting import count_list
from campaignctl.api.decoding import shown_number
from campaignctl.api.envelopes import Envelope
from campaignctl.api.listing import ends, is_refusal
from campaignctl.contact_lists.by_name import Directory
from campaignctl.errors import ApiError
from campaignctl.kinds.endpoints import CONTACT_LISTS, CONTACTS
from campaignctl.model.managed_lists import AccountList
from campaignctl.tuples import NamedTuple

_MOST_PAGES: Final = 500


class FoundLists(NamedTuple):
    """Holds contact lists of the account. `complete` is False where not all could be read; `trouble` says why."""

    lists: tuple[AccountList, ...]
    complete: bool
    trouble: str = ""


def read_directory(client: Client) -> Directory:
    """Reads every contact list, by its name. An account that refuses to show them gives a directory that is not
    complete.

    Raises `ApiError` for what stays unread for another reason: no credentials, no connection, a server in trouble.
    """
    found = read_lists(client)
    sids: defaultdict[str, list[str]] = defaultdict(list)
    for each in found.lists:
        sids[each.name].append(each.sid)
    by_name = {name: tuple(sorted(several)) for name, several in sids.items()}
    return Directory(by_name, found.complete, found.trouble)


def read_lists(client: Client, name: str | None = None) -> FoundLists:
    """Reads the lists whose names contain a text, or all. Raises `ApiError` as `read_directory` does."""
    try:
        return FoundLists(*_read(client, name))
    except ApiError as error:
        if error.http not in (403, 404) and not is_refusal(error):
            raise
        return FoundLists((), False, str(error))


def search_lists(client: Client, name: str) -> FoundLists:
    """Searches for lists by a text, and reads all where the account cannot be searched."""
    found = read_lists(client, name)
    return found if found.complete else read_lists(client)


def _read(client: Client, name: str | None) -> tuple[tuple[AccountList, ...], bool]:
    """Reads the lists, and tells whether they are all.

    Pages overlap by one, so that what moved in between shows. Nothing is read again, as `listing` does for
    campaigns: lists that moved are incomplete, and that is said.
    """
    found: dict[str, AccountList] = {}
    failed, anchor, offset = False, None, 0
    for _ in range(_MOST_PAGES):
        page = client.contact_lists(offset, name)
        seen = {each.sid: each for each in page.entries if each is not None}
        failed |= None in page.entries or (anchor is not None and anchor not in seen)
        fresh = not seen.keys() <= found.keys()
        found |= seen
        reached = offset + len(page.entries)
        if ends(len(page.entries), reached, CONTACT_LISTS.page_limit, page.total) or not fresh:
            return tuple(found.values()), not failed and len(found) >= (page.total or 0)
        anchor, offset = next(reversed(seen)), max(reached - 1, offset + 1)
    return tuple(found.values()), False


# -- who is in a small one ---------------------------------------------------------------------------------------

MOST_READ: Final = 2_000
"""People. Their pages are of 20: more would take longer than anybody waits for."""


def numbers_in(client: Client, sid: str) -> frozenset[str] | None:
    """Returns the numbers in a list, as they are written there; None where they are too many, or not all are shown."""
    try:
        count = count_list(client, sid).count
        return None if count is None or count > MOST_READ else _people(client, sid, count)
    except ApiError:
        return None


def _people(client: Client, sid: str, count: int) -> frozenset[str] | None:
    """Reads pages that overlap by one person, so that what moves between two of them is seen."""
    found, last, offset = dict[str, None](), None, 0
    while len(found) < count:
        page = _numbers_on(client.list_contacts(sid, limit=CONTACTS.page_limit, offset=offset))
        fresh = [] if page is None else [it for it in page if it not in found]
        if page is None or not fresh or (last is not None and last not in page):
            return None
        found |= dict.fromkeys(fresh)
        last, offset = page[-1], offset + len(page) - 1
    return frozenset(found) if len(found) == count else None


def _numbers_on(page: Envelope) -> list[str] | None:
    """Returns the numbers on a page; None where somebody on it is not shown."""
    numbers = [shown_number(item.data) if item.trouble is None else None for item in page.items]
    return [it for it in numbers if it is not None] if None not in numbers else None
