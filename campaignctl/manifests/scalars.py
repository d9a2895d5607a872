"""Reads one text by its field's row: what it is, and what is wrong with it. The rules stand in the tables."""

from __future__ import annotations

import re
from typing import Final

from campaignctl.diagnostics import counted, did_you_mean, quoted
from campaignctl.kinds.table import Bound, Field, Role, Secrecy
from campaignctl.text import without_numbers

NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
"""Plain, these mean *unset* in every field (YAML 1.2 core)."""

BOOLEANS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}

_INTEGER = re.compile("[-+]?[0-9]{1,18}|0o[0-7]{1,18}|0x[0-9a-fA-F]{1,15}")


class FaultyError(Exception):
    """Reports a value that its field does not take: `rule` for programs, `message` for people."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule, self.message = rule, message


def check_text(field: Field, text: str) -> str:
    """Checks a text and returns it.

    Raises:
        FaultyError: where it breaks one of the row's rules. The text is quoted only if the row lets it be seen.
    """
    if field.choices:
        _check_choice(field, text)
    if field.format is not None:
        _check_format(field, text)
    if field.bound is Bound.LENGTH:
        check_limits(field, len(text))
    return text


def _check_choice(field: Field, text: str) -> None:
    if text in field.choices or (field.any_case and text.lower() in map(str.lower, field.choices)):
        return
    for word, instead in field.retired:
        if text == word:
            raise FaultyError("choice", f"{quoted(text)} {instead}")
    words = ", ".join(field.choices)
    raise FaultyError(
        "choice", f"{quoted(without_numbers(text))} is none of {words}{did_you_mean(text, field.choices)}"
    )


def _check_format(field: Field, text: str) -> None:
    rules = field.format
    assert rules is not None
    if not rules.matches(text):
        as_written = field.role in _SHOWN_AS_WRITTEN or _SHARE.fullmatch(text)
        plain = text if as_written else without_numbers(text)
        shown = quoted(plain) if field.secrecy is Secrecy.OPEN else "it"
        raise FaultyError("format", f"{shown} {rules.slip(text) or f'must be {rules.words}'}")


_SHOWN_AS_WRITTEN: Final = frozenset({Role.CALLER, Role.NAME})
"""Where digits are no number of somebody who is called. Anywhere else one may have been put into the wrong field."""


_SHARE: Final = re.compile(r"-?0?\.[0-9]{1,8}")
"""Less than one, of fewer digits than anybody's number has: it is an amount or a share that is too exact."""


def check_limits(field: Field, count: int) -> None:
    """Checks how long a text is, how many items there are, how large a number is.

    Raises:
        FaultyError: below the row's minimum or above its maximum.
    """
    if field.minimum is not None and count < field.minimum:
        raise FaultyError(
            "limit", _beyond(field.bound, count, ("few", "small"), f"{field.minimum:,} at least")
        )
    if field.maximum is not None and count > field.maximum:
        raise FaultyError(
            "limit", _beyond(field.bound, count, ("many", "large"), f"{field.maximum:,} at most")
        )


_LIKE_A_NUMBER: Final = 10_000_000
"""From here on it may be somebody's number that was put into the wrong field."""


def _beyond(bound: Bound, count: int, words: tuple[str, str], limit: str) -> str:
    if bound is Bound.VALUE:
        shown = f"{count:,}" if abs(count) < _LIKE_A_NUMBER else f"a number of {len(str(abs(count)))} digits"
        return f"{shown} is too {words[1]}, {limit}"
    return f"{counted(count, f'{bound.value[:-1]} is', f'{bound.value} are')} too {words[0]}, {limit}"


def read_integer(field: Field, text: str) -> int:
    """Reads an integer by the YAML 1.2 core rules.

    Raises:
        FaultyError: no whole number, or beyond the row's limits.
    """
    if not _INTEGER.fullmatch(text):
        raise FaultyError("type", f"must be a whole number, not {quoted(without_numbers(text))}")
    value = int(text, 0 if text.startswith(("0o", "0x")) else 10)
    check_limits(field, value)
    return value


def read_boolean(text: str) -> bool:
    """Reads a boolean by the YAML 1.2 core rules: `yes` and `on` are no booleans.

    Raises:
        FaultyError: neither true nor false.
    """
    if text not in BOOLEANS:
        raise FaultyError("type", f"must be true or false, not {quoted(without_numbers(text))}")
    return BOOLEANS[text]
