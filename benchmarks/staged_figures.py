"""Plays gates and the guard over many seeds, person by person, and counts what passes and what is paused.

    python -m benchmarks.staged_figures [SEEDS]

Seeds are 0, 1, 2 and so on: the same counts each time. What judges is the product's own statistics. Ends with 1 where a
figure of the page is missed; `docs/decisions/0035-stages-and-a-guard.md` holds the last result.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from random import Random
from typing import NamedTuple

from campaignctl.gates.statistics import BASIS_POINTS, crossed, fewest, kept

SEEDS, CONFIDENCE, TRIED = 10_000, 9_500, 50
GATE_LIMITS, SIZES = (100, 500, 1_000, 2_500, 4_000, 4_900), (50, 100, 200, 500, 1_000)
QUARTER, GUARD_LIMITS, WATCHED = 2_500, (100, 1_000, 4_000, 8_000), 5_000
CALLED_A_MINUTE, LAST_RETRY = 60, 30


class Figure(NamedTuple):
    """Holds what was counted in so many seeds, and between which shares of them it has to be."""

    what: str
    count: int
    seeds: int
    least: float
    most: float

    @property
    def reached(self) -> bool:
        """Tells whether it is what the page says."""
        return self.least <= self.count / self.seeds <= self.most

    def __str__(self) -> str:
        """Returns a line: what, the count and its share."""
        missed = "" if self.reached else "  MISSED"
        return f"{self.what}: {self.count:,} of {self.seeds:,} ({self.count / self.seeds:.2%}){missed}"


def gate_passes(seeds: int, people: int, limit: int, rate: float) -> int:
    """Returns how many canaries pass of which each person fails at the rate, judged once all of them have finished."""
    passing = [kept(count, people, limit, CONFIDENCE) for count in range(people + 1)]
    return sum(passing[failures(Random(seed), people, rate)] for seed in range(seeds))


def failures(random: Random, people: int, rate: float) -> int:
    """Returns how many of so many people fail."""
    draw = random.random
    return sum(draw() < rate for _ in range(people))


def bounds(limit: int, people: int) -> list[int]:
    """Returns the fewest failures at which a guard pauses, for each number of people; while too few were tried, more
    than there can be.
    """
    least, found = 0, []
    for tried in range(1, people + 1):
        while least <= tried and not crossed(least, tried, limit):
            least += 1
        found.append(least if tried >= TRIED else tried + 1)
    return found


def ever_paused(random: Random, bounds: Sequence[int], rate: float) -> bool:
    """Tells whether a guard who looks after each person pauses."""
    draw, count = random.random, 0
    for bound in bounds:
        count += draw() < rate
        if count >= bound:
            return True
    return False


def guard_pauses(seeds: int, limit: int, rate: float) -> int:
    """Returns how many campaigns are ever paused of which each person fails at the rate."""
    at = bounds(limit, WATCHED)
    return sum(ever_paused(Random(seed), at, rate) for seed in range(seeds))


def judged_each_minute(random: Random, people: int, limit: int) -> tuple[bool, bool]:
    """Tells whether a canary of which half never answer would pass at some minute, on who has finished; at the end.

    Who answers finishes in the minute of the call, who does not after the last retry.
    """
    answers = [random.random() < 0.5 for _ in range(people)]
    ends = [place // CALLED_A_MINUTE + (0 if it else LAST_RETRY) for place, it in enumerate(answers)]
    passed = []
    for minute in range(max(ends) + 1):
        finished = [it for it, end in zip(answers, ends, strict=True) if end <= minute]
        enough = len(finished) >= TRIED
        passed.append(enough and kept(finished.count(False), len(finished), limit, CONFIDENCE))
    return any(passed), passed[-1]


def stated(seeds: int) -> Iterator[Figure]:
    """Yields the page's own figures, at 25%."""
    half = gate_passes(seeds, 200, QUARTER, QUARTER / 2 / BASIS_POINTS)
    yield Figure("gate, 25%, 200 people, at half the limit: pass", half, seeds, 0.997, 0.999)
    twice = gate_passes(seeds, 200, QUARTER, 2 * QUARTER / BASIS_POINTS)
    yield Figure("gate, 25%, 200 people, at twice the limit: pass", twice, seeds, 0, 0)
    yield from guarded(seeds, QUARTER)


def guarded(seeds: int, limit: int) -> Iterator[Figure]:
    """Yields what a guard does who looks after each of the people, at half a limit and at it."""
    for words, rate, most in (("half the", limit / 2, 0.0), ("the", limit, 0.01)):
        what = (
            f"guard, {limit / BASIS_POINTS:.0%}, after each of {WATCHED:,} people, at {words} limit: paused"
        )
        yield Figure(what, guard_pauses(seeds, limit, rate / BASIS_POINTS), seeds, 0, most)


def beyond(seeds: int) -> Iterator[Figure]:
    """Yields other limits and sizes, the smallest of each limit among them, and gates that are judged too early."""
    for limit in GATE_LIMITS:
        for people in sorted({*SIZES, fewest(limit, CONFIDENCE)}):
            count = gate_passes(seeds, people, limit, 2 * limit / BASIS_POINTS)
            what = f"gate, {limit / BASIS_POINTS:.0%}, {people:,} people, at twice the limit: pass"
            yield Figure(what, count, seeds, 0, 0.0025)
    for limit in GUARD_LIMITS:
        yield from guarded(seeds, limit)
    canaries = [judged_each_minute(Random(seed), 200, QUARTER) for seed in range(1_000)]
    early, late = (sum(column) for column in zip(*canaries, strict=True))
    yield Figure("gate, 25%, 200 people, half never answer: pass at some minute", early, 1_000, 1, 1)
    yield Figure("gate, 25%, 200 people, half never answer: pass at the end", late, 1_000, 0, 0)


def main(seeds: int) -> int:
    """Prints each figure once it is there; returns 1 where one is missed."""
    begun, missed = time.perf_counter(), 0
    for figure in chain(stated(seeds), beyond(seeds)):
        missed += not figure.reached
        print(figure, flush=True)  # noqa: T201
    print(f"seeds 0 to {seeds - 1:,}, in {time.perf_counter() - begun:.0f} s")  # noqa: T201
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS))
