"""Writes what is about to be done by hand: each campaign, what it means for people, and what the next apply makes
of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from campaignctl.kinds import KINDS
from campaignctl.rendering import words
from campaignctl.rendering.as_text.parts import block, headline, note_lines
from campaignctl.rendering.as_text.reports import report_text
from campaignctl.rendering.documents import AnyPlanDocument, BriefChangeDocument
from campaignctl.rendering.lines import Line, Style, laid_out
from campaignctl.rendering.reports import apply_report
from campaignctl.rendering.result_documents import ApplyDocument
from campaignctl.text import message, name


def by_hand_text(
    document: AnyPlanDocument, *, now: datetime, color: bool = False, width: int | None = None
) -> str:
    """Writes the plan of a verb by hand."""
    return laid_out(_plan(document, now), color=color, width=width)


def by_hand_result_text(
    document: ApplyDocument, notes: Iterable[str] = (), *, color: bool = False, width: int | None = None
) -> str:
    """Writes what became of it, and `notes` that no plan has shown."""
    told = report_text(apply_report(document, by_hand=True), color=color, width=width)
    return told + laid_out(_notes(notes), color=color, width=width)


def _notes(notes: Iterable[str]) -> Iterator[Line]:
    yield from block(Line(f"Note: {message(note)}", 0, Style.ALERT) for note in notes)


def _plan(document: AnyPlanDocument, now: datetime) -> Iterator[Line]:
    yield headline(document["environment"], document["account_sid"], document["backend"])
    for change in document["changes"]:
        yield from block(_change(change, now))
    yield from _notes(document["notes"])
    yield from block([_total(document)])


def _change(change: BriefChangeDocument, now: datetime) -> Iterator[Line]:
    campaign = f"{KINDS[change['kind']].short}/{name(change['name'])}"
    sid = f"  ({name(change['sid'])})" if change["sid"] else ""
    if not change["operations"]:
        blocked = change["change"] == "blocked"
        mark, says, style = ("!", "refused", Style.STOP) if blocked else (" ", "nothing to do", Style.QUIET)
        yield Line(f"{mark} {campaign}: {says}{sid}", 0, style)
        yield Line(f"why: {message(change['reason']['message'])} [{change['reason']['code']}]", 1)
        return
    does = ", then ".join(operation["op"] for operation in change["operations"])
    yield Line(f"~ {campaign}: {does}{sid}", 0, Style.UPDATE)
    yield Line(f"status: {name(change['status']['live'] or '')} → {change['status']['desired']}", 1)
    yield Line(words.effect(change, now), 1)
    for operation in change["operations"]:
        if operation["irreversible"]:
            failed = operation.get("numbers_failed")
            yield Line(words.irreversible(operation["op"], failed, KINDS[change["kind"]]), 1, Style.STOP)
    yield from note_lines(change["notes"])


def _total(document: AnyPlanDocument) -> Line:
    counts = Counter(
        "to do" if change["operations"] else "refused" if change["change"] == "blocked" else "unchanged"
        for change in document["changes"]
    )
    if not counts["to do"] and not counts["refused"]:
        return Line("Nothing to do.", 0, Style.GOOD)
    parts = [f"{counts[what]:,} {what}" for what in ("to do", "unchanged", "refused")]
    cost = document["apply"]
    takes = f" It takes {words.counted(cost['requests'], 'request')}, {words.seconds(cost['seconds'])}."
    return Line(f"{', '.join(parts)}.{takes if counts['to do'] else ''}", 0, Style.STRONG)
