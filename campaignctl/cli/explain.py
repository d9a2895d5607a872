"""Implements `campaignctl explain`."""

from __future__ import annotations

import click

from campaignctl.app import output
from campaignctl.app.options import GlobalOptions
from campaignctl.cli.options import format_option, global_options, offering


@click.command("explain")
@global_options
@click.argument("word", metavar="[FIELD]", required=False, shell_complete=offering("topics"))
@format_option("text", "json", "markdown")
def command(options: GlobalOptions, word: str | None, output_format: str) -> int:  # noqa: ARG001
    """Say what a kind, field, policy, change, reason code, exit code or variable means; without FIELD, list them.

    A field is written with dots: voice.schedule.send_at, metadata.ignore, environments.region.
    """
    from campaignctl.deriving import explained
    from campaignctl.deriving.topics import topics

    if word is None and output_format == "text":
        output.result(explained.listing(output.width()))
        return 0
    found = topics() if word is None else explained.explain(word)
    if output_format == "json":
        from campaignctl.rendering.as_json import written

        output.result(written(explained.document(found)), "json")
    elif output_format == "markdown":
        output.result(explained.markdown(found), "markdown")
    else:
        output.result(explained.text(found, output.width()))
    return 0
