"""`campaignctl apply`: of manifests, or of a saved plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaignctl.app import output, streams
from campaignctl.app.applying import Carrier
from campaignctl.app.asking import confirm
from campaignctl.app.guards import Limits, Now, Passed, guard, with_refused
from campaignctl.app.interrupts import Interrupts
from campaignctl.app.plan_files import load_plan, plan_among
from campaignctl.app.planning import Asked, Planned, make
from campaignctl.app.workspace import Reading, Session
from campaignctl.cli.options import (
    GlobalOptions,
    format_option,
    global_options,
    labels_option,
    paths_argument,
    planning_options,
)
from campaignctl.errors import RefusedError, UsageError
from campaignctl.exits import Exit
from campaignctl.model.approval import Approval
from campaignctl.model.clocks import latest
from campaignctl.model.plan import Op, Plan
from campaignctl.model.reasons import ChangeType
from campaignctl.model.results import ApplyResult, ChangeOutcome, ChangeResult
from campaignctl.rendering import formats
from campaignctl.saved_plans.file import SavedPlan, require_seal
from campaignctl.saved_plans.staleness import hold_against, sets_going

if TYPE_CHECKING:
    from campaignctl.api.client import Client

_FOUND_LATE = frozenset(
    (
        *("start-passed", "clocks-disagree", "no-recipients", "policy", "called-already", "gate-failed"),
        *("stop-when", "needs-allow", "recipients-unseen", "gate-undecided", "gate-waiting"),
        *("appeared", "moved", "lost-race", "list-drift"),
        "cannot-send-whole",
    )
)
"""What a skip right before a write is refused with. `cannot-send-whole` is what is blocked then, found late."""


@click.command("apply")
@global_options
@paths_argument
@planning_options
@labels_option
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option(
    "--max-changes", type=click.IntRange(min=0), metavar="N", help="Refuse more operations than this."
)
@click.option(
    "--expect",
    metavar="APPROVAL",
    help="Refuse any plan but the reviewed one: DIGEST@TIME, as it was printed.",
)
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
    limits = Limits(max_changes, Approval.read(expect) if expect is not None else None, auto_approve)
    wish = Asked(**asked, approved_before=expect is not None)  # type: ignore[arg-type]
    with streams.never_waiting(auto_approve):
        return _apply(options, wish, limits, audit_log, output_format)


def _apply(
    options: GlobalOptions, wish: Asked, limits: Limits, audit_log: Path | None, output_format: str
) -> int:
    file = plan_among(wish.paths)
    saved = load_plan(file) if file is not None else None
    if saved is not None:
        wish, options = _as_saved(saved, wish, options)
    session = Session.open(options)
    if saved is not None:
        require_seal(saved, session.token, str(file))
        wish = replace(wish, paths=tuple(map(session.seen_from_here, wish.paths)))
    reading = session.read_valid(wish.paths, wish.labels, wish.prune)

    def review(planned: Planned, now: Now) -> Passed:
        _show(planned, session, output_format)
        passed = guard(planned, limits, session, saved.digest if saved is not None else planned.plan.digest)
        if passed.planned.plan.operations:
            _confirm(passed.planned.plan, limits, session, now)
        return passed

    applied = carry_out(session, reading, wish, review, saved=saved, audit_log=audit_log)
    _write(applied.result, session, output_format)
    if applied.refusal is not None:
        output.remark(f"error: {applied.refusal}; only what stops campaigns was sent")
    return applied.exit_code


@dataclass(frozen=True)
class Applied:
    """What an apply came to. `twins`: campaigns that nobody can tell apart were found and paused.

    `refusal` is why only what stops campaigns was sent; None where all was. `unlogged`: its audit log lacks a line.
    """

    result: ApplyResult
    twins: bool
    refusal: str | None = None
    unlogged: bool = False

    @property
    def exit_code(self) -> Exit:
        """As the contract's table has it."""
        code = exit_code(self.result)
        if self.twins and code != Exit.INTERRUPTED:
            return Exit.UNKNOWN
        if self.refusal is not None and code == Exit.FINE:
            return Exit.REFUSED
        return Exit.ERROR if self.unlogged and code == Exit.FINE else code


def carry_out(
    session: Session,
    reading: Reading,
    wish: Asked,
    review: Callable[[Planned, Now], Passed],
    *,
    saved: SavedPlan | None = None,
    audit_log: Path | None = None,
) -> Applied:
    """Plans, and does what `review` lets pass of the plan; first of all it finishes what earlier runs left.

    Nothing is written for that either before everything that refuses has had its say, and nothing where only what
    stops campaigns may be sent.
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
            passed = review(planned, partial(_last_moment, connection.client, planned))
            twins = False
            if passed.refusal is None:  # what stops campaigns waits for no log
                connection.log.check()
                twins = carrier.finish_leftovers()
            result = with_refused(carrier.carry_out(passed.planned), planned.plan, passed.refusal)
            return Applied(result, twins, passed.refusal, connection.log.lost is not None)


def _last_moment(client: Client, planned: Planned) -> datetime:
    """The server's now; where people may be called by the plan, the last that any clock shows."""
    return latest(client.now(), client.other_clocks() if sets_going(planned.plan.changes) else ())


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
        selection.paths,
        selection.labels,
        saved.allowed,
        selection.prune,
        selection.resend,
        wish.refresh,
        approved_before=True,
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


def _confirm(plan: Plan, limits: Limits, session: Session, now: Now) -> None:
    """Raises RefusedError for a `yes` that came too late, and as `confirm` does."""
    where = f"{session.environment.name} (account {plan.account_sid})"
    instead = "give --auto-approve, or apply a saved plan with it"
    confirm(f"Apply to {where}?", auto_approve=limits.auto_approve, otherwise=instead)
    ends = min(plan.expires_at, limits.expect.until) if limits.expect else plan.expires_at
    if ends <= now():
        raise RefusedError(f"the plan expired at {ends.isoformat()}, before it was confirmed; plan again")


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
