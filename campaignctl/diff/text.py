"""Writes what a branch changes in the manifests, for a terminal or a log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from campaignctl.diff.document import DiffDocument, ManifestChangeDocument, SettingDocument
from campaignctl.diff.words import (
    compared_with,
    currency,
    dates,
    does,
    effect,
    figures,
    labelled,
    lists,
    setting_difference,
    subject,
    total,
    total_cost,
)
from campaignctl.rendering.as_text.findings import finding_lines
from campaignctl.rendering.as_text.parts import block
from campaignctl.rendering.as_text.plan import difference_lines, field_lines
from campaignctl.rendering.lines import Line, Style, laid_out
from campaignctl.text import message, name

_MARKS: Final[Mapping[str, tuple[str, Style]]] = {
    "added": ("+", Style.CREATE),
    "removed": ("-", Style.ENDING),
    "renamed": ("~", Style.UPDATE),
    "looks-renamed": ("!", Style.STOP),
    "changed": ("~", Style.UPDATE),
}


def diff_text(document: DiffDocument, *, color: bool = False, width: int | None = None) -> str:
    """Writes the changes, campaign by campaign. `width` wraps."""
    return laid_out(_diff(document), color=color, width=width)


def _diff(document: DiffDocument) -> Iterator[Line]:
    environment = name(document["environment"])
    yield Line(
        f"Manifests of environment {environment}, {compared_with(document)}; no account was looked at",
        0,
        Style.STRONG,
    )
    yield from block(finding_lines(document["findings"]))
    for change in document["changes"]:
        yield from block(_change(change, currency(document)))
    yield from block(_settings(document["settings"]))
    yield from block(Line(f"Note: {message(note)}", 0, Style.ALERT) for note in document["notes"])
    closing = [lists(document["settings"]), total_cost(document) if document["cost"] else None]
    yield from block([Line(total(document["summary"]), 0, Style.STRONG), *(Line(it) for it in closing if it)])


def _settings(settings: Sequence[SettingDocument]) -> Iterator[Line]:
    if settings:
        yield Line("~ settings", 0, Style.UPDATE)
    for setting in settings:
        if setting.get("masked"):
            yield Line(f"{name(setting['path'])}: {setting['change']}, its value is not shown", 2)
        else:
            yield from difference_lines(name(setting["path"]), setting_difference(setting))


def _change(change: ManifestChangeDocument, money: str) -> Iterator[Line]:
    mark, style = _MARKS[change["change"]]
    yield Line(f"{mark} {subject(change)}: {does(change)}{_place(change)}", 0, style)
    reaches = effect(change)
    if reaches and change["change"] != "removed":
        yield Line(reaches, 1)
    yield from (Line(says, 1) for says in figures(change, money))
    yield from (Line(message(note), 1, Style.ALERT) for note in change["notes"])
    yield from (Line(line, 1) for line in dates(change))
    if change["change"] == "added":
        if change["state"]:
            yield Line(f"state: {change['state']}", 2)
        yield from field_lines(change["fields"])
    for difference in change["diff"]:
        label, bare = labelled(difference)
        yield from difference_lines(label, bare)


def _place(change: ManifestChangeDocument) -> str:
    if change["manifest"]:
        return f"  ({name(change['manifest'])}:{change['line']})"
    previous = change["previous"]
    return f"  (was {name(previous['manifest'])}:{previous['line']})" if previous else ""
