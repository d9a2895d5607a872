"""Reads the people of a `ContactList` that stand in a file. No message quotes a line of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from yaml.nodes import Node

from campaignctl.contact_lists.contact_list import NUMBERS, ContactList
from campaignctl.diagnostics import Diagnostic, Position, error, quoted
from campaignctl.kinds.manifest import FROM_FILE, SUPPRESS
from campaignctl.kinds.table import Value
from campaignctl.manifests.files import UnreadableFileError, read_inside, shown_path
from campaignctl.manifests.nodes import mark_of
from campaignctl.manifests.numbers import (
    BadLine,
    BadLines,
    Header,
    MisreadError,
    MissingColumnError,
    cells_of,
    count_fault,
    header_of,
)
from campaignctl.manifests.places import nearest
from campaignctl.model.companions import Companion
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.manifests.files import Source

_ALL_NUMBERS: Final = re.compile(r"(?:\n\+?[0-9]{7,15})+").fullmatch
"""What `kinds.formats.PHONE` says of each."""


class MemberRows(NamedTuple):
    """Holds the cells of each column, the lines of the rows, and what is wrong with others."""

    cells: tuple[Sequence[str], ...]
    lines: Sequence[int]
    bad: tuple[Diagnostic, ...] = ()


def with_members(
    companion: Companion, node: Node, source: Source
) -> tuple[Companion, tuple[Diagnostic, ...]]:
    """Returns the list with the people of its file; what is wrong stands at the line of that file."""
    assert isinstance(companion, ContactList)
    if companion.from_file is None or companion.numbers:
        return companion, ()
    where = source.at(mark_of(nearest(node, f"spec.{FROM_FILE}")))
    target = Path(source.file.path).parent / companion.from_file
    said = f"{FROM_FILE} {quoted(companion.from_file)}"
    shown = shown_path(target, source.file.root)
    try:
        text = read_inside(target, source.file.home)
        found = read_member_rows(text, tuple(companion.columns.values()), shown)
    except UnreadableFileError as unreadable:
        return companion, (error(unreadable.rule, where, f"{said}: {unreadable.message}"),)
    except MissingColumnError as missing:
        return companion, tuple(_told_missing(missing, companion, node, source))
    faults = found.bad
    fault = count_fault(NUMBERS, len(found.lines) + len(found.bad))
    if fault is not None:
        faults = (*faults, error(fault[0], where, f"{said}: {fault[1]}"))
    return replace(companion, cells=found.cells, lines=found.lines, file=shown), faults


def _told_missing(
    missing: MissingColumnError, contact_list: ContactList, node: Node, source: Source
) -> Iterator[Diagnostic]:
    for name, header in contact_list.columns.items():
        if header in missing.columns:
            at = source.at(mark_of(nearest(node, f"spec.columns.{name}")))
            said = f"{name}: {quoted(contact_list.from_file or '')}: {missing.said_of(header)}"
            yield error("columns", at, said)


def with_sources(
    companion: Companion, node: Node, source: Source, values: Mapping[str, Value]
) -> tuple[Companion, tuple[Diagnostic, ...]]:
    """Returns the list with the sources of people who are left out of it, as they are written."""
    assert isinstance(companion, ContactList)
    spec = values.get("spec")
    written = spec.get(SUPPRESS) if isinstance(spec, Mapping) else None
    if not written:
        return companion, ()
    from campaignctl.model.suppression import read_sources  # most lists leave nobody out

    beside, root = Path(source.file.path).parent, source.file.root
    sources, faults = read_sources(written, lambda path: shown_path(beside / path, root))
    found = (error(SUPPRESS, source.at(mark_of(nearest(node, path))), message) for path, message in faults)
    return replace(companion, suppress=sources), tuple(found)


def read_member_rows(text: str, columns: Sequence[str], shown: str) -> MemberRows:
    """Reads a cell for each of the columns, the number first. `shown` is the file in messages.

    Raises:
        MissingColumnError: the file lacks one.
    """
    plain = _plain_rows(text, columns)
    return _careful_rows(text, columns, shown) if plain is None else plain


def _careful_rows(text: str, columns: Sequence[str], shown: str) -> MemberRows:
    """Reads row by row."""
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    bad = BadLines()
    assert NUMBERS.format is not None
    right = NUMBERS.format.matches
    last: tuple[BadLine, ...] = ()
    try:
        for line, cells in cells_of(text, columns):
            if right(cells[0]):
                rows.append(cells)
                lines.append(line)
            else:
                bad.add(NUMBERS, line, cells[0])
    except MisreadError as misread:
        last = (misread.bad,)
    told = (error(it.rule, Position(shown, it.line), it.message) for it in (*bad.told(), *last))
    return MemberRows(tuple(map(list, zip(*rows, strict=True))), lines, tuple(told))


def _plain_rows(text: str, columns: Sequence[str]) -> MemberRows | None:
    """Reads a plain file at once: one without quotes, blank lines and blanks around cells, whose rows are all of
    one width and whose numbers are all as they should be. None for any other.
    """
    if '"' in text or "\r" in text or "\0" in text or " \n" in text or "\n\n" in text or text[:1] in "\n ":
        return None
    begin, rest = text.partition("\n")[::2]
    header = header_of(begin, columns)
    body = rest.removesuffix("\n") if header else text.removesuffix("\n")
    lines = body.split("\n")
    cells = _columns_of(body, lines, header) if header is not None and header.width > 1 else (lines,)
    if cells is None or _ALL_NUMBERS("\n".join(("", *cells[0]))) is None:
        return None
    first = 2 if header else 1
    return MemberRows(cells, range(first, first + len(lines)))


def _columns_of(body: str, lines: Sequence[str], header: Header) -> tuple[Sequence[str], ...] | None:
    """Cuts rows into columns; None where a row has another width than the header, or blanks stand around a cell."""
    delimiter, width = header.delimiter, header.width
    if {line.count(delimiter) for line in lines} != {width - 1}:
        return None
    all_cells = body.replace("\n", delimiter).split(delimiter)
    cells = tuple(all_cells[place::width] for place in (header.column, *header.others))
    return None if any(cell != cell.strip() for column in cells[1:] for cell in column) else cells
