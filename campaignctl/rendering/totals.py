"""Writes the last words of a plan and an apply: how much of what. Words and counts are ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from campaignctl.kinds.operations import OPERATIONS
from campaignctl.rendering import words
from campaignctl.rendering.documents import AnyPlanDocument, OperationDocument

if TYPE_CHECKING:
    from campaignctl.rendering.result_documents import ApplyDocument

_OUTCOMES: Final = ("applied", "unchanged", "failed", "unknown", "skipped")


def nothing_to_do(document: AnyPlanDocument) -> bool:
    """Tells whether no change of a plan is anything but a no-op."""
    return document["summary"]["noop"] == len(document["changes"])


def plan_total(document: AnyPlanDocument) -> str:
    """Writes `Plan: 1 to update, 3 to create; 2 held (2 resume); …`: operations and what is held, each for itself."""
    summary = document["summary"]
    unmanaged = ""
    if summary["unmanaged"]:
        verb = "is" if summary["unmanaged"] == 1 else "are"
        unmanaged = (
            f"; {words.counted(summary['unmanaged'], 'campaign')} in the account {verb} not managed here"
        )
    selected = document["manifests"]["count"]
    if not document["changes"] and not selected:
        return f"Nothing to do: no manifest is selected{unmanaged}."
    if nothing_to_do(document):
        return (
            f"Nothing to do for {words.counted(max(selected, _manifests(document)), 'manifest')}{unmanaged}."
        )
    parts = [
        _operations(operations_of(document)),
        *_held(document),
        f"{summary['blocked']:,} blocked",
        f"{summary['noop']:,} unchanged",
    ]
    if summary["orphan"]:
        parts.append(words.counted(summary["orphan"], "orphan"))
    return f"Plan: {'; '.join(parts)}{unmanaged}."


def _manifests(document: AnyPlanDocument) -> int:
    """Counts the manifests that the changes are of: the dates of one that repeats are of one."""
    changes = document["changes"]
    return len(
        {
            (it["kind"], of["of"] if (of := it["occurrence"]) else it["name"], it["sid"] if not of else None)
            for it in changes
        }
    )


def _operations(operations: Sequence[OperationDocument]) -> str:
    """Writes `2 to pause, 1 to create`: each for itself, whatever type of change it belongs to."""
    counts: Counter[str] = Counter(operation["op"] for operation in operations)
    return ", ".join(f"{counts[op]:,} to {op}" for op in OPERATIONS if counts[op]) or "nothing to send"


def _held(document: AnyPlanDocument) -> Iterator[str]:
    """Writes `3 held (2 complete, 1 archive)`; nothing where nothing waits to be asked for."""
    counts: Counter[str] = Counter(
        operation["op"] for change in document["changes"] for operation in change["held"]
    )
    if counts:
        each = ", ".join(f"{counts[op]:,} {op}" for op in OPERATIONS if counts[op])
        yield f"{counts.total():,} held ({each})"


def operations_of(document: AnyPlanDocument) -> list[OperationDocument]:
    """Returns all operations that an apply would do."""
    return [operation for change in document["changes"] for operation in change["operations"]]


def order(document: AnyPlanDocument) -> str | None:
    """Says the order: stopping comes first, what cannot be undone last (rule 7); None where there is no order to
    tell.
    """
    done: list[str] = []
    paused_at_once = 0
    for change in document["changes"]:
        words_of: list[str] = [operation["op"] for operation in change["operations"]]
        after = words_of[words_of.index("create") + 1 :] if "create" in words_of else []
        done += words_of[: len(words_of) - len(after)]
        paused_at_once += len(after)
    counts = Counter(done)
    if counts.total() + paused_at_once < 2:
        return None
    phases = [
        words.counted(counts[op], op) + _then_paused(op, paused_at_once) for op in OPERATIONS if counts[op]
    ]
    return f"In this order: {', '.join(phases)}."


def _then_paused(op: str, count: int) -> str:
    """Says that a create's own pause follows it, and does not come among those that stop what runs."""
    return f" ({count:,} of them paused at once)" if op == "create" and count else ""


def irreversible(operations: Sequence[OperationDocument]) -> str | None:
    """Writes `2 operations cannot be undone.`; None where all can."""
    final = sum(operation["irreversible"] for operation in operations)
    return f"{words.counted(final, 'operation')} cannot be undone." if final else None


def cannot_compare(document: AnyPlanDocument) -> str | None:
    """Says how many campaigns the account does not show enough of."""
    hidden = document["summary"]["cannot_compare"]
    if not hidden:
        return None
    shows = "the account shows no recipients or no content (--resend NAME sends all)"
    return f"{words.counted(hidden, 'campaign')} cannot be compared: {shows}."


def cost(document: AnyPlanDocument) -> str:
    """Says how many requests the plan took, and an apply will take."""
    refresh, asked = document["refresh"], document["apply"]
    took = f"Read in {words.counted(refresh['requests'], 'request')} ({refresh['strategy']})"
    if not document["summary"]["operations"]:
        return f"{took}."
    more = words.counted(asked["requests"], "more request")
    return f"{took}; an apply takes {more}, {words.seconds(asked['seconds'])}."


def expiry(document: AnyPlanDocument, now: datetime) -> str | None:
    """Says when the plan expires: `Wed 13 Jan 2027 03:30 UTC (in 24 hours)`."""
    expires = words.read_moment(document["expires_at"])
    return f"{words.moment(expires)} ({words.distance(expires, now)})" if expires else None


def apply_total(document: ApplyDocument) -> str:
    """Writes `Apply: 3 applied, 1 unchanged, …`."""
    summary = document["summary"]
    counts = (
        summary["applied"],
        summary["unchanged"],
        summary["failed"],
        summary["unknown"],
        summary["skipped"],
    )
    return f"Apply: {', '.join(f'{count:,} {word}' for count, word in zip(counts, _OUTCOMES, strict=True))}."
