"""Describes one request to the account, and what it came to."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Final, Generic, Protocol, TypeVar

from campaignctl.api.envelopes import Item, Json, Trouble
from campaignctl.api.retry import ReplyClass
from campaignctl.diagnostics import counted
from campaignctl.kinds.endpoints import Endpoint
from campaignctl.kinds.operations import Action
from campaignctl.records import dataclass

T = TypeVar("T")


class RequestTurn(Protocol):
    """Tells when a request may be sent besides: entered around each, and again for one that belongs to it."""

    def __enter__(self) -> object:
        """Waits until it may be sent."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends the request."""

    def stepped_out(self) -> AbstractContextManager[None]:
        """Leaves the turn to others while the block waits."""


class _Always:
    """Keeps nobody waiting: there is one environment."""

    def __enter__(self) -> None:
        """Enters at once."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Returns nobody waits."""

    def stepped_out(self) -> AbstractContextManager[None]:
        """Returns nobody waits."""
        return nullcontext()


ALWAYS: Final[RequestTurn] = _Always()
Check = Callable[[], None]
"""Asked right before a write goes out, each time it does and however long it had to wait. What it raises is passed
on, and then the request was surely not carried out."""


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """Describes one request for an audit log, without its body, people's numbers or secrets.

    `status` is None where no answer came. `operation` is `list`, `get`, `details`, `create`, `update`, `fill`
    (contacts into a list), `delete` or an action; `outcome` says in words what came back.
    """

    operation: str
    method: str
    collection: str
    sid: str | None
    attempt: int
    status: int | None
    outcome: str


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """Represents one request to a collection, or to what it holds by a SID. See `RequestRecord` for `operation`."""

    operation: str
    endpoint: Endpoint
    sid: str | None = None
    query: Mapping[str, str] | None = None
    body: Json = None
    urgent: bool = False
    check: Check | None = None

    @property
    def method(self) -> str:
        """Returns the HTTP method."""
        return _METHODS.get(self.operation, "PUT")

    @property
    def part(self) -> str | None:
        """Returns which part of the campaign or list is asked for; None for the thing itself."""
        return self.endpoint.details if self.operation in ("details", "fill") else None

    @property
    def writes(self) -> bool:
        """Tells whether the request may change something."""
        return self.method != "GET"

    @property
    def stops(self) -> bool:
        """Tells whether it stops calls: nothing that is only advice keeps it from being tried."""
        return self.operation == Action.PAUSE


_METHODS: Mapping[str, str] = {
    **dict.fromkeys(("list", "get", "details"), "GET"),
    **dict.fromkeys(("create", "fill"), "POST"),
    "delete": "DELETE",
}
"""Of what is not named here the method is PUT."""


@dataclass(frozen=True, slots=True)
class ApiResult(Generic[T]):
    """Holds what a request came to. `status` is the effective one: that of an item, where it has its own."""

    reply_class: ReplyClass
    trouble: Trouble
    status: int | None = None
    value: T | None = None
    retry_after: float | None = None
    attempts: int = 0


class ItemFailedError(Exception):
    """Reports that the only item of an answer failed."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item


def rate_limited(seconds: float) -> ApiResult[T]:
    """Says that a request was not sent: it would have to wait that many seconds."""
    message = (
        f"the account's rate limit leaves no request for another {counted(math.ceil(seconds), 'second')}"
    )
    return ApiResult(ReplyClass.NO_CONNECTION, Trouble("", message))
