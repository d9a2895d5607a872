"""`campaignctl show`: a saved plan, in any format."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from campaignctl.cli import output
from campaignctl.cli.options import GlobalOptions, format_option, global_options
from campaignctl.cli.saved import load_plan
from campaignctl.planning.window import instant

if TYPE_CHECKING:
    from campaignctl.rendering.documents import PlanDocument


@click.command("show")
@global_options
@click.argument("plan", type=click.Path(path_type=Path))
@format_option("text", "json")
def command(options: GlobalOptions, plan: Path, output_format: str) -> int:
    """Show a saved plan, with the digest to approve."""
    from campaignctl.rendering.as_json import written
    from campaignctl.rendering.as_text import plan_text

    saved = load_plan(plan)
    if output_format == "json":
        output.result(written(saved.document))
        return 0
    color, width = output.wants_color(options), output.width()
    document = cast("PlanDocument", saved.document)
    output.result(plan_text(document, now=_now(document, options), color=color, width=width))
    return 0


def _now(document: PlanDocument, options: GlobalOptions) -> datetime:
    """A sandbox has a clock of its own: its plan is shown as of its making."""
    if document["backend"] == "sandbox":
        return instant(document["created_at"])
    return options.clock.now()
