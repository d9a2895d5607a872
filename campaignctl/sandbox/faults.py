"""Makes the API misbehave, by rules. Rules are added and taken away while the server runs.

A fault meets the requests that its rule matches, the first `after` of them left out, `times` of them at most. It
may keep the request from being carried out (`acts`), change the answer, or what is left of it on the wire.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from campaignctl.sandbox.envelopes import Answer, failed_item
from campaignctl.sandbox.shapes import (
    AnswerBody,
    AnswerItem,
    Body,
    Data,
    RefusalError,
    Sent,
    data_of,
    item_of,
)
from campaignctl.sandbox.switches import REQUESTS


@dataclass(frozen=True)
class Fault:
    """Describes a rule: which requests it meets, and what happens to them.

    Which: `request` one of `REQUESTS` or several, none for all; `method`; `path`, a regular expression found in the
    path; `body`, one found in the raw body. How often: `after` matches are let through, then `times` are met (None:
    all).

    What, by `effect`: `drop` closes the connection without an answer; `status` answers `status`, as `shape` says
    (`envelope`, `rest` for a RestException, `error` for an object with an error, `html`), with `retry_after` as it
    stands; `slow` answers after `seconds`; `cut` closes after half of the body; `html` and `empty` are 200 with
    such a body, `broken` one whose JSON lacks its end, `strange` one whose JSON is of no known shape; `item` makes
    the item at `index` one that failed with `status`, inside a 207; `redirect` sends to `location`; `huge` pads the
    answer to `megabytes`; `shift` makes campaigns `appear` at the front of a list's order, or those that appeared
    `disappear`, before the list is read; `endless` fills every page of a list and promises more; `change` sets
    fields of `data` in the answer, as an account that lies would; `later` moves the sandbox's clock on by `seconds`
    once the request is carried out.

    `acts`: whether the request is carried out. By default all but `status`, `html`, `empty`, `strange` and
    `redirect` are. With `slow`, `acts: false` means that it is carried out only after the wait.
    """

    effect: str
    request: tuple[str, ...] = ()
    method: str | None = None
    path: str = ""
    body: str = ""
    after: int = 0
    times: int | None = 1
    acts: bool | None = None
    status: int = 503
    shape: str = "envelope"
    retry_after: str | None = None
    seconds: float = 0.0
    index: int = 0
    location: str = ""
    megabytes: float = 0.0
    appear: int = 0
    disappear: int = 0
    data: Sent = field(default_factory=dict)

    @property
    def carried_out(self) -> bool:
        """Tells whether the request is carried out, by the rule or by default."""
        return EFFECTS[self.effect].acts if self.acts is None else self.acts

    def meets(self, request: str, method: str, path: str, body: str) -> bool:
        """Tells whether the rule is about such a request."""
        return (
            (not self.request or request in self.request)
            and self.method in (None, method)
            and re.search(self.path, path) is not None
            and (not self.body or re.search(self.body, body) is not None)
        )


def fault(rule: Sent) -> Fault:
    """Reads a rule as JSON has it. Refuses with 400 what is none."""
    known = {row.name: row for row in fields(Fault)}
    for name, value in rule.items():
        if name not in known:
            raise RefusalError(400, f"A fault has no {name!r}.", f"It has {', '.join(known)}.")
        if not _fits(name, value):
            raise RefusalError(400, f"{name} cannot be {value!r}.", "See the faults of the sandbox.")
    if rule.get("effect") not in EFFECTS:
        raise RefusalError(
            400, f"There is no effect {rule.get('effect')!r}.", f"Effects: {', '.join(EFFECTS)}."
        )
    checked: dict[str, Any] = dict(rule)
    request = checked.get("request") or ()
    return Fault(**{**checked, "request": (request,) if isinstance(request, str) else tuple(request)})


def _fits(name: str, value: object) -> bool:
    if name in ("path", "body"):
        return isinstance(value, str) and _is_pattern(value)
    if name == "request":
        words: Any = [value] if isinstance(value, str) else value or ()
        return all(word in REQUESTS for word in words)
    if name == "shape":
        return value in SHAPES
    if name in ("after", "times", "index", "appear", "disappear", "status", "seconds", "megabytes"):
        number = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
        return number or (name == "times" and value is None)
    if name == "data":
        return isinstance(value, Mapping)
    return value is None or isinstance(value, bool if name == "acts" else str)


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


class Faults:
    """Holds the rules now in force; the first that matches wins."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []

    def add(self, effect: str, **rule: object) -> None:
        """Adds one rule: `faults.add("drop", request="create", acts=True)`."""
        made = fault({"effect": effect, **rule})
        with self._lock:
            self._rules.append(made)

    def clear(self) -> None:
        """Removes all rules: the API behaves well again."""
        with self._lock:
            self._rules.clear()

    def __iter__(self) -> Iterator[Fault]:
        with self._lock:
            return iter(tuple(self._rules))

    def take(self, request: str, method: str, path: str, body: str = "") -> Fault | None:
        """Returns the fault that meets this request, counted off."""
        with self._lock:
            for place, rule in enumerate(self._rules):
                if not rule.meets(request, method, path, body) or rule.times == 0:
                    continue
                if rule.after:
                    self._rules[place] = replace(rule, after=rule.after - 1)
                    continue
                if rule.times is not None:
                    self._rules[place] = replace(rule, times=rule.times - 1)
                return rule
        return None


# What becomes of the answer.


@dataclass(frozen=True, slots=True)
class Delivery:
    """Holds what goes over the wire: nothing at all if `silent`, else `send` bytes of the body (None: all), blanks
    up to `pad` bytes, and then, maybe, the connection's end.
    """

    answer: Answer
    raw: bytes | None = None
    send: int | None = None
    pad: int = 0
    hang_up: bool = False
    silent: bool = False

    def body(self) -> bytes:
        """Returns the body before it is cut."""
        return self.answer.encoded() if self.raw is None else self.raw


def _drop(_fault: Fault, answer: Answer) -> Delivery:
    return Delivery(answer, hang_up=True, silent=True)


def _status(fault: Fault, _answer: Answer) -> Delivery:
    message = "Too many requests" if fault.status == 429 else "Something went wrong"
    headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
    return Delivery(error_page(fault.status, fault.shape, message, headers))


SHAPES = ("envelope", "rest", "error", "html")


def error_page(status: int, shape: str, message: str, headers: Mapping[str, str]) -> Answer:
    """Makes an error in one of the shapes that the API, its gateway or something between them may give it."""
    head: AnswerBody = {"request_id": "0" * 32, "method": "", "http_code": status}
    body: Body = {**head, "response": [failed_item(status, message, message)]}
    if shape == "rest":
        body = {"RestException": {"Status": status, "Message": message, "Code": status}}
    if shape == "error":
        code = "rate limit exceeded" if status == 429 else message.lower()
        body = {**head, "response": {"error": {"code": code}}}
    if shape == "html":
        body = f"<html><head><title>{status}</title></head><body><h1>{message}</h1></body></html>"
    return Answer(status, body, headers)


def _as_it_is(_fault: Fault, answer: Answer) -> Delivery:
    return Delivery(answer)


def _cut(_fault: Fault, answer: Answer) -> Delivery:
    return Delivery(answer, send=len(answer.encoded()) // 2, hang_up=True)


def _html(_fault: Fault, _answer: Answer) -> Delivery:
    page = "<!DOCTYPE html><html><body><h1>Down for maintenance</h1></body></html>"
    return Delivery(Answer(200, page))


def _empty(_fault: Fault, _answer: Answer) -> Delivery:
    return Delivery(Answer(200, None), raw=b"")


def _broken(_fault: Fault, answer: Answer) -> Delivery:
    return Delivery(answer, raw=answer.encoded()[:-2])


def _strange(_fault: Fault, _answer: Answer) -> Delivery:
    return Delivery(Answer(200, {"ok": True, "response": None}))


def _item(fault: Fault, answer: Answer) -> Delivery:
    response = answer.envelope.get("response")
    broken = failed_item(fault.status, "This item could not be read", "Try again later.")
    items: list[AnswerItem] | AnswerItem = broken
    if isinstance(response, list):
        at = min(fault.index, len(response) - 1)
        items = [broken if place == at else item for place, item in enumerate(response)] or [broken]
    return Delivery(replace(answer.with_response(items, http_code=207), status=207))


def _redirect(fault: Fault, _answer: Answer) -> Delivery:
    return Delivery(Answer(307, None, {"Location": fault.location}), raw=b"")


def _huge(fault: Fault, answer: Answer) -> Delivery:
    return Delivery(answer, pad=int(fault.megabytes * 1_000_000))


def _endless(_fault: Fault, answer: Answer) -> Delivery:
    page = answer.envelope.get("metadata")
    if page is None or "total" not in page:
        return Delivery(answer)
    items = [_made_up_item(number) for number in range(page["offset"], page["offset"] + page["limit"])]
    metadata = {**page, "count": len(items), "total": page["offset"] + 10 * page["limit"]}
    return Delivery(answer.with_response(items, metadata=metadata))


def _made_up_item(number: int) -> AnswerItem:
    sid = f"{number:032x}"
    data: Data = {"id": sid, "sid": sid, "name": f"endless-{number}", "status": "archived"}
    return item_of(data)


def _change(fault: Fault, answer: Answer) -> Delivery:
    def changed(item: AnswerItem) -> AnswerItem:
        return {**item, "data": {**data_of(item), **fault.data}} if item.get("data") else item

    return Delivery(answer.each_item(changed))


@dataclass(frozen=True, slots=True)
class Effect:
    """Says whether the request is carried out by default, what becomes of its answer, and that in words."""

    acts: bool
    deliver: Callable[[Fault, Answer], Delivery]
    says: str
    needs_success: bool = False


EFFECTS: Mapping[str, Effect] = {
    "drop": Effect(True, _drop, "Closes the connection without an answer."),
    "status": Effect(
        False, _status, "Answers `status` in a `shape`: envelope, rest, error or html; with `retry_after`."
    ),
    "slow": Effect(True, _as_it_is, "Answers after `seconds`; not carried out means: only after the wait."),
    "cut": Effect(True, _cut, "Sends half of the body, then nothing."),
    "html": Effect(False, _html, "200 with a page."),
    "empty": Effect(False, _empty, "200 with nothing."),
    "broken": Effect(True, _broken, "200 with JSON that lacks its end."),
    "strange": Effect(False, _strange, "200 with JSON of no known shape."),
    "item": Effect(
        True, _item, "The item at `index` failed with `status`, inside a 207.", needs_success=True
    ),
    "redirect": Effect(False, _redirect, "Sends to `location`."),
    "huge": Effect(True, _huge, "Pads the answer to `megabytes`."),
    "shift": Effect(
        True,
        _as_it_is,
        "Makes campaigns `appear` at the front of a list, or those that appeared `disappear`, before it is read.",
    ),
    "endless": Effect(True, _endless, "Fills every page of a list and promises more.", needs_success=True),
    "change": Effect(
        True,
        _change,
        "Sets fields of `data` in the answer, as an account that lies would.",
        needs_success=True,
    ),
    "later": Effect(True, _as_it_is, "Moves the sandbox's clock on by `seconds` once it is carried out."),
}

NOT_ACTED = Answer(503, {"request_id": "0" * 32, "method": "", "http_code": 503, "response": []})
"""Stands for the answer of a request that was not carried out."""


def deliver(fault: Fault | None, answer: Answer) -> Delivery:
    """Makes what is sent, with the fault, if any, done to it.

    A refusal has no items to spoil and goes out as it is.
    """
    if fault is None:
        return Delivery(answer)
    effect = EFFECTS[fault.effect]
    if effect.needs_success and answer.status >= 300 and answer is not NOT_ACTED:
        return Delivery(answer)
    return effect.deliver(fault, answer)
