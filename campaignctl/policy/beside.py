"""What a rule looks at beside the one campaign: the others of the account, and of the project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from campaignctl.model.overlaps import CapacityOverlap
from campaignctl.policy.copies import NO_COPIES, Copies, ManifestKey


class OtherRun(NamedTuple):
    """A campaign that shares the account. `start` is None where nobody sees it, `attempts` where nobody can count them.

    `manifest` is the one that wants it; None where none does.
    """

    kind: str
    start: datetime | None
    end: datetime | None
    attempts: int | None
    manifest: ManifestKey | None = None


class Beside(NamedTuple):
    """Where campaigns together want more than the account does, and the manifests that one may be a copy of.

    `others` gives all that may run, the campaign in question too; only a rule that needs them asks.
    """

    overlaps: Sequence[CapacityOverlap] = ()
    copies: Copies = NO_COPIES
    others: Callable[[], Sequence[OtherRun]] = tuple


ALONE: Final = Beside()
