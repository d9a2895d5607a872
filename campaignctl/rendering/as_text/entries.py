"""Writes an entry of a report: a headline with its sign, what it means for people, the fields, how it is allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from campaignctl.rendering.changes import number_count
from campaignctl.rendering.lines import AnyLine, Line, Style
from campaignctl.rendering.pages import more_than
from campaignctl.rendering.report import About, Entry, Fact, GoneAndCome, Items, Sign, Tone
from campaignctl.text import name
from campaignctl.tuples import NamedTuple

_SHORT: Final = 60
"""Characters up to which before and after stand on one line."""
_SIGNS: Final[Mapping[Sign, tuple[str, Style]]] = {
    Sign.CREATE: ("+", Style.CREATE),
    Sign.CHANGE: ("~", Style.UPDATE),
    Sign.HELD: ("!", Style.UPDATE),
    Sign.STOP: ("!", Style.STOP),
    Sign.END: ("-", Style.ENDING),
    Sign.DONE: ("~", Style.CREATE),
}


_PLAIN: Final = Style.PLAIN


class _Wording(NamedTuple):
    """Says how a sentence is written, and where: above the fields, under them, or last. `style` None: by its tone."""

    label: str = ""
    style: Style | None = None
    part: int = 0


_WORDINGS: Final[Mapping[About, _Wording]] = {
    About.EFFECT: _Wording(),
    About.WHY: _Wording("why: "),
    About.STAYS: _Wording("why: "),
    About.STATUS: _Wording("status: "),
    About.ERROR: _Wording("error: ", Style.GONE),
    About.OPERATIONS: _Wording("operations: "),
    About.DOUBT: _Wording(style=Style.ALERT),
    About.REMARK: _Wording(style=Style.ALERT),
    About.HELD: _Wording("held: ", Style.UPDATE, 1),
    About.NOTE: _Wording("note: ", Style.QUIET, 2),
    About.NEXT: _Wording("next: ", part=2),
}
"""What an aside says stands in the headline."""
_STYLES: Final[Mapping[Tone, Style]] = {Tone.SOON: Style.ALERT, Tone.FINAL: Style.STOP}


def entry_lines(entry: Entry) -> list[AnyLine]:
    """Returns the lines of an entry, its headline first: the short form of a list is made of headlines."""
    sign, style = _SIGNS[entry.sign]
    above: list[AnyLine] = [(f"{sign} {entry.title}: {entry.does}{_aside(entry)}", 0, style, False)]
    held: list[AnyLine] = []
    last: list[AnyLine] = []
    if entry.dates:
        above.append(Line(f"{entry.dates}; the first:", 1))
    for text, tone, about in entry.says():
        row = _WORDINGS.get(about)
        if row is not None:
            label, style_of_row, part = row
            line = f"{label}{text}", 1, style_of_row or _STYLES.get(tone, _PLAIN), False
            (above, held, last)[part].append(line)
    for label, value, numbers in entry.declared():
        above.append((f"{label}: {value}", 2, _PLAIN, False))
        if numbers:
            above += _in_tens("", numbers, _PLAIN)
    for fact in entry.facts():
        above += fact_lines(fact)
    return [*above, *held, *_allowing(entry), *last]


def _aside(entry: Entry) -> str:
    if entry.place is not None:
        return f"  ({name(entry.place.file)}:{entry.place.line})"
    return f"  ({entry.aside})" if entry.aside else ""


def _allowing(entry: Entry) -> Sequence[Line]:
    commands = [Line(f"to allow: {command}", 1, unwrapped=True) for command in entry.commands]
    if not entry.in_manifest:
        return commands
    return [*commands, Line(f"or {entry.in_manifest} in the manifest", 1)]


def fact_lines(fact: Fact) -> list[Line]:
    """Returns the lines of a field before and after; of a field of many what went and what came."""
    label = f"{fact.label} ({fact.aside})" if fact.aside else fact.label
    if fact.before is None:
        return [Line(f"{label}: {fact.after}", 2)]
    if fact.moved is not None:
        return [*_moved(label, fact, fact.moved)]
    if fact.note:
        return [Line(f"{label}: {fact.after} ({fact.note})", 2)]
    if len(fact.before) + len(fact.after) <= _SHORT:
        return [Line(f"{label}: {fact.before} → {fact.after}", 2)]
    gone, come = Line(f"- {fact.before}", 3, Style.GONE), Line(f"+ {fact.after}", 3, Style.GOOD)
    return [Line(f"{label}:", 2), gone, come]


def _moved(label: str, fact: Fact, moved: GoneAndCome) -> Iterator[Line]:
    gone, come = moved.gone, moved.come
    if moved.numbers:
        yield Line(f"{label}: {fact.before} → {fact.after}", 2)
        yield from _numbers("-", gone, Style.GONE)
        yield from _numbers("+", come, Style.GOOD)
        return
    yield Line(f"{label}: {fact.before} → {fact.after}, +{come.number:,} -{gone.number:,}", 2)
    yield from (Line(f"- {item}", 3, Style.GONE) for item in gone.shown)
    yield from (Line(f"+ {item}", 3, Style.GOOD) for item in come.shown)


def _numbers(mark: str, numbers: Items, style: Style) -> Iterator[Line]:
    if numbers.number:
        start = f"{mark} {number_count(numbers.number)}: "
        yield from _in_tens(start, numbers.shown, style, more_than(numbers))


def _in_tens(start: str, numbers: Sequence[str], style: Style, more: str = "") -> Iterator[Line]:
    """Writes numbers ten to a line, so that five thousand of them stay readable."""
    for first in range(0, len(numbers), 10):
        last = more if first + 10 >= len(numbers) else ","
        before = start if first == 0 else " " * len(start)
        yield Line(f"{before}{', '.join(numbers[first : first + 10])}{last}", 3, style)
