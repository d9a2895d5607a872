"""Writes the fields of a change, one fact each: all of a new campaign, the differences of one that is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from campaignctl.kinds.table import Value
from campaignctl.rendering.changes import number_count, written
from campaignctl.rendering.documents import BriefChangeDocument, DifferenceDocument, NumbersDocument
from campaignctl.rendering.report import Fact
from campaignctl.text import TEXT_LIMIT, cut

_MOST_ITEMS: Final = 20
"""Of an array that changed: a reviewer reads no more, and a page must stay small."""


def facts(change: BriefChangeDocument) -> Iterator[Fact]:
    """Yields the facts in the order of the field table."""
    if any(each["op"] == "create" for each in (*change["operations"], *change["held"])):
        yield from field_facts(change["resulting"])
    sent = {field for operation in change["operations"] for field in operation["fields"]}
    for difference in change["diff"]:
        unsent = difference["field"].partition(".")[0] not in sent
        yield difference_fact(difference, "not sent" if unsent else "")


def field_facts(values: Mapping[str, Value], prefix: str = "") -> Iterator[Fact]:
    """Yields all that is declared, without the name, which stands above it."""
    for field, value in values.items():
        if field == "from" and isinstance(value, dict):
            yield Fact(field, None, (_people(value),))
        elif isinstance(value, dict):
            yield from field_facts(value, f"{prefix}{field}.")
        elif prefix or field != "name":
            yield Fact(f"{prefix}{field}", None, (_cut(value),))


def _people(value: Mapping[str, Value]) -> str:
    count, distinct = value.get("count"), value.get("distinct")
    return (
        number_count(count) if count == distinct else f"{number_count(count)}, {distinct} of them different"
    )


def difference_fact(difference: DifferenceDocument, note: str = "") -> Fact:
    """Makes a fact of before and after; of numbers and of arrays what went and what came."""
    field, before, after = difference["field"], difference["before"], difference["after"]
    note = ", ".join(part for part in (note, difference.get("note", "")) if part)
    if "added" in difference and isinstance(before, dict) and isinstance(after, dict):
        return Fact(
            field,
            (number_count(before.get("count")), *_numbers("without", difference["removed"])),
            (number_count(after.get("count")), *_numbers("with", difference["added"])),
            note,
        )
    if isinstance(before, list | tuple) and isinstance(after, list | tuple):
        return _array(field, before, after, note)
    return Fact(field, (_cut(before),), (_cut(after),), note)


def _numbers(word: str, numbers: NumbersDocument) -> tuple[str, ...]:
    if not numbers["count"]:
        return ()
    rest = numbers["count"] - len(numbers["examples"])
    more = f" and {rest:,} more" if rest else ""
    return (f"{word} {number_count(numbers['count'])}: {', '.join(numbers['examples'])}{more}",)


def _array(field: str, before: Sequence[Value], after: Sequence[Value], note: str) -> Fact:
    gone, come = Counter(map(written, before)), Counter(map(written, after))
    sizes = f"{len(before):,} → {len(after):,}"
    noted = ", ".join(part for part in (sizes, note) if part)
    return Fact(field, _items((gone - come).elements()), _items((come - gone).elements()), noted)


def _items(items: Iterator[str]) -> tuple[str, ...]:
    shown = [cut(item, TEXT_LIMIT) for item in items]
    rest = len(shown) - _MOST_ITEMS
    return (*shown[:_MOST_ITEMS], f"and {rest:,} more") if rest > 0 else tuple(shown)


def _cut(value: Value) -> str:
    return cut(written(value), TEXT_LIMIT)
