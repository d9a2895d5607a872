"""Finds what is wrong with what a manifest waits for, as far as manifests tell. Pure.

Findings stand at `metadata.after`; each names its rule. `gate-power` alone is a warning, and `gate-order` where
only the declared end comes too late.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from campaignctl.diagnostics import Severity, SpecFinding, counted, did_you_mean, quoted
from campaignctl.gates.statistics import fewest, power
from campaignctl.kinds.countries import Country
from campaignctl.kinds.lifecycle import MARGIN
from campaignctl.kinds.table import Role
from campaignctl.model.campaigns import Desired
from campaignctl.model.gates import After, percent
from campaignctl.model.values import canonical_numbers, normal, texts
from campaignctl.model.windows import after as later
from campaignctl.model.windows import window_of

_LEAST_POWER = 0.95

Named = Mapping[str, Desired]
"""Manifests by KIND/NAME."""


def gate_faults(
    manifests: Sequence[Desired], country: Country | None
) -> Iterator[tuple[Desired, SpecFinding]]:
    """Yields every fault of every manifest that waits for another."""
    waiting = [desired for desired in manifests if desired.after]
    if not waiting:
        return
    named = {desired.kind_and_name: desired for desired in manifests if desired.name}
    for desired in waiting:
        for place, after in enumerate(desired.after):
            for fault in _faults(desired, after, named, country):
                yield desired, fault._replace(path=f"metadata.after.{place}{fault.path}")


def _faults(desired: Desired, after: After, named: Named, country: Country | None) -> Iterator[SpecFinding]:
    other = named.get(after.campaign)
    if other is None:
        near = did_you_mean(after.campaign, named)
        lost = "keep the manifest of what it waits for until this one is over"
        message = f"no manifest is {quoted(after.campaign)}{near}; {lost}"
        yield SpecFinding(".campaign", "gate-campaign", message)
        return
    circle = _circle(desired, other, named)
    if circle:
        yield SpecFinding(".campaign", "gate-campaign", f"it waits for itself: {' → '.join(circle)}")
        return
    yield from _size(after, _numbers(other, country))
    yield from _order(desired, other, after)
    yield from _overlap(desired, other, country)


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


def _numbers(desired: Desired, country: Country | None) -> Collection[str] | None:
    """Returns the people who are called, each once; None where they are not declared."""
    if texts(desired.spec.get("lists")):
        return None
    numbers = [number for row in desired.kind.numbers for number in texts(desired.spec.get(row.name))]
    return set(canonical_numbers(numbers, country)) if numbers else None


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


def _order(desired: Desired, other: Desired, after: After) -> Iterator[SpecFinding]:
    mine, theirs = window_of(desired.kind, desired.spec), window_of(other.kind, other.spec)
    if mine.start is None or theirs.start is None:
        return
    latest = mine.start - MARGIN
    if later(theirs.start, after.wait) >= latest:
        says = (
            f"{after.campaign} starts at {_at(theirs.start)}, and this one needs its result by {_at(latest)}"
        )
        yield SpecFinding("", "gate-order", says)
    elif theirs.end and other.spec and _declares_end(other) and later(theirs.end, after.wait) >= latest:
        says = f"{after.campaign} may end at {_at(theirs.end)}, too late for this one, which needs it by {_at(latest)}"
        yield SpecFinding("", "gate-order", says, Severity.WARN)


def _declares_end(desired: Desired) -> bool:
    schedule = desired.spec.get(desired.kind.schedule.name)
    return isinstance(schedule, Mapping) and schedule.get(desired.kind.end.name) is not None


def _at(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _overlap(desired: Desired, other: Desired, country: Country | None) -> Iterator[SpecFinding]:
    """Finds people who get the same message twice, from both campaigns."""
    if other.kind is not desired.kind or not _same_content(desired, other, country):
        return
    mine, theirs = _numbers(desired, country), _numbers(other, country)
    both = len(set(mine or ()) & set(theirs or ()))
    if both:
        says = (
            f"{counted(both, 'person is', 'people are')} in {other.kind_and_name} too, and would get the same twice; "
            f"suppress: [{{campaign: {other.kind_and_name}}}]"
        )
        yield SpecFinding("", "gate-overlap", says)


def _same_content(desired: Desired, other: Desired, country: Country | None) -> bool:
    return all(
        normal(field, desired.spec.get(field.name), country)
        == normal(field, other.spec.get(field.name), country)
        for field in desired.kind.in_role(Role.CONTENT)
    )
