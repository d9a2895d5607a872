"""Implements `campaignctl show`: a saved plan, in any format."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from campaignctl.app import output
from campaignctl.app.options import GlobalOptions
from campaignctl.app.plan_files import holds_plans, load_plan
from campaignctl.cli.options import format_option, global_options
from campaignctl.errors import UsageError
from campaignctl.exits import Exit
from campaignctl.model.windows import instant
from campaignctl.rendering import formats

if TYPE_CHECKING:
    from campaignctl.comparison.plans import Document
    from campaignctl.rendering.documents import PlanDocument


@click.command("show")
@global_options
@click.argument("plan", type=click.Path(path_type=Path))
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="OTHER",
    help="Show what differs from another saved plan instead, from OTHER to PLAN.",
)
@click.option("--detailed-exitcode", is_flag=True, help="With --against: exit 2 when it is another plan.")
@format_option(*formats.offered("plan"))
def command(
    options: GlobalOptions, plan: Path, against: Path | None, detailed_exitcode: bool, output_format: str
) -> int:
    """Show a saved plan, with what to approve; or what differs from another."""
    if plan.is_dir() and holds_plans(plan):
        from campaignctl.cli.several_show import show_directory

        return show_directory(options, plan, against, detailed_exitcode, output_format)
    if against is not None:
        return _compare(options, plan, against, detailed_exitcode, output_format)
    if detailed_exitcode:
        raise UsageError("--detailed-exitcode goes with --against OTHER")
    document = cast("PlanDocument", load_plan(plan).document)
    setting = output.setting(options, _now(document, options))
    output.result(formats.render("plan", output_format, document, setting), output_format)
    return 0


def _compare(
    options: GlobalOptions, plan: Path, other: Path, detailed_exitcode: bool, output_format: str
) -> int:
    """Compares two plan files without account and token: the words are for reading, and the seals are not checked."""
    from campaignctl.comparison.plans import compare_plans
    from campaignctl.comparison.views import render_comparison

    if output_format == "junit":
        raise UsageError("--against has no format junit")
    before, after = (cast("Document", load_plan(it).document) for it in (other, plan))
    comparison = compare_plans(before, after)
    setting = output.setting(options, _now(cast("PlanDocument", after), options))
    output.result(render_comparison(comparison, output_format, setting), output_format)
    return Exit.CHANGES if detailed_exitcode and not comparison.same else Exit.FINE


def _now(document: PlanDocument, options: GlobalOptions) -> datetime:
    """Returns the moment as of which a plan is shown: a sandbox has a clock of its own, so its plan is shown as of
    its making.
    """
    if document["backend"] == "sandbox":
        return instant(document["created_at"])
    return options.clock.now()
