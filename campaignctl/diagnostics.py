"""Holds what a user did wrong, as data: at a place of a file, or by dotted path where a check knows no places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from campaignctl.tuples import NamedTuple


class Position(NamedTuple):
    """Represents a place in a file.

    `file` is relative to the project file, with `/`; line and column count from 1.
    """

    file: str
    line: int = 1
    column: int = 1

    @classmethod
    def at(cls, file: str, mark: tuple[int, int]) -> Position:
        """Makes a position of a line and a column that count from 0, as a YAML reader's do."""
        line, column = mark
        return cls(file, line + 1, column + 1)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


Scalar: TypeAlias = "str | int | None"
Detail: TypeAlias = "Scalar | tuple[tuple[str, Scalar], ...]"
"""What a program gets besides a message: a value, or an object as pairs of key and value."""


class Severity(StrEnum):
    """Names how bad a finding is. Only `ERROR` changes an exit code."""

    ERROR = "error"
    WARN = "warn"


class Diagnostic(NamedTuple):
    """Represents one finding.

    `rule` is a word a program can match (`type`, `unknown-key`, `calling_hours`); `message` one sentence that says
    what is wrong and what to do. `details` are what a program gets besides, each with its key.
    """

    severity: Severity
    rule: str
    where: Position
    message: str
    details: tuple[tuple[str, Detail], ...] = ()

    def __str__(self) -> str:
        return f"{self.where}: {self.message} [{self.rule}]"


def error(rule: str, where: Position, message: str) -> Diagnostic:
    """Returns a finding that makes the input invalid."""
    return Diagnostic(Severity.ERROR, rule, where, message)


def warning(rule: str, where: Position, message: str) -> Diagnostic:
    """Returns a finding to look at."""
    return Diagnostic(Severity.WARN, rule, where, message)


def has_errors(findings: Iterable[Diagnostic]) -> bool:
    """Returns True when one of them makes the input invalid."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def in_order(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorts findings by file, line, column and rule, and leaves repetitions out."""
    return tuple(sorted(set(findings), key=lambda it: (it.where, it.rule, it.message)))


_LONGEST_QUOTE = 80


def shortened(text: str, most: int) -> str:
    """Returns the beginning of a text that is longer than `most`."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def quoted(text: str) -> str:
    r"""Returns text from outside as a message shows it: in quotes, one line, nothing invisible, 80 characters at
    most.

    >>> quoted("a\x1b[2J")
    '"a\\u001b[2J"'
    """
    cut = text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"
    if not cut.isprintable():
        cut = "".join(it if it.isprintable() else f"\\u{ord(it):04x}" for it in cut)
    return f'"{cut}"'


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Writes a number with its noun: `1 list`, `1,200 lists`. No other place decides which form follows a number."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


MOST_NAMED: Final = 10
"""How many candidates a message names."""


def some_of(items: Sequence[str], most: int = MOST_NAMED) -> str:
    """Names the first of what may be many: `a, b and 3 more`."""
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return f"{', '.join(items[:most])}{more}"


_UNITS = (
    (timedelta(days=2), timedelta(days=1), "day"),
    (timedelta(hours=2), timedelta(hours=1), "hour"),
)


def lasting(length: timedelta) -> str:
    """Writes a length of time as `2 days`, `47 hours` or `0 minutes`: in the largest unit of which there are two,
    rounded down.
    """
    for least, unit, noun in _UNITS:
        if length >= least:
            return counted(length // unit, noun)
    return counted(length // timedelta(minutes=1), "minute")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Writes `; did you mean "x"?` for the nearest of the known words, and nothing where none is near."""
    from difflib import get_close_matches

    by_lower = {it.lower(): it for it in known}
    near = get_close_matches(word[:_LONGEST_QUOTE].lower(), by_lower, n=1)
    return f"; did you mean {quoted(by_lower[near[0]])}?" if near else ""


class SpecFinding(NamedTuple):
    """Says what is wrong at a dotted path: of `spec`, or beginning with `metadata`. `details` are a program's, by
    key.

    `about` are the paths of what it was concluded from: where one holds a mistake of its own, it is not known.
    Empty: the object around.
    """

    path: str
    rule: str
    message: str
    severity: Severity = Severity.ERROR
    details: tuple[tuple[str, Detail], ...] = ()
    about: tuple[str, ...] = ()


def doubt(path: str, rule: str, message: str) -> SpecFinding:
    """Makes a finding that leaves the input valid and is to be looked at."""
    return SpecFinding(path, rule, message, Severity.WARN)
