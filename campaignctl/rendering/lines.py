"""Lays out lines for people: indented, wrapped, coloured. Only here is text from outside made visible."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final, TypeAlias

from campaignctl.text import TEXT_LIMIT, cut, visible, without_command
from campaignctl.tuples import NamedTuple

_INDENT: Final = "  "
_MARGINS: Final = tuple(_INDENT * depth for depth in range(8))
_NARROWEST: Final = 24
_LINE_LIMIT: Final = 2 * TEXT_LIMIT


class Style(Enum):
    """Names what a line is; the value is its ANSI code."""

    PLAIN = ""
    STRONG = "1"
    QUIET = "2"
    CREATE = "1;32"
    UPDATE = "1;33"
    STOP = "1;31"
    ENDING = "1;35"
    GOOD = "32"
    GONE = "31"
    ALERT = "33"


class Line(NamedTuple):
    """Holds one thought. `unwrapped` is never wrapped: a command to copy."""

    text: str = ""
    indent: int = 0
    style: Style = Style.PLAIN
    unwrapped: bool = False


AnyLine: TypeAlias = tuple[str, int, Style, bool]
"""A line, or the bare tuple of it: of most lines of a long plan nobody asks for more, and it is made in a third of the
time.
"""


def laid_out(lines: Iterable[Line], *, color: bool, width: int | None) -> str:
    """Lays lines out, each ended. Whatever they hold, no control character of theirs gets through."""
    return parts_laid_out((tuple(lines),), color=color, width=width)


def parts_laid_out(parts: Iterable[Sequence[AnyLine]], *, color: bool, width: int | None) -> str:
    """Lays out parts that are made one after the other."""
    return "".join([part_laid_out(lines, color, width) for lines in parts])


def part_laid_out(lines: Sequence[AnyLine], color: bool, width: int | None) -> str:
    """Lays out one part, whatever stands before or after it."""
    rows: list[str] | None = None
    if width is None and not color:
        rows = [_MARGINS[indent] + text if text else "" for text, indent, _, _ in lines]
    if rows is None or not _are_plain(rows):
        rows = [row for line in lines for row in _rows(line, color, width)]
    return "\n".join((*rows, ""))


def _are_plain(rows: Sequence[str]) -> bool:
    """Tells whether rows can stand as they are: most parts hold nothing to be looked at closely."""
    text = "".join(rows)
    if "::" in text or "##" in text or visible(text) is not text:
        return False
    return len(text) <= _LINE_LIMIT or all(len(row) <= _LINE_LIMIT for row in rows)


def _rows(line: AnyLine, color: bool, width: int | None) -> Iterable[str]:
    text, indent, style, unwrapped = line
    seen = visible(cut(text, _LINE_LIMIT))
    row = f"{_MARGINS[indent]}{seen}" if seen else ""
    pieces = (
        (row,) if width is None or unwrapped or len(row) <= width else _wrapped(seen, _MARGINS[indent], width)
    )
    for each in pieces:
        yield _painted(without_command(each), style) if color else without_command(each)


def _wrapped(text: str, margin: str, width: int) -> list[str]:
    from textwrap import wrap  # where there is a width: a pipeline's log has none

    return wrap(
        text,
        max(width, len(margin) + _NARROWEST),
        initial_indent=margin,
        subsequent_indent=margin + _INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _painted(row: str, style: Style) -> str:
    return f"\x1b[{style.value}m{row}\x1b[0m" if style.value and row else row
