"""Handles what a run that was killed left behind (rule 10.1): a plan reads its intents, the next apply finishes
what is left.

`seen_through` is what a plan makes of them: it neither waits nor writes. An apply waits and looks before it plans
(`Leftovers.look`), and writes only once everything that could refuse it has passed (`Leftovers.finish`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from campaignctl.applying.creating import Creator, namesakes
from campaignctl.applying.duplicates import end_duplicate, older_than
from campaignctl.applying.intents import Intent
from campaignctl.applying.port import AccountPort, Hooks
from campaignctl.applying.races import LOOK_EVERY, SHOWS_WITHIN
from campaignctl.errors import ApiError
from campaignctl.kinds import KINDS
from campaignctl.kinds.table import Kind
from campaignctl.model.campaigns import Desired, Listing, Live, Snapshot
from campaignctl.model.permissions import HERE, Address
from campaignctl.model.requests import settled_after
from campaignctl.model.results import ChangeOutcome
from campaignctl.planning.match import manifest_of
from campaignctl.tuples import NamedTuple

_CUT_OFF: Final = "an earlier run was cut off"
_NOT_COMPLETE: Final = "no complete list of the account shows whether another run made a twin"
_YOUNG_SECONDS: Final = 60.0
_FOREIGN: Final = (
    "is noted as made by an earlier run, and this API token did not seal the note: nothing is paused or ended for it; "
    "when no run is under way, delete"
)


@dataclass(frozen=True, slots=True)
class Settled:
    """Says what became of leftovers.

    `bad` holds `unknown` where nobody can tell which campaign is to stay, or whether there is another, and `failed`
    where a duplicate could not be ended: the run ends as it does where its own changes came to that. `found`: one
    turned up of which no intent knew the SID, so that a plan made before that may want to create it.
    """

    notes: tuple[str, ...] = ()
    bad: frozenset[ChangeOutcome] = frozenset()
    found: bool = False


class _LeftoverResult(NamedTuple):
    """Says what became of one of them: what is told, how bad it is, and whether it was found by its name alone."""

    note: str = ""
    bad: ChangeOutcome | None = None
    found: bool = False


def _unseen(note: str) -> _LeftoverResult:
    """Says that nobody can tell whether another run made a twin: as unknown as of what this run makes (rule 10.5)."""
    return _LeftoverResult(note, ChangeOutcome.UNKNOWN)


def _bears_its_name(live: Live, intent: Intent) -> bool:
    """Tells whether a campaign is called as the earlier run called it, as far as the account shows."""
    return not live.name or live.name == intent.name


def _pinned(manifests: Iterable[Desired]) -> frozenset[str]:
    return frozenset(it.sid for it in manifests if it.sid is not None)


def _older(
    mine: Live, campaigns: Iterable[Live], intent: Intent, manifests: Sequence[Desired]
) -> Live | None:
    """Returns the campaign of which an earlier run's own is a duplicate: an older one of the name that is alive, and
    that may be what the name means.

    What a manifest pins is no candidate for the name of another (rule 1): so where a manifest means the name, the
    duplicate of a pinned one is all that there is of it, stays, and keeps the name in use. What nobody means is a
    duplicate of any.
    """
    same = namesakes(campaigns, intent.name)
    if manifest_of(mine, manifests) is not None:
        pinned = _pinned(manifests)
        same = [it for it in same if it.sid not in pinned]
    return older_than(mine, same)


def seen_through(
    intents: Iterable[Intent],
    snapshot: Snapshot,
    get: Callable[[Kind, str], Live | None],
    is_ours: Callable[[Intent], bool],
    manifests: Sequence[Desired] = (),
) -> Snapshot:
    """Adds to the account what earlier runs certainly made, and takes out the duplicates of theirs that an apply
    ends. Where the older one is pinned, it is in the way of nothing that looks like it: the duplicate is, until then.

    One that no list shows is read by its SID: a name that is in use must not look free. `manifests` are all of the
    project's. Raises ApiError.
    """
    pinned = _pinned(manifests)
    for intent in intents:
        listing = snapshot.listings.get(intent.kind)
        if listing is None or intent.sid is None or intent.sid in pinned:
            continue
        live = next((it for it in listing.campaigns if it.sid == intent.sid), None)
        if live is None:
            live = get(KINDS[intent.kind], intent.sid)
            campaigns = (*listing.campaigns, live) if live is not None else listing.campaigns
            listing = listing._replace(campaigns=campaigns)
        older = None
        if live is not None and live.alive and _bears_its_name(live, intent) and is_ours(intent):
            older = _older(live, listing.campaigns, intent, manifests)
        if live is not None and older is not None:
            rest = tuple(it for it in listing.campaigns if it.sid != intent.sid)
            listing = listing._replace(campaigns=rest)
            if older.sid in pinned:
                snapshot = snapshot._replace(leaving=(*snapshot.leaving, live))
            note = f"{live.sid}, which an earlier run made after {older.sid}, is ended by the next apply"
            snapshot = snapshot._replace(notes=(*snapshot.notes, note))
        snapshot = snapshot._replace(listings={**snapshot.listings, intent.kind: listing})
    return snapshot


@dataclass
class Leftovers:
    """Looks at each intent of an earlier run, once it is `settle_seconds` old, and finishes what is left.

    A campaign that a manifest pins is meant, whatever the intent says. `account` shows what is pinned, too;
    `manifests` are all of the project's.
    """

    account: AccountPort
    creator: Creator
    hooks: Hooks
    manifests: Sequence[Desired] = ()
    address: Address = HERE
    _listings: dict[str, tuple[float, Listing]] = field(default_factory=dict)
    _waited: float = 0.0

    @cached_property
    def _pinned(self) -> frozenset[str]:
        return _pinned(self.manifests)

    def look(self) -> None:
        """Waits until lists show what earlier runs made. Raises ApiError where the account cannot be read."""
        for intent in self._intents():
            self._wait(intent)
        for intent in self._intents():
            if intent.sid is not None and intent.sid not in self._pinned:
                self._shown(intent)

    def finish(self) -> Settled:
        """Finishes what is left of each. One that cannot be looked at is left to the next run."""
        notes, bad, found = [], set[ChangeOutcome](), False
        for intent in self._intents():
            try:
                finished = self._finish(intent)
            except ApiError as error:
                finished = _unseen(f"{_CUT_OFF}, and nobody could look at what it made: {error}")
            found = found or finished.found
            if finished.bad is not None:
                bad.add(finished.bad)
            if finished.note:
                notes.append(f"{KINDS[intent.kind].short}/{intent.name}: {finished.note}")
        return Settled(tuple(notes), frozenset(bad), found)

    def _intents(self) -> tuple[Intent, ...]:
        return tuple(intent for intent in self.creator.intents.left() if intent.kind in KINDS)

    def _wait(self, intent: Intent) -> None:
        """Waits as long as a run waits before its last look: until everything shows that may be older (rule 10.5)."""
        left = settled_after(self.creator.environment) - self.creator.intents.age_seconds(intent)
        if self.hooks.settle and left > 0:
            self.hooks.clock.sleep(left)

    def _finish(self, intent: Intent) -> _LeftoverResult:
        if intent.sid is not None and intent.sid in self._pinned:
            self._forget(intent)
            return _LeftoverResult()
        listing = self._shown(intent)
        if intent.sid is not None:
            return self._known(intent, listing)
        same = [it for it in namesakes(listing.campaigns, intent.name) if it.sid not in self._pinned]
        if len(same) > 1 and not self.creator.intents.is_ours(intent):
            return self._foreign(intent, "one of this name")
        if len(same) > 1:
            self._forget(intent)
            paused = self.creator.pause_all_but_the_oldest(same)
            return _LeftoverResult(f"{_CUT_OFF}; {paused}", ChangeOutcome.UNKNOWN, found=True)
        if same and not listing.complete:
            return _unseen(f"{_CUT_OFF}; {_NOT_COMPLETE}")._replace(found=True)
        if same:
            self._forget(intent)
            return _LeftoverResult(f"{_CUT_OFF}; it had created {same[0].sid}", found=True)
        return _LeftoverResult()

    def _shown(self, intent: Intent) -> Listing:
        """Reads what settles the name.

        With the SID known, the list is read until it shows the campaign, or that is over; but all together wait no
        longer than one would: a pause of this run comes after it.
        """
        again = False
        while True:
            listing = self._alive(intent.kind, again)
            listing = self.creator.settling(KINDS[intent.kind], intent.name, listing)
            sids = {live.sid for live in listing.campaigns}
            if intent.sid is None or intent.sid in sids or self._is_over(intent):
                return listing
            if self._waited >= SHOWS_WITHIN:
                return listing
            self.hooks.clock.sleep(LOOK_EVERY)
            self._waited += LOOK_EVERY
            again = True

    def _alive(self, kind: str, again: bool) -> Listing:
        """Reads one list for all intents of a kind: a run that was killed late leaves thousands."""
        now = self.hooks.clock.monotonic()
        at, listing = self._listings.get(kind, (0.0, None))
        if again or listing is None or now - at > _YOUNG_SECONDS:
            listing = self.account.alive(KINDS[kind])
            self._listings[kind] = now, listing
        return listing

    def _is_over(self, intent: Intent) -> bool:
        live = self.account.get(KINDS[intent.kind], intent.sid or "")
        return live is None or not live.alive or not _bears_its_name(live, intent)

    def _known(self, intent: Intent, listing: Listing) -> _LeftoverResult:
        """Settles the earlier run's own campaign: the older one stays, as that run would have decided. What somebody
        gave another name is no duplicate of this one any more.
        """
        mine = next((live for live in listing.campaigns if live.sid == intent.sid), None)
        listed = mine is not None
        mine = mine or self.account.get(KINDS[intent.kind], intent.sid or "")
        if mine is not None and not _bears_its_name(mine, intent):
            self._forget(intent)
            return _LeftoverResult(f"{_CUT_OFF}; {mine.sid}, which it had created, is called {mine.name} now")
        if not listed and mine is not None and mine.alive:
            return _unseen(f"{intent.sid} was created and the account's list does not show it")
        older = _older(mine, listing.campaigns, intent, self.manifests) if mine is not None else None
        if mine is not None and older is not None and not self.creator.intents.is_ours(intent):
            return self._foreign(intent, mine.sid)
        if mine is not None and older is not None:
            return self._step_back(intent, mine, older)
        if listed and not listing.complete:
            return _unseen(_NOT_COMPLETE)
        self._forget(intent)
        return _LeftoverResult()

    def _foreign(self, intent: Intent, what: str) -> _LeftoverResult:
        """Leaves alone what somebody's file says of a campaign: it may have come with the checkout."""
        return _LeftoverResult(f"{what} {_FOREIGN} {self.creator.intents.path(intent.kind, intent.name)}")

    def _step_back(self, intent: Intent, mine: Live, older: Live) -> _LeftoverResult:
        ending = end_duplicate(self.creator.sender, mine, older)
        if ending.in_doubt:
            return _LeftoverResult(
                f"{mine.sid} may be a duplicate of {older.sid}, and the account does not show what that one is doing: "
                f"it {ending.doubt(mine, self.address)}",
                ChangeOutcome.UNKNOWN,
            )
        if ending.older is None:
            return _LeftoverResult(
                f"{mine.sid} looked like a duplicate of {older.sid}, which is no longer there: plan again"
            )
        if ending.trouble is not None:
            command = self.address.command("complete", mine.sid)
            says = (
                f"{mine.sid} is a duplicate of {older.sid} and could not be ended ({ending.trouble.message})"
            )
            return _LeftoverResult(f"{says}: run `{command}`", ChangeOutcome.FAILED)
        self._forget(intent)
        return _LeftoverResult(f"{mine.sid}, which an earlier run made after {older.sid}, {ending.says}")

    def _forget(self, intent: Intent) -> None:
        self.creator.intents.forget(intent.kind, intent.name)
