"""How an account behaves where the documents are silent, drawn at random from the sandbox's one table of switches.

`draw_habits(seed)` gives the same habits for a seed; `habits()` is a strategy for Hypothesis, which shrinks towards an
account that has none. A habit is a switch that does not stand at its default; few of them are drawn at a time, since an
account that has all of them refuses the first request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from hypothesis import strategies as st

from campaignctl.sandbox.server import Sandbox
from campaignctl.sandbox.switches import Position, SwitchRow, rows

ROWS: Mapping[str, SwitchRow] = {name: row for name, row, _ in rows() if row.drawn}
HABITS = tuple(name for name, row in ROWS.items() if not row.of)
"""The switches that can be thrown; others only say more about one of them."""
MOST = 4


@dataclass(frozen=True)
class Habits:
    """Positions of switches; printed as what draws or throws them again."""

    positions: Mapping[str, Position]
    seed: int | None = None

    def __repr__(self) -> str:
        drawn = "" if self.seed is None else f"draw_habits({self.seed}): "
        return f"<{drawn}sandbox.switches.change({dict(self.positions)})>"

    def throw(self, sandbox: Sandbox) -> None:
        """The account behaves so from now on."""
        sandbox.switches.change(self.positions)

    def has(self, *names: str) -> bool:
        """Whether one of these is thrown."""
        return any(name in self.positions for name in names)

    def without(self, *names: str) -> Habits:
        """The same account in all other respects."""
        return Habits({key: it for key, it in self.positions.items() if key not in names}, self.seed)


def draw_habits(seed: int, among: Sequence[str] = HABITS, most: int = MOST) -> Habits:
    """Up to `most` habits of those named; a number of its own for each of them is drawn too."""
    random = Random(seed)
    positions: dict[str, Position] = {}
    for name in random.sample(list(among), random.randint(0, min(most, len(among)))):
        positions[name] = random.choice(ROWS[name].drawn[1:])
        positions |= {it: random.choice(row.drawn) for it, row in ROWS.items() if row.of == name}
    return Habits(positions, seed)


def habits(among: Sequence[str] = HABITS, most: int = MOST) -> st.SearchStrategy[Habits]:
    """The same for Hypothesis."""
    one = st.sampled_from(list(among)).flatmap(
        lambda name: st.fixed_dictionaries(
            {
                name: st.sampled_from(ROWS[name].drawn[1:]),
                **{it: st.sampled_from(row.drawn) for it, row in ROWS.items() if row.of == name},
            }
        )
    )
    some = st.lists(one, max_size=most, unique_by=lambda drawn: next(iter(drawn)))
    return some.map(lambda drawn: Habits({key: it for each in drawn for key, it in each.items()}))
