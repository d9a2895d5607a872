"""Says when a new campaign may be one that is there, under another name (rule 3)."""

from __future__ import annotations

from typing import NamedTuple

from simulation.account import Truth


class ComparedCampaign(NamedTuple):
    """Holds what of a campaign is compared."""

    kind: str
    start: float | None
    content: str
    people: frozenset[str]


def looks_like(mine: ComparedCampaign, other: Truth, *, by_members: bool = False) -> bool:
    """Tells whether somebody who wants one may mean the other: when it is over only where all three are in common.

    With `by_members` a list stands for whom it holds.
    """
    start, content = mine.start == other.start, mine.content == other.content
    theirs = set(other.people if by_members else other.aims)
    common = mine.people & theirs
    if other.over:
        return start and content and bool(common)
    half = mine.kind == "sms" or 2 * len(common) >= min(len(mine.people), len(theirs))
    exactly = mine.people == theirs and (by_members or mine.kind != "sms")
    return bool(common) and ((start and content) or (half and (start or content)) or exactly)
