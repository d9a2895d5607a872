"""Lays out what a branch changes in the manifests, as a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final, cast

from campaignctl.diff.document import DiffDocument, ManifestChangeDocument, SettingDocument
from campaignctl.diff.text import diff_text
from campaignctl.diff.words import (
    compared_with,
    currency,
    dates,
    does,
    effect,
    figures,
    lists,
    setting_difference,
    subject,
    total,
    total_cost,
)
from campaignctl.rendering.documents import DifferenceDocument
from campaignctl.rendering.facts import difference_fact, field_facts
from campaignctl.rendering.formats import Setting
from campaignctl.rendering.report import Entry, Fact, Later, Place, Report, Said, Tone, Views, findings_of
from campaignctl.rendering.words import cost_words
from campaignctl.text import message, name

_TONES: Final[Mapping[str, Tone]] = {
    "looks-renamed": Tone.HELD,
    "added": Tone.CREATE,
    "renamed": Tone.CHANGE,
    "changed": Tone.CHANGE,
    "removed": Tone.LEFT,
}


def diff_report(document: DiffDocument) -> Report:
    """Makes the report: what looks renamed comes first, then what is new, changed and gone.

    No account was looked at: it names none.
    """
    money, costs = currency(document), total_cost(document)
    entries = [_entry(change, money) for change in document["changes"]]
    settings, people = _settings(document["settings"]), lists(document["settings"])
    compared = f"Environment {name(document['environment'])}, {compared_with(document)}."
    return Report(
        what="diff",
        title="Changes of the manifests",
        where=None,
        summary=(
            Said(total(document["summary"]), Tone.PLAIN if entries or settings else Tone.GOOD),
            *((Said(people),) if people else ()),
            Said(compared),
            *((Said(costs),) if costs else ()),
        ),
        entries=(*sorted(entries, key=lambda entry: entry.tone.rank), *settings),
        findings=findings_of(document["findings"]),
        notes=tuple(map(message, document["notes"])),
        fine_print=("No account was looked at: a plan says what will happen.",),
    )


def _settings(settings: Sequence[SettingDocument]) -> tuple[Entry, ...]:
    """Makes one entry for all settings: they are nobody's campaign."""
    if not settings:
        return ()
    return (Entry("settings", "changed", Tone.CHANGE, facts=Later(partial(_setting_facts, settings))),)


def _setting_facts(settings: Sequence[SettingDocument]) -> Iterator[Fact]:
    for setting in settings:
        if setting.get("masked"):
            yield Fact(setting["path"], None, (f"{setting['change']}, its value is not shown",))
        else:
            yield difference_fact(setting_difference(setting))


def _entry(change: ManifestChangeDocument, money: str) -> Entry:
    return Entry(
        title=subject(change),
        does=does(change),
        tone=_TONES[change["change"]],
        says=Later(partial(_says, change, money)),
        cost=_cost(change, money),
        facts=Later(partial(_facts, change)),
        place=Place(change["manifest"], change["line"] or 1) if change["manifest"] else None,
    )


def _cost(change: ManifestChangeDocument, money: str) -> str:
    priced = change["cost"]
    return cost_words(priced["before"], priced["after"], money) if priced and priced["after"] else ""


def _says(change: ManifestChangeDocument, money: str) -> Iterator[Said]:
    """Yields first what it means for people; for what is gone, that its campaign is not."""
    removed, previous = change["change"] == "removed", change["previous"]
    reaches = effect(change)
    if reaches and not removed:
        yield Said(reaches)
    yield from map(Said, figures(change, money))
    for place, note in enumerate(change["notes"]):
        first = change["change"] == "looks-renamed" and place == 0
        yield Said(f"Why: {message(note)}" if first else message(note))
    yield from map(Said, dates(change))
    if removed and previous:
        yield Said(f"It stood in {name(previous['manifest'])}, line {previous['line']}.", Tone.QUIET)


def _facts(change: ManifestChangeDocument) -> Iterator[Fact]:
    if change["change"] == "added":
        if change["state"]:
            yield Fact("state", None, (change["state"],))
        yield from field_facts(change["fields"])
    yield from (difference_fact(cast("DifferenceDocument", it)) for it in change["diff"])


def _text(document: DiffDocument, setting: Setting) -> str:
    return diff_text(document, color=setting.color, width=setting.width)


def _report(document: DiffDocument, _setting: Setting) -> Report:
    return diff_report(document)


VIEWS: Final = Views(_text, _report)
