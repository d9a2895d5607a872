"""Where campaigns that run side by side want more than the account can do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CapacityOverlap:
    """From `start` to `end` the campaigns of a kind together want more a minute than the account's `capacity`."""

    kind: str
    start: datetime
    end: datetime
    campaigns: int
    wanted: int
    capacity: int
    names: frozenset[str] = field(default=frozenset(), compare=False)
