"""Implements `campaignctl pause | resume | complete | archive NAME…`: by hand, with or without a manifest (rule
12).

One function carries all four out; a row of `manual.rules.VERBS` says what each wants. The plan that is shown is the
one that is carried out, by the code that carries out every other. `pause --all` without a question has its own
pace: see `manual.pause_all`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from campaignctl.app import output, streams
from campaignctl.app.options import GlobalOptions
from campaignctl.app.workspace import Session
from campaignctl.cli.main import COMMANDS
from campaignctl.cli.options import (
    format_option,
    global_options,
    no_count_lists,
    offering,
    several_environments,
)
from campaignctl.exits import Exit
from campaignctl.kinds.lifecycle import CALLING
from campaignctl.kinds.operations import Action, each_of
from campaignctl.manual.carrying_out import ManualOptions, by_hand_document, carry_out
from campaignctl.manual.named import nowhere
from campaignctl.manual.rules import VERBS, Verb
from campaignctl.manual.run import Targets
from campaignctl.model.results import ApplyResult


def _carry_out(verb: Verb, options: GlobalOptions, asked: ManualOptions) -> int:
    asked.check(verb)
    if options.choice.is_several:
        from campaignctl.cli.several_pause import pause_several

        return pause_several(verb, options, asked)
    session = _open(verb, options)
    done = carry_out(verb, session, asked)
    _write(done.result, done.targets, session, asked)
    return done.exit_code or (Exit.ERROR if done.targets.missing else Exit.FINE)


def _open(verb: Verb, options: GlobalOptions) -> Session:
    """Opens a session: what stops calls works with a project file that is wrong elsewhere; what starts them needs
    its policies.
    """
    if verb.action is Action.RESUME:
        return Session.open(options)
    session, findings = Session.open_lenient(options)
    for finding in findings:
        output.remark(f"warning: {finding}", options)
    return session


def _write(result: ApplyResult, targets: Targets, session: Session, asked: ManualOptions) -> None:
    """Writes what became of each. The notes of the plan go along: a program sees no plan."""
    from campaignctl.manual.text import by_hand_result_text
    from campaignctl.rendering.as_json import apply_document, written

    lacking = nowhere(targets.missing, session)
    for sentence in lacking:
        output.remark(sentence)
    if asked.output_format == "json":
        output.done(written(by_hand_document(result, targets, session, lacking)), "json")
    elif result.plan.operations:
        color, width = output.wants_color(session.options), output.width()
        document = apply_document(result, session.environment)
        unshown = targets.notes if asked.in_waves else ()
        output.done(by_hand_result_text(document, unshown, color=color, width=width))


def _command(verb: Verb) -> click.Command:
    """Makes one of the four commands; only a pause can be of everything."""

    @click.command(verb.action.value, help=verb.doc)
    @(several_environments if verb.action is Action.PAUSE else global_options)
    @click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=offering("names"))
    @_all_options(verb)
    @click.option("--auto-approve", is_flag=True, help="Do not ask.")
    @click.option(
        "--audit-log", type=click.Path(path_type=Path), metavar="FILE", help="Append a JSON line per request."
    )
    @format_option("text", "json")
    def command(options: GlobalOptions, **asked: object) -> int:
        wanted = ManualOptions(**asked)  # type: ignore[arg-type]
        with streams.never_waiting(wanted.auto_approve):
            return _carry_out(verb, options, wanted)

    return command


def _all_options(verb: Verb) -> Callable[[Callable[..., int]], Callable[..., int]]:
    def add(function: Callable[..., int]) -> Callable[..., int]:
        if verb.action is Action.RESUME:
            return no_count_lists(function)
        if verb.action is not Action.PAUSE:
            return function
        narrow = click.option(
            "--status",
            type=click.Choice(sorted(status.value for status in CALLING)),
            help="With --all: only these.",
        )
        everything = click.option(
            "--all",
            "everything",
            is_flag=True,
            help="All campaigns that call or are about to, of both kinds.",
        )
        return everything(narrow(function))

    return add


pause = _command(VERBS[Action.PAUSE])
resume = _command(VERBS[Action.RESUME])
complete = _command(VERBS[Action.COMPLETE])
archive = _command(VERBS[Action.ARCHIVE])

each_of(
    "cli.main, COMMANDS", (Action(row.name) for row in COMMANDS.values() if row.module == "by_hand"), Action
)
