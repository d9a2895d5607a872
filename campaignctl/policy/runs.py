"""The longest that a campaign may run, whatever happens to its calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from campaignctl.kinds.lifecycle import DEFAULT_WINDOW
from campaignctl.model.campaigns import Desired
from campaignctl.model.windows import after, window_of
from campaignctl.policy.beside import OtherRun
from campaignctl.policy.copies import manifest_key
from campaignctl.policy.prediction import number_count, pace, retry_intervals
from campaignctl.policy.subject import Case, Subject


def worst_minutes(subject: Subject) -> int | None:
    """Minutes until the last of it where nobody answers, in whatever order retries are made.

    It holds for a campaign that is alone on its account and never paused. Besides the calls themselves and the
    retries' intervals there is a minute for each attempt's ringing, and one for a dialler that starts calls once a
    minute. None where nobody can tell: the people are in lists, or the account does not show how it calls.
    """
    numbers = number_count(subject)
    if numbers is None or _hides_its_calls(subject):
        return None
    intervals = retry_intervals(subject.spec.get("retries")) if "retries" in subject.kind.by_name else ()
    retries = len(intervals)
    return -(-(retries + 1) * numbers // pace(subject)) + sum(intervals) + 2 * retries + 1


def _hides_its_calls(subject: Subject) -> bool:
    """Whether a part is missing of what says how often and how fast it calls."""
    if not subject.is_live:
        return False
    spec, how = subject.spec, {"retries", "mode"} & subject.kind.by_name.keys()
    retries, paced = spec.get("retries"), spec.get("mode") != "custom" or "throttle" in spec
    counted = not isinstance(retries, Mapping) or retries.keys() >= {"number_of_retries", "interval_mins"}
    return not (how <= spec.keys() and paced and counted)


class SharedRun(NamedTuple):
    """The longest run of a campaign beside `campaigns` others that overlap it; `minutes` None where nobody can tell."""

    minutes: int | None
    campaigns: int


def shared_run(case: Case) -> SharedRun:
    """True in whatever way the account divides its calls: all calls of the others may come first."""
    subject = case.subject
    minutes = worst_minutes(subject)
    account = subject.capacity or subject.kind.per_minute
    others = list(_overlapping(case))
    for other in others:
        if minutes is None or other.attempts is None:
            return SharedRun(None, len(others))
        minutes += -(-other.attempts // account)
    return SharedRun(minutes, len(others))


def _overlapping(case: Case) -> Iterable[OtherRun]:
    subject, mine = case.subject, manifest_key(case.desired)
    begins, ends = subject.begins, window_of(subject.kind, subject.spec).end
    assert begins is not None, "one that never begins overlaps nothing"
    ends = ends or after(begins, DEFAULT_WINDOW)
    for other in case.beside.others():
        same_kind = other.kind == subject.kind.name and other.manifest != mine
        if same_kind and _before(other.start, ends) and _before(begins, other.end):
            yield other


def _before(one: datetime | None, other: datetime | None) -> bool:
    """Of what nobody sees it is assumed."""
    return one is None or other is None or one < other


def other_run(subject: Subject, manifest: Desired | None = None) -> OtherRun:
    """How a campaign looks to the others of its account."""
    window, numbers = window_of(subject.kind, subject.spec), number_count(subject)
    attempts = None
    if numbers is not None and not _hides_its_calls(subject):
        retried = subject.spec.get("retries") if "retries" in subject.kind.by_name else None
        attempts = numbers * (1 + len(retry_intervals(retried)))
    key = manifest_key(manifest) if manifest is not None else None
    return OtherRun(subject.kind.name, subject.begins or window.start, window.end, attempts, key)
