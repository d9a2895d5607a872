"""Finds campaigns by the NAME that somebody typed, with or without a manifest, in as few requests as that takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import replace
from typing import Final, TypeVar

from campaignctl.api.client import Client
from campaignctl.api.listing import is_refusal, no_such_part, search, term_of
from campaignctl.api.refresh import alive
from campaignctl.errors import ApiError
from campaignctl.kinds.formats import SID
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Listing, Live
from campaignctl.model.dated_names import parsed
from campaignctl.model.naming import AskedName, Found, similar

T = TypeVar("T")

_LIKE_A_SID: Final = re.compile(r"(?=.*\d)[0-9A-Za-z]{24,64}", re.ASCII)
"""[000, 001, 003] show 32 to 36 letters and digits. Only the order of the look-ups follows from it."""


def find(client: Client, asked: AskedName) -> Found:
    """Finds the campaign of a SID, and all campaigns of that name. Raises `ApiError`: what stays unread is no
    absence.

    A name can be the SID of another campaign: what looks like one is looked for both ways. What does not is a SID
    only where no campaign has it.
    """
    if _LIKE_A_SID.fullmatch(asked.word):
        found = _by_sid(client, asked)
        return _with_namesakes(client, found) if found.campaigns else _both(found, _by_name(client, asked))
    found = _by_name(client, asked)
    if not found.campaigns:
        return _both(found, _by_sid(client, asked))
    return _with_sid(client, found) if _as_long_as_a_sid(found) else found


def _with_namesakes(client: Client, found: Found) -> Found:
    """Adds the campaigns that are named like the SID, as far as the first page of a search shows them.

    No more is read for it, and a search that fails keeps nobody from what was found by its SID.
    """
    word, known = found.asked.word, {live.sid for live in found.campaigns}

    def first_page(kind: Kind) -> tuple[Live, ...]:
        limit = client.endpoint(kind).page_limit
        return client.list_page(kind, offset=0, limit=limit, name=word).items

    try:
        seen = each_kind(found.asked.kinds, first_page).values()
    except ApiError:
        return found
    namesakes = (live for page in seen for live in page if live.name == word and live.sid not in known)
    return replace(found, campaigns=(*found.campaigns, *namesakes))


def _as_long_as_a_sid(found: Found) -> bool:
    """Tells whether this account's SIDs could look like the name."""
    word = found.asked.word
    return bool(SID.matches(word)) and len(word) in {len(live.sid) for live in found.campaigns}


def _with_sid(client: Client, found: Found) -> Found:
    own = _by_sid(client, found.asked).campaigns
    known = {live.sid for live in found.campaigns}
    return replace(found, campaigns=(*found.campaigns, *(live for live in own if live.sid not in known)))


def _both(first: Found, second: Found) -> Found:
    """Joins what two ways of looking found. A campaign is certainly absent only where both saw everything."""
    complete = second.complete and (first.complete or bool(second.campaigns))
    similar_names, dated = first.similar or second.similar, first.dated or second.dated
    return Found(second.asked, second.campaigns, complete, similar_names, dated=dated)


def _by_name(client: Client, asked: AskedName) -> Found:
    """Finds campaigns by name.

    Searches that find nothing prove nothing about the alive, so those are looked at themselves.
    """
    found = each_kind(asked.kinds, lambda kind: _search(client, kind, asked.word))
    if not any(_has_name(listing, asked.names) for listing in found.values()):
        among_alive = each_kind(asked.kinds, lambda kind: alive(client, kind))
        found |= {
            kind: it for kind, it in among_alive.items() if _has_name(it, asked.names) or _dated(it, asked)
        }
    seen = [live for listing in found.values() for live in listing.campaigns]
    namesakes = tuple(live for live in seen if live.name in asked.names)
    complete = all(listing.complete for listing in found.values())
    dated = tuple(live for listing in found.values() for live in _dated(listing, asked))
    near = () if namesakes else similar(asked.word, (live.name for live in seen))
    return Found(asked, namesakes, complete, near, dated=dated)


def _dated(listing: Listing, asked: AskedName) -> tuple[Live, ...]:
    """Returns the occurrences of the series of that name."""
    return tuple(it for it in listing.campaigns if (name := parsed(it.name)) and name.base in asked.names)


def _search(client: Client, kind: Kind, name: str) -> Listing:
    """Searches for a name.

    One that cannot be searched for is looked for among the alive, before everything is read for it.
    """
    if term_of(name) is None:
        listing = alive(client, kind)
        if _has_name(listing, {name}):
            return listing
    return search(client, kind, name)


def _has_name(listing: Listing, names: Container[str]) -> bool:
    return any(live.name in names for live in listing.campaigns)


def _by_sid(client: Client, asked: AskedName) -> Found:
    found = each_kind(asked.kinds, lambda kind: _get(client, kind, asked.word)).values()
    return Found(asked, tuple(live for live in found if live is not None))


def _get(client: Client, kind: Kind, sid: str) -> Live | None:
    """Reads one campaign by SID.

    It is None where the account refuses to look for it, too: what the account takes for a SID is unknown.
    """
    try:
        return client.get(kind, sid)
    except ApiError as error:
        if error.http in (403, 404) or not is_refusal(error):
            raise
        return None


def each_kind(kinds: Iterable[Kind], read: Callable[[Kind], T]) -> dict[str, T]:
    """Returns what reading each kind gives.

    A kind that the account has no access to holds nothing, unless all are such.
    """
    given: dict[str, T] = {}
    refusals: list[ApiError] = []
    for kind in kinds:
        try:
            given[kind.name] = read(kind)
        except ApiError as error:
            if not no_such_part(error):
                raise
            refusals.append(error)
    if refusals and not given:
        raise refusals[0]
    return given
