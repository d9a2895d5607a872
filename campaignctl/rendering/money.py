"""Writes what a plan costs, as documents. It is imported only where prices are set."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias

from campaignctl.kinds import KINDS
from campaignctl.model.campaigns import Counts, Desired, Live
from campaignctl.model.environment import Environment
from campaignctl.model.plan import Change
from campaignctl.model.reasons import ChangeType
from campaignctl.model.recurrence import Recurrence
from campaignctl.policy.amounts import Amounts, total
from campaignctl.policy.costs import PriceList, cost_of
from campaignctl.policy.periods import subject_of
from campaignctl.policy.subject import Subject
from campaignctl.rendering.measure_documents import ChangeCostDocument, MoneyDocument, PlanCostDocument

Priced: TypeAlias = tuple[Amounts | None, Amounts | None]
"""A campaign before and after; None where none is or will be."""


def _dates_left(rule: Recurrence, now: datetime) -> int:
    from campaignctl.repeat.occurrences import occurrences  # where a manifest repeats

    return sum(it.end > now for it in occurrences(rule))


class Costs:
    """Prices the changes of a plan, each once."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._prices = PriceList.of(environment.prices)

    def of_change(self, change: Change) -> Priced:
        """Prices a change before and after; None where nothing is or will be."""
        live, before, after = change.live, None, None
        if live is not None:
            usage = self._environment.usage_of(change.desired.usage if change.desired else {})
            subject = Subject(
                KINDS[change.key.kind],
                live.spec,
                None,
                is_live=change.desired is None,
                counts=change.counts,
                usage=usage,
            )
            before = cost_of(subject, self._prices)
        if change.resulting and (live is not None or change.type is not ChangeType.NOOP):
            after = cost_of(subject_of(change, None, self._environment), self._prices)
        return before, after

    def of_live(self, live: Live, desired: Desired | None, counts: Counts) -> MoneyDocument:
        """Returns what a live campaign costs; `desired` is its manifest, None where none names it."""
        usage = self._environment.usage_of(desired.usage if desired else {})
        subject = Subject(live.kind, live.spec, None, is_live=desired is None, counts=counts, usage=usage)
        return self._money(cost_of(subject, self._prices))

    def of_manifest(self, manifest: Desired | None, now: datetime) -> Amounts | None:
        """Returns what the campaign of a manifest costs; of one that repeats, all its dates that are not over.

        None where there is none.
        """
        if manifest is None:
            return None
        usage = self._environment.usage_of(manifest.usage)
        subject = Subject(manifest.kind, manifest.spec, None, is_live=manifest.sid is not None, usage=usage)
        cost = cost_of(subject, self._prices)
        return cost if manifest.repeat is None else cost.times(_dates_left(manifest.repeat, now))

    @property
    def currency(self) -> str:
        """Returns the code of the prices' currency."""
        return self._prices.currency

    def change_document(self, before: Amounts | None, after: Amounts | None) -> ChangeCostDocument | None:
        """Makes the costs of a change; None where nothing is or will be."""
        if before is None and after is None:
            return None
        return {
            "before": self._money(before) if before is not None else None,
            "after": self._money(after) if after is not None else None,
        }

    def plan_document(self, priced: Iterable[Priced]) -> PlanCostDocument:
        """Sums over those that are given; what is not there, or not known, is 0."""
        pairs = list(priced)
        unknown = sum(any(it is not None and not it.known for it in pair) for pair in pairs)
        return {
            "currency": self._prices.currency,
            "before": self._money(total(before for before, _ in pairs)),
            "after": self._money(total(after for _, after in pairs)),
            "unknown": unknown,
        }

    def _money(self, amounts: Amounts) -> MoneyDocument:
        return {
            "typical": self._prices.written(amounts.typical),
            "worst": self._prices.written(amounts.worst),
        }
