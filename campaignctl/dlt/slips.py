"""Guesses what was probably meant by a first difference: the usual slips, in the order in which they are looked
for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final

from campaignctl.dlt.matching import matches
from campaignctl.dlt.texts import OpenPart, Piece, Registered, Written
from campaignctl.model.dlt_checks import Slip
from campaignctl.model.ucs2 import DASHES, DOUBLE_QUOTES, SINGLE_QUOTES
from campaignctl.tuples import NamedTuple


class _Differing(NamedTuple):
    """Holds a first difference: both texts, the signs there (None for none), and at which piece and place."""

    registered: Registered
    written: Written
    expected: str | None
    found: str | None
    column: str | None
    piece: int
    place: int


def slip_of(
    registered: Registered,
    written: Written,
    expected: Piece | None,
    found: str | None,
    column: str | None,
    at: tuple[int, int],
) -> Slip | None:
    """Returns the first slip that explains a difference; None where none does.

    `at` is the piece and the place of the difference.
    """
    fixed = None if isinstance(expected, OpenPart) else expected
    differing = _Differing(registered, written, fixed, found, column, *at)
    return next((slip for slip, holds in _ROWS if holds(differing)), None)


# -- normal form -----------------------------------------------------------------------------------------------


def _normal_form(it: _Differing) -> bool:
    """Tells whether the texts are equal once composed: the letter there with its marks, or both texts."""
    if it.expected is None and it.found is None:
        return False
    mine, theirs = _letter(it.written.line, it.place), _letter(*_run(it.registered, it.piece))
    if mine != theirs and _composed(mine) == _composed(theirs):
        return True
    ours, other = Registered(_composed(it.registered.text)), Written(_composed(it.written.text))
    return matches(ours, other)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _run(registered: Registered, piece: int) -> tuple[str, int]:
    """Returns the fixed part that a piece is in, and where in it."""
    begin = end = piece
    pieces = registered.pieces
    while begin > 0 and isinstance(pieces[begin - 1], str):
        begin -= 1
    while end < len(pieces) and isinstance(pieces[end], str):
        end += 1
    return "".join(str(it) for it in pieces[begin:end]), piece - begin


def _letter(text: str, place: int) -> str:
    """Returns the sign at a place with the marks around it."""
    begin, end = place, place + 1
    while begin > 0 and (begin >= len(text) or _is_mark(text[begin])):
        begin -= 1
    while end < len(text) and _is_mark(text[end]):
        end += 1
    return text[begin:end]


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign).startswith("M")


# -- the others ------------------------------------------------------------------------------------------------

_LINE_BREAKS: Final = "\n\r\x85\u2028\u2029"


def _line_break_at_end(it: _Differing) -> bool:
    """Tells whether one text goes on, with nothing but line breaks."""
    rest, fixed = it.written.line[it.place :], it.registered.pieces[it.piece :]
    if it.expected is None:
        return it.found is not None and not fixed and not rest.strip(_LINE_BREAKS)
    return not rest and all(isinstance(sign, str) and sign in _LINE_BREAKS for sign in fixed)


def _column(it: _Differing) -> bool:
    return it.column is not None


def _both(it: _Differing, belongs: Callable[[str], bool]) -> bool:
    """Tells whether both signs are of a sort; where there is one alone, whether that one is."""
    signs = [sign for sign in (it.expected, it.found) if sign is not None]
    return bool(signs) and it.column is None and all(map(belongs, signs))


def _blank(it: _Differing) -> bool:
    """Tells whether the blanks differ: another kind, one too many or one too few."""
    return _both(it, str.isspace)


_QUOTES: Final = (f"'{SINGLE_QUOTES}", f'"{DOUBLE_QUOTES}')


def _quote(it: _Differing) -> bool:
    return any(_alike(it, signs) for signs in _QUOTES)


def _dash(it: _Differing) -> bool:
    return _alike(it, f"-{DASHES}")


def _alike(it: _Differing, signs: str) -> bool:
    return it.expected is not None and it.found is not None and it.expected in signs and it.found in signs


_JOINING: Final = "\u034f\ufe00\ufe01\ufe0e\ufe0f"
"""A grapheme joiner, and what chooses how the sign before it looks."""


def _invisible(it: _Differing) -> bool:
    """Tells whether either text has a sign there that nobody sees."""
    return any(sign is not None and _is_invisible(sign) for sign in (it.expected, it.found))


def _is_invisible(sign: str) -> bool:
    return unicodedata.category(sign) == "Cf" or sign in _JOINING


def _case(it: _Differing) -> bool:
    one, other = it.expected, it.found
    return one is not None and other is not None and one.casefold() == other.casefold()


_ROWS: Final[tuple[tuple[Slip, Callable[[_Differing], bool]], ...]] = (
    (Slip.NORMAL_FORM, _normal_form),
    (Slip.LINE_BREAK_AT_END, _line_break_at_end),
    (Slip.COLUMN, _column),
    (Slip.BLANK, _blank),
    (Slip.QUOTE, _quote),
    (Slip.DASH, _dash),
    (Slip.INVISIBLE, _invisible),
    (Slip.CASE, _case),
)
