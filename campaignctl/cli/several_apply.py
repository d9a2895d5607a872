"""Applies to several environments, or the saved plans of several."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from campaignctl.app import output
from campaignctl.app.apply_call import ApplyCall, as_saved
from campaignctl.app.applying import Applied, carry_out
from campaignctl.app.options import Choice, GlobalOptions
from campaignctl.app.own_rules import read_for_plan
from campaignctl.app.plan_files import refuse_empty
from campaignctl.app.planning import PlanOptions
from campaignctl.app.side_by_side import Ended
from campaignctl.app.workspace import Session
from campaignctl.cli.explaining import of_stale
from campaignctl.cli.several import PLAN_VIEWS, options_in, shown_plan, write
from campaignctl.errors import RefusedError
from campaignctl.fleet.applying import FleetApply, FleetLimits, tell_refusals
from campaignctl.fleet.choosing import check_allowed
from campaignctl.fleet.directories import PlansDirectory, read_plans
from campaignctl.fleet.meeting import Meeting, WaitingPlan
from campaignctl.fleet.opening import Fleet, chosen_environments, opened, project_root
from campaignctl.fleet.outcomes import Document, EnvironmentOutcome, EnvironmentResult, Several
from campaignctl.fleet.views import SeveralViews, render_several
from campaignctl.rendering.as_json import apply_document
from campaignctl.rendering.as_text import WRITERS as AS_TEXT
from campaignctl.rendering.formats import FORMATS
from campaignctl.rendering.reports import apply_report
from campaignctl.saved_plans.file import require_seal

if TYPE_CHECKING:
    from campaignctl.errors import CampaignctlError
    from campaignctl.rendering.result_documents import ApplyDocument

Line: TypeAlias = Callable[[Session, Meeting], Applied]


def apply_several(call: ApplyCall) -> int:
    """Applies side by side what was planned of each, after one question."""
    plan_options = call.plan_options
    refuse_empty(plan_options.paths)

    def line(session: Session, meeting: Meeting) -> Applied:
        asked = options_in(session, plan_options)
        reading = read_for_plan(session, asked.paths, asked.labels, asked.prune)
        return carry_out(session, reading, asked, meeting.review(session), audit_log=call.audit_log)

    with opened(call.options, plan_options.paths, plan_options.labels) as fleet:
        check_allowed(plan_options.allowed, fleet.project.environments)
        return _carried_out(call, fleet, line)


def apply_directory(call: ApplyCall, directory: Path) -> int:
    """Applies the saved plans that the index of a directory names; `-e` narrows them."""
    options, found = call.options, read_plans(directory)
    names = _narrowed(options, found)
    if not names:
        return write(Several("apply", ()), APPLY_VIEWS, options, call.output_format)
    asked = {
        name: as_saved(found.plans[name], call.plan_options, options.in_environment(name))[0]
        for name in names
    }
    paths, labels = _selection_of(options, asked)

    def line(session: Session, meeting: Meeting) -> Applied:
        name = session.environment.name
        saved, own = found.plans[name], replace(asked[name], paths=paths)
        require_seal(saved, session.token, found.file(name))
        reading = read_for_plan(session, own.paths, own.labels, own.prune)
        review = meeting.review(session, saved)
        return carry_out(
            session, reading, own, review, saved=saved, audit_log=call.audit_log, on_stale=of_stale(saved)
        )

    with opened(options._replace(choice=Choice(names)), paths, labels) as fleet:
        return _carried_out(call, fleet, line)


def _narrowed(options: GlobalOptions, found: PlansDirectory) -> tuple[str, ...]:
    """Returns the environments of the index that the command line means: all, where it names none."""
    if options.choice == Choice():
        return tuple(sorted(found.plans))
    _, chosen = chosen_environments(options)
    return tuple(it.name for it in chosen if it.name in found.plans)


def _selection_of(options: GlobalOptions, asked: Mapping[str, PlanOptions]) -> tuple[tuple[str, ...], str]:
    """Returns what all plans selected, as seen from here: one command made them."""
    first, *others = asked.values()
    if any((it.paths, it.labels) != (first.paths, first.labels) for it in others):
        raise RefusedError(
            "these plans select different manifests: one command did not make them; plan again"
        )
    root = project_root(options)
    return tuple(os.path.relpath(root / path) for path in first.paths), first.labels


def _carried_out(call: ApplyCall, fleet: Fleet, line: Line) -> int:
    """Carries out, and shows what all came to; the worst exit code."""
    most = fleet.project.max_environments if call.max_environments is None else call.max_environments
    show = partial(_show, fleet, call.output_format)
    ended = FleetApply(fleet, FleetLimits(call.limits, most), show).run(line)
    several = Several("apply", [_outcome(fleet, name, it) for name, it in ended.items()])
    setting = output.setting(fleet.options, fleet.options.clock.now())
    output.done(render_several(several, APPLY_VIEWS, call.output_format, setting), call.output_format)
    tell_refusals(ended)
    return several.exit_code


def _outcome(fleet: Fleet, name: str, ended: Ended[Applied]) -> EnvironmentOutcome:
    environment = fleet.sessions[name].environment
    if ended.value is None:
        return EnvironmentOutcome(environment, error=ended.error)
    applied = ended.value
    document = apply_document(applied.result, environment)
    told = EnvironmentResult.of(applied.exit_code, document, applied.result.plan)
    return EnvironmentOutcome(environment, told)


def _show(
    fleet: Fleet,
    output_format: str,
    proposals: Mapping[str, WaitingPlan],
    ended: Mapping[str, Ended[Applied]],
) -> None:
    """Shows every plan as text; beside a result for programs or pages, which holds no plan, on standard error."""
    may_show_numbers = FORMATS[output_format].may_show_numbers
    outcomes = [
        EnvironmentOutcome(it.environment, *_planned_or_not(name, proposals, ended, may_show_numbers))
        for name, it in sorted(fleet.sessions.items())
    ]
    setting = output.setting(fleet.options, fleet.options.clock.now())
    text = render_several(Several("plan", outcomes), PLAN_VIEWS, "text", setting)
    if output_format == "text":
        output.done(text)
    else:
        output.remark(text.rstrip("\n"), fleet.options)


def _planned_or_not(
    name: str,
    proposals: Mapping[str, WaitingPlan],
    ended: Mapping[str, Ended[Applied]],
    may_show_numbers: bool,
) -> tuple[EnvironmentResult | None, CampaignctlError | None]:
    if name not in proposals:
        return None, ended[name].error
    planned = proposals[name].planned
    if not may_show_numbers:
        planned = planned.masked
    return EnvironmentResult(planned.exit_code(), shown_plan(planned), planned.plan), None


def _applied(document: Document) -> ApplyDocument:
    return cast("ApplyDocument", document)


def _apply_says(document: Document) -> bool:
    applied = _applied(document)
    return applied["interrupted"] or any(it["outcome"] != "unchanged" for it in applied["results"])


APPLY_VIEWS: Final = SeveralViews(
    text=lambda _environment, document, setting: AS_TEXT["apply"](_applied(document), setting),
    report=lambda _environment, document, _setting: apply_report(_applied(document)),
    says=_apply_says,
    quiet="nothing to do",
)
