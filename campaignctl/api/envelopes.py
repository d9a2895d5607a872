"""Reads what stands around the campaigns of an answer: its items, what each came to, and the account's words for a
refusal. An answer of any shape is read, or said to be unreadable; nothing here knows what a campaign is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, TypeAlias

from campaignctl.records import dataclass
from campaignctl.text import without_secrets
from campaignctl.tuples import NamedTuple

Json: TypeAlias = "str | int | float | bool | None | list[Json] | dict[str, Json]"


class UnreadableError(Exception):
    """Reports an answer that cannot be understood. The message quotes none of it."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Holds why something was refused, in the account's own words, without numbers of people."""

    code: str
    message: str


class Item(NamedTuple):
    """Holds one item of an answer.

    `trouble` is None when it succeeded; `code` is the item's own, None without one.
    """

    code: int | None
    data: Json
    trouble: Trouble | None


@dataclass(frozen=True, slots=True)
class Envelope:
    """Holds an answer that could be read. `total` is the number of matches that a list claims."""

    items: tuple[Item, ...]
    total: int | None


def parse(body: bytes) -> dict[str, Json]:
    """Returns the body as a JSON object. Raises `UnreadableError`."""
    if not body.strip():
        raise UnreadableError("the answer is empty")
    try:
        parsed: Json = json.loads(body)
    except (ValueError, RecursionError):
        what = "an HTML page" if body.lstrip()[:1] == b"<" else "no JSON"
        raise UnreadableError(f"the answer is {what}") from None
    if not isinstance(parsed, dict):
        raise UnreadableError("the answer is JSON, but no object")
    return parsed


def read_envelope(body: bytes) -> Envelope:
    """Returns the items of an answer, `response` being an array or a single one. Raises `UnreadableError`."""
    parsed = parse(body)
    response = parsed.get("response")
    if isinstance(response, dict):
        response = [response]
    if not isinstance(response, list):
        raise UnreadableError("the answer has no response")
    metadata = parsed.get("metadata")
    total = metadata.get("total") if isinstance(metadata, dict) else None
    return Envelope(tuple(_item(item) for item in response), _count(total))


def _count(value: Json) -> int | None:
    try:
        count = amount(value)
    except ValueError:
        return None
    return count if count >= 0 else None


def _item(item: Json) -> Item:
    if not isinstance(item, dict):
        return Item(None, None, Trouble("", "an item of the answer is no object"))
    code, data, status = _count(item.get("code")), item.get("data"), item.get("status")
    fine = (
        (code is None or 200 <= code < 300)
        and not item.get("error_data")
        and (not isinstance(status, str) or status.lower() == "success")
        and isinstance(data, dict)
    )
    return Item(code, data, None if fine else _trouble_of(item, code))


def _trouble_of(item: Mapping[str, Json], code: int | None) -> Trouble:
    details = item.get("error_data")
    if isinstance(details, dict):
        words = [text_or_none(details.get(key)) for key in ("message", "description")]
        said = ": ".join(dict.fromkeys(word for word in words if word))
        return Trouble(cleaned(str(details.get("code") or code or "")), cleaned(said) or "no reason given")
    return Trouble(str(code or ""), cleaned(details) if isinstance(details, str) else "no reason given")


def read_trouble(status: int, body: bytes) -> Trouble:
    """Returns what an answer of 400 or more says, whatever shape it has. Never raises."""
    try:
        parsed = parse(body)
    except UnreadableError as error:
        return Trouble(str(status), str(error))
    plain = parsed.get("RestException")
    if isinstance(plain, dict):
        message = text_or_none(plain.get("Message")) or "no reason given"
        return Trouble(cleaned(str(plain.get("Code") or status)), cleaned(message))
    response = parsed.get("response")
    first = response[0] if isinstance(response, list) and response else response
    if isinstance(first, dict):
        return _trouble_of(first, status)
    message = next((text for key in ("message", "error") if (text := text_or_none(parsed.get(key)))), "")
    return Trouble(str(status), cleaned(message) or "no reason given")


_LONGEST_MESSAGE: Final = 300


def cleaned(text: str) -> str:
    """Returns the account's words on one line of at most 300 characters, without people's numbers and secrets of
    callbacks.
    """
    begin = text[: 10 * _LONGEST_MESSAGE]
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in begin).split())
    masked = without_secrets(line)
    return masked if len(masked) <= _LONGEST_MESSAGE else f"{masked[: _LONGEST_MESSAGE - 1]}…"


def text_or_none(value: Json) -> str | None:
    """Returns a text that is not empty, and None for anything else."""
    return value if isinstance(value, str) and value else None


BEYOND: Final = 10**9
"""No account counts so far, and nobody can count on it."""


def integer(value: Json) -> int:
    """Reads a whole number, written in digits too. Raises `ValueError`."""
    if type(value) is int:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError
    if isinstance(value, float) and not value.is_integer():
        raise ValueError
    return int(value)


def amount(value: Json) -> int:
    """Reads a whole number that somebody can count on. Raises `ValueError`."""
    number = integer(value)
    if abs(number) >= BEYOND:
        raise ValueError
    return number
