"""Defines the types of a plan as other programs read it; the published schemas are made of them.

`measure_documents` has what it says in numbers, `finding_documents` what is wrong, `result_documents` what an apply
made of it.

A key that stands in the contract keeps its place and meaning in every `1.x`; more keys may be added. What is said
of a class and below a key stands in the schema too: see `constraints`.
"""

from typing import Annotated, NotRequired, TypeAlias, TypedDict, final

from campaignctl.kinds.lifecycle import State
from campaignctl.kinds.operations import Op
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import RefreshStrategy
from campaignctl.model.environment import Backend
from campaignctl.model.reasons import REASONS, ChangeType
from campaignctl.rendering.constraints import (
    Amount,
    ApprovalText,
    ChangedKind,
    Constraint,
    Date,
    Digest,
    Moment,
    Ordinal,
    Version,
)
from campaignctl.rendering.finding_documents import (
    FindingDocument,
)
from campaignctl.rendering.measure_documents import (
    ChangeCostDocument,
    GateDocument,
    HoursDocument,
    ListDocument,
    MessageDocument,
    OverlapDocument,
    PlanCostDocument,
    ReachDocument,
    RunDocument,
    SuppressedDocument,
)


class OperationDocument(TypedDict):
    """Describes one request that an apply would send."""

    op: Op
    fields: list[str]
    """Top-level names: all that are sent with a create, those that change in an update."""
    irreversible: bool
    numbers_failed: NotRequired[Amount | None]
    """Of a complete: how many numbers it fails; null when that is not known."""
    since: NotRequired[str | None]
    """Of a resume: the live date_updated; null where the account does not show it."""
    sid: NotRequired[str]
    """Where it is not the change's own campaign: a twin."""
    people: NotRequired[Amount]
    """Of an upload: how many are in the list."""
    requests: NotRequired[Amount]
    """Of an upload: how many it takes."""


class HeldDocument(TypedDict):
    """Describes an operation that must be asked for."""

    op: Op
    fields: NotRequired[list[str]]
    """Top-level names, of a create or update."""
    irreversible: bool
    numbers_failed: Amount | None
    """How many numbers a complete fails; null when that is not known."""
    since: str | None
    """The live date_updated."""


class NumbersDocument(TypedDict):
    """Describes numbers that came or went."""

    count: Amount
    examples: list[str]
    """Masked, five at most; all of them, and unmasked, with --show-numbers."""


class DifferenceDocument(TypedDict):
    """Describes a leaf that differs."""

    field: str
    """Dotted."""
    before: Value
    """As the account writes it, or the base of a diff, null where that says nothing; {count} for people's numbers."""
    after: Value
    """As the manifest writes it, null where it says nothing; {count} for people's numbers."""
    added: NotRequired[NumbersDocument]
    """Only of people's numbers."""
    removed: NotRequired[NumbersDocument]
    """Only of people's numbers."""
    note: NotRequired[str]
    """What before and after do not show: a difference in what is masked; in a diff also a field that was or is no
    longer managed, or that only a create sends."""


class ReasonDocument(TypedDict):
    """Says why, for a program and for a person."""

    code: Annotated[str, Constraint(enum=tuple(REASONS))]
    message: str


class StatusDocument(TypedDict):
    """Describes the status; null where nothing is there, or it is not managed."""

    live: str | None
    """created, in-progress, paused, completed, archived, failed, canceled, or the account's own word; of a ContactList
    complete."""
    desired: State | None


class OccurrenceDocument(TypedDict):
    """Holds which date of which manifest that repeats it is."""

    of: str
    """The manifest's name."""
    date: Date
    """The rule's date; a holiday may move the start to another."""
    withdrawn: bool
    """true where the rule does not yield the date any more."""


class BriefChangeDocument(TypedDict):
    """Holds what becomes of one manifest, or of one orphan; of one that stays as it is without message, run and
    most fields.
    """

    kind: ChangedKind
    name: str
    """The live one where the manifest gives none."""
    manifest: str | None
    """Relative to the project file, with /; null for an orphan."""
    line: Ordinal | None
    sid: str | None
    """null when nothing is there, or when nobody can tell which."""
    change: ChangeType
    status: StatusDocument
    operations: list[OperationDocument]
    """What an apply of this plan would do, in this order."""
    held: list[HeldDocument]
    """What it would do besides, if it were allowed."""
    diff: list[DifferenceDocument]
    """Leaves that differ, in the order of the field table; empty for a create."""
    reason: ReasonDocument
    notes: list[str]
    fingerprint: str | None
    """Keyed with the API token."""
    resulting: dict[str, Value]
    """The fields as they will stand when the operations are done. People's numbers as {count, distinct}, callback URLs
    masked."""
    message: MessageDocument
    lists: list[ListDocument]
    """The contact lists that it sends to, where they are counted."""
    suppressed: SuppressedDocument | None
    """Who is declared and left out; null where nobody is, or nothing is done."""
    run: RunDocument | None
    """null where it does not run, or nobody can tell when."""
    gates: list[GateDocument]
    """What it waits for."""
    cost: ChangeCostDocument | None
    """null where no prices are set, or nothing is or will be."""
    occurrence: OccurrenceDocument | None
    """null where its manifest does not repeat."""
    local_start: NotRequired[str]
    """The start's time in the zone of the calling hours, such as 20:00 in Asia/Kolkata; only where it is written in
    another offset."""


class ChangeDocument(BriefChangeDocument):
    """Holds what becomes of one manifest, or of one orphan."""


class ManifestsDocument(TypedDict):
    """Describes the seal over the selected manifests."""

    digest: Annotated[str, Constraint(pattern="^hmac-sha256:")]
    count: Amount
    token: str
    """Which API token keyed the digests."""


class SelectionDocument(TypedDict):
    """Says what was selected, and how it was filled in."""

    paths: list[str]
    """As they were asked for, from the project file."""
    labels: str
    prune: bool
    vars: dict[str, str]
    """By name, a keyed hash of each value."""
    prune_lists: NotRequired[bool]
    """Versions of contact lists that nothing needs are deleted."""
    resend: NotRequired[list[str]]
    """Campaigns of which all that is declared is sent again."""


class RefreshDocument(TypedDict):
    """Says how the account was read, in how many requests."""

    strategy: RefreshStrategy
    requests: Amount


class CostDocument(TypedDict):
    """Says how many requests and seconds an apply will take."""

    requests: Amount
    seconds: Amount


class SummaryDocument(TypedDict):
    """Counts changes by type, operations and campaigns."""

    create: Amount
    update: Amount
    transition: Amount
    noop: Amount
    held: Amount
    blocked: Amount
    orphan: Amount
    operations: Amount
    unmanaged: Amount
    cannot_compare: Amount
    uploads: Amount
    missed: Amount
    """Occurrences that were not created before their start."""


class PlanHeadDocument(TypedDict):
    """Describes a plan without its changes."""

    format_version: Version
    """A reader refuses another major version."""
    campaignctl_version: str
    environment: str
    account_sid: str
    host: str
    """What tells the account's server from others: host and port; sandbox for the embedded one."""
    created_at: Moment
    """By the server's clock."""
    expires_at: Moment
    """When an apply refuses the plan."""
    digest: Digest
    """What a reviewer approves."""
    approval: ApprovalText
    """What a reviewer approves, and --expect takes: the digest, @, expires_at in UTC to the minute, rounded down, and
    a + and how many are in it (x: unknown) for each contact list that operations reach."""
    seal: Annotated[str, Constraint(pattern="^hmac-sha256:[0-9a-f]{64}$")]
    """Over all other keys, keyed with the API token: a file that was edited is refused."""
    manifests: ManifestsDocument
    selection: SelectionDocument
    allowed: list[str]
    """OP or OP:NAME."""
    refresh: RefreshDocument
    apply: CostDocument
    summary: SummaryDocument
    notes: list[str]
    findings: list[FindingDocument]
    backend: Backend
    """A sandbox calls and texts nobody."""
    reach: ReachDocument
    calling_hours: HoursDocument | None
    """null where no rule holds them."""
    cost: PlanCostDocument | None
    """null where no prices are set."""


@final
class BriefPlanDocument(PlanHeadDocument):
    """Describes all that a reviewer approves, and what most formats show: without when campaigns run."""

    changes: list[BriefChangeDocument]


@final
class PlanDocument(PlanHeadDocument):
    """Holds what campaignctl plan would do, as printed with --format json and kept in plan files."""

    changes: list[ChangeDocument]
    """By kind, name, SID."""
    crowds: list[OverlapDocument]


AnyPlanDocument: TypeAlias = BriefPlanDocument | PlanDocument
