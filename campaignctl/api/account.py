"""Gives an apply the account: the client's requests, and the lists that a look-up takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from campaignctl.api.client import Client
from campaignctl.api.listing import search
from campaignctl.api.newest import newest_finished
from campaignctl.api.refresh import alive
from campaignctl.api.requesting import Check
from campaignctl.kinds.operations import Action
from campaignctl.kinds.table import Kind, Value
from campaignctl.model.campaigns import Listing, Live
from campaignctl.model.clocks import OtherClock
from campaignctl.model.plan import ListCount
from campaignctl.model.results import Exchange


@dataclass(frozen=True)
class Account:
    """Speaks through one client, so that its pace and its clock hold for everything.

    `pinned` are the SIDs that manifests name: none of those is a candidate for the name of another (rule 1).
    """

    client: Client
    pinned: frozenset[str] = frozenset()

    def now(self) -> datetime:
        """Returns the server's clock."""
        return self.client.now()

    def other_clocks(self) -> tuple[OtherClock, ...]:
        """See `Client.other_clocks`."""
        return self.client.other_clocks()

    def get(self, kind: Kind, sid: str) -> Live | None:
        """See `Client.get`."""
        return self.client.get(kind, sid)

    def search(self, kind: Kind, name: str) -> Listing:
        """Searches a kind for a name, without what manifests pin; see `listing.search`."""
        return self._unpinned(search(self.client, kind, name))

    def alive(self, kind: Kind) -> Listing:
        """Reads the alive of a kind, without what manifests pin; see `refresh.alive`."""
        return self._unpinned(alive(self.client, kind))

    def newest_finished(self, kind: Kind) -> tuple[Live, ...]:
        """Reads the newest finished of a kind, without what manifests pin; see `newest.newest_finished`."""
        return tuple(it for it in newest_finished(self.client, kind) if it.sid not in self.pinned)

    def _unpinned(self, listing: Listing) -> Listing:
        return listing._replace(campaigns=tuple(it for it in listing.campaigns if it.sid not in self.pinned))

    def count_list(self, sid: str) -> ListCount:
        """See `counting.count_list`."""
        from campaignctl.api.counting import count_list  # where lists are sent to

        return count_list(self.client, sid)

    def create(self, kind: Kind, spec: Mapping[str, Value], check: Check | None = None) -> Exchange:
        """See `Client.create`."""
        return self.client.create(kind, spec, check)

    def update(self, kind: Kind, sid: str, spec: Mapping[str, Value], check: Check | None = None) -> Exchange:
        """See `Client.update`."""
        return self.client.update(kind, sid, spec, check)

    def act(
        self, kind: Kind, sid: str, action: Action, check: Check | None = None, *, urgent: bool = False
    ) -> Exchange:
        """See `Client.act`."""
        return self.client.act(kind, sid, action, check, urgent=urgent)
