"""When a campaign runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.table import Kind
from campaignctl.model.windows import Window, instant, window_of

NINE = datetime(2027, 1, 15, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-01-15T09:00:00+05:30", NINE),
        ("2027-01-15T03:30:00Z", NINE),
        ("2027-01-15t03:30:00z", NINE),
        ("2027-01-15 09:00:00+0530", NINE),
        ("2027-01-15T09:00:00.625541789+05:30", NINE + timedelta(microseconds=625541)),
        ("2027-01-15T09:00:00.5+05:30", NINE + timedelta(microseconds=500000)),
        ("2027-01-14T22:30:00-05:00", NINE),
    ],
)
def test_a_time_is_read_in_every_form_that_an_answer_uses(text: str, moment: datetime) -> None:
    assert instant(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2027-01-15T09:00:00",
        "2027-01-15",
        "tomorrow",
        "",
        "2027-13-15T09:00:00Z",
        "2027-01-15T25:00:00Z",
        "2027-01-15T09:00:00.Z",
        "2027-W02-5T09:00:00Z",
        "2027-01-15T09:00:00Z\n",
        "२०२७-01-15T09:00:00Z",
    ],
)
def test_what_is_no_time_with_an_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        instant(text)


@pytest.mark.parametrize(
    ("kind", "schedule", "window"),
    [
        (VOICE, {"send_at": "2027-01-15T09:00:00+05:30"}, Window(NINE, NINE + timedelta(days=30))),
        (SMS, {"start_time": "2027-01-15T09:00:00+05:30"}, Window(NINE, NINE + timedelta(days=30))),
        (
            SMS,
            {"start_time": "2027-01-15T09:00:00+05:30", "end_time": "2027-01-15T05:30:00Z"},
            Window(NINE, NINE + timedelta(hours=2)),
        ),
        (
            VOICE,
            {"send_at": "2027-01-15T09:00:00+05:30", "end_at": None},
            Window(NINE, NINE + timedelta(days=30)),
        ),
        (VOICE, {"end_at": "2027-01-15T09:00:00+05:30"}, Window(None, NINE)),
        (VOICE, {"send_at": None}, Window(None, None)),
        (VOICE, None, Window(None, None)),
    ],
)
def test_without_an_end_it_lasts_thirty_days_and_without_a_start_it_has_none(
    kind: Kind, schedule: Any, window: Window
) -> None:
    assert window_of(kind, {"schedule": schedule}) == window


def test_a_window_at_the_end_of_time_has_an_end() -> None:
    end = window_of(VOICE, {"schedule": {"send_at": "9999-12-20T09:00:00+05:30"}}).end
    assert end == datetime.max.replace(tzinfo=UTC)


def test_it_is_over_from_its_end_on_and_begun_from_its_start_on() -> None:
    window = Window(NINE, NINE + timedelta(hours=2))
    second = timedelta(seconds=1)
    assert [window.begun(NINE - second), window.begun(NINE)] == [False, True]
    assert [window.over(NINE + timedelta(hours=2) - second), window.over(NINE + timedelta(hours=2))] == [
        False,
        True,
    ]
    assert (Window(None, None).begun(NINE), Window(None, None).over(NINE)) == (False, False)
