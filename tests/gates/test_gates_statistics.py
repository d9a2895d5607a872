"""The published figures of gates and of the guard, and both against sums in whole numbers."""

from __future__ import annotations

from fractions import Fraction
from math import comb, fsum

import pytest
from example_counts import mostly_slow
from hypothesis import given, settings
from hypothesis import strategies as st

from campaignctl.gates.statistics import BASIS_POINTS, crossed, exceeded, fewest, kept, power

QUARTER, CONFIDENCE = 2_500, 9_500
SHARES = st.integers(1, BASIS_POINTS - 1)


def chance(counts: range, people: int, limit: int) -> Fraction:
    """Of any of the counts, in whole numbers."""
    ways = sum(comb(people, k) * limit**k * (BASIS_POINTS - limit) ** (people - k) for k in counts)
    return Fraction(ways, BASIS_POINTS**people)


@pytest.mark.parametrize(("people", "most", "least"), [(50, 7, 19), (100, 17, 33), (200, 39, 61)])
def test_a_quarter_at_95_percent_is_kept_and_exceeded_at_the_published_counts(
    people: int, most: int, least: int
) -> None:
    assert kept(most, people, QUARTER, CONFIDENCE)
    assert not kept(most + 1, people, QUARTER, CONFIDENCE)
    assert exceeded(least, people, QUARTER, CONFIDENCE)
    assert not exceeded(least - 1, people, QUARTER, CONFIDENCE)


@pytest.mark.parametrize(
    ("limit", "tried", "count"), [(4_000, 50, 32), (8_000, 50, 49), (8_000, 200, 177), (100, 50, 8)]
)
def test_the_guard_stops_at_the_published_counts(limit: int, tried: int, count: int) -> None:
    assert crossed(count, tried, limit)
    assert not crossed(count - 1, tried, limit)


@pytest.mark.parametrize(("limit", "people"), [(500, 59), (100, 299), (50, 598)])
def test_so_many_people_it_takes_of_whom_nobody_counts(limit: int, people: int) -> None:
    assert fewest(limit, CONFIDENCE) == people


def test_a_quarter_takes_112_people_for_a_gate_that_passes_at_half_the_limit() -> None:
    assert power(111, QUARTER, CONFIDENCE) < 0.95 <= power(112, QUARTER, CONFIDENCE)


@settings(deadline=None)
@given(st.integers(1, 300), st.data(), SHARES, st.integers(5_000, BASIS_POINTS - 1))
def test_kept_and_exceeded_are_sums_of_the_binomial_distribution(
    people: int, data: st.DataObject, limit: int, confidence: int
) -> None:
    count, rest = data.draw(st.integers(0, people)), Fraction(BASIS_POINTS - confidence, BASIS_POINTS)
    assert kept(count, people, limit, confidence) == (chance(range(count + 1), people, limit) <= rest)
    assert exceeded(count, people, limit, confidence) == (
        chance(range(count, people + 1), people, limit) <= rest
    )


@given(st.integers(1, 2_000), st.data(), SHARES, st.integers(5_000, BASIS_POINTS - 1))
def test_nothing_is_kept_and_exceeded_at_once(
    people: int, data: st.DataObject, limit: int, confidence: int
) -> None:
    count = data.draw(st.integers(0, people))
    assert not (kept(count, people, limit, confidence) and exceeded(count, people, limit, confidence))


@given(st.integers(1, 100), st.just(BASIS_POINTS // 2))
def test_a_sum_that_equals_its_bound_exactly_is_told_in_whole_numbers(people: int, limit: int) -> None:
    """Half of one person at 50 %: the chance of none is one half, exactly what 50 % leaves."""
    assert kept(0, 1, limit, BASIS_POINTS // 2)
    assert kept(0, people, limit, BASIS_POINTS // 2)


def passing(people: int, limit: int, rate: float) -> float:
    """The chance that all people have their outcome and a gate passes whose true rate is `rate`."""
    most = max((count for count in range(people + 1) if kept(count, people, limit, CONFIDENCE)), default=-1)
    return fsum(comb(people, k) * rate**k * (1 - rate) ** (people - k) for k in range(most + 1))


@pytest.mark.parametrize("limit", [100, 1_000, 2_500, 4_000])
@pytest.mark.parametrize("people", [50, 200, 500])
def test_at_twice_its_limit_a_gate_hardly_ever_passes(people: int, limit: int) -> None:
    assert passing(people, limit, 2 * limit / BASIS_POINTS) <= 0.0025


def test_a_quarter_of_200_people_passes_at_half_the_limit_and_never_at_twice() -> None:
    assert passing(200, QUARTER, 0.125) >= 0.998
    assert passing(200, QUARTER, 0.5) < 1e-9


def ever_crossed(limit: int, rate: float, people: int, tried: int = 50) -> float:
    """The chance that a guard who looks after every one of the people ever pauses: exact, a count at a time."""
    chances, stopped = {0: 1.0}, 0.0
    for person in range(1, people + 1):
        after: dict[int, float] = {}
        for count, chance in chances.items():
            for more, share in ((0, 1 - rate), (1, rate)):
                if chance * share > 1e-12:
                    after[count + more] = after.get(count + more, 0.0) + chance * share
        if person >= tried:
            gone = [count for count in after if crossed(count, person, limit)]
            stopped += fsum(after.pop(count) for count in gone)
        chances = after
    return stopped


@pytest.mark.slow
@pytest.mark.parametrize("limit", mostly_slow([2_500, 100, 8_000], every=3))
def test_looked_at_after_each_of_1000_people_what_keeps_half_its_limit_is_never_paused(limit: int) -> None:
    assert ever_crossed(limit, limit / 2 / BASIS_POINTS, 1_000) < 1e-4
    assert ever_crossed(limit, limit / BASIS_POINTS, 1_000) <= 0.01


@pytest.mark.slow
@pytest.mark.parametrize("limit", [100, 1_000, 2_500, 4_000, 8_000])
def test_looked_at_after_each_of_5000_people_what_stays_at_its_limit_is_paused_once_in_a_hundred(
    limit: int,
) -> None:
    assert ever_crossed(limit, limit / BASIS_POINTS, 5_000) <= 0.01
