"""Holds what the command line says of an apply, and what a saved plan says in its place."""

from __future__ import annotations

from pathlib import Path

from campaignctl.app.guards import Limits
from campaignctl.app.options import GlobalOptions
from campaignctl.app.planning import PlanOptions
from campaignctl.errors import RefusedError, UsageError
from campaignctl.records import dataclass
from campaignctl.saved_plans.file import SavedPlan


@dataclass(frozen=True)
class ApplyCall:
    """Holds what the command line says. `expect` is the approval in `limits`, as it was written."""

    options: GlobalOptions
    plan_options: PlanOptions
    limits: Limits
    max_environments: int | None
    expect: str | None
    against: Path | None
    audit_log: Path | None
    output_format: str


def as_saved(
    saved: SavedPlan, plan_options: PlanOptions, options: GlobalOptions
) -> tuple[PlanOptions, GlobalOptions]:
    """Returns the selection and permissions of the file; it takes no further ones."""
    further = (plan_options.allowed, plan_options.prune, plan_options.prune_lists, plan_options.labels)
    if any(further) or plan_options.resend:
        raise UsageError(
            "a saved plan takes no further --allow, --prune, --prune-lists, --resend or -l: plan again with them"
        )
    if options.environment not in (None, saved.environment):
        raise RefusedError(
            f"the plan was made for environment {saved.environment}, not {options.environment}"
        )
    selection = saved.selection
    asked = PlanOptions(
        selection.paths,
        selection.labels,
        saved.allowed,
        selection.prune,
        selection.resend,
        plan_options.refresh,
        approved_before=True,
        prune_lists=selection.prune_lists,
        expand_at=saved.created_at,
        count_lists=plan_options.count_lists,
    )
    return asked, options.in_environment(saved.environment)
