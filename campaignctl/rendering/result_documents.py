"""Defines the types of what an apply made of a plan, as other programs read it; see `documents`."""

from typing import Annotated, NotRequired, TypedDict

from campaignctl.kinds.operations import Op
from campaignctl.model.environment import Backend
from campaignctl.model.reasons import APPLY_REASONS, REASONS
from campaignctl.model.results import ChangeOutcome, OperationOutcome
from campaignctl.rendering.constraints import Amount, ChangedKind, Constraint, Version
from campaignctl.rendering.documents import HeldDocument, OccurrenceDocument


class OperationResultDocument(TypedDict):
    """Holds how one operation ended."""

    op: Op
    outcome: OperationOutcome
    attempts: Amount
    """Requests made for it."""
    sid: NotRequired[str]
    """Where it is not the change's own campaign: a twin."""


class FailureDocument(TypedDict):
    """Holds what went wrong with a campaign."""

    code: str
    """The code of a reason or an error, or the account's own."""
    message: str
    http: int | None
    """null without an answer."""


class ResultReasonDocument(TypedDict):
    """Holds why, for a program and for a person: a reason of the plan, or of the apply."""

    code: Annotated[str, Constraint(enum=(*REASONS, *APPLY_REASONS))]
    message: str


class ResultDocument(TypedDict):
    """Holds what an apply made of one change."""

    kind: ChangedKind
    name: str
    sid: str | None
    outcome: ChangeOutcome
    reason: ResultReasonDocument
    operations: list[OperationResultDocument]
    held: list[HeldDocument]
    error: FailureDocument | None
    notes: list[str]
    occurrence: OccurrenceDocument | None
    """null where its manifest does not repeat."""


class OutcomesDocument(TypedDict):
    """Counts changes by outcome."""

    applied: Amount
    unchanged: Amount
    failed: Amount
    unknown: Amount
    skipped: Amount


class ApplyDocument(TypedDict):
    """Holds what campaignctl apply --format json did."""

    format_version: Version
    """A reader refuses another major version."""
    environment: str
    account_sid: str
    results: list[ResultDocument]
    summary: OutcomesDocument
    interrupted: bool
    backend: Backend
    """A sandbox calls and texts nobody."""
