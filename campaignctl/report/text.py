"""Writes what became of each recipient, as a table, CSV or JSON lines: batch by batch, numbers masked.

A writer fixes its columns by the first batch, because a stream cannot look ahead. A column that first shows later
goes to JSON lines only; `left_out` names it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Protocol

from campaignctl.model.outcomes import FIRST_COLUMNS, Cell, Row, Tally, columns_of
from campaignctl.rendering import words
from campaignctl.rendering.lines import Line, Style, laid_out
from campaignctl.text import (
    cut,
    json_safe,
    mask_number,
    message,
    name,
    visible,
    without_command,
    without_numbers,
)

_SENDERS: Final = frozenset({"caller_id", "sender_id", "sid", "duration"})
_IS_NUMBER: Final = re.compile(r"\+?\d[\d \-]{5,18}\d", re.ASCII)
_FORMULA: Final = re.compile(r"[=@\t\r]|[+-](?![\d•. ()-]*$)")
"""What a spreadsheet would compute. A number with its sign is none."""
_MOST_LEFT_OUT: Final = 20
_WIDEST_CELL: Final = 40
_UNBOUNDED: Final = 160
_OWN_DIGITS: Final = 10


class Writer(Protocol):
    """Turns batches of rows into text."""

    left_out: list[str]

    def batch(self, rows: Sequence[Row]) -> str:
        """Writes some rows, with what stands above the first one."""

    def end(self) -> str:
        """Writes what is still to be said when there were no rows."""


def writer(output_format: str, *, show_numbers: bool, width: int | None = None) -> Writer:
    """Returns the writer of `table`, `csv` or `jsonl`. `width` None: whoever shows it has no end of columns."""
    if output_format == "jsonl":
        return _Lines(show_numbers)
    return _Csv(show_numbers) if output_format == "csv" else _Table(show_numbers, width)


# ------------------------------------------------------------------------------------------------------- masking


def masked(row: Row) -> Row:
    """Masks people's numbers in a row: the recipient's own wherever it stands, and whatever looks like one.

    Caller ids, sender ids and texts stay.
    """
    number = row.get("number")
    own = _spellings(str(number)) if number not in (None, "") else ()
    return {_key(key): _masked(key, value, own) for key, value in row.items()}


_key = lru_cache(4096)(without_numbers)
"""A number may have become a key."""


def _masked(key: str, value: Cell, own: Sequence[str]) -> Cell:
    if isinstance(value, dict):
        return {_key(inner): _masked(inner, each, own) for inner, each in value.items()}
    if isinstance(value, list):
        return [_masked(key, each, own) for each in value]
    if value is None or isinstance(value, bool):
        return value
    text = f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
    if key == "number":
        return mask_number(text)
    if key not in _SENDERS and not _is_time(key) and _IS_NUMBER.fullmatch(text.strip()):
        return mask_number(text)
    if key in _SENDERS:
        return value
    hidden = text
    for spelling in own:
        hidden = hidden.replace(spelling, mask_number(spelling))
    hidden = hidden if _is_time(key) else without_numbers(hidden)
    return value if hidden == text or isinstance(value, float) else hidden


def _is_time(key: str) -> bool:
    return "time" in key or "date" in key or key.endswith("sid")


def _spellings(number: str) -> tuple[str, ...]:
    """Returns spellings of a number: as it is written, its digits, and without a prefix, the longest first."""
    digits = "".join(sign for sign in number if sign in "0123456789")
    ways = [number, f"+{digits}", digits, digits[-_OWN_DIGITS:] if len(digits) > _OWN_DIGITS else ""]
    return tuple(dict.fromkeys(way for way in ways if len(way) >= 7))


# ------------------------------------------------------------------------------------------------------- writers


@dataclass
class _Columns:
    """Holds the columns of a report, by its first rows, and what came too late for them."""

    show_numbers: bool
    names: tuple[str, ...] = ()
    left_out: list[str] = field(default_factory=list)

    def shown(self, rows: Sequence[Row]) -> list[Row]:
        """Returns the rows as they may be seen."""
        seen = list(rows) if self.show_numbers else [masked(row) for row in rows]
        if not self.names and seen:
            self.names = columns_of(seen)
        known = frozenset(self.names)
        for row in seen:
            for late in row.keys() - known:
                if late not in self.left_out and len(self.left_out) < _MOST_LEFT_OUT:
                    self.left_out.append(late)
        return seen


class _Csv:
    """Writes RFC 4180, with a header. A cell that a spreadsheet would take for a formula gets a `'` before it."""

    def __init__(self, show_numbers: bool) -> None:
        self._columns = _Columns(show_numbers)
        self._begun = False
        self.left_out = self._columns.left_out

    def batch(self, rows: Sequence[Row]) -> str:
        """Writes rows; see `Writer`."""
        shown = self._columns.shown(rows)
        names = self._columns.names
        written = [[_csv_cell(row.get(each)) for each in names] for row in shown]
        if not self._begun and written:
            self._begun = True
            written.insert(0, [_csv_cell(each) for each in names])
        return "".join(map(_csv_line, written))

    def end(self) -> str:
        """Ends the file; see `Writer`. A header stands even over nothing."""
        return "" if self._begun else _csv_line(FIRST_COLUMNS)


def _csv_cell(value: Cell) -> str:
    text = visible(_plain(value))
    return f"'{text}" if _FORMULA.match(text) else text


def _csv_line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return without_command(text.getvalue())


class _Lines:
    """Writes one JSON object on each line. A column that first shows later is simply there from then on."""

    def __init__(self, show_numbers: bool) -> None:
        self._columns = _Columns(show_numbers)
        self.left_out: list[str] = []

    def batch(self, rows: Sequence[Row]) -> str:
        """Writes rows; see `Writer`."""
        shown = self._columns.shown(rows)
        empty = dict.fromkeys(self._columns.names)
        return "".join(f"{json_safe(json.dumps({**empty, **row}, ensure_ascii=False))}\n" for row in shown)

    def end(self) -> str:
        """Ends the lines; see `Writer`."""
        return ""


class _Table:
    """Writes columns as wide as the first rows need; what is longer later is cut."""

    def __init__(self, show_numbers: bool, width: int | None) -> None:
        self._columns = _Columns(show_numbers)
        self._width = _UNBOUNDED if width is None else width
        self._widths: dict[str, int] = {}
        self.left_out: list[str] = []

    def batch(self, rows: Sequence[Row]) -> str:
        """Writes rows; see `Writer`."""
        shown = [
            {key: visible(_plain(value)) for key, value in row.items()} for row in self._columns.shown(rows)
        ]
        lines: list[str] = []
        if not self._widths and shown:
            self._widths = self._fitting(shown)
            titles = {each: visible(each) for each in self._widths}
            lines.append(self._line({key: title.replace("_", " ").upper() for key, title in titles.items()}))
        lines += map(self._line, shown)
        return "".join(f"{without_command(line)}\n" for line in lines)

    def end(self) -> str:
        """Ends the table; see `Writer`."""
        return ""

    def _fitting(self, rows: Sequence[dict[str, str]]) -> dict[str, int]:
        """Returns the columns that fit beside each other; after the first four, those that say anything."""
        widths: dict[str, int] = {}
        used = 0
        for each in self._columns.names:
            longest = max(len(row.get(each, "")) for row in rows)
            if each not in FIRST_COLUMNS and not longest:
                continue
            wide = min(max(longest, len(each)), _WIDEST_CELL)
            if widths and used + wide > self._width:
                continue
            widths[each] = wide
            used += wide + 2
        return widths

    def _line(self, cells: dict[str, str]) -> str:
        return "  ".join(_fit(cells.get(key, ""), wide) for key, wide in self._widths.items()).rstrip()


def _fit(text: str, wide: int) -> str:
    return text.ljust(wide) if len(text) <= wide else f"{text[: wide - 1]}…"


def _plain(value: Cell) -> str:
    """Writes a cell as text; what is nested as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool | dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


# ------------------------------------------------------------------------------------------------------- the end


def summary_text(
    tally: Tally, notes: Iterable[str], came_to: str = "", *, color: bool = False, width: int | None = None
) -> str:
    """Writes how many ended how, beside what was predicted, and what a reader should know of it."""
    return laid_out(_summary(tally, notes, came_to), color=color, width=width)


def _summary(tally: Tally, notes: Iterable[str], came_to: str) -> Iterator[Line]:
    wide = max((len(f"{count:,}") for _, count in tally.ranked), default=0)
    yield Line(f"{words.counted(tally.rows, 'recipient')}: {_none(tally)}".rstrip(), 0, Style.STRONG)
    for outcome, count in tally.ranked:
        share = f"{100 * count / tally.rows:.1f}%"
        yield Line(f"{count:>{wide},}  {share:>6}  {name(outcome)}", 1)
    if tally.failed:
        yield Line(f"the account could not give {words.counted(tally.failed, 'row')}", 0, Style.ALERT)
    if tally.missing:
        yield Line(
            f"the account says that there are {tally.total:,}: {tally.missing:,} were not shown",
            0,
            Style.ALERT,
        )
    if came_to:
        yield Line(came_to)
    yield from (Line(f"Note: {message(note)}", 0, Style.QUIET) for note in notes)


def _none(tally: Tally) -> str:
    """Says why no row is shown, where none is."""
    if tally.rows:
        return ""
    if tally.offset:
        return f"there are no more than {words.counted(tally.offset, 'row')}"
    return "the account shows none of this campaign"


def left_out_note(names: Sequence[str]) -> str:
    """Says what a CSV lacks because its header was written before."""
    listed = ", ".join(cut(each, 40) for each in names)
    return f"columns that first showed later are left out of this CSV: {listed}; --format jsonl has them"
