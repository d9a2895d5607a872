"""Says when a campaign runs: from its start to its end, as moments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final

from campaignctl.kinds.lifecycle import DEFAULT_WINDOW, MARGIN
from campaignctl.kinds.table import Kind, Value
from campaignctl.tuples import NamedTuple

_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:([Zz])|([+-]\d\d):?(\d\d))", re.ASCII
)


class Window(NamedTuple):
    """Holds start and end with their offsets, None where there is none."""

    start: datetime | None
    end: datetime | None

    def over(self, now: datetime) -> bool:
        """Tells whether the window is over; it is from its end on."""
        return self.end is not None and self.end <= now

    def soon(self, now: datetime) -> bool:
        """Tells whether it begins too soon for a change of it to be in time, or has begun."""
        return self.start is not None and self.start - now < MARGIN

    def begun(self, now: datetime) -> bool:
        """Tells whether the window has begun, as it has from its start on; one without a start has not begun."""
        return self.start is not None and self.start <= now


_NONE = Window(None, None)


@lru_cache(maxsize=65536)
def instant(text: str) -> datetime:
    """Reads RFC 3339 with an offset; of a fraction of any length [002] it keeps what a microsecond holds.

    Raises ValueError for anything else, a time without an offset too.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"not a time with an offset: {text!r}")
    day, clock, fraction, zulu, hours, minutes = match.groups()
    moment = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '0')[:6]:0<6}")
    return moment.replace(tzinfo=UTC if zulu else _offset(f"{hours}:{minutes}"))


@lru_cache(maxsize=4096)
def _offset(text: str) -> tzinfo | None:
    """Returns one object for each offset: moments that share theirs compare in a tenth of the time."""
    return datetime.fromisoformat(f"2000-01-01T00:00:00{text}").tzinfo


_PARTS: Final = "([0-9]+)([smhd])"
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@lru_cache(maxsize=1024)
def period_of(text: str) -> timedelta:
    """Reads `30m`, `7d` or `1h30m`: every length of time that people write, once its format has let it through.

    >>> period_of("7d").days, period_of("1h30m").seconds
    (7, 5400)
    """
    return timedelta(seconds=sum(int(number) * _UNITS[unit] for number, unit in re.findall(_PARTS, text)))


def offset(when: datetime) -> str:
    """Writes an offset as manifests do, for messages: `+05:30`; UTC is `+00:00`."""
    return _written_offset(when.utcoffset())


@lru_cache(maxsize=256)
def _written_offset(ahead: timedelta | None) -> str:
    zone = f"{datetime(2000, 1, 1, tzinfo=None if ahead is None else timezone(ahead)):%z}"
    return f"{zone[:3]}:{zone[3:5]}"


def window_of(kind: Kind, spec: Mapping[str, Value]) -> Window:
    """Returns the window that a spec gives, a manifest's or a live one's.

    Without an end it ends 30 days after its start.
    """
    schedule = spec.get(kind.schedule.name)
    if schedule.__class__ is not dict and not isinstance(schedule, Mapping):
        return _NONE
    start, end = schedule.get(kind.start.name), schedule.get(kind.end.name)
    return _between(start if isinstance(start, str) else None, end if isinstance(end, str) else None)


def declared_window(kind: Kind, spec: Mapping[str, Value]) -> Window:
    """Returns the window without the end that an account fills in."""
    schedule, window = spec.get(kind.schedule.name), window_of(kind, spec)
    declared = isinstance(schedule, Mapping) and schedule.get(kind.end.name) is not None
    return window if declared else window._replace(end=None)


@lru_cache(maxsize=65536)
def _between(start: str | None, end: str | None) -> Window:
    """Makes a window, once for each pair: many ask for the window of the same campaign."""
    begins = None if start is None else instant(start)
    ends = None if end is None else instant(end)
    return Window(begins, ends if ends or not begins else after(begins, DEFAULT_WINDOW))


_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def utc(moment: datetime) -> datetime:
    """Returns a moment in UTC, where moments of two zones compare; the first or last moment of the calendar where
    it lies beyond.
    """
    return in_zone(moment, UTC)


def in_zone(moment: datetime, zone: tzinfo | None) -> datetime:
    """Returns a moment as clocks of a zone show it; as UTC's do where theirs would show a year that no calendar
    has.
    """
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return _LAST if moment.year > 1 else _FIRST


def after(moment: datetime, length: timedelta) -> datetime:
    """Returns the moment so much later; the end of the calendar where that lies beyond it: an account may say the
    year 9999.
    """
    try:
        return moment + length
    except OverflowError:
        return _LAST
