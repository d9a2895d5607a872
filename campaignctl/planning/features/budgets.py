"""Sums up for a budget what the campaigns of a plan cost together. Imported where an environment has one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from campaignctl.contact_lists.counting import lists_in
from campaignctl.diagnostics import counted
from campaignctl.kinds.lifecycle import STOPPED_STATES, State, Status
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import Desired
from campaignctl.model.overlaps import RunKey
from campaignctl.model.plan import Change
from campaignctl.model.windows import window_of
from campaignctl.planning.match import Match
from campaignctl.planning.payload import as_wanted
from campaignctl.planning.terms import Terms
from campaignctl.policy import Subject
from campaignctl.policy.hours import zone_name
from campaignctl.policy.prediction import expected
from campaignctl.policy.runs import run_key
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.policy.ledger import Ledger, Spending


def ledger_of(all_manifests: Iterable[Desired], matches: Sequence[Match], terms: Terms) -> Ledger:
    """Sums what the manifests cost together: what is created already, or over, comes first.

    `all_manifests` are as they stand in their files: of one that repeats the dates count, too, that are not
    planned.
    """
    from campaignctl.policy.ledger import Ledger

    entries = {it.key: it for it in _by_themselves(all_manifests, terms)}
    entries |= {it.key: it for match in matches if _counts(match.desired) for it in [_spending(match, terms)]}
    return Ledger(entries.values(), zone_name(terms.environment), terms.now, in_plan=not terms.counting)


def _counts(desired: Desired) -> bool:
    return desired.state not in STOPPED_STATES


def _by_themselves(all_manifests: Iterable[Desired], terms: Terms) -> Iterator[Spending]:
    from campaignctl.policy.budget import spendings

    for it in all_manifests:
        if it.repeat is not None and _counts(it):
            yield from spendings(it, terms.environment, terms.now, terms.counts)


def _spending(match: Match, terms: Terms) -> Spending:
    """Returns what a campaign spends, as its manifest wants it."""
    return _priced(match, as_wanted(match.desired, match.live, terms), terms)


def _priced(match: Match, spec: Mapping[str, Value], terms: Terms) -> Spending:
    from campaignctl.policy.costs import PriceList, cost_of
    from campaignctl.policy.ledger import Spending

    desired, live, now = match.desired, match.live, terms.now
    window = window_of(desired.kind, spec)
    subject = expected(Subject(desired.kind, spec, None, counts=terms.counts), desired, terms.environment)
    cost = cost_of(subject, PriceList.of(terms.environment.prices))
    settled = live is not None or window.over(now)
    return Spending(run_key(desired), _begins(match, window.start, now), desired.name or "", settled, cost)


def _begins(match: Match, start: datetime | None, now: datetime) -> datetime:
    live = match.live
    resumes = live is not None and live.status is Status.PAUSED and match.desired.state is State.ACTIVE
    return max(start, now) if resumes and start else start or now


class SpentByOthers:
    """Finds what is created and goes on to stand otherwise than its manifest wants it: that costs what it is.

    Its update is blocked, held, or left out of the plan.
    """

    def __init__(self, ledger: Ledger, matches: Sequence[Match]) -> None:
        self._ledger, self._matches = ledger, matches
        self._standing = set[RunKey]()

    def find(self) -> Ledger:
        """Returns the ledger, with what was found so far."""
        return self._ledger

    def more(self, changes: Iterable[Change], terms: Terms) -> bool:
        """Returns whether what was decided leaves more spent than was counted; what was once counted so stays so."""
        raised = [it for it in self._as_they_stand(changes, terms) if self._ledger.is_less_than(it)]
        self._standing |= {it.key for it in raised}
        self._ledger = self._ledger.replaced(raised) if raised else self._ledger
        return bool(raised)

    def _as_they_stand(self, changes: Iterable[Change], terms: Terms) -> Iterator[Spending]:
        decided = {run_key(it.desired): it for it in changes if it.desired is not None}
        for match in self._matches:
            key, live = run_key(match.desired), match.live
            if live is None or live.finished or key in self._standing or self._ledger.month_of(key) is None:
                continue
            change = decided.get(key)
            if change is None or change.diff:
                standing = live.spec if change is None else change.resulting
                yield _priced(match, {**match.desired.spec, **standing}, terms)


class Budgeted(NamedTuple):
    """Holds the `lists` whose people a budget's sums need besides those of what it binds, and whether all costs are
    known.
    """

    lists: tuple[str, ...]
    knows_all: bool


def budgeted(
    ledger: Ledger,
    all_manifests: Iterable[Desired],
    matches: Sequence[Match],
    changes: Iterable[Change],
    terms: Terms,
) -> Budgeted:
    """Returns which lists a budget needs counted, for who counts them and asks once more.

    `all_manifests` are those that `ledger_of` takes.
    """
    lists = _lists_of_months(ledger, all_manifests, matches, changes, terms)
    return Budgeted(tuple(lists), ledger.knows_all)


def _lists_of_months(
    ledger: Ledger,
    all_manifests: Iterable[Desired],
    matches: Sequence[Match],
    changes: Iterable[Change],
    terms: Terms,
) -> Iterable[str]:
    """Yields the lists of all that is summed up in the months of what a budget binds: of what is created already, or
    over, and of dates that are not planned, too.
    """
    if _settings(terms).get("per_month") is None:
        return ()
    bound = (ledger.month_of(run_key(it.desired)) for it in changes if it.desired and it.starts_something)
    months = {month.name for month in bound if month is not None}
    found: dict[str, None] = {}
    for match in matches if months else ():
        month = ledger.month_of(run_key(match.desired))
        if month is not None and month.name in months:
            found |= dict.fromkeys(lists_in(as_wanted(match.desired, match.live, terms)))
    for it in all_manifests if months else ():
        if it.repeat is not None and lists_in(it.spec) and not months.isdisjoint(ledger.months_of(it)):
            found |= dict.fromkeys(lists_in(it.spec))
    return found


def unknown_costs_noted(ledger: Ledger, terms: Terms) -> Iterator[str]:
    """Notes the campaigns of unknown cost that a month's sum goes on without, where that is allowed."""
    if ledger.unknown and _settings(terms).get("unknown") == "allow":
        count = counted(ledger.unknown, "campaign of unknown cost counts", "campaigns of unknown cost count")
        yield f"budget: {count} as 0 (unknown: allow)"


def _settings(terms: Terms) -> Mapping[str, object]:
    settings = terms.environment.policy.get("budget")
    return settings if isinstance(settings, Mapping) else {}
