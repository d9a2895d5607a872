"""Changes a good answer on its way out, where the account masks, leaves out, or spells otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import cast

from campaignctl.kinds.lifecycle import Status, read_status
from campaignctl.sandbox.envelopes import Answer
from campaignctl.sandbox.shapes import AnswerItem, Body, Data, as_object, as_texts
from campaignctl.sandbox.switches import Switches

_ENVELOPE, _ITEM = "envelope.", "item."


def outgoing(answer: Answer, request: str, switches: Switches) -> Answer:
    """Returns the answer as this account gives it. Refusals go out as they are."""
    if answer.status >= 300 or not answer.envelope:
        return answer
    if switches.mask != "no" and (not switches.mask_in or request in switches.mask_in):
        shape = _MASKS[switches.mask]
        answer = _each_data(answer, lambda data: _masked(data, shape))
    if switches.spelling == "other":
        answer = _each_data(answer, _spelled)
    omitted = switches.omitted(request)
    return _without(answer, omitted) if omitted else answer


def date_header(answer: Answer, method: str, now: datetime, switches: Switches) -> dict[str, str]:
    """Makes the `Date` header where it is not the clock's; an empty one stands for none."""
    wrong = switches.date != "right" and (switches.date_on == "all" or answer.status >= 400)
    if not wrong or (switches.date == "old" and method != "GET"):
        return {}
    if switches.date == "missing":
        return {"Date": ""}
    by = -abs(switches.date_seconds) if switches.date == "old" else switches.date_seconds
    return {"Date": format_datetime((now + timedelta(seconds=by)).astimezone(UTC), usegmt=True)}


# masks


def masked_number(number: str, mask: str) -> str:
    """Masks a number as the switch says."""
    return number if mask == "no" else _MASKS[mask](number)


_MASKS: Mapping[str, Callable[[str], str]] = {
    "crosses": lambda number: "X" * max(len(number) - 2, 0) + number[-2:],
    "dots": lambda number: number.lstrip("+")[:2] + "••••" + number[-2:],
}


def _masked(data: Data, shape: Callable[[str], str]) -> Data:
    people = data.get("from")
    if isinstance(people, list):
        data = {**data, "from": [shape(number) for number in people]}
    elif isinstance(people, str):
        data = {**data, "from": ",".join(map(shape, people.split(",")))}
    return {**data, "number": shape(str(data["number"]))} if "number" in data else data


# other spellings of what means the same


def _spelled(data: Data) -> Data:
    return {
        key: _SPELLINGS[key](value) if key in _SPELLINGS and value else value for key, value in data.items()
    }


def _moment(text: object) -> str:
    """Writes a moment in UTC, with nine fractional digits as [002] has them."""
    return datetime.fromisoformat(str(text)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000000000Z")


def _word(value: object) -> str:
    """Writes a status with hyphens or without, in the other letter case."""
    word = str(value)
    status = read_status(word)
    return word if status is Status.UNKNOWN else status.value.upper() if word[0].islower() else status.value


def _window(schedule: object) -> Data:
    return {key: _moment(value) if value else value for key, value in as_object(schedule).items()}


def _retries(value: object) -> Data:
    retries = as_object(value)
    words = retries.get("on_status")
    return {**retries, "on_status": as_texts(words)[::-1]} if words else retries


_SPELLINGS: Mapping[str, Callable[[object], object]] = {
    "status": _word,
    "from": lambda people: ",".join(reversed(as_texts(people))),
    "lists": lambda sids: as_texts(sids)[::-1],
    "schedule": _window,
    "date_created": _moment,
    "date_updated": _moment,
    "retries": _retries,
    "url": lambda url: str(url).replace("http://", "https://", 1),
    "sms_type": lambda word: "transactional_opt_in" if word == "transactional" else str(word).upper(),
}


# without keys


def _without(answer: Answer, keys: Iterable[str]) -> Answer:
    """Leaves keys out: `envelope.…` stands beside `response`, `item.…` beside `data`, others in `data`; a dot leads
    into an object.
    """
    of_data = [key for key in keys if not key.startswith((_ENVELOPE, _ITEM))]
    of_item = [key.removeprefix(_ITEM) for key in keys if key.startswith(_ITEM)]
    of_body = [key.removeprefix(_ENVELOPE) for key in keys if key.startswith(_ENVELOPE)]
    if of_data:
        answer = _each_data(answer, lambda data: _lacking(data, of_data))
    if of_item:
        answer = answer.each_item(lambda item: cast(AnswerItem, _lacking(item, of_item)))
    return replace(answer, body=cast(Body, _lacking(answer.envelope, of_body))) if of_body else answer


def _lacking(value: Mapping[str, object], keys: Iterable[str]) -> Data:
    left = dict(value)
    for key in keys:
        name, _, rest = key.partition(".")
        inner = left.get(name)
        if rest and isinstance(inner, Mapping):
            left[name] = _lacking(inner, [rest])
        elif not rest:
            left.pop(name, None)
    return left


def _each_data(answer: Answer, change: Callable[[Data], Data]) -> Answer:
    def changed(item: AnswerItem) -> AnswerItem:
        data = item.get("data")
        return {**item, "data": change(data)} if data else item

    return answer.each_item(changed)
