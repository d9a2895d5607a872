"""Keeps what was read of an account right before a write: one reading serves for a minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from campaignctl.applying.port import AccountPort
from campaignctl.clock import Clock
from campaignctl.kinds import KINDS
from campaignctl.model.campaigns import Live

_READ_AGAIN_AFTER: Final = 60.0
"""Seconds, by a clock that no answer sets."""
_MOST_ROUNDS: Final = 3
"""Readings for one write. Where the rate limit lets nobody read and write within a minute, it goes out after them."""

Read = TypeVar("Read")


def is_old(read_at: float | None, clock: Clock) -> bool:
    """Tells whether something was read so long ago that it is read again before a write; None: nobody knows when."""
    return read_at is None or clock.monotonic() - read_at > _READ_AGAIN_AFTER


@dataclass
class RecentReadings(Generic[Read]):
    """Keeps readings by what they are of, each a minute old at most."""

    clock: Clock
    read: Callable[[str], Read]
    _known: dict[str, tuple[float, Read]] = field(default_factory=dict)
    _rounds: Counter[tuple[str, str]] = field(default_factory=Counter)

    def of(self, what: str, write: str) -> Read:
        """Returns the newest reading; `write` names what it is needed for.

        Raises what `read` raises: then nothing is sent.
        """
        known = self._known.get(what)
        if known is not None and (
            not is_old(known[0], self.clock) or self._rounds[write, what] >= _MOST_ROUNDS
        ):
            return known[1]
        self._rounds[write, what] += 1
        began = self.clock.monotonic()
        self._known[what] = began, self.read(what)
        return self._known[what][1]


def readings_of_campaigns(account: AccountPort, clock: Clock) -> RecentReadings[Live | None]:
    """Makes readings of campaigns, each by `KIND/SID`; None is one that is certainly not there."""

    def read(what: str) -> Live | None:
        kind, _, sid = what.partition("/")
        return account.get(KINDS[kind], sid)

    return RecentReadings(clock, read)
