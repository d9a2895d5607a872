"""Makes and reads the names of occurrences: `<name>-YYYY-MM-DD` with a date that the calendar has.

No other name is reserved.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from campaignctl.tuples import NamedTuple

_DATED: Final = re.compile("(.+)-([0-9]{4}-[0-9]{2}-[0-9]{2})", re.ASCII | re.DOTALL)
_RUN_AT_END: Final = re.compile(r"(?:[^\W_]|-)+$")


class DatedName(NamedTuple):
    """Holds a name that ends in a date; `base` is what stands before the date."""

    base: str
    day: date


def dated(base: str, day: date) -> str:
    """Writes the name of an occurrence: `weekly-reminder-2027-01-04`."""
    return f"{base}-{day.isoformat()}"


def parsed(name: str) -> DatedName | None:
    """Reads the name of an occurrence; None where it does not end in a date that the calendar has."""
    found = _DATED.fullmatch(name)
    if found is None:
        return None
    try:
        return DatedName(found[1], date.fromisoformat(found[2]))
    except ValueError:
        return None


def month_term(name: str) -> str:
    """Returns the term that a dated name is searched by: the run of letters, digits and hyphens that ends in the
    date, cut after the month, so that one search serves all dates of a month.
    """
    found = _RUN_AT_END.search(name[: -len("-04")])
    assert found is not None, "a dated name ends in a date"
    return found[0]
