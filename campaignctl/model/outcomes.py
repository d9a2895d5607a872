"""Holds what became of each recipient of a campaign: rows as they come, which columns they have, and how many ended
how.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

Cell: TypeAlias = "str | int | float | bool | list[Cell] | dict[str, Cell] | None"
Row: TypeAlias = Mapping[str, Cell]

FIRST_COLUMNS: Final = ("sid", "number", "status", "detailed_status")
NO_STATUS: Final = "no status"
OTHERS: Final = "other"
_MOST_OUTCOMES: Final = 50


@dataclass(frozen=True, slots=True)
class Batch:
    """Holds some rows, in the account's order. `offset` is where the next one begins: reading can go on there.

    `failed` are items that the account could not give; `total` is how many it claims there are in all.
    """

    rows: tuple[Row, ...]
    offset: int
    failed: int = 0
    total: int | None = None


def columns_of(rows: Iterable[Row]) -> tuple[str, ...]:
    """Returns the four columns that every report begins with, then all others in the order in which they are first
    seen.
    """
    return tuple(dict.fromkeys([*FIRST_COLUMNS, *(name for row in rows for name in row)]))


@dataclass
class Tally:
    """Counts how many recipients ended how, in little memory however many they are.

    `skipped` were left out at the beginning, and the next one is at `offset`; `total` is the account's last claim.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    failed: int = 0
    offset: int = 0
    total: int | None = None
    skipped: int = 0

    def add(self, batch: Batch) -> None:
        """Counts a batch."""
        for row in batch.rows:
            word = _outcome(row.get("status"))
            known = word in self.outcomes or len(self.outcomes) < _MOST_OUTCOMES
            self.outcomes[word if known else OTHERS] += 1
        self.rows += len(batch.rows)
        self.failed += batch.failed
        self.offset = batch.offset
        self.total = batch.total if batch.total is not None else self.total

    @property
    def ranked(self) -> Sequence[tuple[str, int]]:
        """Returns outcomes with their counts, the most frequent first."""
        return sorted(self.outcomes.items(), key=lambda pair: (-pair[1], pair[0]))

    @property
    def missing(self) -> int:
        """Returns how many more recipients the account claims than it showed: some may have come in where others
        had been read already.
        """
        return max((self.total or 0) - self.skipped - self.rows - self.failed, 0)


def _outcome(value: Cell) -> str:
    return value if isinstance(value, str) and value else NO_STATUS
