"""What a branch changes in the manifests, as the document that every format reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from campaignctl import __version__
from campaignctl.diagnostics import Diagnostic
from campaignctl.diff.comparison import FieldChange, ManifestChange, ManifestChangeType, ManifestDiff
from campaignctl.kinds.countries import Country
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Desired
from campaignctl.model.plan import FORMAT_VERSION, Difference
from campaignctl.rendering.documents import (
    BaseDocument,
    DiffDocument,
    DifferenceDocument,
    ManifestChangeDocument,
    ManifestDocument,
)
from campaignctl.rendering.findings import finding_document
from campaignctl.rendering.masking import difference_document, masked_spec
from campaignctl.rendering.measures import local_start


@dataclass(frozen=True)
class Compared:
    """What was compared with what, for the heading; `time_zone` is the calling hours', None where they have none."""

    environment: str
    base: BaseDocument
    paths: Sequence[str] = ()
    labels: str = ""
    notes: Sequence[str] = ()
    findings: Sequence[Diagnostic] = ()
    time_zone: str | None = None


def diff_document(
    diff: ManifestDiff, compared: Compared, country: Country | None, *, show_numbers: bool = False
) -> DiffDocument:
    """The changes as data, people's numbers and secrets masked."""
    return {
        "format_version": FORMAT_VERSION,
        "campaignctl_version": __version__,
        "environment": compared.environment,
        "base": compared.base,
        "selection": {"paths": list(compared.paths), "labels": compared.labels},
        "summary": {
            "added": diff.count(ManifestChangeType.ADDED),
            "removed": diff.count(ManifestChangeType.REMOVED),
            "renamed": diff.count(ManifestChangeType.RENAMED),
            "looks_renamed": diff.count(ManifestChangeType.LOOKS_RENAMED),
            "changed": diff.count(ManifestChangeType.CHANGED),
            "unchanged": diff.unchanged,
        },
        "notes": list(compared.notes),
        "findings": [finding_document(finding) for finding in compared.findings],
        "changes": [_change(change, country, compared.time_zone, show_numbers) for change in diff.changes],
    }


def _change(
    change: ManifestChange, country: Country | None, time_zone: str | None, show_numbers: bool
) -> ManifestChangeDocument:
    shown, after = change.manifest, change.after
    document: ManifestChangeDocument = {
        "kind": shown.kind.name,
        "name": shown.name,
        "sid": shown.sid,
        "change": change.type.value,
        "manifest": after.where.file if after else None,
        "line": after.where.line if after else None,
        "previous": _manifest(change.before) if change.before else None,
        "state": shown.state.value if shown.state else None,
        "fields": masked_spec(shown.kind, shown.spec, show_numbers=show_numbers),
        "diff": [_field(shown.kind, each, country, show_numbers) for each in change.diff],
        "notes": list(change.notes),
    }
    local = local_start(shown.kind, shown.spec, time_zone)
    if local is not None:
        document["local_start"] = local
    return document


def _manifest(manifest: Desired) -> ManifestDocument:
    return {
        "name": manifest.name,
        "sid": manifest.sid,
        "manifest": manifest.where.file,
        "line": manifest.where.line,
    }


def _field(
    kind: Kind, change: FieldChange, country: Country | None, show_numbers: bool
) -> DifferenceDocument:
    """`note` beside what masks hide, too."""
    document = _difference(kind, change.difference, country, show_numbers)
    if change.note:
        document["note"] = f"{change.note}; {document['note']}" if "note" in document else change.note
    return document


def _difference(
    kind: Kind, it: Difference, country: Country | None, show_numbers: bool
) -> DifferenceDocument:
    """State and metadata are no rows of the table: nothing in them is secret."""
    if it.field in kind.by_path:
        return difference_document(kind, it, country, show_numbers)
    return {"field": it.field, "before": it.before, "after": it.after}
