"""Finds what makes an SMS longer: the characters outside GSM-7, and what could stand instead.

Printed, never put in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from campaignctl.tuples import NamedTuple

SINGLE_QUOTES: Final = "‘’‚‛′´`"
DOUBLE_QUOTES: Final = "“”„‟″«»"
DASHES: Final = "‐‑‒–—―−"
"""What looks like `'`, like `"`, like `-`."""

_INSTEAD: Final = (
    (SINGLE_QUOTES, "'"),
    (DOUBLE_QUOTES, '"'),
    (DASHES, "-"),
    ("…", "..."),
    ("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\t", " "),
    ("\u00ad\u200b\u2060\ufeff", ""),
    ("•·", "-"),
    ("₹", "Rs."),
)

REPLACEMENTS: Final[Mapping[str, str]] = {
    character: instead for characters, instead in _INSTEAD for character in characters
}
"""What stands for a character in GSM-7. Joiners and letters have none: without them it is another text."""


class Beyond(NamedTuple):
    """Holds the first character of a text outside GSM-7, at an `offset` in characters.

    `others` counts those after it; `replaced` is the text, without its variables, with what could stand instead of
    each of them, None where one has no replacement: a text in another script is no slip.
    """

    offset: int
    character: str
    others: int
    replaced: str | None

    @property
    def code(self) -> str:
        """Returns its code point: `U+2019`."""
        return code_point(self.character)

    @property
    def name(self) -> str:
        """Returns its name in Unicode; the code where it has none."""
        return name_of(self.character)

    def says(self, segments: int | None) -> str:
        """Says what is wrong with it, for a message; `segments` is as `TextEstimate.replaced_segments`."""
        says = f"{named_sign(self.character, self.code, self.name)} is outside GSM-7"
        if self.replacement is None:
            return f"{says}; shorten the text"
        less = f", and it would be {segments:,} with all such characters replaced" if segments else ""
        return f"{says}; write {instead(self.replacement)} instead{less}"

    @property
    def replacement(self) -> str | None:
        """Returns what could stand instead of it; empty for what nobody sees."""
        return REPLACEMENTS.get(self.character)


def beyond(text: str, fixed: Sequence[int], alphabet: frozenset[str]) -> Beyond | None:
    """Returns what of a text lies outside an alphabet; `fixed` are the offsets that no variable fills."""
    offsets = [offset for offset in fixed if text[offset] not in alphabet]
    if not offsets:
        return None
    replaced = None
    if all(text[offset] in REPLACEMENTS for offset in offsets):
        characters = (text[offset] for offset in fixed)
        replaced = "".join(it if it in alphabet else REPLACEMENTS[it] for it in characters)
    return Beyond(offsets[0], text[offsets[0]], len(offsets) - 1, replaced)


def code_point(character: str) -> str:
    """Writes a code point: `U+2019`."""
    return f"U+{ord(character):04X}"


def name_of(character: str) -> str:
    """Returns a character's name in Unicode; the code where it has none."""
    import unicodedata  # half a megabyte, and few texts hold such a character

    return unicodedata.name(character, code_point(character))


def named_sign(character: str, code: str, name: str) -> str:
    """Writes a character with code and name: `’ (U+2019 RIGHT SINGLE QUOTATION MARK)`; what nobody sees by its code
    and name alone.
    """
    called = code if name == code else f"{code} {name}"
    return f"{character} ({called})" if character.isprintable() and not character.isspace() else called


def instead(replacement: str | None) -> str:
    """Names a replacement as a sentence does."""
    return {"": "nothing", " ": "a blank"}.get(replacement or "", replacement or "")
