"""Where a campaign's text first differs from its registered one, and what was probably meant."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from campaignctl.dlt.slips import slip_of
from campaignctl.dlt.texts import OpenPart, Piece, Registered, Written
from campaignctl.model.dlt_checks import Slip


class Edit(IntEnum):
    """What makes a text match, in the order in which a first change is preferred."""

    PUT_IN = 1
    LEAVE_OUT = 2
    REPLACE = 3


class FirstDifference(NamedTuple):
    """The first change of the smallest edits.

    `offset` is its character in the text as written, which ends there where nothing stands. `expected` is the fixed
    character or the variable that the registered text has, None for nothing; `found` the sign of the campaign's text,
    None for nothing and for a column, whose name is `column`.
    """

    edit: Edit
    offset: int
    expected: Piece | None
    found: str | None
    column: str | None
    slip: Slip | None


class _Place(NamedTuple):
    """A place at which a change may be the first: better ones compare greater."""

    edit: Edit
    place: int
    piece: int


def first_difference(registered: Registered, written: Written) -> FirstDifference:
    """For two texts that do not match.

    A character replaced, left out or put in and a missing value are one each; what a variable takes is nothing.
    """
    pieces, line = registered.pieces, written.line
    costs = _costs(pieces, line)
    best = max(_first_changes(pieces, line, costs))
    expected = pieces[best.piece] if best.edit is not Edit.LEAVE_OUT else None
    column = written.columns.get(best.place) if best.edit is not Edit.PUT_IN else None
    found = line[best.place] if best.edit is not Edit.PUT_IN and column is None else None
    slip = slip_of(registered, written, expected, found, column, (best.piece, best.place))
    return FirstDifference(best.edit, written.offsets[best.place], expected, found, column, slip)


_Costs = Sequence[Sequence[int]]


def _costs(pieces: Sequence[Piece], line: str) -> _Costs:
    """By piece and place, how much the rest of both texts differs where neither has begun."""
    size = len(line)
    rows = [array("H", range(size, -1, -1))]
    for piece in reversed(pieces):
        below = rows[-1]
        rows.append(_of_variable(below) if isinstance(piece, OpenPart) else _of_character(piece, line, below))
    rows.reverse()
    return rows


def _of_character(character: str, line: str, below: Sequence[int]) -> array[int]:
    cost = below[-1] + 1
    row = [cost]
    diagonal = below[-1]
    for sign, put_in in zip(reversed(line), reversed(below[:-1]), strict=True):
        if sign == character:
            cost = diagonal  # neighbours differ by one at most, so that no other way is shorter
        else:
            beside = put_in if put_in < cost else cost
            cost = (diagonal if diagonal < beside else beside) + 1
        row.append(cost)
        diagonal = put_in
    row.reverse()
    return array("H", row)


def _of_variable(below: Sequence[int]) -> array[int]:
    """It takes one place or more for nothing, or misses its value."""
    row = [below[-1] + 1]
    least = below[-1]
    for cost in reversed(below[:-1]):
        row.append(min(least, cost + 1))
        least = min(least, cost)
    row.reverse()
    return array("H", row)


def _first_changes(pieces: Sequence[Piece], line: str, costs: _Costs) -> Iterator[_Place]:
    """Every change before which all is equal and behind which the rest of the smallest edits lies."""
    left = costs[0][0] - 1
    reached: Sequence[int] = (0,)
    for number, piece in enumerate(pieces):
        for place in reached:
            yield from _changes(piece, line, place, number, costs, left)
        reached = _behind(piece, line, reached)
    yield from (
        _Place(Edit.LEAVE_OUT, place, len(pieces))
        for place in reached
        if place < len(line) and costs[-1][place + 1] == left
    )


def _changes(piece: Piece, line: str, place: int, number: int, costs: _Costs, left: int) -> Iterator[_Place]:
    if costs[number + 1][place] == left:
        yield _Place(Edit.PUT_IN, place, number)
    if isinstance(piece, OpenPart) or place == len(line):
        return
    if costs[number][place + 1] == left:
        yield _Place(Edit.LEAVE_OUT, place, number)
    if line[place] != piece and costs[number + 1][place + 1] == left:
        yield _Place(Edit.REPLACE, place, number)


def _behind(piece: Piece, line: str, reached: Sequence[int]) -> Sequence[int]:
    """The places that are reached behind a piece without a change."""
    if not reached:
        return ()
    if isinstance(piece, OpenPart):
        return range(min(reached) + 1, len(line) + 1)
    return [place + 1 for place in reached if place < len(line) and line[place] == piece]
