"""Sums what campaigns cost together, month by month. Imported only where prices are set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from campaignctl.diagnostics import counted
from campaignctl.model.campaigns import NO_COUNTS, Counts, Desired
from campaignctl.model.dated_names import dated
from campaignctl.model.environment import Environment
from campaignctl.model.overlaps import RunKey
from campaignctl.model.recurrence import Occurrence
from campaignctl.model.windows import in_zone, window_of
from campaignctl.policy.costs import Amounts, PriceList, cost_of
from campaignctl.policy.hours import zone_name
from campaignctl.policy.prediction import expected
from campaignctl.policy.runs import date_key, run_key
from campaignctl.policy.subject import Case, Subject, Violation, label
from campaignctl.zones import zone


class Spending(NamedTuple):
    """Holds what one campaign of a manifest costs, and whether it is `settled`: created already, or over."""

    key: RunKey
    start: datetime
    name: str
    settled: bool
    cost: Amounts


def spendings(
    manifest: Desired, environment: Environment, now: datetime, counts: Counts = NO_COUNTS
) -> Iterator[Spending]:
    """Yields what a manifest spends by itself: all dates of one that repeats, each as much, however far ahead or
    long over.
    """
    kind, name = manifest.kind, label(manifest)
    subject = Subject(kind, manifest.spec, None, is_live=manifest.sid is not None, counts=counts)
    cost = cost_of(expected(subject, manifest, environment), PriceList.of(environment.prices))
    if manifest.repeat is None:
        window = window_of(kind, manifest.spec)
        yield Spending(run_key(manifest), window.start or now, name, window.over(now), cost)
        return
    for it in _dates(manifest):
        key = date_key(kind, manifest.where, it.day)
        yield Spending(key, it.start, dated(name, it.day), it.end <= now, cost)


def _dates(manifest: Desired) -> Iterator[Occurrence]:
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
        self, entries: Iterable[Spending], environment: Environment, now: datetime, *, in_plan: bool
    ) -> None:
        self._environment, self._at = environment, now
        self._zone = zone_name(environment)
        self._now = self._month(now)
        self.in_plan = in_plan
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
        return Ledger(together, self._environment, self._at, in_plan=self.in_plan)

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
        return f"{local:%Y-%m}"

    def month_of(self, key: RunKey) -> Month | None:
        """Returns the month of a campaign; None of one that does not count."""
        return self._months.get(key)

    def months_of(self, manifest: Desired) -> Iterator[str]:
        """Yields the months in which dates of one that repeats count."""
        for it in _dates(manifest):
            month = self.month_of(date_key(manifest.kind, manifest.where, it.day))
            if month is not None:
                yield month.name


def _order(entry: Spending) -> tuple[bool, float, str, str]:
    return not entry.settled, entry.start.timestamp(), entry.key[0], entry.name


def faults(case: Case) -> Iterator[Violation]:
    """Yields where a campaign, or its month up to it, goes above a limit."""
    prices, ledger = PriceList.of(case.environment.prices), case.beside.ledger
    typical = case.settings.get("bound") == "typical"
    how = "typically" if typical else "at worst"
    cost = cost_of(case.subject._replace(is_live=False), prices)
    blocks = ledger is not None and ledger().in_plan and case.settings.get("unknown") != "allow"
    if not cost.known:
        if blocks:
            yield _unknown(case)
        return
    yield from _of_campaign(case, cost.typical if typical else cost.worst, prices, how)
    month = ledger().month_of(run_key(case.desired)) if ledger is not None else None
    if month is None:
        return
    above = tuple(_of_month(case, month, month.typical if typical else month.worst, prices, how))
    yield from above or (_of_unknown_month(case, month, prices) if blocks else ())


def _limit(case: Case, name: str) -> Decimal | None:
    limit = case.settings.get(name)
    return None if limit is None else Decimal(str(limit))


def _of_campaign(case: Case, cost: Decimal | None, prices: PriceList, how: str) -> Iterator[Violation]:
    limit = _limit(case, "per_campaign")
    if limit is None or cost is None or cost <= limit:
        return
    message = (
        f"it costs {_shown(cost, prices)} {how}, and a campaign may cost {_shown(limit, prices)}; call fewer people, "
        "or raise per_campaign"
    )
    yield _violation(message, cost, limit, prices)


def _of_month(case: Case, month: Month, cost: Decimal, prices: PriceList, how: str) -> Iterator[Violation]:
    limit = _limit(case, "per_month")
    if limit is None or cost <= limit:
        return
    message = (
        f"with what comes before it {month.name} costs {_shown(cost, prices)} {how}, and a month may cost "
        f"{_shown(limit, prices)} (campaigns that no manifest names do not count); start it in another month, or raise "
        "per_month"
    )
    yield _violation(message, cost, limit, prices)


def _of_unknown_month(case: Case, month: Month, prices: PriceList) -> Iterator[Violation]:
    limit = _limit(case, "per_month")
    if limit is None or not month.unknown:
        return
    campaigns = counted(month.unknown, "campaign", "campaigns")
    message = (
        f"nobody knows what {month.name} costs up to it: {campaigns} that {'is' if month.unknown == 1 else 'are'} "
        "created already, or over, may cost anything; have their lists counted, set the price that is left out, or let "
        "them count as 0 with unknown: allow"
    )
    yield _violation(message, None, limit, prices)


def _unknown(case: Case) -> Violation:
    limit = _limit(case, "per_campaign") or _limit(case, "per_month") or Decimal(0)
    prices = PriceList.of(case.environment.prices)
    message = (
        "nobody knows what it costs, so whether it is within the budget: have its lists counted, set the price that is "
        "left out, or let it count as 0 with unknown: allow"
    )
    return _violation(message, None, limit, prices)


def _violation(message: str, cost: Decimal | None, limit: Decimal, prices: PriceList) -> Violation:
    details = (("cost", prices.written(cost)), ("limit", prices.written(limit)))
    return Violation("metadata.name", message, details=details)


def _shown(amount: Decimal, prices: PriceList) -> str:
    return f"{prices.currency} {amount.quantize(prices.unit):,f}"
