"""`campaignctl show`: a saved plan, in any format."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from campaignctl.app import output
from campaignctl.app.options import GlobalOptions
from campaignctl.app.plan_files import load_plan
from campaignctl.cli.options import format_option, global_options
from campaignctl.model.windows import instant
from campaignctl.rendering import formats

if TYPE_CHECKING:
    from campaignctl.rendering.documents import PlanDocument


@click.command("show")
@global_options
@click.argument("plan", type=click.Path(path_type=Path))
@format_option(*formats.offered("plan"))
def command(options: GlobalOptions, plan: Path, output_format: str) -> int:
    """Show a saved plan, with what to approve."""
    document = cast("PlanDocument", load_plan(plan).document)
    setting = output.setting(options, _now(document, options))
    output.result(formats.render("plan", output_format, document, setting), output_format)
    return 0


def _now(document: PlanDocument, options: GlobalOptions) -> datetime:
    """A sandbox has a clock of its own: its plan is shown as of its making."""
    if document["backend"] == "sandbox":
        return instant(document["created_at"])
    return options.clock.now()
