"""The numbers of a `from_file`. What it holds is people's: no message quotes a line of it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from campaignctl.diagnostics import counted
from campaignctl.kinds.table import Field
from campaignctl.manifests.scalars import FaultyError, check_limits, check_text

COLUMN: Final = "number"
MOST_FAULTS: Final = 50
"""Of one file: the wrong file has as many as it has lines."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no number; lines count from 1."""

    line: int
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class NumbersFile:
    """What was found. `fault` concerns the file as a whole: rule and message."""

    numbers: tuple[str, ...]
    bad_lines: tuple[BadLine, ...] = ()
    fault: tuple[str, str] | None = None


def read_numbers(field: Field, text: str) -> NumbersFile:
    """A CSV whose header has `number`, else one a line; blank lines skipped.

    `field` is the row of the numbers: how one must look and how many there may be.
    """
    numbers: list[str] = []
    bad: list[BadLine] = []
    try:
        for line, cell in _cells(text):
            try:
                numbers.append(check_text(field, cell))
            except FaultyError as faulty:
                bad.append(BadLine(line, faulty.rule, faulty.message))
    except csv.Error:
        return NumbersFile((), tuple(bad[:MOST_FAULTS]), ("from-file", "it is not readable as CSV"))
    return NumbersFile(tuple(numbers), tuple(_told(bad)), _count_fault(field, len(numbers) + len(bad)))


def _cells(text: str) -> Iterator[tuple[int, str]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    header_line = next((place for place, line in enumerate(lines) if line.strip()), None)
    if header_line is None:
        return
    found = _header(lines[header_line])
    if found is None:
        yield from ((place, line.strip()) for place, line in enumerate(lines, 1) if line.strip())
        return
    delimiter, column = found
    reader = csv.reader((f"{line}\n" for line in lines[header_line + 1 :]), delimiter=delimiter)
    for row in reader:
        if any(cell.strip() for cell in row):
            yield header_line + 1 + reader.line_num, row[column].strip() if column < len(row) else ""


def _header(line: str) -> tuple[str, int] | None:
    """Delimiter and column of a header that has `number`."""
    for delimiter in (",", ";", "\t"):
        names = [name.strip().lower() for name in next(csv.reader([line], delimiter=delimiter), [])]
        if COLUMN in names:
            return delimiter, names.index(COLUMN)
    return None


def _told(bad: list[BadLine]) -> Iterator[BadLine]:
    yield from bad[:MOST_FAULTS]
    if len(bad) > MOST_FAULTS:
        first = bad[MOST_FAULTS]
        yield BadLine(
            first.line,
            first.rule,
            f"{counted(len(bad) - MOST_FAULTS, 'more line is', 'more lines are')} wrong, this the first of them",
        )


def _count_fault(field: Field, count: int) -> tuple[str, str] | None:
    try:
        check_limits(field, count)
    except FaultyError as faulty:
        return faulty.rule, faulty.message if count else "it holds no number"
    return None
