"""Offers programs the functions that the commands are made of. Provisional: they may change until 1.0.

    project = campaignctl.load()
    proposal = campaignctl.plan(project)
    print(campaignctl.render(proposal, "text"))
    outcome = campaignctl.apply(proposal)

Each is the way its command goes, so all rules hold: nothing is sent that the proposal does not show. They print
nothing to standard output, take credentials from the environment variables that the project names, raise
`campaignctl.errors` and work in any thread. In the main thread Ctrl-C and SIGTERM end an apply as they end the
command's: after the request in flight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from campaignctl.app import planning as planned
from campaignctl.app.applying import Applied, carry_out
from campaignctl.app.guards import Limits, Now, Passed, Reviewed, guard
from campaignctl.app.options import REFRESHES, Choice, GlobalOptions
from campaignctl.app.own_rules import read_for_plan
from campaignctl.app.planning import Planned, PlanOptions
from campaignctl.app.workspace import Reading, Session
from campaignctl.clock import Clock, SystemClock
from campaignctl.diagnostics import Diagnostic
from campaignctl.errors import RefusedError, UsageError
from campaignctl.exits import Exit
from campaignctl.model.approval import Approval
from campaignctl.model.campaigns import Desired
from campaignctl.model.plan import Plan
from campaignctl.model.results import ApplyResult
from campaignctl.rendering import formats


@dataclass(frozen=True)
class Project:
    """Holds a project, one of its environments, and the manifests that were selected."""

    _session: Session = field(repr=False)
    _reading: Reading = field(repr=False)
    paths: tuple[str, ...]
    labels: str

    @property
    def environment(self) -> str:
        """Returns the name of the environment."""
        return self._session.environment.name

    @property
    def manifests(self) -> tuple[Desired, ...]:
        """Returns the manifests that were selected."""
        return self._reading.selected

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """Returns the warnings; errors were raised."""
        return self._reading.findings


@dataclass(frozen=True)
class Proposal:
    """Holds what `apply` would do.

    `plan.changes` holds a change per manifest, each with its operations and its reason.
    """

    project: Project
    plan: Plan
    _asked: PlanOptions = field(repr=False)
    _planned: Planned = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    """Holds what an apply did: `result.results` holds each change's outcome, `exit_code` what the command would end
    with.
    """

    project: Project
    result: ApplyResult
    exit_code: Exit


def load(
    config: Path | None = None,
    *,
    environment: str | None = None,
    paths: Sequence[str] = (),
    labels: str = "",
    variables: Mapping[str, str] | None = None,
    clock: Clock | None = None,
) -> Project:
    """Reads a project file (by default the nearest one from the working directory up) and its manifests, offline.

    `paths` and `labels` select as on the command line, `variables` are those of `--var`. Raises `InputError` with
    `findings`, each at file and line.
    """
    options = GlobalOptions(
        choice=Choice((environment,) if environment else ()),
        config=config,
        variables=dict(variables or {}),
        quiet=True,
        clock=clock or SystemClock(),
    )
    session = Session.open(options)
    return Project(session, read_for_plan(session, tuple(paths), labels), tuple(paths), labels)


def plan(
    project: Project,
    *,
    allow: Sequence[str] = (),
    prune: bool = False,
    resend: Sequence[str] = (),
    refresh: str = "auto",
) -> Proposal:
    """Reads the account and plans; sends nothing. The arguments are the options of `campaignctl plan`.

    Raises `UsageError` for one that they do not take, `ApiError` where the account cannot be read, `InputError` with
    `prune` where a path holds no manifest.
    """
    if refresh not in REFRESHES:
        raise UsageError(f"refresh {refresh!r} is none of {', '.join(REFRESHES)}")
    asked = PlanOptions(project.paths, project.labels, tuple(allow), prune, tuple(resend), refresh)
    session = project._session
    reading = read_for_plan(session, asked.paths, asked.labels, prune) if prune else project._reading
    with session.account() as connection:
        made = planned.make(session, reading, connection.client, asked)
    return Proposal(project, made.plan, asked, made)


def apply(proposal: Proposal, *, max_changes: int | None = None, audit_log: Path | None = None) -> Outcome:
    """Carries out what the proposal shows. It asks nobody: who calls it has seen the proposal.

    The account is read once more. Raises `RefusedError` before anything is sent where the plan is another one by now
    or has expired; where it has more operations than `max_changes`, after the pauses that manifests ask for. What
    happens from then on stands in the outcome.
    """
    project = proposal.project
    plan = proposal.plan
    approved = Approval(plan.digest, plan.expires_at, tuple(it.count for it in plan.reached))
    limits = Limits(max_changes, expect=approved, auto_approve=True)
    asked = replace(proposal._asked, approved_before=True, expand_at=proposal.plan.created_at)

    def review(again: Planned, _now: Now) -> Passed:
        return guard(again, limits, project._session, Reviewed.of(again.plan))

    applied: Applied = carry_out(project._session, project._reading, asked, review, audit_log=audit_log)
    if applied.refusal is not None:
        raise RefusedError(f"{applied.refusal}; only what stops campaigns was sent")
    return Outcome(project, applied.result, applied.exit_code)


def render(shown: Proposal | Outcome, output_format: str = "text") -> str:
    """Returns a proposal or an outcome as `text`, `json`, `markdown`, `html` or `github`. Numbers of people are
    masked.

    Raises ValueError for another format.
    """
    if output_format not in formats.offered("plan"):
        raise ValueError(f"{output_format!r} is none of {', '.join(formats.offered('plan'))}")
    if isinstance(shown, Proposal):
        setting = formats.Setting(shown.plan.created_at)
        return formats.render("plan", output_format, shown._planned.document_for(output_format), setting)
    from campaignctl.rendering.as_json import apply_document

    setting = formats.Setting(shown.result.plan.created_at)
    document = apply_document(shown.result, shown.project._session.environment)
    return formats.render("apply", output_format, document, setting)
