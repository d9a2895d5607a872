"""Finds where a field stands, by composing the file again: good files keep no positions."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from campaignctl.diagnostics import Position
from campaignctl.kinds.manifest import FROM_FILE
from campaignctl.manifests.files import UnreadableFileError, read_plain
from campaignctl.manifests.nodes import (
    MalformedYamlError,
    Mark,
    PlaceUnknownError,
    deepest,
    documents,
    mark_of,
    members,
    yaml_of,
)
from campaignctl.model.campaigns import Desired

if TYPE_CHECKING:
    from campaignctl.contact_lists.contact_list import ContactList
    from campaignctl.manifests.alike import AlikeTexts, Moved

_ONE_AT_A_TIME: Final = threading.Lock()
"""Several environments ask at once, each in a thread, and what was composed last is one for all of them."""


def locate(root: Path, where: Position, document: int, path: str) -> Position:
    """Returns the place of a dotted path in a document of a file; where it is not there, of what is nearest above
    it.

    `where` is the document's own place, and the answer when the file cannot be read again. A path is of `spec`
    unless it begins with `metadata`, `spec` or another key of the top level.
    """
    with _ONE_AT_A_TIME:
        composed = _composed(_path(root, where))
        mark = composed.mark(document, path) if composed else None
        return where if composed is None or mark is None else composed.position(where.file, mark)


def _path(root: Path, where: Position) -> str:
    """Joins the two as texts: there may be many thousands."""
    return os.path.join(root, where.file)  # noqa: PTH118


def _composed(file: str) -> _Composed | None:
    """Returns a file that was read again; None where it cannot be."""
    try:
        return _of_text(read_plain(file), file)
    except (OSError, ValueError, UnreadableFileError):
        return None


def document_node(root: Path, where: Position, document: int) -> Node | None:
    """Returns a document of a file, composed again; None where the file cannot be read again."""
    with _ONE_AT_A_TIME:
        composed = _composed(_path(root, where))
        return composed.document(document) if composed else None


def locate_character(
    root: Path,
    where: Position,
    document: int,
    path: str,
    offset: int,
    variables: Mapping[str, str] | None = None,
) -> Position:
    """Returns the place of a character of a text; the place of the text where it cannot be told.

    `offset` counts from 0 in the text with the `variables` filled in; without any the text is taken as written.
    """
    from campaignctl.manifests.characters import place_of_character

    with _ONE_AT_A_TIME:
        composed = _composed(_path(root, where))
        node = composed.node(document, path) if composed else None
        if composed is not None and isinstance(node, ScalarNode):
            mark = place_of_character(composed.text, node, offset, variables)
            return composed.position(where.file, mark)
    return locate(root, where, document, path)


class _Composed:
    """Composes the documents of a text, as far as they are asked for; none where the text is built like an earlier
    one.
    """

    def __init__(self, text: str, file: str) -> None:
        self._json, self.text = yaml_of(text, file)
        self._coming, self._nodes = documents(self.text), list[Node]()
        self._alike = None if self._json else _built_alike(self.text)

    def document(self, place: int) -> Node | None:
        """Returns the document at that place; None where the text has no such one, or is no YAML up to there."""
        try:
            self._nodes += islice(self._coming, max(0, place + 1 - len(self._nodes)))
        except MalformedYamlError:
            return None
        return self._nodes[place] if place < len(self._nodes) else None

    def node(self, document: int, path: str) -> Node | None:
        """Returns the node nearest to a path of a document; None where that cannot be told."""
        node = self.document(document)
        try:
            return nearest(node, path) if node else None
        except MalformedYamlError:
            return None

    def mark(self, document: int, path: str) -> Mark | None:
        """Returns where that node stands."""
        if self._alike is not None and document == 0:
            root, moved = self._alike
            with suppress(PlaceUnknownError, MalformedYamlError):
                mark = mark_of(_nearest_alike(root, path))
                return moved.place(mark) if moved else mark
        node = self.node(document, path)
        return mark_of(node) if node else None

    def position(self, file: str, mark: Mark) -> Position:
        """Makes a position of a mark."""
        if self._json:
            from campaignctl.manifests.characters import place_in_json

            mark = place_in_json(self._json, mark)
        return Position.at(file, mark)


_FEW: Final = 20
"""Files up to which it does not pay to look for those that are built alike."""


def _built_alike(text: str) -> tuple[Node, Moved | None] | None:
    """Returns the node of a text that is built like an earlier one, and what knows its places, up to the next call."""
    if _of_text.cache_info().misses <= _FEW:
        return None
    try:
        return _alike_texts().node_of(text)
    except MalformedYamlError:
        return None


@cache
def _alike_texts() -> AlikeTexts:
    from campaignctl.manifests.alike import AlikeTexts

    return AlikeTexts()


@lru_cache(maxsize=1)
def _of_text(text: str, file: str) -> _Composed:
    """Keeps a file's documents: of a file of a thousand campaigns a thousand places may be asked for."""
    return _Composed(text, file)


def locate_field(
    root: Path, desired: Desired, path: str, variables: Mapping[str, str] | None = None
) -> Position:
    """Returns the place of a field of a manifest; of one of its numbers (`from.3`) the row of the file that holds
    them, of a character of a text (`template.3`) where it stands, or what makes it.
    """
    if desired.occurrence is not None:
        path = _of_rule(desired, path)
    name, _, index = path.partition(".")
    if index.isdigit() and isinstance(desired.spec.get(name), str):
        return locate_character(root, desired.where, desired.document, name, int(index), variables)
    if (
        desired.numbers_file is None
        or not index.isdigit()
        or name not in {it.name for it in desired.kind.numbers}
    ):
        if index.isdigit() and name == "from":
            path = f"{name}.{_declared(desired, int(index))}"
        return locate(root, desired.where, desired.document, path)
    from campaignctl.manifests.numbers import place_of  # with what reads CSV

    return Position(
        desired.numbers_file, *place_of(root / desired.numbers_file, _declared(desired, int(index)))
    )


def locate_row(root: Path, contact_list: ContactList, place: int) -> Position:
    """Returns the place of one of the people of a list: their line in its file, or their number."""
    line = contact_list.lines[place]
    if contact_list.file is not None:
        return Position(contact_list.file, line)
    return locate(root, contact_list.where, contact_list.document, f"numbers.{line - 1}")


def _declared(desired: Desired, place: int) -> int:
    """Returns where one of the recipients stands among the declared numbers: others may be left out before it."""
    return desired.places[place] if place < len(desired.places) else place


def _of_rule(desired: Desired, path: str) -> str:
    """Turns a path of an occurrence into one of its rule: it has no schedule of its own, its start stands in the
    rule's cron, its end in the duration.
    """
    kind = desired.kind
    schedule, start = kind.schedule.name, f"{kind.schedule.name}.{kind.start.name}"
    end = f"{kind.schedule.name}.{kind.end.name}"
    return {schedule: "repeat", start: "repeat.cron", end: "repeat.duration"}.get(path, path)


def nearest(node: Node, path: str) -> Node:
    """Returns the node at a dotted path, or the last one on the way to it."""
    steps = path.split(".")
    if steps[0] not in members(node):
        steps = ["spec", *steps]
    return deepest(node, steps, _child)


def _nearest_alike(root: Node, path: str) -> Node:
    """Returns the node at a path of texts that are built alike: each has the same keys; of a list it has others."""
    return nearest(root, path) if any(map(str.isdigit, path)) else _nearest_of_keys(root, path)


@lru_cache(maxsize=64)
def _nearest_of_keys(root: Node, path: str) -> Node:
    return nearest(root, path)


def _child(node: Node, step: str) -> Node | None:
    if isinstance(node, SequenceNode):
        return node.value[int(step)] if step.isdigit() and int(step) < len(node.value) else None
    if not isinstance(node, MappingNode):
        return None
    inside = members(node)
    return inside.get(step) or (inside.get(FROM_FILE) if step == "from" else None)


def keys_at_fault(node: Node | None, faults: Iterable[Mark]) -> set[str]:
    """Returns the keys of a mapping that have a mistake within: what they mean together with others is not known."""
    from bisect import bisect_left  # where something is wrong

    marks = sorted((mark.line, mark.column) for mark in faults)
    return {
        key.value
        for key, value in (node.value if isinstance(node, MappingNode) else ())
        if bisect_left(marks, _position(value.start_mark)) < bisect_left(marks, _position(value.end_mark))
    }


def _position(mark: Mark) -> tuple[int, int]:
    return mark.line, mark.column
