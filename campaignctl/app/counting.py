"""Counts the contact lists that somebody is about to be called from, where there are any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from campaignctl.model.plan import Change, ListCount
from campaignctl.planning.counting import MOST_LISTS, left_uncounted, lists_to_count

if TYPE_CHECKING:
    from campaignctl.api.client import Client


class Counted(NamedTuple):
    """What is known of lists by SID, what is noted besides, and how many requests it took."""

    lists: Mapping[str, ListCount]
    notes: tuple[str, ...]
    requests: int


def count_for(changes: Iterable[Change], now: datetime, client: Client) -> Counted | None:
    """Those of what is about to be done; None where no list is sent to."""
    wanted = lists_to_count(changes, now)
    if not wanted:
        return None
    from campaignctl.api.counting import count_lists

    before = client.requests
    lists = count_lists(client, wanted[:MOST_LISTS])
    return Counted(lists, tuple(left_uncounted(wanted)), client.requests - before)
