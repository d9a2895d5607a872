"""Says by how much each row of each table is more, or less, probable in a life than in a general one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

Row = TypeVar("Row")
_SWARM = (0.0, 0.0, 1.0, 1.0, 6.0)


@dataclass(frozen=True)
class Leaning:
    """Holds factors of weights and of chances. What `factors` does not name is as it is, or `drawn` from the seed."""

    name: str
    factors: Mapping[str, float] = field(default_factory=dict)
    habits: tuple[str, ...] = ()
    seed: int | None = None
    _drawn: dict[str, float] = field(default_factory=dict)

    def factor(self, row: str) -> float:
        """Returns by how much a row is more probable than in a general life."""
        if self.seed is None:
            return self.factors.get(row, 1.0)
        if row not in self._drawn:
            self._drawn[row] = Random(f"leaning {self.seed} {row}").choice(_SWARM)
        return self._drawn[row]

    def choose(self, random: Random, table: str, rows: Mapping[str, tuple[Row, float]]) -> Row:
        """Draws one row of a table, by weight."""
        weights = [weight * self.factor(f"{table} {name}") for name, (_, weight) in rows.items()]
        if not any(weights):
            weights = [weight for _, weight in rows.values()]
        return random.choices([row for row, _ in rows.values()], weights)[0]

    def word(self, random: Random, table: str, weights: Mapping[str, float]) -> str:
        """Draws the name of one row."""
        return self.choose(random, table, {name: (name, weight) for name, weight in weights.items()})

    def happens(self, random: Random, what: str, chance: float) -> bool:
        """Tells whether something does, whose chance in a general life is so."""
        return random.random() < min(chance * self.factor(what), 0.95)


BUSY = {"event commit and apply": 2.0, "event look": 0.2, "event another clock": 0.0}
CALM = {"weather calm": 4.0, "meeting at any step": 0.2}
"""Of a life in which most happens at commits, and of one in which little goes wrong by itself."""
