"""Time zones by their IANA name, out of the tzdata package: the same on every machine, whatever its own database says.

A name such as `localtime`, which a machine may have, is none.
"""

from __future__ import annotations

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
    """Every name that the database has."""
    return frozenset((_PACKAGE / "zones").read_text(encoding="utf-8").split())


@lru_cache
def zone(name: str) -> ZoneInfo:
    """The zone of that name.

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
    """The zones of each country by its ISO 3166 code, in the order of tzdata's `zone.tab`."""
    found: dict[str, tuple[str, ...]] = {}
    for line in (_PACKAGE / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, _, name = line.split("\t")[:3]
            found[code] = (*found.get(code, ()), name)
    return found
