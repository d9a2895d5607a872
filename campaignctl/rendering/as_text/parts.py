"""Writes what plans and results have in common: the first line, paragraphs, notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from campaignctl.rendering.formats import STAND_IN, Where
from campaignctl.rendering.lines import Line, Style
from campaignctl.text import message


def headline(environment: str, account_sid: str, backend: str) -> Line:
    """Writes environment and account, first of all: a sandbox must not be taken for production, or the other way
    round.
    """
    return headline_of(Where.of(environment, account_sid, backend))


def headline_of(where: Where, start: str = "Environment") -> Line:
    """Writes the same of what a report is about."""
    account = f"account {where.account_sid}"
    if where.sandbox:
        return Line(f"{start} {where.environment} (SANDBOX, {account}, {STAND_IN})", 0, Style.ALERT)
    return Line(f"{start} {where.environment} ({account})", 0, Style.STRONG)


def block(lines: Iterable[Line]) -> Iterator[Line]:
    """Yields a paragraph: a blank line before it, and nothing at all without lines."""
    rest = iter(lines)
    for first in rest:
        yield Line()
        yield first
        yield from rest


def paragraph(lines: Iterable[Line]) -> list[Line]:
    """Returns the same as a list."""
    return list(block(lines))


def note_lines(notes: Iterable[str]) -> Iterator[Line]:
    """Writes what was noticed on the way."""
    yield from (Line(f"note: {message(note)}", 1, Style.QUIET) for note in notes)
