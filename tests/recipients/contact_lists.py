"""Contact lists in the account of a desk, as an operator makes and fills them."""

from __future__ import annotations

from itertools import count

from harness import Desk

_FRESH = count(10_000_000)
_BATCH = 5_000


def numbers(amount: int) -> list[str]:
    """Made-up people, others each time."""
    return [f"+9199{next(_FRESH):08d}" for _ in range(amount)]


def contact_list(desk: Desk, amount: int, **row: str) -> str:
    """A list of so many people; its SID."""
    (sid,) = desk.seed({"numbers": numbers(amount), **row}, collection="lists")
    return sid


def grow(desk: Desk, sid: str, amount: int) -> None:
    """So many more people in it."""
    fresh = numbers(amount)
    for begin in range(0, amount, _BATCH):
        people = [{"number": number} for number in fresh[begin : begin + _BATCH]]
        made = desk._as_operator("POST", "contacts", json={"contacts": people}).json()["response"]
        references = [{"contact_sid": item["data"]["sid"]} for item in made]
        answer = desk._as_operator("POST", f"lists/{sid}/contacts", json={"contact_references": references})
        assert answer.is_success, answer.text
