"""Defines what a rule looks at, the campaign and what is beside it, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

from campaignctl.diagnostics import Detail, Diagnostic, Severity
from campaignctl.kinds.table import Kind, Value
from campaignctl.model.campaigns import NO_COUNTS, Counts, Desired
from campaignctl.model.environment import Environment
from campaignctl.model.overlaps import CapacityOverlap, FindLoad, RunKey, nothing_beside
from campaignctl.model.usage import USUAL, Usage
from campaignctl.policy.copies import NO_COPIES, Copies
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.dlt.holding import Registry
    from campaignctl.model.companions import Companion
    from campaignctl.policy.frequency import Frequency
    from campaignctl.policy.ledger import Ledger

Companions: TypeAlias = "Mapping[str, Sequence[Companion]]"
"""The documents beside an environment's campaigns, by their kind."""
NO_COMPANIONS: Final[Companions] = MappingProxyType({})

OwnRules: TypeAlias = "Callable[[Desired], Sequence[Diagnostic]]"
"""What the project's own rules find of a manifest."""


def no_rules(_desired: Desired) -> Sequence[Diagnostic]:
    """Finds nothing: the project has no rules of its own, or they are not asked."""
    return ()


class OtherRun(NamedTuple):
    """Holds a campaign that shares the account.

    `start` is None where nobody sees it, `attempts` where nobody can count them.
    """

    kind: str
    start: datetime | None
    end: datetime | None
    attempts: int | None
    key: RunKey


class Beside(NamedTuple):
    """Holds what rules compare a campaign with: where campaigns together want more than the account does, and the
    manifests that one may be a copy of.

    `find_load` tells what all that may run asks of the account meanwhile; only a rule that needs it asks.
    `registered` gives the registered templates of the environment, None where it has none. `ledger` is what the
    manifests of the environment cost together, None where one is looked at by itself. `frequency` is None where no
    rule limits it. `own_rules` are the project's own.
    """

    overlaps: Sequence[CapacityOverlap] = ()
    copies: Copies = NO_COPIES
    find_load: FindLoad = nothing_beside
    registered: Callable[[], Registry | None] = lambda: None
    ledger: Callable[[], Ledger] | None = None
    frequency: Frequency | None = None
    own_rules: OwnRules = no_rules


ALONE: Final = Beside()


class Subject(NamedTuple):
    """Holds a campaign as it will stand: the fields, and when it begins (None: nobody can say yet).

    `lead` is how far ahead the start lies that is being set, None where none is set. `capacity` is what the account
    does a minute, None for the kind's default. `is_live`: the campaign is there, so that a field which `spec` lacks
    is one that nobody sees. `counts` are those of lists, `usage` is how its people are expected to answer. `unseen`
    are the fields of `spec` that the account does not show and nothing sends: there stands what the manifest wants
    alone. `ahead` is how far ahead it begins, None where it is not known.
    """

    kind: Kind
    spec: Mapping[str, Value]
    begins: datetime | None
    lead: timedelta | None = None
    capacity: int | None = None
    is_live: bool = False
    counts: Counts = NO_COUNTS
    usage: Usage = USUAL
    unseen: frozenset[str] = frozenset()
    ahead: timedelta | None = None

    def of_account(self, capacity: int) -> Subject:
        """Returns the same subject with what the account does a minute."""
        return self if self.capacity == capacity else self._replace(capacity=capacity)

    def counted(self, counts: Counts) -> Subject:
        """Returns the same subject with what is known of lists."""
        return self if self.counts is counts else self._replace(counts=counts)

    @property
    def start_path(self) -> str:
        """Returns where its start stands in `spec`."""
        return f"{self.kind.schedule.name}.{self.kind.start.name}"

    @property
    def end_path(self) -> str:
        """Returns where its end stands in `spec`."""
        return f"{self.kind.schedule.name}.{self.kind.end.name}"


class Case(NamedTuple):
    """Holds one campaign before one rule: its manifest, the account, the rule's settings, and what there is beside
    it.
    """

    subject: Subject
    desired: Desired
    environment: Environment
    settings: Mapping[str, Value]
    beside: Beside = ALONE


class Violation(NamedTuple):
    """Holds what a rule found, at a dotted path of the manifest.

    `level` overrides the rule's own; `details` are what a program gets besides.
    """

    path: str
    message: str
    level: Severity | None = None
    details: tuple[tuple[str, Detail], ...] = ()


def label(desired: Desired) -> str:
    """Returns what a manifest's campaign is called among others: its name, else its SID."""
    return desired.name or desired.sid or ""
