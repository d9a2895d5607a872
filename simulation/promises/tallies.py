"""Counts what became of the people of a campaign, by the account's own record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, log

_UNTRIED = ("created", "scheduled")
_UNDER_WAY = ("in-progress", "retry", "retrying", "paused", "submitted")
_REACHED = ("completed", "sent")
_FAILED = ("failed", "failed-dnd", "invalid", "failed-expired")
_NEVER = ("failed-no-attempt", "failed-no-balance")
_TRIED = 50
"""How many are tried before a limit counts, where the manifest does not say."""


@dataclass(frozen=True)
class PeopleTally:
    """Counts people in the columns of the rules."""

    stats: Mapping[str, int]

    def _of(self, *columns: Sequence[str]) -> int:
        return sum(self.stats.get(word, 0) for words in columns for word in words)

    @property
    def all(self) -> int:
        """Returns all of them."""
        return sum(self.stats.values())

    @property
    def finished(self) -> int:
        """Returns those who have a final outcome."""
        return self._of(_REACHED, _FAILED)

    @property
    def tried(self) -> int:
        """Returns those who were called at least once."""
        return self._of(_REACHED, _FAILED, _UNDER_WAY)

    @property
    def open(self) -> int:
        """Returns those who may still be called."""
        return self._of(_UNTRIED, _UNDER_WAY)

    @property
    def never(self) -> int:
        """Returns those who never were and will not be."""
        return self._of(_NEVER)

    @property
    def failed(self) -> int:
        """Returns those who count for a limit of `failed`."""
        return self._of(_FAILED)

    @property
    def unreached(self) -> int:
        """Returns those who count for a limit of `unreached`."""
        return self._of(_FAILED, ("retry", "retrying"))

    def crosses(self, stop_when: Sequence[tuple[str, str]]) -> bool:
        """Tells whether a limit is crossed at which a campaign is stopped."""
        limits = dict(stop_when)
        tried = int(limits.pop("tried", _TRIED))
        counts = {"failed": self.failed, "unreached": self.unreached}
        return self.tried >= tried and any(
            evidence(counts[of], self.tried, limit) >= log(100) for of, limit in limits.items()
        )


Limits = tuple[tuple[str, str], ...]


def limits(project: Limits, own: Limits) -> Limits:
    """Puts a manifest's limits over those of the project, key by key."""
    return tuple({**dict(project), **dict(own)}.items())


def percent(text: str) -> Fraction:
    """Reads `40%`."""
    return Fraction(text.rstrip("%")) / 100


def at_most(count: int, of: int, limit: str) -> Fraction:
    """Returns the chance that so few fail at the limit itself."""
    p = percent(limit)
    return sum((comb(of, it) * p**it * (1 - p) ** (of - it) for it in range(count + 1)), Fraction())


def at_least(count: int, of: int, limit: str) -> Fraction:
    """Returns the chance that so many do."""
    return 1 - at_most(count - 1, of, limit) if count else Fraction(1)


def evidence(count: int, of: int, limit: str) -> float:
    """Returns how much more so many speak for twice the limit than for the limit."""
    p = float(percent(limit))
    q = min(2 * p, (1 + p) / 2)
    return count * log(q / p) + (of - count) * log((1 - q) / (1 - p))
