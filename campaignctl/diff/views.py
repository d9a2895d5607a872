"""A diff in every format: as text for a terminal, and as the report that the other formats lay out."""

from __future__ import annotations

from typing import Final

from campaignctl.diff.document import DiffDocument
from campaignctl.diff.report import diff_report
from campaignctl.diff.text import diff_text
from campaignctl.rendering.formats import Setting, Views
from campaignctl.rendering.report import Report


def _text(document: DiffDocument, setting: Setting) -> str:
    return diff_text(document, color=setting.color, width=setting.width)


def _report(document: DiffDocument, _setting: Setting) -> Report:
    return diff_report(document)


VIEWS: Final = Views(_text, _report)
