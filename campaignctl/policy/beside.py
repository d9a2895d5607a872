"""What a rule looks at beside the one campaign: the others of the account, and of the project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from campaignctl.model.overlaps import CapacityOverlap
from campaignctl.policy.copies import NO_COPIES, Copies


class Beside(NamedTuple):
    """Where campaigns together want more than the account does, and the manifests that one may be a copy of."""

    crowds: Sequence[CapacityOverlap] = ()
    copies: Copies = NO_COPIES


ALONE: Final = Beside()
