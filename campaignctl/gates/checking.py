"""Finds what is wrong with what a manifest waits for, as far as manifests tell. Pure.

Findings stand at `metadata.after`; each names its rule. `gate-power` alone is a warning, and `gate-order` where
only the declared end comes too late.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache

from campaignctl.diagnostics import Severity, SpecFinding, counted, did_you_mean, quoted
from campaignctl.gates.statistics import fewest, power
from campaignctl.kinds import KINDS
from campaignctl.kinds.countries import Country
from campaignctl.kinds.lifecycle import MARGIN
from campaignctl.kinds.table import Role
from campaignctl.model.campaigns import Desired, by_kind_and_name
from campaignctl.model.gates import After, percent
from campaignctl.model.values import Meaning, normal_of
from campaignctl.model.windows import Window
from campaignctl.model.windows import after as later
from campaignctl.tuples import NamedTuple

_LEAST_POWER = 0.95

Named = Mapping[str, Desired]
"""Manifests by KIND/NAME."""


class Runs(NamedTuple):
    """Holds when a campaign runs, and when the one runs that it waits for."""

    mine: Window
    theirs: Window


FindPeople = Callable[[Desired], Collection[str] | None]
"""Who is called, each once; None where it is not declared."""
FindRuns = Callable[[Desired, Desired], Iterable[Runs]]
"""When a campaign and the one that it waits for run: once, or on each of their dates."""


def gate_faults(
    manifests: Sequence[Desired], country: Country | None, find_people: FindPeople, find_runs: FindRuns
) -> Iterator[tuple[Desired, SpecFinding]]:
    """Yields every fault of every manifest that waits for another."""
    waiting = [desired for desired in manifests if desired.after]
    if not waiting:
        return
    named = by_kind_and_name(manifests)
    people_of = cache(lambda campaign: find_people(named[campaign]))  # many wait for the same one
    for desired in waiting:
        for place, after in enumerate(desired.after):
            other = named.get(after.campaign)
            found = [_not_to_be_waited_for(desired, after, other, named)]
            if other is not None and found == [None]:
                found = [*_size(after, people_of(after.campaign)), _order(find_runs(desired, other), after)]
                found.append(_overlap(desired, other, country, find_people))
            for fault in filter(None, found):
                yield desired, fault._replace(path=f"metadata.after.{place}{fault.path}")


def _not_to_be_waited_for(
    desired: Desired, after: After, other: Desired | None, named: Named
) -> SpecFinding | None:
    if other is None:
        near = did_you_mean(after.campaign, named)
        lost = "keep the manifest of what it waits for until this one is over"
        message = f"no manifest is {quoted(after.campaign)}{near}; {lost}"
        return SpecFinding(".campaign", "gate-campaign", message)
    circle = _circle(desired, other, named)
    if circle:
        return SpecFinding(".campaign", "gate-campaign", f"it waits for itself: {' → '.join(circle)}")
    return None


def _circle(desired: Desired, other: Desired, named: Named) -> tuple[str, ...]:
    """Returns the way from a manifest back to itself; it is empty where there is none."""
    start, seen = desired.kind_and_name, set[str]()
    ways: list[tuple[str, ...]] = [(start, other.kind_and_name)]
    while ways:
        way = ways.pop()
        if way[-1] == start:
            return way
        if way[-1] in seen or way[-1] not in named:
            continue
        seen.add(way[-1])
        ways += [(*way, after.campaign) for after in named[way[-1]].after]
    return ()


def _size(after: After, people: Collection[str] | None) -> Iterator[SpecFinding]:
    if people is None:
        return
    if len(people) < after.finished:
        says = f"{after.campaign} has {counted(len(people), 'person', 'people')}, fewer than finished: {after.finished}"
        yield SpecFinding("", "gate-size", says)
        return
    for name, limit in after.limits.items():
        needed = fewest(limit, after.confidence)
        if len(people) < needed:
            says = (
                f"no result of {len(people):,} people can show that {name} keeps {percent(limit)}: it takes "
                f"{needed:,}; rarer harm is for stop_when"
            )
            yield SpecFinding("", "gate-size", says)
        elif power(len(people), limit, after.confidence) < _LEAST_POWER:
            says = f"with {len(people):,} people it is left undecided too often at half of {name}: {percent(limit)}"
            yield SpecFinding("", "gate-power", says, Severity.WARN)


def _order(runs: Iterable[Runs], after: After) -> SpecFinding | None:
    """Finds the first run that begins before its gate can have opened; else the first that may."""
    late: SpecFinding | None = None
    for mine, theirs in runs:
        if mine.start is None or theirs.start is None:
            continue
        latest = mine.start - MARGIN
        if later(theirs.start, after.wait) >= latest:
            starts = f"{after.campaign} starts at {_at(theirs.start)}"
            return SpecFinding("", "gate-order", f"{starts}, and this one needs its result by {_at(latest)}")
        if late is None and theirs.end and later(theirs.end, after.wait) >= latest:
            ends = f"{after.campaign} may end at {_at(theirs.end)}"
            says = f"{ends}, too late for this one, which needs it by {_at(latest)}"
            late = SpecFinding("", "gate-order", says, Severity.WARN)
    return late


def _at(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _overlap(
    desired: Desired, other: Desired, country: Country | None, find_people: FindPeople
) -> SpecFinding | None:
    """Finds people who get the same message twice, from both campaigns."""
    if other.kind is not desired.kind or not _same_content(desired, other, country):
        return None
    both = len(set(find_people(desired) or ()) & set(find_people(other) or ()))
    if not both:
        return None
    says = (
        f"{counted(both, 'person is', 'people are')} in {other.kind_and_name} too, and would get the same twice; "
        f"suppress: [{{campaign: {other.kind_and_name}}}]"
    )
    return SpecFinding("", "gate-overlap", says)


def _same_content(desired: Desired, other: Desired, country: Country | None) -> bool:
    mine, theirs = desired.spec, other.spec
    return all(
        meaning(mine.get(name)) == meaning(theirs.get(name))
        for name, meaning in _contents(desired.kind.name, country)
    )


@cache
def _contents(kind: str, country: Country | None) -> Sequence[tuple[str, Meaning]]:
    """Returns the fields that say what people hear or read, and what tells the meaning of each."""
    return [(field.name, normal_of(field, country)) for field in KINDS[kind].in_role(Role.CONTENT)]
