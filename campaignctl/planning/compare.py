"""Finds what differs between a manifest and its campaign (rules 4.1 to 4.3), leaf by leaf, in the order of the
table.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from datetime import datetime

from campaignctl.kinds.countries import Country
from campaignctl.kinds.table import Field, Kind, Role, Type, Value
from campaignctl.model.campaigns import Desired, ListRef, Live
from campaignctl.model.list_refs import refs_in, texts_or_refs
from campaignctl.model.plan import Difference
from campaignctl.model.values import UNSEEN, normal, number_changes, shown, texts
from campaignctl.model.windows import instant, window_of
from campaignctl.records import dataclass


@dataclass(frozen=True, slots=True)
class Comparison:
    """Holds what differs. `unseen` are the dotted leaves that are declared and that the answer says nothing about."""

    differences: tuple[Difference, ...]
    unseen: tuple[str, ...]

    @property
    def fields(self) -> frozenset[str]:
        """Returns the top-level names of what differs."""
        return frozenset(top(difference.field) for difference in self.differences)


def top(path: str) -> str:
    """Returns the top-level name of a path: `retries` of `retries.interval_mins`."""
    return path.partition(".")[0]


def compare(desired: Desired, live: Live, country: Country | None) -> Comparison:
    """Compares what is declared and not ignored, inside objects too."""
    differences, unseen = [], []
    for path, field, wanted in declared_leaves(desired):
        seen = shown(live.spec, path)
        if seen is UNSEEN:
            unseen.append(path)
        elif not alike(field, seen, wanted, desired, live, country):  # type: ignore[arg-type]
            differences.append(Difference(path, seen, wanted))  # type: ignore[arg-type]
    return Comparison(tuple(differences), tuple(unseen))


def written_alike(declared: Mapping[str, Value], seen: Mapping[str, Value]) -> bool:
    """Tells whether all that is declared stands there just as it is written: then nothing differs, and nothing is
    unseen. Most have the same objects by then, see `sharing`.
    """
    if declared.items() <= seen.items():
        return True
    for name, value in declared.items():
        other = seen.get(name, UNSEEN)
        if other == value:
            continue
        if isinstance(value, list | tuple) and isinstance(other, list | tuple):
            if len(value) != len(other) or tuple(value) != tuple(other):
                return False
        elif not (isinstance(value, dict) and isinstance(other, dict) and written_alike(value, other)):
            return False
    return True


def alike(
    field: Field, seen: Value, wanted: Value, desired: Desired, live: Live, country: Country | None
) -> bool:
    """Tells whether a field means the same on both sides.

    An end that is not set is 30 days after the start; a start that is left to others is as it is live. Versions of
    a list that have the same content are one list.
    """
    if field.by_name and any(True for _ in refs_in(wanted)):
        return set(map(_meaning, texts_or_refs(seen))) == set(map(_meaning, texts_or_refs(wanted)))
    if field.role is Role.END and (seen is None) != (wanted is None):
        start = window_of(live.kind, live.spec).start
        seen = _end_of(live.kind, start) if seen is None else seen
        wanted = _end_of(live.kind, start_of(desired) or start) if wanted is None else wanted
    return same(field, seen, wanted, country)


def _meaning(item: str) -> Hashable:
    return item.meaning if isinstance(item, ListRef) else str(item)


def _end_of(kind: Kind, start: datetime | None) -> Value:
    if start is None:
        return None
    end = window_of(kind, {kind.schedule.name: {kind.start.name: start.isoformat()}}).end
    return end.isoformat() if end else None


def declared_leaves(desired: Desired) -> Iterator[tuple[str, Field, Value]]:
    """Yields what the manifest asks of its campaign: dotted path, row, value. A start is never unset (rule 4.3)."""
    for field in desired.kind.fields:
        if field.name not in desired.spec or desired.ignores(field.name):
            continue
        value = desired.spec[field.name]
        if field.type is not Type.OBJECT:
            yield field.name, field, value
            continue
        for member, inner in _declared_members(field, value):
            path = f"{field.name}.{member.name}"
            if not desired.ignores(path) and not (member.role is Role.START and inner is None):
                yield path, member, inner


def _declared_members(field: Field, value: Value) -> Iterator[tuple[Field, Value]]:
    """Yields the members that an object declares.

    One that must be unset asks each member to be; a schedule that must be unset is met by any.
    """
    if field.role is Role.SCHEDULE and _must_be_unset(field, value):
        return
    for member in field.fields:
        if not isinstance(value, Mapping):
            yield member, None
        elif member.name in value:
            yield member, value[member.name]


def _must_be_unset(schedule: Field, value: Value) -> bool:
    """Tells whether a schedule must be unset, as one value or as its start and all of it."""
    if not isinstance(value, Mapping):
        return True
    start = next(member.name for member in schedule.fields if member.role is Role.START)
    return start in value and all(inner is None for inner in value.values())


def same(field: Field, one: Value, other: Value, country: Country | None) -> bool:
    """Tells whether two values mean the same.

    Equal texts are equal without being read; numbers are counted before they are read.
    """
    if one == other:
        return True
    if isinstance(one, tuple | list) and isinstance(other, tuple | list) and tuple(one) == tuple(other):
        return True
    if field.type is Type.NUMBERS and one and other:
        gone, come = number_changes(texts(one), texts(other), country)
        return not gone and not come
    return normal(field, one, country) == normal(field, other, country)


def start_of(desired: Desired) -> datetime | None:
    """Returns the start that the manifest asks for; None without one, or where the start is left to others."""
    path = f"{desired.kind.schedule.name}.{desired.kind.start.name}"
    schedule = desired.spec.get(desired.kind.schedule.name)
    if desired.ignores(path) or not isinstance(schedule, Mapping):
        return None
    text = schedule.get(desired.kind.start.name)
    return instant(text) if isinstance(text, str) else None
