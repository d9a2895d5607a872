"""How numbers are written at home, and what time it is there: a row per country that Exotel serves.

Numbering: ITU E.164 national numbering plans, seen 2026-11. A row lets a number with the country code, with
the trunk prefix and without either compare equal; nothing is ever compared by suffix.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Country(NamedTuple):
    """`code` is ISO 3166; `lengths` count the digits after country code and trunk prefix."""

    code: str
    calling_code: str
    trunk_prefix: str
    lengths: frozenset[int]
    time_zone: str | None  # None where there are several


def _row(code: str, calling_code: str, trunk: str, lengths: tuple[int, ...], zone: str | None) -> Country:
    return Country(code, calling_code, trunk, frozenset(lengths), zone)


COUNTRIES: Mapping[str, Country] = MappingProxyType(
    {
        row.code: row
        for row in (
            _row("AE", "971", "0", (8, 9), "Asia/Dubai"),
            _row("AU", "61", "0", (9,), None),
            _row("ID", "62", "0", (8, 9, 10, 11, 12), None),
            _row("IN", "91", "0", (10,), "Asia/Kolkata"),
            _row("LK", "94", "0", (9,), "Asia/Colombo"),
            _row("MY", "60", "0", (8, 9, 10), "Asia/Kuala_Lumpur"),
            _row("PH", "63", "0", (10,), "Asia/Manila"),
            _row("SA", "966", "0", (8, 9), "Asia/Riyadh"),
            _row("SG", "65", "", (8,), "Asia/Singapore"),
            _row("TH", "66", "0", (8, 9), "Asia/Bangkok"),
            _row("US", "1", "1", (10,), None),
        )
    }
)
