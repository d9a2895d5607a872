"""Leaves out what is wrong of a project file that is read all the same: half of a setting means something else.

What says which account is meant stays, and is refused where it is wrong. Of policies each rule is a setting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from yaml.nodes import Node

from campaignctl.kinds.table import Value
from campaignctl.manifests.environments import Settings, settings_of
from campaignctl.manifests.nodes import Mark, members
from campaignctl.manifests.places import keys_at_fault

_ACCOUNTS: Final = ("environments", "default_environment")
_POLICY: Final = "policy"


def within(node: Node, *steps: str) -> Node | None:
    """Returns what stands in a document under these keys; None where nothing does."""
    found: Node | None = node
    for step in steps:
        found = members(found).get(step)
    return found


def without_faulty(values: Settings, node: Node, faults: Sequence[Mark]) -> Settings:
    """Leaves out each setting of a project file that has a mistake within."""
    for key in keys_at_fault(node, faults):
        values = without_path(values, [key])
    parts = [(_POLICY,), *(("environments", it, _POLICY) for it in settings_of(values.get("environments")))]
    for steps in parts:
        for rule in keys_at_fault(within(node, *steps), faults):
            values = without_path(values, [*steps, rule])
    return values


def without_path(values: Settings, steps: Sequence[str]) -> Settings:
    """Leaves out the setting, or the rule, that a path leads into; the same settings where it leads to an account."""
    first, rest = steps[0], steps[1:]
    if first == _POLICY:
        return (
            _replaced(values, first, _without(settings_of(values.get(first)), rest[:1])) if rest else values
        )
    if first in _ACCOUNTS:
        environments = settings_of(values.get(first))
        name = rest[0] if len(rest) > 1 and rest[1] == _POLICY else None
        if name is None or name not in environments:
            return values
        return _replaced(values, first, _replaced(environments, name, _own(environments[name], rest[1:])))
    return _without(values, [first])


def _own(environment: Value, steps: Sequence[str]) -> Settings:
    return without_path(settings_of(environment), steps)


def _without(settings: Settings, keys: Iterable[str]) -> Settings:
    gone = frozenset(keys)
    return (
        settings
        if gone.isdisjoint(settings)
        else {key: it for key, it in settings.items() if key not in gone}
    )


def _replaced(settings: Settings, key: str, value: Settings) -> Settings:
    return settings if value is settings.get(key) or key not in settings else {**settings, key: value}
