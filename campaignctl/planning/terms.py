"""Holds what a plan is made under, apart from manifests and account."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from campaignctl.diagnostics import Position
from campaignctl.kinds.countries import Country
from campaignctl.kinds.operations import Permission
from campaignctl.model.campaigns import NO_COUNTS, Counts, Desired, Live, Locate
from campaignctl.model.checkout import Checkout, no_checkout
from campaignctl.model.environment import Environment, Prune
from campaignctl.model.naming import names_campaign
from campaignctl.model.permissions import HERE, Address, Consent
from campaignctl.model.plan import ListCount, counts_in
from campaignctl.policy import (
    ALONE,
    Beside,
    Companions,
    LocateCompanion,
    Policies,
    where_it_begins,
)
from campaignctl.policy.subject import OwnRules, no_rules
from campaignctl.records import dataclass
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.model.clocks import OtherClock
    from campaignctl.repeat.series import Repeating


def document_start(desired: Desired, _path: str) -> Position:
    """Returns where the manifest begins, for plans that need no finer place."""
    return desired.where


class RunningElsewhere(NamedTuple):
    """Names an alive campaign of another environment's account, which none of that one's manifests matches."""

    environment: str
    sid: str


FindElsewhere: TypeAlias = Callable[[Desired], "RunningElsewhere | None"]
"""Whether another account runs what a manifest would create."""


def nowhere_else(_desired: Desired) -> RunningElsewhere | None:
    """Finds nothing: one environment was chosen, and nobody looks into another's account."""
    return None


@dataclass(frozen=True)
class Terms:
    """Holds the moment, the account's settings, and what was asked for on the command line.

    `clocks` show other moments than the server's, which `now` is: who is called must be right by each.

    `prune_asked` is `--prune`; `orphans_complete` is False when a manifest of the project could not be read, so
    that nothing may be ended as an orphan. `unsettled` maps kind and name of each create whose outcome an earlier
    run never learned to the file that says so. `beside` is what the policies look at besides a campaign itself,
    `companions` the documents beside the environment's campaigns. `address` is of the commands that reasons print.
    `approved_before`: somebody approved the plan before this run made it again, in a file or by `--expect`, and may
    have stopped a campaign since. `checkout` is the commit that the manifests are of, asked only where an orphan is
    there; None outside git. `names` are those that a new run cannot have, asked only where a message gives one.
    `by_hand`: somebody asks for it of one campaign, without a manifest, and has been told what speaks against it.
    `repeating` are the manifests that repeat, where there are any. `lists` are those that were counted, by SID;
    `counting`: they are still to be, so that nobody is at fault for a cost that is unknown. `own_rules` are the
    project's own. `find_elsewhere` tells where else a campaign runs that a manifest would create; of one environment
    nobody knows.
    """

    now: datetime
    environment: Environment
    consent: Consent
    prune: Prune | None = None
    prune_asked: bool = False
    orphans_complete: bool = True
    resend: tuple[str, ...] = ()
    locate: Locate = document_start
    unsettled: Mapping[tuple[str, str], str] = field(default_factory=dict)
    beside: Beside = ALONE
    companions: Companions = field(default_factory=dict)
    locate_companion: LocateCompanion = where_it_begins
    address: Address = HERE
    clocks: tuple[OtherClock, ...] = ()
    approved_before: bool = False
    checkout: Callable[[], Checkout | None] = no_checkout
    names: Callable[[], Container[str]] = frozenset
    own_rules: OwnRules = no_rules
    find_elsewhere: FindElsewhere = nowhere_else
    by_hand: bool = False
    repeating: Repeating | None = None
    lists: Mapping[str, ListCount] = field(default_factory=dict)
    counting: bool = False

    def by(self, clock: OtherClock) -> Terms:
        """Returns the same terms by another clock."""
        return replace(self, now=clock.now, clocks=())

    @cached_property
    def policies(self) -> Policies:
        """Returns what binds the environment's campaigns."""
        return Policies.of(self.environment, self.companions, self.counts)

    @cached_property
    def counts(self) -> Counts:
        """Returns how many are in each list, as far as that is known."""
        return counts_in(self.lists.values()) if self.lists else NO_COUNTS

    @property
    def country(self) -> Country | None:
        """Returns the country whose rule makes numbers equal."""
        return self.environment.country

    def checked_out(self) -> Checkout | None:
        """Returns the commit that the manifests are of, held against the account's clock; a sandbox's is its own."""
        found = self.checkout()
        return found if found is None or self.environment.is_sandbox else found.as_of(self.now)

    def allows(
        self, permission: Permission, desired: Desired, live: Live | None = None, start_ahead: bool = True
    ) -> bool:
        """Returns True where the manifest, the environment or a flag asks for it."""
        sid = live.sid if live else desired.sid
        name = desired.name or (live.name if live else None)
        return self.consent.given(permission, desired.kind, name, sid, desired, start_ahead)

    def free_name(self, name: str) -> str:
        """Returns a name for the next run: the first of NAME-2, NAME-3 … that nothing has."""
        taken, number = self.names(), 2
        while f"{name}-{number}" in taken:
            number += 1
        return f"{name}-{number}"

    def resends(self, desired: Desired, live: Live) -> bool:
        """Returns True where `--resend` names the campaign."""
        name = desired.name or live.name
        return any(names_campaign(pattern, desired.kind, name, live.sid) for pattern in self.resend)
