"""Chooses which people of a file a first, small campaign calls: by their numbers alone, the same on every machine.

Pure. The choice comes before suppression, so that an opt-out moves nobody into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from heapq import nsmallest

from campaignctl.kinds.countries import Country
from campaignctl.model.values import canonical_numbers
from campaignctl.tuples import NamedTuple


class Chosen(NamedTuple):
    """Holds the chosen.

    `places` are theirs among the numbers, in order; `all_of_them`: there were no more than wanted.
    """

    places: tuple[int, ...]
    all_of_them: bool


def choose(name: str, numbers: Sequence[str], country: Country | None, people: int) -> Chosen:
    """Chooses so many of the distinct numbers: those whose SHA-256, of the campaign's name, a line feed and the
    number, is least. Of one that stands twice the first spelling counts.
    """
    first: dict[str, int] = {}
    for place, number in enumerate(canonical_numbers(numbers, country)):
        first.setdefault(number, place)
    if len(first) <= people:
        return Chosen(tuple(first.values()), len(first) < people)
    prefix = f"{name}\n".encode()
    least = nsmallest(people, first, key=lambda number: sha256(prefix + _digits(number)).digest())
    return Chosen(tuple(sorted(first[number] for number in least)), all_of_them=False)


def _digits(number: str) -> bytes:
    return f"+{number.removeprefix('+')}".encode()
