"""Ends a campaign of which another run made the same before (rule 10.5): the one irreversible thing done unasked.

This very run made it, or an earlier one on this machine. An account refuses an action in its own way where the
campaign has moved on, so each step follows from what the campaign is, not from what was asked before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from campaignctl.applying.sending import Sender
from campaignctl.errors import ApiError, InterruptedRunError
from campaignctl.kinds.lifecycle import CALLING, State, Status
from campaignctl.kinds.operations import OPERATIONS, Op, shortest_path
from campaignctl.model.campaigns import Live
from campaignctl.model.permissions import Address
from campaignctl.model.reasons import Reason
from campaignctl.model.results import NotTaken, OperationOutcome, OperationResult

_MOST_STEPS: Final = 6


@dataclass(frozen=True, slots=True)
class Ending:
    """Says how far ending a duplicate came.

    `older` is the campaign that stays, as it was just read; None where it is not there any more, or called otherwise,
    and then nothing was sent, or where nobody can tell what it is doing (`in_doubt`), and then the younger was paused
    at most. `trouble` says why the younger one could not be ended.
    """

    older: Live | None
    operations: tuple[OperationResult, ...] = ()
    trouble: Reason | None = None
    in_doubt: bool = False

    @property
    def says(self) -> str:
        """Writes what was done: `was paused, completed, archived`."""
        done = [OPERATIONS[it.op].done for it in self.operations if it.outcome is OperationOutcome.APPLIED]
        return f"was {', '.join(done)}" if done else "is over"

    @property
    def paused(self) -> bool:
        """Tells whether what was asked of it was done, or was so already."""
        done = (OperationOutcome.APPLIED, OperationOutcome.UNCHANGED)
        return all(it.outcome in done for it in self.operations)

    def doubt(self, mine: Live, address: Address) -> str:
        """Says whether the younger one waits, and the command where the other one is to stay."""
        verb, told = ("complete", "is paused") if self.paused else ("pause", "could not be paused")
        return f"{told}; `{address.command(verb, mine.sid)}` if the other one is to stay"


def end_duplicate(sender: Sender, mine: Live, older: Live) -> Ending:
    """Pauses, completes and archives a campaign, from whatever status it has; what that status does not need is not
    sent. It waits until the older one has been read and is still alive: else nobody would be called. Where that is
    there and nobody can tell what it is doing, ours is paused and no more: one that waits is better than two that
    call. Where somebody renamed either it is no duplicate any more.
    """
    stays = _as_it_is(sender, older)
    if stays is None or stays.finished:
        return Ending(None)
    if not stays.alive:
        return Ending(None, _paused(sender, mine), in_doubt=True)
    if older.name and stays.name and stays.name != older.name:
        return Ending(None)
    now, done = sender.read(mine) or mine, list[OperationResult]()
    if older.name and now.name and now.name != older.name:
        return Ending(stays, (), Reason("lost-race", f"somebody renamed it: it is called {now.name} now"))
    for _ in range(_MOST_STEPS):
        if now.status is Status.UNKNOWN:
            return Ending(stays, tuple(done), Reason("lost-race", now.strange))
        actions = shortest_path(now.status, State.ARCHIVED)
        if not actions:
            return Ending(stays, tuple(done))
        acted = sender.act(now, actions[0], just_created=True)
        done.append(OperationResult(actions[0].op, acted.outcome, acted.attempts, mine.sid))
        after = acted.live or sender.read(now)
        if after is None or (after.status is now.status and not acted.took):
            code = "still-calling" if isinstance(acted.answer, NotTaken) else "lost-race"
            return Ending(stays, tuple(done), Reason(code, f"the {actions[0]} did not take"))
        now = after
    return Ending(stays, tuple(done), Reason("lost-race", "its status goes back and forth"))


def _as_it_is(sender: Sender, older: Live) -> Live | None:
    """Reads a campaign by its SID; of unknown status where the answer cannot be read, None where it is not there."""
    try:
        return sender.account.get(older.kind, older.sid)
    except InterruptedRunError:
        return None
    except ApiError:
        return older._replace(status=Status.UNKNOWN, word="")


def _paused(sender: Sender, mine: Live) -> tuple[OperationResult, ...]:
    """Pauses our campaign: the only thing done to it that can be undone."""
    if mine.status not in CALLING:
        return ()
    acted = sender.pause_duplicate(mine, just_created=True, urgent=True)
    return (OperationResult(Op.PAUSE, acted.outcome, acted.attempts, mine.sid),)


def older_than(mine: Live, same: Iterable[Live]) -> Live | None:
    """Returns the oldest campaign of a name, where it is older: by `date_created`, then by SID. All runs agree."""
    oldest = min(same, key=lambda live: live.age_key, default=None)
    return oldest if oldest is not None and oldest.age_key < mine.age_key else None
