"""Predicts how fast a campaign calls and how often, as far as its fields tell, and when it is expected to be over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from campaignctl.kinds.lifecycle import DEFAULT_WINDOW
from campaignctl.kinds.table import Kind, Value
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import Environment
from campaignctl.model.values import count_different, count_texts
from campaignctl.model.windows import after, instant
from campaignctl.policy.capacity import Span, capacity
from campaignctl.policy.closed_forms import Workload, typical_minutes, worst_minutes
from campaignctl.policy.subject import Subject

_MINUTE = timedelta(minutes=1)
_LONGEST = DEFAULT_WINDOW // _MINUTE
"""Nothing runs longer than the window that is there without an end."""


def expected(subject: Subject, desired: Desired, environment: Environment) -> Subject:
    """Adds to a campaign how its people are expected to answer, and what its account does a minute."""
    usage = environment.usage_of(desired.usage)
    return subject._replace(usage=usage, capacity=capacity(subject.kind, environment))


def predicted_end(subject: Subject, begins: datetime) -> tuple[datetime, bool]:
    """Returns when its typical run is over, in the time zone of `begins`, cut at the end; and whether that is
    known.

    Where nobody can tell, it is the declared end, else the start.
    """
    workload = workload_of(subject)
    if workload is None:
        return (declared_end(subject) or begins), False
    return end_of(begins, typical_minutes(workload), declared_end(subject)), True


def end_of(begins: datetime, minutes: int, end: datetime | None) -> datetime:
    """Returns the moment so many minutes after its beginning, in the same time zone, cut at the declared end."""
    ends = after(begins, min(minutes, _LONGEST) * _MINUTE)
    return min(ends, end) if end else ends


def span_of(subject: Subject, name: str, environment: Environment) -> Iterator[tuple[Kind, Span]]:
    """Yields a campaign's longest run, a minute at least; its window where nobody can tell, and nothing where
    nobody can say when it begins.
    """
    begins = subject.begins
    if begins is None:
        return
    subject = subject.of_account(capacity(subject.kind, environment))
    workload, end = workload_of(subject), declared_end(subject)
    if workload is None:
        people, ends = number_count(subject), end or begins
    else:
        people, ends = workload.people, end_of(begins, worst_minutes(workload), end)
    per_minute = busiest_minute(subject, people)
    yield subject.kind, Span(begins, max(ends, after(begins, _MINUTE)), per_minute, name)


def declared_end(subject: Subject) -> datetime | None:
    """Returns the end that the schedule gives; None where it gives none."""
    schedule = subject.spec.get(subject.kind.schedule.name)
    if schedule.__class__ is not dict and not isinstance(schedule, Mapping):
        return None
    end = schedule.get(subject.kind.end.name)
    return instant(end) if isinstance(end, str) else None


def workload_of(subject: Subject) -> Workload | None:
    """Returns what tells how long it runs; None where nobody can tell: the people are not known, or an account
    hides the retries of what no manifest describes.
    """
    people = number_count(subject)
    if people is None or (subject.is_live and _hides_retries(subject)):
        return None
    intervals = retry_intervals(subject.spec.get("retries")) if "retries" in subject.kind.by_name else ()
    return Workload(people, pace(subject), intervals, subject.usage.answers(len(intervals) + 1))


def hides_its_calls(subject: Subject) -> bool:
    """Tells whether a part is missing of what says how often and how fast a live campaign calls."""
    if not subject.is_live or "mode" not in subject.kind.by_name:
        return False
    spec = subject.spec
    paced = "mode" in spec and (spec["mode"] != "custom" or "throttle" in spec)
    return not paced or _hides_retries(subject)


def _hides_retries(subject: Subject) -> bool:
    if "retries" not in subject.kind.by_name:
        return False
    retries = subject.spec.get("retries")
    counted = not isinstance(retries, Mapping) or retries.keys() >= {"number_of_retries", "interval_mins"}
    return "retries" not in subject.spec or not counted


def number_count(subject: Subject) -> int | None:
    """Returns how many people it calls at most; None where a list adds to them that nobody counted.

    Somebody who stands twice counts once, unless `call_duplicate_numbers` says otherwise.
    """
    if not subject.spec.get("lists"):
        twice = subject.spec.get("call_duplicate_numbers") is True
        return (count_texts if twice else count_different)(subject.spec.get("from")) or None
    from campaignctl.model.estimates import people_of  # where lists are sent to

    return people_of(subject.kind, subject.spec, subject.counts).at_most


def pace(subject: Subject) -> int:
    """Returns the calls or messages a minute: the account's, unless the campaign is throttled below that."""
    account = subject.capacity or subject.kind.per_minute
    throttle = _throttle(subject)
    return account if throttle is None else min(throttle, account)


def busiest_minute(subject: Subject, people: int | None) -> int:
    """Returns the calls or messages that it can want in one minute: no more than it has people, unless it is
    throttled.
    """
    most = pace(subject)
    return most if people is None or _throttle(subject) is not None else min(most, people)


def _throttle(subject: Subject) -> int | None:
    """Returns its throttle; None also for what an account shows and no campaign can have: a throttle that lets
    nobody through.
    """
    if subject.spec.get("mode") != "custom":
        return None
    throttle = subject.spec.get("throttle")
    return throttle if isinstance(throttle, int) and throttle >= 1 else None


MOST_RETRIES = 3
"""Of one number [004]."""


def retry_intervals(retries: Value) -> tuple[int, ...]:
    """Returns the minutes before each retry, as far as they are shown."""
    if retries is None or not isinstance(retries, Mapping):
        return ()
    times, interval = retries.get("number_of_retries"), retries.get("interval_mins")
    if not isinstance(times, int) or not isinstance(interval, int):
        return ()
    return _intervals(times, interval, str(retries.get("mechanism")).lower() == "exponential")


@lru_cache(maxsize=4096)
def _intervals(times: int, interval: int, doubles: bool) -> tuple[int, ...]:
    times = min(max(times, 0), MOST_RETRIES)  # an account may show what no campaign can have
    return tuple(interval * 2**place if doubles else interval for place in range(times))
