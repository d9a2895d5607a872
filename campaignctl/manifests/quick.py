"""Reads quickly what has nothing wrong: closures, made once from the rows of a table.

It keeps no place and no message. Whatever is not plainly right makes it give up, and `fields.FieldReader` reads the
document again: that one alone decides what is a mistake. A test holds the two against each other.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from campaignctl.kinds.table import Bound, Field, Type, Value
from campaignctl.manifests.nodes import PLAIN, QUOTED
from campaignctl.manifests.scalars import NULLS, FaultyError, read_boolean, read_integer
from campaignctl.manifests.substitution import substitute

_NO_TAG: Final = frozenset({PLAIN, QUOTED})
_SCALARS: Final = frozenset({ScalarNode})

Reader: TypeAlias = Callable[[Node], Value]


class DoubtfulError(Exception):
    """Says that a document is not plainly right; somebody else has to say what it is."""


class QuickReader:
    """Reads documents by the rows under `root`; see `FieldReader` for `variables` and `requires`."""

    def __init__(self, root: Field, variables: Mapping[str, str], requires: bool) -> None:
        self._variables = variables
        self._requires = requires
        self._read = self._object(root, needed=True)

    def read(self, node: Node) -> Mapping[str, Value] | None:
        """Returns what the document says; None where that takes a closer look."""
        try:
            values = self._read(node)
        except (DoubtfulError, FaultyError):
            return None
        assert isinstance(values, dict), "the root is an object"
        return values

    def _reader(self, field: Field) -> Reader:
        match field.type:
            case Type.OBJECT:
                return self._object(field)
            case Type.TEXT_MAP:
                return self._text_map(field)
            case Type.NUMBERS | Type.STRINGS | Type.WORDS:
                return self._list(field)
            case Type.OBJECTS:
                return self._each(field, self._object(field, needed=True))
            case Type.AMOUNTS:
                return self._each(field, self._plain(field, _right(field), needed=True))
            case Type.INTEGER:
                return self._plain(field, lambda text: read_integer(field, text))
            case Type.BOOLEAN:
                return self._plain(field, read_boolean)
            case Type.STRING | Type.DIGITS | Type.URL | Type.TIME:
                return self._text(field)
            case Type.AMOUNT | Type.OBJECT_MAP:
                return _give_up

    def _object(self, field: Field, needed: bool = False) -> Reader:
        members = _Members(field, self._reader)
        required = {member.name for member in field.fields if member.required and self._requires}
        needed = needed or field.required

        def read(node: Node) -> Value:
            if node.__class__ is not MappingNode or node.tag != PLAIN:
                return _unset(node, needed)
            values: dict[str, Value] = {}
            for key, value in node.value:
                if key.__class__ is not ScalarNode:
                    raise DoubtfulError
                name, read_member = members[key.value]  # the row's own name: one text for all manifests
                if name in values:
                    raise DoubtfulError
                values[name] = read_member(value)
            if not required <= values.keys():
                raise DoubtfulError
            return values

        return read

    def _text_map(self, field: Field) -> Reader:
        """Makes the reader of a map of texts.

        None is unset within: that leaves a name out, which `FieldReader` sees to.
        """
        read_text = self._text(field, needed=True)
        matches = field.keys.matches if field.keys else None
        needed = field.required
        if matches is None:
            return _give_up

        def read(node: Node) -> Value:
            if node.__class__ is not MappingNode or node.tag != PLAIN:
                return _unset(node, needed)
            values: dict[str, Value] = {}
            for key, value in node.value:
                name = key.value
                if key.__class__ is not ScalarNode or name in values or not matches(name):
                    raise DoubtfulError
                if _may_be_secret(name):
                    raise DoubtfulError
                values[name] = read_text(value)
            return values

        return read

    def _list(self, field: Field) -> Reader:
        """Makes the reader of a list, whose texts are checked in one go: it may hold thousands."""
        right, variables = _test_of_all(field), self._variables
        least, most = _limits(field)
        once = field.type is Type.STRINGS
        needed, chosen = field.required, bool(field.choices)

        def read(node: Node) -> Value:
            if node.__class__ is not SequenceNode or node.tag != PLAIN:
                return _unset(node, needed)
            items: list[str] = [item.value for item in node.value]
            if not {item.__class__ for item in node.value} <= _SCALARS:
                raise DoubtfulError
            if not {item.tag for item in node.value} <= _NO_TAG or not NULLS.isdisjoint(items):
                raise DoubtfulError
            if "$" in "".join(items):
                items = [substitute(text, variables) for text in items]
            if not right(items) or not least <= len(items) <= most:
                raise DoubtfulError
            if once and len(set(items)) < len(items):
                raise DoubtfulError
            return [sys.intern(item) for item in items] if chosen else items

        return read

    def _each(self, field: Field, read_item: Reader) -> Reader:
        """Reads a list of objects or amounts: there are few of them."""
        least, most = _limits(field)
        needed = field.required

        def read(node: Node) -> Value:
            if node.__class__ is not SequenceNode or node.tag != PLAIN:
                return _unset(node, needed)
            if not least <= len(node.value) <= most:
                raise DoubtfulError
            return [read_item(item) for item in node.value]

        return read

    def _text(self, field: Field, needed: bool = False) -> Reader:
        right, variables = _test(field), self._variables
        needed, chosen = needed or field.required, bool(field.choices)

        def read(node: Node) -> Value:
            tag = node.tag
            if node.__class__ is not ScalarNode or tag not in _NO_TAG:
                raise DoubtfulError
            text: str = node.value
            if tag == PLAIN and text in NULLS:
                return _unset(node, needed)
            if "${" in text:
                text = substitute(text, variables)
            if not right(text):
                raise DoubtfulError
            return sys.intern(text) if chosen else text  # a word to choose from: one text for all manifests

        return read

    def _plain(self, field: Field, read_text: Callable[[str], Value], needed: bool = False) -> Reader:
        variables, needed = self._variables, needed or field.required

        def read(node: Node) -> Value:
            if node.__class__ is not ScalarNode or node.tag != PLAIN:
                raise DoubtfulError
            text: str = node.value
            if text in NULLS:
                return _unset(node, needed)
            return read_text(substitute(text, variables) if "${" in text else text)

        return read


class _Members(dict[str, tuple[str, Reader]]):
    """Holds the names of an object's members, each with its reader, which is made when a document first has it: most
    have few, and patterns take long to compile.
    """

    def __init__(self, field: Field, make: Callable[[Field], Reader]) -> None:
        super().__init__()
        self._members, self._make = field.members, make

    def __missing__(self, name: str) -> tuple[str, Reader]:
        """Makes the reader of a member. Raises DoubtfulError where there is none."""
        member = self._members.get(name)
        if member is None:
            raise DoubtfulError
        made = self[name] = member.name, self._make(member)
        return made


def _unset(node: Node, needed: bool) -> Value:
    if needed or node.__class__ is not ScalarNode or node.tag != PLAIN or node.value not in NULLS:
        raise DoubtfulError
    return None


def _test(field: Field) -> Callable[[str], object]:
    """Makes a test that is truthy for a text that the row takes.

    Nearly every row has one rule, which is then asked alone.
    """
    choices = frozenset(field.choices)
    matches = field.format.matches if field.format else None
    least, most = _limits(field) if field.bound is Bound.LENGTH else (0, sys.maxsize)
    if choices and matches is None:
        return choices.__contains__
    if matches is None:
        return lambda text: least <= len(text) <= most
    if not choices and (least, most) == (0, sys.maxsize):
        return matches
    return lambda text: matches(text) and least <= len(text) <= most and (not choices or text in choices)


def _right(field: Field) -> Callable[[str], Value]:
    """Takes the texts that `_test` takes."""
    right = _test(field)

    def read_text(text: str) -> str:
        if not right(text):
            raise DoubtfulError
        return text

    return read_text


def _test_of_all(field: Field) -> Callable[[list[str]], object]:
    """Makes a test that is truthy for texts that the row takes; of numbers, which may be thousands, in one look:
    they have no line break.
    """
    right = _test(field)
    if field.type is not Type.NUMBERS or field.format is None or right is not field.format.matches:
        return lambda texts: all(map(right, texts))
    all_match = field.format.all_match

    def test(texts: list[str]) -> bool:
        lines = "\n".join((*texts, ""))
        return lines.count("\n") == len(texts) and bool(all_match(lines))

    return test


def _limits(field: Field) -> tuple[int, int]:
    return (field.minimum or 0, sys.maxsize if field.maximum is None else field.maximum)


_SECRET_WORDS: Final = ("token", "secret", "password", "key")


def _may_be_secret(name: str) -> bool:
    """Tells whether a name may be a secret's: for more names than are refused, which are then looked at closely."""
    return name.lower().endswith(_SECRET_WORDS)


def _give_up(_node: Node) -> Value:
    raise DoubtfulError
