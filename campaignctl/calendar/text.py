"""Writes the calendar for people: on a terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Final

from campaignctl.calendar.document import DayDocument, DaysDocument, SkippedDateDocument, StartDocument
from campaignctl.kinds import KINDS
from campaignctl.model.windows import offset
from campaignctl.rendering.as_markdown import code
from campaignctl.rendering.lines import Line, Style, laid_out
from campaignctl.text import message, name

_WHY: Final[Mapping[str, str]] = {
    "except": "excepted",
    "holiday": "a holiday",
    "moved": "a holiday",
    "taken": "the next open date has a campaign of its own",
    "no-such-time": "clocks do not show that time",
}


def calendar_text(document: DaysDocument, *, color: bool = False, width: int | None = None) -> str:
    """Writes a heading for each date, a line for each campaign."""
    return laid_out(_calendar(document), color=color, width=width)


def _calendar(document: DaysDocument) -> Iterator[Line]:
    first, last = document["from"], document["to"]
    yield Line(
        f"Environment {name(document['environment'])}, {first} to {last}; no account was looked at",
        0,
        Style.STRONG,
    )
    for finding in document["findings"]:
        yield Line(
            f"{name(finding['file'])}:{finding['line']}: {message(finding['message'])}", 0, Style.ALERT
        )
    for day in document["days"]:
        yield Line("")
        yield Line(_heading(day), 0, Style.STRONG)
        yield from (Line(_start(it), 1) for it in day["starts"])
        yield from (Line(_skipped(it), 1, Style.QUIET) for it in day["skipped"])
    if not document["days"]:
        yield Line("Nothing starts.")
    yield from (Line(f"Note: {message(note)}", 0, Style.ALERT) for note in document["notes"])


def _heading(day: DayDocument) -> str:
    return f"{date.fromisoformat(day['date']):%a} {day['date']}"


def _start(it: StartDocument) -> str:
    start = datetime.fromisoformat(it["start"])
    until = f"–{datetime.fromisoformat(it['end']):%H:%M}" if it["end"] else ""
    state = f", {it['state']}" if it["state"] not in (None, "active") else ""
    called = f"{KINDS[it['kind']].short}/{name(it['name'])}"
    return f"{start:%H:%M}{until} {offset(start)}  {called}{state}  ({name(it['manifest'])}:{it['line']})"


def _skipped(it: SkippedDateDocument) -> str:
    why = message(it["reason"]) if it["reason"] else _WHY[it["code"]]
    estimated = " (estimated)" if it["estimated"] else ""
    to = f", runs on {it['to']}" if it["to"] else ", does not run"
    return f"–  {KINDS[it['kind']].short}/{name(it['name'])}{to}: {why}{estimated} [{it['code']}]"


def calendar_markdown(document: DaysDocument) -> str:
    """Writes a table, with a row for each start and each date that is skipped."""
    rows = [f"| {_heading(day)} | {what} |" for day in document["days"] for what in _cells(day)]
    head = f"### Calendar · {code(document['environment'])} · {document['from']} to {document['to']}"
    table = ["| Date | Time | Campaign | |", "|---|---|---|---|", *rows] if rows else ["Nothing starts."]
    notes = [f"- {code(message(note))}" for note in document["notes"]]
    return "\n".join([head, "", *table, *(["", *notes] if notes else [])]) + "\n"


def _cells(day: DayDocument) -> Iterator[str]:
    for it in day["starts"]:
        start = datetime.fromisoformat(it["start"])
        until = f"–{datetime.fromisoformat(it['end']):%H:%M}" if it["end"] else ""
        called = code(f"{KINDS[it['kind']].short}/{name(it['name'])}")
        yield f"{start:%H:%M}{until} {offset(start)} | {called} | {it['state'] or ''}"
    for skip in day["skipped"]:
        called = code(f"{KINDS[skip['kind']].short}/{name(skip['name'])}")
        reason = code(message(skip["reason"])) if skip["reason"] else ""
        to = f" to {skip['to']}" if skip["to"] else ""
        yield f"– | {called} | {skip['code']}{to} {reason}{' (estimated)' if skip['estimated'] else ''}"
