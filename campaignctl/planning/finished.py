"""Decides what becomes of what is finished, and of what waits, paused, past its end: it stays so (rule 2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from campaignctl.kinds.lifecycle import ENDING_STATES, STOPPED_STATES, State, Status
from campaignctl.kinds.operations import Op, Permission, shortest_path
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.plan import HeldOperation, Operation
from campaignctl.model.reasons import Reason
from campaignctl.model.values import UNSEEN, shown
from campaignctl.model.windows import Window, instant, window_of
from campaignctl.planning.alive import Decision
from campaignctl.planning.compare import compare, start_of
from campaignctl.planning.terms import Terms


def decide_finished(desired: Desired, live: Live, terms: Terms) -> Decision:
    """Decides on nothing, whatever the fields say; except for a new start, and for a completed campaign that is to
    be archived.
    """
    if asks_for_new_run(desired, live, terms):
        return _already_ran(desired, live, terms, f"it is {live.status}")
    notes = (*differences_noted(desired, live, terms), *_unseen_start_noted(desired, live, terms))
    if desired.state is State.ARCHIVED and shortest_path(live.status, State.ARCHIVED):
        return _archive(desired, live, terms, notes)
    if live.status is Status.FAILED:
        return Decision(Reason("failed", f"it failed: nobody was {live.kind.stem}ed"), notes=notes)
    if live.status is Status.CANCELED:
        return Decision(Reason("failed", f"it was canceled: nobody was {live.kind.stem}ed"), notes=notes)
    return Decision(Reason("finished", f"it is {live.status}"), notes=notes)


def decide_past_its_end(desired: Desired, live: Live, terms: Terms) -> Decision:
    """Decides on nothing, as for any campaign that is over; the command that ends it is printed."""
    what_it_is = "it waits, paused, and its window is over"
    if asks_for_new_run(desired, live, terms):
        return _already_ran(desired, live, terms, what_it_is)
    command = terms.address.command("complete", live.sid)
    reason = Reason("window-over", f"{what_it_is}; `{command}` ends it")
    return Decision(reason, notes=differences_noted(desired, live, terms))


def _already_ran(desired: Desired, live: Live, terms: Terms, what_it_is: str) -> Decision:
    if desired.sid is None and desired.name and desired.name != live.name:
        message = f"{live.name}, its metadata.previous_name, ran: {what_it_is}; a new run needs none, only its own name"
        return Decision(Reason("already-ran", f"{message}: {desired.name}"))
    name = terms.free_name(desired.name or live.name)
    pin = " and no metadata.sid" if desired.sid else ""
    return Decision(Reason("already-ran", f"{what_it_is}; a new run needs a new name{pin}: {name}"))


def _archive(desired: Desired, live: Live, terms: Terms, notes: tuple[str, ...]) -> Decision:
    if terms.allows(Permission.ARCHIVE, desired, live):
        reason = Reason("state-differs", f"is {live.status}, wanted archived")
        return Decision(reason, operations=(Operation(Op.ARCHIVE),), notes=notes)
    held = (HeldOperation(Op.ARCHIVE, since=live.updated),)
    return Decision(Reason("needs-allow", "archive must be asked for"), held=held, notes=notes)


def differences_noted(desired: Desired, live: Live, terms: Terms) -> tuple[str, ...]:
    """Notes in one sentence what differs on a campaign that nothing will be done to."""
    fields = [difference.field for difference in compare(desired, live, terms.country).differences]
    return (f"differs, and stays as it is: {', '.join(fields)}",) if fields else ()


def asks_for_new_run(desired: Desired, live: Live, terms: Terms) -> bool:
    """Tells whether the manifest asks for a start in the future that differs from the one that the finished
    campaign had, where that is shown.
    """
    start, had = _start_ahead(desired, terms), _start_it_had(live)
    if desired.occurrence is not None:  # its date had its campaign
        return False
    if start is None or had is UNSEEN:
        return False
    return not (isinstance(had, str) and instant(had) == start)


def _start_ahead(desired: Desired, terms: Terms) -> datetime | None:
    """Returns the start that is asked for, where it lies in the future and the campaign is not to be over."""
    start = start_of(desired)
    ending = desired.state in ENDING_STATES
    return start if start is not None and start > terms.now and not ending else None


def _start_it_had(live: Live) -> object:
    return shown(live.spec, f"{live.kind.schedule.name}.{live.kind.start.name}")


def _unseen_start_noted(desired: Desired, live: Live, terms: Terms) -> tuple[str, ...]:
    """Notes that nobody can tell whether a new run is wanted; it would not come of itself."""
    if (
        desired.occurrence is not None
        or _start_ahead(desired, terms) is None
        or _start_it_had(live) is not UNSEEN
    ):
        return ()
    return ("the account does not show the start that it had; a new run needs a new name",)


def past_its_end(desired: Desired, live: Live, terms: Terms) -> bool:
    """Tells whether an alive campaign waits, paused, although its window is over and nobody wants it ended."""
    return (
        live.status is Status.PAUSED
        and desired.state not in STOPPED_STATES
        and _window_as_far_as_shown(desired, live).over(terms.now)
    )


def _window_as_far_as_shown(desired: Desired, live: Live) -> Window:
    """Returns the live window; what the account does not show of it is as the manifest has it."""
    name = live.kind.schedule.name
    theirs, mine = live.spec.get(name, {}), desired.spec.get(name)
    if not isinstance(theirs, Mapping) or not isinstance(mine, Mapping):
        return window_of(live.kind, live.spec)
    return window_of(live.kind, {name: {**mine, **theirs}})
