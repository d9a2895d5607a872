"""Rule 3, in every zone: each date has at most one start, on the date itself, at a moment that exists.

The model knows nothing of wall times: it knows the stretches of time in which a zone has one offset, found by stepping
through moments, and looks for the first at which a clock shows the time, or has just been set past it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import tzdata  # type: ignore[import-untyped]  # data, without types

from campaignctl.model.recurrence import Recurrence
from campaignctl.repeat.occurrences import run_of
from campaignctl.zones import zone, zone_names

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
FIRST, LAST = date(2000, 1, 1), date(2037, 12, 31)
HOURS = tuple(time(hour) for hour in range(24))
WITHOUT_A_DATE = {(name, date(2011, 12, 30)) for name in ("Pacific/Apia", "Pacific/Fakaofo")}


class Stretch(NamedTuple):
    """From when, in UTC without an offset, until when clocks are how far from UTC."""

    begins: datetime
    ends: datetime
    offset: timedelta


@cache
def stretches(name: str) -> Sequence[Stretch]:
    """By stepping through moments, five days at a time, and through hours and minutes of those that hold a change."""
    begins, end = datetime(1999, 12, 20), datetime(2038, 1, 10)  # noqa: DTZ001  # UTC, like all here
    found, here, moment = [], _offset(begins, name), begins
    while moment < end:
        if _offset(moment + 5 * DAY, name) != here:
            for step in (HOUR, MINUTE):
                while _offset(moment + step, name) == here:
                    moment += step
            moment += MINUTE
            found.append(Stretch(begins, moment, here))
            begins, here = moment, _offset(moment, name)
        moment += 5 * DAY if _offset(moment + 5 * DAY, name) == here else timedelta(0)
    return (*found, Stretch(begins, end, here))


def _offset(moment: datetime, name: str) -> timedelta:
    offset = moment.replace(tzinfo=UTC).astimezone(zone(name)).utcoffset()
    assert offset is not None
    return offset


def model(name: str, day: date, clock: time) -> datetime | None:
    """The start of a date, in UTC without an offset; None where it has none."""
    wall = datetime.combine(day, clock)
    for before, it in zip((None, *stretches(name)), stretches(name), strict=False):
        if it.begins <= wall - it.offset < it.ends:
            return wall - it.offset
        skipped = before is not None and it.begins + before.offset <= wall < it.begins + it.offset
        if skipped:
            return it.begins if (it.begins + it.offset).date() == day else None
    return None


def found(name: str, day: date, clock: time) -> datetime | None:
    rule = Recurrence(f"0 {clock.hour} * * *", name, FIRST, LAST, None, MINUTE)
    run = run_of(rule, day)
    return run.start.astimezone(UTC).replace(tzinfo=None) if run is not None else None


@cache
def different_zones() -> Sequence[str]:
    """One name of each zone: many are names of the same."""
    seen = {
        Path(tzdata.__path__[0], "zoneinfo", *name.split("/")).read_bytes(): name
        for name in sorted(zone_names())
    }
    return tuple(seen.values())


@cache
def changes() -> Sequence[tuple[str, datetime]]:
    """Each change of offset once, with a zone that has it: what is around it follows from moment and offsets."""
    seen: dict[object, tuple[str, datetime]] = {}
    for name in different_zones():
        for before, after in zip(stretches(name), stretches(name)[1:], strict=False):
            key = before.ends, before.offset, after.offset
            seen.setdefault(key, (name, after.begins))
    return tuple(seen.values())


def around(moment: datetime, days: int) -> Iterator[date]:
    return (moment.date() + DAY * it for it in range(-days, days + 1))


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.slow), 400])
def test_two_days_around_each_change_of_offset_a_date_starts_as_the_model_says(every: int) -> None:
    wrong = [
        (name, day, clock)
        for name, moment in changes()[::every]
        for day in around(moment, 2)
        for clock in HOURS
        if found(name, day, clock) != model(name, day, clock)
    ]
    assert wrong == []
    assert len(changes()) > 1000


@pytest.mark.slow
def test_dates_that_no_clock_shows_are_those_that_were_left_out() -> None:
    missing = {
        (name, day)
        for name in zone_names()
        for before, after in zip(stretches(name), stretches(name)[1:], strict=False)
        for day in around(after.begins, 2)
        if FIRST <= day <= LAST
        and all(found(name, day, clock) is None for clock in (time(0), time(12), time(23)))
    }
    assert missing == WITHOUT_A_DATE


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "Asia/Kolkata",
        "America/St_Johns",
        "Africa/Casablanca",
        "Pacific/Apia",
        "America/Sao_Paulo",
        "Europe/London",
    ],
)
def test_every_date_and_hour_of_a_zone_is_as_the_model_says(name: str) -> None:
    days = [FIRST + DAY * it for it in range((LAST - FIRST).days + 1)]
    wrong = [
        (day, clock) for day in days for clock in HOURS if found(name, day, clock) != model(name, day, clock)
    ]
    assert wrong == []
    assert len(days) == 13_880


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
