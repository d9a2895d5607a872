"""Writes what a branch changes in the manifests, as the document that every format reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NotRequired, TypedDict, cast

from campaignctl import __version__
from campaignctl.diagnostics import Diagnostic
from campaignctl.diff.comparison import FieldChange, ManifestChange, ManifestChangeType, ManifestDiff
from campaignctl.diff.pieces import TextPieceDocument, is_list, only_in, text_pieces
from campaignctl.diff.settings import SettingChange, SettingChangeType
from campaignctl.kinds.countries import Country
from campaignctl.kinds.lifecycle import STOPPED_STATES, State
from campaignctl.kinds.table import Kind, Type, Value
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import Environment
from campaignctl.model.overlaps import FindLoad
from campaignctl.model.plan import FORMAT_VERSION, Difference
from campaignctl.model.recurrence import OccurrenceSpan
from campaignctl.policy.periods import run_of_manifest
from campaignctl.rendering.constraints import Amount, KindName, Ordinal, Version
from campaignctl.rendering.documents import DifferenceDocument, NumbersDocument
from campaignctl.rendering.finding_documents import FindingDocument, OccurrencesDocument
from campaignctl.rendering.findings import finding_document, span_document
from campaignctl.rendering.masking import difference_document, masked_spec
from campaignctl.rendering.measure_documents import ChangeCostDocument, PlanCostDocument, RunDocument
from campaignctl.rendering.measures import local_start, run_document

if TYPE_CHECKING:
    from campaignctl.policy.amounts import Amounts
    from campaignctl.rendering.money import Priced

if TYPE_CHECKING:
    from campaignctl.repeat.comparing import DatesChanged


class BaseDocument(TypedDict):
    """Holds what the branch was compared with: a revision, or where the branch left it."""

    revision: str | None
    """As it was asked for; null in a repository without commits."""
    commit: str | None
    """null in a repository without commits."""
    merge_base: bool
    """Whether the commit is where the branch left the revision."""


class DiffSelectionDocument(TypedDict):
    """Holds what was selected of both versions."""

    paths: list[str]
    labels: str


class DiffSummaryDocument(TypedDict):
    """Counts manifests by what became of them."""

    added: Amount
    removed: Amount
    renamed: Amount
    looks_renamed: Amount
    changed: Amount
    unchanged: Amount


class ManifestDocument(TypedDict):
    """Holds where a manifest stood, and whom it meant."""

    name: str | None
    """null where a SID pins it and the name is not managed."""
    sid: str | None
    """The pinned one."""
    manifest: str
    """Relative to the project file, with /."""
    line: Ordinal


class DatesDocument(TypedDict):
    """Holds dates of a manifest that repeats, those that are not over."""

    count: Amount
    ranges: list[OccurrencesDocument]
    """Runs of neighbours among the dates of the later version; of removed ones, of the earlier."""


class DatesChangedDocument(TypedDict):
    """Holds which dates came, which went, and which start or end at another time."""

    added: DatesDocument
    removed: DatesDocument
    changed: DatesDocument


class LeafDocument(TypedDict):
    """Holds a leaf of a manifest that differs."""

    field: str
    """Dotted."""
    before: Value
    """As the base writes it, null where that says nothing; {count} for people's numbers."""
    after: Value
    """As the branch writes it, null where it says nothing; {count} for people's numbers."""
    added: NotRequired[NumbersDocument | list[Value]]
    """Only of people's numbers, and of lists."""
    removed: NotRequired[NumbersDocument | list[Value]]
    """Only of people's numbers, and of lists."""
    text: NotRequired[list[TextPieceDocument]]
    """Only of texts on both sides, which a time or a URL is not: by words, or by lines where there are several."""
    note: NotRequired[str]
    """What before and after do not show: a difference in what is masked, a field that was or is no longer managed, or
    that only a create sends."""


class ManifestChangeDocument(TypedDict):
    """Holds one campaign's manifest in both versions."""

    kind: KindName
    name: str | None
    """null where a SID pins it and the name is not managed."""
    sid: str | None
    """The pinned one."""
    change: ManifestChangeType
    manifest: str | None
    """Relative to the project file, with /; null for a removed one."""
    line: Ordinal | None
    previous: ManifestDocument | None
    """How it stood on the base; null for an added one."""
    state: State | None
    """null where its life is not managed."""
    fields: dict[str, Value]
    """All that the manifest declares, or declared, by the API's own names, masked; people's numbers as counts."""
    diff: list[LeafDocument]
    """In the order of the field table, then of state and metadata; empty where it stands on one side only."""
    notes: list[str]
    """What a plan will make of it."""
    run: RunDocument | None
    """When it runs by the manifest of the branch; null where it does not, or none is there."""
    cost: ChangeCostDocument | None
    """Each side by its own project file; null without prices."""
    occurrences: DatesChangedDocument | None
    """null where it repeats in neither version."""
    local_start: NotRequired[str]
    """The start's time in the zone of the calling hours, such as 20:00 in Asia/Kolkata; only where it is written in
    another offset."""


class SettingDocument(TypedDict):
    """Holds a setting that differs: of the project file, or of a document beside the campaigns."""

    path: str
    """Dotted, such as environments.prod.allow or dlt.1107160086562376233.text."""
    change: SettingChangeType
    before: Value
    """null where it was not declared, or is not shown."""
    after: Value
    added: NotRequired[list[Value]]
    """Only of lists of plain values."""
    removed: NotRequired[list[Value]]
    """Only of lists of plain values."""
    masked: NotRequired[bool]
    """Whether the values are not shown."""


class DiffDocument(TypedDict):
    """Holds what a branch changes in the manifests, as campaignctl diff --format json prints it."""

    format_version: Version
    """A reader refuses another major version."""
    campaignctl_version: str
    environment: str
    """Whose variables and country both versions were read with."""
    base: BaseDocument
    selection: DiffSelectionDocument
    summary: DiffSummaryDocument
    notes: list[str]
    findings: list[FindingDocument]
    """Warnings in the branch's manifests."""
    cost: PlanCostDocument | None
    """Over what is listed, but those wanted paused, completed or archived; null without prices."""
    changes: list[ManifestChangeDocument]
    """By kind, name and SID; what means the same is not listed."""
    settings: list[SettingDocument]
    """What differs beside the campaigns, by path."""


@dataclass(frozen=True)
class Compared:
    """Holds what was compared with what, for the heading; `time_zone` is the calling hours', None where they have
    none.
    """

    environment: str
    base: BaseDocument
    paths: Sequence[str] = ()
    labels: str = ""
    notes: Sequence[str] = ()
    findings: Sequence[Diagnostic] = ()
    time_zone: str | None = None
    settings: Sequence[SettingChange] = ()
    sides: Sides | None = None


@dataclass(frozen=True)
class Sides:
    """Holds by what both versions run and cost: their environments, the moment, and what runs beside a manifest.

    `known_before` and `known_after` make of a manifest one that knows who is in the lists of its project.
    """

    before: Environment
    after: Environment
    now: datetime
    find_load: FindLoad
    known_before: Callable[[Desired], Desired]
    known_after: Callable[[Desired], Desired]


def diff_document(
    diff: ManifestDiff, compared: Compared, country: Country | None, *, show_numbers: bool = False
) -> DiffDocument:
    """Returns the changes as data, people's numbers and secrets masked."""
    changes = [_change(change, country, compared, show_numbers) for change in diff.changes]
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
        **_priced(diff.changes, changes, compared.sides),
        "changes": changes,
        "settings": [_setting(change) for change in compared.settings],
    }


def _setting(change: SettingChange) -> SettingDocument:
    document: SettingDocument = {
        "path": change.path,
        "change": change.type,
        "before": change.before,
        "after": change.after,
    }
    if change.is_list:
        document |= {"added": change.added, "removed": change.removed}
    if change.masked:
        document["masked"] = True
    return document


class _PricedDocument(TypedDict):
    cost: PlanCostDocument | None


def _priced(
    changes: Sequence[ManifestChange], documents: Sequence[ManifestChangeDocument], sides: Sides | None
) -> _PricedDocument:
    """Puts the costs of all into the document of each; nothing of it is imported without prices."""
    if sides is None or not sides.after.prices:
        return {"cost": None}
    from campaignctl.rendering.money import Costs

    after = Costs(sides.after)
    before = Costs(sides.before) if sides.before.prices.get("currency") == after.currency else None
    going: list[Priced] = []
    for change, document in zip(changes, documents, strict=True):
        old = sides.known_before(change.before) if change.before else None
        new = sides.known_after(change.after) if change.after else None
        was = before.of_manifest(old, sides.now) if before else _unknown(old)
        priced = was, after.of_manifest(new, sides.now)
        document["cost"] = after.change_document(*priced)
        going += [priced] if change.manifest.state not in STOPPED_STATES else []
    return {"cost": after.plan_document(going)}


def _unknown(manifest: Desired | None) -> Amounts | None:
    """Returns the amounts of what was priced in another currency, or not at all."""
    from campaignctl.policy.amounts import UNKNOWN

    return UNKNOWN if manifest is not None else None


def _change(
    change: ManifestChange, country: Country | None, compared: Compared, show_numbers: bool
) -> ManifestChangeDocument:
    shown, after = change.manifest, change.after
    document: ManifestChangeDocument = {
        "kind": shown.kind.name,
        "name": shown.name,
        "sid": shown.sid,
        "change": change.type,
        "manifest": after.where.file if after else None,
        "line": after.where.line if after else None,
        "previous": _manifest(change.before) if change.before else None,
        "state": shown.state,
        "fields": masked_spec(shown.kind, shown.spec, show_numbers=show_numbers),
        "diff": [_field(shown.kind, each, country, show_numbers) for each in change.diff],
        "notes": list(change.notes),
        "run": _run(after, compared.sides),
        "cost": None,
        "occurrences": _dates(change.dates),
    }
    local = local_start(shown.kind, shown.spec, compared.time_zone)
    if local is not None:
        document["local_start"] = local
    return document


def _run(after: Desired | None, sides: Sides | None) -> RunDocument | None:
    if after is None or sides is None or after.repeat is not None:
        return None
    return run_document(run_of_manifest(sides.known_after(after), sides.now, sides.after, sides.find_load))


def _dates(dates: DatesChanged | None) -> DatesChangedDocument | None:
    if dates is None:
        return None
    return {"added": _some(dates.added), "removed": _some(dates.removed), "changed": _some(dates.changed)}


def _some(ranges: Sequence[OccurrenceSpan]) -> DatesDocument:
    return {"count": sum(it.number for it in ranges), "ranges": list(map(span_document, ranges))}


def _manifest(manifest: Desired) -> ManifestDocument:
    return {
        "name": manifest.name,
        "sid": manifest.sid,
        "manifest": manifest.where.file,
        "line": manifest.where.line,
    }


def _field(kind: Kind, change: FieldChange, country: Country | None, show_numbers: bool) -> LeafDocument:
    """Writes a leaf: with its note beside what masks hide, too; and what changed within a list or a text."""
    document = cast("LeafDocument", _difference(kind, change.difference, country, show_numbers))
    if change.note:
        document["note"] = f"{change.note}; {document['note']}" if "note" in document else change.note
    before, after = document["before"], document["after"]
    row = kind.by_path.get(change.difference.field)
    is_text = row is not None and row.type is Type.STRING and not row.choices
    if is_text and isinstance(before, str) and isinstance(after, str):
        document["text"] = text_pieces(before, after)
    elif is_list(before, after) and "added" not in document:
        document |= {"added": only_in(after, before), "removed": only_in(before, after)}
    return document


def _difference(
    kind: Kind, it: Difference, country: Country | None, show_numbers: bool
) -> DifferenceDocument:
    """Masks a difference. State and metadata are no rows of the table: nothing in them is secret."""
    if it.field in kind.by_path:
        return difference_document(kind, it, country, show_numbers)
    return {"field": it.field, "before": it.before, "after": it.after}
