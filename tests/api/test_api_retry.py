"""Which answers are asked for again, and what is then known: over a real socket, with a clock that is slept on."""

from __future__ import annotations

import math
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random
from typing import Any

import pytest
from api_bench import Bench
from scripted_server import HANG_UP, Answer, envelope, in_turn, item, voice

from campaignctl.api.retry import RetryBudget, retry_after_seconds
from campaignctl.errors import AnswerError, ApiError, UnreachableError
from campaignctl.kinds import VOICE
from campaignctl.kinds.operations import Action
from campaignctl.model.results import Done, NotReached, Refused, Unknown

GOOD = Answer(body=envelope(item(voice("a", "one"))))
TOO_MANY = Answer(429, {"RestException": {"Status": 429, "Message": "Too many requests", "Code": 1}})
BROKEN = {
    "a 500": Answer(500, envelope(item(None, 500, {"message": "oops"}))),
    "a 503 page": Answer(503, b"<html>down</html>"),
    "a 599": Answer(599, b""),
    "a 408": Answer(408, envelope(item(None, 408, {"message": "too slow"}))),
    "a 499 page of a gateway": Answer(499, b"<html>gone</html>"),
    "a connection lost before the answer": HANG_UP,
    "an answer cut short": Answer(body=envelope(item(voice("a", "one"))), cut=40),
    "half a status line": Answer(raw=b"HTTP/1.1 20"),
    "no HTTP": Answer(raw=b"hello\r\n\r\n"),
    "an empty answer": Answer(body=b""),
    "a page": Answer(body=b"<html>fine</html>"),
    "no object": Answer(body=[1]),
    "broken JSON": Answer(body=b'{"response": [}'),
    "a 204": Answer(204, b""),
    "wrong compression": Answer(body=b"not gzip", headers={"Content-Encoding": "gzip"}),
    "an item that failed by itself": Answer(207, envelope(item(None, 503, {"message": "later"}))),
    "an item that a gateway gave up": Answer(207, envelope(item(None, 408, {"message": "too slow"}))),
    "a success without data": Answer(body=envelope(item(None))),
    "another campaign": Answer(body=envelope(item(voice("b", "two")))),
    "two campaigns": Answer(body=envelope(item(voice("a", "one")), item(voice("a", "one")))),
    "no campaign": Answer(body=envelope()),
}
CREATE: dict[str, Any] = {"name": "one", "from": ("+919876543210",)}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_read_is_repeated(bench: Bench, broken: Answer) -> None:
    client, server = bench.client(in_turn(broken, broken, GOOD))
    live = client.get(VOICE, "a")
    assert live is not None
    assert (live.name, len(server.requests), len(bench.clock.slept)) == ("one", 3, 2)


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_read_that_stays_broken_is_an_error_and_never_an_absence(bench: Bench, broken: Answer) -> None:
    client, server = bench.client(in_turn(broken), max_attempts=3)
    with pytest.raises(ApiError):
        client.get(VOICE, "a")
    assert len(server.requests) == 3


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_an_update_or_action_is_not_repeated_where_nobody_knows(bench: Bench, broken: Answer) -> None:
    client, server = bench.client(in_turn(broken))
    exchanges = [client.update(VOICE, "a", CREATE), client.act(VOICE, "a", Action.PAUSE)]
    assert [type(exchange.answer) for exchange in exchanges] == [Unknown, Unknown]
    assert [exchange.attempts for exchange in exchanges] == [1, 1]
    assert (len(server.requests), bench.clock.slept) == (2, [])


@pytest.mark.parametrize(
    "name", [name for name in BROKEN if name != "another campaign"]
)  # a create does not know its SID
def test_a_create_is_not_repeated_where_nobody_knows(bench: Bench, name: str) -> None:
    client, server = bench.client(in_turn(BROKEN[name], GOOD))
    exchange = client.create(VOICE, CREATE)
    assert isinstance(exchange.answer, Unknown)
    assert (exchange.attempts, len(server.requests), bench.clock.slept) == (1, 1, [])


def test_a_write_is_repeated_after_429(bench: Bench) -> None:
    client, server = bench.client(in_turn(TOO_MANY, TOO_MANY, GOOD))
    exchange = client.create(VOICE, CREATE)
    assert isinstance(exchange.answer, Done)
    assert (exchange.answer.live.sid, exchange.attempts, len(server.requests)) == ("a", 3, 3)


def test_429_to_the_end_means_surely_not_carried_out(bench: Bench) -> None:
    client, server = bench.client(in_turn(TOO_MANY), max_attempts=4)
    exchange = client.create(VOICE, CREATE)
    assert exchange.answer == NotReached("Too many requests", 429)
    assert (exchange.attempts, len(server.requests)) == (4, 4)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 409, 413, 422])
def test_any_other_4xx_is_reported_and_not_repeated(bench: Bench, status: int) -> None:
    refusal = Answer(status, envelope(item(None, status, {"code": 1009, "message": "no"})))
    client, server = bench.client(in_turn(refusal, GOOD))
    exchange = client.act(VOICE, "a", Action.PAUSE)
    assert isinstance(exchange.answer, Refused)
    assert (exchange.answer.http, exchange.answer.code, len(server.requests)) == (status, "1009", 1)


def test_an_item_of_a_207_that_was_refused_is_a_refusal(bench: Bench) -> None:
    refused = Answer(207, envelope(item(None, 409, {"code": 7, "message": "already paused"})))
    client, _ = bench.client(in_turn(refused))
    assert client.act(VOICE, "a", Action.PAUSE).answer == Refused(409, "7", "already paused")


def test_an_item_of_a_207_that_came_too_fast_is_repeated(bench: Bench) -> None:
    fast = Answer(207, envelope(item(None, 429, {"message": "slow down"})))
    client, server = bench.client(in_turn(fast, GOOD))
    assert isinstance(client.act(VOICE, "a", Action.PAUSE).answer, Done)
    assert len(server.requests) == 2


def test_a_redirect_is_not_followed(bench: Bench) -> None:
    other = bench.serve(in_turn(GOOD))
    client, server = bench.client(in_turn(Answer(307, b"", {"Location": f"{other.base_url}/v2"})))
    assert isinstance(client.create(VOICE, CREATE).answer, Unknown)
    with pytest.raises(AnswerError, match="redirect"):
        client.get(VOICE, "a")
    assert (len(server.requests), other.requests) == (2, [])


def test_a_connection_that_is_never_made_is_tried_again_and_surely_nothing_was_sent(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    client = bench.connect(f"http://127.0.0.1:{port}", max_attempts=3)
    exchange = client.create(VOICE, CREATE)
    assert exchange.attempts == 3
    assert exchange.answer == NotReached("no connection to 127.0.0.1")
    with pytest.raises(UnreachableError, match=r"environment prod: no connection to 127\.0\.0\.1"):
        client.get(VOICE, "a")


def test_a_time_out_is_unknown_for_a_write_and_repeated_for_a_read(bench: Bench) -> None:
    slow = Answer(body=GOOD.body, stall_seconds=0.3)
    client, server = bench.client(in_turn(slow, slow, GOOD), timeout_seconds=0.1)
    answer = client.create(VOICE, CREATE).answer
    assert answer == Unknown("127.0.0.1 did not answer within 0.1 seconds")
    assert client.get(VOICE, "a") is not None
    assert len(server.requests) == 3


# how long


def test_retry_after_in_seconds_is_waited(bench: Bench) -> None:
    client, _ = bench.client(in_turn(Answer(429, b"", {"Retry-After": "17"}), GOOD))
    client.create(VOICE, CREATE)
    assert bench.clock.slept == [17]


def test_retry_after_as_a_date_is_by_the_clock_of_the_server(bench: Bench) -> None:
    theirs = bench.clock.now() + timedelta(hours=2)
    headers = {
        "Date": format_datetime(theirs, usegmt=True),
        "Retry-After": format_datetime(theirs + timedelta(seconds=21), usegmt=True),
    }
    client, _ = bench.client(in_turn(Answer(429, b"", headers), GOOD))
    client.create(VOICE, CREATE)
    assert bench.clock.slept == [21]


def test_a_retry_after_beyond_five_minutes_fails_at_once(bench: Bench) -> None:
    client, server = bench.client(in_turn(Answer(429, b"", {"Retry-After": "301"}), GOOD))
    assert isinstance(client.create(VOICE, CREATE).answer, NotReached)
    assert (bench.clock.slept, len(server.requests)) == ([], 1)


def test_all_waiting_for_one_request_together_is_five_minutes_at_most(bench: Bench) -> None:
    client, server = bench.client(in_turn(Answer(429, b"", {"Retry-After": "100"})), max_attempts=50)
    assert isinstance(client.create(VOICE, CREATE).answer, NotReached)
    assert (bench.clock.slept, len(server.requests)) == ([100, 100, 100], 4)


def test_waiting_for_the_rate_limit_counts_too(bench: Bench) -> None:
    client, server = bench.client(
        in_turn(Answer(429, b"", {"Retry-After": "1"})), max_attempts=50, rate_limit=1
    )
    assert isinstance(client.create(VOICE, CREATE).answer, NotReached)
    assert sum(bench.clock.slept) <= 300
    assert len(server.requests) == 6


class _Upper(Random):
    """Draws the upper end."""

    def uniform(self, _a: float, b: float) -> float:
        return b


def test_backoff_doubles_and_is_drawn_from_the_full_range() -> None:
    budget = RetryBudget(9, _Upper())
    waits = []
    for attempt in range(1, 9):
        budget.attempts = attempt
        waits.append(budget.backoff(None))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    drawn = [RetryBudget(2, Random(seed), attempts=1).backoff(None) or 0.0 for seed in range(200)]
    assert min(drawn) < 0.1
    assert max(drawn) > 0.9


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0),
        ("  12 ", 12),
        ("1.5", 1.5),
        ("-3", None),
        ("soon", None),
        ("", None),
        ("9" * 40, math.inf),
        ("Sun, 10 Jan 2027 06:00:30 GMT", 30),
        ("Sun, 10 Jan 2027 05:00:00 GMT", 0),
        ("Sunday, 10-Jan-27 06:00:30 GMT", 30),
        ("Sun Jan 10 06:00:30 2027", 30),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header, datetime(2027, 1, 10, 6, 0, tzinfo=UTC)) == seconds


# the moment of sending


def test_a_write_is_checked_each_time_it_goes_out_after_its_waiting(bench: Bench) -> None:
    client, _ = bench.client(in_turn(Answer(429, b"", {"Retry-After": "40"}), GOOD))
    moments: list[float] = []
    client.create(VOICE, CREATE, lambda: moments.append(bench.clock.passed))
    assert moments == [0, 40]


def test_a_check_that_fails_after_a_wait_sends_nothing_more(bench: Bench) -> None:
    client, server = bench.client(in_turn(Answer(429, b"", {"Retry-After": "40"}), GOOD))

    def too_late() -> None:
        if bench.clock.passed:
            raise TimeoutError("too late")

    with pytest.raises(TimeoutError, match="too late"):
        client.update(VOICE, "a", CREATE, too_late)
    assert len(server.requests) == 1
