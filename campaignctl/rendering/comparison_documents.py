"""Defines the types of what differs between two plans; an error that refuses a reviewed plan carries one."""

from typing import Annotated, Literal, NotRequired, TypedDict

from campaignctl.kinds.operations import Op
from campaignctl.kinds.table import Value
from campaignctl.model.reasons import ChangeType
from campaignctl.rendering.constraints import ChangedKind, Constraint, Moment, Version


class ComparedPlanDocument(TypedDict):
    """Describes one of the two plans."""

    environment: str
    account_sid: str
    digest: Annotated[str, Constraint(pattern="^[0-9a-f]{12}$")]
    approval: Annotated[
        str, Constraint(pattern="^[0-9a-f]{12}@[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z")
    ]
    created_at: Moment


class PlanDifferenceDocument(TypedDict):
    """Describes one value that differs."""

    path: str
    """Dotted; […] names an element of a list by what tells it apart, else by its place from 0."""
    change: Literal["added", "removed", "changed"]
    before: Value
    """null where it is not there."""
    after: Value
    added: NotRequired[list[Value]]
    """Only of lists of plain values."""
    removed: NotRequired[list[Value]]
    """Only of lists of plain values."""


class ChangeInPlanDocument(TypedDict):
    """Describes what a plan does about a campaign."""

    change: ChangeType
    reason: str
    """The code of a reason; a plan of another version may have others than this one knows."""
    operations: list[Op]


class ChangeComparisonDocument(TypedDict):
    """Describes a campaign about which the plans say something else."""

    kind: ChangedKind
    name: str
    sid: str | None
    difference: Literal["added", "removed", "changed"]
    before: ChangeInPlanDocument | None
    after: ChangeInPlanDocument | None
    differences: list[PlanDifferenceDocument]


class ComparisonDocument(TypedDict):
    """Holds what differs between two plans, as campaignctl show --against --format json prints it."""

    format_version: Version
    """A reader refuses another major version."""
    before: ComparedPlanDocument
    after: ComparedPlanDocument
    same: bool
    """Whether the digests are equal, and nothing else."""
    unseen: bool
    """Whether the manifests differ, perhaps in what a plan does not show."""
    differences: list[PlanDifferenceDocument]
    """Over the plans themselves."""
    changes: list[ChangeComparisonDocument]
    """In the order of the later plan, then of those that only the earlier one has."""
