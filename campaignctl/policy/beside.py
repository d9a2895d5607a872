"""Holds what a rule looks at beside the one campaign: the others of the account, and of the project."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from campaignctl.model.overlaps import CapacityOverlap, FindLoad, RunKey, nothing_beside
from campaignctl.policy.copies import NO_COPIES, Copies

if TYPE_CHECKING:
    from campaignctl.diagnostics import Diagnostic
    from campaignctl.dlt.holding import Registry
    from campaignctl.model.campaigns import Desired
    from campaignctl.model.companions import Companion
    from campaignctl.policy.budget import Ledger

Companions: TypeAlias = "Mapping[str, Sequence[Companion]]"
"""The documents beside an environment's campaigns, by their kind."""
NO_COMPANIONS: Final[Companions] = MappingProxyType({})

if TYPE_CHECKING:
    from campaignctl.policy.frequency import Frequency


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
