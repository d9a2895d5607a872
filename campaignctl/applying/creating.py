"""Creates at most once (rule 10): an intent, one request, and a look where its outcome is not known.

    planned ── intent written ── sent ─┬─ answered ───────────────────────────── made
                                       ├─ refused, never connected, too late ─── not made
                                       └─ unknown ── looked up by name, for ─┬─ there, as asked or made since: adopted
                                                     settle_seconds          ├─ two there: all but the oldest paused
                                                                             └─ else: unknown, for the next run

Nothing here sends a create a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from campaignctl.applying.intents import Intents
from campaignctl.applying.port import AccountPort, AppearedError, Check, Hooks, TooLateError
from campaignctl.applying.sending import Sender
from campaignctl.errors import ApiError, InputError, InterruptedRunError
from campaignctl.kinds.lifecycle import CALLING, State
from campaignctl.kinds.table import Kind, Role, Value
from campaignctl.model.campaigns import Desired, Listing, Live
from campaignctl.model.environment import Environment
from campaignctl.model.looks import Look, reaches_the_same, says_the_same, starts_with
from campaignctl.model.results import Done, Exchange, NotReached, Refused, Unknown
from campaignctl.planning.compare import compare

MOST_LOST_IN_A_ROW: Final = 2
"""After so many creates that nobody knows of, or that never reached the account, no further one is sent."""


_ROUNDED: Final = timedelta(seconds=2)
"""`Date` and `date_created` are cut to seconds, and come from two machines of the account."""


_Own: TypeAlias = Callable[[tuple[Live, ...]], list[Live]]
"""Finds what this run made under another name among what is alive."""
_ALL_THREE: Final = (reaches_the_same, starts_with, says_the_same)


@dataclass(frozen=True, slots=True)
class Made:
    """Holds what became of a create. `adopted`: it was found by its name, so it may be another run's."""

    exchange: Exchange
    adopted: bool = False


@dataclass
class Creator:
    """Creates campaigns, and counts what it lost.

    `lost` counts those in a row whose outcome is open or that never arrived.
    """

    account: AccountPort
    sender: Sender
    intents: Intents
    environment: Environment
    hooks: Hooks
    lost: int = 0

    @property
    def gave_up(self) -> bool:
        """Tells whether no further create is sent."""
        return self.lost >= MOST_LOST_IN_A_ROW

    def create(
        self,
        desired: Desired,
        spec: Mapping[str, Value],
        check: Check | None = None,
        newcomers: Callable[[Iterable[Live]], Iterable[Live]] = lambda _campaigns: (),
    ) -> Made:
        """Creates one campaign. Where its answer is lost it may be among `newcomers`, under another name.

        Raises InputError where the intent cannot be written, and what `check` raises: then nothing was sent.
        """
        kind, name = desired.kind, desired.name or ""
        earlier, sent_at = self.intents.earlier(kind.name, name), self.account.now()

        def note() -> None:
            """Notes the intent right before the request goes out, whatever it waited for: its age counts from here."""
            nonlocal sent_at
            if check is not None:
                check()
            self.intents.write(kind.name, name)
            sent_at = self.account.now()

        try:
            exchange = self.account.create(kind, spec, note)
        except (TooLateError, AppearedError, ApiError, InterruptedRunError):
            self.intents.restore(kind.name, name, earlier)  # ended while it waited for its turn
            raise
        match exchange.answer:
            case Done(live):
                with suppress(InputError):  # without its SID the intent says less, and nothing wrong
                    self.intents.know(kind.name, name, live.sid)
                self.lost = 0
                return Made(exchange)
            case Refused():
                self.intents.restore(kind.name, name, earlier)
                self.lost = 0
                return Made(exchange)
            case NotReached():
                self.intents.restore(kind.name, name, earlier)
                self.lost += 1
                return Made(exchange)
            case Unknown():

                def own(alive: tuple[Live, ...]) -> list[Live]:
                    since = (it for it in alive if it.alive and it.created and _made_since(it, sent_at))
                    return self._named_otherwise(desired, newcomers(since))

                return self._look(desired, exchange.answer, exchange.attempts, sent_at, own)

    def _look(self, desired: Desired, unknown: Unknown, attempts: int, sent_at: datetime, own: _Own) -> Made:
        """Looks for a campaign whose create had no known outcome.

        The one that is there serves where it is as asked, and is this run's own where it was made since. Nobody is
        sure of any other one; where all of a name are to wait, all that is found is paused, and nobody who wants to
        end cuts the look short: its pause belongs to the create.
        """
        waits = desired.state is State.PAUSED
        with self.hooks.undeterred() if waits else nullcontext():
            found = self._found(desired, own)
        if len(found) == 1 and (self._as_asked(desired, found[0]) or _made_since(found[0], sent_at)):
            self.lost = 0
            return Made(Exchange(Done(found[0]), attempts), adopted=True)
        self.lost += 1
        message = unknown.message
        if len(found) > 1:
            message += f"; {self.pause_all_but_the_oldest(found, and_that_one=waits)}"
        elif found:
            message += f"; {found[0].sid} has its name and is not as asked"
            message += f"; {self._paused(found, 'it is paused')}" if waits else ""
        return Made(Exchange(Unknown(message, unknown.http), attempts))

    def _found(self, desired: Desired, own: _Own) -> list[Live]:
        """Finds campaigns by the name; at last among all that are alive, for an account whose search shows nothing, or
        that has given it another name.
        """
        with suppress(InterruptedRunError):  # what was sent stays unknown
            for _ in self.hooks.moments(self.environment.settle_seconds):
                if found := namesakes(self._read(desired, self.account.search), desired.name or ""):
                    return found
            alive = self._read(desired, lambda kind, _name: self.account.alive(kind))
            return namesakes(alive, desired.name or "") or own(alive)
        return []

    def _named_otherwise(self, desired: Desired, since: Iterable[Live]) -> list[Live]:
        """Finds the one that is as it was sent, but for its name, among those that were made since."""
        country, mine = self.environment.country, Look(desired, self.environment.country)
        found = [
            live
            for live in since
            if all(alike(mine, Look(live, country)) for alike in _ALL_THREE)
            and self._differs_in_name_alone(desired, live)
        ]
        return found if len(found) == 1 else []

    def _differs_in_name_alone(self, desired: Desired, live: Live) -> bool:
        differences = compare(desired, live, self.environment.country).differences
        return all(live.kind.by_path[it.field].role is Role.NAME for it in differences)

    def _read(self, desired: Desired, look: Callable[[Kind, str], Listing]) -> tuple[Live, ...]:
        """Returns what a look shows; nothing where it cannot be read."""
        try:
            return look(desired.kind, desired.name or "").campaigns
        except ApiError:
            return ()

    def settling(self, kind: Kind, name: str, listing: Listing) -> Listing:
        """Returns what may settle a name: the list, or a complete search by the name where an item of the list has
        failed. What a search shows that is not complete is there all the same.
        """
        if listing.complete:
            return listing
        try:
            by_name = self.account.search(kind, name)
        except ApiError:
            return listing
        if by_name.complete:
            return by_name
        seen = {live.sid for live in listing.campaigns}
        more = tuple(live for live in by_name.campaigns if live.sid not in seen)
        return listing._replace(campaigns=(*listing.campaigns, *more)) if more else listing

    def _as_asked(self, desired: Desired, live: Live) -> bool:
        return not compare(desired, live, self.environment.country).differences

    def pause_all_but_the_oldest(self, oldest_first: list[Live], *, and_that_one: bool = False) -> str:
        """Pauses all campaigns but the oldest: nobody can tell which one this run made, and one that calls too much
        is worse than one that waits.
        """
        spared = "all" if and_that_one else f"all but the oldest, {oldest_first[0].sid},"
        others = oldest_first if and_that_one else oldest_first[1:]
        return f"several have its name; {self._paused(others, f'{spared} are paused')}"

    def _paused(self, campaigns: list[Live], says: str) -> str:
        """Pauses campaigns and returns what is then said; those that were not seen to be quiet are named."""
        lost = []
        with self.hooks.undeterred():
            for live in campaigns:
                if live.status in CALLING and not self.sender.pause_duplicate(live, urgent=True).took:
                    lost.append(live.sid)
        return says + (f" BUT {', '.join(lost)}: pause them by hand now" if lost else "")


def _made_since(live: Live, moment: datetime) -> bool:
    """Tells whether a campaign was made since.

    One that shows no date appeared since all the same: nothing alive had the name before.
    """
    return live.created is None or live.created >= moment - _ROUNDED


def namesakes(campaigns: Iterable[Live], name: str) -> list[Live]:
    """Returns the alive campaigns of a name, oldest first."""
    return sorted(
        (live for live in campaigns if live.alive and live.name == name), key=lambda live: live.age_key
    )
