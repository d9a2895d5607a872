"""Reads a cron line as this project takes it: cronsim says the dates, minute and hour are one plain number each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, takewhile
from typing import Final

from cronsim import CronSim, CronSimError

from campaignctl.diagnostics import counted, quoted

_PLAIN: Final = re.compile("[A-Z0-9*,/#-]{1,100}", re.ASCII)
_NUMBER: Final = re.compile("[0-9]{1,2}", re.ASCII)
_ANY: Final = "*"
_FIELDS: Final = ("minute", "hour", "day-of-month", "month", "day-of-week")
_WEEKS: Final = {"1-7": 1, "8-14": 2, "15-21": 3, "22-28": 4}
_EARLIEST: Final = datetime.combine(date(1999, 12, 31), time())


class CronError(ValueError):
    """Says what is wrong with a cron line, for people."""


def normal_cron(written: str) -> str:
    """Writes a cron line as five fields in capitals, a blank between each.

    Raises:
        CronError: it is no such line, or says more than dates and one time of day.
    """
    fields = written.upper().split()
    if len(fields) != len(_FIELDS):
        raise CronError(_wrong_number(fields))
    for name, field in zip(_FIELDS, fields, strict=True):
        if not _PLAIN.fullmatch(field):
            raise CronError(f"the {name} {quoted(field)} is none that cron knows")
    minute, hour, days, month, weekdays = fields
    _require_number("minute", minute, 59)
    _require_number("hour", hour, 23)
    if _ANY not in (days, weekdays):
        raise CronError(_two_day_fields(days, weekdays))
    _require_known("day-of-month", f"0 0 {days} * *")
    _require_known("month", f"0 0 1 {month} *")
    _require_known("day-of-week", f"0 0 * * {weekdays}")
    return f"{int(minute)} {int(hour)} {days} {month} {weekdays}"


def _wrong_number(fields: list[str]) -> str:
    if fields and fields[0].startswith("@"):
        return f"{quoted(fields[0].lower())} names no time of day; write five fields, such as 0 10 * * *"
    return f"it has {counted(len(fields), 'field')}, and cron has five: {' '.join(_FIELDS)}"


def _require_number(name: str, field: str, most: int) -> None:
    if not _NUMBER.fullmatch(field) or int(field) > most:
        raise CronError(
            f"the {name} {quoted(field)} must be one plain number, 0 to {most}: a manifest has one occurrence a date, "
            "twice a day is two manifests"
        )


def _two_day_fields(days: str, weekdays: str) -> str:
    week = _WEEKS.get(days)
    hint = f"; for that weekday of week {week} write {weekdays}#{week}" if week and weekdays.isalpha() else ""
    return (
        f"day-of-month {days} and day-of-week {weekdays} are joined by or, so it would run on either; one of them "
        f"must be *{hint}"
    )


def _require_known(name: str, line: str) -> None:
    if not _is_known(line):
        field = line.split()[_FIELDS.index(name)]
        raise CronError(f"the {name} {quoted(field)} is none that cron knows, or runs backwards")


@lru_cache(maxsize=1024)
def _is_known(line: str) -> bool:
    try:
        CronSim(line, _EARLIEST)
    except CronSimError:
        return False
    return True


def time_of_day(cron: str) -> time:
    """Returns when it begins, by the clocks of its zone."""
    minute, hour, *_ = cron.split()
    return time(int(hour), int(minute))


@lru_cache(maxsize=1024)
def dates_between(
    days: str, month: str, weekdays: str, first: date, last: date, most: int | None = None
) -> tuple[date, ...]:
    """Returns the dates that three fields name, both ends included, the first `most` of them; none where no calendar
    has such a date.
    """
    try:
        found = _dates(f"0 0 {days} {month} {weekdays}", first)
        return tuple(islice(takewhile(lambda day: day <= last, found), most))
    except CronSimError:  # 31 February: each field is right, and no date has both
        return ()


def _dates(line: str, first: date) -> Iterator[date]:
    """Yields the dates of a line.

    cronsim is given naive times, never a zone: with one it begins at midnight, or twice, after a missing date.
    """
    before = datetime.combine(first, time()) - timedelta(days=1)
    return (moment.date() for moment in CronSim(line, before))
