"""Reads `--allow OP:NAME@ENVIRONMENT`: what may be done to a campaign of one account is asked for in that one alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from campaignctl.diagnostics import did_you_mean, quoted
from campaignctl.errors import InputError, UsageError


def allowed_in(environment: str, flags: Iterable[str]) -> tuple[str, ...]:
    """Returns the flags that hold in an environment, as they are for it alone."""
    found = []
    for flag in flags:
        permission, _, whose = flag.rpartition("@") if ":" in flag else (flag, "", environment)
        if whose == environment:
            found.append(permission)
    return tuple(found)


def check_allowed(flags: Sequence[str], environments: Iterable[str]) -> None:
    """Checks the flags that name a campaign.

    Raises:
        UsageError: one does not say in which environment; it would undo a stop in another account, too.
        InputError: it names an environment that the project does not have.
    """
    known = tuple(environments)
    for flag in (it for it in flags if ":" in it):
        permission, at, environment = flag.rpartition("@")
        if not at or ":" not in permission:
            raise UsageError(
                f"--allow {flag}: with several environments it must say in which one: --allow {flag}@ENVIRONMENT"
            )
        if environment not in known:
            near = did_you_mean(environment, known)
            raise InputError(f"--allow {flag}: there is no environment {quoted(environment)}{near}")
