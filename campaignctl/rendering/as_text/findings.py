"""Writes what is wrong in files, and why a command ended early."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from campaignctl.rendering.findings import findings_total
from campaignctl.rendering.lines import Line, Style, laid_out
from campaignctl.text import message, name

if TYPE_CHECKING:
    from campaignctl.rendering.finding_documents import ErrorOutputDocument, FindingDocument, ValidateDocument


def finding_lines(findings: Iterable[FindingDocument]) -> Iterator[Line]:
    """Writes `file:line:column: message [rule]`, which editors and terminals turn into a link."""
    for finding in findings:
        where = f"{name(finding['file'])}:{finding['line']}:{finding['column']}"
        warning = finding["severity"] != "error"
        yield finding_line(where, message(finding["message"]), finding["rule"], warning=warning)


def finding_line(where: str, says: str, rule: str, *, warning: bool) -> Line:
    """Writes one finding."""
    style = Style.ALERT if warning else Style.GONE
    return Line(f"{where}: {'warning: ' if warning else ''}{says} [{rule}]", 0, style)


def validate_text(
    document: ValidateDocument, *, manifests: int | None = None, color: bool = False, width: int | None = None
) -> str:
    """Writes the findings of `validate` and how many they are; `manifests` is how many were read."""
    return laid_out(_validate(document, manifests), color=color, width=width)


def _validate(document: ValidateDocument, manifests: int | None) -> Iterator[Line]:
    findings = document["findings"]
    yield from finding_lines(findings)
    errors = any(finding["severity"] == "error" for finding in findings)
    style = Style.STOP if errors else Style.ALERT if findings else Style.GOOD
    yield Line(findings_total(findings, manifests), 0, style)


def error_text(document: ErrorOutputDocument, *, color: bool = False, width: int | None = None) -> str:
    """Writes why a command ended early: every finding, then the one sentence."""
    lines = [
        *finding_lines(document["findings"]),
        Line(f"Error: {message(document['error']['message'])}", 0, Style.STOP),
    ]
    return laid_out(lines, color=color, width=width)
