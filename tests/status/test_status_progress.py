"""How far a campaign is, by its own counters, and how fast; without an account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from campaignctl.kinds import VOICE
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import Live
from campaignctl.model.environment import Environment
from campaignctl.status.progress import Progress, ProgressSample, expected_end, pace_of, progress

START = datetime.fromisoformat("2027-01-10T09:00:00+05:30")
PROD = Environment("prod", backend="exotel", account_sid="acme1")


def calling(stats: Mapping[str, int] | None, status: Status = Status.IN_PROGRESS) -> Live:
    spec: dict[str, Value] = {
        "from": ["+919876543210", "+919876543211"],
        "schedule": {"send_at": START.isoformat(), "end_at": (START + timedelta(hours=9)).isoformat()},
    }
    return Live(VOICE, "c1", status, status.value, spec, stats=stats)


@pytest.mark.parametrize(
    ("stats", "found"),
    [
        (None, None),
        ({"completed": 3, "failed": 1, "failed-no-answer": 2, "invalid": 1}, Progress(3, 4, 0)),
        ({"completed": 3, "snoozed": 2}, Progress(3, 0, 0, other=2)),
        ({"completed": -5, "failed": 1}, Progress(0, 1, 0)),
        ({"completed": 0, "failed": 0}, Progress(0, 0, 2)),
    ],
    ids=[
        "no counters",
        "failures of every word",
        "a word that nobody knows",
        "a negative count",
        "zeros alone",
    ],
)
def test_counters_are_added_up_by_what_they_mean(
    stats: Mapping[str, int] | None, found: Progress | None
) -> None:
    assert progress(calling(stats)) == found


def test_a_pace_is_measured_since_the_earlier_look_else_since_the_start() -> None:
    now = START + timedelta(minutes=30)
    live = calling({"completed": 60})
    assert pace_of(live, now) == 2
    assert pace_of(live, now, ProgressSample(now - timedelta(minutes=2), 50)) == 5


def test_two_looks_within_a_minute_say_nothing_of_the_pace() -> None:
    now = START + timedelta(minutes=30)
    assert pace_of(calling({"completed": 60}), now, ProgressSample(now - timedelta(seconds=59), 1)) == 2


@pytest.mark.parametrize("status", [Status.PAUSED, Status.COMPLETED])
def test_what_does_not_call_has_no_pace_and_no_expected_end(status: Status) -> None:
    live, now = calling({"completed": 60}, status), START + timedelta(minutes=30)
    assert (pace_of(live, now), expected_end(live, now, PROD, 2.0)) == (None, None)


def test_an_end_is_expected_at_the_pace_of_now_and_never_after_the_declared_one() -> None:
    live, now = calling({"completed": 0, "failed": 0}), START + timedelta(minutes=30)
    assert expected_end(live, now, PROD, 0.5) == now + timedelta(minutes=4)
    assert expected_end(live, now, PROD, 1e-9) == START + timedelta(hours=9)
