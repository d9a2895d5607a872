"""Says which JSON bodies a create, an update and an action may have, and reads what is in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from campaignctl.sandbox.collection import Collection
from campaignctl.sandbox.shapes import Json, RefusalError, Sent


def read_json(data: bytes) -> Json:
    """Reads the body. Refuses with 400 what is no JSON of this world."""
    try:
        text = data.decode("utf-8")
        value = json.loads(text, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise RefusalError(400, "The body is no JSON.", "Send one JSON object in UTF-8.") from None
    return value


def _no_constant(word: str) -> object:
    raise ValueError(word)


def of_create(collection: Collection, body: Json, accepted: str, several: bool = False) -> list[Sent]:
    """Returns the campaigns in a create: one, or more where `several` are taken.

    `accepted`: `any`, `wrapped` or `bare`.
    """
    sent: Any = body
    wrapped = isinstance(sent, Mapping) and collection.wrapper in sent
    _check_form(collection, wrapped, accepted)
    if not wrapped:
        return [_object(body)]
    rows = sent[collection.wrapper]
    if several and isinstance(rows, list) and rows:
        return [_object(row) for row in rows]
    return [_one(collection, rows)]


def of_update(collection: Collection, body: Json, accepted: str = "any") -> Sent:
    """Returns what an update or action sends: bare for both kinds, for voice wrapped too [002, 001]."""
    sent: Any = body
    wrapped = not collection.single and isinstance(sent, Mapping) and collection.wrapper in sent
    if not collection.single:
        _check_form(collection, wrapped, accepted)
    return _one(collection, sent[collection.wrapper]) if wrapped else _object(body)


def _check_form(collection: Collection, wrapped: bool, accepted: str) -> None:
    if accepted == "wrapped" and not wrapped:
        raise RefusalError(
            400, f"{collection.wrapper} is missing.", f"Send the campaign under {collection.wrapper}."
        )
    if accepted == "bare" and wrapped:
        raise RefusalError(
            400, f"{collection.wrapper} is not known.", "Send the campaign as the body itself."
        )


def _one(collection: Collection, value: Json) -> Sent:
    if isinstance(value, list):
        if len(value) != 1:
            raise RefusalError(400, f"{collection.wrapper} has {len(value)} campaigns.", "Send exactly one.")
        return _object(value[0])
    if not collection.single:
        raise RefusalError(400, f"{collection.wrapper} is no array.", "Send an array of one campaign.")
    return _object(value)


def _object(value: Json) -> Sent:
    if not isinstance(value, Mapping):
        raise RefusalError(400, "The campaign is no JSON object.", "Send one JSON object.")
    return value
