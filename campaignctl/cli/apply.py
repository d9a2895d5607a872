"""`campaignctl apply`: of manifests, or of a saved plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import click

from campaignctl.cli import output, streams
from campaignctl.cli.asking import confirm
from campaignctl.cli.carrier import Carrier
from campaignctl.cli.files import read_file
from campaignctl.cli.interrupts import Interrupts
from campaignctl.cli.options import (
    GlobalOptions,
    format_option,
    global_options,
    labels_option,
    paths_argument,
    planning_options,
)
from campaignctl.cli.planned import Asked, Planned, make
from campaignctl.cli.saved import load_plan
from campaignctl.cli.session import Reading, Session
from campaignctl.diagnostics import counted
from campaignctl.errors import RefusedError, UsageError
from campaignctl.exits import Exit
from campaignctl.planning.orphans import refuse_many_orphans
from campaignctl.planning.outcome import ApplyResult, ChangeOutcome, ChangeResult
from campaignctl.planning.plan import Op, Plan
from campaignctl.planning.planfile import SavedPlan, looks_like_plan
from campaignctl.planning.reasons import ChangeType
from campaignctl.planning.stale import hold_against
from campaignctl.rendering import formats

_FOUND_LATE = frozenset(
    (
        *("start-passed", "clocks-disagree", "no-recipients", "policy", "called-already", "gate-failed"),
        *("stop-when", "needs-allow", "recipients-unseen", "gate-undecided", "gate-waiting"),
        *("appeared", "moved", "lost-race", "list-drift"),
        "cannot-send-whole",
    )
)
"""What a skip right before a write is refused with. `cannot-send-whole` is what is blocked then, found late."""


@dataclass(frozen=True)
class Limits:
    """What must hold before anything is sent."""

    max_changes: int | None
    expect: str | None
    auto_approve: bool


@click.command("apply")
@global_options
@paths_argument
@planning_options
@labels_option
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option(
    "--max-changes", type=click.IntRange(min=0), metavar="N", help="Refuse more operations than this."
)
@click.option("--expect", metavar="DIGEST", help="Refuse any plan but the reviewed one.")
@click.option(
    "--audit-log", type=click.Path(path_type=Path), metavar="FILE", help="Append a JSON line per request."
)
@format_option(*formats.offered("apply"))
def command(
    options: GlobalOptions,
    auto_approve: bool,
    max_changes: int | None,
    expect: str | None,
    audit_log: Path | None,
    output_format: str,
    **asked: object,
) -> int:
    """Carry out a plan, after asking. PATHS are manifests, or one saved plan."""
    wish = Asked(**asked)  # type: ignore[arg-type]
    limits = Limits(max_changes, expect, auto_approve)
    with streams.never_waiting(auto_approve):
        return _apply(options, wish, limits, audit_log, output_format)


def _apply(
    options: GlobalOptions, wish: Asked, limits: Limits, audit_log: Path | None, output_format: str
) -> int:
    saved = _saved_plan(wish)
    if saved is not None:
        wish, options = _as_saved(saved, wish, options)
    session = Session.open(options)
    if saved is not None:
        wish = replace(wish, paths=tuple(map(session.seen_from_here, wish.paths)))
    reading = session.read_valid(wish.paths, wish.labels, wish.prune)

    def review(planned: Planned) -> None:
        _show(planned, session, output_format)
        refuse(planned, limits, session, planned.plan.digest if saved is None else saved.digest)
        if planned.plan.operations:
            _confirm(planned.plan, limits, session)

    applied = carry_out(session, reading, wish, review, saved=saved, audit_log=audit_log)
    _write(applied.result, session, output_format)
    return applied.exit_code


@dataclass(frozen=True)
class Applied:
    """What an apply came to. `twins`: campaigns that nobody can tell apart were found and paused. `unlogged`: its
    audit log lacks a line.
    """

    result: ApplyResult
    twins: bool
    unlogged: bool = False

    @property
    def exit_code(self) -> Exit:
        """As the contract's table has it."""
        code = exit_code(self.result)
        if self.twins and code != Exit.INTERRUPTED:
            return Exit.UNKNOWN
        return Exit.ERROR if self.unlogged and code == Exit.FINE else code


def carry_out(
    session: Session,
    reading: Reading,
    wish: Asked,
    review: Callable[[Planned], None],
    *,
    saved: SavedPlan | None = None,
    audit_log: Path | None = None,
) -> Applied:
    """Plans, and does what the plan shows unless `review` raises; first of all it finishes what earlier runs left.

    Nothing is written for that either before everything that refuses has had its say.
    """
    with Interrupts() as interrupts:
        clock = interrupts.clock(session.clock)
        with session.account(clock, audit_log) as connection:
            carrier = Carrier.over(connection, session, clock, interrupts, reading.everyone)
            carrier.look_at_leftovers()
            planned = make(session, reading, connection.client, wish)
            if saved is not None:
                plan = hold_against(saved, planned.plan, planned.terms, session.token)
                planned = planned.cut_down(plan, session)
            review(planned)
            connection.log.check()
            twins = carrier.finish_leftovers()
            result = carrier.carry_out(planned)
            return Applied(result, twins, connection.log.lost is not None)


def _saved_plan(wish: Asked) -> SavedPlan | None:
    """The plan file that PATHS name. Raises UsageError where it stands beside other things."""
    for path in wish.paths:
        file = Path(path)
        if file.suffix == ".json" and file.is_file() and looks_like_plan(read_file(file)):
            if len(wish.paths) > 1:
                raise UsageError(f"{path} is a plan: apply it alone")
            return load_plan(file)
    return None


def _as_saved(saved: SavedPlan, wish: Asked, options: GlobalOptions) -> tuple[Asked, GlobalOptions]:
    """The selection and permissions of the file; it takes no further ones."""
    if wish.allowed or wish.prune or wish.labels or wish.resend:
        raise UsageError(
            "a saved plan takes no further --allow, --prune, --resend or -l: plan again with them"
        )
    if options.environment not in (None, saved.environment):
        raise RefusedError(
            f"the plan was made for environment {saved.environment}, not {options.environment}"
        )
    selection = saved.selection
    asked = Asked(
        selection.paths, selection.labels, saved.allowed, selection.prune, selection.resend, wish.refresh
    )
    return asked, replace(options, environment=saved.environment)


def _show(planned: Planned, session: Session, output_format: str) -> None:
    """The plan as text; beside a result for programs or pages, which holds no plan, on standard error."""
    from campaignctl.cli.plan import render

    shows_numbers = planned.show_numbers and formats.FORMATS[output_format].may_show_numbers
    text = render(replace(planned, show_numbers=shows_numbers), session, "text")
    if output_format == "text":
        output.done(text)
    else:
        output.remark(text, session.options)


def refuse(planned: Planned, limits: Limits, session: Session, digest: str) -> None:
    """Every guard that refuses before anything is sent. `digest` is what a reviewer has seen, of a saved plan its
    own: what is left of it has another.
    """
    plan = planned.plan
    if limits.expect is not None and limits.expect != digest:
        raise RefusedError(
            f"this plan has digest {digest}, and {limits.expect} was expected; review it again"
        )
    most = limits.max_changes if limits.max_changes is not None else session.project.max_changes
    changes = sum(operation.op is not Op.PAUSE for change in plan.changes for operation in change.operations)
    if most is not None and changes > most:
        raise RefusedError(
            f"this plan has {counted(changes, 'operation')} besides pauses, "
            f"and at most {counted(most, 'is', 'are')} allowed (max_changes)"
        )
    if limits.max_changes is None:
        refuse_many_orphans(plan.changes, planned.outlook.with_prefix)


def _confirm(plan: Plan, limits: Limits, session: Session) -> None:
    where = f"{session.environment.name} (account {plan.account_sid})"
    instead = "give --auto-approve, or apply a saved plan with it"
    confirm(f"Apply to {where}?", auto_approve=limits.auto_approve, otherwise=instead)


def _write(result: ApplyResult, session: Session, output_format: str) -> None:
    """With nothing to do the plan, shown as text, has said it all."""
    from campaignctl.rendering.as_json import apply_document

    if output_format != "text" or result.plan.operations:
        setting = output.setting(session.options, result.plan.created_at)
        document = apply_document(result, session.environment)
        output.done(formats.render("apply", output_format, document, setting), output_format)


def exit_code(result: ApplyResult) -> Exit:
    """The worst one wins: interrupted, unknown, failed, refused."""
    if result.interrupted:
        return Exit.INTERRUPTED
    outcomes = {each.outcome for each in result.results}
    if ChangeOutcome.UNKNOWN in outcomes:
        return Exit.UNKNOWN
    if ChangeOutcome.FAILED in outcomes:
        return Exit.PARTLY
    return Exit.REFUSED if any(map(_refused, result.results)) else Exit.FINE


def _refused(result: ChangeResult) -> bool:
    """Blocked, skipped right before a write, or left held though somebody waits for it, or may be called by it."""
    change = result.change
    waiting = change.type is ChangeType.HELD and any(it.op is Op.CREATE for it in change.held)
    blocked = change.type is ChangeType.BLOCKED or change.reason.code == "looks-foreign"
    return blocked or waiting or _refused_late(result)


def _refused_late(result: ChangeResult) -> bool:
    """Skipped for a reason that the plan did not know yet."""
    decided_late = result.reason is not result.change.reason
    return decided_late and result.outcome is ChangeOutcome.SKIPPED and result.reason.code in _FOUND_LATE
