"""Lays out what a branch changes in the manifests, as a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, cast

from campaignctl.diff.document import DiffDocument, ManifestChangeDocument, SettingDocument
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
from campaignctl.rendering.facts import declared_fields, difference_fact
from campaignctl.rendering.report import (
    About,
    Declared,
    Entry,
    Fact,
    Later,
    Place,
    Report,
    Said,
    Sign,
    Tone,
    findings_of,
)
from campaignctl.rendering.words import cost_words
from campaignctl.text import message, name

_TONES: Final[Mapping[str, Tone]] = {
    "looks-renamed": Tone.HELD,
    "added": Tone.CREATE,
    "renamed": Tone.CHANGE,
    "changed": Tone.CHANGE,
    "removed": Tone.LEFT,
}
_SIGNS: Final[Mapping[str, Sign]] = {
    "looks-renamed": Sign.STOP,
    "added": Sign.CREATE,
    "renamed": Sign.CHANGE,
    "changed": Sign.CHANGE,
    "removed": Sign.END,
}


def diff_report(document: DiffDocument) -> Report:
    """Makes the report: what looks renamed comes first, then what is new, changed and gone.

    No account was looked at: it names none.
    """
    entries, costs = change_entries(document), total_cost(document)
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
        fine_print=(Said("No account was looked at: a plan says what will happen."),),
    )


def _settings(settings: Sequence[SettingDocument]) -> tuple[Entry, ...]:
    """Makes one entry for all settings: they are nobody's campaign."""
    if not settings:
        return ()
    return (Entry("settings", "changed", Tone.CHANGE, facts=Later(setting_facts, settings)),)


def setting_facts(settings: Sequence[SettingDocument]) -> Iterator[Fact]:
    """Yields the settings; of one that is masked that it changed, and no more."""
    for setting in settings:
        if setting.get("masked"):
            yield Fact(name(setting["path"]), None, f"{setting['change']}, its value is not shown")
        else:
            yield difference_fact(setting_difference(setting))


def change_entries(document: DiffDocument) -> tuple[Entry, ...]:
    """Makes an entry of each manifest that changes, in their order."""
    money = currency(document)
    return tuple(_entry(change, money) for change in document["changes"])


def _entry(change: ManifestChangeDocument, money: str) -> Entry:
    previous = change["previous"]
    return Entry(
        title=subject(change),
        does=does(change),
        tone=_TONES[change["change"]],
        says=Later(_says, change, money),
        declared=Later(_declared, change),
        facts=Later(_facts, change),
        place=Place(change["manifest"], change["line"] or 1) if change["manifest"] else None,
        cost=_cost(change, money),
        sign=_SIGNS[change["change"]],
        aside=f"was {name(previous['manifest'])}:{previous['line']}" if previous else "",
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
        yield Said(message(note), about=About.DOUBT if first else About.REMARK)
    yield from map(Said, dates(change))
    if removed and previous:
        stood = f"It stood in {name(previous['manifest'])}, line {previous['line']}."
        yield Said(stood, Tone.QUIET, About.ASIDE)


def _declared(change: ManifestChangeDocument) -> list[Declared]:
    if change["change"] != "added":
        return []
    state = [("state", change["state"], ())] if change["state"] else []
    return [*state, *declared_fields(change["fields"])]


def _facts(change: ManifestChangeDocument) -> Iterator[Fact]:
    """Yields what differs; a note belongs to the field, since before and after are worth seeing beside it."""
    for difference in change["diff"]:
        fact = difference_fact(cast("DifferenceDocument", difference))
        yield fact._replace(aside=fact.note, note="")
