"""Writes what an export wrote, for people: a line for each campaign, and why some have no manifest."""

from __future__ import annotations

from collections.abc import Iterator

from campaignctl.diagnostics import counted
from campaignctl.export.document import ExportDocument, ExportedDocument, SkippedDocument
from campaignctl.rendering.as_text.parts import block, headline
from campaignctl.rendering.changes import title
from campaignctl.rendering.lines import Line, Style, laid_out
from campaignctl.text import message, name


def export_text(document: ExportDocument, *, color: bool = False, width: int | None = None) -> str:
    """Writes the result. Marks: `+` was written, `-` was not."""
    return laid_out(_lines(document), color=color, width=width)


def _lines(document: ExportDocument) -> Iterator[Line]:
    yield headline(document["environment"], document["account_sid"], document["backend"])
    yield from block(map(_written, document["written"]))
    yield from block(map(_skipped, document["skipped"]))
    yield from block(Line(f"Note: {message(note)}", 0, Style.ALERT) for note in document["notes"])
    written, skipped = len(document["written"]), len(document["skipped"])
    if written or skipped:
        yield from block([Line(f"{written:,} written, {skipped:,} not.", 0, Style.STRONG)])


def _written(each: ExportedDocument) -> Line:
    said = [f"numbers in {each['numbers_file']}"] if each["numbers_file"] else []
    if each["numbers_left_out"]:
        said.append(f"{counted(each['numbers_left_out'], 'number')} left out")
    if each["left_out"]:
        said.append(f"as comments: {', '.join(each['left_out'])}")
    pinned, besides = ", pinned" if each["pinned"] else "", f" ({'; '.join(said)})" if said else ""
    campaign = title(each["kind"], each["name"])
    return Line(f"+ {each['file']}: {campaign}, {each['status']}{pinned}{besides}", 0, Style.CREATE)


def _skipped(each: SkippedDocument) -> Line:
    campaign = f"{title(each['kind'], each['name'])} ({name(each['sid'])})"
    return Line(f"- {campaign} is not written: {message(each['reason'])}")
