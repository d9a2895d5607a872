"""Makes facts of the fields of a change: all of a new campaign, the differences of one that is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from campaignctl.kinds.table import Value
from campaignctl.model.values import texts
from campaignctl.rendering.changes import number_count, written
from campaignctl.rendering.documents import BriefChangeDocument, DifferenceDocument, NumbersDocument
from campaignctl.rendering.report import Declared, Fact, GoneAndCome, Items


def declared(change: BriefChangeDocument) -> Iterable[Declared]:
    """Returns the fields of a new campaign; those of one that is there are no news."""
    creates = any(each["op"] == "create" for each in (*change["operations"], *change["held"]))
    return declared_fields(change["resulting"]) if creates else ()


def declared_fields(values: Mapping[str, Value], prefix: str = "") -> Iterator[Declared]:
    """Yields all that is declared, in the order of the field table, without the name, which stands above it."""
    for field, value in values.items():
        if value.__class__ is not dict:
            if prefix or field != "name":
                yield prefix + field, written(value), ()
        elif field == "from":
            yield _numbers(value)
        else:
            yield from declared_fields(value, f"{prefix}{field}.")


def _numbers(value: Mapping[str, Value]) -> Declared:
    count, distinct = value.get("count"), value.get("distinct")
    twice = "" if count == distinct else f", {distinct} of them different"
    return "from", f"{number_count(count)}{twice}", texts(value.get("numbers"))


def facts(change: BriefChangeDocument) -> list[Fact]:
    """Returns the fields that differ."""
    if not change["diff"]:
        return []
    sent = {field for operation in change["operations"] for field in operation["fields"]}
    return [
        difference_fact(each, "" if each["field"].partition(".")[0] in sent else "not sent")
        for each in change["diff"]
    ]


def difference_fact(difference: DifferenceDocument, aside: str = "") -> Fact:
    """Makes a fact of before and after; of numbers and of arrays what went and what came."""
    field, before, after = difference["field"], difference["before"], difference["after"]
    note = difference.get("note", "")
    if "added" in difference and isinstance(before, dict) and isinstance(after, dict):
        moved = GoneAndCome(_items(difference["removed"]), _items(difference["added"]), numbers=True)
        counts = number_count(before.get("count")), number_count(after.get("count"))
        return Fact(field, *counts, note, aside, moved)
    if isinstance(before, list | tuple) and isinstance(after, list | tuple):
        return Fact(field, f"{len(before):,}", f"{len(after):,}", note, aside, _moved(before, after))
    return Fact(field, written(before), written(after), note, aside)


def _items(numbers: NumbersDocument) -> Items:
    return Items(numbers["count"], numbers["examples"])


def _moved(before: Sequence[Value], after: Sequence[Value]) -> GoneAndCome:
    """Compares arrays; an item that stands twice counts twice."""
    was, becomes = Counter(map(written, before)), Counter(map(written, after))
    gone, come = list((was - becomes).elements()), list((becomes - was).elements())
    return GoneAndCome(Items(len(gone), gone), Items(len(come), come))
