"""Takes both texts apart: the pieces of a registered one, the places of a campaign's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import zip_longest
from typing import Final, TypeAlias

from campaignctl.diagnostics import shortened
from campaignctl.dlt.words import PLACEHOLDER, TAGS, VariableType
from campaignctl.tuples import NamedTuple

_ONE_PLACE: Final = re.compile(r"@@(\w+)|\r\n")
"""What is several characters and one place."""
_COLUMN: Final = "\udfff"
"""Stands for a column. No text that is read from a file holds it."""


SHOWN: Final = 20
"""Characters of either text that a message shows."""


class OpenPart(NamedTuple):
    """Holds what a registered text leaves open: the word in it, in lower case, and its type, None where it has
    none.
    """

    word: str
    type: VariableType | None

    @property
    def label(self) -> str:
        """Returns the open part as it is written, in lower case and not too long."""
        return f"{{#{shortened(self.word, SHOWN)}#}}"


Piece: TypeAlias = "str | OpenPart"
"""A fixed character, or a variable."""


class Registered:
    """Holds a registered text. `tags` give the types of its variables where the text has none."""

    def __init__(self, text: str, tags: Sequence[str] | None = None) -> None:
        self.text = text.replace("\r\n", "\n")
        given = [TAGS.get(tag.lower()) for tag in tags or ()]
        parts = PLACEHOLDER.split(self.text)
        self.fixed = tuple(parts[::2])
        """The fixed parts: before the first variable, between two, behind the last; some are empty."""
        words = [word.lower() for word in parts[1::2]]
        self.variables = tuple(
            OpenPart(word, TAGS.get(word) or tag)
            for word, tag in zip_longest(words, given[: len(words)], fillvalue=None)
            if word is not None
        )

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Returns fixed characters and variables, one after the other."""
        pieces: list[Piece] = list(self.fixed[0])
        for variable, part in zip(self.variables, self.fixed[1:], strict=True):
            pieces += [variable, *part]
        return tuple(pieces)


class Written:
    """Holds a campaign's text: a place for each character, one for a column and one for CR LF.

    `line` has one character for each place, `columns` the names of the columns by place, `offsets` where each place
    begins in the text as written, and at last the text's length.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.columns: Mapping[int, str] = {}
        if "@@" not in text and "\r\n" not in text:
            self.line: str = text
            self.offsets: Sequence[int] = range(len(text) + 1)
            return
        line, offsets, columns, at = list[str](), list[int](), dict[int, str](), 0
        for found in _ONE_PLACE.finditer(text):
            line.append(text[at : found.start()])
            offsets.extend(range(at, found.start()))
            if found[1] is not None:
                columns[len(offsets)] = found[1]
            line.append("\n" if found[1] is None else _COLUMN)
            offsets.append(found.start())
            at = found.end()
        self.line = "".join((*line, text[at:]))
        self.offsets = [*offsets, *range(at, len(text) + 1)]
        self.columns = columns


class Value(NamedTuple):
    """Holds what a variable stands for in a campaign's text: the places from `start` to before `end`."""

    variable: OpenPart
    start: int
    end: int
