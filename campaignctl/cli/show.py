"""`campaignctl show`: a saved plan, in any format."""

from __future__ import annotations

from pathlib import Path

import click

from campaignctl.cli import output
from campaignctl.cli.options import GlobalOptions, format_option, global_options
from campaignctl.cli.saved import load_plan
from campaignctl.clock import SystemClock


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
    text = plan_text(saved.document, now=SystemClock().now(), color=color, width=width)  # type: ignore[arg-type]
    output.result(text)
    return 0
