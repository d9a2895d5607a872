"""The life of a campaign: its states, and the steps the API allows [001, 002]. The same for both kinds."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

MARGIN = timedelta(minutes=10)
"""Nearer than this to its start a campaign can no longer be stopped with certainty."""

DEFAULT_WINDOW = timedelta(days=30)
"""How long after its start a campaign ends when nothing is said [000, 001, 002: every sample]."""


class Status(StrEnum):
    """What a live campaign is, in one spelling for both kinds."""

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
    """What a manifest wants a campaign to be."""

    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    ARCHIVED = "archived"


class Action(StrEnum):
    """What can be asked of a live campaign."""

    PAUSE = "pause"
    RESUME = "resume"
    COMPLETE = "complete"
    ARCHIVE = "archive"


ALIVE = frozenset({Status.CREATED, Status.IN_PROGRESS, Status.PAUSED})
FINISHED = frozenset({Status.COMPLETED, Status.ARCHIVED, Status.FAILED, Status.CANCELED, Status.DELETED})
CALLING = frozenset({Status.CREATED, Status.IN_PROGRESS})
"""Calling now, or about to."""

TRANSITIONS: Mapping[Action, tuple[frozenset[Status], Status]] = MappingProxyType(
    {
        Action.PAUSE: (CALLING, Status.PAUSED),
        Action.RESUME: (frozenset({Status.PAUSED}), Status.IN_PROGRESS),
        Action.COMPLETE: (frozenset({Status.PAUSED}), Status.COMPLETED),
        Action.ARCHIVE: (frozenset({Status.COMPLETED}), Status.ARCHIVED),
    }
)
"""Action → where it is allowed from, what follows. A resume before the start may answer created again."""

IRREVERSIBLE = frozenset({Action.COMPLETE, Action.ARCHIVE})

MEETS: Mapping[State, frozenset[Status]] = MappingProxyType(
    {
        State.ACTIVE: CALLING,
        State.PAUSED: frozenset({Status.PAUSED}),
        State.COMPLETED: frozenset({Status.COMPLETED}),
        State.ARCHIVED: frozenset({Status.ARCHIVED}),
    }
)

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


def read_status(word: str) -> Status:
    """The account's word, in any letter case and with any hyphens; `UNKNOWN` when it is none of them."""
    return _SPELLINGS.get(
        word.strip().lower().replace("-", "").replace("_", "").replace(" ", ""), Status.UNKNOWN
    )


def shortest_path(status: Status, state: State) -> tuple[Action, ...] | None:
    """The shortest allowed way, () when the state is met, None when there is none."""
    queue: deque[tuple[Status, tuple[Action, ...]]] = deque([(status, ())])
    seen = {status}
    while queue:
        here, path = queue.popleft()
        if here in MEETS[state]:
            return path
        for action, (sources, target) in TRANSITIONS.items():
            if here in sources and target not in seen:
                seen.add(target)
                queue.append((target, (*path, action)))
    return None
