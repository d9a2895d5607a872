"""Defines the shapes of JSON that cross modules: what a client sent, what is kept of a campaign, and what is
answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NotRequired, TypeAlias, TypedDict, cast

Json: TypeAlias = object
"""Any JSON that somebody else made: `isinstance` takes it apart, nothing else is known of it."""

Sent: TypeAlias = Mapping[str, object]
"""A JSON object of which only the keys are known to be strings."""

Data: TypeAlias = dict[str, object]
"""What an item of an answer holds. Its keys follow from the kind, and switches add, drop and respell them."""


class RetrySpec(TypedDict, total=False):
    """Says how often and when a voice campaign calls again."""

    number_of_retries: int | None
    interval_mins: int | None
    mechanism: str | None
    on_status: list[str] | None


Schedule: TypeAlias = Mapping[str, str | None]
"""RFC 3339 times by the names of the kind's start and end."""

Spec = TypedDict(
    "Spec",
    {
        "name": str,
        "from": list[str] | None,
        "lists": list[str] | None,
        "schedule": Schedule | None,
        "retries": RetrySpec | None,
        "mode": str | None,
        "throttle": int | None,
        "flow_type": str | None,
        "repeat_menu_attempts": int | None,
        "call_duplicate_numbers": bool | None,
        "campaign_type": str | None,
        "content_type": str | None,
        "caller_id": str | None,
        "sms_type": str,
        "sender_id": str,
        "template": str,
    },
    total=False,
)
"""The fields of a campaign as they are kept, those by name that the sandbox itself looks at."""


def as_spec(fields: Mapping[str, object]) -> Spec:
    """Says of fields whose types were checked row by row, or that are seeded unchecked, that they are a campaign's."""
    return cast(Spec, fields)


def text_or_none(value: object) -> str | None:
    """Returns a string as it is, None for anything else."""
    return value if isinstance(value, str) else None


def as_texts(value: object) -> list[str]:
    """Returns the strings of an array that is known to hold nothing else."""
    return cast("list[str]", value)


def as_object(value: object) -> Data:
    """Returns the members of what is known to be an object."""
    return cast(Data, value)


class ErrorData(TypedDict):
    """Says why an item failed."""

    code: int
    message: str
    description: str


class AnswerItem(TypedDict):
    """Describes one item of an answer; `data` is None where it failed."""

    code: int
    error_data: NotRequired[ErrorData | None]
    status: str
    data: Data | None
    summary: NotRequired[Data]


def item_of(data: Sent) -> AnswerItem:
    """Makes an item that succeeded."""
    return {"code": 200, "error_data": None, "status": "success", "data": dict(data)}


def data_of(item: AnswerItem) -> Data:
    """Returns the item's own data, nothing where it failed."""
    return item["data"] or {}


class AnswerBody(TypedDict, total=False):
    """Describes what stands around the items of an answer.

    Gateways answer `RestException` or an error of their own.
    """

    request_id: str
    method: str
    http_code: int
    metadata: Mapping[str, int]
    response: list[AnswerItem] | AnswerItem | Data | None
    RestException: Mapping[str, object]
    ok: bool


Body: TypeAlias = "AnswerBody | str | None"
"""JSON, a page of HTML, or nothing."""


class RefusalError(Exception):
    """Refuses a request: HTTP status, what is wrong, and a hint."""

    def __init__(self, status: int, message: str, description: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.description = description or message
