"""Writes what an apply did. It never tells more than is known: an outcome that nobody knows is said to be unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from campaignctl.model.plan import Change
from campaignctl.model.results import OperationOutcome, OperationResult
from campaignctl.rendering import changes, totals, words
from campaignctl.rendering.as_text.parts import block, headline, note_lines
from campaignctl.rendering.changes import DONE, ending, following, may_go_on_calling, title, troubles
from campaignctl.rendering.lines import Line, Style, laid_out
from campaignctl.rendering.result_documents import ApplyDocument, ResultDocument
from campaignctl.text import name

_MARKS: Final[Mapping[str, tuple[str, Style]]] = {
    "unknown": ("!", Style.STOP),
    "failed": ("!", Style.STOP),
    "skipped": ("!", Style.UPDATE),
    "applied": ("~", Style.CREATE),
}


def apply_text(document: ApplyDocument, *, color: bool = False, width: int | None = None) -> str:
    """Writes the closing summary of an apply; what may go on calling, is unknown or failed comes first."""
    return laid_out(apply_lines(document), color=color, width=width)


def operation_line(
    change: Change, result: OperationResult, *, done: int, total: int, color: bool = False
) -> str:
    """Writes progress, one line for each operation as it ends, with its line break.

    `done` of `total` operations are over.
    """
    ended = result.outcome in (OperationOutcome.APPLIED, OperationOutcome.UNCHANGED)
    says = DONE[result.op] if ended else f"{result.op} {ending(result.outcome)}"
    says += " already" if result.outcome is OperationOutcome.UNCHANGED else ""
    twin = f" (its twin {name(result.sid)})" if result.sid else ""
    tries = f", {words.counted(result.attempts, 'attempt')}" if result.attempts > 1 else ""
    count = f"[{done:>{len(str(total))}}/{total}]"
    text = f"{count} {title(change.key.kind, change.key.name)}{twin}: {says}{tries}"
    return laid_out([Line(text, 0, Style.GOOD if ended else Style.STOP)], color=color, width=None)


def apply_lines(document: ApplyDocument, *, by_hand: bool = False) -> Iterator[Line]:
    """Yields the summary before it is laid out; after a verb by hand what to do next is to give it again."""
    account = (document["environment"], document["account_sid"], document["backend"])
    yield headline(*account, start="Applied to environment")
    if document["interrupted"]:
        yield from block(
            [Line("Interrupted: nothing more was sent after the request in flight.", 0, Style.STOP)]
        )
    for result in filter(may_go_on_calling, document["results"]):
        yield from block(_result(result, by_hand))
    for outcome in ("unknown", "failed", "skipped"):
        for result in _ended(document, outcome):
            if not may_go_on_calling(result):
                yield from block(_result(result, by_hand))
    yield from block(line for result in _ended(document, "applied") for line in _result(result, by_hand))
    bad = document["summary"]["failed"] + document["summary"]["unknown"]
    yield from block([Line(totals.apply_total(document), 0, Style.STOP if bad else Style.STRONG)])


def _ended(document: ApplyDocument, outcome: str) -> Iterator[ResultDocument]:
    return (result for result in document["results"] if result["outcome"] == outcome)


def _trouble(says: str) -> Line:
    return Line(says, 1, Style.GONE if says.startswith("error") else Style.PLAIN)


def _result(result: ResultDocument, by_hand: bool) -> Iterator[Line]:
    mark, style = _MARKS[result["outcome"]]
    applied = result["outcome"] == "applied"
    says = changes.done(result["operations"]) if applied else result["outcome"]
    sid = f"  ({name(result['sid'])})" if result["sid"] else ""
    if any(operation["op"] == "create" for operation in result["operations"]) and applied:
        mark = "+"
    yield Line(f"{mark} {title(result['kind'], result['name'])}: {says}{sid}", 0, style)
    if not applied:
        yield from (_trouble(says) for says in troubles(result))
        if result["operations"]:
            yield Line(f"operations: {changes.done(result['operations'])}", 1)
    if result["held"]:
        yield Line(
            f"held: {words.listed(each['op'] for each in result['held'])}, to be asked for", 1, Style.UPDATE
        )
    yield from note_lines(result["notes"])
    then = following(result, by_hand=by_hand)
    if then:
        yield Line(f"next: {then}", 1)
