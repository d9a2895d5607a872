"""Computes how long a campaign runs and whom it does not reach, in closed forms over whole numbers: no dialler is
simulated. Times are exact. A share of the people is counted in units of one millionth for each attempt, a minute in
as many parts as the pace and those units make whole; so nothing is rounded before the end.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from campaignctl.model.usage import CERTAIN
from campaignctl.tuples import NamedTuple

_MICROSECOND = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1) // _MICROSECOND


class Workload(NamedTuple):
    """Holds what tells how long a campaign runs: people, calls or messages a minute, and the minutes before each
    retry.

    `answers` are the shares who answer each attempt, in millionths, one more than there are `intervals`.
    """

    people: int
    per_minute: int
    intervals: tuple[int, ...]
    answers: tuple[int, ...]

    @property
    def retries(self) -> int:
        """Returns how often somebody who does not answer is called again."""
        return len(self.intervals)

    @property
    def most_attempts(self) -> int:
        """Returns how many calls are made where nobody answers."""
        return (self.retries + 1) * self.people

    @property
    def unit(self) -> int:
        """Returns into how many parts a person is counted, so that each attempt's share is a whole number of them."""
        return int(CERTAIN**self.retries)

    @property
    def called(self) -> list[int]:
        """Returns how many are called in each attempt, in parts of `unit`: those who did not answer the one before."""
        called = [self.people * self.unit]
        for answer in self.answers[: self.retries]:
            called.append(called[-1] * (CERTAIN - answer) // CERTAIN)
        return called


def typical_minutes(workload: Workload) -> int:
    """Returns the minutes until the last attempt is made, where people answer as expected, rounded up."""
    return -(-_typical(workload) // (workload.per_minute * workload.unit))


@lru_cache(maxsize=4096)
def _typical(workload: Workload) -> int:
    """Returns that time in parts of a minute.

    First come, first served: an attempt takes its interval or its calls, if longer.
    """
    parts = workload.per_minute * workload.unit
    first, *later = workload.called
    return first + sum(
        max(interval * parts, called) for interval, called in zip(workload.intervals, later, strict=True)
    )


def worst_minutes(workload: Workload) -> int:
    """Returns the minutes that the run takes where nobody answers, in whatever order retries are mixed in, alone on
    the account and never paused. Besides the calls and the retries' intervals there is a minute for each attempt's
    ringing, and one for a dialler that starts calls once a minute.
    """
    return -(-workload.most_attempts // workload.per_minute) + _slack(workload)


def _slack(workload: Workload) -> int:
    return sum(workload.intervals) + 2 * workload.retries + 1


def worst_unfinished(workload: Workload, window: timedelta, others: int = 0) -> int:
    """Returns how many people may still wait for their last attempt when the window ends; `others` are minutes of
    the account that other campaigns take first.
    """
    minutes = (window // _MICROSECOND - (_slack(workload) + others) * _MINUTE) // _MINUTE
    return min(workload.people, max(0, workload.most_attempts - workload.per_minute * max(0, minutes)))


def fits(workload: Workload, window: timedelta) -> bool:
    """Tells whether the typical run is over when the window ends."""
    parts = workload.per_minute * workload.unit
    return _typical(workload) * _MINUTE <= window // _MICROSECOND * parts


def typical_unfinished(workload: Workload, window: timedelta) -> int:
    """Returns how many people are still waiting when the window ends, where they answer as expected."""
    if fits(workload, window):
        return 0
    parts = workload.per_minute * workload.unit
    passed = max(0, window // _MICROSECOND) * parts
    done, over = 0, 1  # people in parts of `unit` and one more millionth, as a fraction
    begins = ends = 0
    for attempt, (called, answer) in enumerate(zip(workload.called, workload.answers, strict=True)):
        if attempt:
            interval = workload.intervals[attempt - 1] * parts
            begins, ends = max(ends, begins + interval), ends + max(interval, called)
        else:
            ends = called
        weight = CERTAIN if attempt == workload.retries else answer
        first, last = begins * _MINUTE, ends * _MINUTE
        if passed >= last:
            done += weight * called * over
        elif passed > first:  # attempts follow each other: no other one is cut
            done, over = done * (last - first) + weight * called * (passed - first), over * (last - first)
    complete = workload.unit * CERTAIN * over
    left = -((done - workload.people * complete) // complete)
    return min(left, worst_unfinished(workload, window))
