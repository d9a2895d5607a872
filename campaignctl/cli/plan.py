"""Implements `campaignctl plan`."""

from __future__ import annotations

from pathlib import Path

import click

from campaignctl.app import output
from campaignctl.app.files import refuse_directory, write_out
from campaignctl.app.options import GlobalOptions
from campaignctl.app.plan_files import refuse_empty
from campaignctl.app.planning import Planned, PlanOptions, make
from campaignctl.app.workspace import Session
from campaignctl.cli.options import (
    format_option,
    labels_option,
    paths_argument,
    planning_options,
    several_environments,
)
from campaignctl.diagnostics import has_errors
from campaignctl.exits import Exit
from campaignctl.model.plan import Plan
from campaignctl.model.reasons import ChangeType
from campaignctl.rendering import formats

_STANDARD_OUTPUT = Path("-")


@click.command("plan")
@several_environments
@paths_argument
@planning_options
@labels_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="Save the plan for `apply FILE`; - is standard output.",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are operations.")
@format_option(*formats.offered("plan"))
def command(
    options: GlobalOptions, out: Path | None, detailed_exitcode: bool, output_format: str, **asked: object
) -> int:
    """Show what would make the account match the manifests. Sends nothing."""
    plan_options = PlanOptions(**asked)  # type: ignore[arg-type]
    if options.choice.is_several:
        from campaignctl.cli.several import plan_several

        return plan_several(options, plan_options, out, detailed_exitcode, output_format)
    session = Session.open(options)
    refuse_empty(plan_options.paths)
    if out is not None and out != _STANDARD_OUTPUT:
        refuse_directory(out)
    planned = made(session, plan_options)
    if out == _STANDARD_OUTPUT:
        output.result(file_text(planned), "json")
        output.remark(render(planned, session, output_format), session.options, output_format)
    else:
        if out is not None:
            write_out(out, file_text(planned))
            output.remark(f"saved to {out}", session.options)
        output.result(render(planned, session, output_format), output_format)
    return exit_code(planned.plan, detailed_exitcode)


def made(session: Session, plan_options: PlanOptions) -> Planned:
    """Plans for one environment. Raises InputError for invalid manifests, ApiError for an unread account."""
    reading = session.read_for_plan(plan_options.paths, plan_options.labels, plan_options.prune)
    with session.account() as connection:
        return make(session, reading, connection.client, plan_options)


def render(planned: Planned, session: Session, output_format: str) -> str:
    """Writes the plan in a format."""
    setting = output.setting(session.options, planned.plan.created_at)
    return formats.render("plan", output_format, planned.document_for(output_format), setting)


def file_text(planned: Planned) -> str:
    """Writes a plan file, with every number masked, under its seal."""
    from campaignctl.rendering.as_json import written

    return written(planned.file)


def exit_code(plan: Plan, detailed: bool) -> Exit:
    """Returns 3 for a blocked change or a policy of level error, 2 for operations where that was asked for."""
    if plan.count(ChangeType.BLOCKED) or has_errors(plan.findings):
        return Exit.REFUSED
    return Exit.CHANGES if detailed and plan.operations else Exit.FINE
