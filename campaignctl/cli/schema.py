"""Implements `campaignctl schema`."""

from __future__ import annotations

import click

from campaignctl.app import output
from campaignctl.app.options import GlobalOptions
from campaignctl.cli.options import global_options, offering


@click.command("schema")
@global_options
@click.argument("name", required=False, shell_complete=offering("schemas"))
def command(options: GlobalOptions, name: str | None) -> int:  # noqa: ARG001
    """Print a JSON Schema; without NAME, list them."""
    from campaignctl.app.files import schema_names, schema_text

    if name is None:
        output.result("\n".join(schema_names()))
    else:
        output.result(schema_text(name), "json")
    return 0
