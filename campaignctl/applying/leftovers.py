"""What a run that was killed left behind (rule 10.1): its intents are settled before the next one plans."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from campaignctl.applying.creating import Creator, bearers
from campaignctl.applying.intents import Intent
from campaignctl.applying.port import Account, Hooks
from campaignctl.applying.races import GRACE_SECONDS, LOOK_EVERY, SHOWS_WITHIN
from campaignctl.errors import ApiError
from campaignctl.kinds import KINDS
from campaignctl.kinds.lifecycle import Action
from campaignctl.planning.outcome import Done
from campaignctl.planning.resources import Listing, Live

_NOT_WHOLE: Final = "no whole list of the account shows whether another run made a twin"


@dataclass(frozen=True, slots=True)
class Settled:
    """`twins` tells of campaigns that were paused because nobody knows which one is whose: exit 5."""

    notes: tuple[str, ...] = ()
    twins: bool = False


@dataclass
class Leftovers:
    """Looks at each intent of an earlier run, once it is `settle_seconds` old, and finishes what is left."""

    account: Account
    creator: Creator
    hooks: Hooks
    _listings: dict[str, Listing] = field(default_factory=dict)

    def settle(self) -> Settled:
        """Raises ApiError where the account cannot be read: then nothing is planned either."""
        notes, twins = [], False
        intents = [intent for intent in self.creator.intents.left() if intent.kind in KINDS]
        for intent in intents:
            self._wait(intent)
        for intent in intents:
            note, twin = self._finish(intent)
            twins = twins or twin
            if note:
                notes.append(f"{KINDS[intent.kind].short}/{intent.name}: {note}")
        return Settled(tuple(notes), twins)

    def _wait(self, intent: Intent) -> None:
        """As long as a run waits before its last look: until everything shows that may be older (rule 10.5)."""
        settled = self.creator.environment.settle_seconds + GRACE_SECONDS
        left = settled - self.creator.intents.age_seconds(intent)
        if self.hooks.settle and left > 0:
            self.hooks.clock.sleep(left)

    def _finish(self, intent: Intent) -> tuple[str | None, bool]:
        listing = self._shown(intent)
        same = bearers(listing.campaigns, intent.name)
        if intent.sid is not None and intent.sid in {live.sid for live in same}:
            return self._known(intent, same, listing.whole), False
        if intent.sid is not None:
            return self._gone_or_hidden(intent), False
        if len(same) > 1:
            self._forget(intent)
            return f"an earlier run was cut off; {self.creator.pause_all_but_the_oldest(same)}", True
        if same and not listing.whole:
            return f"an earlier run was cut off; {_NOT_WHOLE}", False
        if same:
            self._forget(intent)
            return f"an earlier run was cut off; it had created {same[0].sid}", False
        return None, False

    def _shown(self, intent: Intent) -> Listing:
        """What settles the name. With its SID known, the list is read until it shows the campaign, or it is over."""
        waited = 0.0
        while True:
            listing = self._alive(intent.kind, again=waited > 0)
            listing = self.creator.settling(KINDS[intent.kind], intent.name, listing)
            sids = {live.sid for live in bearers(listing.campaigns, intent.name)}
            if intent.sid is None or intent.sid in sids or self._is_over(intent):
                return listing
            if waited >= SHOWS_WITHIN:
                return listing
            self.hooks.clock.sleep(LOOK_EVERY)
            waited += LOOK_EVERY

    def _alive(self, kind: str, again: bool) -> Listing:
        """One list for all intents of a kind: a run that was killed late leaves thousands."""
        if again or kind not in self._listings:
            self._listings[kind] = self.account.alive(KINDS[kind])
        return self._listings[kind]

    def _is_over(self, intent: Intent) -> bool:
        live = self.account.get(KINDS[intent.kind], intent.sid or "")
        return live is None or not live.alive

    def _known(self, intent: Intent, same: list[Live], whole: bool) -> str | None:
        """The earlier run's own campaign: the older one stays, as that run would have decided."""
        if same[0].sid == intent.sid and not whole:
            return _NOT_WHOLE
        if same[0].sid == intent.sid:
            self._forget(intent)
            return None
        mine = next(live for live in same if live.sid == intent.sid)
        for action in (Action.PAUSE, Action.COMPLETE, Action.ARCHIVE):
            if not isinstance(self.creator.sender.act(mine, action).answer, Done):
                return (
                    f"{mine.sid} is a duplicate of {same[0].sid} and could not be ended: complete it by hand"
                )
        self._forget(intent)
        return (
            f"{mine.sid}, which an earlier run made after {same[0].sid}, was paused, completed and archived"
        )

    def _gone_or_hidden(self, intent: Intent) -> str | None:
        """Over already, or never shown: in both cases there is nothing left to decide for this name."""
        try:
            over = self._is_over(intent)
        except ApiError:
            return None
        if over:
            self._forget(intent)
            return None
        return f"{intent.sid} was created and the account's list does not show it"

    def _forget(self, intent: Intent) -> None:
        self.creator.intents.forget(intent.kind, intent.name)
