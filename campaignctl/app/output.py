"""Writes the result to standard output, everything else to standard error.

What cannot be written is the subject of `streams`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO

import click

from campaignctl.app import streams
from campaignctl.app.options import GlobalOptions
from campaignctl.errors import CampaignctlError, RefusedError
from campaignctl.rendering.formats import FORMATS, Setting, render


def wants_color(options: GlobalOptions, stream: TextIO | None = None) -> bool:
    """Decides on color.

    `--no-color` and `NO_COLOR` turn it off, `FORCE_COLOR` on (`0`: off); else a terminal has it that is not dumb.
    `stream` is where it goes, standard output by default.
    """
    if options.no_color or os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR")
    if forced:
        return forced != "0"
    return (stream or sys.stdout).isatty() and os.environ.get("TERM") != "dumb"


def width() -> int | None:
    """Returns the terminal's columns; None where nothing has to be wrapped."""
    if not sys.stdout.isatty():
        return None
    from shutil import get_terminal_size  # with all that it can unpack: only where somebody looks

    return get_terminal_size().columns


_FOR_PEOPLE: Final = frozenset({"text", "table"})
"""Written in the encoding of whoever reads them. What programs and pages read is UTF-8."""


def result(text: str, output_format: str = "text", *, ended: bool = True) -> None:
    """Writes what a command tells, as it is; with a line break at its end, unless it is a piece of more."""
    _write(text, output_format, ended=ended)


def result_in_pieces(pieces: Iterable[str], output_format: str) -> None:
    """Writes what is long, which need not be held as one text."""
    held, length = list[str](), 0
    for piece in pieces:
        held.append(piece)
        length += len(piece)
        if length >= _AT_ONCE:
            result("".join(held), output_format, ended=False)
            held, length = [], 0
    result("".join(held), output_format, ended=False)


_AT_ONCE: Final = 65_536
"""Characters that are worth a call of the system."""


def check_is_read() -> None:
    """Raises UnwrittenError where nobody can read what is told again and again: it would go on for nothing."""
    why = streams.lost()
    if why is not None:
        raise streams.UnwrittenError(str(why))


def done(text: str, output_format: str = "text") -> None:
    """Writes what a command does or has done. Standard error shows it where standard output cannot."""
    streams.acts()
    _write(text, output_format, instead=sys.stderr)


def _write(text: str, output_format: str, *, ended: bool = True, instead: TextIO | None = None) -> None:
    ended_text = text if text.endswith("\n") or not ended else f"{text}\n"
    if isinstance(sys.stdout, streams.Stream):
        other = instead if isinstance(instead, streams.Stream) else None
        sys.stdout.say(ended_text, utf8=output_format not in _FOR_PEOPLE, instead=other)
    else:
        click.echo(ended_text, nl=False, color=True)


_SPEAKER: Final = ContextVar("speaker", default="")
"""Whose lines these are: of several environments the one whose thread it is."""


@contextmanager
def spoken_for(environment: str) -> Iterator[None]:
    """Begins each line that the block tells on standard error with the name of an environment."""
    before = _SPEAKER.set(f"{environment}: ")
    try:
        yield
    finally:
        _SPEAKER.reset(before)


def with_speaker(text: str) -> str:
    """Returns the lines, each beginning with whose it is; as they are where there is but one."""
    speaker = _SPEAKER.get()
    return "".join(f"{speaker}{line}" for line in text.splitlines(keepends=True)) if speaker else text


def remark(text: str, options: GlobalOptions | None = None, output_format: str = "text") -> None:
    """Writes something to know besides to standard error; `-q` leaves it out."""
    if options is not None and options.quiet:
        return
    text = with_speaker(text)
    if output_format not in _FOR_PEOPLE and isinstance(sys.stderr, streams.Stream):
        sys.stderr.say(f"{text}\n", utf8=True)
    else:
        click.echo(text, err=True)


def setting(options: GlobalOptions, now: datetime, *, manifests: int | None = None) -> Setting:
    """Returns how a result is laid out here."""
    return Setting(
        now,
        color=wants_color(options),
        width=width(),
        manifests=manifests,
        prefix=_prefix(options.config),
    )


def _prefix(config: Path | None) -> str:
    """Returns where the project stands in the repository: annotations and code scanning name files from its top."""
    from campaignctl.manifests.project import find_project_file

    try:
        file = config if config is not None else find_project_file(Path.cwd())
        directory = Path.cwd().resolve() if file is None else file.resolve().parent
        below = directory.relative_to(_top(directory))
    except (OSError, ValueError, RuntimeError):  # nobody knows where this is, or it lies outside
        return ""
    return f"{below.as_posix()}/" if below.parts else ""


def _top(directory: Path) -> Path:
    """Returns the top of the repository: in a GitHub workflow the workspace, else the git working tree's own
    directory, else `directory`.
    """
    workspace = os.environ.get("GITHUB_WORKSPACE")
    if workspace and directory.is_relative_to(Path(workspace).resolve()):
        return Path(workspace).resolve()
    return next((it for it in (directory, *directory.parents) if (it / ".git").exists()), directory)


def report_error(error: CampaignctlError, words: Sequence[str]) -> None:
    """Writes one error; to standard output where the format is one that programs read errors in."""
    from campaignctl.rendering.findings import error_document

    document, asked = error_document(error), asked_value(words, "--format")
    config = asked_value(words, "--config", "-c")
    plain = Setting(datetime.now(UTC), prefix=_prefix(Path(config) if config else None))
    row = FORMATS.get(asked)
    if row is not None and row.tells_errors:
        _write(render("error", asked, document, plain), asked, instead=sys.stderr)
        return
    text = render("error", "text", document, plain)
    if isinstance(error, RefusedError) and error.explanation:
        text = f"{text}\n{error.explanation}"
    if isinstance(sys.stderr, streams.Stream):
        sys.stderr.say(text, instead=sys.stdout if isinstance(sys.stdout, streams.Stream) else None)
    else:
        click.echo(text, err=True, nl=False)


def asked_value(words: Sequence[str], *options: str) -> str:
    """Returns what the command line gives an option, however far it could be read; the last value, empty without
    it.
    """
    found = ""
    for word, following in zip(words, [*words[1:], ""], strict=False):
        for option in options:
            if word == option:
                found = following
            elif option.startswith("--") and word.startswith(f"{option}="):
                found = word.removeprefix(f"{option}=")
            elif not option.startswith("--") and word.startswith(option):
                found = word.removeprefix(option)
    return found
