"""Says what can still change (rule 4.4), and what may become of a start (rule 4.5)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from campaignctl.kinds.lifecycle import MARGIN, Status
from campaignctl.kinds.table import Mutability, Role
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.windows import window_of
from campaignctl.planning.compare import Comparison, same_lists, start_is_shown, start_of


class Phase(Enum):
    """Names how far a campaign is."""

    OPEN = "far enough from its start: everything can change"
    NEAR = "its start is less than 10 minutes away"
    STARTED = "its start has passed"


class StartMove(Enum):
    """Names what a manifest wants of a start."""

    NONE = "the start stays"
    LATER = "postponed"
    EARLIER = "moved earlier"
    TOO_LATE = "to a moment that has passed or is too near"
    UNSEEN = "to be set, and the account does not show it"


def phase_of(live: Live, now: datetime) -> Phase:
    """Tells how far a campaign is: by status, else by the clock.

    A paused voice campaign is not bound by the margin until its start has passed, and one without a start has not
    begun. Any other without a start begins as soon as it is created: one that is paused has begun.
    """
    if live.status is Status.IN_PROGRESS:
        return Phase.STARTED
    start = window_of(live.kind, live.spec).start
    waits = live.status is Status.PAUSED and live.kind.pause_lifts_margin
    if start is None and (waits or not start_is_shown(live)):
        return Phase.OPEN
    if start is None:
        return Phase.STARTED if live.status is Status.PAUSED else Phase.NEAR
    if start <= now:
        return Phase.STARTED
    return Phase.NEAR if start - now < MARGIN and not waits else Phase.OPEN


def can_change(field_name: str, live: Live, phase: Phase, move: StartMove) -> bool:
    """Tells whether a top-level field may go into an update now."""
    field = live.kind.by_name[field_name]
    if phase is Phase.OPEN or field.mutability is Mutability.ALWAYS:
        return True
    return phase is Phase.NEAR and field.role is Role.SCHEDULE and move is StartMove.LATER


def earlier_versions(comparison: Comparison, live: Live, phase: Phase, move: StartMove) -> tuple[str, ...]:
    """Returns the fields that differ by the versions of the project's lists alone, and can no longer change (rule
    4.4).
    """
    return tuple(
        it.field
        for it in comparison.differences
        if it.field in live.kind.by_name
        and live.kind.by_name[it.field].by_name
        and not can_change(it.field, live, phase, move)
        and same_lists(it.before, it.after)
    )


def start_move(desired: Desired, live: Live, comparison: Comparison, now: datetime) -> StartMove:
    """Tells what a manifest wants of the start.

    A start is never set to a moment that has passed or is nearer than the margin.
    """
    wanted = start_of(desired)
    path = f"{live.kind.schedule.name}.{live.kind.start.name}"
    if wanted is None:
        return StartMove.NONE
    if path in comparison.unseen:
        return StartMove.UNSEEN
    if path not in {difference.field for difference in comparison.differences}:
        return StartMove.NONE
    if wanted - now < MARGIN:
        return StartMove.TOO_LATE
    had = window_of(live.kind, live.spec).start
    return StartMove.EARLIER if had is not None and wanted < had else StartMove.LATER
