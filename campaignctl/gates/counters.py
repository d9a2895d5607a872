"""Reads the counters of one campaign, where they can be believed. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from campaignctl.kinds.counters import COUNTERS, Column, LimitName, counted_by
from campaignctl.kinds.countries import Country
from campaignctl.model.campaigns import Live
from campaignctl.model.values import canonical_numbers, texts
from campaignctl.tuples import NamedTuple


class Counters(NamedTuple):
    """Counts the people of one campaign by what became of them; `by_word` is as the account counts them."""

    kind: str
    by_word: Mapping[str, int]

    def of(self, *columns: Column) -> int:
        """Returns how many people stand in the columns."""
        words = COUNTERS[self.kind]
        return sum(count for word, count in self.by_word.items() if words[word] in columns)

    @property
    def people(self) -> int:
        """Returns how many people there are."""
        return sum(self.by_word.values())

    @property
    def finished(self) -> int:
        """Returns how many people have a final outcome."""
        return self.of(Column.REACHED, Column.FAILED)

    @property
    def tried(self) -> int:
        """Returns how many people were called or texted at least once."""
        return self.of(Column.REACHED, Column.FAILED, Column.UNDER_WAY)

    @property
    def open(self) -> int:
        """Returns how many people may still be called or texted."""
        return self.of(Column.UNTRIED, Column.UNDER_WAY)

    @property
    def never_tried(self) -> int:
        """Returns how many people never were called or texted and never will be."""
        return self.of(Column.NEVER_TRIED)

    def counted(self, limit: LimitName) -> int:
        """Returns how many a limit counts."""
        words = counted_by(limit, self.kind)
        return sum(count for word, count in self.by_word.items() if word in words)


def counters_of(live: Live, country: Country | None = None, members: int | None = None) -> Counters | None:
    """Reads `stats`; None where they cannot be believed.

    Every word of the kind is there as a whole number, and nothing else counts anybody: a counter that is lacking is not
    a counter of 0. Of a campaign that is over they add up to its people: those whose numbers it shows, else `members`,
    how many its contact lists hold; where nobody knows that, it is not compared.
    """
    by_word, words = dict[str, int](), COUNTERS[live.kind.name]
    if live.stats_cut:
        return None
    for word, count in (live.stats or {}).items():
        known = word.strip().lower().replace("_", "-")
        if count < 0 or known in by_word or (known not in words and count):
            return None
        if known in words:
            by_word[known] = count
    if by_word.keys() != words.keys():
        return None
    counters = Counters(live.kind.name, by_word)
    return counters if not live.finished or _adds_up(live, counters.people, country, members) else None


def _adds_up(live: Live, people: int, country: Country | None, members: int | None) -> bool:
    """Tells whether the counters add up to the people.

    Somebody who stands twice is called once or twice, as the account pleases.
    """
    numbers = [number for row in live.kind.numbers for number in texts(live.spec.get(row.name))]
    if not numbers:
        return members is None or people == members
    if texts(live.spec.get("lists")):
        return True  # somebody may stand in a list too
    return len(set(canonical_numbers(numbers, country))) <= people <= len(numbers)
