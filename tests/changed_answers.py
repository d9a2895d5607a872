"""Somebody between command and account who changes answers: a gateway, or an account that answers as nobody thought."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from random import Random
from typing import Any

import httpx
from harness import Desk
from scripted_server import Answer, Request, serving

Change = Callable[[Request, Answer], Answer]
_OWN = ("content-length", "connection", "transfer-encoding", "content-encoding")


@contextmanager
def between(desk: Desk, change: Change) -> Iterator[None]:
    """The project knows the account by somebody's address, who changes each answer."""
    with httpx.Client(base_url=desk.sandbox.url, trust_env=False) as account:

        def script(request: Request) -> Answer:
            sent = {"Authorization": request.headers["authorization"], "Content-Type": "application/json"}
            reply = account.request(request.method, request.target, content=request.body, headers=sent)
            headers = {name: value for name, value in reply.headers.items() if name not in _OWN}
            return change(request, Answer(reply.status_code, reply.content, headers))

        with serving(script) as server:
            desk.configure(base_url=server.base_url)
            yield


def with_headers(method: str, headers: Mapping[str, str]) -> Change:
    """Answers to requests of a method have these headers."""

    def change(request: Request, answer: Answer) -> Answer:
        if request.method != method:
            return answer
        kept = {it: value for it, value in answer.headers.items() if it not in map(str.lower, headers)}
        return Answer(answer.status, answer.body, {**kept, **headers})

    return change


ODD = (
    *(
        None,
        0,
        -1,
        True,
        1e308,
        10**40,
        "",
        "x",
        " Paused",
        "Paused",
        "Created",
        "InProgress",
        "failed",
        409,
        "404",
    ),
    *(
        [],
        {},
        [None],
        {"a": 1},
        {"code": 409, "message": "no"},
        ["+919876543210"],
        "XXXXXXXX10",
        "\0",
        "9" * 500,
    ),
    *("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2027-02-30T00:00:00Z"),
)


def drawn_answers(random: Random, method: str) -> Change:
    """Some answers to a method, drawn at random, say something odd somewhere, lack something or are cut."""
    begin, times = random.choice((0, 0, 1, 2)), random.choice((1, 1, 2, 99))
    seen = 0

    def change(request: Request, answer: Answer) -> Answer:
        nonlocal seen
        if request.method != method:
            return answer
        seen += 1
        if not begin < seen <= begin + times:
            return answer
        if random.random() < 0.1:
            return Answer(answer.status, answer.body[: random.randrange(len(answer.body))], answer.headers)
        document = json.loads(answer.body)
        for _ in range(random.choice((1, 1, 1, 2, 5))):
            _make_odd(random, document)
        return Answer(answer.status, document, answer.headers)

    return change


def _make_odd(random: Random, document: Any) -> None:
    places = list(_places(document))
    if not places:
        return
    holder, key = random.choice(places)
    match random.choice("ooood+"):
        case "o":
            holder[key] = deepcopy(random.choice(ODD))
        case "d":
            del holder[key]
        case _ if isinstance(holder, list):
            holder.append(deepcopy(holder[key]))
        case _:
            holder[key] = [holder[key]]


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Yields everything that stands in something, as what it stands in and where."""
    if isinstance(document, dict | list):
        for key, value in list(document.items() if isinstance(document, dict) else enumerate(document)):
            yield document, key
            yield from _places(value)
