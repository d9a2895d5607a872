"""Writes progress: what becomes of each operation while an apply goes on."""

from __future__ import annotations

from campaignctl.model.plan import Change
from campaignctl.model.results import OperationOutcome, OperationResult
from campaignctl.rendering import words
from campaignctl.rendering.changes import DONE, ending, title
from campaignctl.rendering.lines import Line, Style, laid_out
from campaignctl.text import name


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
