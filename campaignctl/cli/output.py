"""Writing: the result to standard output, everything else to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click

from campaignctl.cli.options import GlobalOptions
from campaignctl.errors import CampaignctlError
from campaignctl.rendering.formats import FORMATS, Setting, render


def wants_color(options: GlobalOptions, stream: TextIO | None = None) -> bool:
    """`--no-color` and `NO_COLOR` turn it off, `FORCE_COLOR` on (`0`: off); else a terminal has it that is not dumb.

    `stream` is where it goes, standard output by default.
    """
    if options.no_color or os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR")
    if forced:
        return forced != "0"
    return (stream or sys.stdout).isatty() and os.environ.get("TERM") != "dumb"


def width() -> int | None:
    """The terminal's columns; None where nothing has to be wrapped."""
    if not sys.stdout.isatty():
        return None
    from shutil import get_terminal_size  # with all that it can unpack: only where somebody looks

    return get_terminal_size().columns


def result(text: str) -> None:
    """The result of a command, as it is."""
    click.echo(text, nl=not text.endswith("\n"), color=True)


def remark(text: str, options: GlobalOptions | None = None) -> None:
    """Something to know besides; `-q` leaves it out."""
    if options is None or not options.quiet:
        click.echo(text, err=True)


def setting(options: GlobalOptions, now: datetime, *, manifests: int | None = None) -> Setting:
    """How a result is laid out here."""
    return Setting(
        now,
        color=wants_color(options),
        width=width(),
        manifests=manifests,
        prefix=_prefix(options.config),
    )


def _prefix(config: Path | None) -> str:
    """In a GitHub workflow files are named from the workspace, as annotations and code scanning ask for."""
    from campaignctl.manifests.project import find_project_file

    workspace = os.environ.get("GITHUB_WORKSPACE")
    file = config if config is not None else find_project_file(Path.cwd())
    if not workspace or file is None:
        return ""
    directory, root = file.resolve().parent, Path(workspace).resolve()
    below = directory.relative_to(root) if directory.is_relative_to(root) else Path()
    return f"{below.as_posix()}/" if below.parts else ""


def report_error(error: CampaignctlError, words: Sequence[str]) -> None:
    """One message; on standard output where the format is one that programs read errors in."""
    from campaignctl.rendering.findings import error_document

    document = error_document(error)
    plain = Setting(datetime.now(UTC), prefix=_prefix(None))
    row = FORMATS.get(asked_format(words))
    if row is not None and row.tells_errors:
        result(render("error", asked_format(words), document, plain))
    else:
        click.echo(render("error", "text", document, plain), err=True, nl=False)


def asked_format(words: Sequence[str]) -> str:
    """What the command line asks for with `--format`, however far it could be read; empty without it."""
    for word, value in zip(words, [*words[1:], ""], strict=False):
        if word == "--format":
            return value
        if word.startswith("--format="):
            return word.removeprefix("--format=")
    return ""
