"""Defines the types of what is wrong: findings in files, and why a command ended early; see `documents`."""

from typing import Annotated, NotRequired, TypeAlias, TypedDict

from campaignctl.diagnostics import Severity
from campaignctl.errors import ERROR_CODES
from campaignctl.model.dlt_checks import CHECKS, Slip
from campaignctl.rendering.comparison_documents import ComparisonDocument
from campaignctl.rendering.constraints import (
    Amount,
    Constraint,
    Date,
    Moment,
    Money,
    Ordinal,
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
    check: NotRequired[Annotated[str, Constraint(enum=tuple(CHECKS))]]
    """Of dlt_template: what was looked at."""
    difference: NotRequired[TextDifferenceDocument]
    """Of its check text."""
    cost: NotRequired[Money | None]
    """Of budget: what the campaign, or its month up to it, costs; null where nobody can tell."""
    limit: NotRequired[Money]
    """Of budget: what it may cost."""
    occurrences: NotRequired[OccurrencesDocument]
    """Where it is about dates of a manifest that repeats."""


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
