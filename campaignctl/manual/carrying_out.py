"""Carries a verb out on one account: finds what it means, shows one plan, asks, and does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from campaignctl.app.applying import PlanRunner, exit_code
from campaignctl.app.planning import Planned
from campaignctl.app.terminal import confirm
from campaignctl.app.workspace import Session
from campaignctl.errors import UsageError
from campaignctl.exits import Exit
from campaignctl.kinds.operations import Action
from campaignctl.manual.named import seek_named
from campaignctl.manual.pause_all import go_on, seek_all, stop_in_waves
from campaignctl.manual.rules import Verb
from campaignctl.manual.run import ManualRun, Targets
from campaignctl.model.results import ApplyResult
from campaignctl.tuples import NamedTuple


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


def by_hand_document(
    result: ApplyResult, targets: Targets, session: Session, lacking: Sequence[str]
) -> Mapping[str, object]:
    """Makes the JSON of what became of each, with the notes of the plan."""
    from campaignctl.rendering.as_json import apply_document

    told = tuple(replace(it, notes=(*it.change.notes, *it.notes)) for it in result.results)
    document = apply_document(replace(result, results=told), session.environment)
    names = [found.asked.written for found in targets.missing]
    return {**document, "nowhere": names, "notes": [*lacking, *targets.notes]}
