"""How numbers are written at home, and what time it is there: a row for every region that has numbers.

A row lets a number with the country code, with the trunk prefix and without either compare equal; nothing is ever
compared by suffix. The rows come from the generated table; see `numbering`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple

from campaignctl.kinds.numbering import REGIONS


class Country(NamedTuple):
    """`code` is ISO 3166; `lengths` count the digits after country code and trunk prefix, which may be empty."""

    code: str
    calling_code: str
    trunk_prefix: str
    lengths: frozenset[int]
    time_zone: str | None  # None where there are several, or none

    @property
    def time_zones(self) -> tuple[str, ...]:
        """All that differ from one another; none where the database knows none."""
        return _ZONES.get(self.code, ())


_KEPT: Final = {"ID": range(8, 13), "PH": (10,), "SA": (8, 9)}
"""Lengths that stay as they were before the table came from metadata: what is equal must not change."""


@cache
def lengths_in(written: str) -> frozenset[int]:
    """Those of a row: `6,8-10`.

    >>> sorted(lengths_in("6,8-10"))
    [6, 8, 9, 10]
    """
    found: set[int] = set()
    for part in written.split(","):
        low, _, high = part.partition("-")
        found.update(range(int(low), int(high or low) + 1))
    return frozenset(found)


def _rows() -> Iterator[tuple[Country, tuple[str, ...]]]:
    for line in REGIONS.splitlines():
        code, calling_code, trunk, lengths, zones = line.split(" ")
        names = () if zones == "-" else tuple(zones.split(","))
        country = Country(
            code,
            calling_code,
            "" if trunk == "-" else trunk,
            frozenset(_KEPT.get(code) or lengths_in(lengths)),
            names[0] if len(names) == 1 else None,
        )
        yield country, names


_ROWS: Final = tuple(_rows())
_ZONES: Final = {country.code: zones for country, zones in _ROWS if len(zones) > 0}

COUNTRIES: Mapping[str, Country] = MappingProxyType({country.code: country for country, _ in _ROWS})
