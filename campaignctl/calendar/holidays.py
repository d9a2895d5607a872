"""Reads a country's holidays as a Calendar, from the package `holidays`, which knows them by year; estimates stay
marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from campaignctl.errors import InputError
from campaignctl.tuples import NamedTuple

INSTALL: Final = "pip install 'campaignctl[holidays]'"
_LANGUAGE: Final = "en_US"


class Holiday(NamedTuple):
    """Holds one date, what is celebrated, and whether its date may still be moved."""

    day: date
    reason: str
    estimated: bool


def holidays_of(country: str, years: Sequence[int]) -> tuple[Holiday, ...]:
    """Returns the holidays of a country, `IN`, or of a part of it, `IN-TN`.

    Raises InputError where the package is missing or does not know the country.
    """
    try:
        import holidays
    except ImportError:
        raise InputError(f"this needs the package holidays: {INSTALL}") from None
    code, _, part = country.upper().partition("-")
    supported = holidays.list_supported_countries()
    if code not in supported:
        raise InputError(
            f"the package holidays does not know the country {code}; give its two letters, such as IN"
        )
    if part and part not in supported[code]:
        raise InputError(
            f"the package holidays does not know {part} of {code}; it knows {', '.join(supported[code])}"
        )
    languages = holidays.list_localized_countries().get(code, [])
    language = _LANGUAGE if _LANGUAGE in languages else None
    found = holidays.country_holidays(code, subdiv=part or None, years=years, language=language)
    sign = str(found.tr(getattr(found, "estimated_label", "%s (estimated)"))).replace("%s", "").strip()
    return tuple(Holiday(day, *_reason(found[day], sign)) for day in sorted(found))


def _reason(names: str, sign: str) -> tuple[str, bool]:
    """Takes the sign of an estimate off the words and keeps it as a mark."""
    each = [it.strip() for it in names.split(";")]
    plain = [it.removesuffix(sign).strip() for it in each]
    return "; ".join(plain), all(it.endswith(sign) for it in each)


def calendar_yaml(country: str, years: Sequence[int], found: Sequence[Holiday]) -> str:
    """Writes a document that `calendars` of a manifest may name."""
    from json import dumps

    lines = [
        f"# Holidays of {country}, from the package holidays; look at the estimated ones again.",
        "apiVersion: campaignctl/v1",
        "kind: Calendar",
        f"covers: {{from: {min(years)}-01-01, until: {max(years)}-12-31}}",
        "dates:" if found else "dates: []",
    ]
    for it in found:
        estimated = ", estimated: true" if it.estimated else ""
        lines.append(f"  - {{date: {it.day}, reason: {dumps(it.reason, ensure_ascii=False)}{estimated}}}")
    return "\n".join(lines) + "\n"
