"""Implements `campaignctl matrix`: the environments that a change touches, as jobs of a pipeline.

It works offline, without credentials.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import click

from campaignctl.app import output
from campaignctl.app.options import GlobalOptions
from campaignctl.cli.options import format_option, several_environments
from campaignctl.errors import CampaignctlError, UsageError

if TYPE_CHECKING:
    from campaignctl.fleet.matrix import MatrixDocument

MOST: Final = 256
"""Jobs that GitHub takes."""
INCLUDE: Final = ".gitlab/campaigns-job.yml"


@click.command("matrix")
@several_environments
@click.option("--max", "most", type=int, default=MOST, show_default=True, help="The most jobs.")
@click.option("--include", metavar="FILE", help=f"Of gitlab: what the jobs extend; {INCLUDE} by default.")
@format_option("json", "github", "gitlab")
def command(options: GlobalOptions, most: int, include: str | None, output_format: str) -> int:
    """Cut environments into jobs for a pipeline. No account is looked at, and no manifest is acted on."""
    try:
        document = _document_of(options, most, include, output_format)
    except CampaignctlError as error:
        if output_format == "json":
            raise
        output.report_error(error, ())  # its github and gitlab are pipelines, and no formats of findings
        return error.exit_code
    output.result(_written(document, output_format, include or INCLUDE), output_format)
    return 0


def _document_of(
    options: GlobalOptions, most: int, include: str | None, output_format: str
) -> MatrixDocument:
    if most < 1 or (output_format == "github" and most > MOST):
        raise UsageError(
            f"--max {most}: " + ("at least 1" if most < 1 else f"GitHub takes at most {MOST} jobs")
        )
    if include is not None and output_format != "gitlab":
        raise UsageError("--include is for --format gitlab")
    return _document(options, most)


def _document(options: GlobalOptions, most: int) -> MatrixDocument:
    from campaignctl.app.workspace import start_of
    from campaignctl.fleet.changed_since import read_inputs, touched_by
    from campaignctl.fleet.choosing import choose
    from campaignctl.fleet.matrix import matrix_document
    from campaignctl.manifests.project import load_project

    environ = dict(os.environ)
    file = load_project(start_of(options), options.config, environ)
    chosen = choose(file, options.choice)
    if options.choice.changed_since is None:
        inputs = read_inputs(file, chosen, options.variables)
        return matrix_document(chosen, {name: it.size for name, it in inputs.items()}, most)
    found = touched_by(file, chosen, options, environ)
    return matrix_document(
        chosen,
        found.sizes,
        most,
        base=found.base,
        reasons=found.reasons,
        removed=found.removed,
        moved=found.moved,
    )


def _written(document: MatrixDocument, output_format: str, include: str) -> str:
    from campaignctl.fleet import matrix

    match output_format:
        case "github":
            return matrix.github(document)
        case "gitlab":
            return matrix.gitlab(document, include)
    from campaignctl.rendering.as_json import written

    return written(document)
