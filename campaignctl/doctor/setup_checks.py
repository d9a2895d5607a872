"""Checks a set-up for `doctor`: a function for each check, from what was looked at to what is wrong. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import timedelta

from campaignctl.diagnostics import Severity, counted, has_errors, lasting
from campaignctl.doctor.facts import Facts, Leftover, Problem
from campaignctl.kinds import KINDS
from campaignctl.kinds.operations import Op
from campaignctl.kinds.table import Kind
from campaignctl.model.clocks import NO_DATE, OUT_OF_STEP, SET_IT, out_of_step
from campaignctl.model.environment import ACCOUNT_VARIABLE
from campaignctl.model.plan import Change
from campaignctl.model.requests import KEPT_FOR_PAUSES

"""Requests. An account that leaves no more than these keeps everybody waiting."""


def credentials(facts: Facts) -> Iterator[Problem]:
    """Checks that key and token are there, and that the account takes them."""
    if facts.trouble is not None and facts.trouble.credentials:
        environment = facts.environment
        secrets = (
            f"export {environment.key_env}=… {environment.token_env}=… from the API settings of the dashboard"
        )
        account = f"export {ACCOUNT_VARIABLE}=…, or set account_sid in the project file"
        yield Problem(
            facts.trouble.message,
            "nothing of the account can be read or changed",
            secrets if environment.account_sid else account,
        )


def reachability(facts: Facts) -> Iterator[Problem]:
    """Checks that the account answers."""
    if facts.trouble is not None and not facts.trouble.credentials:
        yield Problem(
            facts.trouble.message,
            "nothing of the account can be read or changed",
            "check account_sid and region or base_url in the project file, and the network; then "
            f"{facts.command('doctor')}",
        )


def clock(facts: Facts) -> Iterator[Problem]:
    """Checks that this machine's clock agrees with the account's."""
    if facts.environment.is_sandbox or facts.trouble is not None:
        return  # a sandbox's clock may be wherever it was advanced to
    if facts.skew is None:
        yield Problem(
            NO_DATE,
            "starts are held against this machine's clock instead of the account's",
            "check whether something between here and the account takes the Date header away",
            Severity.WARN,
        )
    elif abs(facts.skew) > OUT_OF_STEP:
        yield Problem(
            out_of_step(facts.skew),
            "starts are held against the account's clock, but audit logs and the age of intents go by this one",
            SET_IT,
        )


def budget(facts: Facts) -> Iterator[Problem]:
    """Checks that the account takes further requests."""
    left = facts.budget.remaining if facts.budget is not None else None
    if left is not None and left <= KEPT_FOR_PAUSES:
        yield Problem(
            f"the account takes only {counted(left, 'more request')} now",
            "somebody else uses up its rate limit, or rate_limit is above it: everything waits",
            "run one pipeline at a time, or lower rate_limit in the project file",
            Severity.WARN,
        )


def budget_left(facts: Facts) -> str | None:
    """Says how many requests are left, by our own count and by the account's."""
    said = facts.budget
    if said is None:
        return None
    own = "no rate limit"
    if said.limit is not None:
        own = f"{max(said.limit - said.used, 0)} of {counted(said.limit, 'request')} left"
    if said.remaining is None:
        return own
    of = f" of {said.limit_told}" if said.limit_told is not None else ""
    return f"{own}; the account says {said.remaining}{of}"


def manifests(facts: Facts) -> Iterator[Problem]:
    """Checks that the project file and every manifest can be read."""
    errors = [it for it in facts.findings if it.severity is Severity.ERROR]
    if errors:
        yield Problem(
            f"{counted(len(errors), 'mistake')}, the first at {errors[0].where}",
            "plan and apply do nothing at all until they are fixed",
            facts.command("validate"),
        )


def intents(facts: Facts) -> Iterator[Problem]:
    """Checks that no run on this machine was cut off in the midst of a create."""
    for left in facts.leftovers:
        meaning, fix = _of_leftover(left, facts)
        yield Problem(
            f"a run noted a create {lasting(left.age)} ago and did not settle it ({left.file})",
            meaning,
            f"{fix}: rm {shlex.quote(left.file)}",
            subject=f"{KINDS[left.kind].short}/{left.name}" if left.kind in KINDS else left.name,
            sid=left.sid,
        )


def _of_leftover(left: Leftover, facts: Facts) -> tuple[str, str]:
    """Says what a note means, and what else than removing it fixes it.

    An apply settles it by its SID, by an alive campaign of its name, or when it creates it. Otherwise nothing does.
    """
    changes = [it for it in facts.changes if it.desired and _is_of(left, it.desired.kind, it.key.name)]
    unread = facts.trouble is not None or not facts.complete or has_errors(facts.findings)
    if any(change.reason.code == "unknown-outcome" for change in changes):
        return (
            "its campaign may still show up, and until it does its manifest is blocked",
            "wait until it shows up; or, when it surely does not exist",
        )
    young = left.age < timedelta(seconds=facts.environment.settle_seconds)
    if (
        unread
        or young  # it may yet show up in lists
        or left.sid is not None
        or any(_is_of(left, live.kind, live.name) for live in facts.alive)
        or any(Op.CREATE in _operations(change) for change in changes)
    ):
        return (
            "its campaign may be there, twice even; the next apply looks before it creates anything",
            f"{facts.command('apply')}; or, when no run is under way and the account is as it should be",
        )
    return (
        "no campaign of the name is alive and no manifest would create one: nothing settles the note by itself",
        "when no run is under way",
    )


def _operations(change: Change) -> set[Op]:
    return {*(it.op for it in change.operations), *(it.op for it in change.held)}


def _is_of(left: Leftover, kind: Kind, name: str) -> bool:
    return (left.kind, left.name) == (kind.name, name)
