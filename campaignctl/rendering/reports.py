"""Turns documents of plans, applies and validations into reports: what is read first, and in which words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Final

from campaignctl.kinds import KINDS
from campaignctl.kinds.operations import Op
from campaignctl.rendering import changes as changes_words
from campaignctl.rendering import totals, words
from campaignctl.rendering.changes import (
    Telling,
    asking,
    does,
    following,
    may_go_on_calling,
    title,
    troubles,
)
from campaignctl.rendering.documents import AnyPlanDocument, BriefChangeDocument
from campaignctl.rendering.facts import declared, facts
from campaignctl.rendering.finding_documents import ValidateDocument
from campaignctl.rendering.findings import findings_total
from campaignctl.rendering.formats import Setting, Where
from campaignctl.rendering.report import (
    About,
    Entry,
    Later,
    Place,
    Report,
    Said,
    Seal,
    Sign,
    Tone,
    findings_of,
)
from campaignctl.rendering.series import called, folded, named_for_all, spans
from campaignctl.text import TEXT_LIMIT, cut, message, name

if TYPE_CHECKING:
    from campaignctl.rendering.formats import Writers
    from campaignctl.rendering.result_documents import ApplyDocument, ResultDocument
    from campaignctl.rendering.timeline import Timeline

_NEVER: Final = float("inf")
_MOST_NAMES: Final = 12
"""How many campaigns that stay as they are one sentence names."""


def plan_report(document: AnyPlanDocument, now: datetime, *, fold: bool = False, within: str = "") -> Report:
    """Makes the report of a plan, or a saved one: failed, blocked, irreversible and held first, then by start.

    `fold`: neighbouring dates of a manifest that repeats are one entry. `within` as for `Telling`.
    """
    telling = Telling.of(document, now, within)
    ordered = sorted(document["changes"], key=_start)
    runs = folded(ordered) if fold else ([change] for change in ordered)
    entries = [_entry_of(run, telling) for run in runs]
    entries.sort(key=lambda entry: entry.tone.rank)
    moving = sum(entry.tone is not Tone.QUIET for entry in entries)
    return replace(
        _plan_report(document, now), entries=tuple(entries[:moving]), quiet=tuple(entries[moving:])
    )


def listed_plan_report(document: AnyPlanDocument, now: datetime, within: str = "") -> Report:
    """Makes the same for a list: in the order of kind and name, so that it can be compared with the last one; only
    what failed comes first. What stays as it is, is told by reason.
    """
    telling = Telling.of(document, now, within)
    failed = [change for change in document["changes"] if change["reason"]["code"] == "failed"]
    moving = folded(change for change in document["changes"] if change["change"] != "noop")
    runs = (*([change] for change in failed), *moving)
    entries = tuple(_entry_of(run, telling) for run in runs)
    return replace(_plan_report(document, now), entries=entries, kept=tuple(kept(document["changes"])))


def _plan_report(document: AnyPlanDocument, now: datetime) -> Report:
    """Makes what is said of the plan, whatever its entries and their order."""
    return Report(
        what="plan",
        title="Plan",
        where=Where.of(document["environment"], document["account_sid"], document["backend"]),
        summary=tuple(_plan_summary(document)),
        findings=findings_of(document["findings"]),
        notes=tuple(map(message, document["notes"])),
        fine_print=tuple(_fine_print(document)),
        seal=Seal(cut(document["approval"], TEXT_LIMIT), totals.expiry(document, now)),
        timeline=partial(_timeline, document),
    )


def _timeline(document: AnyPlanDocument) -> Timeline | None:
    if "crowds" not in document:
        return None
    from campaignctl.rendering.timeline import timeline_of  # where one is drawn: on a page

    return timeline_of(document)


def _start(change: BriefChangeDocument) -> float:
    """Returns the start to order by; a change without one is the last."""
    start = words.starts(change)
    return start.timestamp() if start else _NEVER


def _plan_summary(document: AnyPlanDocument) -> Iterator[Said]:
    operations = totals.operations_of(document)
    quiet = totals.nothing_to_do(document)
    yield Said(totals.plan_total(document), Tone.GOOD if quiet else Tone.PLAIN)
    yield from _optional(words.reach(document["reach"]))
    yield from _optional(words.left_out(document["changes"]))
    yield from _optional(words.lists(document["changes"]))
    yield from _optional(words.total_cost(document.get("cost"), document["reach"]["campaigns"]))
    yield from _optional(totals.irreversible(operations), Tone.FINAL)
    yield from _optional(_failed(document), Tone.FAILED, About.FAILURES)
    yield from _optional(totals.cannot_compare(document), Tone.QUIET)


def _failed(document: AnyPlanDocument) -> str | None:
    failed = [change["kind"] for change in document["changes"] if change["reason"]["code"] == "failed"]
    nobody = " or ".join(sorted({f"{KINDS[kind].stem}ed" for kind in failed}))
    return f"{words.counted(len(failed), 'campaign')} failed: nobody was {nobody}." if failed else None


def _fine_print(document: AnyPlanDocument) -> Iterator[Said]:
    yield from _optional(totals.order(document), about=About.ORDER)
    if document["allowed"]:
        yield Said(f"Allowed: {', '.join(map(name, document['allowed']))}.")
    yield Said(totals.cost(document), Tone.QUIET)


def _tone(change: BriefChangeDocument, urgency: str | None) -> Tone:
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
        case _ if urgency:
            return Tone.SOON
        case "create":
            return Tone.CREATE
        case _:
            return Tone.CHANGE


_SIGNS: Final[Mapping[str, Sign]] = {
    "create": Sign.CREATE,
    "held": Sign.HELD,
    "blocked": Sign.STOP,
    "orphan": Sign.END,
    "noop": Sign.STOP,  # it has an entry in a list where it failed
}


def _entry_of(run: Sequence[BriefChangeDocument], telling: Telling) -> Entry:
    """Makes an entry; for several dates what is said of the first, which stands for all."""
    entry = change_entry(named_for_all(run), telling)
    return entry if len(run) == 1 else entry._replace(title=called(run), dates=spans(run))


def change_entry(change: BriefChangeDocument, telling: Telling) -> Entry:
    """Makes the entry of one change."""
    asked = asking(change, telling)
    urgency, cost = words.urgency(change, telling.now), words.cost(change, telling.currency)
    return Entry(
        title(change["kind"], change["name"]),
        _does(change),
        _tone(change, urgency),
        Later(_says, change, telling.now, urgency, cost),
        Later(declared, change),
        Later(facts, change),
        (asked.flags,) if asked else (),
        Place(change["manifest"], change["line"] or 1) if change["manifest"] else None,
        cost.removeprefix("costs ") if cost else "",
        _SIGNS.get(change["change"], Sign.CHANGE),
        (asked and asked.in_manifest) or "",
    )


def _does(change: BriefChangeDocument) -> str:
    if change["change"] != "noop":
        return does(change)
    return name(change["status"]["live"] or "nothing there")


def _says(change: BriefChangeDocument, now: datetime, urgency: str | None, cost: str | None) -> list[Said]:
    """Says first what it means for people; then what is near, why, what cannot be undone, what was noticed."""
    reason = change["reason"]
    why = f"{message(reason['message'])} [{reason['code']}]"
    if change["change"] == "noop":
        return [Said(why, about=About.STAYS), *_notes(change["notes"])]
    said = [Said(words.effect(change, now)), *_optional(urgency, Tone.SOON)]
    said += [Said(it) for it in (words.estimate(change), words.run(change), cost) if it]
    if reason["code"] not in changes_words.SHOWS_ITSELF:
        said.append(Said(why, about=About.WHY))
    return [*said, *_steps(change), *_waiting(change, now), *_notes(change["notes"])]


def _waiting(change: BriefChangeDocument, now: datetime) -> list[Said]:
    kind = KINDS.get(change["kind"])
    return [Said(words.held(each, kind, now), Tone.HELD, About.HELD) for each in change["held"]]


def _notes(notes: Iterable[str]) -> list[Said]:
    return [Said(message(note), Tone.QUIET, About.NOTE) for note in notes]


def _steps(change: BriefChangeDocument) -> Iterator[Said]:
    """Says what a headline cannot say of an operation: where it leads, another campaign's, or not to be undone."""
    kind = KINDS.get(change["kind"])
    live, desired = change["status"]["live"], change["status"]["desired"]
    if live and desired and any(Op(it["op"]).action for it in (*change["operations"], *change["held"])):
        yield Said(f"{live} → {desired}", about=About.STATUS)
    for operation in change["operations"]:
        if "sid" in operation:
            yield Said(f"{operation['op']} of its twin {name(operation['sid'])}")
        if operation["irreversible"]:
            failed = operation.get("numbers_failed")
            yield Said(words.irreversible(operation["op"], failed, kind), Tone.FINAL)


def _optional(sentence: str | None, tone: Tone = Tone.PLAIN, about: About = About.EFFECT) -> tuple[Said, ...]:
    return (Said(sentence, tone, about),) if sentence else ()


# -- what stays as it is, by reason ----------------------------------------------------------------------------


def kept(changes: Iterable[BriefChangeDocument]) -> Iterator[str]:
    """Says what stays, by reason: what is in sync in one sentence, what is over with its reason.

    A note that many share is told once.
    """
    noops = [it for it in changes if it["change"] == "noop" and it["reason"]["code"] != "failed"]
    by_code = sorted(noops, key=lambda change: change["reason"]["code"] != "in-sync")
    for code, group in groupby(by_code, key=lambda change: change["reason"]["code"]):
        alike = list(group)
        if code in ("in-sync", "cannot-compare"):
            how = "in sync" if code == "in-sync" else "not comparable"
            yield f"{len(alike):,} {how}: {_names(alike)}"
        else:
            for run in folded(alike):
                dates = f", {spans(run)}" if len(run) > 1 else ""
                yield f"{_subject(run)}{dates}: {message(run[0]['reason']['message'])} [{code}]"
    shared: defaultdict[str, list[BriefChangeDocument]] = defaultdict(list)
    for change in noops:
        for note in change["notes"]:
            shared[note].append(change)
    for note, alike in shared.items():
        yield f"note: {_names(alike)}: {message(note)}"


def _names(changes: Sequence[BriefChangeDocument]) -> str:
    runs = list(folded(changes))
    named = ", ".join(map(_subject, runs[:_MOST_NAMES]))
    rest = sum(map(len, runs[_MOST_NAMES:]))
    return f"{named} and {rest:,} more" if rest > 0 else named


def _subject(run: Sequence[BriefChangeDocument]) -> str:
    return title(run[0]["kind"], run[0]["name"]) if len(run) == 1 else called(run)


# -- an apply --------------------------------------------------------------------------------------------------


_TONES: Final = {
    "unknown": Tone.UNKNOWN,
    "failed": Tone.FAILED,
    "skipped": Tone.SKIPPED,
    "applied": Tone.GOOD,
    "unchanged": Tone.QUIET,
}
_ORDER: Final = tuple(_TONES)


def apply_report(document: ApplyDocument, *, by_hand: bool = False) -> Report:
    """Makes the report of an apply: what may go on calling and what nobody knows first, then what failed and what
    was left. After a verb `by_hand` what to do next is to give it again.
    """
    results = sorted(
        document["results"],
        key=lambda result: (not may_go_on_calling(result), _ORDER.index(result["outcome"])),
    )
    entries = [_result_entry(result, by_hand) for result in results]
    interrupted = "Interrupted: nothing more was sent after the request in flight."
    bad = document["summary"]["failed"] + document["summary"]["unknown"]
    return Report(
        what="apply",
        title="Apply",
        where=Where.of(document["environment"], document["account_sid"], document["backend"]),
        summary=(
            *((Said(interrupted, Tone.FAILED, About.INTERRUPTED),) if document["interrupted"] else ()),
            Said(totals.apply_total(document), Tone.FAILED if bad else Tone.GOOD),
        ),
        entries=tuple(entry for entry in entries if entry.tone is not Tone.QUIET),
        quiet=tuple(entry for entry in entries if entry.tone is Tone.QUIET),
    )


def _result_entry(result: ResultDocument, by_hand: bool) -> Entry:
    applied = result["outcome"] == "applied"
    steps = changes_words.done(result["operations"])
    return Entry(
        title=title(result["kind"], result["name"]),
        does=steps if applied else result["outcome"],
        tone=_TONES[result["outcome"]],
        says=Later(_result_says, result, steps, by_hand),
        sign=_sign_of(result),
        aside=name(result["sid"] or ""),
    )


def _sign_of(result: ResultDocument) -> Sign:
    if result["outcome"] == "applied":
        created = any(operation["op"] == "create" for operation in result["operations"])
        return Sign.CREATE if created else Sign.DONE
    return Sign.HELD if result["outcome"] == "skipped" else Sign.STOP


def _result_says(result: ResultDocument, steps: str, by_hand: bool) -> Iterator[Said]:
    if result["outcome"] != "applied":
        error, why = troubles(result)
        yield from _optional(error, about=About.ERROR)
        yield from _optional(why, about=About.WHY)
        yield from _optional(steps, about=About.OPERATIONS)
    if result["held"]:
        waiting = words.listed(each["op"] for each in result["held"])
        yield Said(f"{waiting}, to be asked for", Tone.HELD, About.HELD)
    yield from _notes(result["notes"])
    yield from _optional(following(result, by_hand=by_hand), about=About.NEXT)
    if result["sid"]:
        yield Said(f"SID: {name(result['sid'])}", Tone.QUIET, About.ASIDE)


# -- validate --------------------------------------------------------------------------------------------------


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
