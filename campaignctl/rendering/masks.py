"""What may be seen of a secret: two digits of a phone number, the path of a callback."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

BULLET: Final = "•"
HIDDEN: Final = BULLET * 3

_ONE_DIGIT: Final = frozenset("17")
_TWENTIES_TO_FORTIES: Final = (20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49)
_FIFTIES_TO_NINETIES: Final = (*range(51, 59), *range(60, 67), 81, 82, 84, 86, *range(90, 96), 98)
_TWO_DIGITS: Final = frozenset(map(str, _TWENTIES_TO_FORTIES + _FIFTIES_TO_NINETIES))
"""Calling codes of one and two digits; all others have three, and none begins another (ITU-T E.164, seen 2026-11)."""

_PLAIN_URL: Final = re.compile(
    r"(https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9/._~-]*)?)(?:\?([A-Za-z0-9/._~=&%+-]+))?"
).fullmatch
"""What most are: nothing but host, path and query, and no character that `urlsplit` does anything about."""

_SHOWN: Final = 2
_FEWEST_HIDDEN: Final = 3


def calling_code(digits: str) -> str:
    """The calling code that the digits of an international number begin with."""
    if digits[:1] in _ONE_DIGIT:
        return digits[:1]
    return digits[:2] if digits[:2] in _TWO_DIGITS else digits[:3]


def mask_number(number: str) -> str:
    """Country code and last two digits; of what is too short to hide anything, none.

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
    """Without user info, and with the names of its query but not the values. What is no such URL is hidden whole.

    >>> mask_url("https://me:pw@example.com/hook?token=abc")
    'https://example.com/hook?token=•••'
    """
    plain = _PLAIN_URL(url)
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
