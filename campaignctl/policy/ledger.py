"""Sums what campaigns cost together, month by month. Imported only where prices are set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from campaignctl.model.campaigns import Desired
from campaignctl.model.overlaps import RunKey, date_key
from campaignctl.model.recurrence import Occurrence
from campaignctl.model.windows import in_zone
from campaignctl.policy.amounts import Amounts
from campaignctl.tuples import NamedTuple
from campaignctl.zones import zone


class Spending(NamedTuple):
    """Holds what one campaign of a manifest costs, and whether it is `settled`: created already, or over."""

    key: RunKey
    start: datetime
    name: str
    settled: bool
    cost: Amounts


def occurrences_of(manifest: Desired) -> Iterator[Occurrence]:
    """Returns all occurrences of a manifest; none where it does not repeat."""
    from campaignctl.repeat.occurrences import occurrences  # where a manifest repeats

    return occurrences(manifest.repeat) if manifest.repeat is not None else iter(())


class Month(NamedTuple):
    """Holds what a campaign's month costs up to it, and how that month is called. `unknown` counts those that are there
    already, or over, and of unknown cost: they are 0 in it.
    """

    name: str
    typical: Decimal
    worst: Decimal
    unknown: int = 0


class Ledger:
    """Sums the campaigns of an environment in the order in which they spend: what is there or over first, then by
    start.
    """

    def __init__(
        self,
        entries: Iterable[Spending],
        zone_name: str | None,
        now: datetime,
        *,
        in_plan: bool,
        as_declared: bool = False,
    ) -> None:
        """Takes what each campaign spends. `as_declared`: each costs what its manifest says, whatever is created."""
        self._zone, self._at = zone_name, now
        self._now = self._month(now)
        self.in_plan = in_plan
        self._as_declared = as_declared
        self.knows_all = True
        self.unknown = 0
        """Counts those of this month and of later ones."""
        self._entries = {it.key: it for it in entries}
        self._months = self._summed(sorted(self._entries.values(), key=_order))

    def is_less_than(self, entry: Spending) -> bool:
        """Returns whether the campaign was counted with less than that, or in another month."""
        counted = self._entries[entry.key]
        if self._month(entry.start) != self._month(counted.start):
            return True
        if counted.cost.worst is None or entry.cost.worst is None:
            return counted.cost.known
        return entry.cost.worst > counted.cost.worst

    def replaced(self, entries: Iterable[Spending]) -> Ledger:
        """Returns the same with other figures of some."""
        together = {**self._entries, **{it.key: it for it in entries}}.values()
        return Ledger(together, self._zone, self._at, in_plan=self.in_plan)

    def _summed(self, entries: Iterable[Spending]) -> Mapping[RunKey, Month]:
        """Sums up by month; what is unknown counts as 0."""
        sums: dict[str, Month] = {}
        months: dict[RunKey, Month] = {}
        for entry in entries:
            name, cost = self._month(entry.start), entry.cost
            _, typical, worst, unknown = sums.get(name, Month(name, Decimal(0), Decimal(0)))
            self.knows_all = self.knows_all and cost.known
            self.unknown += not cost.known and name >= self._now
            unknown += entry.settled and not cost.known
            sums[name] = Month(name, typical + (cost.typical or 0), worst + (cost.worst or 0), unknown)
            months[entry.key] = sums[name]
        return months

    def _month(self, start: datetime) -> str:
        local = in_zone(start, zone(self._zone)) if self._zone else start
        return f"{local.year:04}-{local.month:02}"

    def declared_cost(self, key: RunKey) -> Amounts | None:
        """Returns what a campaign costs by its manifest, where that was worked out already."""
        entry = self._entries.get(key) if self._as_declared else None
        return entry.cost if entry is not None else None

    def month_of(self, key: RunKey) -> Month | None:
        """Returns the month of a campaign; None of one that does not count."""
        return self._months.get(key)

    def months_of(self, manifest: Desired) -> Iterator[str]:
        """Yields the months in which dates of one that repeats count."""
        for it in occurrences_of(manifest):
            month = self.month_of(date_key(manifest.kind, manifest.where, it.day))
            if month is not None:
                yield month.name


def _order(entry: Spending) -> tuple[bool, float, str, str]:
    return not entry.settled, entry.start.timestamp(), entry.key[0], entry.name
