"""Tells whether a phone number can exist, by the numbering plan of its country: not whether it belongs to anybody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Final

from campaignctl.kinds.countries import COUNTRIES, Country, lengths_in
from campaignctl.kinds.numbering import CODES
from campaignctl.model.values import national_part

_LONGEST_CODE: Final = 3
_HEAD: Final = 1 + _LONGEST_CODE
"""How many characters of `+919876543210` say which code it has."""


class _Code:
    """Describes a calling code: its main region, the lengths of what follows it, and what that looks like."""

    def __init__(self, digits: str, region: str, lengths: frozenset[int], pattern: str) -> None:
        self.digits, self.region, self.lengths, self._pattern = digits, region, lengths, pattern

    @cached_property
    def fits(self) -> Callable[[str, int], object]:
        """Returns a check that is truthy where what follows the code, from a place in a text on, can exist."""
        return re.compile(self._pattern, re.ASCII).fullmatch

    @cached_property
    def all_fit(self) -> Callable[[str], object]:
        """Returns the same check for many numbers at once, one on each line."""
        return re.compile(rf"(?:\+{self.digits}(?:{self._pattern})\n)*+", re.ASCII).fullmatch


@cache
def _rows() -> Mapping[str, str]:
    return {line.partition(" ")[0]: line for line in CODES.split("\n") if line}


@cache
def _code(digits: str) -> _Code:
    _, region, lengths, pattern = _rows()[digits].split(" ", 3)
    return _Code(digits, region, lengths_in(lengths), pattern)


@cache
def _code_of(head: str) -> _Code | None:
    """Finds a code by the first characters of a number; no code begins another."""
    rows = _rows()
    digits = next((head[1:end] for end in range(2, len(head) + 1) if head[1:end] in rows), None)
    return None if digits is None else _code(digits)


def flaws(numbers: Sequence[str], country: Country | None) -> Iterator[tuple[int, str]]:
    """Yields the place of each number that cannot exist, and why; the reason holds no digit of it.

    A number without its plus sign counts as the country's rule reads it, and is not looked at without a country.
    """
    if not numbers or _plainly_right(numbers):
        return
    for place, number in enumerate(numbers):
        if number[:1] == "+":
            code = _code_of(number[:_HEAD])
            if code is None or not code.fits(number, len(code.digits) + 1):
                yield place, _why(number, code)
        elif country is not None:
            why = _why_at_home(number, country)
            if why is not None:
                yield place, why


def _plainly_right(numbers: Sequence[str]) -> bool:
    """Tells whether all numbers of one country can exist, at once: the fast branch for most lists."""
    code = _code_of(numbers[0][:_HEAD])
    return code is not None and bool(code.all_fit("\n".join((*numbers, ""))))


def _why_at_home(number: str, country: Country) -> str | None:
    """Says what is wrong with a number as it is dialled in a country; None where it can exist."""
    code, national = _code(country.calling_code), national_part(number, country)
    if national is None:
        dialled = len(number.removeprefix(country.trunk_prefix))
        return f"{_amiss(dialled, country.code, country.lengths)}; begin one of elsewhere with + and its country code"
    if code.fits(number, national):
        return None
    trunk = country.trunk_prefix
    if trunk and number.startswith(trunk) and code.fits(number, len(trunk)):
        return None  # what is dialled exists: the country's rule knows fewer lengths
    return _why(f"+{code.digits}{number[national:]}", code)


def _why(number: str, code: _Code | None) -> str:
    if code is None:
        return "no country has its calling code"
    follows = number[len(code.digits) + 1 :]
    for trunk in _trunks(code.digits):
        if follows.startswith(trunk) and code.fits(follows, len(trunk)):
            return f"a trunk {trunk} stands after the country code; leave it out"
    return _amiss(len(follows), code.region, _dialled_lengths(code) or code.lengths)


def _amiss(length: int, region: str, lengths: frozenset[int]) -> str:
    of = "" if region == "001" else f" of {region}"
    has = f"a number{of} has {_written(lengths)} after the country code"
    if length < min(lengths):
        return f"too short, at {length}: {has}"
    if length > max(lengths):
        return f"too long, at {length}: {has}"
    return f"there is no such number{of}"


def _written(lengths: frozenset[int]) -> str:
    low, high = min(lengths), max(lengths)
    return f"{low} digits" if low == high else f"{low} to {high} digits"


@cache
def _regions(digits: str) -> tuple[Country, ...]:
    return tuple(country for country in COUNTRIES.values() if country.calling_code == digits)


def _trunks(digits: str) -> Iterator[str]:
    yield from dict.fromkeys(it.trunk_prefix for it in _regions(digits) if it.trunk_prefix)


def _dialled_lengths(code: _Code) -> frozenset[int]:
    """Returns the lengths of fixed and mobile numbers: the others are no people's."""
    return frozenset[int]().union(*(it.lengths for it in _regions(code.digits)))
