"""Finds which campaigns leave out the people of another (gates.md 3). Pure.

The one that leaves out names the other in its manifest; here the other finds who names it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from campaignctl.kinds.operations import Op
from campaignctl.kinds.table import Role
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.dated_names import parsed
from campaignctl.model.looks import declared_unseen
from campaignctl.model.plan import Operation

Item = TypeVar("Item")


class WhoLeavesOut(Generic[Item]):
    """Finds, for a manifest, the items whose manifests leave out its people; `desired_of` gives an item's manifest."""

    def __init__(self, items: Iterable[Item], desired_of: Callable[[Item], Desired | None]) -> None:
        self._by_name: defaultdict[str, list[Item]] = defaultdict(list)
        self._by_series: defaultdict[str, list[Item]] = defaultdict(list)
        for item in items:
            desired = desired_of(item)
            for meant in {it.meant for it in desired.shown.values()} if desired is not None else ():
                index = self._by_series if meant.series else self._by_name
                for name in meant.names:
                    index[f"{meant.kind}/{name}"].append(item)

    def of(self, desired: Desired) -> Sequence[Item]:
        """Returns the items that leave out whom this one calls."""
        if not (self._by_name or self._by_series) or not desired.name:
            return ()
        name = parsed(desired.name) if self._by_series else None
        series = self._by_series.get(f"{desired.kind.short}/{name.base}", ()) if name is not None else ()
        return (*self._by_name.get(desired.kind_and_name, ()), *series)


def may_reach_others(operation: Operation, desired: Desired, live: Live | None) -> bool:
    """Tells whether people may be called after an operation who were not before: also by recipients that the account
    does not show, since any update sends these along.
    """
    if operation.reaches_others or operation.op is not Op.UPDATE or operation.opt_out or live is None:
        return operation.reaches_others
    return bool(declared_unseen(desired, live, Role.RECIPIENTS))


def are_one_pair(one: Desired, other: Desired) -> bool:
    """Tells whether two are stages of one sending, so that what is over counts too: a series calls people again, on
    other dates.
    """
    repeats = [it.repeat is not None or it.occurrence is not None for it in (one, other)]
    return repeats[0] == repeats[1]
