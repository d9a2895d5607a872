"""Reads the contact lists of an account, and who is in one of them where it is small."""

from __future__ import annotations

from collections import defaultdict
from operator import attrgetter
from typing import Final

from campaignctl.api.client import Client
from campaignctl.api.counting import count_list
from campaignctl.api.decoding import shown_number
from campaignctl.api.listing import is_refusal
from campaignctl.api.paging import ListReading, Page
from campaignctl.contact_lists.by_name import Directory
from campaignctl.errors import ApiError
from campaignctl.kinds.endpoints import CONTACTS
from campaignctl.model.managed_lists import AccountList
from campaignctl.tuples import NamedTuple

_MOST_UNCLAIMED: Final = 12_500
"""Lists that are expected at most where the account does not say how many there are: some 500 requests."""


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
        reading = _read(client, name)
        return FoundLists(tuple(reading.found.values()), reading.complete)
    except ApiError as error:
        if error.http not in (403, 404) and not is_refusal(error):
            raise
        return FoundLists((), False, str(error))


def search_lists(client: Client, name: str) -> FoundLists:
    """Searches for lists by a text, and reads all where the account cannot be searched."""
    found = read_lists(client, name)
    return found if found.complete else read_lists(client)


def _read(client: Client, name: str | None) -> ListReading[AccountList]:
    reading = ListReading[AccountList](attrgetter("sid"), most_unclaimed=_MOST_UNCLAIMED)
    reading.read(lambda offset: client.contact_lists(offset, name))
    return reading


# -- who is in a small one ---------------------------------------------------------------------------------------

MOST_READ: Final = 2_000
"""People. Their pages are of 20: more would take longer than anybody waits for."""


def numbers_in(client: Client, sid: str) -> frozenset[str] | None:
    """Returns the numbers in a list, as they are written there; None where they are too many, or not all are shown."""
    try:
        count = count_list(client, sid).count
        if count is None or count > MOST_READ:
            return None
        return _people(client, sid, count) if count else frozenset()
    except ApiError:
        return None


def _people(client: Client, sid: str, count: int) -> frozenset[str] | None:
    def page_at(offset: int) -> Page[str]:
        page = client.list_contacts(sid, limit=CONTACTS.page_limit, offset=offset)
        numbers = (None if it is None else shown_number(it) for it in page.entries)
        return Page(tuple(numbers), page.total, page.limit)

    reading = ListReading[str](str)
    for _ in reading.follow(page_at):
        if reading.failed:
            return None  # whatever else is read: not all are shown
    stayed = reading.complete and reading.total == reading.count == count
    return frozenset(reading.found) if stayed else None
