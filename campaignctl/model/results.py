"""Holds what became of a request that writes, and of an operation."""

from __future__ import annotations

from enum import StrEnum

from campaignctl.kinds.operations import Op
from campaignctl.model.campaigns import Live
from campaignctl.model.plan import Change, Plan
from campaignctl.model.reasons import Reason
from campaignctl.records import dataclass


@dataclass(frozen=True, slots=True)
class Done:
    """Says that the write was carried out and the answer could be read. `live` is the campaign as answered."""

    live: Live


@dataclass(frozen=True, slots=True)
class Refused:
    """Says that the write was certainly not carried out: a 4xx. `code` and `message` are the account's own."""

    http: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class NotReached:
    """Says that the write was certainly not carried out: no connection was ever made, or every attempt was answered
    429.
    """

    message: str
    http: int | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Says that nobody knows whether the write was carried out: time-out, lost connection, 5xx, unreadable answer."""

    message: str
    http: int | None = None


Answer = Done | Refused | NotReached | Unknown


@dataclass(frozen=True, slots=True)
class AlreadyInState:
    """Says that an action was refused for a campaign that already stands where it leads."""

    live: Live


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Says that an action was answered and did not take: `live` is what the campaign is now."""

    live: Live


@dataclass(frozen=True, slots=True)
class Exchange:
    """Holds a write that is over: what became of it, and how many requests were made for it."""

    answer: Answer
    attempts: int


class OperationOutcome(StrEnum):
    """Names how one operation of a change ended. `unchanged` says that it was done already."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Acted:
    """Holds an action that is over, and judged: it is `Done` only where the campaign was seen to be what the action
    makes it.
    """

    answer: Answer | AlreadyInState | NotTaken
    attempts: int

    @property
    def took(self) -> bool:
        """Tells whether the campaign was seen where the action leads."""
        return isinstance(self.answer, Done | AlreadyInState)

    @property
    def live(self) -> Live | None:
        """Returns the campaign as it was seen after the action; None where nobody saw it."""
        return self.answer.live if isinstance(self.answer, Done | AlreadyInState | NotTaken) else None

    @property
    def outcome(self) -> OperationOutcome:
        """Returns the outcome as the results tell it."""
        match self.answer:
            case Done():
                return OperationOutcome.APPLIED
            case AlreadyInState():
                return OperationOutcome.UNCHANGED
            case Unknown():
                return OperationOutcome.UNKNOWN
            case Refused() | NotReached() | NotTaken():
                return OperationOutcome.FAILED


class ChangeOutcome(StrEnum):
    """Names how a change ended; see `interfaces.md`, Results."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Failure:
    """Holds what went wrong, for a person and for a program. `http` is None without an answer."""

    code: str
    message: str
    http: int | None = None


@dataclass(frozen=True, slots=True)
class OperationResult:
    """Holds how one operation ended, and how many requests were made for it."""

    op: Op
    outcome: OperationOutcome
    attempts: int
    sid: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """Holds what an apply made of one change. `reason` is why it ended so, from the plan or from the apply."""

    change: Change
    outcome: ChangeOutcome
    reason: Reason
    operations: tuple[OperationResult, ...] = ()
    sid: str | None = None
    error: Failure | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """Holds what an apply did, change by change in the order of the plan."""

    plan: Plan
    results: tuple[ChangeResult, ...]
    interrupted: bool = False

    def count(self, outcome: ChangeOutcome) -> int:
        """Returns how many changes ended so."""
        return sum(result.outcome is outcome for result in self.results)


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
