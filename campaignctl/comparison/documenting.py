"""Writes what differs between two plans, as the document that every format reads."""

from __future__ import annotations

from typing import cast

from campaignctl.comparison.plans import ChangePair, Document, PlanComparison
from campaignctl.comparison.trees import Leaf
from campaignctl.model.plan import FORMAT_VERSION
from campaignctl.rendering.comparison_documents import (
    ChangeComparisonDocument,
    ChangeInPlanDocument,
    ComparedPlanDocument,
    ComparisonDocument,
    PlanDifferenceDocument,
)


def comparison_document(comparison: PlanComparison) -> ComparisonDocument:
    """Returns the comparison as data."""
    return {
        "format_version": FORMAT_VERSION,
        "before": _plan(comparison.before),
        "after": _plan(comparison.after),
        "same": comparison.same,
        "unseen": comparison.unseen,
        "differences": list(map(_difference, comparison.leaves)),
        "changes": list(map(_change, comparison.changes)),
    }


def _plan(plan: Document) -> ComparedPlanDocument:
    names = ("environment", "account_sid", "digest", "approval", "created_at")
    return cast("ComparedPlanDocument", {name: plan[name] for name in names})


def _difference(leaf: Leaf) -> PlanDifferenceDocument:
    document = {"path": leaf.path, "change": leaf.change, "before": leaf.before, "after": leaf.after}
    if leaf.is_list:
        document["added"] = leaf.only_in(leaf.after, leaf.before)
        document["removed"] = leaf.only_in(leaf.before, leaf.after)
    return cast("PlanDifferenceDocument", document)


def _change(pair: ChangePair) -> ChangeComparisonDocument:
    difference = "added" if pair.before is None else "removed" if pair.after is None else "changed"
    shown = pair.shown
    return cast(
        "ChangeComparisonDocument",
        {
            "kind": shown["kind"],
            "name": shown["name"],
            "sid": shown["sid"],
            "difference": difference,
            "before": _summary(pair.before),
            "after": _summary(pair.after),
            "differences": list(map(_difference, pair.leaves)),
        },
    )


def _summary(change: Document | None) -> ChangeInPlanDocument | None:
    if change is None:
        return None
    operations = cast("list[Document]", change["operations"])
    reason = cast("Document", change["reason"])
    return cast(
        "ChangeInPlanDocument",
        {
            "change": change["change"],
            "reason": reason["code"],
            "operations": [it["op"] for it in operations],
        },
    )
