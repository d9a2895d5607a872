"""Until when a plan may be carried out (rule 11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from campaignctl.kinds.lifecycle import MARGIN
from campaignctl.kinds.operations import BEGINNING, STARTING, Op
from campaignctl.model.plan import Change
from campaignctl.model.windows import window_of

LONGEST: Final = timedelta(hours=24)
STARTS_AT_ONCE: Final = timedelta(hours=1)


def expires_at(changes: Iterable[Change], now: datetime) -> datetime:
    """The earliest of a day, an hour where it calls at once, and what the starts ahead leave."""
    return min((now + LONGEST, *(moment for change in changes for moment in _limits(change, now))))


def _limits(change: Change, now: datetime) -> Iterator[datetime]:
    ops = {operation.op for operation in change.operations}
    if not ops:
        return
    kind = change.live.kind if change.live else change.desired.kind if change.desired else None
    if kind is None:
        return
    start = window_of(kind, change.resulting).start
    live = window_of(kind, change.live.spec).start if change.live else None
    ahead = start is not None and start > now
    hidden = change.live is not None and live is None and Op.UPDATE not in ops  # it may have passed
    if ops & BEGINNING and (not ahead or hidden):
        yield now + STARTS_AT_ONCE
    if start is not None and ahead and Op.CREATE in ops:
        yield start - MARGIN if start - now >= MARGIN else start
    if ops & STARTING:
        yield from (moment for moment in (start, live) if moment is not None and moment > now)
