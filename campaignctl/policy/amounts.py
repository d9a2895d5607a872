"""Holds amounts of money: typical and at worst, never through a float. Nothing imports this where no prices are set."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Decimal, Inexact
from typing import Final

from campaignctl.tuples import NamedTuple

EXACT: Final = Context(prec=200, traps=[Inexact])
"""No product of prices, people and shares has more digits."""


def product(one: Decimal, other: Decimal) -> Decimal:
    """Multiplies, exactly."""
    return EXACT.multiply(one, other)


def sum_of(one: Decimal, other: Decimal) -> Decimal:
    """Adds, exactly."""
    return EXACT.add(one, other)


class Amounts(NamedTuple):
    """Holds what a campaign costs typically and at worst, with tax, rounded; both are None where nobody can tell."""

    typical: Decimal | None
    worst: Decimal | None

    @property
    def known(self) -> bool:
        """Tells whether the amounts are known."""
        return self.worst is not None

    def times(self, number: int) -> Amounts:
        """Returns what so many campaigns cost that cost the same, each rounded by itself."""
        if self.typical is None or self.worst is None:
            return self
        return Amounts(product(self.typical, Decimal(number)), product(self.worst, Decimal(number)))

    def __str__(self) -> str:
        """Writes the amounts for messages, without a currency."""
        return f"{self.typical} to {self.worst}"


UNKNOWN: Final = Amounts(None, None)


def total(costs: Iterable[Amounts | None]) -> Amounts:
    """Sums up what was rounded; what is not there, or not known, is 0."""
    typical = worst = Decimal(0)
    for cost in costs:
        if cost is not None and cost.typical is not None and cost.worst is not None:
            typical, worst = sum_of(typical, cost.typical), sum_of(worst, cost.worst)
    return Amounts(typical, worst)
