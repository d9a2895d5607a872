"""Says what the words of `stats` count a person as: a row for each word and kind [000, 001]."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, get_args

from campaignctl.kinds import KINDS


class Column(StrEnum):
    """Names what became of a person so far. Reached and failed are final."""

    UNTRIED = "untried"
    UNDER_WAY = "under way"
    REACHED = "reached"
    FAILED = "failed"
    NEVER_TRIED = "never tried"


LimitName: TypeAlias = Literal["failed", "dnd", "invalid", "unreached"]
"""What a share of people may be limited of."""
LIMITS: Final[tuple[LimitName, ...]] = get_args(LimitName)
LEAST_TRIED: Final = 50
"""How many people must have been tried before a share of them means anything, when nothing is said."""

_FAILING: Final = {
    "failed": Column.FAILED,
    "failed-dnd": Column.FAILED,
    "invalid": Column.FAILED,
    "failed-no-attempt": Column.NEVER_TRIED,
}

COUNTERS: Final[Mapping[str, Mapping[str, Column]]] = MappingProxyType(
    {
        "VoiceCampaign": {
            "created": Column.UNTRIED,
            "in-progress": Column.UNDER_WAY,
            "retry": Column.UNDER_WAY,
            "retrying": Column.UNDER_WAY,
            "paused": Column.UNDER_WAY,
            "completed": Column.REACHED,
            **_FAILING,
        },
        "SmsCampaign": {
            "scheduled": Column.UNTRIED,
            "submitted": Column.UNDER_WAY,
            "sent": Column.REACHED,
            **_FAILING,
            "failed-expired": Column.FAILED,
            "failed-no-balance": Column.NEVER_TRIED,
        },
    }
)
"""By kind, then by word."""


def _words_of(*columns: Column) -> frozenset[str]:
    """Returns the words of every kind that count people so."""
    return frozenset(
        word for words in COUNTERS.values() for word, column in words.items() if column in columns
    )


NOT_FINAL: Final = _words_of(Column.UNTRIED, Column.UNDER_WAY)
"""The words of people whose outcome is not final."""
NEVER_TRIED: Final = _words_of(Column.NEVER_TRIED)

_RETRIED: Final = frozenset({"retry", "retrying"})
"""Nobody answered the first attempt."""


LIMIT_DOCS: Final[Mapping[LimitName, str]] = MappingProxyType(
    {
        "failed": "The share whose last attempt failed, of those who were tried.",
        "dnd": "The share who are on the do-not-disturb register.",
        "invalid": "The share whose numbers do not exist.",
        "unreached": "The share who failed or wait for a retry. Of calls alone.",
    }
)


def counted_by(limit: LimitName, kind: str) -> frozenset[str]:
    """Returns the words that a limit counts of a kind; none where it means nothing there.

    >>> sorted(counted_by("dnd", "SmsCampaign"))
    ['failed-dnd']
    """
    words = COUNTERS[kind]
    failed = frozenset(word for word, column in words.items() if column is Column.FAILED)
    match limit:
        case "failed":
            return failed
        case "dnd":
            return frozenset({"failed-dnd"})
        case "invalid":
            return frozenset({"invalid"})
        case "unreached":
            return failed | _RETRIED if words.keys() >= _RETRIED else frozenset()


if COUNTERS.keys() != KINDS.keys():
    raise AssertionError("kinds.counters, COUNTERS: a row for each kind (see docs/how-to/kind.md)")
