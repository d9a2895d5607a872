"""Says what can still change (rule 4.4), what may become of a start (rule 4.5), and what a date no longer follows of
its manifest.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Final

from campaignctl.kinds.lifecycle import MARGIN, Status
from campaignctl.kinds.table import Mutability, Role
from campaignctl.model.campaigns import Desired, Live, start_is_shown
from campaignctl.model.list_refs import refs_in, same_lists, texts_or_refs
from campaignctl.model.plan import Difference
from campaignctl.model.values import number_changes, texts
from campaignctl.model.windows import window_of
from campaignctl.planning.compare import Comparison, compare, start_of, top
from campaignctl.planning.terms import Terms

TOO_NEAR: Final = "is less than 10 minutes away"
"""What is said of a start within the margin (rule 4)."""


class Phase(Enum):
    """Names how far a campaign is."""

    OPEN = "far enough from its start: everything can change"
    NEAR = f"its start {TOO_NEAR}"
    STARTED = "its start has passed"


class StartMove(Enum):
    """Names what a manifest wants of a start."""

    NONE = "the start stays"
    LATER = "postponed"
    EARLIER = "moved earlier"
    TOO_LATE = "to a moment that has passed or is too near"
    UNSEEN = "to be set, and the account does not show it"


def passed_or_near(start: datetime | None, now: datetime) -> str:
    """Says why a start comes too soon for what is wanted."""
    return "has passed" if start is not None and start <= now else TOO_NEAR


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


def as_it_may_be(desired: Desired, live: Live, terms: Terms) -> tuple[Desired, tuple[str, ...]]:
    """Returns an occurrence without what its date can no longer follow of its rule: the schedule, and people out of a
    file that changes daily; each with a note.
    """
    if desired.occurrence is None:
        return desired, ()
    start, begun = start_of(desired), phase_of(live, terms.now) is Phase.STARTED
    late = begun or (start is not None and start - terms.now < MARGIN)
    left = {desired.kind.schedule.name} if late else set[str]()
    if begun:
        left |= _changing_daily(desired, live)
    left -= desired.ignore
    if not left:
        return desired, ()
    differing = [it for it in compare(desired, live, terms.country).differences if top(it.field) in left]
    notes = tuple(_notes(desired, differing, terms))
    return desired._replace(ignore=desired.ignore | left), notes


def _changing_daily(desired: Desired, live: Live) -> set[str]:
    """Returns the fields whose people come from a file or from a list of the project; SIDs beside such a list must
    be there live.
    """
    fields = (
        {field.name for field in desired.kind.numbers} if desired.numbers_file is not None else set[str]()
    )
    for field in desired.kind.given_by_name:
        wanted, seen = desired.spec.get(field.name), live.spec.get(field.name)
        refs = set(refs_in(wanted))
        if refs and set(texts_or_refs(wanted)) - refs <= set(texts_or_refs(seen)):
            fields.add(field.name)
    return fields


def _notes(desired: Desired, differing: list[Difference], terms: Terms) -> Iterator[str]:
    schedule = desired.kind.schedule.name
    fields = [it.field for it in differing if top(it.field) == schedule]
    if fields:
        yield f"the rule says another {schedule} ({', '.join(fields)}); too late for this date, which keeps its own"
    for it in differing:
        if desired.kind.by_path[it.field].by_name:
            yield (
                "it has begun, with an earlier version of its lists: who joined and left since is for later dates "
                "alone; how many is not known, since the account does not show who is in a version"
            )
        elif top(it.field) != schedule:
            gone, come = number_changes(texts(it.before), texts(it.after), terms.country)
            yield f"it has begun: {len(come):,} joined and {len(gone):,} left since, for later dates alone"
