"""Gives an upload the account's contacts and lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaignctl.api.client import Client
from campaignctl.api.contact_lists import read_lists
from campaignctl.api.counting import count_list
from campaignctl.api.requesting import Check
from campaignctl.errors import ApiError
from campaignctl.kinds import KINDS
from campaignctl.model.campaigns import Listing
from campaignctl.model.managed_lists import AccountList
from campaignctl.model.results import ContactExchange


@dataclass(frozen=True)
class ListAccount:
    """Speaks through the client of the account, so that its pace holds for everything."""

    client: Client

    def create_contacts(self, contacts: Sequence[Mapping[str, str]]) -> ContactExchange:
        """See `Client.create_contacts`."""
        return self.client.create_contacts(contacts)

    def create_list(self, name: str) -> ContactExchange:
        """See `Client.create_list`."""
        return self.client.create_list(name)

    def fill_list(self, sid: str, contacts: Sequence[str]) -> ContactExchange:
        """See `Client.fill_list`."""
        return self.client.fill_list(sid, contacts)

    def delete_list(self, sid: str, check: Check | None = None) -> ContactExchange:
        """See `Client.delete_list`."""
        return self.client.delete_list(sid, check)

    def find(self, name: str) -> tuple[AccountList, ...]:
        """See `read_lists`."""
        return read_lists(self.client, name).lists

    def all(self) -> tuple[AccountList, ...]:
        """See `read_lists`."""
        return read_lists(self.client).lists

    def is_gone(self, sid: str) -> bool:
        """Tells whether all lists could be read, and it is none of them."""
        try:
            found = read_lists(self.client)
        except ApiError:
            return False
        return found.complete and all(it.sid != sid for it in found.lists)

    def count(self, sid: str) -> int | None:
        """See `count_list`."""
        return count_list(self.client, sid).count

    def campaigns(self) -> tuple[Listing, ...]:
        """See `refresh.alive`."""
        from campaignctl.api.refresh import alive, alive_elsewhere  # where a list is deleted

        return (*(alive(self.client, kind) for kind in KINDS.values()), *alive_elsewhere(self.client))
