"""Writes the calendar as iCalendar (RFC 5545): an event for each start, its UID of kind and name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from campaignctl.calendar.document import DaysDocument, StartDocument
from campaignctl.kinds import KINDS
from campaignctl.text import visible

_OCTETS: Final = 75
_SHORTEST: Final = timedelta(minutes=1)


def calendar_ics(document: DaysDocument, now: datetime) -> str:
    """Writes the calendar. Lines end in CR LF, and none is longer than 75 octets."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//campaignctl//calendar//EN",
        "CALSCALE:GREGORIAN",
        *(line for day in document["days"] for it in day["starts"] for line in _event(it, now)),
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(it: StartDocument, now: datetime) -> Iterator[str]:
    start = datetime.fromisoformat(it["start"])
    end = datetime.fromisoformat(it["end"]) if it["end"] else start + _SHORTEST
    short = KINDS[it["kind"]].short
    yield "BEGIN:VEVENT"
    yield f"UID:{_uid(it)}"
    yield f"DTSTAMP:{_utc(now)}"
    yield f"DTSTART:{_utc(start)}"
    yield f"DTEND:{_utc(end)}"
    place = f"{it['manifest']}:{it['line']}"
    yield f"SUMMARY:{_text(short + '/' + it['name'])}"
    yield f"DESCRIPTION:{_text(place)}"
    if it["state"] not in (None, "active"):
        yield "STATUS:TENTATIVE" if it["state"] == "paused" else "STATUS:CANCELLED"
    yield "END:VEVENT"


def _uid(it: StartDocument) -> str:
    """Makes the same UID for the same campaign in every run; whatever a name holds, it is one word."""
    campaign = f"{it['kind']}/{it['name']}"
    return f"{sha256(campaign.encode()).hexdigest()[:32]}@campaignctl"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """Escapes a value: nothing of it ends a line or begins another property."""
    plain = visible(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\r", " ").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Cuts a line into lines of 75 octets, between characters; each but the first begins with a blank."""
    parts: list[str] = []
    part = ""
    for sign in line:
        if len((part + sign).encode()) > _OCTETS - bool(parts):
            parts.append(part)
            part = ""
        part += sign
    return "\r\n ".join([*parts, part])
