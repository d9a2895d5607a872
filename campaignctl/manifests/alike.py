"""Gives the nodes of a text that is built like an earlier one without parsing it: most manifests of a large project
come from few templates, and parsing is the most of what it takes to read one.

Two texts are built alike where they differ in nothing but the plain signs between quotes, plain words behind keys, and
how many quoted texts stand in a list of such texts. YAML is read from left to right, and what it makes of the rest
does not depend on any of these; so the one text has the other's nodes with its own values in them. That such a part is
a value is not guessed: of the first text, which was parsed, a node begins and ends where it does. The places are those
of that text, so whoever has to name one parses. A property holds the nodes to the parsed ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf
from typing import Final, TypeAlias

from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from campaignctl.manifests.nodes import PLAIN, QUOTED, Mark, PlaceUnknownError, documents, mark_of
from campaignctl.tuples import NamedTuple

_MOST_SIGNS: Final = 50_000
_MOST_KEPT: Final = 100
_MOST_SEEN: Final = 50_000
"""A kept shape takes some 30 kB, what was seen once 60 bytes."""

_WORD: Final = re.compile(
    r": ([A-Za-z0-9](?:[A-Za-z0-9_./:?=&+-]*[A-Za-z0-9_/=-])?(?=\r?\n)|[A-Za-z0-9][A-Za-z0-9_.-]*(?=[,}]))"
)
"""A word behind a key: at the end of a line, where it may be an address, or within braces."""
_UNSAFE: Final = re.compile("[\\\\\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""What within quotes escapes, breaks the line or is refused."""
_NEXT_ITEM: Final = re.compile(r"\r?\n *- |, ")
"""What stands between two texts of a list."""

_Span: TypeAlias = tuple[int, int]


class _Parts(NamedTuple):
    """Holds a text taken apart: what it is built of, its words and quoted texts, and how often in a row each thing
    stands that separates quoted texts.
    """

    built: tuple[str, ...]
    words: Sequence[str]
    texts: Sequence[str]
    separators: Sequence[str]
    repeats: Sequence[int]


def _parts(text: str) -> _Parts | None:
    """Takes a text apart; None where more than plain signs stand between quotes."""
    pieces = text.split('"')
    texts = pieces[1::2]
    signs = "".join(texts)
    if len(pieces) % 2 == 0 or "\\" in signs or (not signs.isprintable() and _UNSAFE.search(signs)):
        return None
    separators, repeats, last = list[str](), list[int](), None
    for piece in pieces[::2]:
        if piece == last:
            repeats[-1] += 1
        else:
            separators.append(piece)
            repeats.append(1)
            last = piece
    rest = _WORD.split('"'.join(separators))
    return _Parts(tuple(rest[::2]), rest[1::2], texts, separators, repeats)


class _ListSlot(NamedTuple):
    """Holds a list of quoted texts: it has one more than `separator` stands in a row. `items` are its nodes, and what
    longer lists needed.
    """

    node: SequenceNode
    separator: int
    items: list[ScalarNode]

    def fill(self, texts: Sequence[str], begin: int, repeats: Sequence[int]) -> int:
        """Puts its texts into the list; returns where the next begin."""
        count = repeats[self.separator] + 1
        last = self.items[-1]
        while len(self.items) < count:
            self.items.append(ScalarNode(QUOTED, "", last.start_mark, last.end_mark))
        self.node.value = self.items[:count]
        for item, text in zip(self.node.value, texts[begin : begin + count], strict=False):
            item.value = text
        return begin + count


class _Segment(NamedTuple):
    """Says where in the text that was parsed a part ended that differs, how long it was, and its place among the words
    or among the quoted texts.
    """

    line: int
    end: int
    length: int
    place: int
    is_word: bool


class _TextShape(NamedTuple):
    """Holds the nodes of a text that was parsed, and those of them that are values, in the order of the text."""

    root: Node
    words: Sequence[ScalarNode]
    slots: Sequence[ScalarNode | _ListSlot]
    segments: Sequence[_Segment]
    repeats: Sequence[int]

    def filled(self, parts: _Parts) -> Node | None:
        """Returns the nodes with the values of a text; None where what repeats in it is no list of texts."""
        texts, at = parts.texts, 0
        for slot in self.slots:
            if isinstance(slot, _ListSlot):
                at = slot.fill(texts, at, parts.repeats)
            elif at < len(texts):
                slot.value = texts[at]
                at += 1
        for word, value in zip(self.words, parts.words, strict=True):
            word.value = value
        return self.root if at == len(texts) else None

    def last_line(self, repeats: Sequence[int]) -> float:
        """Returns the last line that stands in each text where it does in this one: lists before it are as long."""
        lists = (slot for slot in self.slots if isinstance(slot, _ListSlot))
        lines = (
            it.node.start_mark.line - 1 for it in lists if repeats[it.separator] != self.repeats[it.separator]
        )
        return min(lines, default=inf)


class Moved(NamedTuple):
    """Knows where something stands in a text whose nodes are those of another."""

    shape: _TextShape
    parts: _Parts

    def place(self, mark: Mark) -> Mark:
        """Returns a node's place in the text itself. Raises PlaceUnknownError."""
        shape, parts = self.shape, self.parts
        if mark <= mark_of(shape.root):
            return mark
        if mark.line > shape.last_line(parts.repeats):
            raise PlaceUnknownError
        before = (it for it in shape.segments if it.line == mark.line and it.end <= mark.column)
        longer = (len((parts.words if it.is_word else parts.texts)[it.place]) - it.length for it in before)
        return Mark(mark.line, mark.column + sum(longer))


class AlikeTexts:
    """Knows how the texts of one load are built. The second text that is built in a way is kept for the others."""

    def __init__(self) -> None:
        self._seen = set[int]()
        self._kept: dict[tuple[str, ...], _TextShape | None] = {}

    def node_of(self, text: str) -> tuple[Node, Moved | None] | None:
        """Returns the node of a text with one document, and what knows its places where they are those of another
        text; the next call may change it. None where the text must be parsed.

        Raises:
            MalformedYamlError: the text is no YAML.
        """
        parts = _parts(text) if len(text) <= _MOST_SIGNS else None
        if parts is None:
            return None
        if parts.built in self._kept:
            shape = self._kept[parts.built]
            root = shape.filled(parts) if shape is not None else None
            return None if shape is None or root is None else (root, Moved(shape, parts))
        return self._node_to_keep(text, parts)

    def _node_to_keep(self, text: str, parts: _Parts) -> tuple[Node, None] | None:
        built = hash(parts.built)
        if built not in self._seen:
            if len(self._seen) < _MOST_SEEN:
                self._seen.add(built)
            return None
        if len(self._kept) == _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        shape = self._kept[parts.built] = _shape_of(text, parts)
        return None if shape is None else (shape.root, None)


class _Value(NamedTuple):
    """Holds a scalar that is no key, with the node that it stands in."""

    node: ScalarNode
    parent: Node | None
    in_flow: bool


def _shape_of(text: str, parts: _Parts) -> _TextShape | None:
    """Parses a text; None where a part of it is no value."""
    nodes = list(documents(text))
    values = {_span(it.node): it for root in nodes for it in _values(root, None, set())}
    words, texts = _words_in(text, values), _texts_in(text, values)
    slots = _slots(parts, texts) if texts is not None else None
    if len(nodes) != 1 or words is None or slots is None or len(words) != len(parts.words):
        return None
    segments = [
        *_segments(words, parts.words, is_word=True),
        *_segments([it.node for it in texts or ()], parts.texts, is_word=False),
    ]
    return _TextShape(nodes[0], words, slots, segments, parts.repeats)


def _segments(nodes: Iterable[ScalarNode], values: Iterable[str], *, is_word: bool) -> Iterator[_Segment]:
    for place, (node, value) in enumerate(zip(nodes, values, strict=True)):
        yield _Segment(node.end_mark.line, node.end_mark.column, len(value), place, is_word)


def _span(node: Node) -> _Span:
    return node.start_mark.index, node.end_mark.index


def _values(node: Node, parent: Node | None, seen: set[int], in_flow: bool = False) -> Iterator[_Value]:
    """Yields the scalars in a node that are no keys, and in none; each once, whatever aliases lead to it."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, ScalarNode):
        yield _Value(node, parent, in_flow)
    elif isinstance(node, CollectionNode):
        for item in node.value:
            inner = item[1] if isinstance(node, MappingNode) else item
            yield from _values(inner, node, seen, in_flow or bool(node.flow_style))


def _words_in(text: str, values: Mapping[_Span, _Value]) -> list[ScalarNode] | None:
    """Returns the nodes of the words; None where one is no value, or stands where it would end elsewhere."""
    pieces = text.split('"')
    blank = '"'.join("\0" * len(piece) if place % 2 else piece for place, piece in enumerate(pieces))
    found = list[ScalarNode]()
    for match in _WORD.finditer(blank):
        value = values.get(match.span(1))
        in_braces = blank[match.end()] in ",}"
        if value is None or value.node.tag != PLAIN or value.in_flow != in_braces:
            return None
        found.append(value.node)
    return found


def _texts_in(text: str, values: Mapping[_Span, _Value]) -> list[_Value] | None:
    """Returns what stands in quotes; None where one of them is no value."""
    found, at = list[_Value](), 0
    for place, piece in enumerate(text.split('"')):
        begin, at = at, at + len(piece) + 1
        if place % 2:
            value = values.get((begin - 1, at))
            if value is None or value.node.tag != QUOTED:
                return None
            found.append(value)
    return found


def _slots(parts: _Parts, texts: Sequence[_Value]) -> list[ScalarNode | _ListSlot] | None:
    """Returns where the quoted texts go; None where something repeats that is no list of them alone."""
    slots, at, after_list = list[ScalarNode | _ListSlot](), 0, False
    for place, (separator, count) in enumerate(zip(parts.separators[1:], parts.repeats[1:], strict=True), 1):
        if not _NEXT_ITEM.fullmatch(separator):
            if not after_list:
                slots.append(texts[at].node)
                at += 1
            after_list = False
            continue
        items = texts[at : at + count + 1]
        parent = items[0].parent
        if not isinstance(parent, SequenceNode) or parent.value != [it.node for it in items]:
            return None
        slots.append(_ListSlot(parent, place, parent.value))
        at, after_list = at + count + 1, True
    return slots if at == len(texts) else None
