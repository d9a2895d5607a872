"""What an apply did. Never more than is known: an outcome that nobody knows is said to be unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from campaignctl.planning.outcome import OperationOutcome, OperationResult
from campaignctl.planning.plan import Change
from campaignctl.rendering import words
from campaignctl.rendering.as_text.parts import block, headline, note_lines, reason_lines, title
from campaignctl.rendering.documents import ApplyDocument, OperationResultDocument, ResultDocument
from campaignctl.rendering.escape import message, name
from campaignctl.rendering.lines import Line, Style, laid_out

_MARKS: Final[Mapping[str, tuple[str, Style]]] = {
    "unknown": ("!", Style.STOP),
    "failed": ("!", Style.STOP),
    "skipped": ("!", Style.UPDATE),
    "applied": ("~", Style.CREATE),
}
_DONE: Final[Mapping[str, str]] = {
    "create": "created",
    "update": "updated",
    "pause": "paused",
    "resume": "resumed",
    "complete": "completed",
    "archive": "archived",
}
_NEXT: Final[Mapping[str, str]] = {
    "appeared": "plan again and look at it: a campaign of this name was made in the meantime",
    "moved": "plan again: somebody changed the campaign in the meantime",
    "lost-race": "plan again: another run made this campaign, and not as asked",
    "started-early": "look at the campaign in the account, then plan again",
    "field-lost": "look at the campaign in the account, then plan again",
    "wrong-name": "look at the campaign in the account, then plan again",
    "refused": "mend what the account names, then apply again",
    "unreachable": "apply again; what is done stays done",
    "interrupted": "apply again; what is done stays done",
    "start-passed": "give it a new start, then plan again",
    "policy": "change the start or the policy, then plan again",
}
_NEXT_BY_OUTCOME: Final[Mapping[str, str]] = {
    "unknown": "apply again: it looks before it repeats anything",
    "failed": "plan again to see what is left to do",
}


def apply_text(document: ApplyDocument, *, color: bool = False, width: int | None = None) -> str:
    """The closing summary of an apply, what is unknown or failed first."""
    return laid_out(_apply(document), color=color, width=width)


def operation_line(
    change: Change, result: OperationResult, *, done: int, total: int, color: bool = False
) -> str:
    """Progress, a line per operation as it ends, with its line break. `done` of `total` operations are over."""
    ended = result.outcome is OperationOutcome.APPLIED
    says = _DONE[result.op] if ended else f"{result.op} {_ending(result.outcome)}"
    twin = f" (its twin {name(result.sid)})" if result.sid else ""
    tries = f", {words.counted(result.attempts, 'attempt')}" if result.attempts > 1 else ""
    count = f"[{done:>{len(str(total))}}/{total}]"
    text = f"{count} {title(change.key.kind, change.key.name)}{twin}: {says}{tries}"
    return laid_out([Line(text, 0, Style.GOOD if ended else Style.STOP)], color=color, width=None)


def _ending(outcome: str) -> str:
    return {"failed": "failed", "skipped": "not sent"}.get(outcome, "sent, outcome unknown")


def _apply(document: ApplyDocument) -> Iterator[Line]:
    account = (document["environment"], document["account_sid"], document["backend"])
    yield headline(*account, start="Applied to environment")
    if document["interrupted"]:
        yield from block(
            [Line("Interrupted: nothing more was sent after the request in flight.", 0, Style.STOP)]
        )
    for outcome in ("unknown", "failed", "skipped"):
        for result in _ended(document, outcome):
            yield from block(_result(result))
    yield from block(line for result in _ended(document, "applied") for line in _result(result))
    yield from block([_total(document)])


def _ended(document: ApplyDocument, outcome: str) -> Iterator[ResultDocument]:
    return (result for result in document["results"] if result["outcome"] == outcome)


def _result(result: ResultDocument) -> Iterator[Line]:
    mark, style = _MARKS[result["outcome"]]
    applied = result["outcome"] == "applied"
    says = _says(result["operations"]) if applied else result["outcome"]
    sid = f"  ({name(result['sid'])})" if result["sid"] else ""
    if any(operation["op"] == "create" for operation in result["operations"]) and applied:
        mark = "+"
    yield Line(f"{mark} {title(result['kind'], result['name'])}: {says}{sid}", 0, style)
    if not applied:
        yield from _why(result)
        if result["operations"]:
            yield Line(f"operations: {_says(result['operations'])}", 1)
    if result["held"]:
        yield Line(
            f"held: {words.listed(each['op'] for each in result['held'])}, to be asked for", 1, Style.UPDATE
        )
    yield from note_lines(result["notes"])
    following = _following(result)
    if following:
        yield Line(f"next: {following}", 1)


def _says(operations: Iterable[OperationResultDocument]) -> str:
    return ", ".join(
        _DONE[each["op"]] if each["outcome"] == "applied" else f"{each['op']} {_ending(each['outcome'])}"
        for each in operations
    )


def _why(result: ResultDocument) -> Iterator[Line]:
    """The error and the reason; where one quotes the other, once."""
    error, reason = result["error"], result["reason"]
    if error is None:
        yield from reason_lines(reason)
        return
    told_twice = error["message"] in reason["message"]
    says = reason["message"] if told_twice else error["message"]
    http = f", HTTP {error['http']}" if error["http"] else ""
    yield Line(f"error: {message(says)} [{error['code']}{http}]", 1, Style.GONE)
    if not told_twice:
        yield from reason_lines(reason)


def _following(result: ResultDocument) -> str | None:
    """What a person does now; what is blocked or held said so in its reason."""
    if result["outcome"] in ("applied", "unchanged"):
        return None
    if result["outcome"] == "unknown":
        return _NEXT_BY_OUTCOME["unknown"]
    return _NEXT.get(result["reason"]["code"], _NEXT_BY_OUTCOME.get(result["outcome"]))


def _total(document: ApplyDocument) -> Line:
    summary = document["summary"]
    bad = summary["failed"] + summary["unknown"]
    parts = [
        f"{summary[outcome]:,} {outcome}"
        for outcome in ("applied", "unchanged", "failed", "unknown", "skipped")
    ]
    return Line(f"Apply: {', '.join(parts)}.", 0, Style.STOP if bad else Style.STRONG)
