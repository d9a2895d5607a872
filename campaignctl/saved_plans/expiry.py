"""Until when a plan may be carried out (rule 11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from campaignctl.kinds.lifecycle import MARGIN
from campaignctl.model.plan import Change, Op
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
    surely_ahead = ahead and (Op.UPDATE in ops or live is not None)  # a hidden start may have passed
    if (Op.CREATE in ops and start is None) or (Op.RESUME in ops and not surely_ahead):
        yield now + STARTS_AT_ONCE
    if start is not None and ahead and Op.CREATE in ops:
        yield start - MARGIN if start - now >= MARGIN else start
    if ops & {Op.UPDATE, Op.RESUME}:
        yield from (moment for moment in (start, live) if moment is not None and moment > now)
