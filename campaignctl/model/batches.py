"""What became of a request that writes contacts and the lists that they are in."""

from __future__ import annotations

from dataclasses import dataclass

from campaignctl.model.results import NotReached, Refused, Unknown


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One item of an answer. `fine` says that it succeeded; `code` is its own, None without.

    `sid` is the contact's or list's own, `number` and `fields` what it shows of a contact; `message` why it failed.
    """

    fine: bool
    code: int | None = None
    sid: str | None = None
    number: str | None = None
    fields: frozenset[str] = frozenset()
    message: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """An answer that could be read: an item for each that was sent, in any order, or so the API says."""

    items: tuple[BatchItem, ...]


@dataclass(frozen=True, slots=True)
class BatchExchange:
    """A write of a batch that is over, and how many requests were made for it."""

    answer: Batch | Refused | NotReached | Unknown
    attempts: int
