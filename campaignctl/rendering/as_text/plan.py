"""A plan: what will happen to whom and when, and everything that a reviewer must know before it does."""

from __future__ import annotations

import json
import shlex
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from campaignctl.kinds import KINDS
from campaignctl.kinds.table import Value
from campaignctl.planning.consent import IN_MANIFEST, Permission
from campaignctl.rendering import words
from campaignctl.rendering.as_text.parts import (
    block,
    finding_lines,
    headline,
    note_lines,
    reason_lines,
    title,
)
from campaignctl.rendering.documents import (
    ChangeDocument,
    DifferenceDocument,
    HeldDocument,
    NumbersDocument,
    OperationDocument,
    PlanDocument,
)
from campaignctl.rendering.escape import UNSAFE, message, name
from campaignctl.rendering.lines import Line, Style, laid_out

_NAMES: Final = 12
"""How many unchanged campaigns are named on one line."""
_SHORT: Final = 60
"""Characters up to which before and after stand on one line."""

_MARKS: Final[Mapping[str, tuple[str, Style]]] = {
    "create": ("+", Style.CREATE),
    "update": ("~", Style.UPDATE),
    "transition": ("~", Style.UPDATE),
    "held": ("!", Style.UPDATE),
    "blocked": ("!", Style.STOP),
    "orphan": ("-", Style.ENDING),
    "noop": (" ", Style.QUIET),
}
_PHASES: Final = ("pause", "update", "resume", "create", "complete", "archive")
_ASKED_OF_CREATE: Final = {"looks-renamed": Permission.TWIN}
"""What releases a held create, by reason; every other one asks for a start that is near or at once."""


def plan_text(document: PlanDocument, *, now: datetime, color: bool = False, width: int | None = None) -> str:
    """A plan, or a saved one. `width` wraps; None leaves that to whoever shows it."""
    return laid_out(_plan(document, now), color=color, width=width)


def _plan(document: PlanDocument, now: datetime) -> Iterator[Line]:
    yield headline(document["environment"], document["account_sid"], document["backend"])
    yield from block(finding_lines(document["findings"]))
    changes = document["changes"]
    namesakes = Counter(change["name"] for change in changes)
    failed = [change for change in changes if change["reason"]["code"] == "failed"]
    noops = [change for change in changes if change["change"] == "noop" and change not in failed]
    for change in failed:
        yield from block(_failed(change))
    for change in changes:
        if change["change"] != "noop":
            yield from block(_change(change, now, namesakes[change["name"]] > 1))
    yield from block(_unchanged(noops))
    yield from block(Line(f"Note: {message(note)}", 0, Style.ALERT) for note in document["notes"])
    yield from block(_closing(document, now))


def _failed(change: ChangeDocument) -> Iterator[Line]:
    status = change["status"]["live"] or "failed"
    yield Line(f"! {title(change['kind'], change['name'])}: {status}{_place(change)}", 0, Style.STOP)
    yield from reason_lines(change["reason"])
    yield from note_lines(change["notes"])


def _change(change: ChangeDocument, now: datetime, namesake: bool) -> Iterator[Line]:
    mark, style = _MARKS[change["change"]]
    yield Line(
        f"{mark} {title(change['kind'], change['name'])}: {_headline(change)}{_place(change)}", 0, style
    )
    yield Line(words.effect(change, now), 1)
    urgency = words.urgency(change, now)
    if urgency:
        yield Line(urgency, 1, Style.ALERT)
    sense = words.sense(change)
    if sense:
        yield Line(sense, 1)
    yield from reason_lines(change["reason"])
    yield from _operations(change)
    yield from _content(change)
    yield from _held(change, now, namesake)
    yield from note_lines(change["notes"])


def _headline(change: ChangeDocument) -> str:
    """The operations in their order, and what is not done."""
    done = [operation["op"] for operation in change["operations"] if "sid" not in operation]
    twins = sum("sid" in operation for operation in change["operations"])
    pauses = (f"pause of {words.counted(twins, 'twin')}",) if twins else ()
    does = ", then ".join((*done, *pauses))
    held = words.listed(each["op"] for each in change["held"]) if change["held"] else ""
    kind = change["change"]
    if kind == "blocked":
        return f"blocked, but {does}" if does else "blocked"
    if kind == "orphan":
        return f"orphan, {does}" if does else "orphan, left as it is"
    return ", ".join(part for part in (does, f"{held} held" if held else "") if part) or kind


def _place(change: ChangeDocument) -> str:
    return f"  ({name(change['manifest'])}:{change['line']})" if change["manifest"] else ""


def _operations(change: ChangeDocument) -> Iterator[Line]:
    """What a headline cannot say of an operation: another campaign's, or not to be undone."""
    kind = KINDS[change["kind"]]
    live, desired = change["status"]["live"], change["status"]["desired"]
    steps = {operation["op"] for operation in (*change["operations"], *change["held"])}
    if live and desired and steps - {"create", "update"}:
        yield Line(f"status: {live} → {desired}", 1)
    for operation in change["operations"]:
        if "sid" in operation:
            yield Line(f"{operation['op']} of its twin {name(operation['sid'])}", 1)
        if operation["irreversible"]:
            yield Line(
                words.irreversible(operation["op"], operation.get("numbers_failed"), kind), 1, Style.STOP
            )


def _content(change: ChangeDocument) -> Iterator[Line]:
    """What is sent: all of a new campaign, the differences of one that is there."""
    creates = [each for each in (*change["operations"], *change["held"]) if each["op"] == "create"]
    if creates:
        yield from _fields(change["resulting"])
    sent = {field for operation in change["operations"] for field in operation["fields"]}
    for difference in change["diff"]:
        unsent = "" if difference["field"].partition(".")[0] in sent else " (not sent)"
        yield from _difference(f"{difference['field']}{unsent}", difference)


def _fields(values: Mapping[str, Value], prefix: str = "") -> Iterator[Line]:
    for field, value in values.items():
        if field == "from" and isinstance(value, Mapping):
            yield from _numbers_field(value)
        elif isinstance(value, Mapping):
            yield from _fields(value, f"{prefix}{field}.")
        elif not (field == "name" and not prefix):
            yield Line(f"{prefix}{field}: {_written(value)}", 2)


def _numbers_field(value: Mapping[str, Value]) -> Iterator[Line]:
    count, distinct = value.get("count"), value.get("distinct")
    twice = "" if count == distinct else f", {distinct} of them different"
    yield Line(f"from: {_count(count)}{twice}", 2)
    yield from _items("", value.get("numbers"), Style.PLAIN)


def _count(value: Value) -> str:
    return words.counted(value, "number") if isinstance(value, int) else "numbers"


def _difference(label: str, difference: DifferenceDocument) -> Iterator[Line]:
    before, after = difference["before"], difference["after"]
    if "added" in difference and isinstance(before, Mapping) and isinstance(after, Mapping):
        yield Line(f"{label}: {_count(before.get('count'))} → {_count(after.get('count'))}", 2)
        yield from _numbers("-", difference["removed"], Style.GONE)
        yield from _numbers("+", difference["added"], Style.GOOD)
    elif "note" in difference:
        yield Line(f"{label}: {_written(after)} ({difference['note']})", 2)
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield from _array(label, before, after)
    elif len(_written(before)) + len(_written(after)) <= _SHORT:
        yield Line(f"{label}: {_written(before)} → {_written(after)}", 2)
    else:
        yield Line(f"{label}:", 2)
        yield Line(f"- {_written(before)}", 3, Style.GONE)
        yield Line(f"+ {_written(after)}", 3, Style.GOOD)


def _numbers(mark: str, numbers: NumbersDocument, style: Style) -> Iterator[Line]:
    if not numbers["count"]:
        return
    rest = numbers["count"] - len(numbers["examples"])
    more = f" and {rest:,} more" if rest else ""
    yield from _items(f"{mark} {_count(numbers['count'])}: ", numbers["examples"], style, more)


def _items(start: str, items: object, style: Style, more: str = "") -> Iterator[Line]:
    """Numbers ten to a line, so that five thousand of them stay readable."""
    if not isinstance(items, list | tuple):
        return
    for first in range(0, len(items), 10):
        last = more if first + 10 >= len(items) else ","
        blank = " " * len(start)
        yield Line(
            f"{start if first == 0 else blank}{', '.join(map(str, items[first : first + 10]))}{last}",
            3,
            style,
        )


def _array(label: str, before: Sequence[Value], after: Sequence[Value]) -> Iterator[Line]:
    gone, come = Counter(map(_written, before)), Counter(map(_written, after))
    added, removed = list((come - gone).elements()), list((gone - come).elements())
    yield Line(f"{label}: {len(before):,} → {len(after):,}, +{len(added):,} -{len(removed):,}", 2)
    yield from (Line(f"- {item}", 3, Style.GONE) for item in removed)
    yield from (Line(f"+ {item}", 3, Style.GOOD) for item in added)


def _written(value: Value) -> str:
    """As JSON writes it, so that a blank at an end and a digit string are seen as such; `unset` for null."""
    return "unset" if value is None else json.dumps(value, ensure_ascii=False)


def _held(change: ChangeDocument, now: datetime, namesake: bool) -> Iterator[Line]:
    if not change["held"]:
        return
    kind = KINDS[change["kind"]]
    for operation in change["held"]:
        yield Line(f"held: {words.held(operation, kind, now)}", 1, Style.UPDATE)
    asked = (_permission(operation, change) for operation in change["held"])
    permissions = list(dict.fromkeys(permission for permission in asked if permission))
    pattern = _pattern(change, namesake)
    flags = " ".join(f"--allow {shlex.quote(permission + pattern)}" for permission in permissions)
    yield Line(f"to allow: {flags}", 1, whole=True)
    in_manifest = [permission for permission in permissions if permission in IN_MANIFEST]
    if in_manifest and change["manifest"]:
        yield Line(f"or metadata.allow: [{', '.join(in_manifest)}] in the manifest", 1)


def _permission(operation: HeldDocument, change: ChangeDocument) -> Permission | None:
    """What releases it: the operation's own word, or that of what is asked of a start or a name.

    None for a pause, which waits only because what comes before or after it does.
    """
    match operation["op"]:
        case "create":
            return _ASKED_OF_CREATE.get(change["reason"]["code"], Permission.START_NOW)
        case "update":
            return Permission.EARLIER_START
        case "pause":
            return None
        case op:
            return Permission(op)


def _pattern(change: ChangeDocument, namesake: bool) -> str:
    """`:NAME` as a shell takes it; a name that cannot be typed is given by SID, else every campaign is allowed."""
    campaign = change["name"]
    if UNSAFE.search(campaign) or name(campaign) != campaign or not campaign:
        return f":{change['sid']}" if change["sid"] and not UNSAFE.search(change["sid"]) else ""
    return f":{title(change['kind'], campaign)}" if namesake else f":{campaign}"


def _unchanged(noops: Sequence[ChangeDocument]) -> Iterator[Line]:
    """By reason; what is in sync in a line, what is over with its why. A note that many share is told once."""
    by_code = sorted(noops, key=lambda change: change["reason"]["code"] != "in-sync")
    for code, group in groupby(by_code, key=lambda change: change["reason"]["code"]):
        changes = list(group)
        if code in ("in-sync", "cannot-compare"):
            called = "in sync" if code == "in-sync" else "not comparable"
            yield Line(f"{len(changes):,} {called}: {_names(changes)}", 1, Style.QUIET)
        else:
            for change in changes:
                text = f"{title(change['kind'], change['name'])}: {message(change['reason']['message'])} [{code}]"
                yield Line(text, 1, Style.QUIET)
    shared: defaultdict[str, list[ChangeDocument]] = defaultdict(list)
    for change in noops:
        for note in change["notes"]:
            shared[note].append(change)
    for note, changes in shared.items():
        yield Line(f"note: {_names(changes)}: {message(note)}", 1, Style.QUIET)


def _names(changes: Sequence[ChangeDocument]) -> str:
    named = ", ".join(title(change["kind"], change["name"]) for change in changes[:_NAMES])
    rest = len(changes) - _NAMES
    return f"{named} and {rest:,} more" if rest > 0 else named


def _closing(document: PlanDocument, now: datetime) -> Iterator[Line]:
    summary = document["summary"]
    yield _total(document)
    operations = [operation for change in document["changes"] for operation in change["operations"]]
    if len(operations) > 1:
        yield Line(f"In this order: {_order(operations)}.")
    reach = words.reach(document["reach"])
    if reach:
        yield Line(reach)
    final = sum(operation["irreversible"] for operation in operations)
    if final:
        yield Line(f"{words.counted(final, 'operation')} cannot be undone.", 0, Style.STOP)
    if summary["cannot_compare"]:
        hidden = words.counted(summary["cannot_compare"], "campaign")
        yield Line(
            f"{hidden} cannot be compared: the account shows no recipients or no content (--resend NAME sends all)."
        )
    if document["allowed"]:
        yield Line(f"Allowed: {', '.join(document['allowed'])}.")
    yield Line(_cost(document), 0, Style.QUIET)
    expires = words.read_moment(document["expires_at"])
    until = f", expires {words.moment(expires)} ({words.distance(expires, now)})" if expires else ""
    yield Line(f"Digest {document['digest']}{until}.", 0, Style.QUIET)


def _total(document: PlanDocument) -> Line:
    summary = document["summary"]
    unmanaged = ""
    if summary["unmanaged"]:
        verb = "is" if summary["unmanaged"] == 1 else "are"
        unmanaged = (
            f"; {words.counted(summary['unmanaged'], 'campaign')} in the account {verb} not managed here"
        )
    if not document["changes"]:
        return Line(f"Nothing to do: no manifest is selected{unmanaged}.")
    if summary["noop"] == len(document["changes"]):
        unchanged = words.counted(summary["noop"], "manifest")
        return Line(f"Nothing to do for {unchanged}{unmanaged}.", 0, Style.GOOD)
    parts = [
        f"{summary['create']:,} to create",
        f"{summary['update']:,} to update",
        words.counted(summary["transition"], "transition"),
        f"{summary['held']:,} held",
        f"{summary['blocked']:,} blocked",
        f"{summary['noop']:,} unchanged",
    ]
    if summary["orphan"]:
        parts.append(words.counted(summary["orphan"], "orphan"))
    return Line(f"Plan: {', '.join(parts)}{unmanaged}.", 0, Style.STRONG)


def _order(operations: Sequence[OperationDocument]) -> str:
    """Stopping comes first, what cannot be undone last (rule 7)."""
    counts = Counter(operation["op"] for operation in operations)
    return ", ".join(words.counted(counts[op], op) for op in _PHASES if counts[op])


def _cost(document: PlanDocument) -> str:
    refresh, cost = document["refresh"], document["apply"]
    took = f"Read in {words.counted(refresh['requests'], 'request')} ({refresh['strategy']})"
    if not document["summary"]["operations"]:
        return f"{took}."
    more = words.counted(cost["requests"], "more request")
    return f"{took}; an apply takes {more}, {words.seconds(cost['seconds'])}."
