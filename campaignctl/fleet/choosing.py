"""Chooses the environments that a command line means, and checks that they can be worked on in one command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import Final

from campaignctl.app.options import Choice, Shard
from campaignctl.diagnostics import did_you_mean, quoted, some_of
from campaignctl.errors import InputError, UsageError
from campaignctl.manifests.project import no_environment
from campaignctl.model.environment import ACCOUNT_VARIABLE, Environment, ProjectFile

_MOST_NAMES: Final = 20


def choose(project: ProjectFile, choice: Choice) -> tuple[Environment, ...]:
    """Returns the environments that a choice means, each once, by name; none where `--shard` leaves none.

    Raises:
        InputError: a name or pattern matches no environment.
        UsageError: `-e` names nothing.
    """
    if choice.written and not choice.names:
        raise UsageError("-e names no environment")
    named = {name for pattern in choice.names for name in _matching(project, pattern)}
    if choice.all_environments or not choice.names:
        named |= {it.name for it in live(project)}
    kept = sorted(name for name in named if choice.shard is None or in_shard(name, choice.shard))
    return tuple(project.environments[name] for name in kept)


def live(project: ProjectFile) -> tuple[Environment, ...]:
    """Returns every declared environment that is no sandbox, by name: what `--all-environments` means."""
    declared = (project.environments[name] for name in sorted(project.declared))
    return tuple(it for it in declared if not it.is_sandbox)


def in_shard(name: str, shard: Shard) -> bool:
    """Tells whether an environment is of a part: by its name alone, so that machines that share nothing agree."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], "big") % shard.parts == shard.part


def _matching(project: ProjectFile, pattern: str) -> Sequence[str]:
    """Matches names. `*` and `?` stand for any signs; brackets, which fnmatch knows too, stand in no name."""
    if "*" in pattern or "?" in pattern:
        found = [it for it in project.declared if fnmatchcase(it, pattern.replace("[", "[[]"))]
    else:
        found = [pattern] if pattern in project.environments else []
    if not found:
        raise no_environment(project, pattern)
    return found


def require_separate(project: ProjectFile, environments: Iterable[Environment]) -> None:
    """Refuses two environments of one account: each would make there what is meant for the other.

    Raises:
        InputError: with everything that stands against it.
    """
    chosen = tuple(environments)
    found = [*_unwritten(project, chosen), *_of_one_account(chosen), *_clocks(chosen)]
    if found:
        raise InputError("; ".join(found))


def _unwritten(project: ProjectFile, chosen: Sequence[Environment]) -> Iterator[str]:
    unwritten = [it.name for it in chosen if it.name in project.accounts_unwritten]
    if unwritten:
        names = some_of(unwritten, _MOST_NAMES)
        yield (
            f"account_sid is not written for {names}: with several environments each needs its own "
            f"({ACCOUNT_VARIABLE} would name one account for all)"
        )


def _of_one_account(chosen: Sequence[Environment]) -> Iterator[str]:
    """Tells of those. Nobody knows of an account that another has the SID of, but for its capitals."""
    accounts: dict[tuple[str, str], list[Environment]] = {}
    for it in chosen:
        if it.account_sid:
            sid = it.account_sid if it.is_sandbox else it.account_sid.casefold()
            accounts.setdefault((it.host, sid), []).append(it)
    for (host, _), several in accounts.items():
        names, account = [it.name for it in several], several[0].account_sid
        if len(names) > 1:
            yield (
                f"{some_of(names, _MOST_NAMES)} are one account ({account} on {host}): choose one of them"
                if host != "sandbox"
                else f"{some_of(names, _MOST_NAMES)} are one sandbox account: give each an account_sid"
            )


def _clocks(chosen: Sequence[Environment]) -> Iterator[str]:
    clocks = {it.sandbox_clock for it in chosen if it.is_sandbox}
    if len(clocks) > 1:
        yield "sandboxes share one clock: set the same clock in each of those that are chosen"


# -- `--allow OP:NAME@ENVIRONMENT`: what may be done to a campaign of one account is asked for in that one alone -------


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
