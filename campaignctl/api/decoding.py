"""Reads campaigns and contact lists out of answers.

Reading is tolerant: unknown keys are ignored, and a key whose value cannot be understood counts as one that the
answer lacks, which says nothing; so does one that holds a masked number of a person. Only the SID and the name are
needed: an item without them has failed, so the list is not complete.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeGuard, cast

from campaignctl.api.envelopes import (
    BEYOND,
    Item,
    Json,
    UnreadableError,
    amount,
    integer,
    read_envelope,
    text_or_none,
)
from campaignctl.kinds import KINDS
from campaignctl.kinds.endpoints import CONTACT_LISTS, Endpoint
from campaignctl.kinds.lifecycle import read_status
from campaignctl.kinds.table import Field, Type, Value
from campaignctl.model.campaigns import Live
from campaignctl.model.managed_lists import AccountList
from campaignctl.model.results import ContactItem, ContactItems
from campaignctl.model.windows import instant
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.model.outcomes import Row


Declared: TypeAlias = Callable[[Json], Mapping[str, Value]]
"""What the manifest of a name declares; nothing where there is none."""


NOTHING: Final[Mapping[str, Value]] = MappingProxyType({})


def nothing_declared(_name: Json) -> Mapping[str, Value]:
    """Knows no manifests."""
    return NOTHING


def decode(endpoint: Endpoint, data: Json, declared: Declared = nothing_declared) -> Live:
    """Reads one campaign out of an answer. Raises `UnreadableError` without a SID or a name.

    What its manifest writes just as the answer does is not read, but taken from there: see `sharing`.
    """
    if not isinstance(data, dict):
        raise UnreadableError("its data is no object")
    sid = _sid(endpoint, data)
    spec = _members(_KIND_ROWS[endpoint.kind.name], data, declared(data.get("name")))
    if sid is None or not isinstance(spec.get("name"), str):
        raise UnreadableError("it has no SID" if sid is None else "it has no name")
    word = text_or_none(data.get("status")) or ""
    stats = data.get("stats")
    counts = _counts(stats)
    return Live(
        kind=endpoint.kind,
        sid=sid,
        status=read_status(word),
        word=word,
        spec=spec,
        created=_moment(data.get("date_created")),
        updated=text_or_none(data.get("date_updated")),
        stats=counts,
        report_url=text_or_none(data.get("report_url")),
        estimated_cost=_amount(data.get("estimated_cost")),
        stats_cut=isinstance(stats, dict) and counts is not None and len(counts) < len(stats),
    )


def _amount(value: Json) -> str | float | None:
    """Returns a number or a text as it stands in the answer."""
    if value is None or isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    return value


def _sid(endpoint: Endpoint, data: Mapping[str, Json]) -> str | None:
    for key in endpoint.sid_keys:
        if text := text_or_none(data.get(key)):
            return text
    return None


def decode_contact_list(data: Json) -> AccountList:
    """Reads one contact list out of an answer. Raises `UnreadableError` without a SID or a name."""
    found = data if isinstance(data, dict) else {}
    sid = _sid(CONTACT_LISTS, found)
    name = text_or_none(found.get("name"))
    if sid is None or name is None:
        raise UnreadableError("it has no SID" if sid is None else "it has no name")
    return AccountList(sid, name, _moment(found.get("date_created")))


def decode_contact_items(endpoint: Endpoint, body: bytes) -> ContactItems:
    """Reads what became of each contact or list that was sent. Raises `UnreadableError`."""
    return ContactItems(tuple(_contact_item(endpoint, item) for item in read_envelope(body).items))


def _contact_item(endpoint: Endpoint, item: Item) -> ContactItem:
    """Reads whatever an item shows of its contact, also where the item failed."""
    data = item.data if isinstance(item.data, dict) else {}
    return ContactItem(
        fine=item.trouble is None,
        code=item.code,
        sid=_sid(endpoint, data),
        number=text_or_none(data.get("number")),
        fields=frozenset(key for key, value in data.items() if value is not None),
        message="" if item.trouble is None else item.trouble.message,
    )


class _Row(NamedTuple):
    """Says how one key of an answer is read: into which field, and by which function.

    A value of the class `plain` is taken as it is. `as_declared` tells whether one that is equal to what a manifest
    declares is read as just that; None where it is read in any case.
    """

    name: str
    read: Callable[[Json], Value]
    plain: type | None
    as_declared: Callable[[Value, Json], bool] | None
    is_alias: bool = False


def _rows(fields: tuple[Field, ...]) -> Mapping[str, _Row]:
    """Finds the row of a field by every key that an answer may use for it."""
    rows: dict[str, _Row] = {}
    for row in fields:
        read = _object_reader(_rows(row.fields)) if row.type is Type.OBJECT else _READERS[row.type]
        plain, as_declared = _PLAIN.get(row.type), _AS_DECLARED.get(row.type)
        rows[row.name] = _Row(row.name, read, plain, as_declared)
        rows.update(dict.fromkeys(row.aliases, _Row(row.name, read, plain, as_declared, is_alias=True)))
    return rows


def _members(
    rows: Mapping[str, _Row], data: Mapping[str, Json], declared: Mapping[str, Value] = NOTHING
) -> dict[str, Value]:
    spec: dict[str, Any] = {}
    for key, value in data.items():
        row = rows.get(key)
        if row is None:
            continue
        name, read, plain, as_declared, is_alias = row
        if is_alias and name in data:
            continue
        mine = declared.get(name)
        if mine is not None and mine == value and as_declared is not None and as_declared(mine, value):
            spec[name] = mine
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
    return str(integer(value))


def _time(value: Json) -> Value:
    if not isinstance(value, str):
        raise ValueError
    instant(value)
    return value


def _boolean(value: Json) -> Value:
    if isinstance(value, bool):
        return value
    words = {"true": True, "false": False}
    if not isinstance(value, str) or value.lower() not in words:
        raise ValueError
    return words[value.lower()]


def _texts(value: Json) -> Value:
    """Reads an array, or a text with commas: [004] sends `from` so."""
    items: Iterable[Any] = value.split(",") if isinstance(value, str) else _array(value)
    try:
        return tuple(filter(None, map(str.strip, items)))
    except TypeError:  # not all of them are texts
        return tuple(text for item in items if (text := str(_text(item)).strip()))


_SHOWN_NUMBERS: Final = re.compile(
    r"(?:\n\+?[ \u00a0().\[\]\-]*[0-9][0-9 \u00a0().\[\]\-]*)*", re.ASCII
).fullmatch
"""Digits, a leading plus sign, blanks, hyphens, dots and brackets, each on a line of its own."""

_PLAIN_NUMBERS: Final = re.compile(r"(?:\n\+?[0-9]+)*", re.ASCII).fullmatch
"""Digits and a leading plus sign, each on a line of its own: of such nothing is stripped, and none is left out."""


def _numbers(value: Json) -> Value:
    """Reads people's numbers.

    One that is masked is not shown, and then nobody knows whom the campaign reaches: an account that masks one says
    nothing of them all, so that none of them is compared or sent back.
    """
    if _are_plain(value):
        return tuple(value)
    numbers = _texts(value)
    if isinstance(numbers, tuple) and not _SHOWN_NUMBERS("\n".join(("", *map(str, numbers)))):
        raise ValueError
    return numbers


def _are_plain(value: Json) -> TypeGuard[list[str]]:
    """Tells whether numbers are written as most accounts write all of them, so that they are taken as they are."""
    if not isinstance(value, list):
        return False
    try:
        return _PLAIN_NUMBERS("\n".join(("", *cast("list[str]", value)))) is not None
    except TypeError:  # not all of them are texts
        return False


def shown_number(contact: Row) -> str | None:
    """Returns the number of a contact; None where it is masked, or not there."""
    number = text_or_none(contact.get("number"))
    return number if number is not None and _SHOWN_NUMBERS(f"\n{number}") else None


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
        Type.INTEGER: amount,
        Type.BOOLEAN: _boolean,
        Type.STRINGS: _texts,
        Type.NUMBERS: _numbers,
    }
)
_PLAIN: Mapping[Type, type] = MappingProxyType(
    {Type.STRING: str, Type.DIGITS: str, Type.URL: str, Type.BOOLEAN: bool}
)


def _are_texts(mine: Value, theirs: Json) -> bool:
    return mine.__class__ is str and theirs.__class__ is str


def _are_lists(mine: Value, theirs: Json) -> bool:
    """Tells whether equal numbers are lists: those of a manifest are plain, so nothing would be stripped of them."""
    return mine.__class__ is list and theirs.__class__ is list


def _are_alike_inside(mine: Value, theirs: Json) -> bool:
    """Tells whether equal objects hold values of the same types, and no number beyond what is read: all else a manifest
    writes as it is read.
    """
    return (
        isinstance(mine, dict)
        and isinstance(theirs, dict)
        and all(
            value.__class__ is theirs[name].__class__ and (not isinstance(value, int) or abs(value) < BEYOND)
            for name, value in mine.items()
        )
    )


_AS_DECLARED: Mapping[Type, Callable[[Value, Json], bool]] = MappingProxyType(
    {
        Type.STRING: _are_texts,
        Type.DIGITS: _are_texts,
        Type.URL: _are_texts,
        Type.NUMBERS: _are_lists,
        Type.OBJECT: _are_alike_inside,
    }
)
_KIND_ROWS: Mapping[str, Mapping[str, _Row]] = MappingProxyType(
    {kind.name: _rows(kind.fields) for kind in KINDS.values()}
)


def _moment(value: Json) -> datetime | None:
    try:
        return instant(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _counts(value: Json) -> Mapping[str, int] | None:
    if not isinstance(value, dict):
        return None
    return {key: count for key, count in value.items() if type(count) is int and abs(count) < BEYOND}
