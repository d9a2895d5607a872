"""Finds where a campaign's text first differs from its registered one, and what was probably meant.

A row of the table of edits is a number with a bit for each place, by H. Hyyrö, *Explaining and extending the
bit-parallel approximate string matching algorithm of Myers* (2001): what takes a step for each place elsewhere
takes one for each piece here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import accumulate
from operator import gt, sub
from typing import Final

from campaignctl.dlt.slips import slip_of
from campaignctl.dlt.texts import OpenPart, Piece, Registered, Written
from campaignctl.model.dlt_checks import Slip
from campaignctl.tuples import NamedTuple


class Edit(IntEnum):
    """Names the edits that make a text match, in the order in which a first change is preferred."""

    PUT_IN = 1
    LEAVE_OUT = 2
    REPLACE = 3


class FirstDifference(NamedTuple):
    """Holds the first change of the smallest edits.

    `offset` is its character in the text as written, which ends there where nothing stands. `expected` is the fixed
    character or the variable that the registered text has, None for nothing; `found` the sign of the campaign's
    text, None for nothing and for a column, whose name is `column`. `behind` is the variable right before what is
    expected.
    """

    edit: Edit
    offset: int
    expected: Piece | None
    found: str | None
    column: str | None
    slip: Slip | None
    behind: OpenPart | None = None


class _Place(NamedTuple):
    """Holds a place at which a change may be the first: better ones compare greater."""

    edit: Edit
    place: int
    piece: int


class _EditRow(NamedTuple):
    """Holds how much the rest of both texts differs, by how many characters of the campaign's are left: a bit for
    each.

    `first` is that of none left. Bit k of `more`, `fewer`: with k + 1 left it is one more, one fewer than with k.
    Bit k of `put_in`, `replace`: with k left it is one more than in the row behind, than there with one fewer left.
    """

    first: int
    more: int
    fewer: int
    put_in: int = 0
    replace: int = 0

    def costs(self, size: int) -> Sequence[int]:
        """Returns each cost as a number."""
        more, fewer = (f"{bits | 1 << size:b}"[:0:-1].encode() for bits in (self.more, self.fewer))
        return list(accumulate(map(sub, more, fewer), initial=self.first))


def first_difference(registered: Registered, written: Written) -> FirstDifference:
    """Finds the first difference of two texts that do not match.

    A character replaced, left out or put in and a missing value are one change each; what a variable takes is none.
    """
    pieces, line = registered.pieces, written.line
    best = max(_first_changes(pieces, line))
    expected = pieces[best.piece] if best.edit is not Edit.LEAVE_OUT else None
    column = written.columns.get(best.place) if best.edit is not Edit.PUT_IN else None
    found = line[best.place] if best.edit is not Edit.PUT_IN and column is None else None
    slip = slip_of(registered, written, expected, found, column, (best.piece, best.place))
    before = pieces[best.piece - 1] if best.piece else None
    behind = before if isinstance(before, OpenPart) else None
    return FirstDifference(best.edit, written.offsets[best.place], expected, found, column, slip, behind)


def _rows(pieces: Sequence[Piece], signs: Mapping[str, int], size: int) -> Sequence[_EditRow]:
    """Computes a row for each piece, where it and all before it are gone, and at last the row of no piece."""
    rows = [_EditRow(0, (1 << size) - 1, 0)]
    for piece in reversed(pieces):
        below = rows[-1]
        rows.append(
            _of_variable(below, size)
            if isinstance(piece, OpenPart)
            else _of_character(signs.get(piece, 0), below, size)
        )
    rows.reverse()
    return rows


def _of_character(same: int, below: _EditRow, size: int) -> _EditRow:
    """Computes the row of a fixed character; `same` has a bit wherever the text has that character."""
    there = (1 << size) - 1
    level = (((same & below.more) + below.more) ^ below.more) | same | below.fewer
    higher = ((below.fewer | (~(level | below.more) & there)) << 1) | 1
    lower = (level & below.more) << 1
    more = (lower | ~(level | higher)) & there
    return _EditRow(below.first + 1, more, higher & level & there, higher, (~level & there) << 1)


def _of_variable(below: _EditRow, size: int) -> _EditRow:
    """Computes the row of a variable: it takes one character or more for nothing, or misses its value, and so costs
    as little as is left behind it anywhere.
    """
    least = list(accumulate(below.costs(size), min, initial=below.first + 1))
    records = _bits(map(gt, least, least[1:]))
    return _EditRow(below.first + 1, 0, records & ((1 << size) - 1), records)


def _first_changes(pieces: Sequence[Piece], line: str) -> Iterator[_Place]:
    """Yields the best changes of each piece before which all is equal and behind which the rest of the smallest
    edits lies.

    A place that is reached without a change is as far from the end as the beginning is, whatever piece: so a change
    that makes it one less is among the smallest edits.
    """
    size = len(line)
    signs: defaultdict[str, int] = defaultdict(int)
    for place, sign in enumerate(line):
        signs[sign] |= 1 << (size - 1 - place)
    rows = _rows(pieces, signs, size)
    least = rows[0].costs(size)[size]
    reached = 1 << size
    for number, piece in enumerate([*pieces, None]):
        row = rows[number]
        is_fixed = not isinstance(piece, OpenPart)
        yield from _latest(Edit.PUT_IN, reached & row.put_in, size, number)
        yield from _latest(Edit.REPLACE, reached & row.replace, size, number)
        yield from _latest(Edit.LEAVE_OUT, reached & (row.more << 1) if is_fixed else 0, size, number)
        if isinstance(piece, OpenPart):
            reached = _behind(rows[number + 1], reached, least, size)
        elif piece is not None:
            reached = (reached >> 1) & signs.get(piece, 0)
        if not reached:
            return


def _latest(edit: Edit, places: int, size: int, number: int) -> Iterator[_Place]:
    if places:
        yield _Place(edit, size + 1 - (places & -places).bit_length(), number)


def _behind(below: _EditRow, reached: int, least: int, size: int) -> int:
    """Returns where a variable may end that begins at one of these places, as near to the end as they are."""
    before = reached.bit_length() - 1
    return _bits(map(least.__eq__, below.costs(size)[:before]))


_DIGITS: Final = bytes.maketrans(b"\0\1", b"01")


def _bits(flags: Iterable[bool]) -> int:
    """Makes a bit of each flag, the first one the lowest."""
    return int(bytes(flags)[::-1].translate(_DIGITS) or b"0", 2)
