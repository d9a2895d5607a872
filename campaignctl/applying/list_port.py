"""Says what carrying out an upload needs of the account; `api.list_account.ListAccount` speaks HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from campaignctl.model.contact_items import ContactExchange
from campaignctl.model.managed_lists import AccountList


class ListPort(Protocol):
    """Gives access to the contacts and lists of one account.

    Reads raise `ApiError`; writes never raise for what the account does.
    """

    def create_contacts(self, contacts: Sequence[Mapping[str, str]]) -> ContactExchange:
        """Makes people known; it is harmless to repeat."""

    def create_list(self, name: str) -> ContactExchange:
        """Makes an empty list; names are unique."""

    def fill_list(self, sid: str, contacts: Sequence[str]) -> ContactExchange:
        """Puts contacts into a list."""

    def delete_list(self, sid: str) -> ContactExchange:
        """Deletes a list."""

    def find(self, name: str) -> tuple[AccountList, ...]:
        """Returns the lists that a search by the name shows; they may lag behind what was made."""

    def all(self) -> tuple[AccountList, ...]:
        """Returns every list, for an account whose search shows nothing."""

    def count(self, sid: str) -> int | None:
        """Returns how many people are in a list; None where nobody knows."""
