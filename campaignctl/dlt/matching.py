"""Whether a campaign's text is its registered one, and what then stands in each variable.

No expression is built from a text: steps are at most the product of both lengths.
"""

from __future__ import annotations

from collections.abc import Sequence

from campaignctl.dlt.fitting import AUTOMATA, Automaton, after
from campaignctl.dlt.texts import OpenPart, Registered, Value, Written


def cut(registered: Registered, written: Written) -> tuple[Value, ...] | None:
    """The values of the variables, in order; None where the texts do not match.

    Of several cuts one in which all values fit their types, else the one whose variables are the shortest, the first
    before the next.
    """
    shortest = _shortest(registered, written.line)
    if shortest is None or all(fits(value, written) for value in shortest):
        return shortest
    return _Fitting(registered, written).found() or shortest


def matches(registered: Registered, written: Written) -> bool:
    """Whether there is a cut at all."""
    return _shortest(registered, written.line) is not None


def fits(value: Value, written: Written) -> bool:
    """Whether a value can be of its variable's type."""
    automaton = AUTOMATA[value.variable.type]
    return automaton.fits(written.line, written.columns, value.start, value.end)


def _shortest(registered: Registered, line: str) -> tuple[Value, ...] | None:
    """Each fixed part where it comes first; the last one at the end."""
    first, *others = registered.fixed
    if not line.startswith(first):
        return None
    if not others:
        return () if line == first else None
    values: list[Value] = []
    start = len(first)
    for variable, part in zip(registered.variables[:-1], others[:-1], strict=True):
        end = line.find(part, start + 1)
        if end < 0:
            return None
        values.append(Value(variable, start, end))
        start = end + len(part)
    end = len(line) - len(others[-1])
    if end <= start or not line.endswith(others[-1]):
        return None
    return (*values, Value(registered.variables[-1], start, end))


class _Fitting:
    """The shortest of the cuts in which all values fit.

    From the last variable to the first it is noted at which places one may begin so that all behind it fits; a row
    has a place more than the text, and the row behind the last variable is right at its end alone.
    """

    def __init__(self, registered: Registered, written: Written) -> None:
        self.registered = registered
        self.line, self.columns = written.line, written.columns
        self.size = len(self.line)
        end = bytearray(self.size + 1)
        end[self.size] = True
        self.may_begin: list[bytearray] = [end]
        for number in range(len(registered.variables) - 1, -1, -1):
            self.may_begin.insert(0, self._row(number, self.may_begin[0]))

    def found(self) -> tuple[Value, ...] | None:
        """None where no cut fits."""
        start = len(self.registered.fixed[0])
        if not self.may_begin[0][start]:
            return None
        values: list[Value] = []
        for number, variable in enumerate(self.registered.variables):
            end = self._first_end(number, variable, start)
            values.append(Value(variable, start, end))
            start = end + len(self.registered.fixed[number + 1])
        return tuple(values)

    def _row(self, number: int, behind: Sequence[int]) -> bytearray:
        """Where a variable may begin: its automaton backwards, with the states from which all behind fits."""
        automaton = AUTOMATA[self.registered.variables[number].type]
        row = bytearray(self.size + 1)
        good = automaton.accepting if self._may_end(number, self.size, behind) else 0
        for place in range(self.size - 1, -1, -1):
            leads_to = automaton.leads_to(self.line[place], self.columns.get(place))
            good = _before(good, leads_to, automaton)
            row[place] = good & 1
            if self._may_end(number, place, behind):
                good |= automaton.accepting
        return row

    def _may_end(self, number: int, place: int, behind: Sequence[int]) -> bool:
        part = self.registered.fixed[number + 1]
        then = place + len(part)
        return then <= self.size and bool(behind[then]) and self.line.startswith(part, place)

    def _first_end(self, number: int, variable: OpenPart, start: int) -> int:
        automaton, states = AUTOMATA[variable.type], 1
        for place in range(start, self.size):
            states = after(states, automaton.leads_to(self.line[place], self.columns.get(place)))
            if states & automaton.accepting and self._may_end(number, place + 1, self.may_begin[number + 1]):
                return place + 1
        raise AssertionError("where it may begin it has an end")


def _before(good: int, leads_to: tuple[int, ...], automaton: Automaton) -> int:
    """The states that lead to a good one."""
    found = 0
    for state in range(automaton.size):
        if leads_to[state] & good:
            found |= 1 << state
    return found
