"""Writes a plan: what will happen to whom and when, and everything that a reviewer must know before it does."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from campaignctl.kinds import KINDS
from campaignctl.kinds.operations import Op
from campaignctl.kinds.table import Value
from campaignctl.rendering import totals, words
from campaignctl.rendering.as_text.findings import finding_lines
from campaignctl.rendering.as_text.parts import block, headline, note_lines, reason_lines
from campaignctl.rendering.changes import Telling, asking, does, number_count, title, written
from campaignctl.rendering.documents import (
    AnyPlanDocument,
    BriefChangeDocument,
    DifferenceDocument,
    NumbersDocument,
)
from campaignctl.rendering.lines import Line, Style, laid_out
from campaignctl.rendering.series import called, folded, named_for_all, spans
from campaignctl.text import message, name

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


def plan_text(
    document: AnyPlanDocument,
    *,
    now: datetime,
    color: bool = False,
    width: int | None = None,
    within: str = "",
) -> str:
    """Writes a plan, or a saved one. `width` wraps; None leaves that to whoever shows it. `within` as for `Telling`."""
    return laid_out(_plan(document, Telling.of(document, now, within)), color=color, width=width)


def _plan(document: AnyPlanDocument, telling: Telling) -> Iterator[Line]:
    yield headline(document["environment"], document["account_sid"], document["backend"])
    yield from block(finding_lines(document["findings"]))
    changes = document["changes"]
    failed = [change for change in changes if change["reason"]["code"] == "failed"]
    noops = [change for change in changes if change["change"] == "noop" and change not in failed]
    yield from block(Line(f"Note: {message(note)}", 0, Style.ALERT) for note in document["notes"])
    for change in failed:
        yield from block(_failed(change))
    for run in folded(change for change in changes if change["change"] != "noop"):
        # a list: one by one, each line would go through every generator from there to here
        yield from block(list(_change(run, telling)))
    yield from block(_unchanged(noops))
    yield from block(_closing(document, telling.now))


def _failed(change: BriefChangeDocument) -> Iterator[Line]:
    status = change["status"]["live"] or "failed"
    yield Line(f"! {title(change['kind'], change['name'])}: {status}{_place(change)}", 0, Style.STOP)
    yield from reason_lines(change["reason"])
    yield from note_lines(change["notes"])


def _change(run: Sequence[BriefChangeDocument], telling: Telling) -> Iterator[Line]:
    """Writes a change; for several dates of a manifest what is said of the first, which stands for all."""
    change, now = run[0], telling.now
    mark, style = _MARKS[change["change"]]
    subject = title(change["kind"], change["name"]) if len(run) == 1 else called(run)
    yield Line(f"{mark} {subject}: {does(change)}{_place(change)}", 0, style)
    if len(run) > 1:
        yield Line(f"{spans(run)}; the first:", 1)
    yield Line(words.effect(change, now), 1)
    urgency = words.urgency(change, now)
    if urgency:
        yield Line(urgency, 1, Style.ALERT)
    for sentence in (words.estimate(change), words.run(change), words.cost(change, telling.currency)):
        if sentence:
            yield Line(sentence, 1)
    yield from reason_lines(change["reason"])
    yield from _operations(change)
    yield from _content(change)
    yield from _held(named_for_all(run), telling)
    yield from note_lines(change["notes"])


def _place(change: BriefChangeDocument) -> str:
    return f"  ({name(change['manifest'])}:{change['line']})" if change["manifest"] else ""


def _operations(change: BriefChangeDocument) -> Iterator[Line]:
    """Says what a headline cannot say of an operation: another campaign's, or not to be undone."""
    kind = KINDS.get(change["kind"])
    live, desired = change["status"]["live"], change["status"]["desired"]
    if live and desired:
        steps = {operation["op"] for operation in (*change["operations"], *change["held"])}
        if any(Op(op).action for op in steps):
            yield Line(f"status: {live} → {desired}", 1)
    for operation in change["operations"]:
        if "sid" in operation:
            yield Line(f"{operation['op']} of its twin {name(operation['sid'])}", 1)
        if operation["irreversible"]:
            yield Line(
                words.irreversible(operation["op"], operation.get("numbers_failed"), kind), 1, Style.STOP
            )


def _content(change: BriefChangeDocument) -> Iterator[Line]:
    """Writes what is sent: all of a new campaign, the differences of one that is there."""
    creates = [each for each in (*change["operations"], *change["held"]) if each["op"] == "create"]
    if creates:
        yield from field_lines(change["resulting"])
    if not change["diff"]:
        return
    sent = {field for operation in change["operations"] for field in operation["fields"]}
    for difference in change["diff"]:
        unsent = "" if difference["field"].partition(".")[0] in sent else " (not sent)"
        yield from difference_lines(f"{difference['field']}{unsent}", difference)


def field_lines(values: Mapping[str, Value], prefix: str = "") -> Iterator[Line]:
    """Writes all that is declared, one field on each line, without the name, which stands above it."""
    for field, value in values.items():
        if value.__class__ is dict:
            yield from _numbers_field(value) if field == "from" else field_lines(value, f"{prefix}{field}.")
        elif prefix or field != "name":
            yield Line(f"{prefix}{field}: {written(value)}", 2)


def _numbers_field(value: Mapping[str, Value]) -> Iterator[Line]:
    count, distinct = value.get("count"), value.get("distinct")
    twice = "" if count == distinct else f", {distinct} of them different"
    yield Line(f"from: {number_count(count)}{twice}", 2)
    if "numbers" in value:
        yield from _items("", value["numbers"], Style.PLAIN)


def difference_lines(label: str, difference: DifferenceDocument) -> Iterator[Line]:
    """Writes before and after; of numbers and of arrays what went and what came."""
    before, after = difference["before"], difference["after"]
    if "added" in difference and isinstance(before, dict) and isinstance(after, dict):
        yield Line(f"{label}: {number_count(before.get('count'))} → {number_count(after.get('count'))}", 2)
        yield from _numbers("-", difference["removed"], Style.GONE)
        yield from _numbers("+", difference["added"], Style.GOOD)
    elif "note" in difference:
        yield Line(f"{label}: {written(after)} ({difference['note']})", 2)
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield from _array(label, before, after)
    elif len(written(before)) + len(written(after)) <= _SHORT:
        yield Line(f"{label}: {written(before)} → {written(after)}", 2)
    else:
        yield Line(f"{label}:", 2)
        yield Line(f"- {written(before)}", 3, Style.GONE)
        yield Line(f"+ {written(after)}", 3, Style.GOOD)


def _numbers(mark: str, numbers: NumbersDocument, style: Style) -> Iterator[Line]:
    if not numbers["count"]:
        return
    rest = numbers["count"] - len(numbers["examples"])
    more = f" and {rest:,} more" if rest else ""
    yield from _items(f"{mark} {number_count(numbers['count'])}: ", numbers["examples"], style, more)


def _items(start: str, items: object, style: Style, more: str = "") -> Iterator[Line]:
    """Writes the numbers ten to a line, so that five thousand of them stay readable."""
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
    gone, come = Counter(map(written, before)), Counter(map(written, after))
    added, removed = list((come - gone).elements()), list((gone - come).elements())
    yield Line(f"{label}: {len(before):,} → {len(after):,}, +{len(added):,} -{len(removed):,}", 2)
    yield from (Line(f"- {item}", 3, Style.GONE) for item in removed)
    yield from (Line(f"+ {item}", 3, Style.GOOD) for item in added)


def _held(change: BriefChangeDocument, telling: Telling) -> Iterator[Line]:
    kind = KINDS.get(change["kind"])
    for operation in change["held"]:
        yield Line(f"held: {words.held(operation, kind, telling.now)}", 1, Style.UPDATE)
    asked = asking(change, telling)
    if asked:
        yield Line(f"to allow: {asked.flags}", 1, unwrapped=True)
    if asked and asked.in_manifest:
        yield Line(f"or {asked.in_manifest} in the manifest", 1)


def _unchanged(noops: Sequence[BriefChangeDocument]) -> Iterator[Line]:
    """Writes what stays, by reason; what is in sync in one line, what is over with its reason.

    A note that many share is told once.
    """
    by_code = sorted(noops, key=lambda change: change["reason"]["code"] != "in-sync")
    for code, group in groupby(by_code, key=lambda change: change["reason"]["code"]):
        changes = list(group)
        if code in ("in-sync", "cannot-compare"):
            how = "in sync" if code == "in-sync" else "not comparable"
            yield Line(f"{len(changes):,} {how}: {_names(changes)}", 1, Style.QUIET)
        else:
            for run in folded(changes):
                subject = (
                    title(run[0]["kind"], run[0]["name"]) if len(run) == 1 else f"{called(run)}, {spans(run)}"
                )
                yield Line(f"{subject}: {message(run[0]['reason']['message'])} [{code}]", 1, Style.QUIET)
    shared: defaultdict[str, list[BriefChangeDocument]] = defaultdict(list)
    for change in noops:
        for note in change["notes"]:
            shared[note].append(change)
    for note, changes in shared.items():
        yield Line(f"note: {_names(changes)}: {message(note)}", 1, Style.QUIET)


def _names(changes: Sequence[BriefChangeDocument]) -> str:
    runs = list(folded(changes))
    named = ", ".join(
        title(it[0]["kind"], it[0]["name"]) if len(it) == 1 else called(it) for it in runs[:_NAMES]
    )
    rest = sum(map(len, runs[_NAMES:]))
    return f"{named} and {rest:,} more" if rest > 0 else named


def _closing(document: AnyPlanDocument, now: datetime) -> Iterator[Line]:
    operations = totals.operations_of(document)
    quiet = totals.nothing_to_do(document)
    style = Style.STRONG if not quiet else Style.GOOD if document["changes"] else Style.PLAIN
    yield Line(totals.plan_total(document), 0, style)
    yield from _said(totals.order(document))
    yield from _said(words.reach(document["reach"]))
    yield from _said(words.left_out(document["changes"]))
    yield from _said(words.lists(document["changes"]))
    yield from _said(words.total_cost(document.get("cost"), document["reach"]["campaigns"]))
    yield from _said(totals.irreversible(operations), Style.STOP)
    yield from _said(totals.cannot_compare(document))
    if document["allowed"]:
        yield Line(f"Allowed: {', '.join(document['allowed'])}.")
    yield Line(totals.cost(document), 0, Style.QUIET)
    expires = totals.expiry(document, now)
    until = f", expires {expires}" if expires else ""
    yield Line(f"Approve {document['approval']}{until}.", 0, Style.QUIET)


def _said(sentence: str | None, style: Style = Style.PLAIN) -> Iterator[Line]:
    if sentence:
        yield Line(sentence, 0, style)
