"""Computes how far a campaign is, by its own counters: whom it reached, whom it did not, what is to go, and until
when. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from campaignctl.kinds.lifecycle import CALLING, Status
from campaignctl.model.campaigns import NO_COUNTS, Counts, Live
from campaignctl.model.environment import Environment
from campaignctl.model.estimates import people_of
from campaignctl.model.windows import window_of
from campaignctl.planning.alive import numbers_failed
from campaignctl.policy import Subject
from campaignctl.policy.capacity import capacity
from campaignctl.policy.prediction import declared_end, predicted_end

REACHED: Final = frozenset({"completed", "sent", "delivered"})
"""Counters of those who were called or texted [000, 001]."""
_LEAST: Final = timedelta(minutes=1)
"""A pace over less than this says nothing."""
_MOST_MINUTES: Final = 60.0 * 24 * 365


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts numbers by what became of them.

    `to_go` is None where nobody knows; `other` stand under words we do not know.
    """

    reached: int
    failed: int
    to_go: int | None
    other: int = 0

    @property
    def done(self) -> int:
        """Returns how many outcomes are known."""
        return self.reached + self.failed

    @property
    def total(self) -> int | None:
        """Returns how many there are; None while it is not known how many are to go."""
        return None if self.to_go is None else self.done + self.other + self.to_go


@dataclass(frozen=True, slots=True)
class ProgressSample:
    """Holds how many outcomes a campaign had at an earlier moment: two looks tell how fast it is now."""

    at: datetime
    done: int


def progress(live: Live, counts: Counts = NO_COUNTS) -> Progress | None:
    """Counts by the statistics of an answer; None where it has none.

    A campaign that has begun nothing may be answered with zeros alone [000]: then those whom it names are to go.
    Where it shows none at all, those of its lists, if they were counted.
    """
    if not live.stats:
        return _of_lists(live, counts)
    stats = {word: max(count, 0) for word, count in live.stats.items()}
    reached = sum(count for word, count in stats.items() if word in REACHED)
    failed = sum(count for word, count in stats.items() if _is_failure(word))
    to_go: int | None = max(numbers_failed(live) or 0, 0)
    other = max(sum(stats.values()) - reached - failed - (to_go or 0), 0)
    if live.alive and not any(stats.values()):
        people = people_of(live.kind, live.spec)
        to_go = people.known if people.complete else None
    return Progress(reached, failed, to_go, other)


def _of_lists(live: Live, counts: Counts) -> Progress | None:
    people = people_of(live.kind, live.spec, counts) if counts and live.spec.get("lists") else None
    waits = live.status is Status.CREATED and people is not None and people.complete
    return Progress(0, 0, people.known, 0) if waits and people else None


def _is_failure(word: str) -> bool:
    return word == "invalid" or word.partition("-")[0] == "failed"


def pace_of(live: Live, now: datetime, earlier: ProgressSample | None = None) -> float | None:
    """Returns outcomes a minute since an earlier look, else since the start; None for what is not in progress, or
    has just begun. Since the start it is an average: pauses and the night count too.
    """
    current = progress(live)
    if live.status is not Status.IN_PROGRESS or current is None:
        return None
    start = window_of(live.kind, live.spec).start or live.created
    since = [
        it for it in (earlier, ProgressSample(start, 0) if start else None) if it and now - it.at >= _LEAST
    ]
    done = current.done - since[0].done if since else 0
    return done / ((now - since[0].at) / timedelta(minutes=1)) if done > 0 else None


def expected_end(
    live: Live,
    now: datetime,
    environment: Environment,
    pace: float | None,
    counts: Counts = NO_COUNTS,
) -> datetime | None:
    """Returns when the last number will have its outcome: at the pace of `pace_of`, else as it was predicted.

    Where nobody counts the people it is the declared end. None for what waits or is over.
    """
    if live.status not in CALLING:
        return None
    start = window_of(live.kind, live.spec).start
    account, usage = capacity(live.kind, environment), environment.usage_of({})
    subject = Subject(live.kind, live.spec, start, capacity=account, usage=usage, counts=counts)
    end = declared_end(subject)
    current = progress(live)
    if current is not None and current.to_go is not None and pace:
        return _no_later(now, current.to_go / pace, end, start)
    if start is None:
        return end
    ends, known = predicted_end(subject, start)
    return ends if known and ends > now else end


def _no_later(now: datetime, minutes: float, end: datetime | None, start: datetime | None) -> datetime | None:
    """Returns the moment, the end at the latest: far beyond the end nothing has to be computed."""
    if end is not None and minutes * 60 >= (end - now).total_seconds():
        return end
    zone = (end or start or now).tzinfo
    return (now + timedelta(minutes=min(minutes, _MOST_MINUTES))).astimezone(zone)
