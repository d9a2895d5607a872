"""Writes what is wrong in files, as the JSON of the contract, and how much of it there is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, cast

from campaignctl.diagnostics import Diagnostic, counted
from campaignctl.errors import CampaignctlError, InputError, RefusedError

if TYPE_CHECKING:
    from campaignctl.rendering.comparison_documents import ComparisonDocument
    from campaignctl.rendering.finding_documents import (
        ErrorOutputDocument,
        FindingDocument,
        OccurrencesDocument,
        ValidateDocument,
    )


def validate_document(findings: Iterable[Diagnostic]) -> ValidateDocument:
    """Makes the document of the findings of `validate`."""
    return {"findings": [finding_document(finding) for finding in findings]}


def error_document(error: CampaignctlError, findings: Sequence[Diagnostic] = ()) -> ErrorOutputDocument:
    """Makes the document of a command that ended early.

    The findings that an `InputError` carries come along by themselves.
    """
    carried = error.findings if isinstance(error, InputError) else ()
    document: ErrorOutputDocument = {
        "error": {"code": error.code, "message": str(error)},
        "findings": [finding_document(finding) for finding in (*carried, *findings)],
    }
    if isinstance(error, RefusedError) and error.comparison is not None:
        document["comparison"] = cast("ComparisonDocument", error.comparison)
    return document


def finding_document(finding: Diagnostic) -> FindingDocument:
    """Makes the document of one finding, wherever it is told."""
    document: FindingDocument = {
        "rule": finding.rule,
        "severity": finding.severity,
        "file": finding.where.file,
        "line": finding.where.line,
        "column": finding.where.column,
        "message": finding.message,
    }
    details = {key: dict(it) if isinstance(it, tuple) else it for key, it in finding.details}
    document.update(details)  # type: ignore[typeddict-item]  # keys of the rules' own
    return document


def span_document(span: tuple[int, date, date]) -> OccurrencesDocument:
    """Returns how many occurrences, the first and the last."""
    count, first, last = span
    return {"count": count, "first": first.isoformat(), "last": last.isoformat()}


def findings_total(findings: Sequence[FindingDocument], manifests: int | None) -> str:
    """Writes `8 manifests: 1 error, 1 warning in 2 files.`; `manifests` is how many were read, where that is known."""
    read = f"{counted(manifests, 'manifest')}: " if manifests is not None else ""
    if not findings:
        return f"{read}nothing wrong." if read else "Nothing wrong."
    errors = sum(finding["severity"] == "error" for finding in findings)
    warnings = len(findings) - errors
    files = counted(len({finding["file"] for finding in findings}), "file")
    return f"{read}{counted(errors, 'error')}, {counted(warnings, 'warning')} in {files}."
