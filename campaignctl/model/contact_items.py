"""Holds what became of a request that writes contacts and the lists that they are in."""

from __future__ import annotations

from dataclasses import dataclass

from campaignctl.model.results import NotReached, Refused, Unknown


@dataclass(frozen=True, slots=True)
class ContactItem:
    """Holds one item of an answer. `fine` says that it succeeded; `code` is its own, None without.

    `sid` is the contact's or list's own, `number` and `fields` what it shows of a contact; `message` why it failed.
    """

    fine: bool
    code: int | None = None
    sid: str | None = None
    number: str | None = None
    fields: frozenset[str] = frozenset()
    message: str = ""


@dataclass(frozen=True, slots=True)
class ContactItems:
    """Holds an answer that could be read: an item for each that was sent, in any order, or so the API says."""

    items: tuple[ContactItem, ...]


@dataclass(frozen=True, slots=True)
class ContactExchange:
    """Holds a write of a batch that is over, and how many requests were made for it."""

    answer: ContactItems | Refused | NotReached | Unknown
    attempts: int
