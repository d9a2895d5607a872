"""Rule 2: what is finished stays finished."""

from __future__ import annotations

from collections.abc import Container

from campaignctl.kinds.lifecycle import State, Status
from campaignctl.planning.compare import compare, shown, start_of
from campaignctl.planning.resources import Desired, Live
from campaignctl.planning.terms import Terms
from campaignctl.planning.window import instant, window_of


def differences_noted(desired: Desired, live: Live, terms: Terms) -> tuple[str, ...]:
    """What differs on a campaign that nothing will be done to, in one note."""
    fields = [difference.field for difference in compare(desired, live, terms.country).differences]
    return (f"differs, and stays as it is: {', '.join(fields)}",) if fields else ()


def asks_for_new_run(desired: Desired, live: Live, terms: Terms) -> bool:
    """True for a start in the future that differs from the one that the finished campaign had."""
    if desired.state in (State.COMPLETED, State.ARCHIVED):
        return False
    start = start_of(desired)
    if start is None or start <= terms.now:
        return False
    had = shown(live.spec, f"{live.kind.schedule.name}.{live.kind.start.name}")
    return not (isinstance(had, str) and instant(had) == start)


def past_its_end(desired: Desired, live: Live, terms: Terms) -> bool:
    """An alive campaign that waits, paused, although its window is over, and that nobody wants ended."""
    return (
        live.status is Status.PAUSED
        and desired.state in (State.ACTIVE, None)
        and window_of(live.kind, live.spec).over(terms.now)
    )


def free_name(name: str, taken: Container[str]) -> str:
    """A name for the next run: the first of NAME-2, NAME-3 … that nothing bears."""
    number = 2
    while f"{name}-{number}" in taken:
        number += 1
    return f"{name}-{number}"
