"""Reads the numbers of a `from_file`.

They are people's: no message quotes a line of the file. Whoever is left out in silence is not called, and nobody
hears of it: so a file that could be read in two ways is refused, at its line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from campaignctl.diagnostics import counted, quoted, some_of
from campaignctl.kinds.formats import PHONE
from campaignctl.kinds.table import Field
from campaignctl.manifests.files import UnreadableFileError, decoded
from campaignctl.manifests.scalars import FaultyError, check_limits, check_text
from campaignctl.tuples import NamedTuple

COLUMN: Final = "number"
RULE: Final = "from-file"
MOST_FAULTS: Final = 50
"""Of one file: the wrong file has as many as it has lines."""

_DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs"}
_MOST_NAMES: Final = 8
_HEADER_FIRST: Final = (
    f"a CSV begins with a header that has a column {COLUMN}, any other file has one number a line"
)
_FOR_EXCEL: Final = re.compile('"?sep=.?"?', re.IGNORECASE)
_DIGIT: Final = re.compile(r"\d")
_DIGITS_ALONE: Final = re.compile(r"[+-]?(?=.*[0-9])[0-9 ().,/eE+-]*")
_MANY_DIGITS: Final = 6
_BETWEEN_WORDS: Final = re.compile(r"[\s_./()#&'’?-]+")
_WORD: Final = re.compile(r"(?:(?!\d)[A-Za-z\u0080-\U0010ffff]){1,20}[0-9]{0,2}|[0-9]{1,3}")
_LONGEST_HEADING: Final = 40


@dataclass(frozen=True, slots=True)
class BadLine:
    """Holds a line that is no number; lines count from 1."""

    line: int
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class NumbersFile:
    """Holds what was found. `fault`, a rule and a message, concerns the complete file."""

    numbers: tuple[str, ...]
    bad_lines: tuple[BadLine, ...] = ()
    fault: tuple[str, str] | None = None


class MisreadError(Exception):
    """Says that from this line on nobody can tell who is meant."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.bad = BadLine(line, RULE, message)


class MissingColumnError(Exception):
    """Says that the file lacks columns that are asked for beside the number's. `why` is said of each."""

    def __init__(self, columns: Sequence[str], why: str = "") -> None:
        super().__init__(", ".join(columns))
        self.columns, self._why = columns, why

    def said_of(self, column: str) -> str:
        """Says of one of them that it is not there."""
        return self._why or f"no column is called {quoted(column)}"


class Header(NamedTuple):
    """Says how the rows below a header are cut, which of their cells is the number, and which are the others asked
    for.
    """

    delimiter: str
    column: int
    width: int
    others: tuple[int, ...] = ()


def read_numbers(field: Field, text: str) -> NumbersFile:
    """Reads a CSV whose header has `number` once, else one number a line; blank lines are skipped.

    `field` is the row of the numbers: how one must look and how many there may be.
    """
    numbers: list[str] = []
    bad = BadLines()
    right = field.format.matches if field.format else bool
    try:
        for line, (cell,) in cells_of(text):
            if right(cell):
                numbers.append(cell)
            else:
                bad.add(field, line, cell)
    except MisreadError as misread:
        return NumbersFile((), (*bad.told(), misread.bad))
    return NumbersFile(tuple(numbers), tuple(bad.told()), count_fault(field, len(numbers) + bad.count))


class BadLines:
    """Collects what is wrong with single lines: of the wrong file that is every line, so only the first are looked
    at.
    """

    def __init__(self) -> None:
        self.first: list[BadLine] = []
        self.count = 0

    def add(self, field: Field, line: int, cell: str) -> None:
        """Adds one more line."""
        self.count += 1
        if self.count <= MOST_FAULTS + 1:
            try:
                check_text(field, cell)
            except FaultyError as faulty:
                self.first.append(BadLine(line, faulty.rule, faulty.message))

    def told(self) -> Iterator[BadLine]:
        """Yields the first lines, then how many more there are."""
        yield from self.first[:MOST_FAULTS]
        for more in self.first[MOST_FAULTS:]:
            what = counted(self.count - MOST_FAULTS, "more line is", "more lines are")
            yield BadLine(more.line, more.rule, f"{what} wrong, this the first of them")


def place_of(path: Path, index: int) -> tuple[int, int]:
    """Returns line and column of one number, counted from 0; the first number's where it is not there any more."""
    with suppress(OSError, UnreadableFileError, MisreadError):
        text = decoded(path.read_bytes())
        for line, (cell,) in islice(cells_of(text), index, index + 1):
            written = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[line - 1]
            return line, max(0, written.find(cell)) + 1
    return 1, 1


def cells_of(text: str, columns: Sequence[str] = (COLUMN,)) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yields the cells of each row in some columns, the first the number's, with its line; blank lines left out.

    Raises:
        MisreadError: nobody can tell who is meant from some line on.
        MissingColumnError: the header lacks one that is not the number's, or there is none.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    _refuse_binary(text, lines)
    first = next((place for place, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return
    header = _header(lines[first], first + 1, columns)
    if header is None:
        if len(columns) > 1:
            raise MissingColumnError(columns[1:], "there is no header")
        yield from ((place, (line.strip(),)) for place, line in enumerate(lines, 1) if line.strip())
    else:
        yield from _rows(header, lines, first + 1)


def _refuse_binary(text: str, lines: Sequence[str]) -> None:
    if "\0" in text:
        line = next(place for place, line in enumerate(lines, 1) if "\0" in line)
        raise MisreadError(
            line, "it holds NUL bytes, as UTF-16 and spreadsheets do; save it as UTF-8 text or CSV"
        )


# -- the rows of a CSV -----------------------------------------------------------------------------------------


def _rows(header: Header, lines: Sequence[str], begin: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yields the cells of the rows below a header; `begin` is how many lines stand above them."""
    reader = csv.reader((f"{line}\n" for line in lines[begin:]), delimiter=header.delimiter, strict=True)
    above = begin
    try:
        for row in reader:
            first, above = above + 1, begin + reader.line_num
            if any(map(str.strip, row)):
                _refuse_left_out(header, row, first, above)
                cells = (_cell(row, place) for place in (header.column, *header.others))
                yield first + _breaks(row[: header.column]), tuple(cells)
    except csv.Error:
        raise MisreadError(above + 1, _unread(lines[above], header.delimiter)) from None


def _cell(row: Sequence[str], column: int) -> str:
    return row[column].strip() if column < len(row) else ""


def _breaks(cells: Sequence[str]) -> int:
    return sum(cell.count("\n") for cell in cells)


def _unread(line: str, delimiter: str) -> str:
    if any(cell.startswith('"') for cell in line.split(delimiter)):
        return (
            "a quote opens here and does not close where its cell ends, so rows would be left out; remove it"
        )
    return "it is not readable as CSV"


def _refuse_left_out(header: Header, row: Sequence[str], first: int, last: int) -> None:
    """Refuses a row that has numbers where none is looked for: beyond the header, or in a cell that took in other
    rows.
    """
    if any(map(str.strip, row[header.width :])):
        raise MisreadError(
            first,
            f"it has {counted(len(row), 'cell')} and the header {header.width}, so who is meant is not clear",
        )
    if last == first:
        return
    taken_in = (piece for cell in row if "\n" in cell for piece in re.split(f"[\n{header.delimiter}]", cell))
    if any(map(_a_number_alone, taken_in)):
        what = f"a quote opens here and takes in what looks like rows, up to line {last}"
        raise MisreadError(
            first, f"{what}, so they would be left out; remove it, or close it where its cell ends"
        )


# -- the header ------------------------------------------------------------------------------------------------


def header_of(line: str, columns: Sequence[str] = (COLUMN,)) -> Header | None:
    """Returns how a CSV that begins with this line is read; None for one of numbers alone, and where it is not
    clear.

    Raises:
        MissingColumnError: see `cells_of`.
    """
    with suppress(MisreadError):
        return _header(line, 1, columns)
    return None


def _header(line: str, place: int, columns: Sequence[str] = (COLUMN,)) -> Header | None:
    """Returns how a CSV is read; None for a file of one number a line.

    Raises:
        MisreadError: the first line is neither a number nor a header that has `number` once.
    """
    if _FOR_EXCEL.fullmatch(line.strip()):
        raise MisreadError(place, f"this line is for Excel alone; remove it, {_HEADER_FIRST}")
    found = [header for it in _DELIMITERS if (header := _found(line, it, place, columns)) is not None]
    if len(found) > 1 and any(header.width > 1 for header in found):
        ways = " and ".join(_DELIMITERS[header.delimiter] for header in found)
        raise MisreadError(place, f"the header can be cut at {ways}; keep to one of them")
    if found:
        return found[0]
    delimiter = max(_DELIMITERS, key=line.count)
    names = _cut(line, delimiter)
    if names is None:
        raise MisreadError(place, _unread(line, delimiter))
    if PHONE.slip(line.strip()) or (len(names) == 1 and _like_a_number(names[0])):
        return None  # and where a comma is a spreadsheet's decimal point, its line says what happened
    raise MisreadError(place, _without_number(names, columns[0]))


def _found(line: str, delimiter: str, place: int, columns: Sequence[str]) -> Header | None:
    names = [name.lower() for name in _cut(line, delimiter) or ()]
    number, *others = (column.lower() for column in columns)
    if number not in names:
        return None
    for column in (number, *others):
        if names.count(column) > 1:
            what = f"{names.count(column)} columns are called {column}"
            raise MisreadError(
                place, f"{what}; keep the one {'to call' if column == number else 'that is meant'}"
            )
    missing = [written for written, column in zip(columns[1:], others, strict=True) if column not in names]
    if missing:
        raise MissingColumnError(missing)
    return Header(delimiter, names.index(number), len(names), tuple(map(names.index, others)))


def _cut(line: str, delimiter: str) -> list[str] | None:
    """Returns the cells of a line; None where a quote does not close."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, strict=True), [])]
    except csv.Error:
        return None


def _without_number(names: Sequence[str], column: str) -> str:
    """Says which columns there are, and nothing of a line that may be somebody's data."""
    if any(map(_like_a_number, names)):
        return f"it has {counted(len(names), 'cell')} and no header; {_HEADER_FIRST}"
    shown = [quoted(name) for name in names if _like_a_heading(name)]
    kept_back = len(list(filter(None, names))) - len(shown)
    if kept_back:
        shown.append(counted(kept_back, "cell that is no plain words", "cells that are no plain words"))
    has = some_of(shown, _MOST_NAMES) or "nothing"
    return f"no column is called {column}: the header has {has}; rename the one to call"


def _like_a_heading(text: str) -> bool:
    """Tells whether a cell is what people call a column. All else is a line of somebody's file, which may be secret."""
    words = list(filter(None, _BETWEEN_WORDS.split(text)))
    return bool(words) and len(text) <= _LONGEST_HEADING and all(map(_WORD.fullmatch, words))


def _like_a_number(text: str) -> bool:
    """Tells whether a text may be somebody's number: it has more digits than a word has, or nothing but digits and
    signs.
    """
    return len(_DIGIT.findall(text)) >= _MANY_DIGITS or _DIGITS_ALONE.fullmatch(text.strip()) is not None


def _a_number_alone(text: str) -> bool:
    """Tells whether a text is a phone number as a row has it, whatever a spreadsheet did to it; a postcode is none."""
    text = text.strip().strip('"')
    return _DIGITS_ALONE.fullmatch(text) is not None and len(_DIGIT.findall(text)) > _MANY_DIGITS


# -- the complete file -----------------------------------------------------------------------------------------


def count_fault(field: Field, count: int) -> tuple[str, str] | None:
    """Returns rule and message where there are too few or too many numbers."""
    try:
        check_limits(field, count)
    except FaultyError as faulty:
        return faulty.rule, faulty.message if count else "it holds no number"
    return None
