"""How fast and how long a campaign runs, as far as its manifest tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from campaignctl.kinds.lifecycle import DEFAULT_WINDOW
from campaignctl.kinds.table import Value
from campaignctl.model.values import count_texts
from campaignctl.model.windows import instant
from campaignctl.policy.subject import Subject

_LONGEST = DEFAULT_WINDOW.total_seconds() / 60
"""Minutes. Nothing runs longer than the window that is there without an end."""


def predicted_end(subject: Subject, begins: datetime) -> tuple[datetime, bool]:
    """When the last call is over, in the time zone of `begins`, and whether that is known.

    Numbers ÷ calls per minute, plus the retries' intervals, cut at the end. Where nobody counts the people: the
    declared end, else the start.
    """
    end = declared_end(subject)
    minutes = predicted_minutes(subject)
    if minutes is None:
        return (end or begins), False
    try:
        ends = (begins.astimezone(UTC) + timedelta(minutes=min(minutes, _LONGEST))).astimezone(begins.tzinfo)
    except OverflowError:  # an account may say a year that no calendar goes on after
        return (end or begins), False
    return (min(ends, end) if end else ends), True


def declared_end(subject: Subject) -> datetime | None:
    """The end that the schedule gives; None where it gives none."""
    schedule = subject.spec.get(subject.kind.schedule.name)
    if schedule.__class__ is not dict and not isinstance(schedule, Mapping):
        return None
    end = schedule.get(subject.kind.end.name)
    return instant(end) if isinstance(end, str) else None


def predicted_minutes(subject: Subject) -> float | None:
    """Minutes from the first call to the last; None where the people are in lists, which nobody counts."""
    numbers = number_count(subject)
    if numbers is None:
        return None
    return numbers / pace(subject) + sum(retry_intervals(subject.spec.get("retries")))


def number_count(subject: Subject) -> int | None:
    """How many numbers it calls at most, as they stand there; None where a list adds to them that nobody counted."""
    numbers = subject.spec.get("from")
    if not subject.spec.get("lists"):
        return count_texts(numbers) if numbers else None
    if not subject.counts:
        return None
    from campaignctl.model.estimates import people_of  # where lists are counted

    return people_of(subject.kind, subject.spec, subject.counts).at_most


def pace(subject: Subject) -> int:
    """Calls or messages a minute: the account's, unless the campaign is throttled below that."""
    account = subject.capacity or subject.kind.per_minute
    throttle = _throttle(subject)
    return account if throttle is None else min(throttle, account)


def busiest_minute(subject: Subject) -> int:
    """The calls or messages that it can want in one minute: no more than it has people, unless it is throttled."""
    numbers = number_count(subject) if _throttle(subject) is None else None
    return pace(subject) if numbers is None else min(pace(subject), numbers)


def _throttle(subject: Subject) -> int | None:
    """None too for what an account shows and no campaign can have: a throttle that lets nobody through."""
    if subject.spec.get("mode") != "custom":
        return None
    throttle = subject.spec.get("throttle")
    return throttle if isinstance(throttle, int) and throttle >= 1 else None


MOST_RETRIES = 3
"""Of one number [004]."""


def retry_intervals(retries: Value) -> tuple[int, ...]:
    """The minutes before each retry, as far as they are shown."""
    if retries is None or not isinstance(retries, Mapping):
        return ()
    times, interval = retries.get("number_of_retries"), retries.get("interval_mins")
    if not isinstance(times, int) or not isinstance(interval, int):
        return ()
    times = min(max(times, 0), MOST_RETRIES)  # an account may show what no campaign can have
    doubles = str(retries.get("mechanism")).lower() == "exponential"
    return tuple(interval * 2**place if doubles else interval for place in range(times))
