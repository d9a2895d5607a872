"""Turns documents of plans, applies and validations into reports: what is read first, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from campaignctl.kinds import KINDS
from campaignctl.rendering import changes as changes_words
from campaignctl.rendering import totals, words
from campaignctl.rendering.changes import (
    Asking,
    Telling,
    asking,
    does,
    following,
    may_go_on_calling,
    title,
    troubles,
)
from campaignctl.rendering.documents import AnyPlanDocument, BriefChangeDocument
from campaignctl.rendering.facts import facts
from campaignctl.rendering.finding_documents import ValidateDocument
from campaignctl.rendering.findings import findings_total
from campaignctl.rendering.formats import Setting, Where
from campaignctl.rendering.report import Entry, Later, Place, Report, Said, Seal, Tone, findings_of
from campaignctl.rendering.series import called, folded, named_for_all, spans
from campaignctl.rendering.timeline import timeline_of
from campaignctl.text import message, name

if TYPE_CHECKING:
    from campaignctl.rendering.formats import Writers
    from campaignctl.rendering.result_documents import ApplyDocument, ResultDocument

_NEVER: Final = float("inf")


def plan_report(document: AnyPlanDocument, now: datetime, *, fold: bool = False, within: str = "") -> Report:
    """Makes the report of a plan, or a saved one: failed, blocked, irreversible and held first, then by start.

    `fold`: neighbouring dates of a manifest that repeats are one entry. `within` as for `Telling`.
    """
    telling = Telling.of(document, now, within)
    entries: list[Entry] = []
    quiet: list[Entry] = []
    ordered = sorted(document["changes"], key=_start)
    for run in folded(ordered) if fold else ([change] for change in ordered):
        entry = _entry_of(run, telling)
        (quiet if entry.tone is Tone.QUIET else entries).append(entry)
    return Report(
        what="plan",
        title="Plan",
        where=Where.of(document["environment"], document["account_sid"], document["backend"]),
        summary=tuple(_plan_summary(document)),
        entries=tuple(sorted(entries, key=lambda entry: entry.tone.rank)),
        quiet=tuple(quiet),
        findings=findings_of(document["findings"]),
        notes=tuple(map(message, document["notes"])),
        fine_print=tuple(_fine_print(document)),
        seal=Seal(name(document["approval"]), totals.expiry(document, now)),
        timeline=partial(timeline_of, document) if "crowds" in document else lambda: None,
    )


def _start(change: BriefChangeDocument) -> float:
    """Returns the start to order by; a change without one is the last."""
    start = words.starts(change)
    return start.timestamp() if start else _NEVER


def _plan_summary(document: AnyPlanDocument) -> Iterator[Said]:
    operations = totals.operations_of(document)
    quiet = totals.nothing_to_do(document)
    yield Said(totals.plan_total(document), Tone.GOOD if quiet else Tone.PLAIN)
    for sentence, tone in (
        (words.reach(document["reach"]), Tone.PLAIN),
        (words.left_out(document["changes"]), Tone.PLAIN),
        (words.lists(document["changes"]), Tone.PLAIN),
        (words.total_cost(document.get("cost"), document["reach"]["campaigns"]), Tone.PLAIN),
        (totals.irreversible(operations), Tone.FINAL),
        (_failed(document), Tone.FAILED),
        (totals.cannot_compare(document), Tone.QUIET),
    ):
        if sentence:
            yield Said(sentence, tone)


def _failed(document: AnyPlanDocument) -> str | None:
    failed = [change["kind"] for change in document["changes"] if change["reason"]["code"] == "failed"]
    nobody = " or ".join(sorted({f"{KINDS[kind].stem}ed" for kind in failed}))
    return f"{words.counted(len(failed), 'campaign')} failed: nobody was {nobody}." if failed else None


def _fine_print(document: AnyPlanDocument) -> Iterator[str]:
    order = totals.order(document)
    if order:
        yield order
    if document["allowed"]:
        yield f"Allowed: {', '.join(map(name, document['allowed']))}."
    yield totals.cost(document)


def _tone(change: BriefChangeDocument, now: datetime) -> Tone:
    if change["reason"]["code"] == "failed":
        return Tone.FAILED
    match change["change"]:
        case "noop":
            return Tone.QUIET
        case "blocked":
            return Tone.BLOCKED
        case _ if any(operation["irreversible"] for operation in change["operations"]):
            return Tone.FINAL
        case _ if change["held"] or change["change"] == "held":
            return Tone.HELD
        case "orphan":
            return Tone.LEFT
        case _ if words.urgency(change, now):
            return Tone.SOON
        case "create":
            return Tone.CREATE
        case _:
            return Tone.CHANGE


def _entry_of(run: Sequence[BriefChangeDocument], telling: Telling) -> Entry:
    """Makes an entry; for several dates what is said of the first, which stands for all."""
    entry = change_entry(named_for_all(run), telling)
    if len(run) == 1:
        return entry
    return replace(entry, title=called(run), says=Later(partial(_says_of, run, entry.says)))


def _says_of(run: Sequence[BriefChangeDocument], says: Later[Said]) -> Iterator[Said]:
    first, *rest = says
    yield replace(first, text=f"{spans(run)}; the first {first.text}")
    yield from rest


def change_entry(change: BriefChangeDocument, telling: Telling) -> Entry:
    """Makes the entry of one change."""
    asked = asking(change, telling)
    return Entry(
        title=title(change["kind"], change["name"]),
        does=_does(change),
        tone=_tone(change, telling.now),
        says=Later(partial(_says, change, telling, asked)),
        facts=Later(partial(facts, change)),
        commands=(asked.flags,) if asked else (),
        place=Place(change["manifest"], change["line"] or 1) if change["manifest"] else None,
        cost=(words.cost(change, telling.currency) or "").removeprefix("costs "),
    )


def _does(change: BriefChangeDocument) -> str:
    if change["change"] != "noop":
        return does(change)
    return name(change["status"]["live"] or "nothing there")


def _says(change: BriefChangeDocument, telling: Telling, asked: Asking | None) -> Iterator[Said]:
    """Yields first what it means for people; then what is near, why, what cannot be undone, what was noticed."""
    kind, reason = KINDS.get(change["kind"]), change["reason"]
    why = f"{message(reason['message'])} [{reason['code']}]"
    if change["change"] == "noop":
        yield Said(why)
    else:
        yield Said(words.effect(change, telling.now))
        yield from _optional(words.urgency(change, telling.now), Tone.SOON)
        yield from _optional(words.estimate(change), Tone.PLAIN)
        yield from _optional(words.run(change), Tone.PLAIN)
        yield from _optional(words.cost(change, telling.currency), Tone.PLAIN)
        if reason["code"] not in changes_words.SHOWS_ITSELF:
            yield Said(f"Why: {why}")
        yield from _steps(change)
        for operation in change["held"]:
            yield Said(f"Held: {words.held(operation, kind, telling.now)}", Tone.HELD)
    yield from (Said(f"Note: {message(note)}", Tone.QUIET) for note in change["notes"])
    if asked and asked.in_manifest:
        yield Said(f"To allow it, write {asked.in_manifest} in the manifest, or give:")


def _steps(change: BriefChangeDocument) -> Iterator[Said]:
    kind = KINDS.get(change["kind"])
    for operation in change["operations"]:
        if "sid" in operation:
            yield Said(f"{operation['op']} of its twin {name(operation['sid'])}")
        if operation["irreversible"]:
            failed = operation.get("numbers_failed")
            yield Said(words.irreversible(operation["op"], failed, kind), Tone.FINAL)


def _optional(sentence: str | None, tone: Tone) -> Iterator[Said]:
    if sentence:
        yield Said(sentence, tone)


_TONES: Final = {
    "unknown": Tone.UNKNOWN,
    "failed": Tone.FAILED,
    "skipped": Tone.SKIPPED,
    "applied": Tone.GOOD,
    "unchanged": Tone.QUIET,
}
_ORDER: Final = tuple(_TONES)


def apply_report(document: ApplyDocument) -> Report:
    """Makes the report of an apply: what may go on calling and what nobody knows first, then what failed and what
    was left.
    """
    results = sorted(
        document["results"],
        key=lambda result: (not may_go_on_calling(result), _ORDER.index(result["outcome"])),
    )
    entries = [_result_entry(result) for result in results]
    interrupted = "Interrupted: nothing more was sent after the request in flight."
    bad = document["summary"]["failed"] + document["summary"]["unknown"]
    return Report(
        what="apply",
        title="Apply",
        where=Where.of(document["environment"], document["account_sid"], document["backend"]),
        summary=(
            *((Said(interrupted, Tone.FAILED),) if document["interrupted"] else ()),
            Said(totals.apply_total(document), Tone.FAILED if bad else Tone.GOOD),
        ),
        entries=tuple(entry for entry in entries if entry.tone is not Tone.QUIET),
        quiet=tuple(entry for entry in entries if entry.tone is Tone.QUIET),
    )


def _result_entry(result: ResultDocument) -> Entry:
    applied = result["outcome"] == "applied"
    steps = changes_words.done(result["operations"])
    return Entry(
        title=title(result["kind"], result["name"]),
        does=steps if applied else result["outcome"],
        tone=_TONES[result["outcome"]],
        says=Later(partial(_result_says, result, steps)),
    )


def _result_says(result: ResultDocument, steps: str) -> Iterator[Said]:
    applied = result["outcome"] == "applied"
    if not applied:
        yield from (Said(says[:1].upper() + says[1:]) for says in troubles(result))
        yield from _optional(f"Operations: {steps}" if steps else None, Tone.PLAIN)
    if result["held"]:
        waiting = words.listed(each["op"] for each in result["held"])
        yield Said(f"Held: {waiting}, to be asked for", Tone.HELD)
    yield from (Said(f"Note: {message(note)}", Tone.QUIET) for note in result["notes"])
    following_step = following(result)
    if following_step:
        yield Said(f"Next: {following_step}")
    if result["sid"]:
        yield Said(f"SID: {name(result['sid'])}", Tone.QUIET)


def validate_report(
    document: ValidateDocument, *, manifests: int | None = None, where: Where | None = None
) -> Report:
    """Makes the report of the findings of `validate`."""
    findings = document["findings"]
    errors = any(finding["severity"] == "error" for finding in findings)
    tone = Tone.FAILED if errors else Tone.HELD if findings else Tone.GOOD
    return Report(
        what="validate",
        title="Validation",
        where=where,
        summary=(Said(findings_total(findings, manifests), tone),),
        findings=findings_of(findings),
    )


def writers(write: Callable[[Report], str], *, fold: bool = False) -> Writers:
    """Returns the `WRITERS` of a format that is made from reports. `fold`: see `plan_report`."""

    def plan(document: AnyPlanDocument, setting: Setting) -> str:
        return write(plan_report(document, setting.now, fold=fold).under(setting.prefix))

    def apply(document: ApplyDocument, setting: Setting) -> str:
        return write(apply_report(document).under(setting.prefix))

    def validate(document: ValidateDocument, setting: Setting) -> str:
        report = validate_report(document, manifests=setting.manifests, where=setting.where)
        return write(report.under(setting.prefix))

    return {"plan": plan, "apply": apply, "validate": validate}
