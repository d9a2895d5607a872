"""Hides what must not be seen of a text that others wrote: people's phone numbers and secrets of callbacks."""

from __future__ import annotations

import re
from functools import cache
from typing import Final
from urllib.parse import urlsplit, urlunsplit

BULLET: Final = "•"
HIDDEN: Final = BULLET * 3

_ONE_DIGIT: Final = frozenset("17")
_TWENTIES_TO_FORTIES: Final = (20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49)
_FIFTIES_TO_NINETIES: Final = (*range(51, 59), *range(60, 67), 81, 82, 84, 86, *range(90, 96), 98)
_TWO_DIGITS: Final = frozenset(map(str, _TWENTIES_TO_FORTIES + _FIFTIES_TO_NINETIES))
"""Calling codes of one and two digits; all others have three, and none begins another (ITU-T E.164, seen 2026-11)."""

_PLAIN_URL: Final = (
    r"(https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9/._~-]*)?)(?:\?([A-Za-z0-9/._~=&%+-]+))?"
)
"""What most are: nothing but host, path and query, and no character that `urlsplit` does anything about."""


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiles a pattern when it is first used: most commands have nothing to mask or to spell out, and it takes
    milliseconds.
    """
    return re.compile(pattern)


_SHOWN: Final = 2
_FEWEST_HIDDEN: Final = 3


def calling_code(digits: str) -> str:
    """Returns the calling code that the digits of an international number begin with."""
    if digits[:1] in _ONE_DIGIT:
        return digits[:1]
    return digits[:2] if digits[:2] in _TWO_DIGITS else digits[:3]


def mask_number(number: str) -> str:
    """Shows country code and last two digits of a number; of what is too short to hide anything, no digit.

    >>> mask_number("+919876543210")
    '+91••••••••10'
    >>> mask_number("09876543210")
    '•••••••••10'
    """
    digits = "".join(character for character in number if character in "0123456789")
    code = calling_code(digits) if number.strip().startswith("+") else ""
    own = digits[len(code) :]
    shown = own[-_SHOWN:] if len(own) >= _SHOWN + _FEWEST_HIDDEN else ""
    hidden = BULLET * max(len(own) - len(shown), _FEWEST_HIDDEN)
    return f"{'+' if code else ''}{code}{hidden}{shown}"


def mask_url(url: str) -> str:
    """Shows a URL without user info, and with the names of its query but not the values. What is no such URL is
    hidden completely.

    >>> mask_url("https://me:pw@example.com/hook?token=abc")
    'https://example.com/hook?token=•••'
    """
    plain = _compiled(_PLAIN_URL).fullmatch(url)
    if plain:
        rest, query = plain.groups()
        return f"{rest}?{_without_values(query)}" if query else url
    try:
        parts = urlsplit(url)
    except ValueError:
        return HIDDEN
    if not parts.scheme or not parts.netloc:
        return HIDDEN
    host = parts.netloc.rpartition("@")[2]
    query = _without_values(parts.query) if parts.query else ""
    return urlunsplit((parts.scheme, host, parts.path, query, HIDDEN if parts.fragment else ""))


def _without_values(query: str) -> str:
    return "&".join([_without_value(part) for part in query.split("&")])


def _without_value(part: str) -> str:
    name, equals, _ = part.partition("=")
    return f"{name}={HIDDEN}" if equals else HIDDEN


# ------------------------------------------------------------------------------------------- numbers within a text

_SIGN: Final = r"[^\W_]"
"""What a number that stands alone has on neither side: SIDs are made of both."""
_GROUP: Final = rf"\d{{1,15}}+(?!{_SIGN})"
_BETWEEN: Final = r"(?:%20|[\s\u200b-\u200f\u2060\ufeff.‐‑–+()\[\]-]){1,3}+"
"""What groups of digits stand apart by: a blank of any kind, also of no width, a line break, as a URL spells one."""
_RUN: Final = rf"(?:(?<!{_SIGN})|(?<=%2[0Bb]))[+(\[]{{0,3}}{_GROUP}(?:{_BETWEEN}{_GROUP})*"
"""Digits, however they are grouped. What has more than 15 in a row is no phone number: a DLT id has 19."""

_DAY: Final = (
    r"(?:(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0[1-9]|[12]\d|3[01])[-.](?:0[1-9]|1[0-2])[-.](?:19|20)\d\d)"
)
_MOMENT: Final = rf"{_DAY}(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| ?[+-]\d\d:?\d\d)?)?"
_MOMENTS: Final = rf"((?<![\d+(])(?<![\d)][ .-]){_MOMENT}(?:[ –-]{{1,3}}{_MOMENT})*(?![ .()-]{{0,2}}\d))"
"""Days and times, which are no numbers of people, unless digits stand right beside them."""

_OURS: Final = r"(?i:caller|sender)[ _-]?(?i:id)\W{0,4}$"
"""Before a number that is shown: who calls, not who is called."""
_FEWEST: Final = 8
_FEWEST_WITH_CODE: Final = 7
_LONGEST_NUMBER: Final = 15
_URL: Final = r"https?://[^\s<>\"'`]+"
_VERSION: Final = r"(?i)(?<=[a-z0-9]-)[0-9a-f]{16}(?![0-9a-f])"
"""What follows a list's name in the account's."""


def without_numbers(text: str) -> str:
    """Returns the same text with people's numbers in it masked, however they are written. Times, SIDs, DLT ids and
    caller ids stay.

    >>> without_numbers("98765 43210 called on 2027-01-15 09:00")
    '••••••••10 called on 2027-01-15 09:00'
    """
    if sum(map(str.isdigit, text)) < _FEWEST_WITH_CODE:
        return text
    parts = _compiled(_MOMENTS).split(text)
    parts[::2] = [_compiled(_RUN).sub(_masked_run, part) for part in parts[::2]]
    return "".join(parts)


def _masked_run(match: re.Match[str]) -> str:
    run = match.group()
    digits = "".join(str(int(sign)) for sign in run if sign.isdecimal())
    begins = run.lstrip("([")
    fewest = _FEWEST_WITH_CODE if begins.startswith("+") else _FEWEST
    if len(digits) < fewest or _compiled(_OURS).search(
        match.string, max(0, match.start() - 20), match.start()
    ):
        return run
    before = "" if run.count("(") == run.count(")") else run[: len(run) - len(begins)]
    one = begins.startswith("+") and len(digits) <= _LONGEST_NUMBER
    return before + mask_number(f"+{digits}" if one else digits)


def without_secrets(text: str) -> str:
    """Returns the words of an account, which may repeat what it was sent, without people's numbers, secrets of
    callbacks, and digits of a list's version, by which a list of one could be guessed.
    """
    text = _compiled(_VERSION).sub("•••", text)
    return without_numbers(_compiled(_URL).sub(lambda match: mask_url(match.group()), text))


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

_WORDS: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

NAME_LIMIT: Final = 100
TEXT_LIMIT: Final = 2500
"""A template has 2,000 characters: a reviewer sees all of it."""
MESSAGE_LIMIT: Final = 1000


@cache
def unsafe() -> re.Pattern[str]:
    """Returns the pattern that matches one unsafe character."""
    return re.compile("[" + "".join(f"{chr(low)}-{chr(high)}" for low, high in _RANGES) + "]")


def _visible(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    return _WORDS.get(character) or (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")


def visible(text: str) -> str:
    r"""Returns the same text with everything unsafe spelt out.

    >>> visible("a\x1b[31m")
    'a\\u001b[31m'
    """
    rest = _without_signs(text)
    return text if rest.isascii() and _is_printable(rest) else unsafe().sub(_visible, text)


def _without_signs(text: str) -> str:
    """Removes what is safe: what stands beside it is mostly ASCII, which is told in one look."""
    for sign in () if text.isascii() else _SIGNS:
        text = text.replace(sign, "")
        if text.isascii():
            break
    return text


def _is_printable(ascii_text: str) -> bool:
    """Tells what `isprintable` does, which looks each character up: of a long text that takes ten times as long."""
    if len(ascii_text) < _LONG:
        return ascii_text.isprintable()
    return not ascii_text.encode("ascii").translate(None, _PRINTABLE)


_LONG: Final = 64
_PRINTABLE: Final = bytes(range(0x20, 0x7F))


_SIGNS: Final = ("•", "–", "…", "→")
"""What masks leave of a secret, and what messages are written with."""


def cut(text: str, limit: int) -> str:
    """Cuts a text to `limit` characters, and says how long it was."""
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text):,} characters)"


def name(text: str) -> str:
    """Prepares a name for a headline: cut, not yet made visible."""
    return cut(text, NAME_LIMIT)


_COMMAND: Final = r"^(\s*):(?=:)|#(?=#(?:\[|vso\[|teamcity\[))"


def without_command(row: str) -> str:
    r"""Returns a row that no pipeline's log reader takes for a command of its own (`::error::`, `##[group]`,
    `##vso[…]`).

    >>> without_command("::set-env name=a::b")
    '\\u003a:set-env name=a::b'
    """
    if "::" not in row and "##" not in row:
        return row
    return _compiled(_COMMAND).sub(
        lambda match: f"{match.group(1) or ''}\\u{ord(match.group()[-1]):04x}", row
    )


def message(text: str) -> str:
    """Prepares a sentence that may quote a name: cut, not yet made visible."""
    return cut(text, MESSAGE_LIMIT)


def json_safe(text: str) -> str:
    """Escapes the unsafe characters in strings of written JSON, which then mean the same.

    A JSON writer leaves one ASCII character as it is: delete.
    """
    plain = _without_signs(text).isascii() and "\x7f" not in text
    return text if plain else unsafe().sub(_json_escape, text)


def _json_escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
