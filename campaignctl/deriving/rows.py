"""Says a row in words: what may stand there, until when it may change, how it is compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from campaignctl.diagnostics import counted
from campaignctl.kinds.table import Bound, Compare, Field, Mutability, Secrecy, Type

_TYPES: Final[Mapping[Type, str]] = MappingProxyType(
    {
        Type.STRING: "text",
        Type.DIGITS: "digits, quoted",
        Type.URL: "URL",
        Type.TIME: "time with an offset",
        Type.INTEGER: "whole number",
        Type.BOOLEAN: "true or false",
        Type.STRINGS: "list of texts",
        Type.WORDS: "list of texts",
        Type.NUMBERS: "list of phone numbers",
        Type.OBJECT: "object",
        Type.OBJECTS: "list of objects",
        Type.AMOUNT: "number",
        Type.AMOUNTS: "list of numbers",
        Type.TEXT_MAP: "texts under names of your own",
        Type.OBJECT_MAP: "objects under names of your own",
    }
)
_COMPARISONS: Final[Mapping[Compare, str]] = MappingProxyType(
    {
        Compare.CASELESS: "in any letter case",
        Compare.INSTANT: "as a moment, whatever the offset",
        Compare.NUMBER: "by the country's rule",
        Compare.NUMBERS: "by the country's rule, in any order, each as often",
        Compare.SET: "in any order",
        Compare.FLOW_URL: "on Exotel's own host without its scheme",
        Compare.SMS_TYPE: "transactional meets transactional_opt_in",
        Compare.MEMBERS: "member by member, the declared ones",
    }
)
_SECRECY: Final[Mapping[Secrecy, str]] = MappingProxyType(
    {
        Secrecy.PEOPLE: "masked, unless --show-numbers",
        Secrecy.CALLBACK: "user info and query values masked",
        Secrecy.SECRET: "never",
    }
)
_EXAMPLES: Final[Mapping[Type, str]] = MappingProxyType(
    {
        Type.DIGITS: '"0101428740000012125"',
        Type.TIME: '"2027-01-15T09:00:00+05:30"',
        Type.NUMBERS: '["+919876543210"]',
        Type.BOOLEAN: "true",
    }
)
"""What a value of a type looks like, where that is not plain."""


def type_of(field: Field) -> str:
    """Says what may stand there; the words to choose from where there are some."""
    words = ", ".join
    if field.choices and field.type is Type.STRING:
        return f"one of {words(field.choices)}" if len(field.choices) > 1 else field.choices[0]
    if field.choices:
        return f"list of {words(field.choices)}"
    return _TYPES[field.type]


def facts_of(field: Field, needed: bool = False) -> tuple[tuple[str, str], ...]:
    """Says what a reader must know of a row, each fact with its word; what is as everywhere is left out."""
    return tuple(_facts(field, needed))


def _facts(field: Field, needed: bool) -> Iterator[tuple[str, str]]:
    yield "type", type_of(field)
    if field.required or needed:
        yield "required", "yes"
    if field.default is not None:
        yield "default", plain(field.default)
    limits = limits_of(field)
    if limits:
        yield "limits", limits
    if field.format_by is not None:
        yield "written as", field.format_by.words
    if field.source != "campaignctl":
        yield "may change", _mutability(field)
        if field.compare in _COMPARISONS:
            yield "compared", _COMPARISONS[field.compare]
    if field.secrecy in _SECRECY:
        yield "shown", _SECRECY[field.secrecy]
    if field.source != "campaignctl":
        yield "source", field.source


def _mutability(field: Field) -> str:
    return "at any time" if field.mutability is Mutability.ALWAYS else Mutability.BEFORE_START.value


def limits_of(field: Field) -> str:
    """Writes limits: `1 to 5 items`; empty where there are none."""
    low, high = field.minimum, field.maximum
    if low is None and high is None:
        return ""
    if (low, high, field.bound) == (1, None, Bound.LENGTH):
        return "not empty"
    if high is None:
        return f"{_amount(low or 0, field.bound)} or more"
    if low is None:
        return f"{_amount(high, field.bound)} at most"
    return f"{low:,} to {_amount(high, field.bound)}" if low != high else _amount(high, field.bound)


def _amount(number: int, bound: Bound) -> str:
    return f"{number:,}" if bound is Bound.VALUE else counted(number, bound.value[:-1], bound.value)


def plain(value: object) -> str:
    """Writes a default as it would be written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def yaml_value(field: Field) -> str:
    """Writes a line of YAML that shows the row, where its form is not plain from its type."""
    if field.choices and field.type is Type.STRING:
        return f"{field.name}: {field.choices[0]}\n"
    if field.choices:
        return f"{field.name}: [{field.choices[0]}]\n"
    if field.type in _EXAMPLES:
        return f"{field.name}: {_EXAMPLES[field.type]}\n"
    return ""
