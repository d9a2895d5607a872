"""Implements `campaignctl plan`."""

from __future__ import annotations

from pathlib import Path

import click

from campaignctl.app import output
from campaignctl.app.files import STANDARD_OUTPUT, refuse_directory, write_out
from campaignctl.app.options import GlobalOptions
from campaignctl.app.plan_files import refuse_empty
from campaignctl.app.planning import Planned, PlanOptions, plan_for
from campaignctl.app.workspace import Session
from campaignctl.cli.options import (
    format_option,
    labels_option,
    paths_argument,
    planning_options,
    several_environments,
)
from campaignctl.rendering import formats
from campaignctl.text import visible


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
    if out is not None and out != STANDARD_OUTPUT:
        refuse_directory(out)
    planned = plan_for(session, plan_options)
    if out is None and formats.FORMATS[output_format].verbatim:
        output.result_in_pieces(planned.pieces_for(output_format), output_format)
        return planned.exit_code(detailed=detailed_exitcode)
    shown = render(planned, session, output_format)  # before the file, which needs most of what is shown
    if out == STANDARD_OUTPUT:
        output.result(planned.file_text, "json")
        output.remark(shown, session.options, output_format)
    else:
        if out is not None:
            write_out(out, planned.file_text)
            output.remark(f"saved to {visible(str(out))}", session.options)
        output.result(shown, output_format)
    return planned.exit_code(detailed=detailed_exitcode)


def render(planned: Planned, session: Session, output_format: str) -> str:
    """Writes the plan in a format."""
    if formats.FORMATS[output_format].verbatim:
        return "".join(planned.pieces_for(output_format))
    setting = output.setting(session.options, planned.plan.created_at)
    return formats.render("plan", output_format, planned.document_for(output_format), setting)
