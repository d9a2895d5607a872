"""Settles concurrent runs that share no disk (rule 10.5): one list decides who stays, and every run reads the same.

Each run that created looks once its last create has settled: by then every campaign that was created before it
shows. The older one stays; the run that made a younger one pauses, completes and archives it. See `docs/decisions/`
for why no second survivor is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from campaignctl.applying.creating import Creator, namesakes
from campaignctl.applying.duplicates import Ending, end_duplicate, older_than
from campaignctl.applying.judging import Judge
from campaignctl.applying.port import AccountPort, Hooks
from campaignctl.applying.progress import ChangeRun
from campaignctl.errors import ApiError
from campaignctl.kinds.lifecycle import MARGIN
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Desired, Listing, Live
from campaignctl.model.permissions import Address
from campaignctl.model.reasons import Reason
from campaignctl.model.requests import settled_after
from campaignctl.model.results import ChangeOutcome, Failure
from campaignctl.model.windows import window_of
from campaignctl.planning.alive import decide
from campaignctl.planning.terms import Terms

SCAN_EVERY: Final = timedelta(minutes=5)
SHOWS_WITHIN: Final = 300.0
LOOK_EVERY: Final = 5.0


@dataclass
class MadeHere:
    """Holds one campaign that this run made (or adopted), and the change that it belongs to.

    `settled`: nothing more is to be looked at. `left`: its end was begun and not reached, so the next run goes on.
    `doubt` is what is said of it where that never comes to an end.
    """

    live: Live
    progress: ChangeRun
    adopted: bool
    settled: bool = False
    left: bool = False
    doubt: str = (
        "it was created, and no complete list of the account shows it; another run may have made a twin"
    )


@dataclass
class Races:
    """Holds what this run made, until a scan has shown that nobody else made the same."""

    account: AccountPort
    creator: Creator
    hooks: Hooks
    address: Address
    judge: Judge
    made: list[MadeHere] = field(default_factory=list)
    last_create: float = 0.0
    last_scan: float = 0.0

    def add(self, live: Live, progress: ChangeRun, adopted: bool) -> None:
        """Notes that a campaign was made."""
        now = self.hooks.clock.monotonic()
        if not self.made:
            self.last_scan = now
        self.last_create = now
        self.made.append(MadeHere(live, progress, adopted))

    def look(self) -> None:
        """Looks once the last one is made and, where it is to wait, paused: one that calls soon is looked after at
        once.
        """
        if not self.made:
            return
        if self._calls_soon(self.made[-1].live):
            self._scan([self.made[-1]])
        elif self.hooks.clock.monotonic() - self.last_scan >= SCAN_EVERY.total_seconds():
            self._scan(self._open())

    def finish(self) -> None:
        """Waits until the last create has settled, then looks, until everything made here was seen."""
        if not self.made:
            return
        self._wait_for_settling()
        deadline = self.hooks.clock.monotonic() + SHOWS_WITHIN
        self._scan(self._open(), last=True)
        while (hidden := self._open()) and self.hooks.clock.monotonic() < deadline:
            self.hooks.clock.sleep(LOOK_EVERY)
            self._scan(hidden, last=True)
        for item in hidden:
            if item.progress.lost_to is not None:
                continue
            item.progress.end(ChangeOutcome.UNKNOWN, Reason("unknown-outcome", item.doubt))

    def _wait_for_settling(self) -> None:
        if self.hooks.settle:
            settle = settled_after(self.creator.environment)
            age = self.hooks.clock.monotonic() - self.last_create
            if age < settle:
                self.hooks.clock.sleep(settle - age)

    def _open(self) -> list[MadeHere]:
        return [item for item in self.made if not item.settled]

    def _calls_soon(self, live: Live) -> bool:
        start = window_of(live.kind, live.spec).start
        return start is None or start - self.account.now() < MARGIN

    def _scan(self, items: list[MadeHere], last: bool = False) -> None:
        """Reads one list for each kind. A scan that lacks what this run made proves nothing."""
        self.last_scan = self.hooks.clock.monotonic()
        for kind in {item.live.kind.name: item.live.kind for item in items}.values():
            listing = self._alive(kind)
            for item in items:
                if item.live.kind is kind and listing is not None:
                    seen = self.creator.settling(kind, item.live.name, listing) if last else listing
                    self._look(item, seen, last)

    def _alive(self, kind: Kind) -> Listing | None:
        try:
            return self.account.alive(kind)
        except ApiError:
            return None

    def _look(self, item: MadeHere, listing: Listing, last: bool) -> None:
        """Judges one campaign by what one list says. Only the last look settles that there is no older one."""
        same = namesakes(listing.campaigns, item.live.name)
        alive = (live for live in listing.campaigns if live.alive)
        listed = next((live for live in alive if live.sid == item.live.sid), None)
        if listed is not None:
            self.judge.listed(item.progress, listed)
        if item.progress.lost_to is not None:  # an early look may have missed who stays in the end
            item.settled = last
            item.progress.lost_to = same[0] if same else item.progress.lost_to
        elif listed is None and not (last and self._is_over(item)):
            return  # it proves nothing
        elif item.adopted and len(same) > 1:
            item.settled = True
            message = self.creator.pause_all_but_the_oldest(same)
            item.progress.end(ChangeOutcome.UNKNOWN, Reason("unknown-outcome", message))
        elif older := older_than(listed or item.live, same):
            self._step_back(item, listed or item.live, older, last)
        else:
            item.settled = last and (listed is None or listing.complete)
            if listed is not None:
                self.judge.listed(item.progress, listed)

    def _is_over(self, item: MadeHere) -> bool:
        """Tells whether it is finished already, so that no list of the alive will ever show it."""
        live = self.creator.sender.read(item.live)
        if live is None or not live.finished:
            return False
        item.live = live
        return True

    def _step_back(self, item: MadeHere, mine: Live, older: Live, last: bool) -> None:
        """Ends the younger one. Where the older one is no longer there this list is out of date: the next one tells.

        An adopted one may be another run's, and is over here: there is nothing to end.
        """
        progress = item.progress
        if item.adopted:
            progress.lost_to, item.settled = older, last
            return
        ending = end_duplicate(self.creator.sender, mine, older)
        progress.operations.extend(ending.operations)
        if ending.older is None:
            self._doubt(item, mine, older, ending)
            return
        if ending.trouble is not None:
            item.settled = item.left = True
            command = self.address.command("complete", mine.sid)
            message = (
                f"another run made {older.sid} first, and {mine.sid} could not be ended "
                f"({ending.trouble.message}): run `{command}`"
            )
            failure = Failure(ending.trouble.code, message)
            progress.end(ChangeOutcome.FAILED, Reason(ending.trouble.code, message), failure)
            return
        progress.lost_to, item.settled = ending.older, last
        progress.notes.append(
            f"another run made {older.sid} first: {mine.sid}, which this run made, {ending.says}"
        )

    def _doubt(self, item: MadeHere, mine: Live, older: Live, ending: Ending) -> None:
        """Notes that what stays is not seen to be there; where ours was paused for it, that is what is said in the
        end.
        """
        if not ending.operations:
            return
        item.doubt = (
            f"another run made {older.sid} first, and the account does not show what that one is doing: "
            f"{mine.sid}, which this run made, {ending.doubt(mine, self.address)}"
        )

    def judge_losers(self, terms: Terms) -> None:
        """Judges the changes that lost: for the loser the change is as the winner is."""
        for item in self.made:
            winner, progress = item.progress.lost_to, item.progress
            if winner is None:
                continue
            progress.live = winner
            if is_as_asked(winner, progress.change.desired, terms):
                reason = Reason("lost-race", f"another run made it first ({winner.sid}), as asked")
                progress.end(ChangeOutcome.UNCHANGED, reason)
            else:
                reason = Reason("lost-race", f"another run made {winner.sid} first, and it is not as asked")
                progress.end(ChangeOutcome.SKIPPED, reason)


def is_as_asked(live: Live, desired: Desired | None, terms: Terms) -> bool:
    """Tells whether nothing would be left to do to it."""
    if desired is None:
        return False
    decision = decide(desired, live, terms)
    done = not decision.operations and not decision.held
    return done and decision.reason.code in ("in-sync", "cannot-compare")
