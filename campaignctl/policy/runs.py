"""The longest that a campaign may run, whatever happens to its calls."""

from __future__ import annotations

from campaignctl.policy.prediction import number_count, pace, retry_intervals
from campaignctl.policy.subject import Subject


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
    how = {"retries", "mode"} & subject.kind.by_name.keys()
    return subject.is_live and not how <= subject.spec.keys()
