"""Decides which contact lists a plan counts, and what is said of them: those that somebody is about to be called
from. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from campaignctl.diagnostics import counted, quoted, some_of
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import ListName, ListRef
from campaignctl.model.list_refs import LISTS, refs_in, texts_or_refs
from campaignctl.model.plan import Change, ListCount, start_for_order
from campaignctl.model.reasons import ChangeType
from campaignctl.model.windows import window_of

MOST_LISTS: Final = 50
"""Of one plan: a request each, of thirty a minute."""

SOON: Final = timedelta(hours=24)
"""A campaign that starts within it is counted though nothing is done to it."""

_MOST_NAMED: Final = 3


def lists_of(change: Change) -> tuple[str, ...]:
    """Returns the SIDs of the lists that a change will send to, each once; a list of the project that is yet to
    come has none.
    """
    return lists_in(change.resulting)


def lists_in(spec: Mapping[str, Value]) -> tuple[str, ...]:
    """Returns the SIDs of the lists in the fields of a campaign; a name that nobody has looked up has none."""
    there = (it for it in texts_or_refs(spec.get(LISTS)) if not (isinstance(it, ListName) or _is_to_come(it)))
    return tuple(dict.fromkeys(map(str, there)))


def _is_to_come(item: str) -> bool:
    return isinstance(item, ListRef) and item.sid is None


def lists_to_count(
    changes: Iterable[Change], now: datetime, budgeted: tuple[str, ...] | None = None
) -> tuple[str, ...]:
    """Returns the lists of what is created, resumed or given other lists by its start, then those of what begins
    soon anyway. Where there is a budget, those of what it binds come first, whatever is updated, and `budgeted`,
    what its sums need besides, last.
    """
    budget = budgeted is not None
    sending = (change for change in changes if change.resulting.get(LISTS))  # most campaigns send to none
    due = [change for change in sending if _is_counted(change, now, budget) and lists_of(change)]
    due.sort(
        key=lambda it: (
            not (budget and it.starts_something),
            not it.reaches_lists,
            start_for_order(it),
            it.key,
        )
    )
    return tuple(dict.fromkeys((*(sid for change in due for sid in lists_of(change)), *(budgeted or ()))))


def _is_counted(change: Change, now: datetime, budget: bool) -> bool:
    return change.reaches_lists or _begins_soon(change, now) or (budget and change.starts_something)


def _begins_soon(change: Change, now: datetime) -> bool:
    live = change.live
    if live is None or live.status is not Status.CREATED or change.desired is None:
        return False
    start = window_of(live.kind, live.spec).start
    return start is not None and now < start <= now + SOON


def with_lists(
    change: Change, lists: Mapping[str, ListCount], now: datetime, notes_empty: bool, budget: bool = False
) -> Change:
    """Returns the change with what is known of the lists that it will send to, where they are counted.

    `notes_empty`: one that holds nobody is noted where the campaign is there already, and no policy looks.
    """
    if not lists or not (_is_counted(change, now, budget) or _was_counted(change, lists)):
        return change
    names = change.desired.list_names if change.desired else {}
    mine = tuple(replace(lists.get(sid, ListCount(sid)), name=names.get(sid)) for sid in lists_of(change))
    empty = [it for it in mine if it.count == 0] if notes_empty and not change.reaches_lists else []
    notes = (*map(_unknown, (it for it in mine if it.count is None)), *map(_empty, empty))
    return replace(change, lists=mine, notes=(*change.notes, *notes))


def with_lists_to_come(change: Change, now: datetime) -> Change:
    """Returns the change with the project's lists that it will send to and that an apply uploads: who is in them is
    known.
    """
    if not _is_counted(change, now, budget=False):
        return change
    refs = [it for it in refs_in(change.resulting.get(LISTS)) if it.members is not None]
    managed = {it.sid for it in refs}
    mine = (replace(it, managed=True) if it.sid in managed else it for it in change.lists)
    to_come = (
        ListCount(None, it.name, len(it.members), managed=True)
        for it in refs
        if it.sid is None and it.members
    )
    return replace(change, lists=(*mine, *to_come))


def _was_counted(change: Change, lists: Mapping[str, ListCount]) -> bool:
    """Tells whether the lists were counted of what a policy forbids once its people are known."""
    return change.type is ChangeType.BLOCKED and any(sid in lists for sid in lists_of(change))


def called(each: ListCount) -> str:
    """Names a list as messages do: `the list 9120d… ("VIP customers")`."""
    return f"the list {each.sid}" + (f" ({quoted(each.name)})" if each.name else "")


def _unknown(each: ListCount) -> str:
    return f"how many people are in {called(each)} is unknown{f': {each.why}' if each.why else ''}"


def _empty(each: ListCount) -> str:
    return f"{called(each)} holds nobody"


def left_uncounted(wanted: tuple[str, ...]) -> Iterator[str]:
    """Notes the lists that were too many to count."""
    if len(wanted) > MOST_LISTS:
        rest = wanted[MOST_LISTS:]
        yield (
            f"{counted(len(rest), 'contact list')} {'was' if len(rest) == 1 else 'were'} not counted, since a plan "
            f"counts {MOST_LISTS} at most: {some_of(rest, _MOST_NAMED)}"
        )
