"""Reads text into YAML nodes, on libyaml, with bounds that libyaml lacks. A node knows where it stands."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, TypeVar

import yaml
from yaml._yaml import CParser
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from campaignctl.diagnostics import quoted
from campaignctl.manifests.scalars import NULLS
from campaignctl.text import without_numbers
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from yaml._yaml import Mark as CMark

MAX_DEPTH: Final = 50
"""The tables go six levels deep; 100,000 nested brackets crash libyaml's composer."""

PLAIN: Final = "?"
QUOTED: Final = "!"
"""YAML's own names for what gives no tag: a plain scalar or a collection, and a scalar in quotes."""

MAX_MERGED: Final = 1000
"""Keys that one mapping may take over by merge keys."""

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONG_INDENT = re.compile(rf"[ \t?:-]{{{MAX_DEPTH},}}")
_STRIDE: Final = 10
_SPARSE_INDENT = re.compile(rf"[ \t?:-]{{{MAX_DEPTH // _STRIDE},}}")
"""Every tenth sign of a long indentation, which is found in a tenth of the time."""
SURROGATES: Final = r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"


_Step = TypeVar("_Step")


class Mark(NamedTuple):
    """Holds a place in a text: line and column count from 0."""

    line: int
    column: int


class MalformedYamlError(Exception):
    """Says that the text is no YAML, or goes beyond the bounds."""

    def __init__(self, rule: str, mark: Mark, message: str) -> None:
        super().__init__(message)
        self.rule, self.mark, self.message = rule, mark, message


class PlaceUnknownError(Exception):
    """Says that a text must be parsed before a place in it can be told."""


class _Composer(CParser):
    """Composes libyaml's node graph without PyYAML's guesses: a tag is one that the document gives, `PLAIN` or
    `QUOTED`.
    """

    def resolve(self, _kind: type[Node], _value: str, implicit: bool | tuple[bool, bool]) -> str:
        """Returns the tag of a node that gives none; `implicit` is (plain, quoted) for a scalar."""
        return PLAIN if implicit is True or implicit is False or implicit[0] else QUOTED

    descend_resolver = staticmethod(operator.is_)
    ascend_resolver = staticmethod(bool)
    """Called before and after each node; paths mean nothing here, and nothing costs less than these do."""


def documents(text: str, most_levels: int = MAX_DEPTH) -> Iterator[Node]:
    """Yields each document of a YAML text, empty ones too.

    Raises:
        MalformedYamlError: where the text stops being YAML; the documents before it have been given.
    """
    if _may_be_deep(text):
        _refuse_depth(text, most_levels)
    try:
        composer = _Composer(text)
        while composer.check_node():
            node = composer.get_node()
            assert node is not None
            yield node
    except yaml.YAMLError as error:
        raise _explained(text, error) from None


def json_as_yaml(text: str) -> str:
    """Rewrites JSON for YAML: JSON writes what lies beyond U+FFFF as two halves, YAML wants the one character."""
    return re.sub(SURROGATES, _joined, text)


def yaml_of(text: str, file: str) -> tuple[str, str]:
    """Returns a file's text where it must be read as YAML with other escapes, else nothing; and what is read."""
    read = json_as_yaml(text) if file.lower().endswith(".json") else text
    return text if len(read) != len(text) else "", read


def _joined(halves: re.Match[str]) -> str:
    code = 0x10000 + ((int(halves[2], 16) - 0xD800) << 10) + int(halves[3], 16) - 0xDC00
    return f"{halves[1]}\\U{code:08X}"


def _may_be_deep(text: str) -> bool:
    """Tells cheaply whether a text may be deep; it is never False for one that is: brackets nest in their number,
    blocks in their indentation.
    """
    if text.count("[") + text.count("{") >= MAX_DEPTH:
        return True
    return _SPARSE_INDENT.search(text[::_STRIDE]) is not None and _LONG_INDENT.search(text) is not None


def _refuse_depth(text: str, most_levels: int) -> None:
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > most_levels:
                mark = _mark(event.start_mark)
                message = f"this is nested more than {most_levels} levels deep"
                raise MalformedYamlError("nesting", mark, message)
    except yaml.YAMLError as error:
        raise _explained(text, error) from None


def _explained(text: str, error: yaml.YAMLError) -> MalformedYamlError:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = _mark(error.problem_mark)
        context = f", {error.context}" if error.context else ""
        return MalformedYamlError(
            "syntax",
            mark,
            f"not readable as YAML: {without_numbers(str(error.problem))}{context}{_hint(text, mark)}",
        )
    forbidden = _FORBIDDEN.search(text)
    at = forbidden.start() if forbidden else 0
    mark = Mark(text.count("\n", 0, at), at - text.rfind("\n", 0, at) - 1)
    what = f"the character {quoted(forbidden.group())}" if forbidden else "a character"
    return MalformedYamlError("syntax", mark, f"not readable as YAML: {what} may not stand in a file")


_HINTS: Final = {
    "\t": "; indent with blanks, not with a tab",
    "@": "; put a text that begins with @ in quotes",
    "`": "; put a text that begins with ` in quotes",
    "%": "; put a text that begins with % in quotes",
}


def _hint(text: str, mark: Mark) -> str:
    """Says what people mostly mean by what stands there."""
    lines = text.split("\n")
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "${" in line and "{" in line.replace("${", ""):
        return "; inside { } put a text with ${…} in quotes"
    return _HINTS.get(line[mark.column : mark.column + 1], "")


def mark_of(node: Node) -> Mark:
    """Returns where a node begins."""
    return _mark(node.start_mark)


def _mark(mark: yaml.Mark | CMark | None) -> Mark:
    assert mark is not None, "libyaml says where everything stands"
    return Mark(mark.line, mark.column)


def is_null(node: Node) -> bool:
    """Tells whether a node is `null`, `~` or nothing, without quotes: *unset* in every field."""
    if node.tag == PLAIN:
        return isinstance(node, ScalarNode) and node.value in NULLS
    return bool(node.tag == "tag:yaml.org,2002:null")


def entries(node: MappingNode) -> list[tuple[Node, Node]]:
    """Returns a mapping's keys and values as written, then those merged in that it does not have itself.

    Raises:
        MalformedYamlError: where a merge key is given something else than mappings, or expands without bound.
    """
    pairs: list[tuple[Node, Node]] = node.value
    for key, _ in pairs:
        if key.value == "<<" and key.tag == PLAIN:
            return _merged(node, _Budget())
    return pairs


class _Budget:
    """Limits how much may still be merged in: aliases of aliases grow exponentially, or for ever."""

    def __init__(self) -> None:
        self.left = MAX_MERGED

    def spend(self, node: Node, depth: int) -> None:
        """Counts one more mapping or key, so many merges deep."""
        self.left -= 1
        if self.left < 0 or depth > MAX_DEPTH:
            raise MalformedYamlError("expansion", mark_of(node), "its merge keys expand without bound")


def _is_merge(key: Node) -> bool:
    return key.value == "<<" and key.tag == PLAIN


def _merged(node: MappingNode, budget: _Budget, depth: int = 0) -> list[tuple[Node, Node]]:
    own = [pair for pair in node.value if not _is_merge(pair[0])]
    merges = [pair for pair in node.value if _is_merge(pair[0])]
    if len(merges) > 1:
        raise MalformedYamlError(
            "duplicate-key", mark_of(merges[1][0]), "<< stands twice; give one a list of both"
        )
    if depth:
        _refuse_twins(own)
    seen = {key.value for key, _ in own if isinstance(key, ScalarNode)}
    for parent in _parents(merges[0][1]) if merges else ():
        budget.spend(parent, depth)
        for key, value in _merged(parent, budget, depth + 1):
            budget.spend(key, depth)
            if isinstance(key, ScalarNode) and key.value not in seen:
                seen.add(key.value)
                own.append((key, value))
    return own


def _refuse_twins(pairs: list[tuple[Node, Node]]) -> None:
    """Refuses keys that stand twice in what is merged in: nobody else sees all of its keys."""
    first: dict[str, Node] = {}
    for key, _ in pairs:
        if isinstance(key, ScalarNode) and first.setdefault(key.value, key) is not key:
            line = mark_of(first[key.value]).line + 1
            message = f"{quoted(key.value)} stands twice, first in line {line}"
            raise MalformedYamlError("duplicate-key", mark_of(key), message)


def _parents(value: Node) -> list[MappingNode]:
    parents = value.value if isinstance(value, SequenceNode) else [value]
    for parent in parents:
        if not isinstance(parent, MappingNode):
            raise MalformedYamlError("type", mark_of(parent), "<< takes a mapping, or a list of mappings")
    return list(parents)


def members(node: Node | None) -> Mapping[str, Node]:
    """Returns the values of a mapping by name, the first of each; none of anything else."""
    if not isinstance(node, MappingNode):
        return {}
    return {key.value: value for key, value in reversed(entries(node)) if isinstance(key, ScalarNode)}


def deepest(node: Node, steps: Iterable[_Step], child: Callable[[Node, _Step], Node | None]) -> Node:
    """Returns the node at the end of the steps, or the last one on the way to it; `child` takes one step."""
    for step in steps:
        inner = child(node, step)
        if inner is None:
            return node
        node = inner
    return node
