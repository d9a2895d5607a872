"""Commands on several environments: the line of one, mapped over those that are chosen, and shown together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from campaignctl.app import output
from campaignctl.app.checking import Checked, check, suites_of
from campaignctl.app.options import GlobalOptions
from campaignctl.app.plan_files import refuse_empty
from campaignctl.app.planning import Planned, PlanOptions, plan_for
from campaignctl.app.workspace import Session
from campaignctl.fleet.choosing import allowed_in, check_allowed
from campaignctl.fleet.directories import clear_out, index_of, write_plans
from campaignctl.fleet.opening import Fleet, opened, opened_offline
from campaignctl.fleet.outcomes import Document, EnvironmentOutcome, EnvironmentResult, Several
from campaignctl.fleet.views import SeveralViews, render_several, under_headline, where_of
from campaignctl.rendering.as_text import WRITERS as AS_TEXT
from campaignctl.rendering.findings import validate_document
from campaignctl.rendering.formats import Setting
from campaignctl.rendering.reports import plan_report, validate_report
from campaignctl.text import visible

if TYPE_CHECKING:
    from campaignctl.diagnostics import Diagnostic
    from campaignctl.model.environment import Environment
    from campaignctl.rendering.documents import BriefPlanDocument
    from campaignctl.rendering.finding_documents import ValidateDocument
    from campaignctl.rendering.report import Report
    from campaignctl.rendering.suites import Suite


def write(several: Several, views: SeveralViews, options: GlobalOptions, output_format: str) -> int:
    """Shows what all came to; the worst exit code."""
    setting = output.setting(options, options.clock.now())
    output.result(render_several(several, views, output_format, setting), output_format)
    return several.exit_code


# -- validate --------------------------------------------------------------------------------------------------


def validate_several(options: GlobalOptions, paths: tuple[str, ...], labels: str, output_format: str) -> int:
    """Validates for each environment by itself; with `--all-environments` tells what none of them takes, too."""
    fleet = opened_offline(options, paths, labels)
    checked = {name: check(session, session.load(paths, labels)) for name, session in fleet.sessions.items()}
    findings: tuple[Diagnostic, ...] = ()
    if options.choice.all_environments and not paths and not labels:
        from campaignctl.fleet.untaken import untaken

        findings = untaken(fleet)
    outcomes = [
        EnvironmentOutcome(it.environment, EnvironmentResult.of(it.exit_code, validate_document(it.findings)))
        for it in checked.values()
    ]
    views = _views_of_validate(checked, fleet)
    return write(Several("validate", outcomes, findings), views, options, output_format)


def _views_of_validate(checked: Mapping[str, Checked], fleet: Fleet) -> SeveralViews:
    def text(environment: Environment, document: Document, setting: Setting) -> str:
        manifests = len(checked[environment.name].reading.selected)
        shown = AS_TEXT["validate"](_validated(document), setting._replace(manifests=manifests))
        return under_headline(environment, shown, setting)

    def report(environment: Environment, document: Document, _setting: Setting) -> Report:
        manifests = len(checked[environment.name].reading.selected)
        return validate_report(_validated(document), manifests=manifests, where=where_of(environment))

    def suites() -> Mapping[str, Suite]:
        return {name: suites_of([it], fleet.sessions[name])[0] for name, it in checked.items()}

    return SeveralViews(text, report, lambda document: bool(document["findings"]), "nothing wrong", suites)


# -- plan ------------------------------------------------------------------------------------------------------


def plan_several(
    options: GlobalOptions,
    plan_options: PlanOptions,
    out: Path | None,
    detailed_exitcode: bool,
    output_format: str,
) -> int:
    """Plans side by side."""
    if out is not None:
        clear_out(out)
    refuse_empty(plan_options.paths)
    files: dict[str, str] = {}

    def line(session: Session) -> EnvironmentResult:
        planned = plan_for(session, options_in(session, plan_options))
        if out is not None:
            files[session.environment.name] = planned.file_text
        return EnvironmentResult(
            planned.exit_code(detailed=detailed_exitcode), shown_plan(planned), planned.plan
        )

    with opened(options, plan_options.paths, plan_options.labels) as fleet:
        check_allowed(plan_options.allowed, fleet.project.environments)
        outcomes = fleet.each(line)
    several = Several("plan", outcomes)
    if out is not None and several.failed and not files:
        output.remark(f"nothing is saved to {visible(str(out))}: no environment could be planned", options)
    elif out is not None:
        write_plans(out, files, index_of(several.digests, several.digest_and_approval[1]))
        output.remark(f"saved to {visible(str(out))}", options)
    return write(several, PLAN_VIEWS, options, output_format)


def options_in(session: Session, plan_options: PlanOptions) -> PlanOptions:
    """Returns what is asked of the plan of one environment."""
    return replace(plan_options, allowed=allowed_in(session.environment.name, plan_options.allowed))


def shown_plan(planned: Planned) -> Callable[[str], Document]:
    """Makes the document of a plan as a format may show it, once: what is told of it and of all looks at it in turn."""
    return cache(lambda output_format: cast("Document", planned.document_for(output_format)))


def _validated(document: Document) -> ValidateDocument:
    return cast("ValidateDocument", document)


def _planned(document: Document) -> BriefPlanDocument:
    return cast("BriefPlanDocument", document)


def _plan_says(document: Document) -> bool:
    """Returns whether a plan has more to say than that all stays as it is."""
    plan = _planned(document)
    moving = any(it["change"] != "noop" or it["reason"]["code"] == "failed" for it in plan["changes"])
    return bool(moving or plan["findings"] or plan["notes"])


PLAN_VIEWS: Final = SeveralViews(
    text=lambda environment, document, setting: AS_TEXT["plan"](
        _planned(document), setting._replace(within=environment.name)
    ),
    report=lambda environment, document, setting: plan_report(
        _planned(document), setting.now, fold=True, within=environment.name
    ),
    says=_plan_says,
    quiet="nothing to do",
)
