"""Defines the types of what other programs read; the published schemas are made of them.

A key that stands in the contract keeps its place and meaning in every `1.x`; more keys may be added. What is said
of a class and below a key stands in the schema too: see `constraints`.
"""

from typing import Annotated, NotRequired, TypeAlias, TypedDict, final

from campaignctl.diagnostics import Severity
from campaignctl.errors import ERROR_CODES
from campaignctl.kinds.counters import LimitName
from campaignctl.kinds.lifecycle import State
from campaignctl.kinds.operations import Op
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import RefreshStrategy
from campaignctl.model.dlt_checks import Slip
from campaignctl.model.environment import Backend
from campaignctl.model.estimates import Encoding
from campaignctl.model.gates import GateVerdict, LimitWord
from campaignctl.model.reasons import REASONS, ChangeType
from campaignctl.rendering.comparison_documents import ComparisonDocument
from campaignctl.rendering.constraints import (
    Amount,
    ApprovalText,
    ChangedKind,
    Constraint,
    Date,
    Digest,
    KindName,
    Moment,
    Money,
    Ordinal,
    Version,
)


class OccurrencesDocument(TypedDict):
    """Holds how many occurrences of a manifest, and the dates of the first and the last."""

    count: Ordinal
    first: Date
    last: Date


CodePoint: TypeAlias = Annotated[str, Constraint(pattern="^U[+][0-9A-F]{4,6}$")]


class TextDifferenceDocument(TypedDict):
    """Holds where a text first differs from its registered template."""

    offset: Amount
    """In characters of the text as written, from 0."""
    expected: CodePoint | None
    """The registered sign; null where nothing is to stand, or a variable."""
    found: CodePoint | None
    """The campaign's sign; null where nothing stands, or a column."""
    slip: Slip | None
    """What was probably meant."""


class FindingDocument(TypedDict):
    """Describes what is wrong at a place in a file."""

    rule: str
    """A word for programs: type, unknown-key, calling_hours …"""
    severity: Severity
    file: str
    """Relative to the project file, with /."""
    line: Ordinal
    column: Ordinal
    message: str
    end: NotRequired[Moment | None]
    """Of calling_hours: the latest end that may be declared, null where none would do."""
    people: NotRequired[Ordinal]
    """Of frequency: how many are reached too often."""
    count: NotRequired[Ordinal]
    """Of valid_numbers: how many more there are."""
    unfinished: NotRequired[Ordinal]
    """Of window_fits: how many people are not done with at the end."""
    schema: NotRequired[str]
    """Of schema/NAME: the schema that failed, a rule file and a pointer into it."""
    check: NotRequired[str]
    """Of dlt_template: what was looked at."""
    difference: NotRequired[TextDifferenceDocument]
    """Of its check text."""
    cost: NotRequired[Money | None]
    """Of budget: what the campaign, or its month up to it, costs; null where nobody can tell."""
    limit: NotRequired[Money]
    """Of budget: what it may cost."""
    occurrences: NotRequired[OccurrencesDocument]
    """Where it is about dates of a manifest that repeats."""


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


class CountDocument(TypedDict):
    """Counts what may be known in part: at least known, and just that when it is complete; known is null where
    nothing is known.
    """

    known: Amount | None
    whole: bool
    at_most: Amount | None
    """No more than that, whoever is in two lists; null where a part is unknown."""


class Ucs2Document(TypedDict):
    """Describes the first character of a text outside GSM-7."""

    character: str
    code: Annotated[str, Constraint(pattern="^U\\+[0-9A-F]{4,6}$")]
    name: str
    """Unicode's; the code where it has none."""
    line: Ordinal | None
    """Of the character in the manifest's file, or of the escape or the variable that makes it; null for a live text."""
    column: Ordinal | None
    replacement: str | None
    """What could stand instead, nothing for what nobody sees; null where there is none. It is never put in."""
    others: Amount
    """How many more such characters there are."""
    segments: Ordinal | None
    """How many it would be with all of them replaced; null where one has no replacement."""
    registered: NotRequired[bool]
    """true where the campaign's registered template holds the character, which must then be registered anew."""


class TextDocument(TypedDict):
    """Describes the text of one SMS.

    With variables, which nobody can count, characters and segments are the least.
    """

    encoding: Encoding
    characters: Amount
    """Places: some characters take two."""
    segments: Ordinal
    variables: list[str]
    ucs2: Ucs2Document | None
    """What makes it UCS-2; null in GSM-7."""


class EstimateDocument(TypedDict):
    """Describes a campaign in numbers.

    retries only of a voice, text only of an SMS campaign; null where the account does not show them.
    """

    people: CountDocument
    most: CountDocument
    """Calls or messages at most."""
    retries: NotRequired[Amount | None]
    text: NotRequired[TextDocument | None]


class MessageDocument(TypedDict):
    """Holds what a campaign says, before and after its operations; null where none is there."""

    before: EstimateDocument | None
    after: EstimateDocument | None


class ListDocument(TypedDict):
    """Describes a contact list that a campaign will send to."""

    sid: str | None
    """null: known after apply."""
    name: str | None
    """As the manifest names it; null where it gives the SID."""
    count: Amount | None
    """How many are in it; null where nobody knows."""
    counted_at: Moment | None
    managed: bool
    """It is a ContactList of the project."""


class SuppressedDocument(TypedDict):
    """Holds how many of the declared people are left out."""

    count: Ordinal
    marks: list[Annotated[str, Constraint(pattern="^[0-9a-f]{12}$")]]
    """Of each of them twelve hex digits of its HMAC under the API token."""


class OutlookDocument(TypedDict):
    """Holds how long a run takes, alone on its account and never paused."""

    minutes: Amount
    """Whole, rounded up, not cut at the end."""
    end: Moment
    """The start plus them, cut at the end."""
    unfinished: Amount
    """How many people are not done with at the end."""


class SharedOutlookDocument(TypedDict):
    """Describes the run beside others of the account, all of whose calls may come first; null where one of them is
    unknown.
    """

    minutes: Amount | None
    end: Moment | None
    unfinished: Amount | None
    campaigns: Ordinal
    """How many others overlap it."""


class RunDocument(TypedDict):
    """Says when the campaign runs, as far as anybody can tell."""

    start: Moment
    end: Moment | None
    """The declared one."""
    predicted_end: Moment | None
    """That of typical."""
    per_minute: Ordinal
    """Calls or messages."""
    goes: bool
    """false: it waits, paused or held."""
    people: Amount | None
    """How many it calls at most; null where nobody can tell."""
    typical: OutlookDocument | None
    """Where people answer as usage has it; null where their number, or how the account calls them, is not known."""
    worst: OutlookDocument | None
    """Where nobody answers, if nothing else runs."""
    shared: SharedOutlookDocument | None
    """null where no other campaign overlaps it."""


class GatePeopleDocument(TypedDict):
    """Counts people of a campaign that is waited for."""

    all: Amount
    open: Amount
    finished: Amount
    never_tried: Amount


class GateLimitDocument(TypedDict):
    """Describes a share that must be kept; count is null where the counters cannot be read."""

    of: LimitName
    limit: str
    count: Amount | None
    verdict: LimitWord


class GateDocument(TypedDict):
    """Describes a campaign whose results another waits for."""

    campaign: str
    """KIND/NAME."""
    sid: str | None
    status: str | None
    """null where it is not there."""
    verdict: GateVerdict
    message: str
    people: GatePeopleDocument | None
    """null where its counters cannot be read."""
    limits: list[GateLimitDocument]


class MoneyDocument(TypedDict):
    """Holds what it costs with tax, in the currency's minor units; null where nobody can tell."""

    typical: Money | None
    """Where people answer and talk as usage has it."""
    worst: Money | None
    """Where everybody is called each time and answers the last, and columns are as long as they get."""


class ChangeCostDocument(TypedDict):
    """Holds what the complete campaign costs, also where half of it is done; null where none is or will be."""

    before: MoneyDocument | None
    after: MoneyDocument | None


class PlanCostDocument(TypedDict):
    """Holds what all that an apply sets going costs; what is not there, or not known, is 0 in it."""

    currency: str
    before: MoneyDocument
    after: MoneyDocument
    unknown: Amount
    """How many campaigns there are of which nobody can tell."""


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


class ReachDocument(TypedDict):
    """Says what an apply sets going, all together: people reached, calls and messages at most."""

    campaigns: Amount
    people: CountDocument
    calls: CountDocument
    messages: CountDocument


class HoursDocument(TypedDict):
    """Says when people may be called."""

    opening: str
    closing: str
    time_zone: str | None
    """null: in each start's own offset."""


class OverlapDocument(TypedDict):
    """Says when the campaigns of a kind together want more a minute than the account's capacity."""

    kind: KindName
    start: Moment
    end: Moment
    campaigns: Amount
    wanted: Amount
    capacity: Amount


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


class ValidateDocument(TypedDict):
    """Holds what campaignctl validate --format json found."""

    findings: list[FindingDocument]


class ErrorDocument(TypedDict):
    """Holds one sentence for a person and a code for a program."""

    code: Annotated[str, Constraint(enum=ERROR_CODES)]
    message: str


class ErrorOutputDocument(TypedDict):
    """Holds what any command prints with --format json when it ends early."""

    error: ErrorDocument
    findings: list[FindingDocument]
    comparison: NotRequired[ComparisonDocument]
    """Where a reviewed plan is refused: what differs from it now."""
