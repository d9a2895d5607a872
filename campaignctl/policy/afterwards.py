"""Compares what a finished campaign really came to with what was predicted of it. Nothing of it is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from campaignctl.diagnostics import counted
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.table import Unit
from campaignctl.model.campaigns import Live
from campaignctl.model.environment import Environment
from campaignctl.model.usage import CERTAIN, Usage
from campaignctl.model.windows import instant, window_of
from campaignctl.policy.capacity import capacity
from campaignctl.policy.closed_forms import typical_minutes
from campaignctl.policy.prediction import retry_intervals, workload_of
from campaignctl.policy.subject import Subject
from campaignctl.tuples import NamedTuple


class Afterwards(NamedTuple):
    """Holds how many people answered, of how many, and how many were expected to; how long it took, and was
    expected to. Minutes are None where the account does not show enough of it.
    """

    answered: int
    people: int
    expected: int
    minutes: int | None
    typical: int | None

    def __str__(self) -> str:
        """Writes `60 of 100 people answered (68 expected); it took 12 minutes (17 expected)`."""
        of = counted(self.people, "person", "people")
        says = f"{self.answered:,} of {of} answered ({self.expected:,} expected)"
        if self.minutes is None:
            return says
        took = f"{says}; it took {counted(self.minutes, 'minute')}"
        return took if self.typical is None else f"{took} ({self.typical:,} expected)"


def afterwards(
    live: Live, answered: int, people: int, environment: Environment, usage: Usage
) -> Afterwards | None:
    """Compares a voice campaign that is completed; None for any other, and for one that called nobody."""
    if (
        live.kind.unit is not Unit.CALL
        or live.status not in (Status.COMPLETED, Status.ARCHIVED)
        or not people
    ):
        return None
    account = capacity(live.kind, environment)
    workload = workload_of(Subject(live.kind, live.spec, None, capacity=account, usage=usage))
    attempts = 1 + len(retry_intervals(live.spec.get("retries")))
    left, parts = people, 1
    for answer in usage.answers(attempts):
        left, parts = left * (CERTAIN - answer), parts * CERTAIN
    expected = (2 * (people * parts - left) + parts) // (2 * parts)  # rounded
    typical = None if workload is None else typical_minutes(workload)
    return Afterwards(answered, people, expected, _minutes(live), typical)


def _minutes(live: Live) -> int | None:
    """Returns the minutes from its start to its last change, where that is its completion."""
    start = window_of(live.kind, live.spec).start
    if start is None or live.updated is None or live.status is not Status.COMPLETED:
        return None
    ended = _moment(live.updated)
    return None if ended is None or ended < start else -((start - ended) // timedelta(minutes=1))


def _moment(text: str) -> datetime | None:
    try:
        return instant(text)
    except ValueError:
        return None
