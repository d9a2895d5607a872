"""Says how an account does what the documents leave unknown: positions of the sandbox's switches, drawn from the
seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from simulation.leanings import GENERAL, Leaning
from simulation.product import Position, SwitchRow, rows

_LISTS = ("omit_from_contacts", "omit_from_create_contacts", "omit_from_create_list", "omit_from_fill_list")
ROWS: Mapping[str, SwitchRow] = {
    name: row
    for name, row, _ in rows()
    if row.drawn and row.group not in ("contacts", "dialling") and name not in _LISTS
}
"""Those of what is played here; nobody fills contact lists in it yet."""
DEFAULTS: Mapping[str, Position] = {name: default for name, _, default in rows()}
HABITS = tuple(name for name, row in ROWS.items() if not row.of)
"""The switches that can be thrown; others only say more about one of them."""
MOST = 3

Habits = dict[str, Position]


def drawn(random: Random, leaning: Leaning = GENERAL) -> Habits:
    """Draws a few; an account that had all of them would refuse the first request. Of a life that is about some, one of
    those more often than not.
    """
    positions: Habits = {}
    if leaning.habits:
        if random.random() < 0.75:
            positions |= thrown(random.choice(leaning.habits), random, leaning)
        if random.random() < 0.75:
            return positions
    for name in random.sample(HABITS, random.choice((0, 0, 0, 1, 2, MOST))):
        positions |= thrown(name, random, leaning)
    if random.random() < 0.35:
        positions["list_lag_seconds"] = random.choice((1.0, 9.0))  # what is most probable of all
    return positions


def thrown(name: str, random: Random, leaning: Leaning = GENERAL) -> Habits:
    """Draws a position of one habit, and what more is to be said about it."""
    positions = {str(it): (it, 1.0) for it in ROWS[name].drawn[1:]}
    return {
        name: leaning.choose(random, name, positions),
        **{it: random.choice(row.drawn) for it, row in ROWS.items() if row.of == name},
    }


def told(positions: Mapping[str, Position]) -> str:
    """Writes positions in one line."""
    return ", ".join(f"{name}={value!r}" for name, value in sorted(positions.items())) or "none"
