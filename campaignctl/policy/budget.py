"""Holds what campaigns cost, and their months, against a budget. Imported only where prices are set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from campaignctl.diagnostics import counted
from campaignctl.model.campaigns import NO_COUNTS, Counts, Desired
from campaignctl.model.dated_names import dated
from campaignctl.model.environment import Environment
from campaignctl.model.overlaps import date_key
from campaignctl.model.windows import window_of
from campaignctl.policy.amounts import Amounts
from campaignctl.policy.capacity import capacity
from campaignctl.policy.costs import PriceList, cost_of
from campaignctl.policy.ledger import Month, Spending, occurrences_of
from campaignctl.policy.runs import run_key
from campaignctl.policy.subject import Case, Subject, Violation, label


def spendings(
    manifest: Desired, environment: Environment, now: datetime, counts: Counts = NO_COUNTS
) -> Iterator[Spending]:
    """Yields what a manifest spends by itself: all dates of one that repeats, each as much, however far ahead or
    long over.
    """
    kind, name = manifest.kind, label(manifest)
    subject = Subject(
        kind,
        manifest.spec,
        None,
        capacity=capacity(kind, environment),
        is_live=manifest.sid is not None,
        counts=counts,
        usage=environment.usage_of(manifest.usage),
    )
    cost = cost_of(subject, PriceList.of(environment.prices))
    if manifest.repeat is None:
        window = window_of(kind, manifest.spec)
        yield Spending(run_key(manifest), window.start or now, name, window.over(now), cost)
        return
    for it in occurrences_of(manifest):
        key = date_key(kind, manifest.where, it.day)
        yield Spending(key, it.start, dated(name, it.day), it.end <= now, cost)


def faults(case: Case) -> Iterator[Violation]:
    """Yields where a campaign, or its month up to it, goes above a limit."""
    prices, ledger = PriceList.of(case.environment.prices), case.beside.ledger
    typical = case.settings.get("bound") == "typical"
    how = "typically" if typical else "at worst"
    cost = _declared(case) or cost_of(case.subject._replace(is_live=False), prices)
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


def _declared(case: Case) -> Amounts | None:
    """Returns what it costs where that was worked out for its month already; what a pin adopted may hide how often it
    calls, and is priced here by its manifest alone.
    """
    if case.beside.ledger is None or case.desired.sid is not None:
        return None
    return case.beside.ledger().declared_cost(run_key(case.desired))


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
