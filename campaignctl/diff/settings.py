"""Compares what two versions of a project say beside the campaigns: its file, and the documents in its manifests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

from campaignctl.kinds.manifest import SUPPRESS, SUPPRESSED_NUMBERS
from campaignctl.kinds.table import Value
from campaignctl.model.companions import Companion, CompanionKind
from campaignctl.model.values import texts
from campaignctl.tuples import NamedTuple

Leaves = Mapping[str, Value]
"""Values by dotted path; a list is one value."""

_NOT_SHOWN: Final = "vars"
_HEAD: Final = ("apiVersion", "kind")


class SettingChangeType(StrEnum):
    """Names what became of a setting."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class SettingChange(NamedTuple):
    """Holds one leaf that differs. `masked` says that its values are not shown."""

    path: str
    type: SettingChangeType
    before: Value
    after: Value
    masked: bool = False

    @property
    def is_list(self) -> bool:
        """Tells whether it is a list of plain values, so that what went and what came says it best."""
        return all(
            _is_plain_list(value) for value in (self.before, self.after) if value is not None
        ) and not (self.before is None and self.after is None)

    @property
    def added(self) -> list[Value]:
        """Returns what the list has now and had not."""
        return _without(self.after, self.before)

    @property
    def removed(self) -> list[Value]:
        """Returns what the list had and has no longer."""
        return _without(self.before, self.after)


def _is_plain_list(value: Value) -> bool:
    return isinstance(value, list | tuple) and not any(isinstance(it, list | tuple | Mapping) for it in value)


def _without(one: Value, other: Value) -> list[Value]:
    others = list(other) if isinstance(other, list | tuple) else []
    return [it for it in (one if isinstance(one, list | tuple) else ()) if it not in others]


def setting_changes(before: Leaves, after: Leaves) -> tuple[SettingChange, ...]:
    """Returns every leaf that differs, by its path."""
    return tuple(_changes(before, after))


def rule_file_changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[SettingChange, ...]:
    """Returns rules of the project's own that say something else, by the name of their file; what they say stands
    in the file.
    """
    return tuple(it._replace(before=None, after=None, masked=True) for it in _changes(before, after))


def _changes(before: Leaves, after: Leaves) -> Iterator[SettingChange]:
    for path in sorted({*before, *after}):
        if path not in before:
            yield _shown(path, SettingChangeType.ADDED, None, after[path])
        elif path not in after:
            yield _shown(path, SettingChangeType.REMOVED, before[path], None)
        elif before[path] != after[path]:
            yield _shown(path, SettingChangeType.CHANGED, before[path], after[path])


def _shown(path: str, change: SettingChangeType, before: Value, after: Value) -> SettingChange:
    """Makes a change with its values, except for those that may hold what nobody is to see."""
    if _is_variable(path) or any(_has_query(path, value) for value in (before, after)):
        return SettingChange(path, change, None, None, masked=True)
    if path != SUPPRESS:
        return SettingChange(path, change, before, after)
    shown = _counted(before), _counted(after)
    if shown[0] == shown[1]:  # others, and as many
        return SettingChange(path, change, None, None, masked=True)
    return SettingChange(path, change, *shown)


def _counted(sources: Value) -> Value:
    """Returns the sources of who is left out, with how many numbers stand in them instead of these."""
    if not isinstance(sources, list | tuple):
        return sources
    people = SUPPRESSED_NUMBERS.name
    return [
        {**it, people: {"count": len(texts(it[people]))}} if isinstance(it, Mapping) and people in it else it
        for it in sources
    ]


def _is_variable(path: str) -> bool:
    """Tells whether a path is one of `vars`, of the project or of an environment, whatever that is called."""
    steps = path.split(".")
    return _NOT_SHOWN in (steps[2:3] if steps[0] == "environments" else steps[:2])


def _has_query(path: str, value: Value) -> bool:
    return path.endswith(".base_url") and isinstance(value, str) and "?" in value


def project_leaves(values: Mapping[str, Value]) -> Leaves:
    """Returns the leaves of a project file as it declares them."""
    return dict(_leaves({name: value for name, value in values.items() if name not in _HEAD}, ""))


def _leaves(values: Mapping[str, Value], prefix: str) -> Iterator[tuple[str, Value]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def companion_leaves(companions: Mapping[str, Sequence[Companion]], kinds: Iterable[CompanionKind]) -> Leaves:
    """Returns the leaves of the documents beside the campaigns, as their kinds name them."""
    leaves: dict[str, Value] = {}
    for kind in kinds:
        for companion in companions.get(kind.name, ()):
            leaves |= kind.settings(companion)
    return leaves
