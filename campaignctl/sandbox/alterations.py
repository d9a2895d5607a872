"""Alters campaigns for an account that does not keep what it was sent: which fields it loses, and what it makes of
others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from campaignctl.kinds.table import Field, Kind, Type
from campaignctl.sandbox.shapes import Spec, as_object, as_spec, as_texts
from campaignctl.sandbox.switches import EARLIER

Change: TypeAlias = Callable[[object], object]
_HOUR = timedelta(hours=1)


def changed(kind: Kind, spec: Spec, paths: Iterable[str]) -> Spec:
    """Returns another value at each path that the campaign has; an object changes in all its members."""
    for path in paths:
        name, _, how = path.partition(":")
        row = kind.by_path.get(name)
        if row is not None:
            spec = _with(spec, name, _other(row, -_HOUR if f":{how}" == EARLIER else _HOUR))
    return spec


def lost(spec: Spec, paths: Iterable[str]) -> Spec:
    """Takes these fields out: a field is no longer there, a member is null, as are an object's that has no other."""
    kept: dict[str, object] = dict(spec)
    for path in paths:
        name, _, member = path.partition(".")
        value = kept.get(name)
        if member and isinstance(value, Mapping):
            left = {**value, member: None}
            kept[name] = left if any(it is not None for it in left.values()) else None
        elif not member:
            kept.pop(name, None)
    return as_spec(kept)


def counters(stats: Mapping[str, int], how: str, now: float) -> dict[str, int]:
    """Returns the counters of an answer as an account of some habit shows them; see the switch `stats`."""
    shown = dict(stats)
    match how:
        case "lacking":
            shown.pop("failed", None)
        case "spelled":
            shown = {word.upper().replace("-", "_"): count for word, count in shown.items()}
        case "strange":
            some = shown.get("failed", 0) // 2
            shown |= {"answered": some, "failed": shown.get("failed", 0) - some}
        case "short":
            shown = {word: count - count // 3 for word, count in shown.items()}
        case "drifting" if int(now) // 60 % 2:
            shown = {word: max(count - 1, 0) for word, count in shown.items()}
        case _:
            pass
    return shown


def _with(spec: Spec, path: str, change: Change) -> Spec:
    name, _, member = path.partition(".")
    value: Any = spec.get(name)
    if value is None or (member and (not isinstance(value, Mapping) or value.get(member) is None)):
        return spec
    return as_spec({**spec, name: {**value, member: change(value[member])} if member else change(value)})


def _other(row: Field, by: timedelta) -> Change:
    """Makes another value of the type of one."""
    if row.choices and row.type is Type.STRING:
        return lambda value: next((it for it in row.choices if it != value), value)
    if row.type is Type.OBJECT:
        return lambda value: {
            key: it if it is None else _other(row.members[key], by)(it)
            for key, it in as_object(value).items()
        }
    if row.type is Type.TIME:
        return lambda value: (datetime.fromisoformat(str(value)) + by).isoformat()
    if row.type is Type.INTEGER:
        return lambda value: int(str(value)) + (-1 if value == row.maximum else 1)
    return _OTHER.get(row.type, lambda value: f"{value} 2")


def _last_digit(value: object) -> str:
    text = str(value)
    return text[:-1] + ("1" if text.endswith("0") else "0")


_OTHER: Mapping[Type, Change] = {
    Type.BOOLEAN: lambda value: not value,
    Type.NUMBERS: lambda value: [_last_digit(as_texts(value)[0]), *as_texts(value)[1:]],
    Type.STRINGS: lambda value: as_texts(value)[1:] or [_last_digit(as_texts(value)[0])],
    Type.DIGITS: _last_digit,
    Type.URL: _last_digit,
}
