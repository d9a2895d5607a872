"""Gives each field one canonical value, on both sides, before any comparison (rule 4.1)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from campaignctl.kinds.countries import Country
from campaignctl.kinds.table import Compare, Field, Value
from campaignctl.model.windows import instant

_EXOTEL_DOMAINS = (".exotel.com", ".exotel.in")
_SEPARATORS = str.maketrans("", "", " \u00a0-.()[]")
"""What stands between the digits of a number that is shown."""
_PLAIN_NUMBERS = re.compile(r"(?:\n\+[0-9]++)*+").fullmatch

Meaning: TypeAlias = Callable[[Value], Hashable]
"""From a value as it is written to what it means."""

UNSEEN: Final = object()
"""Stands for the value of a key that an answer lacks."""


@lru_cache(maxsize=65536)
def canonical_number(text: str, country: Country | None) -> str:
    """Returns the number with its country code where the country's rule tells it; the text itself otherwise.

    >>> from campaignctl.kinds.countries import COUNTRIES
    >>> canonical_number("09876543210", COUNTRIES["IN"])
    '+919876543210'
    """
    digits = text.translate(_SEPARATORS)
    if country is None or not digits.isascii() or not digits.isdigit():
        return digits
    national = national_part(digits, country)
    return digits if national is None else f"+{country.calling_code}{digits[national:]}"


def national_part(digits: str, country: Country) -> int | None:
    """Returns where in a number its national part begins: after the trunk prefix, after the code, or at once; None
    where no part is national.
    """
    length = len(digits)
    for prefix in (country.trunk_prefix or country.calling_code, country.calling_code, ""):
        if digits.startswith(prefix) and length - len(prefix) in country.lengths:
            return len(prefix)
    return None


def canonical_numbers(numbers: Sequence[str], country: Country | None) -> Sequence[str]:
    """Returns each number as `canonical_number` does.

    Numbers that are all plain E.164 are canonical already, and the same object comes back.
    """
    if _PLAIN_NUMBERS("\n".join(("", *numbers))):
        return numbers
    return [canonical_number(number, country) for number in numbers]


def normal(field: Field, value: Value, country: Country | None) -> Hashable:
    """Returns what a value means. None, the documented default and an empty array mean the same; all give None."""
    return normal_of(field, country)(value)


def normal_of(field: Field, country: Country | None) -> Meaning:
    """Returns `normal` for the values of one row, chosen once where there are many values."""
    meaning, default = _meaning_of(field, country), field.default
    standard = None if default is None else meaning(default)

    def normal(value: Value) -> Hashable:
        if value is None or value == default or value in ((), []):
            return None
        found = meaning(value)
        return None if found == standard else found

    return normal


def _meaning_of(field: Field, country: Country | None) -> Meaning:
    match field.compare:
        case Compare.NUMBERS:
            return lambda value: frozenset(Counter(canonical_numbers(texts(value), country)).items())
        case Compare.SET if field.choices:
            return lambda value: frozenset(item.lower() for item in texts(value))
        case Compare.SET:
            return lambda value: frozenset(texts(value))
        case Compare.EXACT | Compare.MEMBERS:
            return lambda value: value if isinstance(value, Hashable) else repr(value)
        case Compare.CASELESS:
            return lambda value: str(value).lower()
        case Compare.INSTANT:
            return lambda value: instant(str(value))
        case Compare.NUMBER:
            return lambda value: canonical_number(str(value), country)
        case Compare.FLOW_URL:
            return lambda value: _without_scheme(str(value))
        case Compare.SMS_TYPE:
            return lambda value: str(value).lower().removesuffix("_opt_in")


def items_of(value: Value) -> Sequence[Value]:
    """Returns the items of an array as they are, and none of what is no array."""
    return value if isinstance(value, list | tuple) else ()


def texts(value: Value) -> Sequence[str]:
    """Returns the items of an array as texts; a single value is an array of one, None an empty one."""
    if isinstance(value, list | tuple):
        return list(map(str, value))
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        return (str(value),)
    return list(map(str, value))


def count_texts(value: Value) -> int:
    """Returns how many items `texts` gives."""
    return len(value) if isinstance(value, list | tuple) else len(texts(value))


def count_different(value: Value) -> int:
    """Counts the items of `texts`, what stands twice once."""
    items = value if isinstance(value, list | tuple) else texts(value)
    try:
        "".join(items)  # a third of the time where all are texts, as people's numbers are
    except TypeError:
        items = list(map(str, items))
    return len(set(items))


def _without_scheme(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    host = rest.partition("/")[0].lower()
    if separator and scheme.lower() in ("http", "https") and host.endswith(_EXOTEL_DOMAINS):
        return host + rest[len(host) :]
    return url


def number_changes(
    before: Iterable[str], after: Iterable[str], country: Country | None
) -> tuple[list[str], list[str]]:
    """Returns the numbers that went and those that came, each as its side writes it, as often as it differs.

    What both sides write alike is taken out by counting, so that only the rest has to be read as numbers.
    """
    gone, come = Counter(before), Counter(after)
    common = gone & come
    gone, come = gone - common, come - common
    written: dict[str, list[str]] = {}
    for number in gone.elements():
        written.setdefault(canonical_number(number, country), []).append(number)
    added = []
    for number in come.elements():
        twins = written.get(canonical_number(number, country))
        if twins:
            twins.pop()
        else:
            added.append(number)
    return [number for twins in written.values() for number in twins], added


def shown(spec: Mapping[str, Value], path: str) -> object:
    """Returns the value at a dotted path; `UNSEEN` when the answer lacks its key."""
    name, _, member = path.partition(".")
    if name not in spec:
        return UNSEEN
    value = spec[name]
    if not member or value is None:
        return value
    return value.get(member, UNSEEN) if isinstance(value, Mapping) else UNSEEN
