"""Finds time zones by their IANA name, in the tzdata package: the same on every machine, whatever its own database
says.

A name such as `localtime`, which a machine may have, is none. Wall times of a date are moments here, in zones whose
clocks are set forward and back.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import tzdata  # type: ignore[import-untyped]  # data, without types

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


_PACKAGE: Final = Path(tzdata.__path__[0])
"""`importlib.resources` would load what makes temporary files."""


@cache
def zone_names() -> frozenset[str]:
    """Returns every name that the database has."""
    return frozenset((_PACKAGE / "zones").read_text(encoding="utf-8").split())


@lru_cache
def zone(name: str) -> ZoneInfo:
    """Returns the zone of that name.

    Raises:
        ValueError: there is none.
    """
    from zoneinfo import ZoneInfo  # where there is a zone: not every command has one

    if name not in zone_names():
        raise ValueError(f"no IANA time zone: {name!r}")
    with _PACKAGE.joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


@cache
def zones_by_country() -> dict[str, tuple[str, ...]]:
    """Returns the zones of each country by its ISO 3166 code, in the order of tzdata's `zone.tab`."""
    found: dict[str, tuple[str, ...]] = {}
    for line in (_PACKAGE / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, _, name = line.split("\t")[:3]
            found[code] = (*found.get(code, ()), name)
    return found


_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=4096)
def moment_of(day: date, clock: time, zone: tzinfo, *, later: bool) -> datetime:
    """Returns the moment at which a clock in the zone shows that time.

    Of a time that comes twice, since the clock is set back, `later` says which; one that never comes, since the
    clock is set forward past it, is the moment at which that is done. Compare in UTC: Python compares doubled hours
    by the wall.
    """
    first = datetime.combine(day, clock, zone)
    second = first.replace(fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    assert before is not None, "a zone has an offset"
    assert after is not None, "a zone has an offset"
    if before < after:
        return _set_forward(second.astimezone(UTC), first.astimezone(UTC), zone).astimezone(zone)
    try:
        return (second if later else first).astimezone(UTC).astimezone(zone)
    except OverflowError:  # in the first and the last day of all calendars no offset changes
        return first


def _set_forward(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Returns the first second of the later offset, which lies between the two."""
    was = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + _SECOND * ((after - before) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == was:
            before = middle
        else:
            after = middle
    return after
