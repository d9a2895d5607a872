"""Reads YAML nodes into values, by the rows of a table, in one pass; every mistake is collected with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Final, TypeVar

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from campaignctl.diagnostics import did_you_mean, quoted
from campaignctl.kinds.manifest import BY_NAME
from campaignctl.kinds.table import Field, Type, Value
from campaignctl.manifests.nodes import PLAIN, QUOTED, MalformedYamlError, Mark, entries, is_null, mark_of
from campaignctl.manifests.scalars import FaultyError, check_limits, check_text, read_boolean, read_integer
from campaignctl.manifests.substitution import substitute
from campaignctl.model.campaigns import ListName
from campaignctl.text import without_numbers
from campaignctl.tuples import NamedTuple

_T = TypeVar("_T")
_CORE: Final = "tag:yaml.org,2002:"
_TEXT_TAG: Final = _CORE + "str"
_SCALAR_TAGS: Final = frozenset(
    {PLAIN, QUOTED, *(_CORE + word for word in ("str", "int", "bool", "float", "null"))}
)
_COLLECTION_TAGS: Final[Mapping[type[Node], str]] = {MappingNode: _CORE + "map", SequenceNode: _CORE + "seq"}

SECRET_KEYS: Final = frozenset(
    f"{owner}{word}"
    for owner in ("", "api_", "exotel_", "exotel_api_", "auth_", "access_")
    for word in ("token", "secret", "password", "key")
    if owner or word != "key"
) | {"apikey", "apitoken"}


class FieldProblem(NamedTuple):
    """Holds one mistake, and where it stands in the text."""

    rule: str
    mark: Mark
    message: str


class _Invalid:
    """Stands for a faulty node: it is nothing that could be taken for a value."""


_INVALID: Final = _Invalid()


class FieldReader:
    """Reads one document by the rows under `root`.

    `variables` fill in `${name}`; None leaves texts as they are. `requires` is False where a pinned campaign need
    declare no field.
    """

    def __init__(
        self, root: Field, variables: Mapping[str, str] | None = None, requires: bool = True
    ) -> None:
        self.root = root
        self.variables = variables
        self.requires = requires
        self.faults: list[FieldProblem] = []

    def read(self, node: Node) -> Mapping[str, Value]:
        """Returns what could be read of the document; it is complete when there are no `faults`."""
        try:
            value = self._object(self.root, node)
        except MalformedYamlError as error:
            self.faults.append(FieldProblem(error.rule, error.mark, error.message))
            return {}
        return value if isinstance(value, dict) else {}

    def fault(self, rule: str, node: Node, message: str) -> _Invalid:
        """Notes a mistake at a node."""
        self.faults.append(FieldProblem(rule, mark_of(node), message))
        return _INVALID

    # -- what is inside ------------------------------------------------------------------------------------

    def _value(self, field: Field, node: Node) -> Value | _Invalid:
        if is_null(node):
            if field.required:
                return self.fault("required", node, f"{field.name} cannot be unset")
            return None
        return _READERS[field.type](self, field, node)

    def _object(self, field: Field, node: Node) -> Value | _Invalid:
        if field.shorthand and isinstance(node, ScalarNode):
            return self._shorthand(field, node)
        if not self._is(MappingNode, field, node, "keys and values"):
            return _INVALID
        values: dict[str, Value] = {}
        declared = set()
        for name, key, value in self._pairs(field, node):
            member = field.members.get(name)
            if member is None:
                self._unknown(field, name, key)
                continue
            declared.add(name)
            read = self._value(member, value)
            if not isinstance(read, _Invalid):
                values[name] = read
        if self.requires:
            self._require(field, declared, node)
        return values

    def _require(self, field: Field, declared: set[str], node: Node) -> None:
        for member in field.fields:
            if member.required and member.name not in declared:
                self.fault("required", node, f"{field.name} needs {member.name}")

    def _shorthand(self, field: Field, node: ScalarNode) -> Value | _Invalid:
        """Reads one word for all members, which are alike: so the first says what is wrong with it."""
        word = self._value(field.fields[0], node)
        return word if isinstance(word, _Invalid) else dict.fromkeys(field.members, word)

    def _object_map(self, field: Field, node: Node) -> Value | _Invalid:
        return self._map(field, node, self._object)

    def _text_map(self, field: Field, node: Node) -> Value | _Invalid:
        """Reads texts under names; one that is unset is left out, and the name then has no value."""
        return self._map(field, node, lambda row, value: None if is_null(value) else self._text(row, value))

    def _map(
        self, field: Field, node: Node, read: Callable[[Field, Node], Value | _Invalid]
    ) -> Value | _Invalid:
        """Reads values under names of the user's own."""
        if not self._is(MappingNode, field, node, "names and values"):
            return _INVALID
        values: dict[str, Value] = {}
        for name, key, value in self._pairs(field, node):
            if name.lower().replace("-", "_") in SECRET_KEYS:
                self._secret(name, key)
            elif field.keys is not None and not field.keys.matches(name):
                self.fault(
                    "format",
                    key,
                    f"{field.name}: the name {quoted(without_numbers(name))} must be {field.keys.words}",
                )
            else:
                item = read(field, value)
                if item is not None and not isinstance(item, _Invalid):
                    values[name] = item
        return values

    def _pairs(self, field: Field, node: Node) -> Iterator[tuple[str, Node, Node]]:
        """Yields name, key and value of each entry; a key that is no word or stands twice is a fault."""
        assert isinstance(node, MappingNode)
        seen: dict[str, Node] = {}
        for key, value in entries(node):
            if not isinstance(key, ScalarNode):
                self.fault("type", key, f"a key of {field.name} must be a word")
                continue
            name: str = key.value
            if name in seen:
                first = seen[name].start_mark.line + 1
                self.fault(
                    "duplicate-key",
                    key,
                    f"{quoted(without_numbers(name))} stands twice, first in line {first}",
                )
                continue
            seen[name] = key
            yield name, key, value

    def _unknown(self, field: Field, name: str, key: Node) -> None:
        if name.lower().replace("-", "_") in SECRET_KEYS:
            self._secret(name, key)
            return
        hint = _hint(self.root, name, field)
        self.fault("unknown-key", key, f"{quoted(without_numbers(name))} is no key of {field.name}{hint}")

    def _secret(self, name: str, key: Node) -> None:
        where = "a key or token must not stand in a file; put it into an environment variable that begins with EXOTEL_"
        self.fault("secret-in-file", key, f"{name}: {where}")

    # -- lists ---------------------------------------------------------------------------------------------

    def _numbers(self, field: Field, node: Node) -> Value | _Invalid:
        """Reads a list of texts in which one may stand twice."""
        if not self._is_list(field, node):
            return _INVALID
        items = [self._item(field, place, item) for place, item in enumerate(node.value, 1)]
        return [item for item in items if isinstance(item, str)]

    def _is_list(self, field: Field, node: Node) -> bool:
        """Tells whether the node is a list of as many items as the row allows; else there is a finding."""
        if not self._is(SequenceNode, field, node, "a list"):
            return False
        try:
            check_limits(field, len(node.value))
        except FaultyError as faulty:
            self.fault(faulty.rule, node, f"{field.name}: {faulty.message}")
            return False
        return True

    def _objects(self, field: Field, node: Node) -> Value | _Invalid:
        """Reads a list of objects. A faulty one keeps its place, so that the others keep theirs."""
        if not self._is_list(field, node):
            return _INVALID
        items = [self._object(field, item) for item in node.value]
        return [item if isinstance(item, dict) else {} for item in items]

    def _strings(self, field: Field, node: Node) -> Value | _Invalid:
        """Reads a set of words: a list of people that stands twice would be called twice."""
        items = self._numbers(field, node)
        if isinstance(items, list) and len(set(items)) < len(items):
            return self.fault("duplicate-item", node, f"{field.name}: an item stands twice")
        return items

    def _item(self, field: Field, place: int, node: Node) -> str | _Invalid:
        called = f"item {place} of {field.name}"
        if isinstance(node, MappingNode) and field.by_name:
            return self._item_by_name(node)
        if is_null(node):
            return self.fault("type", node, f"{called} is empty")
        return self._text(field, node, called)

    def _item_by_name(self, node: Node) -> str | _Invalid:
        """Reads an item's name in place of its SID; which list that is, is not known offline."""
        item = self._object(BY_NAME, node)
        name = item.get("name") if isinstance(item, dict) else None
        if isinstance(item, dict) and not self.requires:
            self._require(BY_NAME, set(item), node)  # a pin makes no list of a mapping without a name
        return ListName(name) if isinstance(name, str) else _INVALID

    def _amounts(self, field: Field, node: Node) -> Value | _Invalid:
        """Reads a list of numbers, each as it is written."""
        if not self._is_list(field, node):
            return _INVALID
        items = [self._amount(field, item) for item in node.value]
        return [item for item in items if isinstance(item, str)]

    # -- scalars -------------------------------------------------------------------------------------------

    def _text(self, field: Field, node: Node, called: str | None = None) -> str | _Invalid:
        return self._scalar(field, node, "a text", partial(check_text, field), called=called)

    def _integer(self, field: Field, node: Node) -> int | _Invalid:
        return self._scalar(field, node, "a whole number", partial(read_integer, field), plain=True)

    def _boolean(self, field: Field, node: Node) -> bool | _Invalid:
        return self._scalar(field, node, "true or false", read_boolean, plain=True)

    def _amount(self, field: Field, node: Node) -> str | _Invalid:
        return self._scalar(field, node, "a number", partial(check_text, field), plain=True)

    def _scalar(
        self,
        field: Field,
        node: Node,
        words: str,
        read: Callable[[str], _T],
        plain: bool = False,
        called: str | None = None,
    ) -> _T | _Invalid:
        """Reads a scalar: it is filled in, then read.

        Where `plain` is asked for, one in quotes is a text, not a value.
        """
        called = called or field.name
        if not isinstance(node, ScalarNode):
            return self.fault("type", node, f"{called}: must be {words}")
        if node.tag not in _SCALAR_TAGS:
            return self.fault(
                "tag", node, f"{called}: the tag {quoted(without_numbers(node.tag))} is not known here"
            )
        if plain and node.tag in (QUOTED, _TEXT_TAG):
            return self.fault("type", node, f"{called}: must be {words}, without quotes")
        try:
            return read(self._filled(node.value))
        except FaultyError as faulty:
            return self.fault(faulty.rule, node, f"{called}: {faulty.message}")

    def _filled(self, text: str) -> str:
        return text if self.variables is None or "${" not in text else substitute(text, self.variables)

    def _is(self, kind: type[Node], field: Field, node: Node, words: str) -> bool:
        if not isinstance(node, kind):
            self.fault("type", node, f"{field.name}: must be {words}")
        elif node.tag != PLAIN and node.tag != _COLLECTION_TAGS[kind]:
            self.fault(
                "tag",
                node,
                f"{field.name}: the tag {quoted(without_numbers(str(node.tag)))} is not known here",
            )
        else:
            return True
        return False


@lru_cache(maxsize=1024)
def _hint(root: Field, name: str, field: Field) -> str:
    """Says what a key that is not known may be meant as: a mistake that was copied stands in many files."""
    return _home(root, name, field) or did_you_mean(name, field.members)


def _home(root: Field, name: str, stray_in: Field, path: str = "") -> str:
    """Says where a key belongs that stands in the wrong place."""
    for member in root.fields:
        here = f"{path}.{member.name}" if path else member.name
        if member.name == name and root is not stray_in:
            return f"; it belongs to {path}" if path else "; it belongs to the top level"
        deeper = _home(member, name, stray_in, here)
        if deeper:
            return deeper
    return ""


_READERS: Final[Mapping[Type, Callable[[FieldReader, Field, Node], Value | _Invalid]]] = MappingProxyType(
    {
        Type.STRING: FieldReader._text,
        Type.DIGITS: FieldReader._text,
        Type.URL: FieldReader._text,
        Type.TIME: FieldReader._text,
        Type.AMOUNT: FieldReader._amount,
        Type.AMOUNTS: FieldReader._amounts,
        Type.INTEGER: FieldReader._integer,
        Type.BOOLEAN: FieldReader._boolean,
        Type.STRINGS: FieldReader._strings,
        Type.WORDS: FieldReader._numbers,
        Type.NUMBERS: FieldReader._numbers,
        Type.OBJECT: FieldReader._object,
        Type.OBJECTS: FieldReader._objects,
        Type.TEXT_MAP: FieldReader._text_map,
        Type.OBJECT_MAP: FieldReader._object_map,
    }
)
