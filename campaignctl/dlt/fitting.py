"""Says what a variable of each type may hold, as small automata, so that every cut of a text can be tried at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Final

from campaignctl.dlt.words import VariableType
from campaignctl.tuples import NamedTuple

_NAMES: Final = frozenset({"first_name", "last_name", "company_name"})
_EMAIL: Final = "email"
"""Columns that are the API's own; what others hold nobody knows."""
_NO_DIGITS: Final = frozenset({_EMAIL, *_NAMES})
_DIGITS: Final = frozenset("0123456789")


class Automaton(NamedTuple):
    """Accepts the values of a type.

    States are bits; the first one is where a value begins. `by_sign` gives the states that a state leads to, by
    what the sign is for this type; `by_column` those after a column, which may hold anything. `accepting` are those
    in which a value may end. `strange` are the columns that cannot fit.
    """

    accepting: int
    by_sign: Mapping[str, tuple[int, ...]]
    by_column: tuple[int, ...]
    strange: frozenset[str] = frozenset()

    @property
    def size(self) -> int:
        """Returns how many states there are."""
        return len(self.by_column)

    def leads_to(self, sign: str, column: str | None) -> tuple[int, ...]:
        """Returns, for each state, the states after one more place; `column` is the name of the column there."""
        if column is not None:
            return self.nowhere if column in self.strange else self.by_column
        return self.by_sign.get(_sort(sign), self.nowhere)

    @property
    def nowhere(self) -> tuple[int, ...]:
        """Returns the transitions of a place that no value can hold."""
        return (0,) * self.size

    def fits(self, line: str, columns: Mapping[int, str], start: int, end: int) -> bool:
        """Tells whether the places from `start` to before `end` can be a value of the type."""
        states = 1
        for place in range(start, end):
            states = after(states, self.leads_to(line[place], columns.get(place)))
        return bool(states & self.accepting)


def after(states: int, leads_to: tuple[int, ...]) -> int:
    """Returns the states to which a set of states leads."""
    found = 0
    for state, targets in enumerate(leads_to):
        if states >> state & 1:
            found |= targets
    return found


@cache
def leading_into(leads_to: tuple[int, ...]) -> Sequence[int]:
    """Returns, for each set of states, the states that lead into it."""
    return tuple(
        sum(1 << state for state, targets in enumerate(leads_to) if targets & states)
        for states in range(1 << len(leads_to))
    )


_SIGNS: Final = ("digit", "plus", "at", "dot", "blank", "other")


def _sort(sign: str) -> str:
    if sign in _DIGITS:
        return "digit"
    if sign.isspace():
        return "blank"
    return {"+": "plus", "@": "at", ".": "dot"}.get(sign, "other")


def _all_but(*left_out: str) -> tuple[str, ...]:
    return tuple(it for it in _SIGNS if it not in left_out)


_ANY: Final = Automaton(0b10, dict.fromkeys(_SIGNS, (2, 2)), (0b10, 0b10))
_NUMERIC: Final = Automaton(0b10, {"digit": (0b10, 0b10)}, (0b10, 0b10), _NO_DIGITS)
_CALLBACK: Final = Automaton(
    0b010, {"digit": (0b010, 0b010, 0b010), "plus": (0b100, 0, 0)}, (0b010, 0b010, 0b010), _NO_DIGITS
)
_NO_BLANK: Final = Automaton(0b10, dict.fromkeys(_all_but("blank"), (2, 2)), (0b10, 0b10), _NO_DIGITS)
_LOCAL, _AT, _HOST, _DOT, _DOMAIN = (1 << it for it in range(1, 6))
_WORD: Final = (_LOCAL, _LOCAL, _HOST, _HOST, _DOMAIN, _DOMAIN)
_ADDRESS: Final = Automaton(
    _DOMAIN,
    {
        **dict.fromkeys(_all_but("blank", "at", "dot"), _WORD),
        "dot": (_LOCAL, _LOCAL, 0, _DOT, 0, _DOT),
        "at": (0, _AT, 0, 0, 0, 0),
    },
    (
        _LOCAL | _AT | _HOST | _DOT | _DOMAIN,
        _LOCAL | _AT | _HOST | _DOT | _DOMAIN,
        _HOST | _DOT | _DOMAIN,
        _HOST | _DOT | _DOMAIN,
        _DOT | _DOMAIN,
        _DOT | _DOMAIN,
    ),
    _NAMES,
)
"""One address: a word, @, a host with a dot within. A column may be any part of it."""

AUTOMATA: Final[Mapping[VariableType | None, Automaton]] = MappingProxyType(
    {
        None: _ANY,
        VariableType.ALPHANUMERIC: _ANY,
        VariableType.NUMERIC: _NUMERIC,
        VariableType.CBN: _CALLBACK,
        VariableType.URL: _NO_BLANK,
        VariableType.URLOTT: _NO_BLANK,
        VariableType.EMAIL: _ADDRESS,
    }
)
"""By type. What an alphanumeric one holds besides is a check of its own: sources contradict each other."""
