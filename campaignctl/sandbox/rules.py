"""Says what the API accepts in a campaign, and what it refuses with a 400.

It follows the field tables where they say it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.lifecycle import DEFAULT_WINDOW, MARGIN
from campaignctl.kinds.table import Bound, Field, Kind, Role, Type
from campaignctl.sandbox.clock import written
from campaignctl.sandbox.collection import Collection
from campaignctl.sandbox.shapes import RefusalError, Sent, Spec, as_spec

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.IGNORECASE)
_NUMBER = re.compile(r"\+?\d{4,15}", re.ASCII)
_VARIABLE = re.compile(r"@@\w+")
MOST_VARIABLES = 5


def seconds(text: str) -> float:
    """Reads an RFC 3339 time that was accepted as epoch seconds."""
    return datetime.fromisoformat(text).timestamp()


def accepted(collection: Collection, sent: Sent, *, creating: bool) -> Spec:
    """Returns the fields as the API keeps them. Refuses unknown keys, wrong types, words, lengths, counts."""
    rows = collection.kind.by_name
    kept: dict[str, object] = {}
    for key, value in sent.items():
        if key not in rows:
            raise RefusalError(400, f"{key} is not known.", f"Fields: {', '.join(rows)}.")
        if rows[key].only_on in (None, collection.name):
            kept[key] = _value(rows[key], value, key)
    if creating:
        required = [row.name for row in rows.values() if row.required]
        required += [row.name for row in rows.values() if row.constant and row.only_on == collection.name]
        for name in required:
            if kept.get(name) is None:
                raise RefusalError(400, f"{name} is missing.", f"{name} is mandatory.")
    return as_spec(kept)


def check_complete(kind: Kind, spec: Spec) -> None:
    """Checks what several fields say together, after a create or an update."""
    for row in kind.fields:
        if row.required and spec.get(row.name) is None:
            raise RefusalError(400, f"{row.name} is missing.", f"{row.name} is mandatory.")
    if kind.one_of and all(not spec.get(name) for name in kind.one_of):
        raise RefusalError(
            400, f"{' or '.join(kind.one_of)} is missing.", f"Send {' or '.join(kind.one_of)}."
        )
    dynamic = "dynamic" in (spec.get("campaign_type"), spec.get("content_type"))
    if dynamic and (len(spec.get("lists") or ()) != 1 or spec.get("from")):
        raise RefusalError(400, "A dynamic campaign takes exactly one list.", "Send one SID in lists.")
    if kind.name in _CHECKS:
        _CHECKS[kind.name](spec)


def check_schedule(kind: Kind, spec: Spec, now: float, *, start_sent: bool) -> None:
    """Checks the start's distance (only where it was sent) and the window's length."""
    begins, ends = window(kind, spec, now)
    start = (spec.get("schedule") or {}).get(kind.start.name)
    nearest = now + MARGIN.total_seconds() if kind.start_needs_margin and start_sent else 0.0
    if start is not None and begins < nearest:
        raise RefusalError(400, f"{kind.start.name} is nearer than 10 minutes.", "Send a later start.")
    if ends <= max(begins, now):
        raise RefusalError(
            400, f"{kind.end.name} is not after the start, or has passed.", "Send a later end."
        )
    if ends - begins < timedelta(minutes=kind.min_window_minutes).total_seconds():
        raise RefusalError(400, f"{kind.end.name} is less than 2 hours after the start.", "Send a later end.")


def window(kind: Kind, spec: Spec, now: float) -> tuple[float, float]:
    """Returns when dialling begins and ends: at once without a start, for 30 days without an end."""
    schedule = spec.get("schedule") or {}
    start, end = schedule.get(kind.start.name), schedule.get(kind.end.name)
    begins = now if start is None else seconds(start)
    return begins, begins + DEFAULT_WINDOW.total_seconds() if end is None else seconds(end)


def _check_voice(spec: Spec) -> None:
    retries = spec.get("retries") or {}
    if retries.get("number_of_retries") is not None and retries.get("interval_mins") is None:
        raise RefusalError(400, "retries.interval_mins is missing.", "It is required with number_of_retries.")
    throttle = spec.get("throttle")
    if throttle is not None and spec.get("mode") != "custom":
        raise RefusalError(400, "throttle needs mode custom.", "Send mode custom, or no throttle.")
    if throttle is not None and throttle >= VOICE.per_minute:
        raise RefusalError(400, f"throttle is {throttle}.", f"Send 1 to {VOICE.per_minute - 1}.")
    if spec.get("repeat_menu_attempts") and spec.get("flow_type") != "ivr":
        raise RefusalError(400, "repeat_menu_attempts needs flow_type ivr.", "Send flow_type ivr.")


def _check_sms(spec: Spec) -> None:
    promotional = spec["sms_type"] == "promotional"
    sender = spec["sender_id"]
    if not (sender.isdigit() if promotional else sender.isalpha()) or not sender.isascii():
        wanted = "digits for promotional" if promotional else "letters for transactional"
        raise RefusalError(400, "sender_id is not valid.", f"sender_id takes {wanted} messages.")
    if len(set(_VARIABLE.findall(spec["template"]))) > MOST_VARIABLES:
        raise RefusalError(400, "template has more than 5 variables.", "Use 5 @@Column variables at most.")


_CHECKS: Mapping[str, Callable[[Spec], None]] = {VOICE.name: _check_voice, SMS.name: _check_sms}
"""What the fields of a kind say together, beyond what its rows say."""


# One value by its row.


def _value(row: Field, value: object, path: str) -> object:
    if value is None:
        if row.required or row.role is Role.NAME:
            raise RefusalError(400, f"{path} is null.", f"{path} is mandatory.")
        return None
    kept = _BY_TYPE[row.type](row, value, path)
    _check_bounds(row, kept, path)
    return kept


def _check_bounds(row: Field, value: object, path: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | str | list):
        return
    size = value if isinstance(value, int) else len(value)
    unit = f" {row.bound}" if row.bound is not Bound.VALUE else ""
    if row.minimum is not None and size < row.minimum:
        raise RefusalError(
            400, f"{path} is too small or short.", f"{path} takes {row.minimum}{unit} or more."
        )
    if row.maximum is not None and size > row.maximum:
        raise RefusalError(400, f"{path} is too large or long.", f"{path} takes {row.maximum}{unit} at most.")


def _word(row: Field, value: object, path: str) -> str:
    if not isinstance(value, str):
        raise RefusalError(400, f"{path} is no string.", f"{path} takes a string.")
    if not row.choices:
        return value
    for choice in row.choices:
        if value == choice or (row.any_case and value.lower() == choice.lower()):
            return choice
    raise RefusalError(400, f"{path} is {value!r}.", f"{path} takes one of {', '.join(row.choices)}.")


def _digits(row: Field, value: object, path: str) -> str:
    text = _word(row, value, path)
    if not (text.isascii() and text.isdigit()):
        raise RefusalError(400, f"{path} is not numeric.", f"{path} takes digits, as a string.")
    return text


def _url(row: Field, value: object, path: str) -> str:
    text = _word(row, value, path)
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise RefusalError(400, f"{path} is no URL.", f"{path} takes an http or https URL.")
    return text


def _time(row: Field, value: object, path: str) -> str:
    text = _word(row, value, path)
    try:
        if not _TIME.fullmatch(text):
            raise ValueError(text)
        return written(seconds(text))
    except (ValueError, OverflowError):
        raise RefusalError(
            400, f"{path} is no RFC 3339 time.", f"{path} takes 2027-01-15T09:00:00+05:30."
        ) from None


def _integer(_row: Field, value: object, path: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise RefusalError(400, f"{path} is no integer.", f"{path} takes an integer.")
    return value


def _boolean(_row: Field, value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise RefusalError(400, f"{path} is no boolean.", f"{path} takes true or false.")
    return value


def _strings(row: Field, value: object, path: str) -> list[str]:
    if not isinstance(value, list):
        raise RefusalError(400, f"{path} is no array.", f"{path} takes an array of strings.")
    words = [_word(row, item, path) for item in value]
    if not all(words):
        raise RefusalError(400, f"{path} holds an empty string.", f"{path} takes an array of strings.")
    return words


def _numbers(_row: Field, value: object, path: str) -> list[str]:
    numbers = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if not isinstance(numbers, list):
        raise RefusalError(
            400, f"{path} is no string.", f"{path} takes numbers, comma-separated or in an array."
        )
    for number in numbers:
        if not isinstance(number, str) or not _NUMBER.fullmatch(number):
            raise RefusalError(400, f"{path} holds what is no phone number.", "Send numbers in E.164.")
    return numbers


def _members(row: Field, value: object, path: str) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise RefusalError(400, f"{path} is no object.", f"{path} takes an object.")
    unknown = next((key for key in value if key not in row.members), None)
    if unknown is not None:
        raise RefusalError(400, f"{path}.{unknown} is not known.", f"Fields: {', '.join(row.members)}.")
    return {key: _value(row.members[key], item, f"{path}.{key}") for key, item in value.items()}


_BY_TYPE: Mapping[Type, Callable[[Field, object, str], object]] = {
    Type.STRING: _word,
    Type.DIGITS: _digits,
    Type.URL: _url,
    Type.TIME: _time,
    Type.INTEGER: _integer,
    Type.BOOLEAN: _boolean,
    Type.STRINGS: _strings,
    Type.NUMBERS: _numbers,
    Type.OBJECT: _members,
}
