"""Every shape of the API's JSON, and nothing else: where it lives, what is sent, what an answer means.

Facts are as the documents [000] to [004] give them (seen 2026-11). What an answer holds is read tolerantly:
unknown keys are ignored, and a key whose value cannot be understood counts as one that the answer lacks, which
says nothing; so does one that holds a masked number of a person. Only the SID and the name are needed: an item
without them has failed, so the list is not whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias
from urllib.parse import quote

from campaignctl.kinds import KINDS, SMS, VOICE
from campaignctl.kinds.lifecycle import Action, read_status
from campaignctl.kinds.table import Field, Kind, Type, Value
from campaignctl.model.campaigns import Live
from campaignctl.model.environment import CreateBody
from campaignctl.model.windows import instant
from campaignctl.text import without_secrets

Json: TypeAlias = "str | int | float | bool | None | list[Json] | dict[str, Json]"

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


class UnreadableError(Exception):
    """An answer that cannot be understood. The message quotes none of it."""


# ---------------------------------------------------------------------------------------------- where it lives


@dataclass(frozen=True)
class Endpoint:
    """One collection. `create_key` wraps the body of a create, `update_key` that of a PUT, None for a bare one;
    `in_array` puts what is wrapped into an array. `latest_sort` begins with the latest; empty is the default order.
    `newest_sort` says the same in words, which an account may not know."""

    collection: str
    kind: Kind
    details: str
    page_limit: int
    scan_sort: str
    latest_sort: str
    sid_keys: tuple[str, ...]
    create_key: str
    update_key: str | None = None
    in_array: bool = False
    list_params: Mapping[str, str] = field(default_factory=dict)
    newest_sort: str = "schedule.start_time:desc"


ENDPOINTS: Mapping[str, Endpoint] = MappingProxyType(
    {
        row.collection: row
        for row in (
            Endpoint(
                "campaigns",
                VOICE,
                "call-details",
                VOICE.page_limit,
                "date_created:asc",
                "date_created:desc",
                ("id", "sid"),
                create_key="campaigns",
                update_key="campaigns",
                in_array=True,
                newest_sort="date_created:desc",
            ),
            Endpoint(
                "message-campaigns",
                SMS,
                "message-details",
                SMS.page_limit,
                "schedule.start_time:asc",
                "",
                ("sid", "id"),
                create_key="smscampaigns",
                list_params={"channel": "SMS"},
            ),
            Endpoint(
                "sms-campaigns",
                SMS,
                "sms-details",
                SMS.page_limit,
                "schedule.start_time:asc",
                "",
                ("sid", "id"),
                create_key="smscampaigns",
            ),
        )
    }
)

CONTACT_LISTS: Final = Endpoint(
    "lists",
    VOICE,
    details="",
    page_limit=50,
    scan_sort="",
    latest_sort="",
    sid_keys=("sid", "id"),
    create_key="",
)
"""The contact lists, which serve both kinds. How long a page may be is unknown (2026-11): as short as the shortest."""


def path_of(account_sid: str, collection: str, sid: str | None = None, part: str | None = None) -> str:
    """The path of a collection, of one campaign of it, or of a part of that. A SID stays one segment."""
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
    """The query of a page: `offset` counts from zero, `name` searches by substring, `statuses` has commas.

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
    """The query of a page of per-recipient results, oldest first where the documents name such an order [001]."""
    query = {**endpoint.list_params, "offset": str(offset), "limit": str(limit)}
    return query if endpoint.kind is VOICE else {**query, "sort_by": "schedule_time:asc"}


# --------------------------------------------------------------------------------------------------- what is sent


def encode_create(endpoint: Endpoint, spec: Mapping[str, Value], form: CreateBody) -> Json:
    """The body of a create, `wrapped` or `bare` as the environment says [004, 001, 003]."""
    if form_of(endpoint, form) == "wrapped":
        return _wrapped(endpoint, endpoint.create_key, _encoded(endpoint, spec))
    return _encoded(endpoint, spec, numbers_as_text=endpoint.kind is VOICE)


def form_of(endpoint: Endpoint, form: CreateBody) -> str:
    """`wrapped` or `bare`, for one collection."""
    return form.voice if endpoint.kind is VOICE else form.sms


def encode_update(endpoint: Endpoint, spec: Mapping[str, Value]) -> Json:
    """The body of an update [002, 001]."""
    return _wrapped(endpoint, endpoint.update_key, _encoded(endpoint, spec))


def encode_action(endpoint: Endpoint, action: Action) -> Json:
    """The body of an action [002, 001]."""
    return _wrapped(endpoint, endpoint.update_key, {"action": action.value})


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


# -------------------------------------------------------------------------------------- what a campaign looks like


def decode(endpoint: Endpoint, data: Json) -> Live:
    """One campaign as an answer gives it. Raises `UnreadableError` without a SID or a name."""
    if not isinstance(data, dict):
        raise UnreadableError("its data is no object")
    sid = _sid(endpoint, data)
    spec = _members(_KIND_ROWS[endpoint.kind.name], data)
    if sid is None or not isinstance(spec.get("name"), str):
        raise UnreadableError("it has no SID" if sid is None else "it has no name")
    word = _text_or_none(data.get("status")) or ""
    return Live(
        kind=endpoint.kind,
        sid=sid,
        status=read_status(word),
        word=word,
        spec=spec,
        created=_moment(data.get("date_created")),
        updated=_text_or_none(data.get("date_updated")),
        stats=_counts(data.get("stats")),
        report_url=_text_or_none(data.get("report_url")),
    )


def _sid(endpoint: Endpoint, data: Mapping[str, Json]) -> str | None:
    for key in endpoint.sid_keys:
        if text := _text_or_none(data.get(key)):
            return text
    return None


@dataclass(frozen=True, slots=True)
class ContactList:
    """A list of people, as far as this project looks at it."""

    sid: str
    name: str


def decode_contact_list(data: Json) -> ContactList:
    """One contact list as an answer gives it. Raises `UnreadableError` without a SID or a name."""
    found = data if isinstance(data, dict) else {}
    sid = _sid(CONTACT_LISTS, found)
    name = _text_or_none(found.get("name"))
    if sid is None or name is None:
        raise UnreadableError("it has no SID" if sid is None else "it has no name")
    return ContactList(sid, name)


class _Row(NamedTuple):
    """What a key of an answer gives: a field, and how it is `read`. A value of the class `plain` stands as it is."""

    name: str
    read: Callable[[Json], Value]
    plain: type | None
    is_alias: bool = False


def _rows(fields: tuple[Field, ...]) -> Mapping[str, _Row]:
    """By every key that an answer may use."""
    rows: dict[str, _Row] = {}
    for row in fields:
        read = _object_reader(_rows(row.fields)) if row.type is Type.OBJECT else _READERS[row.type]
        plain = _PLAIN.get(row.type)
        rows[row.name] = _Row(row.name, read, plain)
        rows.update(dict.fromkeys(row.aliases, _Row(row.name, read, plain, is_alias=True)))
    return rows


def _members(rows: Mapping[str, _Row], data: Mapping[str, Json]) -> dict[str, Value]:
    spec: dict[str, Any] = {}
    for key, value in data.items():
        row = rows.get(key)
        if row is None:
            continue
        name, read, plain, is_alias = row
        if is_alias and name in data:
            continue
        if value is None or value.__class__ is plain:
            spec[name] = value
            continue
        try:
            spec[name] = read(value)
        except ValueError:
            continue  # not understood: as if the answer lacked it, see above
    return spec


def _object_reader(rows: Mapping[str, _Row]) -> Callable[[Json], Value]:
    def read(value: Json) -> Value:
        if not isinstance(value, dict):
            raise ValueError
        return _members(rows, value)

    return read


def _text(value: Json) -> Value:
    if isinstance(value, str):
        return value
    return str(_integer(value))


def _time(value: Json) -> Value:
    if not isinstance(value, str):
        raise ValueError
    instant(value)
    return value


def _integer(value: Json) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError
    if isinstance(value, float) and not value.is_integer():
        raise ValueError
    return int(value)


def _boolean(value: Json) -> Value:
    if isinstance(value, bool):
        return value
    words = {"true": True, "false": False}
    if not isinstance(value, str) or value.lower() not in words:
        raise ValueError
    return words[value.lower()]


def _texts(value: Json) -> Value:
    """An array, or a text with commas: [004] sends `from` so."""
    items: Iterable[Any] = value.split(",") if isinstance(value, str) else _array(value)
    try:
        return tuple(filter(None, map(str.strip, items)))
    except TypeError:  # not all of them are texts
        return tuple(text for item in items if (text := str(_text(item)).strip()))


_SHOWN_NUMBERS: Final = re.compile(
    r"(?:\n\+?[ \u00a0().\[\]\-]*[0-9][0-9 \u00a0().\[\]\-]*)*", re.ASCII
).fullmatch
"""Digits, a leading plus sign, blanks, hyphens, dots and brackets, each on a line of its own."""


def _numbers(value: Json) -> Value:
    """People's numbers. One that is masked is not shown, and then nobody knows whom the campaign reaches: an account
    that masks one says nothing of them all, so that none of them is compared, or sent back.
    """
    numbers = _texts(value)
    if isinstance(numbers, tuple) and not _SHOWN_NUMBERS("\n".join(("", *map(str, numbers)))):
        raise ValueError
    return numbers


def _array(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise ValueError
    return value


_READERS: Mapping[Type, Callable[[Json], Value]] = MappingProxyType(
    {
        Type.STRING: _text,
        Type.DIGITS: _text,
        Type.URL: _text,
        Type.TIME: _time,
        Type.INTEGER: _integer,
        Type.BOOLEAN: _boolean,
        Type.STRINGS: _texts,
        Type.NUMBERS: _numbers,
    }
)
_PLAIN: Mapping[Type, type] = MappingProxyType(
    {Type.STRING: str, Type.DIGITS: str, Type.URL: str, Type.INTEGER: int, Type.BOOLEAN: bool}
)
_KIND_ROWS: Mapping[str, Mapping[str, _Row]] = MappingProxyType(
    {kind.name: _rows(kind.fields) for kind in KINDS.values()}
)


def _text_or_none(value: Json) -> str | None:
    return value if isinstance(value, str) and value else None


def _moment(value: Json) -> datetime | None:
    try:
        return instant(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _counts(value: Json) -> Mapping[str, int] | None:
    if not isinstance(value, dict):
        return None
    return {key: count for key, count in value.items() if isinstance(count, int)}


# ---------------------------------------------------------------------------------------------------- the envelope


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something was refused, in the account's own words, without numbers of people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an answer. `trouble` is None when it succeeded; `code` is its own, None without."""

    code: int | None
    data: Json
    trouble: Trouble | None


@dataclass(frozen=True, slots=True)
class Envelope:
    """An answer that could be read. `total` is the number of matches that a list claims."""

    items: tuple[Item, ...]
    total: int | None


def parse(body: bytes) -> dict[str, Json]:
    """The body as a JSON object. Raises `UnreadableError`."""
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
    """The items of an answer, `response` being an array or a single one. Raises `UnreadableError`."""
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
        count = _integer(value)
    except ValueError:
        return None
    return count if isinstance(count, int) and count >= 0 else None


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
        words = [_text_or_none(details.get(key)) for key in ("message", "description")]
        said = ": ".join(dict.fromkeys(word for word in words if word))
        return Trouble(cleaned(str(details.get("code") or code or "")), cleaned(said) or "no reason given")
    return Trouble(str(code or ""), cleaned(details) if isinstance(details, str) else "no reason given")


def read_trouble(status: int, body: bytes) -> Trouble:
    """What an answer of 400 or more says, whatever shape it has. Never raises."""
    try:
        parsed = parse(body)
    except UnreadableError as error:
        return Trouble(str(status), str(error))
    plain = parsed.get("RestException")
    if isinstance(plain, dict):
        message = _text_or_none(plain.get("Message")) or "no reason given"
        return Trouble(cleaned(str(plain.get("Code") or status)), cleaned(message))
    response = parsed.get("response")
    first = response[0] if isinstance(response, list) and response else response
    if isinstance(first, dict):
        return _trouble_of(first, status)
    message = next((text for key in ("message", "error") if (text := _text_or_none(parsed.get(key)))), "")
    return Trouble(str(status), cleaned(message) or "no reason given")


_LONGEST_MESSAGE: Final = 300


def cleaned(text: str) -> str:
    """The account's words on one line, at most 300 characters, without people's numbers and secrets of callbacks."""
    begin = text[: 10 * _LONGEST_MESSAGE]
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in begin).split())
    masked = without_secrets(line)
    return masked if len(masked) <= _LONGEST_MESSAGE else f"{masked[: _LONGEST_MESSAGE - 1]}…"
