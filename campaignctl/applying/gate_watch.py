"""Checks, right before somebody is called behind a gate, that it still stands open (gates.md 2.7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from campaignctl.applying.looks import Looks
from campaignctl.applying.port import AccountPort, Hooks, TooLateError
from campaignctl.applying.recent_readings import RecentReadings, readings_of_campaigns
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Live
from campaignctl.model.plan import Change
from campaignctl.planning.terms import Terms


@dataclass
class GateWatch:
    """Reads what creates and resumes wait for by its SID, whatever the plan read of it; where the newest look at what
    is alive is older than a minute, another one of its name is looked for too.
    """

    account: AccountPort
    hooks: Hooks
    looks: Looks
    readings: RecentReadings[Live | None] = field(init=False)

    def __post_init__(self) -> None:
        """Begins with nothing: no gate is read before something that waits is about to be sent."""
        self.readings = readings_of_campaigns(self.account, self.hooks.clock)

    def check(self, change: Change, terms: Terms) -> None:
        """Raises TooLateError where a gate does not stand open any more, and ApiError where nobody can tell."""
        if not change.gates:
            return
        from campaignctl.planning.features.gates import shut  # where something waits for another

        write = "/".join(change.key)

        def read(kind: Kind, sid: str) -> Live | None:
            return self.readings.of(f"{kind.name}/{sid}", write)

        def alive(kind: Kind) -> Sequence[Live]:
            if self.looks.is_old(kind):
                self.looks.renew(kind)
            return self.looks.alive(kind)

        reason = shut(change, read, alive, terms)
        if reason is not None:
            raise TooLateError(reason)
