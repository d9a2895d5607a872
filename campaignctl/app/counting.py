"""Counts the contact lists that somebody is about to be called from, where there are any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from campaignctl.contact_lists.counting import MOST_LISTS, left_uncounted, lists_to_count
from campaignctl.model.campaigns import Desired, Snapshot
from campaignctl.model.plan import Change, ListCount
from campaignctl.planning.planner import Decisions, make_plan
from campaignctl.planning.terms import Terms
from campaignctl.policy.checking import keeps_ledger
from campaignctl.records import dataclass
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.api.client import Client


NOTHING_KNOWN: Final[Mapping[str, ListCount]] = MappingProxyType({})


class Counted(NamedTuple):
    """Holds what is known of lists by SID, and what is noted besides."""

    lists: Mapping[str, ListCount]
    notes: tuple[str, ...]


def count_for(
    changes: Iterable[Change],
    now: datetime,
    client: Client,
    known: Mapping[str, ListCount] = NOTHING_KNOWN,
    budgeted: tuple[str, ...] | None = None,
) -> Counted | None:
    """Counts the lists of what is about to be done, and what a budget needs besides, beside what is known already;
    None where no list is sent to.
    """
    wanted = lists_to_count(changes, now, budgeted)
    if not wanted:
        return None
    wanted = tuple(sid for sid in wanted if sid not in known)
    from campaignctl.api.counting import count_lists

    lists = count_lists(client, wanted[:MOST_LISTS])
    return Counted({**known, **lists}, tuple(left_uncounted(wanted)))


class Judged(NamedTuple):
    """Holds what the rules look at: all manifests, those that are selected, and the account."""

    all_manifests: tuple[Desired, ...]
    selected: tuple[Desired, ...]
    snapshot: Snapshot


@dataclass
class CountingRules:
    """Asks the rules of a plan once more with the counts of what it would send to. `terms` hold what was counted.

    `counts`: somebody wants lists to be counted.
    """

    terms: Terms
    client: Client
    counts: bool

    def decide(self, judged: Judged) -> Decisions:
        """Decides with what is known by now; a cost that a budget does not know yet is no fault while lists are to
        be counted.
        """
        counting = self.counts and keeps_ledger(self.terms.environment)
        return make_plan(*judged, replace(self.terms, counting=counting))

    def would_ask(self, decisions: Decisions) -> bool:
        """Tells whether lists are to be counted for what was decided."""
        return self.counts and bool(lists_to_count(decisions.changes, self.terms.now, _budgeted(decisions)))

    def decide_counted(
        self, judged: Judged, decisions: Decisions, known: Mapping[str, ListCount] = NOTHING_KNOWN
    ) -> Decisions:
        """Returns what was decided; where that sends to lists, decides once more with their counts.

        `known` was counted already.
        """
        if not self.counts:
            return decisions
        budget = decisions.budgeted
        counted = count_for(decisions.changes, self.terms.now, self.client, known, _budgeted(decisions))
        if counted is None and (budget is None or budget.knows_all):
            return decisions
        if counted is not None:
            self.terms = replace(self.terms, lists=counted.lists)
        decisions = make_plan(*judged, self.terms)
        return replace(decisions, notes=(*decisions.notes, *(counted.notes if counted is not None else ())))


def _budgeted(decisions: Decisions) -> tuple[str, ...] | None:
    """Returns the lists that the sums of a budget need; None without one."""
    return decisions.budgeted.lists if decisions.budgeted is not None else None
