"""Decides whether a campaign's text is its registered one, and what then stands in each variable.

No expression is built from a text: steps are at most the product of both lengths.
"""

from __future__ import annotations

from collections.abc import Sequence

from campaignctl.dlt.fitting import AUTOMATA, after, leading_into
from campaignctl.dlt.texts import OpenPart, Registered, Value, Written
from campaignctl.dlt.words import VariableType


def cut(registered: Registered, written: Written) -> tuple[Value, ...] | None:
    """Returns the values of the variables, in order; None where the texts do not match.

    Of several cuts one in which all values fit their types, else the one whose variables are the shortest, the
    first before the next.
    """
    shortest = _shortest(registered, written.line)
    if shortest is None or all(fits(value, written) for value in shortest):
        return shortest
    return _Fitting(registered, written).found() or shortest


def matches(registered: Registered, written: Written) -> bool:
    """Tells whether there is a cut at all."""
    return _shortest(registered, written.line) is not None


def fits(value: Value, written: Written) -> bool:
    """Tells whether a value can be of its variable's type."""
    automaton = AUTOMATA[value.variable.type]
    return automaton.fits(written.line, written.columns, value.start, value.end)


def _shortest(registered: Registered, line: str) -> tuple[Value, ...] | None:
    """Cuts by placing each fixed part where it comes first, and the last one at the end."""
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
    """Finds the shortest of the cuts in which all values fit.

    From the last variable to the first it is noted at which places one may end, and may begin, so that all behind
    it fits; a row has a place more than the text, and the row behind the last variable is right at its end alone.
    """

    def __init__(self, registered: Registered, written: Written) -> None:
        self.registered = registered
        self.line, self.columns = written.line, written.columns
        self.size = len(self.line)
        self._steps: dict[VariableType | None, Sequence[Sequence[int]]] = {}
        self.may_end: list[bytearray] = []
        self.may_begin = bytearray(self.size + 1)
        self.may_begin[self.size] = True
        for variable, part in zip(reversed(registered.variables), reversed(registered.fixed), strict=False):
            self.may_end.append(self._ends(part))
            self.may_begin = self._beginnings(variable.type, self.may_end[-1])
        self.may_end.reverse()

    def found(self) -> tuple[Value, ...] | None:
        """Returns the cut; None where none fits."""
        start = len(self.registered.fixed[0])
        if not self.may_begin[start]:
            return None
        values: list[Value] = []
        for number, variable in enumerate(self.registered.variables):
            end = self._first_end(number, variable, start)
            values.append(Value(variable, start, end))
            start = end + len(self.registered.fixed[number + 1])
        return tuple(values)

    def _ends(self, part: str) -> bytearray:
        """Marks where the part stands behind which the next variable may begin, or the text is over."""
        if not part:
            return self.may_begin
        row = bytearray(self.size + 1)
        place = self.line.find(part)
        while place >= 0:
            row[place] = self.may_begin[place + len(part)]
            place = self.line.find(part, place + 1)
        return row

    def _beginnings(self, kind: VariableType | None, ends: bytearray) -> bytearray:
        """Marks where a variable may begin: it runs the automaton of its type backwards, from the states after
        which all behind fits.
        """
        accepting, row = AUTOMATA[kind].accepting, bytearray(self.size + 1)
        good = accepting if ends[self.size] else 0
        for place, before in zip(range(self.size - 1, -1, -1), self._backwards(kind), strict=True):
            good = before[good]
            row[place] = good & 1
            if ends[place]:
                good |= accepting
        return row

    def _backwards(self, kind: VariableType | None) -> Sequence[Sequence[int]]:
        """Returns for each place, from the last one back, what leads over it, by the states behind it."""
        if kind not in self._steps:
            leads_to, columns = AUTOMATA[kind].leads_to, self.columns
            self._steps[kind] = [
                leading_into(leads_to(self.line[place], columns.get(place)))
                for place in range(self.size - 1, -1, -1)
            ]
        return self._steps[kind]

    def _first_end(self, number: int, variable: OpenPart, start: int) -> int:
        automaton, states = AUTOMATA[variable.type], 1
        for place in range(start, self.size):
            states = after(states, automaton.leads_to(self.line[place], self.columns.get(place)))
            if states & automaton.accepting and self.may_end[number][place + 1]:
                return place + 1
        raise AssertionError("where it may begin it has an end")
