"""Shows a directory of saved plans, or what differs from another: each as `show` shows one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from campaignctl.app.options import GlobalOptions
from campaignctl.cli.several import PLAN_VIEWS, write
from campaignctl.comparison.documenting import comparison_document
from campaignctl.comparison.plans import PlanComparison, compare_plans
from campaignctl.comparison.views import comparison_report, comparison_text
from campaignctl.errors import InputError, UsageError
from campaignctl.exits import Exit
from campaignctl.fleet.directories import PlansDirectory, read_plans
from campaignctl.fleet.outcomes import Document, EnvironmentOutcome, EnvironmentResult, Several
from campaignctl.fleet.views import SeveralViews, under_headline, where_of
from campaignctl.model.environment import Environment

if TYPE_CHECKING:
    from campaignctl.comparison.plans import Document as PlanContent
    from campaignctl.model.environment import Backend
    from campaignctl.rendering.formats import Setting
    from campaignctl.rendering.report import Report
    from campaignctl.saved_plans.file import SavedPlan


def show_directory(
    options: GlobalOptions, directory: Path, against: Path | None, detailed_exitcode: bool, output_format: str
) -> int:
    """Shows each plan of the directory; with `against` what differs from another."""
    plans = read_plans(directory)
    if against is not None:
        return _compare(options, plans, read_plans(against), detailed_exitcode, output_format)
    if detailed_exitcode:
        raise UsageError("--detailed-exitcode goes with --against OTHER")
    outcomes = [
        EnvironmentOutcome(_environment(saved), EnvironmentResult.of(Exit.FINE, saved.document))
        for _, saved in sorted(plans.plans.items())
    ]
    saved = (plans.digest, plans.approval) if plans.digest and plans.approval else None
    return write(Several("show", outcomes, saved=saved), PLAN_VIEWS, options, output_format)


def _environment(saved: SavedPlan) -> Environment:
    return Environment(saved.environment, cast("Backend", str(saved.document["backend"])), saved.account_sid)


def _compare(
    options: GlobalOptions,
    after: PlansDirectory,
    before: PlansDirectory,
    detailed_exitcode: bool,
    output_format: str,
) -> int:
    """Compares by environment; one that is in one of them alone is another plan."""
    if output_format == "junit":
        raise UsageError("--against has no format junit")
    differs = Exit.CHANGES if detailed_exitcode else Exit.FINE
    comparisons: dict[str, PlanComparison] = {}
    outcomes = []
    for name in sorted({*after.plans, *before.plans}):
        was, now = before.plans.get(name), after.plans.get(name)
        if was is None or now is None:
            there = after.path if was is None else before.path
            known = cast("SavedPlan", was or now)
            only = InputError(f"only {there} has a plan of {name}")
            outcomes.append(EnvironmentOutcome(_environment(known), error=only, code=differs))
            continue
        found = comparisons[name] = compare_plans(
            cast("PlanContent", was.document), cast("PlanContent", now.document)
        )
        code = Exit.FINE if found.same else differs
        told = EnvironmentResult.of(code, comparison_document(found))
        outcomes.append(EnvironmentOutcome(_environment(now), told))
    return write(Several("show", outcomes), _views_of(comparisons), options, output_format)


def _views_of(comparisons: Mapping[str, PlanComparison]) -> SeveralViews:
    def text(environment: Environment, _document: Document, it: Setting) -> str:
        shown = comparison_text(comparisons[environment.name], it.now, color=it.color, width=it.width)
        return under_headline(environment, shown, it)

    def report(environment: Environment, _document: Document, it: Setting) -> Report:
        compared = comparison_report(comparisons[environment.name], it.now)
        return replace(compared, where=where_of(environment))

    return SeveralViews(text, report, lambda document: not document["same"], NO_DIFFERENCE)


NO_DIFFERENCE: Final = "no difference"
