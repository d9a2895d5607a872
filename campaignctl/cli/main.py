"""Defines the entry point. A command's module is imported when the command runs, so that `--help` stays quick."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import click

import campaignctl
from campaignctl.app import streams
from campaignctl.app.options import GlobalOptions
from campaignctl.cli.options import several_environments
from campaignctl.clock import Clock, SystemClock
from campaignctl.errors import CampaignctlError, InterruptedRunError, UsageError
from campaignctl.exits import Exit
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from random import Random

    from click.shell_completion import CompletionItem

    from campaignctl.api.transport import Network


class _Command(NamedTuple):
    """Says where a command stands, and what `--help` says of it. `name` is what its module calls it."""

    module: str
    help: str
    name: str = "command"


COMMANDS = {
    "init": _Command("init", "Start a project: project file, one campaign of each kind, CI workflow."),
    "validate": _Command("validate", "Check manifests and policies, offline."),
    "plan": _Command("plan", "Show what would make the account match the manifests."),
    "apply": _Command("apply", "Carry out a plan, after asking."),
    "show": _Command("show", "Show a saved plan."),
    "diff": _Command("diff", "Show what a branch changes in the manifests."),
    "status": _Command("status", "Show how campaigns stand beside their manifests; --watch."),
    "matrix": _Command("matrix", "Cut environments into jobs for a pipeline, offline."),
    "calendar": _Command("calendar", "Show which campaign starts on which date, offline."),
    "holidays": _Command("holidays", "Print a Calendar of a country's holidays."),
    "report": _Command("report", "Show what each recipient of a campaign came to."),
    "export": _Command("export", "Write live campaigns as manifests."),
    "pause": _Command("by_hand", "Stop campaigns by hand; --all in an emergency.", "pause"),
    "resume": _Command("by_hand", "Let paused campaigns go on, by hand.", "resume"),
    "complete": _Command("by_hand", "End campaigns for good, by hand.", "complete"),
    "archive": _Command("by_hand", "Put completed campaigns away for good, by hand.", "archive"),
    "guard": _Command("guard", "Watch what calls, and pause what goes wrong."),
    "explain": _Command("explain", "Say what a field, policy, reason or exit code means."),
    "doctor": _Command("doctor", "Say what is wrong with set-up and account, and what fixes it."),
    "schema": _Command("schema", "Print a JSON Schema."),
    "sandbox": _Command("sandbox", "The stand-in for the API: serve, reset, advance."),
    "completion": _Command("completion", "Print the completion script of a shell."),
}


_NEW_OBJECTS = 1_000_000
"""Before the collector looks for cycles. Manifests and answers hold none, and there are many: it takes a third of the
time at the default of 700. What could be garbage until then is some 100 MB; a server looks as often as others do."""


class _Commands(click.Group):
    """Lists commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        row = COMMANDS.get(cmd_name)
        if row is None:
            return None
        command = getattr(import_module(f"campaignctl.cli.{row.module}"), row.name)
        assert isinstance(command, click.Command), "a row names what its module defines"
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Returns the commands' names and what they do, without importing one of them; options as ever."""
        from click.shell_completion import CompletionItem

        rows = [(name, row) for name, row in COMMANDS.items() if name.startswith(incomplete)]
        return [
            *(CompletionItem(name, help=row.help) for name, row in rows),
            *click.Command.shell_complete(self, ctx, incomplete),
        ]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.help) for name, row in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@several_environments
@click.version_option(campaignctl.__version__, prog_name="campaignctl", message="%(prog)s %(version)s")
def cli(options: GlobalOptions) -> None:
    """Campaigns as code for Exotel voice and SMS: validate, plan, apply."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command and ends the process with its exit code; see the contract's table."""
    words = [_text(word) for word in (sys.argv[1:] if arguments is None else arguments)]
    gc.set_threshold(_NEW_OBJECTS)
    gc.enable()
    streams.take_over()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    code = _written_out(run(words))
    gc.freeze()  # all of it goes with the process: a last search for cycles is a seventh of a short command's time
    sys.exit(code)


def run(
    words: list[str], clock: Clock | None = None, network: Network | None = None, random: Random | None = None
) -> int:
    """Runs one command and returns its exit code.

    Every error becomes one message; none becomes a traceback. `clock` stands in for the machine's own, waits
    included; `network` for its connections, `random` for its chance.
    """
    try:
        _require_values(words)
        given = GlobalOptions(clock=clock or SystemClock(), network=network, random=random)
        code = cli.main(words, prog_name="campaignctl", standalone_mode=False, obj=given)
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "campaignctl"
        return _told(UsageError(f"{error.format_message()} (see `{where} --help`)"), words)
    except (click.Abort, KeyboardInterrupt):
        return _told(InterruptedRunError("interrupted"), words)
    except CampaignctlError as error:
        return _told(error, words)
    except streams.UnwrittenError:
        return Exit.ERROR
    except (OSError, UnicodeEncodeError) as error:
        from campaignctl.app.failing import of_the_system

        return _told(of_the_system(error), words)
    return code if isinstance(code, int) else 0


def _require_values(words: Sequence[str]) -> None:
    """Refuses what is empty, as an unset variable of a pipeline is: it would mean the default environment, every
    manifest, or the directory that somebody stands in.
    """
    for before, word in zip(("campaignctl", *words), words, strict=False):
        option, equals, value = word.partition("=")
        if not word.strip():
            raise UsageError(f"the argument after {before} is empty: give a value, or leave it out")
        if option.startswith("--") and equals and not value.strip():
            raise UsageError(f"{option} is empty: give it a value, or leave it out")


def _text(word: str) -> str:
    if word.isascii():
        return word
    from campaignctl.app.failing import as_text

    return as_text(word)


def _written_out(code: int) -> int:
    """Returns the exit code of a command that ended with `code`, once all is written that can be: what was done
    counts for more than that it could not be told.
    """
    try:
        streams.drain()
        if streams.lost() is None:
            return code
        streams.last_words()
        return Exit.ERROR if code in (Exit.FINE, Exit.CHANGES) else code
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def _told(error: CampaignctlError, words: Sequence[str]) -> int:
    """Tells the user why a command ended, and returns its exit code."""
    from campaignctl.app.output import report_error

    report_error(error, words)
    return error.exit_code
