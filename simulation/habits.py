"""Says how an account does what the documents leave unknown: positions of the sandbox's switches, drawn from the
seed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from random import Random

from simulation.leanings import GENERAL
from simulation.product import Position, SwitchRow, rows
from simulation.weights import Leaning

ELSEWHERE: Mapping[str, str] = {
    "outcomes": "what people do, which excuses nothing: `stages.ANSWERS`, where results count",
    "stats": "how an account counts: `stages.COUNTERS`, where results count",
}
"""Switches that are drawn, but as no habit of every account."""
PAST = "a past"
"""What an account has of which no page holds all."""
RARELY: Mapping[str, tuple[float, str]] = {
    "serve_reports": (0.3, "reports"),
    "omit_from_rename_list": (0.1, "lists"),
    "omit_from_delete_list": (0.25, "lists"),
    "list_pages": (0.05, PAST),
}
"""Switches that the sandbox itself never throws at random: how often an account does, and what its project uses then.

Each is drawn from the seed and its name, so that accounts which do not throw it are what they were.
"""
_ENDINGS: tuple[Position, ...] = ((), ("7",), ("13",))
_LIST_KEYS: tuple[Position, ...] = ((), ("sid",), ("name",), ("item.code",), ("item.status",))
_OWN: Mapping[str, tuple[Position, ...]] = {
    "refused_numbers": _ENDINGS,
    "refused_members": _ENDINGS,
    "serve_reports": (True, False),
    "omit_from_rename_list": _LIST_KEYS,
    "omit_from_delete_list": _LIST_KEYS,
    "list_pages": ("asked", "counted", "few", "first"),
}
"""Positions of switches that the sandbox has none for: how numbers of the people in here end, and those of `RARELY`."""


def _belongs_to_lists(name: str, row: SwitchRow) -> bool:
    return row.group == "contacts" or (
        name.startswith("omit_from_") and name.endswith(("contacts", "_list")) and name != "omit_from_list"
    )


_DRAWN = {name: row for name, row, _ in rows() if name not in {*ELSEWHERE, *RARELY}}
ROWS: Mapping[str, SwitchRow] = {
    name: row for name, row in _DRAWN.items() if not _belongs_to_lists(name, row)
}
"""Those that any account may have."""
OF_LISTS: Mapping[str, SwitchRow] = {name: row for name, row in _DRAWN.items() if name not in ROWS}
"""Those that show only where somebody fills contact lists."""
DEFAULTS: Mapping[str, Position] = {name: default for name, _, default in rows()}
HABITS = tuple(name for name, row in ROWS.items() if not row.of)
"""The switches that can be thrown; others only say more about one of them."""
HABITS_OF_LISTS = tuple(name for name, row in OF_LISTS.items() if not row.of)
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


def of_a_seed(seed: int, leaning: Leaning) -> Habits:
    """Returns those that a life begins with, apart from what its lists bring, and its past where it has none."""
    return drawn(Random(f"world {seed}"), leaning) | drawn_rarely(seed, (PAST,), leaning)


def drawn_of_lists(random: Random) -> Habits:
    """Draws what more an account does whose contact lists are filled."""
    positions: Habits = {}
    for name in random.sample(HABITS_OF_LISTS, random.choice((0, 0, 1, 1, 2))):
        positions |= thrown(name, random)
    return positions


def drawn_rarely(seed: int, uses: Collection[str], leaning: Leaning = GENERAL) -> Habits:
    """Draws what of `RARELY` an account does."""
    positions: Habits = {}
    for name, (chance, of) in RARELY.items():
        random = Random(f"habit {name} {seed}")
        if of in uses and random.random() < chance * leaning.factors.get(f"rarely {name}", 1.0):
            positions[name] = random.choice(positions_of(name)[1:])
    return positions


def thrown(name: str, random: Random, leaning: Leaning = GENERAL) -> Habits:
    """Draws a position of one habit, and what more is to be said about it."""
    positions = {str(it): (it, 1.0) for it in positions_of(name)[1:]}
    return {
        name: leaning.choose(random, name, positions),
        **{it: random.choice(row.drawn) for it, row in _DRAWN.items() if row.of == name},
    }


def positions_of(name: str) -> tuple[Position, ...]:
    """Returns the positions that are drawn of a switch, the default first."""
    return _OWN.get(name) or _DRAWN[name].drawn


def told(positions: Mapping[str, Position]) -> str:
    """Writes positions in one line."""
    return ", ".join(f"{name}={value!r}" for name, value in sorted(positions.items())) or "none"
