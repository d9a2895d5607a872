"""Every date and hour of a zone, from the rule and from a model that knows nothing of wall times.

`PYTHONPATH=tests python tests/repeat/zones_grid.py [ZONE…]` goes through those zones, or through all, from the
project's root.

The model knows the stretches of time in which a zone has one offset, found by stepping through moments, and looks for
the first at which a clock shows the time, or has just been set past it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import tzdata  # type: ignore[import-untyped]  # data, without types

from campaignctl.model.recurrence import Recurrence
from campaignctl.repeat.occurrences import run_of
from campaignctl.zones import zone, zone_names

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
FIRST, LAST = date(2000, 1, 1), date(2037, 12, 31)
DAYS = tuple(FIRST + DAY * it for it in range((LAST - FIRST).days + 1))
HOURS = tuple(time(hour) for hour in range(24))


class Stretch(NamedTuple):
    """From when, in UTC without an offset, until when clocks are how far from UTC."""

    begins: datetime
    ends: datetime
    offset: timedelta


@cache
def stretches(name: str) -> Sequence[Stretch]:
    """By stepping through moments, five days at a time, and in shorter steps through those that hold a change."""
    begins, end = datetime(1999, 12, 20), datetime(2038, 1, 10)  # noqa: DTZ001  # UTC, like all here
    found, here, moment = [], _offset(begins, name), begins
    while moment < end:
        if _offset(moment + 5 * DAY, name) == here:
            moment += 5 * DAY
            continue
        for step in (DAY, 4 * HOUR, HOUR, 10 * MINUTE, MINUTE):
            while _offset(moment + step, name) == here:
                moment += step
        moment += MINUTE
        found.append(Stretch(begins, moment, here))
        begins, here = moment, _offset(moment, name)
    return (*found, Stretch(begins, end, here))


def _offset(moment: datetime, name: str) -> timedelta:
    there = zone(name)
    offset = there.fromutc(moment.replace(tzinfo=there)).utcoffset()
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


@cache
def different_zones() -> Sequence[str]:
    """One name of each zone: many are names of the same."""
    seen = {
        Path(tzdata.__path__[0], "zoneinfo", *name.split("/")).read_bytes(): name
        for name in sorted(zone_names())
    }
    return tuple(seen.values())


@cache
def hourly(clock: time, name: str) -> Recurrence:
    """Each day at that time."""
    return Recurrence(f"{clock.minute} {clock.hour} * * *", name, FIRST, LAST, None, MINUTE)


def found(name: str, day: date, clock: time) -> datetime | None:
    """The start of a date as the rule has it, in UTC without an offset."""
    return _found(hourly(clock, name), day)


def _found(rule: Recurrence, day: date) -> datetime | None:
    run = run_of(rule, day)
    return run.start.astimezone(UTC).replace(tzinfo=None) if run is not None else None


def wrong_in(name: str, clocks: Sequence[time] = HOURS) -> list[tuple[date, time]]:
    """The dates and times of a zone, of all there are, at which rule and model disagree."""
    rules = [(clock, hourly(clock, name)) for clock in clocks]
    return [
        (day, clock)
        for day, offset in _dates(name)
        for clock, rule in rules
        if _found(rule, day)
        != (model(name, day, clock) if offset is None else datetime.combine(day, clock) - offset)
    ]


def _dates(name: str) -> Iterator[tuple[date, timedelta | None]]:
    """Each date with its offset; None where that changes within a day of it."""
    coming = iter(stretches(name))
    here = next(coming)
    for day in DAYS:
        midnight = datetime.combine(day, time())
        while here.ends <= midnight - here.offset:
            here = next(coming)
        begins = midnight - here.offset
        yield day, here.offset if here.begins <= begins - DAY and begins + 2 * DAY <= here.ends else None


def main(names: Sequence[str]) -> None:
    """Of names of the same zone one is enough: the rule reads the same bytes."""
    wrong, points, chosen = 0, 0, names or different_zones()
    for place, name in enumerate(chosen, 1):
        disagreeing = wrong_in(name)
        wrong, points = wrong + len(disagreeing), points + len(DAYS) * len(HOURS)
        for day, clock in disagreeing[:5]:
            sys.stderr.write(
                f"{name} {day} {clock}: {found(name, day, clock)}, not {model(name, day, clock)}\n"
            )
        sys.stderr.write(f"{place} of {len(chosen)} zones, {points} starts, {wrong} wrong\n")


if __name__ == "__main__":
    main(sys.argv[1:])
