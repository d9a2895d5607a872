"""Holds what `doctor` looks at, and what is wrong with it: values, no judgement. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaignctl.diagnostics import Diagnostic, Severity
from campaignctl.model.campaigns import Live
from campaignctl.model.environment import Environment
from campaignctl.model.managed_lists import ManagedList
from campaignctl.model.permissions import HERE, Address
from campaignctl.model.plan import Change
from campaignctl.model.requests import Budget


@dataclass(frozen=True, slots=True)
class AccessProblem:
    """Says why the account could not be read.

    `credentials`: because of who asked; `answered`: the account said so.
    """

    message: str
    credentials: bool
    answered: bool


@dataclass(frozen=True, slots=True)
class Leftover:
    """Holds a create that an earlier run noted and never settled.

    `file` is named as a person finds it, `age` is by this machine.
    """

    kind: str
    name: str
    sid: str | None
    file: str
    age: timedelta


@dataclass(frozen=True)
class Facts:
    """Holds everything that was looked at. What the account shows means nothing where `trouble` kept it from being
    read.

    `skew` is how far the account's clock is ahead of this machine's, None where no answer said. `campaigns` are
    those that were seen: the alive, and the newest that failed. `complete` is False where some alive one may not
    have been seen; `notes` are what was noticed while the account was read. `now` is the account's.

    `lists` are those of the project, with what the account has of them.

    `address` makes a command mean this project and environment, `folder` is where a new manifest would stand.
    """

    environment: Environment
    findings: tuple[Diagnostic, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    trouble: AccessProblem | None = None
    skew: timedelta | None = None
    budget: Budget | None = None
    changes: tuple[Change, ...] = ()
    campaigns: tuple[Live, ...] = ()
    complete: bool = True
    notes: tuple[str, ...] = ()
    now: datetime | None = None
    address: Address = HERE
    folder: str = "campaigns"
    lists: tuple[ManagedList, ...] = ()

    @property
    def alive(self) -> tuple[Live, ...]:
        """Returns every alive campaign."""
        return tuple(live for live in self.campaigns if live.alive)

    @property
    def unmanaged(self) -> tuple[Live, ...]:
        """Returns the campaigns that no manifest matches."""
        mine = {change.live.sid for change in self.changes if change.live and change.desired}
        return tuple(live for live in self.campaigns if live.sid not in mine)

    def command(self, verb: str, *words: str) -> str:
        """Writes a command to be pasted, about the same project and environment."""
        return self.address.command(verb, *words)


@dataclass(frozen=True, slots=True)
class Problem:
    """Describes one thing that is wrong: what it is, what it means, what fixes it.

    `subject` is a campaign, `sid` its SID.
    """

    message: str
    meaning: str
    fix: str
    severity: Severity = Severity.ERROR
    subject: str | None = None
    sid: str | None = None
