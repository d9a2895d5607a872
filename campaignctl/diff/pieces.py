"""Finds what changed inside of one value: which items of a list came and went, which words of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal, TypedDict

from campaignctl.kinds.table import Value

_MOST_TOKENS: Final = 5_000
"""Beyond that comparing takes seconds: the one text goes, the other comes."""


class TextPieceDocument(TypedDict):
    """Holds a part of a text."""

    op: Literal["equal", "delete", "insert"]
    """Without what is inserted the parts make the text of before, without what is deleted that of after."""
    text: str


def text_pieces(before: str, after: str) -> list[TextPieceDocument]:
    """Compares texts by words; by lines where one of them has several."""
    from difflib import SequenceMatcher  # where a text changed

    by_lines = "\n" in before.strip("\n") or "\n" in after.strip("\n")
    one, other = (_tokens(text, by_lines) for text in (before, after))
    if max(len(one), len(other)) > _MOST_TOKENS:
        return _pieces((("delete", one), ("insert", other)))
    pieces: list[tuple[Literal["equal", "delete", "insert"], Sequence[str]]] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("equal", one[i1:i2]))
        else:
            pieces += [("delete", one[i1:i2]), ("insert", other[j1:j2])]
    return _pieces(pieces)


def _tokens(text: str, by_lines: bool) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text) if by_lines else re.findall(r"\s+|\S+", text)


def _pieces(
    found: Sequence[tuple[Literal["equal", "delete", "insert"], Sequence[str]]],
) -> list[TextPieceDocument]:
    return [{"op": op, "text": "".join(tokens)} for op, tokens in found if tokens]


def only_in(one: Value, other: Value) -> list[Value]:
    """Returns the items that a list holds more often than another; an unset one is empty."""
    left = list(other) if isinstance(other, list | tuple) else []
    return list(_more(one if isinstance(one, list | tuple) else (), left))


def _more(items: Sequence[Value], left: list[Value]) -> Iterator[Value]:
    for item in items:
        if item in left:
            left.remove(item)
        else:
            yield item


def is_list(before: Value, after: Value) -> bool:
    """Tells whether a value is a list, on one side at least, and nothing else on the other."""
    sides = [it for it in (before, after) if it is not None]
    return bool(sides) and all(isinstance(it, list | tuple) for it in sides)
