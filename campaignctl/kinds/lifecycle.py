"""Describes the life of a campaign: its states [001, 002], the same for both kinds.

`operations` leads from one to another.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

MARGIN = timedelta(minutes=10)
"""Nearer than this to its start a campaign can no longer be stopped with certainty."""

DEFAULT_WINDOW = timedelta(days=30)
"""How long after its start a campaign ends when nothing is said [000, 001, 002: every sample]."""


class Status(StrEnum):
    """Names the states of a live campaign, in one spelling for both kinds."""

    CREATED = "created"
    IN_PROGRESS = "in-progress"
    PAUSED = "paused"
    COMPLETED = "completed"
    ARCHIVED = "archived"
    FAILED = "failed"
    CANCELED = "canceled"
    DELETED = "deleted"
    UNKNOWN = "unknown"


class State(StrEnum):
    """Names the states that a manifest can ask for."""

    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    ARCHIVED = "archived"


ALIVE = frozenset({Status.CREATED, Status.IN_PROGRESS, Status.PAUSED})
FINISHED = frozenset({Status.COMPLETED, Status.ARCHIVED, Status.FAILED, Status.CANCELED, Status.DELETED})
CALLING = frozenset({Status.CREATED, Status.IN_PROGRESS})
"""Calling now, or about to."""
NOT_CALLING = (ALIVE | FINISHED) - CALLING
"""Surely not calling: what is unknown may be."""

MEETS: Mapping[State, frozenset[Status]] = MappingProxyType(
    {
        State.ACTIVE: CALLING,
        State.PAUSED: frozenset({Status.PAUSED}),
        State.COMPLETED: frozenset({Status.COMPLETED}),
        State.ARCHIVED: frozenset({Status.ARCHIVED}),
    }
)
"""What a campaign is that is as it is wanted. What follows from a state below is a property of its row here."""

ENDING_STATES = frozenset(state for state, meets in MEETS.items() if meets <= FINISHED)
"""The campaign is to be over: none is created for it."""
STOPPED_STATES = frozenset(state for state, meets in MEETS.items() if not meets & CALLING)
"""The campaign is not to call: it is to wait, or to be over."""
ENDED = frozenset().union(*(MEETS[state] for state in ENDING_STATES))
"""It came to its end, or was ended, and did not fail."""
FAILURES = frozenset({Status.FAILED, Status.CANCELED})
"""It is over without having been carried out."""

_SPELLINGS: Mapping[str, Status] = MappingProxyType(
    {
        "created": Status.CREATED,
        "scheduled": Status.CREATED,
        "inprogress": Status.IN_PROGRESS,
        "paused": Status.PAUSED,
        "completed": Status.COMPLETED,
        "archived": Status.ARCHIVED,
        "failed": Status.FAILED,
        "canceled": Status.CANCELED,
        "cancelled": Status.CANCELED,
        "deleted": Status.DELETED,
    }
)


@lru_cache(maxsize=256)
def read_status(word: str) -> Status:
    """Reads the account's word in any letter case and with any hyphens; it is `UNKNOWN` when it is none of them."""
    return _SPELLINGS.get(
        word.strip().lower().replace("-", "").replace("_", "").replace(" ", ""), Status.UNKNOWN
    )
