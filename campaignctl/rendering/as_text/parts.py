"""Writes what plans and results have in common: the first line, paragraphs, reasons, notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from campaignctl.rendering.changes import SHOWS_ITSELF
from campaignctl.rendering.documents import ReasonDocument
from campaignctl.rendering.lines import Line, Style
from campaignctl.text import message, name


def headline(environment: str, account_sid: str, backend: str, *, start: str = "Environment") -> Line:
    """Writes environment and account, first of all: a sandbox must not be taken for production, or the other way
    round.
    """
    account = f"account {name(account_sid)}"
    if backend == "sandbox":
        stand_in = "a stand-in: nobody is called or texted"
        return Line(f"{start} {name(environment)} (SANDBOX, {account}, {stand_in})", 0, Style.ALERT)
    return Line(f"{start} {name(environment)} ({account})", 0, Style.STRONG)


def block(lines: Iterable[Line]) -> Iterator[Line]:
    """Yields a paragraph: a blank line before it, and nothing at all without lines."""
    rest = iter(lines)
    for first in rest:
        yield Line()
        yield first
        yield from rest


def reason_lines(reason: ReasonDocument) -> Iterator[Line]:
    """Says why a change is what it is, where a reader cannot see it."""
    if reason["code"] not in SHOWS_ITSELF:
        yield Line(f"why: {message(reason['message'])} [{reason['code']}]", 1)


def note_lines(notes: Iterable[str]) -> Iterator[Line]:
    """Writes what was noticed on the way."""
    yield from (Line(f"note: {message(note)}", 1, Style.QUIET) for note in notes)
