"""Finds where a character of a text stands in its file: inside every style of scalar, after escapes and variables.

Pure: the file's text and a node in, a place out. A scalar is read once more, as libyaml reads it, with a place kept
for each of its characters; where that gives another text than libyaml did, the place is the scalar's own beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final, TypeAlias

from yaml.nodes import ScalarNode

from campaignctl.manifests.nodes import SURROGATES, Mark, json_as_yaml, mark_of
from campaignctl.manifests.substitution import origin
from campaignctl.tuples import NamedTuple


class _Character(NamedTuple):
    """Holds one character of a text, and which part of the source makes it."""

    value: str
    start: int
    end: int


_Characters: TypeAlias = Iterator[_Character]

_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_LINE: Final = re.compile("[^\n\r\x85\u2028\u2029]*")
_BLANKS: Final = " \t"
_GAP: Final = re.compile("[ \t\n\r\x85\u2028\u2029]+")
_PROPERTY: Final = re.compile("(?:[&!][^ \t\n\r]*|#[^\n\r]*|[ \t\n\r]+)")
_HEADER: Final = re.compile("[|>][-+0-9]*[ \t]*(?:#[^\n\r]*)?")
_ESCAPE: Final = re.compile("\\\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_ESCAPED: Final = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}


def place_of_character(
    text: str, node: ScalarNode, offset: int, variables: Mapping[str, str] | None = None
) -> Mark:
    """Returns line and column, from 0, of the character at an offset of what is read from a scalar; of the one
    behind its end at its length. `text` is what the node was composed from. With `variables` the offset is one of
    the text that they have filled in, and what a `${…}` made stands at that `${…}`.
    """
    own: str = node.value
    at = offset if variables is None else origin(own, variables, offset)
    characters = _spelt(text, node)
    if characters is None:
        return mark_of(node)
    if at < len(characters):
        return _mark(text, characters[at].start)
    return _mark(text, characters[-1].end) if characters else mark_of(node)


def place_in_json(text: str, mark: Mark) -> Mark:
    """Returns the place in a JSON file of what stands at `mark` in what `json_as_yaml` made of it."""
    line = text.split("\n")[mark.line] if mark.line <= text.count("\n") else ""
    longer = 0
    for halves in re.finditer(SURROGATES, line):
        if len(json_as_yaml(line[: halves.end()])) > mark.column:
            break
        longer = halves.end() - len(json_as_yaml(line[: halves.end()]))
    return Mark(mark.line, mark.column + longer)


def _mark(text: str, at: int) -> Mark:
    """Counts lines as libyaml does."""
    breaks = list(_BREAK.finditer(text, 0, at))
    return Mark(len(breaks), at - (breaks[-1].end() if breaks else 0))


def _spelt(text: str, node: ScalarNode) -> list[_Character] | None:
    """Returns every character of a scalar with its place; None where it cannot be told."""
    own: str = node.value
    start = node.start_mark.index
    while (skipped := _PROPERTY.match(text, start)) is not None:
        start = skipped.end()
    for characters in _readings(text, start, node.style or ""):
        found = list(islice(characters, len(own)))
        if "".join(it.value for it in found) == own:
            return found
    return None


def _readings(text: str, start: int, style: str) -> Iterator[_Characters]:
    """Yields the ways in which the scalar may be read; of a block one for each indentation, for that is the
    parent's, or given.
    """
    if style in ("'", '"'):
        yield _flow(text, start + 1, style)
    elif style in ("|", ">"):
        header = _HEADER.match(text, start)
        first = _BREAK.match(text, header.end()) if header else None
        if first:
            indents = sorted({len(it) for it in re.findall("(?m)^ *(?=[^ \n\r])", text[first.end() :])})
            yield from (_block(text, first.end(), indent, style == ">") for indent in _up_to(indents))
    else:
        yield _flow(text, start, "")


def _up_to(indents: list[int]) -> range:
    return range(1 if indents else 0, (indents[-1] if indents else 0) + 1)


def _flow(text: str, at: int, quote: str) -> _Characters:
    """Reads a plain or a quoted scalar: its line breaks are folded."""
    while at < len(text):
        gap = _GAP.match(text, at)
        if gap:
            yield from _folded_gap(text, gap.start(), gap.end())
            at = gap.end()
            continue
        character = _flow_character(text, at, quote)
        at = character.end
        if character.value:
            yield character
            continue
        gap = _GAP.match(text, at)  # an escaped line break: what is before it stays, what is behind it goes
        at = gap.end() if gap else at
        yield from _breaks(text, character.start, at, 1)


def _flow_character(text: str, at: int, quote: str) -> _Character:
    """Reads the character at a place that is no blank; of an escaped line break an empty one."""
    if quote == "'" and text.startswith("''", at):
        return _Character("'", at, at + 2)
    if quote != '"' or text[at] != "\\":
        return _Character(text[at], at, at + 1)
    if _BREAK.match(text, at + 1):
        return _Character("", at, at + 1)
    escape = _ESCAPE.match(text, at)
    if escape is None:
        return _Character(text[at], at, at + 1)
    code = escape[1] or escape[2] or escape[3]
    value = chr(int(code, 16)) if code else _ESCAPED.get(escape[4], escape[4])
    return _Character(value, at, escape.end())


def _folded_gap(text: str, start: int, end: int) -> _Characters:
    """Folds a gap: blanks within a line stay; one line break is a blank, and of several the first goes."""
    if not _BREAK.search(text, start, end):
        yield from (_Character(text[at], at, at + 1) for at in range(start, end))
        return
    first, *others = _BREAK.finditer(text, start, end)
    if first.group() in "\u2028\u2029":
        yield _Character(first.group(), *first.span())
    elif not others:
        yield _Character(" ", *first.span())
    yield from _breaks(text, start, end, 1)


def _breaks(text: str, start: int, end: int, skipped: int) -> _Characters:
    """Returns the line breaks of a part of the text, except for the first ones."""
    for found in islice(_BREAK.finditer(text, start, end), skipped, None):
        yield _break(found)


def _break(found: re.Match[str]) -> _Character:
    value = found.group() if found.group() in "\u2028\u2029" else "\n"
    return _Character(value, *found.span())


def _block(text: str, at: int, indent: int, folds: bool) -> _Characters:
    """Reads a block scalar of one indentation: literal, or folded where neither line begins with a blank."""
    waiting: list[_Character] = []
    blank = False
    while at < len(text):
        at, empty = _empty_lines(text, at, indent)
        line = _LINE.match(text, at)
        assert line is not None, "it matches nothing too"
        if text[at : at + indent].strip(" ") or not line.group():
            yield from waiting + empty
            return
        blank_before, blank = blank, text[at + indent] in _BLANKS
        if folds and waiting and waiting[0].value == "\n" and not blank_before and not blank:
            waiting = [] if empty else [waiting[0]._replace(value=" ")]
        yield from waiting + empty
        yield from (_Character(text[it], it, it + 1) for it in range(at + indent, line.end()))
        end = _BREAK.match(text, line.end())
        waiting, at = ([_break(end)], end.end()) if end else ([], len(text))
    yield from waiting


def _empty_lines(text: str, at: int, indent: int) -> tuple[int, list[_Character]]:
    """Skips the lines that hold nothing within the indentation; returns their line breaks, too."""
    breaks: list[_Character] = []
    while True:
        blanks = at
        while blanks < len(text) and blanks - at < indent and text[blanks] == " ":
            blanks += 1
        found = _BREAK.match(text, blanks)
        if found is None:
            return at, breaks
        breaks.append(_break(found))
        at = found.end()
