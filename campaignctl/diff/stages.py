"""Says what a branch changes of stages and limits: first what is gone or weaker. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from campaignctl.gates.limits import stop_when
from campaignctl.kinds.counters import LimitName
from campaignctl.model.campaigns import Desired
from campaignctl.model.gates import After, percent


def of_stages(before: Desired, after: Desired) -> tuple[str, ...]:
    """Returns a sentence for each difference in `after`, `stop_when` and `take`."""
    found = [*_of_after(before, after), *_of_limits(before, after), *_of_take(before, after)]
    return tuple(says for _, says in sorted(found, key=lambda it: not it[0]))


_Found = tuple[bool, str]
"""Whether something is gone or weaker, and what is said."""


def _of_after(before: Desired, after: Desired) -> Iterator[_Found]:
    old, new = ({it.campaign: it for it in each.after} for each in (before, after))
    for name in old.keys() - new.keys():
        yield True, f"it no longer waits for {name}"
    for name in sorted(new.keys() - old.keys()):
        yield False, f"it waits for {name}"
    for name in sorted(old.keys() & new.keys()):
        yield from _of_entry(name, old[name], new[name])


def _of_entry(name: str, old: After, new: After) -> Iterator[_Found]:
    for weaker, says in _shares(old.limits, new.limits, f"the limit of {{}} for {name}"):
        yield weaker, says
    if old.confidence != new.confidence:
        change = f"from {percent(old.confidence)} to {percent(new.confidence)}"
        yield new.confidence < old.confidence, f"the confidence for {name} goes {change}"
    if old.finished != new.finished:
        says = f"finished for {name} goes from {old.finished:,} to {new.finished:,}"
        yield new.finished < old.finished, says
    if old.wait != new.wait:
        yield new.wait < old.wait, f"wait for {name} goes from {old.wait} to {new.wait}"
    if old.within != new.within:
        yield new.within > old.within, f"within for {name} goes from {old.within} to {new.within}"


def _of_limits(before: Desired, after: Desired) -> Iterator[_Found]:
    old, new = stop_when(before.stop_when), stop_when(after.stop_when)
    yield from _shares(old.limits, new.limits, "stop_when of {}")
    if old.tried != new.tried:
        yield new.tried > old.tried, f"stop_when looks from {new.tried:,} people on instead of {old.tried:,}"
    taken = {key for key, value in after.stop_when.items() if value is None}
    for key in sorted(taken - {key for key, value in before.stop_when.items() if value is None}):
        if key not in old.limits:
            yield True, f"stop_when takes the project's limit of {key} away"


def _shares(old: Mapping[LimitName, int], new: Mapping[LimitName, int], what: str) -> Iterator[_Found]:
    for name in sorted(old.keys() | new.keys()):
        one, other = old.get(name), new.get(name)
        said = what.format(name)
        if one is not None and other is None:
            yield True, f"{said}, {percent(one)}, is gone"
        elif one is None and other is not None:
            yield False, f"{said} is {percent(other)}"
        elif one is not None and other is not None and one != other:
            yield other > one, f"{said} goes from {percent(one)} to {percent(other)}"


def _of_take(before: Desired, after: Desired) -> Iterator[_Found]:
    if before.take == after.take:
        return
    if after.take is None:
        yield True, f"it no longer takes {before.take:,} of its people, but all of them"
    elif before.take is None:
        yield False, f"it takes {after.take:,} of its people"
    else:
        yield after.take > before.take, f"take goes from {before.take:,} to {after.take:,} people"
