"""Implements `campaignctl diff`: what a branch changes in the manifests. It needs neither credentials nor network."""

from __future__ import annotations

from pathlib import Path

import click

from campaignctl.app import output
from campaignctl.app.options import GlobalOptions
from campaignctl.app.workspace import Session
from campaignctl.cli.options import format_option, labels_option, paths_argument, several_environments
from campaignctl.diff.document import DiffDocument
from campaignctl.diff.work_tree import DiffOptions, compared, read_against
from campaignctl.manifests.revision import base_files
from campaignctl.rendering import formats


@click.command("diff")
@several_environments
@paths_argument
@labels_option
@click.option(
    "--base",
    "revision",
    metavar="REV",
    help="What the branch is compared with, from where it left it; the default branch by default.",
)
@format_option(*formats.offered("diff"))
def command(
    options: GlobalOptions, paths: tuple[str, ...], labels: str, revision: str | None, output_format: str
) -> int:
    """Show what a branch changes in the manifests, by meaning. Offline, without credentials."""
    shows_numbers = options.show_numbers and formats.FORMATS[output_format].may_show_numbers
    asked = DiffOptions(paths, labels, shows_numbers)
    if options.choice.is_several:
        from campaignctl.cli.several_looks import diff_several

        return diff_several(options, asked, revision, output_format)
    session = Session.open(options)
    with base_files(Path(session.project.root), revision) as (base, files):
        against = read_against([session], asked, base, files)
    document = compared(session, asked, against)
    output.result(render(document, session, output_format), output_format)
    return 0


def render(document: DiffDocument, session: Session, output_format: str) -> str:
    """Writes the changes in a format."""
    from campaignctl.diff.text import VIEWS
    from campaignctl.rendering.report import render_views

    setting = output.setting(session.options, session.clock.now())
    return render_views(VIEWS, output_format, document, setting)
