"""Says who is left out of a campaign: sources as they are written, and the people that they hold.

Numbers are compared by the country's rule. Nothing here reads a file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from campaignctl.diagnostics import counted
from campaignctl.kinds.manifest import FROM_FILE, SUPPRESS
from campaignctl.kinds.table import Value
from campaignctl.model.values import canonical_numbers, texts
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.kinds.countries import Country
    from campaignctl.kinds.table import Value


class SuppressionSource(NamedTuple):
    """Holds one source as it is written: numbers, a file of them or another campaign's people.

    `path` is where it stands, such as `suppress.0`; `file` is named as positions name files.
    """

    path: str
    numbers: tuple[str, ...] = ()
    file: str | None = None
    campaign: str | None = None
    at_least: int | None = None

    @property
    def said(self) -> str:
        """Writes the source as a reader is told of it; numbers are counted."""
        return self.file or self.campaign or counted(len(self.numbers), "number")

    def written(self, country: Country | None) -> dict[str, Value]:
        """Returns the source as it is written, by its meaning and without what a file or a campaign holds."""
        return {
            "at_least": self.at_least,
            "campaign": self.campaign,
            "file": self.file,
            "numbers": sorted(canonical_numbers(self.numbers, country)),
        }


class EarlierCampaign(NamedTuple):
    """Tells the campaigns that a source of `suppress` means: those of a manifest's names or SID; of one that repeats
    those of the same date, or of every date (`series`). `written` is KIND/NAME as the source has it.
    """

    written: str
    names: frozenset[str]
    sid: str | None = None
    series: bool = False

    @property
    def kind(self) -> str:
        """Returns the short name of its kind."""
        return self.written.partition("/")[0]


class Shown(NamedTuple):
    """Holds what the account shows of an earlier campaign: its people by the country's rule, whether it has begun,
    whether it has some whom nobody sees, and whether there is a campaign at all. `to_come`: one of several has not
    begun yet.
    """

    people: frozenset[str] = frozenset()
    begun: bool = False
    unseen: bool = False
    there: bool = False
    meant: EarlierCampaign = EarlierCampaign("", frozenset())
    to_come: bool = False


class Suppression(NamedTuple):
    """Holds the people whom `sources` hold, by the country's rule: the project's, which all share, and one's own.

    The last of `people` are those of `campaigns`, each by KIND/NAME.
    """

    people: tuple[Collection[str], ...]
    country: Country | None
    sources: tuple[SuppressionSource, ...] = ()
    campaigns: tuple[str, ...] = ()

    def seeing(self, shown: Mapping[str, Shown]) -> Suppression:
        """Returns the same, with the people whom campaigns that have begun show in place of those whom their
        manifests declare.
        """
        fixed = self.people[: len(self.people) - len(self.campaigns)]
        declared = zip(self.campaigns, self.people[len(fixed) :], strict=True)
        seen = (_together(people, shown.get(name)) for name, people in declared)
        return self._replace(people=(*fixed, *seen))

    def without_declared(self, shown: Mapping[str, Shown]) -> Suppression:
        """Returns what `seeing` gives without the people whom manifests declare of campaigns that are there."""
        fixed = self.people[: len(self.people) - len(self.campaigns)]
        own = zip(self.campaigns, self.people[len(fixed) :], strict=True)
        seen = (it.people if (it := shown.get(name)) and it.there else some for name, some in own)
        return self._replace(people=(*fixed, *seen))

    def held(self, numbers: Sequence[str]) -> frozenset[str]:
        """Returns which of the numbers are left out, as the country's rule writes them."""
        meant = set(canonical_numbers(numbers, self.country))
        return frozenset[str]().union(*(meant.intersection(some) for some in self.people))

    def places_left(self, numbers: Sequence[str], held: frozenset[str]) -> list[int]:
        """Returns the places of those who are not left out, in order."""
        meant = canonical_numbers(numbers, self.country)
        return [place for place, number in enumerate(meant) if number not in held]

    def without(self, numbers: Sequence[str]) -> Sequence[str]:
        """Returns the numbers of those who are not left out, in order and as they are written; the same object
        where nobody is left out.
        """
        held = self.held(numbers)
        return [numbers[place] for place in self.places_left(numbers, held)] if held else numbers


def _together(declared: Collection[str], shown: Shown | None) -> Collection[str]:
    """Joins declared and shown people: until a campaign has begun, and where nobody sees whom it calls, the
    declared count too.
    """
    if shown is None:
        return declared
    known = shown.begun and not (shown.unseen or shown.to_come)
    return shown.people if known else shown.people.union(declared)


_KINDS = ("numbers", FROM_FILE, "campaign")


def read_sources(
    value: Value, shown: Callable[[str], str]
) -> tuple[tuple[SuppressionSource, ...], tuple[tuple[str, str], ...]]:
    """Returns the sources, and what is wrong with any: path and message. `shown` names a file as positions do."""
    rows = [it for it in value if isinstance(it, Mapping)] if isinstance(value, list) else []
    faults = tuple(_faults(rows))
    return tuple(_source(place, row, shown) for place, row in enumerate(rows)) if not faults else (), faults


def _faults(rows: list[Mapping[str, Value]]) -> Iterator[tuple[str, str]]:
    for place, row in enumerate(rows):
        given = [name for name in _KINDS if row.get(name) is not None]
        if len(given) != 1:
            has = " and ".join(given) if given else "none"
            yield f"{SUPPRESS}.{place}", f"a source of suppress is one of {', '.join(_KINDS)}; this has {has}"


def _source(place: int, row: Mapping[str, Value], shown: Callable[[str], str]) -> SuppressionSource:
    file, campaign, at_least = row.get(FROM_FILE), row.get("campaign"), row.get("at_least")
    return SuppressionSource(
        f"{SUPPRESS}.{place}",
        tuple(texts(row.get("numbers"))),
        shown(file) if isinstance(file, str) else None,
        campaign if isinstance(campaign, str) else None,
        at_least if isinstance(at_least, int) else None,
    )
