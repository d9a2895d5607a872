"""Shows what a branch changes in the manifests: as text for a terminal or a log, and as the report of other formats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from campaignctl.diff.document import DiffDocument
from campaignctl.diff.report import change_entries, diff_report, setting_facts
from campaignctl.diff.words import compared_with, lists, total, total_cost
from campaignctl.rendering.as_text.entries import entry_lines, fact_lines
from campaignctl.rendering.as_text.findings import finding_lines
from campaignctl.rendering.as_text.parts import paragraph
from campaignctl.rendering.formats import Setting
from campaignctl.rendering.lines import AnyLine, Line, Style, parts_laid_out
from campaignctl.rendering.report import Report, Views
from campaignctl.text import message, name


def diff_text(document: DiffDocument, *, color: bool = False, width: int | None = None) -> str:
    """Writes the changes, campaign by campaign. `width` wraps."""
    return parts_laid_out(_diff(document), color=color, width=width)


def _diff(document: DiffDocument) -> Iterator[list[AnyLine]]:
    what = f"Manifests of environment {name(document['environment'])}, {compared_with(document)}"
    yield [Line(f"{what}; no account was looked at", 0, Style.STRONG)]
    yield [*paragraph(finding_lines(document["findings"]))]
    yield from ([Line(), *entry_lines(entry)] for entry in change_entries(document))
    if document["settings"]:
        yield [Line(), Line("~ settings", 0, Style.UPDATE)]
        yield from map(fact_lines, setting_facts(document["settings"]))
    yield [*paragraph(Line(f"Note: {message(note)}", 0, Style.ALERT) for note in document["notes"])]
    closing = [lists(document["settings"]), total_cost(document) if document["cost"] else None]
    yield [Line(), Line(total(document["summary"]), 0, Style.STRONG), *(Line(it) for it in closing if it)]


def _text(document: DiffDocument, setting: Setting) -> str:
    return diff_text(document, color=setting.color, width=setting.width)


def _report(document: DiffDocument, _setting: Setting) -> Report:
    return diff_report(document)


VIEWS: Final = Views(_text, _report)
