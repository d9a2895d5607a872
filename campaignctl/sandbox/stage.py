"""Holds all of a sandbox but HTTP: its database, clock, switches, faults and journal, and what can be done to them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path

from campaignctl.clock import Clock
from campaignctl.kinds.lifecycle import Status, read_status
from campaignctl.sandbox import seeding
from campaignctl.sandbox.campaign import Campaign
from campaignctl.sandbox.clock import VirtualClock
from campaignctl.sandbox.collection import COLLECTIONS
from campaignctl.sandbox.faults import Faults
from campaignctl.sandbox.journal import Journal
from campaignctl.sandbox.quota import Quota
from campaignctl.sandbox.shapes import RefusalError, Sent
from campaignctl.sandbox.store import Search, Store
from campaignctl.sandbox.switches import Switches
from campaignctl.sandbox.world import World

_OFFSET = "clock offset"


class Stage:
    """Holds a database that is owned, and what goes on over it. `stopping` is set when the server ends."""

    def __init__(self, database: Path | None, clock: Clock, start_at: datetime | None) -> None:
        """Opens the database; a fresh one's clock begins at `start_at`."""
        self.store = Store(database)
        self.start_at = start_at
        self.clock = VirtualClock(clock)
        self.switches = Switches()
        self.faults = Faults()
        self.journal = Journal()
        self.quota = Quota()
        self.world = World(self.store, self.clock, self.switches)
        self.stopping = threading.Event()
        with self.store.transaction():
            self._set_clock(start_at)

    def _set_clock(self, start_at: datetime | None) -> None:
        stored = self.store.setting(_OFFSET)
        if stored is not None:
            self.clock.offset = timedelta(microseconds=json.loads(stored))
            return
        self.clock.offset = timedelta()
        if start_at is not None:
            self.clock.begin_at(start_at)
        self._keep_clock()

    def _keep_clock(self) -> None:
        self.store.set(_OFFSET, json.dumps(self.clock.offset // timedelta(microseconds=1)))

    def reset(self, start_at: datetime | None = None) -> None:
        """Makes it as fresh as on the first day: no campaigns, all switches back, the clock at its beginning."""
        with self.store.transaction():
            self.store.clear()
            self._set_clock(start_at or self.start_at)
        self.switches.change(asdict(Switches()))
        self.faults.clear()
        self.journal.clear()
        self.quota.clear()

    def advance(self, by: timedelta) -> datetime:
        """Moves the clock on; what became due is dialled when an account is next looked at. Returns the new now."""
        with self.store.transaction():
            self.clock.advance(by)
            self._keep_clock()
            return self.clock.now()

    def seed(self, account: str, collection: str, campaigns: Iterable[Sent]) -> list[str]:
        """Seeds campaigns; see `seeding.seed`. `lists` takes contact lists, see `AddressBook.seed`."""
        with self.store.transaction():
            if collection == "lists":
                return self.world.book.seed(account, list(campaigns), seeding.moment)
            return seeding.seed(self.world, account, seeding.collection_named(collection), campaigns)

    def numbers(self, account: str, sid: str) -> list[str]:
        """Returns whom a list calls, whatever the account says of it."""
        with self.store.transaction():
            return self.world.book.numbers(account, begun=True)(sid)

    def set_status(self, account: str, sid: str, word: str) -> None:
        """Puts any status on a campaign, `deleted` and words that nobody knows among them; 404 where there is none."""
        with self.store.transaction():
            self.world.settle(account)
            campaign = self.store.find(account, tuple(COLLECTIONS), sid)
            if campaign is None:
                raise RefusalError(404, f"There is no campaign {sid}.", "Check account and SID.")
            state = read_status(word)
            status = word if state is Status.UNKNOWN else state.value
            self.store.replace(replace(campaign, status=status, updated=self.world.now()))

    def campaigns(self, account: str) -> list[Campaign]:
        """Returns all campaigns of an account as they are, whatever its switches make it say."""
        with self.store.transaction():
            self.world.settle(account)
            return self.store.page(Search(account, tuple(COLLECTIONS)), 0, self.store.last_number())

    def close(self) -> None:
        """Gives the database up."""
        self.stopping.set()
        self.store.close()
