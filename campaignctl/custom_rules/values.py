"""Reads a rule file's text as plain values, which remember where they stand.

It is JSON, or YAML by its 1.2 core rules: `yes` is a text, `3` a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, TypeAlias

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from campaignctl.manifests.nodes import (
    PLAIN,
    QUOTED,
    MalformedYamlError,
    deepest,
    documents,
    entries,
    is_null,
    json_as_yaml,
    mark_of,
    members,
)
from campaignctl.manifests.scalars import BOOLEANS

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

MAX_NESTING: Final = 140
"""A schema of 64 levels, each of them a keyword and what it applies to, and some air."""
MAX_VALUES: Final = 100_000
"""Aliases of aliases grow without bound; 256 KiB hold fewer."""
_TEXT_TAGS: Final = (QUOTED, "tag:yaml.org,2002:str")
_NUMBER: Final = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"


def read_values(text: str, *, is_json: bool) -> tuple[Json, Node]:
    """Reads the one document of a text, and its node. Raises MalformedYamlError for anything else."""
    nodes = list(documents(json_as_yaml(text) if is_json else text, MAX_NESTING))
    if len(nodes) != 1 or is_null(nodes[0]):
        raise MalformedYamlError("schema", mark_of(nodes[-1]), "a rule file holds one JSON Schema")
    return _ValuesReader().value(nodes[0]), nodes[0]


class _ValuesReader:
    """Reads values, and counts them: an alias is read as often as it stands there."""

    def __init__(self) -> None:
        self.left = MAX_VALUES

    def value(self, node: Node, depth: int = 0) -> Json:
        self.left -= 1
        if self.left < 0 or depth > MAX_NESTING:
            raise MalformedYamlError("expansion", mark_of(node), "its aliases expand without bound")
        if isinstance(node, MappingNode):
            return self._object(node, depth)
        if isinstance(node, SequenceNode):
            return [self.value(item, depth + 1) for item in node.value]
        assert isinstance(node, ScalarNode), "there are three kinds of nodes"
        return _scalar(node)

    def _object(self, node: MappingNode, depth: int) -> Json:
        values: dict[str, Json] = {}
        for key, value in entries(node):
            if not isinstance(key, ScalarNode):
                raise MalformedYamlError("type", mark_of(key), "a key must be a word")
            if key.value in values:
                raise MalformedYamlError("duplicate-key", mark_of(key), "this key stands twice")
            values[key.value] = self.value(value, depth + 1)
        return values


def _scalar(node: ScalarNode) -> Json:
    text: str = node.value
    if node.tag in _TEXT_TAGS:
        return text
    if node.tag != PLAIN:
        raise MalformedYamlError("tag", mark_of(node), "this tag is not known here")
    if is_null(node):
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    number = re.fullmatch(_NUMBER, text)
    if number is None:
        return text
    try:
        return int(text) if "." not in text and number[3] is None else _finite(text)
    except ValueError:
        raise MalformedYamlError("limit", mark_of(node), "this number is too large") from None


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return number


def node_at(node: Node, steps: Iterable[str | int]) -> Node:
    """Returns the node at a path of keys and places, or the last one on the way to it."""
    return deepest(node, steps, _child)


def key_at(node: Node, key: str) -> Node:
    """Returns the key of a mapping; the mapping where it has none."""
    pairs = entries(node) if isinstance(node, MappingNode) else ()
    return next((it for it, _ in pairs if isinstance(it, ScalarNode) and it.value == key), node)


def _child(node: Node, step: str | int) -> Node | None:
    if isinstance(node, SequenceNode):
        return node.value[step] if isinstance(step, int) and step < len(node.value) else None
    return members(node).get(str(step))
