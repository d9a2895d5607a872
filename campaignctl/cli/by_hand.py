"""Implements `campaignctl pause | resume | complete | archive NAME…`: by hand, with or without a manifest (rule
12).

One function carries all four out; a row of `manual.rules.VERBS` says what each wants. The plan that is shown is the
one that is carried out, by the code that carries out every other. `pause --all` without a question has its own
pace: see `manual.pause_all`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, TypeAlias

import click

from campaignctl.app import output, streams
from campaignctl.app.applying import PlanRunner, exit_code
from campaignctl.app.options import GlobalOptions
from campaignctl.app.planning import Planned
from campaignctl.app.terminal import confirm
from campaignctl.app.workspace import Session
from campaignctl.cli.main import COMMANDS
from campaignctl.cli.options import (
    format_option,
    global_options,
    no_count_lists,
    offering,
    several_environments,
)
from campaignctl.errors import UsageError
from campaignctl.exits import Exit
from campaignctl.kinds.lifecycle import CALLING
from campaignctl.kinds.operations import Action, each_of
from campaignctl.manual.named import nowhere, seek_named
from campaignctl.manual.pause_all import go_on, seek_all, stop_in_waves
from campaignctl.manual.rules import VERBS, Verb
from campaignctl.manual.run import ManualRun, Targets
from campaignctl.model.results import ApplyResult


@dataclass(frozen=True)
class ManualOptions:
    """Holds what the command line asks for: NAMES, or all that could call, of one status where that is given."""

    names: tuple[str, ...]
    auto_approve: bool
    audit_log: Path | None
    output_format: str
    everything: bool = False
    status: str | None = None
    count_lists: bool = False

    @property
    def in_waves(self) -> bool:
        """Tells whether nobody is asked, so that each campaign is stopped as soon as it is seen."""
        return self.everything and self.auto_approve

    def check(self, verb: Verb) -> None:
        """Checks the options. Raises UsageError."""
        if self.everything and self.names:
            raise UsageError("give NAMES or --all, not both")
        if self.status and not self.everything:
            raise UsageError("--status narrows --all")
        if not self.names and not self.everything:
            raise UsageError(f"{verb.action} needs a NAME: a name, a SID, voice/NAME or sms/NAME")


def _carry_out(verb: Verb, options: GlobalOptions, asked: ManualOptions) -> int:
    asked.check(verb)
    if options.choice.is_several:
        from campaignctl.cli.several_pause import pause_several

        return pause_several(verb, options, asked)
    session = _open(verb, options)
    done = carry_out(verb, session, asked)
    _write(done.result, done.targets, session, asked)
    return done.exit_code or (Exit.ERROR if done.targets.missing else Exit.FINE)


class DoneByHand(NamedTuple):
    """Holds what a verb did to what it found; `unlogged`: its audit log lacks a line."""

    result: ApplyResult
    targets: Targets
    unlogged: bool

    @property
    def exit_code(self) -> Exit:
        """Returns an apply's exit code; a list that is not complete leaves the pause undone."""
        code = exit_code(self.result)
        if code == Exit.FINE and not self.targets.complete:
            return Exit.REFUSED
        return Exit.ERROR if code == Exit.FINE and self.unlogged else code


def carry_out(verb: Verb, session: Session, asked: ManualOptions, ask: Ask | None = None) -> DoneByHand:
    """Carries a verb out on one account. `ask` is the question, where several are asked about together."""
    with session.interrupts() as interrupts:
        clock = interrupts.clock(session.clock)
        use_reserved_quota = verb.action is Action.PAUSE
        with session.account(clock, asked.audit_log, use_reserved_quota=use_reserved_quota) as connection:
            runner = PlanRunner.over(connection, session, clock, interrupts)
            run = ManualRun(verb, session, connection.client, runner, asked.output_format, asked.count_lists)
            if asked.in_waves:
                result, targets = stop_in_waves(run, asked.status)
            elif asked.everything:
                sweep, targets = seek_all(run, asked.status)
                result, targets = go_on(run, sweep, _after_asking(run, targets, asked, ask), targets)
            else:
                targets = seek_named(run, asked.names)
                result = _after_asking(run, targets, asked, ask)
            return DoneByHand(result, targets, connection.log.lost is not None)


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


def _after_asking(
    run: ManualRun, targets: Targets, asked: ManualOptions, ask: Ask | None = None
) -> ApplyResult:
    """Shows one plan, with a note on what the next apply will do about each change, asks one question, and carries
    the plan out.
    """
    consequences = run.consequences(targets.changes, targets.seen)
    planned = run.show(
        (
            replace(change, notes=(*change.notes, consequences[change.key])) if change.operations else change
            for change in targets.changes
        ),
        targets.notes,
    )
    if planned.plan.operations:
        (ask or _confirm)(run, planned, asked)
    return run.carry_out(planned)


Ask: TypeAlias = Callable[[ManualRun, Planned, ManualOptions], None]
"""Asks whether what is planned may be done, and raises where not."""


def _confirm(run: ManualRun, planned: Planned, asked: ManualOptions) -> None:
    campaigns = sum(bool(change.operations) for change in planned.plan.changes)
    what = "this campaign" if campaigns == 1 else f"these {campaigns:,} campaigns"
    where = f"{planned.plan.environment} (account {planned.plan.account_sid})"
    question = f"{run.verb.action.capitalize()} {what} in {where}?"
    confirm(question, auto_approve=asked.auto_approve, otherwise="give --auto-approve")


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


def by_hand_document(
    result: ApplyResult, targets: Targets, session: Session, lacking: Sequence[str]
) -> Mapping[str, object]:
    """Makes the JSON of what became of each, with the notes of the plan."""
    from campaignctl.rendering.as_json import apply_document

    told = tuple(replace(it, notes=(*it.change.notes, *it.notes)) for it in result.results)
    document = apply_document(replace(result, results=told), session.environment)
    names = [found.asked.written for found in targets.missing]
    return {**document, "nowhere": names, "notes": [*lacking, *targets.notes]}


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
