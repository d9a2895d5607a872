"""Masks what may not be seen of a campaign's fields, by the rows of its table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import NoneType
from typing import Final, TypeAlias

from campaignctl.kinds import KINDS
from campaignctl.kinds.countries import Country
from campaignctl.kinds.table import Field, Kind, Secrecy, Value
from campaignctl.model.campaigns import ListRef
from campaignctl.model.plan import Difference
from campaignctl.model.values import count_different, count_texts, number_changes, texts
from campaignctl.rendering.documents import DifferenceDocument, NumbersDocument
from campaignctl.text import HIDDEN, mask_number, mask_url

EXAMPLES: Final = 5
ONLY_HIDDEN: Final = "differs only in user info, query values or fragment, which are not shown"

_Mask: TypeAlias = Callable[[Value], Value]
"""From a value to what of it is shown, as JSON has it."""


def masked_spec(kind: Kind, spec: Mapping[str, Value], *, show_numbers: bool) -> dict[str, Value]:
    """Returns the fields of a manifest or a campaign that the table knows, in its order."""
    return {name: mask(spec[name]) for name, mask in _masks(kind.name, show_numbers) if name in spec}


@lru_cache
def _masks(kind: str, show_numbers: bool) -> Sequence[tuple[str, _Mask]]:
    """Makes a closure from each row of a kind, chosen once."""
    return [(field.name, mask_of(field, show_numbers)) for field in KINDS[kind].fields]


def mask_of(field: Field, show_numbers: bool) -> _Mask:
    """Returns the mask of a row.

    Whatever it does not know passes as it is: an answer may hold more than we asked for.
    """
    mask = _mask_by_secrecy(field.secrecy, show_numbers)
    if not field.fields:
        return mask
    members = {name: mask_of(member, show_numbers) for name, member in field.members.items()}

    def mask_object(value: Value) -> Value:
        if value.__class__ is not dict and not isinstance(value, Mapping):
            return mask(value)
        return {name: members.get(name, _as_it_is)(inner) for name, inner in value.items()}

    return mask_object


def _mask_by_secrecy(secrecy: Secrecy, show_numbers: bool) -> _Mask:
    match secrecy:
        case Secrecy.OPEN:
            return _jsonable
        case Secrecy.PEOPLE:
            return _numbers_shown if show_numbers else _numbers_counted
        case Secrecy.CALLBACK:
            return lambda value: mask_url(value) if isinstance(value, str) else _jsonable(value)
        case Secrecy.SECRET:
            return lambda _: HIDDEN


def _as_it_is(value: Value) -> Value:
    return value


_SCALARS: Final = frozenset({str, int, bool, NoneType})


def _jsonable(value: Value) -> Value:
    if value.__class__ in _SCALARS or value is None or isinstance(value, (str, int, Mapping)):
        return value
    return [_item(it) for it in value]


def _item(item: Value) -> Value:
    """Masks an item: a list of the project that is yet to come has no SID."""
    if isinstance(item, ListRef):
        return {"name": item.name, "sid": None} if item.sid is None else item.sid
    return item


def _numbers_counted(value: Value) -> Value:
    """Counts numbers; `distinct` counts what is written differently: whom a campaign calls that calls nobody twice."""
    if value is None:
        return None
    return {"count": count_texts(value), "distinct": count_different(value)}


def _numbers_shown(value: Value) -> Value:
    counted = _numbers_counted(value)
    return {**counted, "numbers": texts(value)} if isinstance(counted, dict) else counted


def difference_document(
    kind: Kind, it: Difference, country: Country | None, show_numbers: bool
) -> DifferenceDocument:
    """Makes a leaf before and after; of people's numbers what came and what went."""
    field = kind.by_path[it.field]
    if field.secrecy is Secrecy.PEOPLE:
        return _numbers_difference(it, country, show_numbers)
    mask = mask_of(field, show_numbers)
    before, after = mask(it.before), mask(it.after)
    document: DifferenceDocument = {"field": it.field, "before": before, "after": after}
    if field.secrecy is Secrecy.CALLBACK and before == after:
        document["note"] = ONLY_HIDDEN
    return document


def _numbers_difference(it: Difference, country: Country | None, show_numbers: bool) -> DifferenceDocument:
    before, after = texts(it.before), texts(it.after)
    gone, come = number_changes(before, after, country)
    return {
        "field": it.field,
        "before": {"count": len(before)},
        "after": {"count": len(after)},
        "added": _numbers(come, show_numbers),
        "removed": _numbers(gone, show_numbers),
    }


def _numbers(numbers: Sequence[str], show_numbers: bool) -> NumbersDocument:
    examples = list(numbers) if show_numbers else [mask_number(number) for number in numbers[:EXAMPLES]]
    return {"count": len(numbers), "examples": examples}
