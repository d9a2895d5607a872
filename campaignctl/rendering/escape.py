"""Text from outside, made safe for one line of a terminal or a log.

Campaign names and contents come from other people and other systems. A control character could move the cursor
or forge a line, a bidi mark could show a name as another one, an invisible letter could make two look the same.
"""

from __future__ import annotations

import re
from typing import Final

_RANGES: Final = (
    (0x00, 0x1F),  # C0 controls: escape, line breaks, tab
    (0x7F, 0x9F),  # delete, C1 controls
    (0xAD, 0xAD),  # soft hyphen
    (0x34F, 0x34F),  # grapheme joiner
    (0x600, 0x605),
    (0x61C, 0x61C),  # Arabic letter mark
    (0x6DD, 0x6DD),
    (0x70F, 0x70F),
    (0x890, 0x891),
    (0x8E2, 0x8E2),
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),  # zero-width, left-to-right and right-to-left marks
    (0x2028, 0x202E),  # line and paragraph separators, bidi embeddings and overrides
    (0x2060, 0x206F),  # word joiner, bidi isolates
    (0x3164, 0x3164),
    (0xD800, 0xDFFF),  # lone surrogates cannot be written as UTF-8
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
    (0x110BD, 0x110BD),
    (0x110CD, 0x110CD),
    (0x13430, 0x1343F),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),  # tags: a text within the text
)
"""Unicode categories Cc, Cf, Cs, Zl and Zp, and the letters that are not seen."""

UNSAFE: Final = re.compile("[" + "".join(f"{chr(low)}-{chr(high)}" for low, high in _RANGES) + "]")
_WORDS: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

NAME_LIMIT: Final = 100
TEXT_LIMIT: Final = 2500
"""A template has 2,000 characters: a reviewer sees all of it."""
MESSAGE_LIMIT: Final = 1000


def _visible(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    return _WORDS.get(character) or (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")


def visible(text: str) -> str:
    """The same text with everything unsafe spelt out.

    >>> visible("a\\x1b[31m")
    'a\\\\u001b[31m'
    """
    rest = _without_masks(text)
    return text if rest.isascii() and rest.isprintable() else UNSAFE.sub(_visible, text)


def _without_masks(text: str) -> str:
    """What masks leave of a secret is safe: what stands beside it is mostly ASCII, which is told in one look."""
    return text if text.isascii() else text.replace("•", "")


def cut(text: str, limit: int) -> str:
    """At most `limit` characters and a word on how long it was."""
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text):,} characters)"


def name(text: str) -> str:
    """A name for a headline: cut, not yet made visible."""
    return cut(text, NAME_LIMIT)


_COMMAND: Final = re.compile(r"^(\s*):(?=:)|#(?=#(?:\[|vso\[|teamcity\[))")


def without_command(row: str) -> str:
    """A row that no pipeline's log reader takes for a command of its own (`::error::`, `##[group]`, `##vso[…]`).

    >>> without_command("::set-env name=a::b")
    '\\\\u003a:set-env name=a::b'
    """
    if "::" not in row and "##" not in row:
        return row
    return _COMMAND.sub(lambda match: f"{match.group(1) or ''}\\u{ord(match.group()[-1]):04x}", row)


def message(text: str) -> str:
    """A sentence that may quote a name: cut, not yet made visible."""
    return cut(text, MESSAGE_LIMIT)


def json_safe(text: str) -> str:
    """For written JSON: the unsafe characters inside its strings as JSON escapes, which mean the same.

    Of ASCII whoever writes JSON leaves one as it is: delete.
    """
    plain = _without_masks(text).isascii() and "\x7f" not in text
    return text if plain else UNSAFE.sub(_json_escape, text)


def _json_escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
