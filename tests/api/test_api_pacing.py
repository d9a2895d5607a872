"""When requests may be sent, by a clock that only moves when it is slept on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from api_bench import Bench
from fakes import FakeClock
from scripted_server import Answer, Request, envelope, item, voice

from campaignctl.api.pacing import Pacer, seconds_for
from campaignctl.errors import ApiError
from campaignctl.kinds import VOICE
from campaignctl.kinds.operations import Action
from campaignctl.model.results import Done, NotReached

CAMPAIGN = envelope(item(voice("a", "one", "Paused")))


def sent_at(pacer: Pacer, clock: FakeClock, requests: int, *, urgent: bool = False) -> list[float]:
    moments = []
    for _ in range(requests):
        while (seconds := pacer.wait(urgent=urgent)) > 0:
            clock.sleep(seconds)
        moments.append(clock.monotonic())
        with pacer.slot():
            clock.passed += 0.25
    return moments


def test_never_more_than_the_limit_in_any_sixty_seconds_and_three_are_kept_back() -> None:
    clock = FakeClock()
    moments = sent_at(Pacer(30, clock), clock, 200)
    for begin in moments:
        assert sum(begin <= moment < begin + 60 for moment in moments) <= 27
    assert moments[26] < 60 <= moments[27]


def test_an_urgent_request_may_use_what_is_kept_back() -> None:
    clock = FakeClock()
    pacer = Pacer(30, clock)
    sent_at(pacer, clock, 27)
    assert pacer.wait() > 0
    assert sent_at(pacer, clock, 3, urgent=True)[-1] < 60
    assert pacer.wait(urgent=True) > 0


@pytest.mark.parametrize(("limit", "at_once"), [(1, 1), (2, 1), (3, 1), (4, 1), (5, 2), (30, 27)])
def test_of_a_small_limit_at_least_one_request_is_left(limit: int, at_once: int) -> None:
    clock = FakeClock()
    assert sum(moment < 60 for moment in sent_at(Pacer(limit, clock), clock, at_once + 1)) == at_once


def test_without_a_limit_nothing_waits() -> None:
    clock = FakeClock()
    sent_at(Pacer(None, clock), clock, 500)
    assert clock.slept == []


def test_what_the_account_says_is_left_is_obeyed() -> None:
    clock = FakeClock()
    pacer = Pacer(None, clock)
    reset = str(int((clock.now() + timedelta(seconds=40)).timestamp()))
    headers = {"x-ratelimit-limit": "30", "x-ratelimit-remaining": "3", "x-ratelimit-reset": reset}
    pacer.heed(headers, clock.now())
    assert pacer.wait() == pytest.approx(40)
    assert pacer.wait(urgent=True) == 0
    pacer.heed(headers | {"x-ratelimit-remaining": "0"}, clock.now())
    assert pacer.wait(urgent=True) == pytest.approx(40)
    clock.sleep(40)
    assert pacer.wait() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-ratelimit-remaining": "few", "x-ratelimit-reset": "soon"},
        {"x-ratelimit-remaining": "-1", "x-ratelimit-reset": "99999999999999999999"},
        {"x-ratelimit-remaining": "0"},
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1000"},
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1893456000000"},
    ],
)
def test_what_the_account_says_of_its_limit_and_cannot_be_read_stops_nothing(headers: dict[str, str]) -> None:
    clock = FakeClock()
    pacer = Pacer(None, clock)
    pacer.heed(headers, clock.now())
    assert pacer.wait() == 0


@pytest.mark.parametrize("requests", [0, 1, 27, 28, 54, 55, 300])
@pytest.mark.parametrize("earlier", [0, 5, 27])
def test_the_estimate_is_what_it_then_takes(requests: int, earlier: int) -> None:
    clock = FakeClock()
    pacer = Pacer(30, clock)
    sent_at(pacer, clock, earlier)
    estimate, begun = pacer.estimate(requests, 0.25), clock.monotonic()
    sent_at(pacer, clock, requests)
    assert clock.monotonic() - begun == pytest.approx(estimate, abs=0.5)


def test_an_estimate_without_a_limit_is_all_latency() -> None:
    assert seconds_for(10, None, 0.5) == 5


# the client


def answer_with(clock: FakeClock, **headers: str) -> Any:
    def script(_request: Request) -> Answer:
        return Answer(body=CAMPAIGN, headers={"Date": clock.date, **headers})

    return script


def test_the_client_waits_for_its_rate_limit(bench: Bench) -> None:
    client, server = bench.client(answer_with(bench.clock), rate_limit=30)
    for _ in range(28):
        client.get(VOICE, "a")
    assert bench.clock.passed == pytest.approx(60)
    assert len(server.requests) == client.requests == 28


def test_an_urgent_pause_does_not_wait(bench: Bench) -> None:
    client, _ = bench.client(answer_with(bench.clock), rate_limit=30)
    for _ in range(27):
        client.get(VOICE, "a")
    assert isinstance(client.act(VOICE, "a", Action.PAUSE, urgent=True).answer, Done)
    assert bench.clock.passed == 0


def test_pauses_of_everything_may_use_the_complete_limit(bench: Bench) -> None:
    client, _ = bench.client(answer_with(bench.clock), rate_limit=30, use_reserved_quota=True)
    for _ in range(30):
        client.act(VOICE, "a", Action.PAUSE)
    assert bench.clock.passed == 0


def test_a_limit_that_opens_in_more_than_five_minutes_fails_at_once(bench: Bench) -> None:
    late = str(int((bench.clock.now() + timedelta(minutes=6)).timestamp()))
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": late}
    client, server = bench.client(answer_with(bench.clock, **headers))
    client.get(VOICE, "a")
    with pytest.raises(ApiError, match="rate limit leaves no request for another 360 seconds"):
        client.get(VOICE, "a")
    exchange = client.act(VOICE, "a", Action.COMPLETE)
    assert isinstance(exchange.answer, NotReached)
    assert exchange.attempts == 0
    assert (bench.clock.slept, len(server.requests)) == ([], 1)


def test_a_pause_is_tried_though_the_account_says_that_nothing_is_left_for_long(bench: Bench) -> None:
    late = str(int((bench.clock.now() + timedelta(hours=6)).timestamp()))
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": late}
    client, server = bench.client(answer_with(bench.clock, **headers))
    client.get(VOICE, "a")
    assert client.act(VOICE, "a", Action.PAUSE).attempts == 1
    assert (bench.clock.slept, len(server.requests)) == ([], 2)
