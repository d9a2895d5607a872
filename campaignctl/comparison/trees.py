"""Compares two nested documents: what differs, by a path that a reader can follow.

A list of objects is compared by what tells its elements apart, a list of plain values as one value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias, cast

from deepdiff import DeepDiff

from campaignctl.tuples import NamedTuple

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"
Tree: TypeAlias = "dict[str, Tree | Json]"

_NAMES: Final = ("op", "field", "campaign", "rule", "of", "check", "code")
"""What tells an element of a list apart, besides kind and name."""
_ABSENT: Final = object()


class Leaf(NamedTuple):
    """Holds one value that differs; `change` is `added`, `removed` or `changed`."""

    path: str
    change: str
    before: Json
    after: Json

    @property
    def is_list(self) -> bool:
        """Tells whether what came and what went says it best."""
        sides = [it for it in (self.before, self.after) if it is not None]
        return bool(sides) and all(isinstance(it, list) for it in sides)

    def only_in(self, one: Json, other: Json) -> list[Json]:
        """Returns what a list holds more often than the other."""
        left = list(other) if isinstance(other, list) else []
        found = []
        for item in one if isinstance(one, list) else ():
            if item in left:
                left.remove(item)
            else:
                found.append(item)
        return found


def differences(before: Mapping[str, Json], after: Mapping[str, Json]) -> tuple[Leaf, ...]:
    """Returns the differences by path. Sides that are equal are not looked into."""
    if before == after:
        return ()
    one, other = _tree(before), _tree(after)
    found = DeepDiff(one, other, view="tree", ignore_numeric_type_changes=False, threshold_to_diff_deeper=0)
    paths = {
        tuple(_steps(level.path(output_format="list"), one, other))
        for kind in found.values()
        for level in kind
    }
    return tuple(sorted((_leaf(path, one, other) for path in paths), key=lambda it: it.path))


def _tree(value: Mapping[str, Json]) -> Tree:
    """Turns lists of objects into trees, by what tells the objects apart."""
    return {key: _branch(item) for key, item in value.items()}


def _branch(value: Json) -> Tree | Json:
    if isinstance(value, Mapping):
        return _tree(value)
    if isinstance(value, list | tuple):
        if value and all(isinstance(item, Mapping) for item in value):
            return _named(cast("Sequence[Mapping[str, Json]]", value))
        return list(value)
    return value


def _named(items: Sequence[Mapping[str, Json]]) -> Tree:
    names = [_name(item) for item in items]
    tree: Tree = {}
    for place, (name, item) in enumerate(zip(names, items, strict=True)):
        told = name if name is not None and names.count(name) == 1 else str(place)
        tree[f"[{told}]"] = _tree(item)
    return tree


def _name(item: Mapping[str, Json]) -> str | None:
    if "kind" in item and "name" in item:
        return f"{item['kind']}/{item['name']}"
    return next((str(item[name]) for name in _NAMES if name in item), None)


def _steps(path: Sequence[object], one: Tree, other: Tree) -> Iterator[str]:
    """Yields the steps down to the first value that is no tree: of a list all of it is meant."""
    sides: list[object] = [one, other]
    for step in path:
        sides = [side.get(step, _ABSENT) if isinstance(side, dict) else _ABSENT for side in sides]
        if all(side is _ABSENT for side in sides):
            return
        yield str(step)


def _leaf(path: tuple[str, ...], one: Tree, other: Tree) -> Leaf:
    before, after = _at(one, path), _at(other, path)
    change = "added" if before is _ABSENT else "removed" if after is _ABSENT else "changed"
    dotted = "".join(step if step.startswith("[") else f".{step}" for step in path).removeprefix(".")
    return Leaf(dotted, change, _plain(before), _plain(after))


def _at(tree: Tree, path: tuple[str, ...]) -> object:
    value: object = tree
    for step in path:
        value = value.get(step, _ABSENT) if isinstance(value, dict) else _ABSENT
    return value


def _plain(value: object) -> Json:
    return None if value is _ABSENT else cast("Json", value)
