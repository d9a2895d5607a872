"""Rule 3, in every zone: each date has at most one start, on the date itself, at a moment that exists.

The model is that of `zones_grid`, which also goes through every date and hour of every zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from functools import cache

import pytest
from example_counts import some_of, tried
from zones_grid import (
    DAY,
    DAYS,
    FIRST,
    HOUR,
    HOURS,
    LAST,
    MINUTE,
    different_zones,
    found,
    model,
    stretches,
    wrong_in,
)

from campaignctl.model.recurrence import Recurrence
from campaignctl.repeat.occurrences import run_of

WITHOUT_A_DATE = {(name, date(2011, 12, 30)) for name in ("Pacific/Apia", "Pacific/Fakaofo")}


@cache
def changes(every: int) -> Sequence[tuple[str, datetime]]:
    """Each change of offset once, with a zone that has it: what is around it follows from moment and offsets.

    Of so many zones one is looked at.
    """
    seen: dict[object, tuple[str, datetime]] = {}
    for name in different_zones()[::every]:
        for before, after in zip(stretches(name), stretches(name)[1:], strict=False):
            key = before.ends, before.offset, after.offset
            seen.setdefault(key, (name, after.begins))
    return tuple(seen.values())


def around(moment: datetime, days: int) -> Iterator[date]:
    return (moment.date() + DAY * it for it in range(-days, days + 1))


@pytest.mark.parametrize(
    ("zones", "every", "least"),
    [pytest.param(1, 100 // tried(100), 3000, marks=pytest.mark.slow), (40, 25, 200)],
)
def test_two_days_around_each_change_of_offset_a_date_starts_as_the_model_says(
    zones: int, every: int, least: int
) -> None:
    """Finding the changes of a zone takes long, so at every save few zones are looked at."""
    wrong = [
        (name, day, clock)
        for name, moment in changes(zones)[::every]
        for day in around(moment, 2)
        for clock in HOURS
        if found(name, day, clock) != model(name, day, clock)
    ]
    assert wrong == []
    assert len(changes(zones)) > least


@pytest.mark.slow
def test_dates_that_no_clock_shows_are_those_that_were_left_out() -> None:
    missing = {
        (name, day)
        for name, moment in changes(1)
        for day in around(moment, 2)
        if FIRST <= day <= LAST
        and all(found(name, day, clock) is None for clock in (time(0), time(12), time(23)))
    }
    assert missing == WITHOUT_A_DATE


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    some_of(
        [
            "Africa/Casablanca",
            "America/St_Johns",
            "Asia/Kolkata",
            "Pacific/Apia",
            "America/Sao_Paulo",
            "Europe/London",
        ]
    ),
)
def test_every_date_and_hour_of_a_zone_is_as_the_model_says(name: str) -> None:
    assert wrong_in(name) == []
    assert len(DAYS) == 13_880


@pytest.mark.parametrize(
    ("day", "clock", "start"),
    [
        (date(2027, 3, 14), time(2, 30), "2027-03-14T03:00:00-04:00"),
        (date(2027, 11, 7), time(1, 30), "2027-11-07T01:30:00-04:00"),
        (date(2027, 11, 8), time(1, 30), "2027-11-08T01:30:00-05:00"),
    ],
)
def test_a_time_that_is_skipped_starts_after_the_gap_and_one_that_comes_twice_the_first_time(
    day: date, clock: time, start: str
) -> None:
    rule = Recurrence(f"{clock.minute} {clock.hour} * * *", "America/New_York", FIRST, LAST, None, HOUR)
    run = run_of(rule, day)
    assert run is not None
    assert run.start.isoformat() == start
    assert run.moved is (start[11:16] != f"{clock:%H:%M}")
    assert run.end.astimezone(UTC) - run.start.astimezone(UTC) == HOUR


def test_a_date_that_clocks_shorten_ends_at_midnight_and_one_that_is_as_long_as_any_is_too_short() -> None:
    rule = Recurrence("0 2 * * *", "America/New_York", FIRST, LAST, None, 22 * HOUR)
    shortened, ordinary = run_of(rule, date(2027, 3, 14)), run_of(rule, date(2027, 3, 15))
    assert shortened is not None
    assert ordinary is not None
    assert (shortened.end.isoformat(), shortened.beyond) == ("2027-03-15T00:00:00-04:00", False)
    assert (ordinary.end.isoformat(), ordinary.beyond) == ("2027-03-16T00:00:00-04:00", False)
    beyond = run_of(rule._replace(duration=22 * HOUR + MINUTE), date(2027, 3, 15))
    assert beyond is not None
    assert beyond.beyond
