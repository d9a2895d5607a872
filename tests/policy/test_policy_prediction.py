"""How long a campaign is predicted to run."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from campaignctl.kinds import VOICE
from campaignctl.kinds.table import Value
from campaignctl.policy import Subject
from campaignctl.policy.prediction import declared_end, pace, predicted_end
from campaignctl.policy.runs import forecasts_of

NOW = datetime.fromisoformat("2027-01-01T00:00:00+00:00")
NUMBERS: Value = [f"+9198765{number:05}" for number in range(120)]


def subject(capacity: int | None = None, **spec: Value) -> Subject:
    return Subject(VOICE, {"from": NUMBERS, **spec}, NOW, capacity=capacity)


@pytest.mark.parametrize(
    ("spec", "minutes"),
    [
        ({}, 2),
        ({"mode": "custom", "throttle": 10}, 12),
        ({"mode": "auto", "throttle": 10}, 2),
        ({"mode": "custom", "throttle": 6000}, 2),
        ({"retries": {"number_of_retries": 2, "interval_mins": 15}}, 32),
        ({"retries": {"number_of_retries": 3, "interval_mins": 10, "mechanism": "Exponential"}}, 72),
        ({"retries": {"number_of_retries": 3}}, 2),
        ({"retries": None}, 2),
        ({"mode": "custom", "throttle": 0}, 2),
        ({"retries": {"number_of_retries": 10**9, "interval_mins": 10, "mechanism": "Exponential"}}, 72),
        ({"retries": {"number_of_retries": -1, "interval_mins": 10}}, 2),
        ({"lists": ["a"]}, None),
        ({"from": []}, None),
    ],
)
def test_a_typical_run_takes_its_numbers_and_what_its_retries_take(
    spec: dict[str, Value], minutes: int | None
) -> None:
    typical = forecasts_of(subject(**spec)).typical
    assert (typical.minutes if typical else None) == minutes


def test_the_account_sets_the_pace() -> None:
    assert (pace(subject()), pace(subject(capacity=120))) == (60, 120)
    assert pace(subject(capacity=5, mode="custom", throttle=10)) == 5


def test_retries_without_bound_end_with_the_window_that_is_always_there() -> None:
    endless = subject(retries={"number_of_retries": 3, "interval_mins": 10**15})
    assert predicted_end(endless, NOW) == (NOW + timedelta(days=30), True)


@given(
    some.sampled_from(["+05:30", "Z", "-08:00", "+02:00"]),
    some.integers(-2000, 4000),
    some.sampled_from([{}, {"lists": ["a"]}, {"mode": "custom", "throttle": 1}, {"from": []}]),
    some.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata"]),
)
def test_no_run_is_predicted_beyond_its_declared_end(
    offset: str, minutes: int, more: dict[str, Value], zone: str
) -> None:
    begins = datetime.fromisoformat("2027-03-28T00:30:00+00:00").astimezone(ZoneInfo(zone))
    end = (begins + timedelta(minutes=minutes)).replace(tzinfo=None).isoformat() + offset
    bound = subject(**more, schedule={"send_at": begins.isoformat(), "end_at": end})
    declared = declared_end(bound)
    assert declared is not None
    assert predicted_end(bound, begins)[0] <= declared
