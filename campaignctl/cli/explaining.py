"""Says what differs between a plan that was reviewed and the one made now, where the reviewed one is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

from campaignctl.app.plan_files import load_plan
from campaignctl.app.planning import Planned
from campaignctl.app.workspace import Session
from campaignctl.errors import RefusedError, StalePlanError, UsageError
from campaignctl.saved_plans.file import SavedPlan, require_seal

if TYPE_CHECKING:
    from campaignctl.comparison.plans import Document


def reviewed_plan(against: Path | None, expect: str | None, session: Session) -> SavedPlan | None:
    """Reads the file of `--against`: it is read for the words alone, and gives no permission.

    Raises:
        UsageError: there is no approval that it could be of.
        RefusedError: it is not the plan that was approved, or was edited.
    """
    if against is None:
        return None
    if expect is None:
        raise UsageError("--against names the plan that --expect approves: give both")
    saved = load_plan(against)
    require_seal(saved, session.token, str(against))
    approval = saved.document["approval"]
    if approval != expect.strip():
        raise RefusedError(f"{against} has the approval {approval}, and {expect.strip()} was given")
    return saved


def explained(error: RefusedError, saved: SavedPlan, planned: Planned) -> None:
    """Adds what differs to an error; the refusal stays what it is."""
    from campaignctl.comparison.documenting import comparison_document
    from campaignctl.comparison.plans import compare_plans
    from campaignctl.comparison.views import comparison_text

    now = json.loads(planned.file_text)  # as the file has it: words, not members of enums
    comparison = compare_plans(cast("Document", saved.document), cast("Document", now))
    error.comparison = cast("Mapping[str, object]", comparison_document(comparison))
    error.explanation = comparison_text(comparison, planned.plan.created_at).rstrip("\n")


def of_stale(saved: SavedPlan | None) -> Callable[[Planned, StalePlanError], None]:
    """Makes the explanation of a saved plan that no longer holds; where it has only expired there is nothing to
    tell.
    """

    def explain(planned: Planned, error: StalePlanError) -> None:
        if saved is not None and not error.only_expired:
            explained(error, saved, planned)

    return explain


def of_unexpected(
    error: RefusedError, reviewed: SavedPlan | None, planned: Planned, approved: str
) -> RefusedError:
    """Explains an approval of another plan; without the file of that one, it says how to give it."""
    if planned.plan.digest == approved:
        return error
    if reviewed is None:
        hint = "give --against FILE, the plan that was reviewed, to see what differs"
        return RefusedError(f"{error} ({hint})")
    explained(error, reviewed, planned)
    return error
