"""Writes what is sent to the API: paths, queries and bodies, each by the row of its collection [000-004]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

from campaignctl.api.envelopes import Json
from campaignctl.kinds.endpoints import Endpoint
from campaignctl.kinds.operations import Action
from campaignctl.kinds.table import Type, Value

ALIVE_WORDS: Final = (
    "Created,created,Scheduled,scheduled,InProgress,inprogress,In-Progress,in-progress,Paused,paused"
)
FINISHED_WORDS: Final = (
    "Completed,completed,Archived,archived,Failed,failed,Canceled,canceled,Cancelled,cancelled"
    ",Deleted,deleted"
)
FAILED_WORDS: Final = "Failed,failed,Canceled,canceled,Cancelled,cancelled"
IN_PROGRESS_WORDS: Final = "InProgress,inprogress,In-Progress,in-progress"
"""Which spellings the status filter takes is unknown: all are sent [000, 001]."""


def path_of(account_sid: str, collection: str, sid: str | None = None, part: str | None = None) -> str:
    """Returns the path of a collection, of one campaign of it, or of a part of that. A SID stays one segment."""
    further = [segment for segment in (sid, part) if segment is not None]
    segments = ["v2", "accounts", account_sid, collection, *further]
    if not all(segments):
        raise ValueError("a path needs an account and, for one campaign, its SID")
    return "".join(f"/{_segment(text)}" for text in segments)


def _segment(text: str) -> str:
    quoted = quote(text, safe="", errors="replace")
    return quoted.replace(".", "%2E") if quoted in (".", "..") else quoted


def list_query(
    endpoint: Endpoint,
    *,
    offset: int,
    limit: int,
    name: str | None = None,
    statuses: str | None = None,
    sort: str | None = None,
) -> dict[str, str]:
    """Returns the query of a page: `offset` counts from zero, `name` searches by substring, `statuses` has commas.

    `sort` is by what moves least where it is None, and the account's default order where it is empty.
    """
    query = {**endpoint.list_params, "offset": str(offset), "limit": str(limit)}
    if order := endpoint.scan_sort if sort is None else sort:
        query["sort_by"] = order
    if name is not None:
        query["name"] = name
    if statuses is not None:
        query["status"] = statuses
    return query


def details_query(endpoint: Endpoint, *, offset: int, limit: int) -> dict[str, str]:
    """Returns the query of a page of per-recipient results, oldest first where the documents name such an order
    [001].
    """
    query = {**endpoint.list_params, "offset": str(offset), "limit": str(limit)}
    return {**query, "sort_by": endpoint.details_sort} if endpoint.details_sort else query


def encode_create(endpoint: Endpoint, spec: Mapping[str, Value], form: str) -> Json:
    """Returns the body of a create, `wrapped` or `bare` as the environment says [004, 001, 003]."""
    if form == "wrapped":
        return _wrapped(endpoint, endpoint.create_key, _encoded(endpoint, spec))
    return _encoded(endpoint, spec, numbers_as_text=endpoint.numbers_as_text)


def encode_update(endpoint: Endpoint, spec: Mapping[str, Value]) -> Json:
    """Returns the body of an update [002, 001]."""
    return _wrapped(endpoint, endpoint.update_key, _encoded(endpoint, spec))


def encode_action(endpoint: Endpoint, action: Action) -> Json:
    """Returns the body of an action [002, 001]."""
    return _wrapped(endpoint, endpoint.update_key, {"action": action.value})


def encode_items(key: str, items: Sequence[Mapping[str, str]]) -> Json:
    """Returns the body that makes contacts, lists, or members of a list."""
    return {key: [dict(item) for item in items]}


def _wrapped(endpoint: Endpoint, key: str | None, item: dict[str, Json]) -> Json:
    if key is None:
        return item
    return {key: [item] if endpoint.in_array else item}


def _encoded(endpoint: Endpoint, spec: Mapping[str, Value], numbers_as_text: bool = False) -> dict[str, Json]:
    body: dict[str, Json] = {}
    for row in endpoint.kind.fields:
        if row.name in spec and row.only_on in (None, endpoint.collection):
            body[row.name] = plain = _plain(spec[row.name])
            if numbers_as_text and row.type is Type.NUMBERS and isinstance(plain, list):
                body[row.name] = ",".join(str(number) for number in plain)
    return body


def _plain(value: Value) -> Json:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return value
