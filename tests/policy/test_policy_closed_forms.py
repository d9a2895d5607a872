"""The closed forms of a run, held against a dialler that makes every call in many orders."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from random import Random
from statistics import fmean

import pytest
from dialling_simulation import ORDERS, Order, simulate
from example_counts import tried
from hypothesis import given
from hypothesis import strategies as some

from campaignctl.model.usage import CERTAIN, USUAL
from campaignctl.policy.closed_forms import (
    Workload,
    fits,
    typical_minutes,
    typical_unfinished,
    worst_minutes,
    worst_unfinished,
)
from campaignctl.sandbox.dialler import CampaignRun, DialLine, Retries, settle

MINUTE = timedelta(minutes=1)
_LITTLE = 1e-6
"""Of a minute: what floats of the simulated dialler may be off."""

INTERVALS = some.one_of(
    some.lists(some.integers(1, 120), max_size=0).map(tuple),
    some.tuples(some.integers(1, 3), some.integers(1, 60)).map(lambda it: (it[1],) * it[0]),
    some.tuples(some.integers(1, 3), some.integers(1, 60)).map(
        lambda it: tuple(it[1] * 2**k for k in range(it[0]))
    ),
)
WORKLOADS = some.builds(
    lambda people, pace, intervals, answers: Workload(people, pace, intervals, answers[: len(intervals) + 1]),
    some.integers(1, 100_000),
    some.integers(1, 600),
    INTERVALS,
    some.tuples(*[some.integers(0, CERTAIN)] * 4),
)
WINDOWS = some.integers(-600, 60 * 24 * 60).map(lambda seconds: timedelta(seconds=seconds))


def usual(people: int, per_minute: int, *intervals: int) -> Workload:
    return Workload(people, per_minute, intervals, USUAL.answers(len(intervals) + 1))


def test_the_figures_of_a_campaign_to_five_thousand() -> None:
    workload = usual(5000, 60, 15, 15, 15)
    assert typical_minutes(workload) == 178
    assert worst_minutes(workload) == 334 + 45 + 7
    assert typical_unfinished(workload, 178 * MINUTE) == 0
    assert worst_unfinished(workload, 386 * MINUTE) == 0
    assert worst_unfinished(workload, 52 * MINUTE) == 5000


def test_without_retries_a_run_is_its_calls() -> None:
    assert (typical_minutes(usual(301, 300)), worst_minutes(usual(301, 300))) == (2, 3)
    assert typical_unfinished(usual(301, 300), MINUTE) == 1
    assert worst_unfinished(usual(301, 300), 2 * MINUTE) == 1


def test_of_whom_nobody_answers_all_are_called_each_time() -> None:
    never = Workload(120, 60, (15, 15), (0, 0, 0))
    assert typical_minutes(never) == 32
    assert typical_unfinished(never, 31 * MINUTE) == 60


def test_who_always_answers_waits_for_the_intervals_all_the_same() -> None:
    """Nobody is left for them, but the forms are the page's."""
    assert typical_minutes(Workload(120, 60, (15,), (CERTAIN, 0))) == 17


def _exact(workload: Workload) -> Fraction:
    """The page's sum, in fractions."""
    called = Fraction(workload.people)
    total = called / workload.per_minute
    for interval, answer in zip(workload.intervals, workload.answers, strict=False):
        called *= 1 - Fraction(answer, CERTAIN)
        total += max(Fraction(interval), called / workload.per_minute)
    return total


def _left(workload: Workload, window: Fraction) -> Fraction:
    """Who is not done with typically, by the page's own words."""
    called, ends, begins = Fraction(workload.people), Fraction(0), Fraction(0)
    left = called
    for attempt, answer in enumerate(workload.answers):
        taken = called / workload.per_minute
        if attempt:
            interval = Fraction(workload.intervals[attempt - 1])
            begins, ends = max(ends, begins + interval), ends + max(interval, taken)
        else:
            ends = taken
        share = Fraction(1) if window >= ends else max(Fraction(0), window - begins) / (ends - begins)
        left -= share * called * (1 if attempt == workload.retries else Fraction(answer, CERTAIN))
        called *= 1 - Fraction(answer, CERTAIN)
    return left


@given(WORKLOADS, WINDOWS)
def test_whole_numbers_give_what_fractions_give(workload: Workload, window: timedelta) -> None:
    exact, minutes = _exact(workload), Fraction(window // timedelta(microseconds=1), 60_000_000)
    assert typical_minutes(workload) == -(-exact // 1)
    assert fits(workload, window) == (exact <= minutes)
    expected = 0 if exact <= minutes else -(-_left(workload, minutes) // 1)
    assert typical_unfinished(workload, window) == min(expected, worst_unfinished(workload, window))


@given(WORKLOADS, WINDOWS, some.integers(0, 10_000))
def test_typical_is_at_most_worst_and_worst_at_most_shared(
    workload: Workload, window: timedelta, others: int
) -> None:
    assert typical_minutes(workload) <= worst_minutes(workload)
    worst = worst_unfinished(workload, window)
    assert 0 <= typical_unfinished(workload, window) <= worst <= workload.people
    assert worst <= worst_unfinished(workload, window, others)


@given(WORKLOADS, WINDOWS)
def test_nobody_is_unfinished_just_where_the_run_fits(workload: Workload, window: timedelta) -> None:
    assert (worst_unfinished(workload, window) == 0) == (worst_minutes(workload) * MINUTE <= window)
    if fits(workload, window):
        assert typical_unfinished(workload, window) == 0


def _any_campaign(random: Random) -> tuple[Workload, list[float]]:
    """Small, so that many are made; answers from nobody to everybody."""
    retries, interval = random.randint(0, 3), random.randint(1, random.choice((5, 30, 120)))
    doubles = random.random() < 0.3
    intervals = tuple(interval * 2**k if doubles else interval for k in range(retries))
    rates = [random.choice((0.0, random.random(), random.random() ** 3, 1.0)) for _ in range(retries + 1)]
    answers = tuple(int(rate * CERTAIN) for rate in rates)
    people = random.randint(1, random.choice((3, 30, 120)))
    return Workload(people, random.randint(1, random.choice((3, 20, 60))), intervals, answers), rates


def _check_never_exceeded(seed: int) -> None:
    random = Random(seed)
    workload, rates = _any_campaign(random)
    order = random.choice(ORDERS)
    made = simulate(workload.people, workload.per_minute, workload.intervals, rates, order, random)
    worst = worst_minutes(workload)
    assert max(made.done) <= worst + _LITTLE, (seed, order, workload)
    for _ in range(3):
        minutes = random.uniform(0, worst + 2)
        window = timedelta(minutes=minutes)
        left = sum(done > minutes + _LITTLE for done in made.done)
        assert left <= worst_unfinished(workload, window), (seed, order, workload, minutes)


def test_the_worst_is_never_exceeded_in_any_order() -> None:
    for seed in range(2_000):
        _check_never_exceeded(seed)


@pytest.mark.slow
def test_the_worst_is_never_exceeded_in_many_thousand_campaigns() -> None:
    """A hundred thousand in a complete run."""
    for seed in range(2_000, 2_000 + tried(100_000)):
        _check_never_exceeded(seed)


def test_the_worst_is_nearly_reached() -> None:
    """A bound that is far too large would pass as well: where nobody answers it is missed by its slack at most."""
    for order in ORDERS:
        made = simulate(120, 10, (5, 5, 5), (0.0,) * 4, order, Random(1))
        worst = worst_minutes(Workload(120, 10, (5, 5, 5), (0,) * 4))
        assert worst - (15 + 7) - 1 <= max(made.done) <= worst, order


def _deviation(workload: Workload, seeds: range, order: Order = "due-first") -> float:
    rates = [answer / CERTAIN for answer in workload.answers]
    runs = [
        simulate(
            workload.people, workload.per_minute, workload.intervals, rates, order, Random(seed), rings=0.0
        )
        for seed in seeds
    ]
    return typical_minutes(workload) / fmean(run.calls[-1] for run in runs) - 1


@pytest.mark.parametrize(
    "workload",
    [
        usual(2000, 60, 15),
        usual(1000, 30, 10, 20),
        usual(1500, 60, 30, 30, 30),
        usual(600, 60, 45),
        usual(900, 60),
    ],
    ids=str,
)
def test_the_typical_run_is_within_a_tenth_of_the_simulated_mean(workload: Workload) -> None:
    assert abs(_deviation(workload, range(5))) <= 0.1


@pytest.mark.slow
def test_the_typical_run_is_within_a_tenth_whatever_the_campaign() -> None:
    random = Random(19)
    for _ in range(tried(150)):
        retries, interval = random.randint(0, 3), random.randint(1, 90)
        intervals = tuple(interval * 2**k if random.random() < 0.5 else interval for k in range(retries))
        workload = usual(random.randint(500, 5000), random.randint(10, 120), *intervals)
        assert abs(_deviation(workload, range(4))) <= 0.1, workload


def _settled(
    people: tuple[int, ...], random: Random, rates: tuple[float, ...], interval: int
) -> list[CampaignRun]:
    """The sandbox's own dialler, to the end: campaigns that share its line of sixty calls a minute."""
    runs = [
        CampaignRun(
            sid=str(place),
            people=[f"{place}/{number}" for number in range(count)],
            ready=0.0,
            ends=1e9,
            retries=Retries(len(rates) - 1, interval * 60.0, on=frozenset({"busy"})),
        )
        for place, count in enumerate(people)
    ]

    def outcome(_person: str, tries: int) -> str:
        return "completed" if random.random() < rates[tries - 1] else "busy"

    return list(settle(runs, DialLine(1.0), 1e9, outcome)[0])


@given(some.integers(0, 10_000))
def test_the_sandboxs_dialler_stays_within_worst_and_shared(seed: int) -> None:
    """Its retries share the calls a minute with first attempts, and two campaigns share the account."""
    random = Random(seed)
    rates = tuple(random.random() for _ in range(random.randint(1, 4)))
    interval, people = random.randint(1, 30), (random.randint(1, 150), random.randint(1, 150))
    loads = [Workload(count, 60, (interval,) * (len(rates) - 1), (0,) * len(rates)) for count in people]
    alone, *_ = _settled(people[:1], random, rates, interval)
    assert alone.progress.last / 60 <= worst_minutes(loads[0])
    for run, mine, other in zip(_settled(people, random, rates, interval), loads, loads[::-1], strict=True):
        assert run.progress.last / 60 <= worst_minutes(mine) + -(-other.most_attempts // 60)
