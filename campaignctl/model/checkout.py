"""Holds the commit that the manifests are of: what was created after it, a newer commit may know (rule 6)."""

from __future__ import annotations

from datetime import datetime

from campaignctl.model.campaigns import Live
from campaignctl.model.clocks import OUT_OF_STEP
from campaignctl.tuples import NamedTuple


class Checkout(NamedTuple):
    """Holds a commit. `committed` is when it was made; None where git cannot say, and then `trouble` says why."""

    committed: datetime | None
    trouble: str = ""

    def as_of(self, now: datetime) -> Checkout:
        """Returns a commit that tells nothing where it is dated ahead of now: what was made since would look older."""
        if self.committed is None or self.committed <= now + OUT_OF_STEP:
            return self
        return Checkout(None, f"its date, {self.committed.isoformat()}, is ahead of the account's clock")

    def why_not_ended(self, live: Live) -> str | None:
        """Says why an orphan may be known to a newer commit than this one; None where it certainly is not."""
        if self.committed is None:
            return f"nobody can tell whether it is newer than the commit that is checked out ({self.trouble})"
        if live.created is None:
            return "the account does not show whether it is newer than the commit that is checked out"
        if live.created > self.committed:
            return "it was created after the commit that is checked out"
        return None


def no_checkout() -> Checkout | None:
    """Says that there is no commit, as outside git."""
    return None
