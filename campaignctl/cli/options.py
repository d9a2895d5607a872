"""Defines what every command takes, before or after its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TypeVar, cast

import click

from campaignctl.app.options import REFRESHES, Choice, GlobalOptions, Shard
from campaignctl.errors import UsageError

F = TypeVar("F", bound=Callable[..., object])


def offering(what: str) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Makes a completion: a function of `completing`, imported when a shell asks."""

    def offered(context: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
        from campaignctl.cli import completing

        found: list[str] = getattr(completing, f"complete_{what}")(context, param, incomplete)
        return found

    return offered


def _variables(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals or not name:
            raise click.BadParameter("write it as NAME=VALUE")
        if pairs.setdefault(name, text) != text:
            raise click.BadParameter(f"{name} is given twice, with two values: give it once")
    return pairs


def _shard(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Shard | None:
    if value is None:
        return None
    part, _, parts = value.partition("/")
    if not (_is_count(part) and _is_count(parts) and int(part) < int(parts)):
        raise click.BadParameter("write it as K/N, K from 0 up and less than N")
    return Shard(int(part), int(parts))


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _environment(help_text: str) -> Callable[[F], F]:
    return click.option(
        "-e",
        "--environment",
        "environments",
        multiple=True,
        metavar="NAME",
        shell_complete=offering("environments"),
        help=help_text,
    )


_ENVIRONMENT = _environment("The environment of the project file.")
_ENVIRONMENTS = _environment(
    "The environment of the project file; several: names and patterns (south-*), with commas, repeatable."
)
_OPTIONS = (
    click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="The project file."),
    click.option(
        "--var",
        "variables",
        multiple=True,
        callback=_variables,
        metavar="NAME=VALUE",
        help="A value for ${NAME} in manifests; repeatable.",
    ),
    click.option("--show-numbers", is_flag=True, help="Show people's phone numbers in the clear."),
    click.option("--no-color", is_flag=True, help="No colour (also NO_COLOR; FORCE_COLOR forces it)."),
    click.option("-q", "--quiet", is_flag=True, help="Only the result."),
    click.option("-v", "--verbose", is_flag=True, help="Say each request."),
)
_OF_SEVERAL = (
    click.option("--all-environments", is_flag=True, help="Every environment of the live API."),
    click.option(
        "--shard",
        callback=_shard,
        metavar="K/N",
        help="Of these the K-th of N parts, from 0: each machine of several takes one.",
    ),
    click.option(
        "--changed-since",
        metavar="REV",
        help="Of these what a change since REV touches.",
    ),
    click.option(
        "--parallel",
        type=click.IntRange(1, 256),
        metavar="N",
        help="The most requests in flight over several environments; 16 by default.",
    ),
)


_BROUGHT = ("choice", "clock", "network", "random")
_GIVEN = tuple(name for name in GlobalOptions._fields if name not in _BROUGHT)


_OF_COMMAND_LINE = cast("Callable[..., GlobalOptions]", GlobalOptions)
"""The options above give each what its field takes."""


def global_options(function: F) -> F:
    """Adds the shared options to a command that works on one environment; it receives them merged, as `options`."""
    return _with_options(function, (_ENVIRONMENT, *_OPTIONS), takes_several=False)


def several_environments(function: F) -> F:
    """Adds them to a command that takes several environments."""
    return _with_options(function, (_ENVIRONMENTS, *_OF_SEVERAL, *_OPTIONS), takes_several=True)


def _with_options(function: F, options: Sequence[Callable[[F], F]], *, takes_several: bool) -> F:
    @wraps(function)
    def with_options(**values: object) -> object:
        choice = Choice(
            written=cast("tuple[str, ...]", values.pop("environments")),
            all_environments=bool(values.pop("all_environments", False)),
            shard=cast("Shard | None", values.pop("shard", None)),
            changed_since=cast("str | None", values.pop("changed_since", None)),
        )
        own = _OF_COMMAND_LINE(choice=choice, **{name: values.pop(name, None) for name in _GIVEN})
        context = click.get_current_context()
        merged = own.over(context.obj) if isinstance(context.obj, GlobalOptions) else own
        context.obj = merged
        if not isinstance(context.command, click.Group):
            _check_several(merged, takes_several=takes_several)
        return function(options=merged, **values)

    for option in reversed(options):
        with_options = option(with_options)
    return with_options  # type: ignore[return-value]


def _check_several(options: GlobalOptions, *, takes_several: bool) -> None:
    """Raises UsageError for several environments where one is taken, and for what goes with several alone."""
    if options.choice.is_several and not takes_several:
        raise UsageError("this command takes one environment: give one -e with one name")
    if options.parallel is not None and not options.choice.is_several:
        raise UsageError("--parallel goes with several environments")


def paths_argument(function: F) -> F:
    """Adds PATHS: files and directories that select manifests."""
    return click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATHS]...")(function)


def labels_option(function: F) -> F:
    """Adds `-l team=growth,tier!=test`."""
    return click.option(
        "-l",
        "--labels",
        "labels",
        default="",
        metavar="SELECTOR",
        help="Only manifests with these labels: team=growth, team!=growth; a comma means and.",
    )(function)


def format_option(*formats: str) -> Callable[[F], F]:
    """Adds `--format`, the first one by default."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How the result is written.",
    )


no_count_lists = click.option(
    "--no-count-lists",
    "count_lists",
    is_flag=True,
    flag_value=False,
    default=True,
    help="Do not ask how many people are in contact lists.",
)


def planning_options(function: F) -> F:
    """Adds what `plan` and `apply` share."""
    for option in reversed(
        (
            click.option(
                "--allow",
                "allowed",
                multiple=True,
                metavar="OP[:NAME]",
                shell_complete=offering("permissions"),
                help="Ask for resume, complete, archive, start-now, earlier-start, twin or adopt; repeatable.",
            ),
            click.option(
                "--prune",
                is_flag=True,
                help="End campaigns with the project's prefix that no manifest matches.",
            ),
            click.option(
                "--prune-lists",
                is_flag=True,
                help="Delete versions of the project's contact lists that nothing needs; reads all of the account.",
            ),
            click.option(
                "--resend",
                multiple=True,
                metavar="NAME",
                shell_complete=offering("names"),
                help="Send all that is declared again; repeatable.",
            ),
            click.option(
                "--refresh",
                type=click.Choice(REFRESHES),
                default="auto",
                show_default=True,
                help="How the account is read: what can matter, or all of it.",
            ),
            no_count_lists,
        )
    ):
        function = option(function)
    return function
