"""Holds one campaign as the sandbox keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from campaignctl.kinds.lifecycle import ALIVE, Status, read_status
from campaignctl.sandbox.shapes import Spec


@dataclass(frozen=True, slots=True)
class Campaign:
    """Holds one campaign.

    Times are epoch seconds. `status` is a `Status` value, or any other word that was seeded. `begins` and `ends`
    bound the dialling, whatever the schedule in `spec` says. `spec` holds the fields as the API answers them;
    `stats` the counters; `number` the order of creation.
    """

    account: str
    collection: str
    sid: str
    name: str
    status: str
    created: float
    updated: float
    begins: float
    ends: float
    spec: Spec = field(default_factory=Spec)
    stats: Mapping[str, int] = field(default_factory=dict)
    number: int = 0

    @property
    def state(self) -> Status:
        """Returns the status; `UNKNOWN` for a word that is none."""
        return read_status(self.status)

    @property
    def alive(self) -> bool:
        """Tells whether the campaign is created, in progress or paused."""
        return self.state in ALIVE

    def started(self, now: float) -> bool:
        """Tells whether it has started: from its start on, by the clock or because it is in progress."""
        return now >= self.begins or self.state is Status.IN_PROGRESS
