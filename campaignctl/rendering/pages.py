"""Says how pages, comments and annotations tell an entry: in which words, and how much of a field a reviewer reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from campaignctl.rendering.changes import number_count
from campaignctl.rendering.report import About, Entry, Fact, Items, Said, Tone
from campaignctl.text import TEXT_LIMIT, cut
from campaignctl.tuples import NamedTuple

_MOST_ITEMS: Final = 20
"""Of an array that changed: a reviewer reads no more, and a page must stay small."""
_LABELS: Final[Mapping[About, str]] = {
    About.EFFECT: "",
    About.WHY: "Why: ",
    About.STAYS: "",
    About.HELD: "Held: ",
    About.NOTE: "Note: ",
    About.ERROR: "Error: ",
    About.OPERATIONS: "Operations: ",
    About.NEXT: "Next: ",
    About.DOUBT: "Why: ",
    About.REMARK: "",
    About.ASIDE: "",
}
"""The status before and after is not told: what is done says it."""


class Cells(NamedTuple):
    """Holds a field as a table shows it: an item each of what was and of what will be."""

    label: str
    before: tuple[str, ...] | None
    after: tuple[str, ...]
    note: str


def says(entry: Entry) -> Iterator[Said]:
    """Yields the sentences: first what it means for people, last how what is held may be allowed."""
    dates = f"{entry.dates}; the first " if entry.dates else ""
    for said in entry.says:
        label = _LABELS.get(said.about)
        if label is not None:
            yield said._replace(text=f"{dates}{label}{said.text}")
            dates = ""
    if entry.in_manifest:
        yield Said(f"To allow it, write {entry.in_manifest} in the manifest, or give:")


def telling(entry: Entry) -> Iterator[Said]:
    """Yields what a reader needs at once: what it means for people, why, and what is near or cannot be undone."""
    for place, said in enumerate(says(entry)):
        if place == 0 or said.tone in (Tone.SOON, Tone.FINAL) or said.about in (About.WHY, About.DOUBT):
            yield said


def cells(entry: Entry) -> Iterator[Cells]:
    """Yields the fields, each cut to what a reviewer reads."""
    for label, value, _ in entry.declared:
        yield Cells(label, None, (cut(value, TEXT_LIMIT),), "")
    yield from map(cells_of, entry.facts)


def cells_of(fact: Fact) -> Cells:
    """Cuts a field that differs."""
    note = ", ".join(part for part in (fact.aside, fact.note) if part)
    if fact.before is None:
        return Cells(fact.label, None, (fact.after,), note)
    moved = fact.moved
    if moved is None:
        return Cells(fact.label, (cut(fact.before, TEXT_LIMIT),), (cut(fact.after, TEXT_LIMIT),), note)
    if moved.numbers:
        before = (fact.before, *_numbers("without", moved.gone))
        return Cells(fact.label, before, (fact.after, *_numbers("with", moved.come)), note)
    sizes = f"{fact.before} → {fact.after}"
    noted = f"{sizes}, {note}" if note else sizes
    return Cells(fact.label, _items(moved.gone), _items(moved.come), noted)


def _numbers(word: str, numbers: Items) -> tuple[str, ...]:
    if not numbers.number:
        return ()
    return (f"{word} {number_count(numbers.number)}: {', '.join(numbers.shown)}{more_than(numbers)}",)


def more_than(items: Items) -> str:
    """Says how many more there are than are shown; empty where all are."""
    rest = items.number - len(items.shown)
    return f" and {rest:,} more" if rest else ""


def _items(items: Items) -> tuple[str, ...]:
    shown = tuple(cut(item, TEXT_LIMIT) for item in items.shown[:_MOST_ITEMS])
    rest = items.number - len(shown)
    return (*shown, f"and {rest:,} more") if rest > 0 else shown
