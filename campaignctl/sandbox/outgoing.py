"""What becomes of a good answer on its way out, where the account masks, leaves out, or spells otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from campaignctl.kinds.lifecycle import Status, read_status
from campaignctl.sandbox.envelopes import Answer, Item
from campaignctl.sandbox.switches import Switches

_ENVELOPE, _ITEM = "envelope.", "item."


def outgoing(answer: Answer, request: str, switches: Switches) -> Answer:
    """The answer as this account gives it. Refusals go out as they are."""
    if answer.status >= 300 or not isinstance(answer.body, Mapping):
        return answer
    if switches.mask != "no" and (not switches.mask_in or request in switches.mask_in):
        shape = _MASKS[switches.mask]
        answer = _each_data(answer, lambda data: _masked(data, shape))
    if switches.spelling == "other":
        answer = _each_data(answer, _spelled)
    omitted = switches.omitted(request)
    return _without(answer, omitted) if omitted else answer


def date_header(answer: Answer, method: str, now: datetime, switches: Switches) -> dict[str, str]:
    """The `Date` where it is not the clock's; an empty one stands for none."""
    wrong = switches.date != "right" and (switches.date_on == "all" or answer.status >= 400)
    if not wrong or (switches.date == "old" and method != "GET"):
        return {}
    if switches.date == "missing":
        return {"Date": ""}
    by = -abs(switches.date_seconds) if switches.date == "old" else switches.date_seconds
    return {"Date": format_datetime((now + timedelta(seconds=by)).astimezone(UTC), usegmt=True)}


# masks


def masked_number(number: str, mask: str) -> str:
    """As the switch says."""
    return number if mask == "no" else _MASKS[mask](number)


_MASKS: Mapping[str, Callable[[str], str]] = {
    "crosses": lambda number: "X" * max(len(number) - 2, 0) + number[-2:],
    "dots": lambda number: number.lstrip("+")[:2] + "••••" + number[-2:],
}


def _masked(data: Item, shape: Callable[[str], str]) -> Item:
    people = data.get("from")
    if isinstance(people, list):
        data = {**data, "from": [shape(number) for number in people]}
    elif isinstance(people, str):
        data = {**data, "from": ",".join(map(shape, people.split(",")))}
    return {**data, "number": shape(data["number"])} if "number" in data else data


# other spellings of what means the same


def _spelled(data: Item) -> Item:
    return {
        key: _SPELLINGS[key](value) if key in _SPELLINGS and value else value for key, value in data.items()
    }


def _moment(text: str) -> str:
    """In UTC, with nine fractional digits as [002] has them."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000000000Z")


def _word(word: str) -> str:
    """With hyphens or without, in the other letter case."""
    status = read_status(word)
    return word if status is Status.UNKNOWN else status.value.upper() if word[0].islower() else status.value


def _window(schedule: Mapping[str, Any]) -> Item:
    return {key: _moment(value) if value else value for key, value in schedule.items()}


def _retries(retries: Mapping[str, Any]) -> Item:
    words = retries.get("on_status")
    return {**retries, "on_status": words[::-1]} if words else dict(retries)


_SPELLINGS: Mapping[str, Callable[[Any], Any]] = {
    "status": _word,
    "from": lambda people: ",".join(reversed(people)),
    "lists": lambda sids: sids[::-1],
    "schedule": _window,
    "date_created": _moment,
    "date_updated": _moment,
    "retries": _retries,
    "url": lambda url: url.replace("http://", "https://", 1),
    "sms_type": lambda word: "transactional_opt_in" if word == "transactional" else word.upper(),
}


# without keys


def _without(answer: Answer, keys: Iterable[str]) -> Answer:
    """`envelope.…` stands beside `response`, `item.…` beside `data`, others in `data`; a dot leads into an object."""
    of_data = [key for key in keys if not key.startswith((_ENVELOPE, _ITEM))]
    of_item = [key.removeprefix(_ITEM) for key in keys if key.startswith(_ITEM)]
    of_body = [key.removeprefix(_ENVELOPE) for key in keys if key.startswith(_ENVELOPE)]
    if of_data:
        answer = _each_data(answer, lambda data: _lacking(data, of_data))
    if of_item:
        answer = _each_item(answer, lambda item: _lacking(item, of_item))
    return replace(answer, body=_lacking(answer.body, of_body)) if of_body else answer


def _lacking(value: Item, keys: Iterable[str]) -> Item:
    for key in keys:
        name, _, rest = key.partition(".")
        if rest and isinstance(value.get(name), Mapping):
            value = {**value, name: _lacking(value[name], [rest])}
        elif not rest:
            value = {each: it for each, it in value.items() if each != name}
    return value


def _each_data(answer: Answer, change: Callable[[Item], Item]) -> Answer:
    return _each_item(
        answer, lambda item: {**item, "data": change(item["data"])} if item.get("data") else item
    )


def _each_item(answer: Answer, change: Callable[[Item], Item]) -> Answer:
    response = answer.body.get("response")
    items = [change(it) for it in response] if isinstance(response, list) else response and change(response)
    return replace(answer, body={**answer.body, "response": items})
