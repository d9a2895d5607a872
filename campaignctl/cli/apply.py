"""Implements `campaignctl apply`, of manifests or of a saved plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from campaignctl.app import output, streams
from campaignctl.app.apply_call import ApplyCall, as_saved
from campaignctl.app.applying import carry_out
from campaignctl.app.guards import Limits, Now, Passed, Reviewed, guard, require_in_time
from campaignctl.app.options import GlobalOptions
from campaignctl.app.own_rules import read_for_plan
from campaignctl.app.plan_files import load_plan, plan_among, plans_directory_among
from campaignctl.app.planning import Planned, PlanOptions
from campaignctl.app.terminal import confirm
from campaignctl.app.workspace import Session
from campaignctl.cli.explaining import of_stale, of_unexpected, reviewed_plan
from campaignctl.cli.options import (
    format_option,
    labels_option,
    paths_argument,
    planning_options,
    several_environments,
)
from campaignctl.errors import RefusedError, UsageError
from campaignctl.model.approval import Approval
from campaignctl.model.results import ApplyResult
from campaignctl.rendering import formats
from campaignctl.saved_plans.file import require_seal


@click.command("apply")
@several_environments
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
    "--against",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The plan that --expect approves: if another is refused, what differs. It gives no permission.",
)
@click.option(
    "--max-environments",
    type=click.IntRange(min=0),
    metavar="N",
    help="Refuse operations in more of several environments than this.",
)
@click.option(
    "--audit-log", type=click.Path(path_type=Path), metavar="FILE", help="Append a JSON line per request."
)
@format_option(*formats.offered("apply"))
def command(
    options: GlobalOptions,
    auto_approve: bool,
    max_changes: int | None,
    max_environments: int | None,
    expect: str | None,
    against: Path | None,
    audit_log: Path | None,
    output_format: str,
    **asked: object,
) -> int:
    """Carry out a plan, after asking. PATHS are manifests, or one saved plan."""
    limits = Limits(max_changes, Approval.read(expect) if expect is not None else None, auto_approve)
    plan_options = PlanOptions(**asked, approved_before=expect is not None)  # type: ignore[arg-type]
    call = ApplyCall(
        options, plan_options, limits, max_environments, expect, against, audit_log, output_format
    )
    line = _line_of(call)
    with streams.never_waiting(auto_approve):
        return line(call)


def _line_of(call: ApplyCall) -> Callable[[ApplyCall], int]:
    """Returns how such a call is carried out: for one environment, for several, or by a directory of plans."""
    directory = plans_directory_among(call.plan_options.paths)
    if directory is not None:
        if call.against is not None:
            raise UsageError("--against goes with --expect: saved plans are compared by themselves")
        from campaignctl.cli.several_apply import apply_directory

        return partial(apply_directory, directory=directory)
    if call.options.choice.is_several:
        if call.against is not None:
            raise UsageError("--against takes one environment")
        if plan_among(call.plan_options.paths) is not None:
            raise UsageError("a plan file is of one environment: apply it without several")
        from campaignctl.cli.several_apply import apply_several

        return apply_several
    if call.max_environments is not None:
        raise UsageError("--max-environments goes with several environments")
    return _apply


def _apply(call: ApplyCall) -> int:
    plan_options, options, limits = call.plan_options, call.options, call.limits
    file = plan_among(plan_options.paths)
    saved = load_plan(file) if file is not None else None
    if saved is not None:
        plan_options, options = as_saved(saved, plan_options, options)
    session = Session.open(options)
    if saved is not None:
        require_seal(saved, session.token, str(file))
        plan_options = replace(plan_options, paths=tuple(map(session.seen_from_here, plan_options.paths)))
    if file is not None and call.against is not None:
        raise UsageError("--against goes with --expect: a plan file is compared by itself")
    approved = reviewed_plan(call.against, call.expect, session)
    reading = read_for_plan(session, plan_options.paths, plan_options.labels, plan_options.prune)

    def review(planned: Planned, now: Now) -> Passed:
        _show(planned, session, call.output_format)
        try:
            passed = guard(planned, limits, session, Reviewed.of(planned.plan, saved))
        except RefusedError as refused:
            if saved is not None or limits.expect is None:
                raise
            raise of_unexpected(refused, approved, planned, limits.expect.digest) from None
        if passed.planned.plan.operations:
            _confirm(passed, limits, session, now)
        return passed

    applied = carry_out(
        session,
        reading,
        plan_options,
        review,
        saved=saved,
        audit_log=call.audit_log,
        on_stale=of_stale(saved),
    )
    _write(applied.result, session, call.output_format)
    applied.tell_refusal()
    return applied.exit_code


def _show(planned: Planned, session: Session, output_format: str) -> None:
    """Shows the plan as text; beside a result for programs or pages, which holds no plan, on standard error."""
    from campaignctl.cli.plan import render

    shows_numbers = planned.show_numbers and formats.FORMATS[output_format].may_show_numbers
    text = render(replace(planned, show_numbers=shows_numbers), session, "text")
    if output_format == "text":
        output.done(text)
    else:
        output.remark(text, session.options)


def _confirm(passed: Passed, limits: Limits, session: Session, now: Now) -> None:
    """Asks about what would be sent. Raises RefusedError for a `yes` that came too late, and as `confirm` does."""
    plan = passed.planned.plan
    where = f"{session.environment.name} (account {plan.account_sid})"
    instead = "give --auto-approve, or apply a saved plan with it"
    question = f"Apply to {where}?"
    if passed.refusal is not None:
        question = (
            f"Of this plan only what stops campaigns can be sent: {passed.refusal}. Send that to {where}?"
        )
    confirm(question, auto_approve=limits.auto_approve, otherwise=instead)
    require_in_time(plan, limits, now)


def _write(result: ApplyResult, session: Session, output_format: str) -> None:
    """Writes the result; with nothing to do the plan, shown as text, has said it all."""
    from campaignctl.rendering.as_json import apply_document

    if output_format != "text" or result.plan.operations:
        setting = output.setting(session.options, result.plan.created_at)
        document = apply_document(result, session.environment)
        output.done(formats.render("apply", output_format, document, setting), output_format)
