"""Writing: the result to standard output, everything else to standard error."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence

import click

from campaignctl.cli.options import GlobalOptions
from campaignctl.errors import CampaignctlError


def wants_color(options: GlobalOptions) -> bool:
    """`--no-color` and `NO_COLOR` turn it off, `FORCE_COLOR` on; else a terminal has it."""
    if options.no_color or os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


def width() -> int | None:
    """The terminal's columns; None where nothing has to be wrapped."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def result(text: str) -> None:
    """The result of a command, as it is."""
    click.echo(text, nl=not text.endswith("\n"), color=True)


def remark(text: str, options: GlobalOptions | None = None) -> None:
    """Something to know besides; `-q` leaves it out."""
    if options is None or not options.quiet:
        click.echo(text, err=True)


def report_error(error: CampaignctlError, words: Sequence[str]) -> None:
    """One message; with `--format json` one object on standard output."""
    from campaignctl.rendering.as_json import error_document, written
    from campaignctl.rendering.as_text import error_text

    document = error_document(error)
    if wants_json(words):
        result(written(document))
    else:
        click.echo(error_text(document), err=True, nl=False)


def wants_json(words: Sequence[str]) -> bool:
    """Whether the command line asks for JSON, however far it could be read."""
    pairs = zip(words, [*words[1:], ""], strict=False)
    return any(word == "--format=json" or (word == "--format" and value == "json") for word, value in pairs)
