"""Reads the account's contact lists, all pages, for manifests that give one by name."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from campaignctl.api.client import Client, ContactPage
from campaignctl.api.decoding import ContactList
from campaignctl.api.listing import is_refusal
from campaignctl.errors import ApiError
from campaignctl.kinds.endpoints import CONTACT_LISTS
from campaignctl.planning.lists import Directory

_MOST_PAGES: Final = 500


def read_directory(client: Client) -> Directory:
    """Every contact list by its name. An account that refuses to show them gives a directory that is not complete.

    Raises `ApiError` for what stays unread for another reason: no credentials, no connection, a server in trouble.
    """
    try:
        lists, complete = _read(client)
    except ApiError as error:
        if error.http not in (403, 404) and not is_refusal(error):
            raise
        return Directory({}, complete=False, trouble=str(error))
    sids: defaultdict[str, list[str]] = defaultdict(list)
    for each in lists:
        sids[each.name].append(each.sid)
    return Directory({name: tuple(sorted(found)) for name, found in sids.items()}, complete)


def _read(client: Client) -> tuple[tuple[ContactList, ...], bool]:
    """The lists, and whether they are all: pages overlap by one, and what moved meanwhile shows there."""
    found: dict[str, ContactList] = {}
    failed, anchor, offset = False, None, 0
    for _ in range(_MOST_PAGES):
        page = client.contact_lists(offset)
        seen = {each.sid: each for each in page.entries if each is not None}
        failed |= None in page.entries or (anchor is not None and anchor not in seen)
        fresh = not seen.keys() <= found.keys()
        found |= seen
        reached = offset + len(page.entries)
        if _is_last(page, reached) or not fresh:
            return tuple(found.values()), not failed and len(found) >= (page.total or 0)
        anchor, offset = next(reversed(seen)), max(reached - 1, offset + 1)
    return tuple(found.values()), False


def _is_last(page: ContactPage, reached: int) -> bool:
    """A full page is never the last one, whatever `total` claims."""
    return len(page.entries) < CONTACT_LISTS.page_limit and reached >= (page.total or 0)
