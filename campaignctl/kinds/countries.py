"""Says how numbers are written in each country and what time it is there: a row for every region that has numbers.

A row lets a number with the country code, with the trunk prefix and without either compare equal; nothing is ever
compared by suffix. The rows come from the generated table; see `numbering`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from campaignctl.kinds.numbering import REGIONS
from campaignctl.tuples import NamedTuple


class Country(NamedTuple):
    """Describes a country.

    `code` is ISO 3166; `lengths` count the digits after country code and trunk prefix, which may be empty.
    """

    code: str
    calling_code: str
    trunk_prefix: str
    lengths: frozenset[int]
    time_zone: str | None  # None where there are several, or none

    @property
    def time_zones(self) -> tuple[str, ...]:
        """Returns the country's time zones that differ from one another; none where the database knows none."""
        return _zones(self.code)


_KEPT: Final = {"ID": range(8, 13), "PH": (10,), "SA": (8, 9)}
"""Lengths that stay as they were before the table came from metadata: what is equal must not change."""


@cache
def lengths_in(written: str) -> frozenset[int]:
    """Reads the lengths of a row: `6,8-10`.

    >>> sorted(lengths_in("6,8-10"))
    [6, 8, 9, 10]
    """
    found: set[int] = set()
    for part in written.split(","):
        low, _, high = part.partition("-")
        found.update(range(int(low), int(high or low) + 1))
    return frozenset(found)


_LINES: Final = {line[:2]: line for line in REGIONS.splitlines()}


@cache
def _zones(code: str) -> tuple[str, ...]:
    names = _LINES[code].rpartition(" ")[2]
    return () if names == "-" else tuple(names.split(","))


class _Countries(Mapping[str, Country]):
    """Reads each row when it is first asked for: an environment needs only one of them."""

    def __getitem__(self, code: str) -> Country:
        return _country(code)

    def __iter__(self) -> Iterator[str]:
        return iter(_LINES)

    def __len__(self) -> int:
        return len(_LINES)


@cache
def _country(code: str) -> Country:
    _, calling_code, trunk, lengths, _ = _LINES[code].split(" ")
    zones = _zones(code)
    return Country(
        code,
        calling_code,
        "" if trunk == "-" else trunk,
        frozenset(_KEPT.get(code) or lengths_in(lengths)),
        zones[0] if len(zones) == 1 else None,
    )


COUNTRIES: Final[Mapping[str, Country]] = _Countries()
