"""Sums what campaigns cost together, month by month. Imported only where prices are set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from campaignctl.model.campaigns import NO_COUNTS, Counts, Desired
from campaignctl.model.dated_names import dated
from campaignctl.model.environment import Environment
from campaignctl.model.overlaps import RunKey
from campaignctl.model.windows import in_zone, window_of
from campaignctl.policy.checking import expected
from campaignctl.policy.costs import Amounts, PriceList, cost_of
from campaignctl.policy.hours import zone_name
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
    from campaignctl.repeat.occurrences import occurrences  # where a manifest repeats

    for it in occurrences(manifest.repeat):
        key = date_key(kind, manifest.where, it.day)
        yield Spending(key, it.start, dated(name, it.day), it.end <= now, cost)


class Month(NamedTuple):
    """Holds what a campaign's month costs up to it, and how that month is called."""

    name: str
    typical: Decimal
    worst: Decimal


class Ledger:
    """Sums the campaigns of an environment in the order in which they spend: what is there or over first, then by
    start.
    """

    def __init__(
        self, entries: Iterable[Spending], environment: Environment, now: datetime, *, in_plan: bool
    ) -> None:
        self._zone = zone_name(environment)
        self._now = self._month(now)
        self.in_plan = in_plan
        self.knows_all = True
        self.unknown, self.unknown_settled = 0, 0
        """Of this month and those after it."""
        self._months = self._summed(sorted(entries, key=_order))

    def _summed(self, entries: Iterable[Spending]) -> Mapping[RunKey, Month]:
        """Sums up by month; what is unknown counts as 0."""
        sums: dict[str, tuple[Decimal, Decimal]] = {}
        months: dict[RunKey, Month] = {}
        for entry in entries:
            month = self._month(entry.start)
            typical, worst = sums.get(month, (Decimal(0), Decimal(0)))
            cost = entry.cost
            self.knows_all = self.knows_all and cost.known
            if not cost.known and month >= self._now:
                self.unknown += 1
                self.unknown_settled += entry.settled
            sums[month] = (typical + (cost.typical or 0), worst + (cost.worst or 0))
            months[entry.key] = Month(month, *sums[month])
        return months

    def _month(self, start: datetime) -> str:
        local = in_zone(start, zone(self._zone)) if self._zone else start
        return f"{local:%Y-%m}"

    def month_of(self, key: RunKey) -> Month | None:
        """Returns the month of a campaign; None of one that does not count."""
        return self._months.get(key)


def _order(entry: Spending) -> tuple[bool, float, str, str]:
    return not entry.settled, entry.start.timestamp(), entry.key[0], entry.name


def faults(case: Case) -> Iterator[Violation]:
    """Yields where a campaign, or its month up to it, goes above a limit."""
    prices, ledger = PriceList.of(case.environment.prices), case.beside.ledger
    typical = case.settings.get("bound") == "typical"
    how = "typically" if typical else "at worst"
    cost = cost_of(case.subject._replace(is_live=False), prices)
    if not cost.known:
        if ledger is not None and ledger().in_plan and case.settings.get("unknown") != "allow":
            yield _unknown(case)
        return
    yield from _of_campaign(case, cost.typical if typical else cost.worst, prices, how)
    month = ledger().month_of(run_key(case.desired)) if ledger is not None else None
    if month is not None:
        yield from _of_month(case, month, month.typical if typical else month.worst, prices, how)


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
