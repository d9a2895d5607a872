"""Tells of a manifest whether it satisfies a rule file that uses nothing but plain keywords.

Most do, and then `jsonschema` is not asked, nor imported, which takes as long as some hundred manifests do. It gives
up on a rule file that its metaschema might not let through, and never says which keyword failed: `jsonschema` does.
A property holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Sized
from typing import Final, TypeAlias, TypeGuard

from campaignctl.custom_rules.limits import require_short, unreadable
from campaignctl.custom_rules.values import Json

PlainCheck: TypeAlias = "Callable[[object], bool]"
"""Tells whether a value satisfies a schema. Raises LimitExceededError where `jsonschema` might."""
_Object: TypeAlias = "Mapping[str, Json]"
_DIALECTS: Final = (None, "https://json-schema.org/draft/2020-12/schema")
"""What `$schema` may say."""
_MOST_LEVELS: Final = 32
"""Schemas within schemas: half of what `jsonschema` may be asked to look into."""


class NotPlainError(Exception):
    """Says that `jsonschema` has to read a schema."""


def plain_check_of(schema: Json) -> PlainCheck | None:
    """Returns the check of a rule file; None where it has anything that is not plain."""
    if not isinstance(schema, dict) or schema.get("$schema") not in _DIALECTS:
        return None
    try:
        return _check({name: value for name, value in schema.items() if name != "$schema"}, 0)
    except NotPlainError:
        return None


def _check(schema: Json, levels: int) -> PlainCheck:
    """Makes the check of a schema that stands within so many others."""
    if isinstance(schema, bool):
        return lambda _value: schema
    if not isinstance(schema, dict) or levels > _MOST_LEVELS:
        raise NotPlainError
    made = (_made(name, value, schema, levels) for name, value in schema.items())
    return _all_of([it for it in made if it is not None])


def _all_of(checks: Sequence[PlainCheck]) -> PlainCheck:
    """Asks all of them, whatever one says: a bound may be met by any."""
    if len(checks) == 1:
        return checks[0]

    def check(value: object) -> bool:
        satisfied = True
        for each in checks:
            satisfied &= each(value)
        return satisfied

    return check


def _made(name: str, value: Json, schema: _Object, levels: int) -> PlainCheck | None:
    """Makes the check of a keyword; None of one that says nothing of a value."""
    if name in _WORDS and (isinstance(value, str) or name == "errorMessage"):
        return None
    if name in _OF_VALUES:
        return _OF_VALUES[name](value)
    if name in _OF_SCHEMAS:
        return _OF_SCHEMAS[name](value, schema, levels + 1)
    raise NotPlainError


_WORDS: Final = frozenset({"title", "description", "$comment", "errorMessage"})


# -- keywords that look at a value itself --------------------------------------------------------------------------


def _type(words: Json) -> PlainCheck:
    names = [words] if isinstance(words, str) else words
    if not isinstance(names, list) or not names:
        raise NotPlainError
    known = [_TYPES[it] for it in names if isinstance(it, str) and it in _TYPES]
    if len(known) < len(names) or len(set(names)) < len(names):
        raise NotPlainError
    return lambda value: any(is_of(value) for is_of in known)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: Final[Mapping[str, PlainCheck]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": _is_number,
    "integer": lambda value: _is_number(value) and (isinstance(value, int) or value.is_integer()),
}


def _enum(choices: Json) -> PlainCheck:
    """Makes what holds texts and null alone to choices: of numbers `1` and `1.0` are one, and `true` is none."""
    if not isinstance(choices, list):
        raise NotPlainError
    texts = frozenset(it for it in choices if it is None or isinstance(it, str))
    if not choices or any(it is not None and not isinstance(it, str) for it in choices):
        raise NotPlainError
    return lambda value: (isinstance(value, str) or value is None) and value in texts


def _pattern(pattern: Json) -> PlainCheck:
    if not isinstance(pattern, str) or unreadable(pattern):
        raise NotPlainError
    search = re.compile(pattern).search

    def check(value: object) -> bool:
        if not isinstance(value, str):
            return True
        require_short(value)
        return search(value) is not None

    return check


def _required(names: Json) -> PlainCheck:
    if not isinstance(names, list) or not all(isinstance(it, str) for it in names):
        raise NotPlainError
    wanted = frozenset(map(str, names))
    if len(wanted) < len(names):
        raise NotPlainError
    return lambda value: not isinstance(value, dict) or value.keys() >= wanted


def _length(kind: type[Sized], least: bool) -> Callable[[Json], PlainCheck]:
    """Makes what limits how long texts are, lists, or objects."""

    def made(limit: Json) -> PlainCheck:
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
            raise NotPlainError
        if least:
            return lambda value: not isinstance(value, kind) or len(value) >= limit
        return lambda value: not isinstance(value, kind) or len(value) <= limit

    return made


def _bound(least: bool) -> Callable[[Json], PlainCheck]:
    """Makes what limits numbers."""

    def made(limit: Json) -> PlainCheck:
        if not isinstance(limit, int | float) or isinstance(limit, bool):
            raise NotPlainError
        if least:
            return lambda value: not _is_number(value) or value >= limit
        return lambda value: not _is_number(value) or value <= limit

    return made


_OF_VALUES: Final[Mapping[str, Callable[[Json], PlainCheck]]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda choice: _enum([choice]),
    "pattern": _pattern,
    "required": _required,
    "minLength": _length(str, least=True),
    "maxLength": _length(str, least=False),
    "minItems": _length(list, least=True),
    "maxItems": _length(list, least=False),
    "minProperties": _length(dict, least=True),
    "maxProperties": _length(dict, least=False),
    "minimum": _bound(least=True),
    "maximum": _bound(least=False),
}


# -- keywords with schemas in them ---------------------------------------------------------------------------------


def _properties(named: Json, _schema: _Object, levels: int) -> PlainCheck:
    if not isinstance(named, dict):
        raise NotPlainError
    checks = [(name, _check(schema, levels)) for name, schema in named.items()]

    def check(value: object) -> bool:
        satisfied = True
        if isinstance(value, dict):
            for name, each in checks:
                if name in value:
                    satisfied &= each(value[name])
        return satisfied

    return check


def _additional_properties(allowed: Json, schema: _Object, levels: int) -> PlainCheck:
    named, each = schema.get("properties", {}), _check(allowed, levels)
    if not isinstance(named, dict):
        raise NotPlainError

    def check(value: object) -> bool:
        satisfied = True
        for name, own in value.items() if isinstance(value, dict) else ():
            if name not in named:
                satisfied &= each(own)
        return satisfied

    return check


def _items(schema: Json, _schema: _Object, levels: int) -> PlainCheck:
    each = _check(schema, levels)

    def check(value: object) -> bool:
        satisfied = True
        for item in value if isinstance(value, list) else ():
            satisfied &= each(item)
        return satisfied

    return check


def _several(enough: Callable[[int, int], bool]) -> Callable[[Json, _Object, int], PlainCheck]:
    """Makes what asks several schemas: `enough` is told how many are satisfied, and of how many."""

    def made(schemas: Json, _schema: _Object, levels: int) -> PlainCheck:
        if not isinstance(schemas, list) or not schemas:
            raise NotPlainError
        checks = [_check(it, levels) for it in schemas]
        return lambda value: enough(sum([each(value) for each in checks]), len(checks))

    return made


def _not(schema: Json, _schema: _Object, levels: int) -> PlainCheck:
    refused = _check(schema, levels)
    return lambda value: not refused(value)


def _if(schema: Json, around: _Object, levels: int) -> PlainCheck:
    """Makes what asks `then` or `else`, which say something beside it alone."""
    condition = _check(schema, levels)
    satisfied, otherwise = (_check(around.get(name, True), levels) for name in ("then", "else"))
    return lambda value: (satisfied if condition(value) else otherwise)(value)


def _branch(schema: Json, _schema: _Object, levels: int) -> None:
    """Reads what `if` asks."""
    _check(schema, levels)


_OF_SCHEMAS: Final[Mapping[str, Callable[[Json, _Object, int], PlainCheck | None]]] = {
    "properties": _properties,
    "additionalProperties": _additional_properties,
    "items": _items,
    "allOf": _several(lambda satisfied, of: satisfied == of),
    "anyOf": _several(lambda satisfied, _of: satisfied > 0),
    "oneOf": _several(lambda satisfied, _of: satisfied == 1),
    "not": _not,
    "if": _if,
    "then": _branch,
    "else": _branch,
}
