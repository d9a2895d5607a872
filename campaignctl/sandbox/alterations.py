"""An account that does not keep what it was sent: which fields it loses, and what it makes of others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from campaignctl.kinds.table import Field, Kind, Type
from campaignctl.sandbox.switches import EARLIER

Spec = Mapping[str, Any]
_HOUR = timedelta(hours=1)


def changed(kind: Kind, spec: Spec, paths: Iterable[str]) -> dict[str, Any]:
    """Another value at each path that the campaign has; an object changes in all its members."""
    for path in paths:
        name, _, how = path.partition(":")
        row = kind.by_path.get(name)
        if row is not None:
            spec = _with(spec, name, _other(row, -_HOUR if f":{how}" == EARLIER else _HOUR))
    return dict(spec)


def lost(spec: Spec, paths: Iterable[str]) -> dict[str, Any]:
    """Without these: a field is no longer there, a member is null, as are an object's that has no other."""
    for path in paths:
        name, _, member = path.partition(".")
        if member and isinstance(spec.get(name), Mapping):
            left = {**spec[name], member: None}
            spec = {**spec, name: left if any(value is not None for value in left.values()) else None}
        elif not member:
            spec = {key: value for key, value in spec.items() if key != name}
    return dict(spec)


def counters(stats: Mapping[str, int], how: str, now: float) -> dict[str, int]:
    """The counters of an answer as an account of some habit shows them; see the switch `stats`."""
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


def _with(spec: Spec, path: str, change: Callable[[Any], Any]) -> Spec:
    name, _, member = path.partition(".")
    value = spec.get(name)
    if value is None or (member and (not isinstance(value, Mapping) or value.get(member) is None)):
        return spec
    return {**spec, name: {**value, member: change(value[member])} if member else change(value)}


def _other(row: Field, by: timedelta) -> Callable[[Any], Any]:
    """What makes another value of one of its type."""
    if row.choices and row.type is Type.STRING:
        return lambda value: next((it for it in row.choices if it != value), value)
    if row.type is Type.OBJECT:
        return lambda value: {
            key: it if it is None else _other(row.members[key], by)(it) for key, it in value.items()
        }
    if row.type is Type.TIME:
        return lambda value: (datetime.fromisoformat(value) + by).isoformat()
    if row.type is Type.INTEGER:
        return lambda value: value - 1 if value == row.maximum else value + 1
    return _OTHER.get(row.type, lambda value: f"{value} 2")


def _last_digit(text: str) -> str:
    return text[:-1] + ("1" if text.endswith("0") else "0")


_OTHER: Mapping[Type, Callable[[Any], Any]] = {
    Type.BOOLEAN: lambda value: not value,
    Type.NUMBERS: lambda value: [_last_digit(value[0]), *value[1:]],
    Type.STRINGS: lambda value: value[1:] if len(value) > 1 else [_last_digit(value[0])],
    Type.DIGITS: _last_digit,
    Type.URL: _last_digit,
}
