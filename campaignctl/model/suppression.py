"""Who is left out of a campaign: sources as they are written, and the people that they hold.

Numbers are compared by the country's rule. Nothing here reads a file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from campaignctl.diagnostics import counted
from campaignctl.model.values import canonical_numbers

if TYPE_CHECKING:
    from campaignctl.kinds.countries import Country
    from campaignctl.kinds.table import Value


class SuppressionSource(NamedTuple):
    """One source as it is written: numbers, a file of them or another campaign's people.

    `path` is where it stands, such as `suppress.0`; `file` is named as positions name files.
    """

    path: str
    numbers: tuple[str, ...] = ()
    file: str | None = None
    campaign: str | None = None
    at_least: int | None = None

    @property
    def said(self) -> str:
        """As a reader is told of it; numbers are counted."""
        return self.file or self.campaign or counted(len(self.numbers), "number")

    def written(self, country: Country | None) -> dict[str, Value]:
        """By meaning, without what a file or a campaign holds."""
        return {
            "at_least": self.at_least,
            "campaign": self.campaign,
            "file": self.file,
            "numbers": sorted(canonical_numbers(self.numbers, country)),
        }


class Shown(NamedTuple):
    """What the account shows of an earlier campaign: its people by the country's rule, whether it has begun, and
    whether there are some whom nobody sees.
    """

    people: frozenset[str] = frozenset()
    begun: bool = False
    unseen: bool = False


class Suppression(NamedTuple):
    """The people whom `sources` hold, by the country's rule: the project's, which all share, and one's own.

    The last of `people` are those of `campaigns`, each by KIND/NAME.
    """

    people: tuple[Collection[str], ...]
    country: Country | None
    sources: tuple[SuppressionSource, ...] = ()
    campaigns: tuple[str, ...] = ()

    def seeing(self, shown: Mapping[str, Shown]) -> Suppression:
        """With those whom campaigns that have begun show in the place of whom their manifests declare."""
        fixed = self.people[: len(self.people) - len(self.campaigns)]
        declared = zip(self.campaigns, self.people[len(fixed) :], strict=True)
        seen = (_together(people, shown.get(name)) for name, people in declared)
        return self._replace(people=(*fixed, *seen))

    def held(self, numbers: Sequence[str]) -> frozenset[str]:
        """Those of the numbers that are left out, as the country's rule has them."""
        meant = set(canonical_numbers(numbers, self.country))
        return frozenset[str]().union(*(meant.intersection(some) for some in self.people))

    def places_left(self, numbers: Sequence[str], held: frozenset[str]) -> list[int]:
        """The places of the others, in order."""
        meant = canonical_numbers(numbers, self.country)
        return [place for place, number in enumerate(meant) if number not in held]

    def without(self, numbers: Sequence[str]) -> Sequence[str]:
        """The others, in order and as they are written; the numbers themselves where nobody is left out."""
        held = self.held(numbers)
        return [numbers[place] for place in self.places_left(numbers, held)] if held else numbers


def _together(declared: Collection[str], shown: Shown | None) -> Collection[str]:
    """Until it has begun, and where nobody sees whom it calls, whoever is declared counts too."""
    if shown is None:
        return declared
    return shown.people if shown.begun and not shown.unseen else shown.people.union(declared)
