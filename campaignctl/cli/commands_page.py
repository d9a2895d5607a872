"""Writes the reference page of commands from the commands themselves: `python -m campaignctl.cli.commands_page
[--check]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc

import click

from campaignctl.cli.main import cli
from campaignctl.deriving.reference import page, table
from campaignctl.deriving.writing import write_page

COMMAND = "python -m campaignctl.cli.commands_page"
_LEAD = (
    "`campaignctl COMMAND --help` says the same. Standard output is the result, standard error everything else; how a "
    "command ends stands in [exit codes](exit-codes.md)."
)


def main() -> None:
    """Writes the page where it differs; with `--check` it writes nothing, and fails."""
    write_page("commands.md", COMMAND, commands_page)


def commands_page() -> str:
    """Writes every command with its options; those that all share stand once, at the top."""
    shared = {name for option in cli.params for name in option.opts}
    blocks = [_LEAD, "## Before or after every command", _options(cli, frozenset())]
    for path, command in _commands(cli, "campaignctl"):
        blocks += _section(path, command, frozenset(shared))
    return page("Commands", *blocks, made_by=COMMAND)


def _commands(group: click.Group, prefix: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group, info_name=prefix)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, "a command that is listed is there"
        yield f"{prefix} {name}", command
        if isinstance(command, click.Group):
            yield from _commands(command, f"{prefix} {name}")


def _section(path: str, command: click.Command, shared: frozenset[str]) -> Iterator[str]:
    context = click.Context(command, info_name=path)
    yield f"## `{path}`"
    arguments = [it.make_metavar(context) for it in command.params if isinstance(it, click.Argument)]
    usage = " ".join([path, *arguments, *(["COMMAND"] if isinstance(command, click.Group) else [])])
    yield f"`{usage}`"
    yield _prose(cleandoc(command.help or ""))
    options = _options(command, shared)
    if options:
        yield options


def _prose(text: str) -> str:
    """Writes help as Markdown: what click must not wrap is code."""
    parts = []
    for paragraph in text.split("\n\n"):
        fixed = paragraph.startswith("\b")
        body = paragraph.removeprefix("\b").strip("\n")
        parts.append(f"```text\n{body}\n```" if fixed else " ".join(body.split()))
    return "\n\n".join(parts)


def _options(command: click.Command, shared: frozenset[str]) -> str:
    context = click.Context(command)
    rows = [
        row
        for option in command.params
        if isinstance(option, click.Option) and not shared & set(option.opts)
        if (row := option.get_help_record(context)) is not None
    ]
    return table(("option", "what it does"), ((f"`{names}`", text) for names, text in rows)) if rows else ""


if __name__ == "__main__":
    main()
