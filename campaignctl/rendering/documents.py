"""The shapes of what other programs read; the published schemas say the same in JSON Schema.

A key that stands in the contract keeps its place and meaning in every `1.x`; more keys may be added.
"""

from typing import NotRequired, TypedDict

from campaignctl.kinds.table import Value


class FindingDocument(TypedDict):
    """One finding of `validate` or of a policy. `severity` is `error` or `warn`.

    `end` only of `calling_hours`: the latest that may be declared, None where none would do. `count` only of
    `valid_numbers`: how many more there are.
    """

    rule: str
    severity: str
    file: str
    line: int
    column: int
    message: str
    end: NotRequired[str | None]
    count: NotRequired[int]


class OperationDocument(TypedDict):
    """What an apply would do. `sid` only for a twin, `numbers_failed` only for a complete (null: unknown)."""

    op: str
    fields: list[str]
    irreversible: bool
    numbers_failed: NotRequired[int | None]
    sid: NotRequired[str]


class HeldDocument(TypedDict):
    """What it would do besides. `fields` only for a create or update."""

    op: str
    fields: NotRequired[list[str]]
    irreversible: bool
    numbers_failed: int | None
    since: str | None


class NumbersDocument(TypedDict):
    """Numbers that came or went: how many, and five masked ones at most (all of them with --show-numbers)."""

    count: int
    examples: list[str]


class DifferenceDocument(TypedDict):
    """A dotted leaf. `added` and `removed` only for people's numbers; `note` where masks hide the difference."""

    field: str
    before: Value
    after: Value
    added: NotRequired[NumbersDocument]
    removed: NotRequired[NumbersDocument]
    note: NotRequired[str]


class ReasonDocument(TypedDict):
    """Why, for a program and for a person."""

    code: str
    message: str


class StatusDocument(TypedDict):
    """`live` is None when nothing is there, `desired` when it is not managed."""

    live: str | None
    desired: str | None


class CountDocument(TypedDict):
    """At least `known`, and just that when it is `whole`; `known` is None where nothing is known."""

    known: int | None
    whole: bool


class TextDocument(TypedDict):
    """The text of one SMS. With variables, which nobody can count, characters and segments are the least."""

    encoding: str
    characters: int
    segments: int
    variables: list[str]


class SenseDocument(TypedDict):
    """A campaign in numbers. `most` calls or messages; `retries` only of a voice, `text` only of an SMS campaign."""

    people: CountDocument
    most: CountDocument
    retries: NotRequired[int | None]
    text: NotRequired[TextDocument | None]


class MessageDocument(TypedDict):
    """What a campaign says, before and after its operations; None where none is there."""

    before: SenseDocument | None
    after: SenseDocument | None


class RunDocument(TypedDict):
    """When it runs. `end` is declared; `predicted_end` None where nobody counts the people; `goes` False: it waits."""

    start: str
    end: str | None
    predicted_end: str | None
    per_minute: int
    goes: bool


class ChangeDocument(TypedDict):
    """One change. `resulting` holds the fields as they will stand, masked; people's numbers as counts."""

    kind: str
    name: str
    manifest: str | None
    line: int | None
    sid: str | None
    change: str
    status: StatusDocument
    operations: list[OperationDocument]
    held: list[HeldDocument]
    diff: list[DifferenceDocument]
    reason: ReasonDocument
    notes: list[str]
    fingerprint: str | None
    resulting: dict[str, Value]
    message: MessageDocument
    run: RunDocument | None
    local_start: NotRequired[str]


class ManifestsDocument(TypedDict):
    """The seal over the selected manifests."""

    digest: str
    count: int
    token: str


class SelectionDocument(TypedDict):
    """What was selected, `paths` from the project file; each value of `vars` is a keyed hash."""

    paths: list[str]
    labels: str
    prune: bool
    vars: dict[str, str]
    resend: NotRequired[list[str]]


class RefreshDocument(TypedDict):
    """How the account was read, in how many requests."""

    strategy: str
    requests: int


class CostDocument(TypedDict):
    """What an apply will take."""

    requests: int
    seconds: int


class SummaryDocument(TypedDict):
    """Counts: of changes by type, of operations, of campaigns."""

    create: int
    update: int
    transition: int
    noop: int
    held: int
    blocked: int
    orphan: int
    operations: int
    unmanaged: int
    cannot_compare: int


class ReachDocument(TypedDict):
    """What an apply sets going: how many campaigns, the people they reach, calls and messages at most."""

    campaigns: int
    people: CountDocument
    calls: CountDocument
    messages: CountDocument


class HoursDocument(TypedDict):
    """When people may be called; `time_zone` None: in each start's own offset."""

    opening: str
    closing: str
    time_zone: str | None


class CrowdDocument(TypedDict):
    """When the campaigns of a kind together want more a minute than the account's capacity."""

    kind: str
    start: str
    end: str
    campaigns: int
    wanted: int
    capacity: int


class PlanDocument(TypedDict):
    """`plan --format json` and plan files."""

    format_version: str
    campaignctl_version: str
    environment: str
    account_sid: str
    created_at: str
    expires_at: str
    digest: str
    manifests: ManifestsDocument
    selection: SelectionDocument
    allowed: list[str]
    refresh: RefreshDocument
    apply: CostDocument
    summary: SummaryDocument
    notes: list[str]
    findings: list[FindingDocument]
    changes: list[ChangeDocument]
    backend: str
    reach: ReachDocument
    calling_hours: HoursDocument | None
    crowds: list[CrowdDocument]


class OperationResultDocument(TypedDict):
    """How one operation ended. `sid` only for a twin."""

    op: str
    outcome: str
    attempts: int
    sid: NotRequired[str]


class ErrorDocument(TypedDict):
    """What went wrong."""

    code: str
    message: str


class FailureDocument(ErrorDocument):
    """What went wrong with a campaign. `http` is None without an answer."""

    http: int | None


class ResultDocument(TypedDict):
    """What an apply made of one change."""

    kind: str
    name: str
    sid: str | None
    outcome: str
    reason: ReasonDocument
    operations: list[OperationResultDocument]
    held: list[HeldDocument]
    error: FailureDocument | None
    notes: list[str]


class OutcomesDocument(TypedDict):
    """Counts of changes by outcome."""

    applied: int
    unchanged: int
    failed: int
    unknown: int
    skipped: int


class ApplyDocument(TypedDict):
    """`apply --format json`."""

    format_version: str
    environment: str
    account_sid: str
    results: list[ResultDocument]
    summary: OutcomesDocument
    interrupted: bool
    backend: str


class ValidateDocument(TypedDict):
    """`validate --format json`."""

    findings: list[FindingDocument]


class ErrorOutputDocument(TypedDict):
    """Any command that ends early, with `--format json`."""

    error: ErrorDocument
    findings: list[FindingDocument]


class BaseDocument(TypedDict):
    """What a branch is compared with: a revision, or where the branch left it (`merge_base`).

    `revision` is as it was asked for; both are None in a repository without commits.
    """

    revision: str | None
    commit: str | None
    merge_base: bool


class DiffSelectionDocument(TypedDict):
    """What was selected of both versions."""

    paths: list[str]
    labels: str


class DiffSummaryDocument(TypedDict):
    """Counts of manifests."""

    added: int
    removed: int
    renamed: int
    looks_renamed: int
    changed: int
    unchanged: int


class ManifestDocument(TypedDict):
    """Where a manifest stands, and whom it means. `name` is None where a SID pins it and the name is not managed."""

    name: str | None
    sid: str | None
    manifest: str
    line: int


class ManifestChangeDocument(TypedDict):
    """One campaign's manifest in both versions.

    `change` is added, removed, renamed, looks-renamed or changed. `manifest` and `line` are None for a removed
    one; `previous` is how it stood on the base, None for an added one. `fields` is all that the manifest declares,
    or declared, masked; `diff` is empty where it stands on one side only. `notes` say what a plan will make of it.
    """

    kind: str
    name: str | None
    sid: str | None
    change: str
    manifest: str | None
    line: int | None
    previous: ManifestDocument | None
    state: str | None
    fields: dict[str, Value]
    diff: list[DifferenceDocument]
    notes: list[str]
    local_start: NotRequired[str]


class DiffDocument(TypedDict):
    """`diff --format json`."""

    format_version: str
    campaignctl_version: str
    environment: str
    base: BaseDocument
    selection: DiffSelectionDocument
    summary: DiffSummaryDocument
    notes: list[str]
    findings: list[FindingDocument]
    changes: list[ManifestChangeDocument]
