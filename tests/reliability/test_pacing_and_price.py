"""How fast requests go out, and whether a plan says truly what its apply takes. One clock for command and account."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from example_counts import examples
from fakes import FakeClock
from harness import Desk, live_voice, voice
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from reliable_desk import APPLY, reliable

from campaignctl.api.pacing import Pacer
from campaignctl.api.retry import MAX_WAIT_SECONDS, RetryBudget

pytestmark = pytest.mark.slow

OTHER_CALLER = "08012345678"
KEPT = 3


def most_in_a_minute(moments: Sequence[float]) -> int:
    """The most requests in any sixty seconds, the last moment left out."""
    return max((bisect_right(moments, begin + 59.999) - at for at, begin in enumerate(moments)), default=0)


def people(number: int) -> list[str]:
    return [f"+9198765{number:05}"]


def created(desk: Desk, count: int) -> None:
    desk.manifests(*(voice(f"many-{n:03}", **{"from": people(n)}) for n in range(count)))


def created_paused(desk: Desk, count: int) -> None:
    desk.manifests(*(voice(f"many-{n:03}", **{"from": people(n)}, state="paused") for n in range(count)))


def updated(desk: Desk, count: int) -> None:
    names = [(f"many-{n:03}", people(n)) for n in range(count)]
    desk.seed(*(live_voice(name, **{"from": who}, caller_id=OTHER_CALLER) for name, who in names))
    desk.manifests(*(voice(name, **{"from": who}) for name, who in names))


def paused(desk: Desk, count: int) -> None:
    names = [(f"many-{n:03}", people(n)) for n in range(count)]
    desk.seed(*(live_voice(name, **{"from": who}) for name, who in names))
    desk.manifests(*(voice(name, **{"from": who}, state="paused") for name, who in names))


def archived(desk: Desk, count: int) -> None:
    names = [(f"many-{n:03}", people(n)) for n in range(count)]
    desk.seed(*(live_voice(name, **{"from": who}) for name, who in names))
    desk.manifests(*(voice(name, **{"from": who}, state="archived") for name, who in names))


SIZES = ((30, 5), (30, 40), (30, 120), (None, 5), (None, 40))
"""With a limit, and without one, where nothing waits and what is much takes no other course."""
KINDS = {
    "creates": created,
    "creates that wait": created_paused,
    "updates": updated,
    "pauses": paused,
    "ends": archived,
}
ALLOW = ("--allow", "complete", "--allow", "archive")


@pytest.mark.parametrize(("limit", "size"), SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_says_within_a_factor_of_two_what_its_apply_takes(
    desk: Desk, kind: str, size: int, limit: int | None
) -> None:
    reliable(desk, rate_limit=limit)
    KINDS[kind](desk, size)
    planned = desk.plan(*ALLOW)
    price, read = planned["apply"], planned["refresh"]["requests"]
    desk.pass_time(minutes=2)
    desk.forget()
    begun = desk.clock.now()
    assert desk.run(*APPLY, *ALLOW).code == 0
    took = (desk.clock.now() - begun).total_seconds()
    requests = len(desk.requests) - read
    assert requests / 2 <= price["requests"] <= requests * 2
    latency = 0.3 * requests  # the fake clock shows waiting alone
    assert took / 2 <= price["seconds"] <= 2 * (took + latency) + 1
    if limit is not None:
        assert most_in_a_minute([it.at for it in desk.requests]) <= limit - KEPT


@examples(60)
@given(
    limit=st.integers(1, 60),
    steps=st.lists(st.tuples(st.floats(0, 30), st.floats(0, 40), st.booleans()), max_size=150),
)
def test_never_more_than_the_limit_in_any_minute(limit: int, steps: list[tuple[float, float, bool]]) -> None:
    """Whatever comes between requests, however long each takes; an urgent one may use what is kept back."""
    clock = FakeClock()
    pacer = Pacer(limit, clock)
    ended: list[float] = []
    calm: list[float] = []
    for idle, takes, urgent in steps:
        clock.advance(timedelta(seconds=idle))
        while (wait := pacer.wait(urgent=urgent)) > 0:
            clock.sleep(wait)
        begun = clock.monotonic()
        with pacer.slot():
            clock.advance(timedelta(seconds=takes))
        # the account counted it at some moment in between: both ends must keep to the limit
        ended.append(clock.monotonic())
        assert sum(moment > begun - 60 + 1e-6 for moment in ended) <= limit
        if not urgent:
            calm.append(begun)
    assert most_in_a_minute(calm) <= max(limit - KEPT, 1)


@examples(8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    idles=st.lists(st.floats(0, 20), min_size=3, max_size=6),
    sizes=st.lists(st.integers(1, 12), min_size=3, max_size=6),
)
def test_never_more_than_the_limit_over_a_socket(desk: Desk, idles: list[float], sizes: list[int]) -> None:
    """Each apply keeps the limit by itself; the account counts, and would refuse."""
    desk.sandbox.reset()
    desk.clock.advance(timedelta(minutes=5))
    reliable(desk, rate_limit=12, settle_seconds=0)
    for idle, size in zip(idles, sizes, strict=False):
        desk.forget()
        created(desk, size)
        desk.clock.advance(timedelta(seconds=idle))
        assert desk.run(*APPLY).code == 0
        assert most_in_a_minute([it.at for it in desk.requests]) <= 12 - KEPT


def test_what_the_account_says_is_left_is_obeyed(desk: Desk) -> None:
    """Without a limit of its own, a run is never refused by an account that tells its limit."""
    reliable(desk, rate_limit=None)
    desk.sandbox.switches.change({"rate_limit": 10})
    created(desk, 25)
    assert desk.run(*APPLY).code == 0
    assert 429 not in {it.status for it in desk.requests}
    assert most_in_a_minute([it.at for it in desk.requests]) <= 10 - KEPT


@pytest.mark.parametrize(("retry_after", "code"), [("299", 0), ("301", 4), ("99999999999", 4)])
def test_a_wait_of_more_than_five_minutes_fails_at_once(desk: Desk, retry_after: str, code: int) -> None:
    reliable(desk)
    created(desk, 1)
    desk.sandbox.faults.add("status", request="create", status=429, retry_after=retry_after)
    begun = desk.clock.now()
    assert desk.run(*APPLY).code == code
    waited = (desk.clock.now() - begun).total_seconds()
    assert waited == pytest.approx(299 + 12, abs=1) if code == 0 else waited < 1


def test_all_waiting_for_one_request_is_bounded(desk: Desk) -> None:
    reliable(desk, max_attempts=50)
    created(desk, 1)
    desk.sandbox.faults.add("status", request="create", status=429, retry_after="70", times=None)
    begun = desk.clock.now()
    assert desk.run(*APPLY).code == 4
    assert (desk.clock.now() - begun).total_seconds() <= 300
    assert len(desk.writes) == 5


@given(seed=st.integers(), attempts=st.integers(1, 40))
def test_backoff_is_drawn_from_the_full_range_and_ends(seed: int, attempts: int) -> None:
    budget, waits = RetryBudget(attempts, Random(seed)), []
    while True:
        budget.attempts += 1
        wait = budget.backoff(None)
        if wait is None:
            break
        waits.append(wait)
    assert all(0 <= wait <= min(2.0**at, 60) for at, wait in enumerate(waits))
    assert len(waits) < attempts
    assert sum(waits) <= MAX_WAIT_SECONDS


def test_repeats_of_an_update_are_spread(desk: Desk) -> None:
    """Between two of them somebody looked, and some time went by."""
    reliable(desk, max_attempts=4)
    updated(desk, 1)
    desk.sandbox.faults.add("status", request="update", status=503, times=None)
    run: Any = desk.run(*APPLY)
    assert run.code == 5
    moments = [it.at for it in desk.writes]
    assert len(moments) == 4
    assert moments == sorted(set(moments))
