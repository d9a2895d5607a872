"""Says a difference in a sentence: both signs, what was probably meant, and what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from campaignctl.diagnostics import shortened
from campaignctl.dlt.difference import Edit, FirstDifference
from campaignctl.dlt.texts import SHOWN, OpenPart
from campaignctl.dlt.words import VariableType
from campaignctl.model.dlt_checks import Slip
from campaignctl.model.ucs2 import code_point, name_of, named_sign

_CONTROLS: Final[Mapping[str, str]] = MappingProxyType(
    {"\n": "(a line break)", "\r": "(a carriage return)", "\t": "(a tab)"}
)

_MEANT: Final[Mapping[Slip, str]] = MappingProxyType(
    {
        Slip.NORMAL_FORM: "it looks the same and is composed of other code points",
        Slip.COLUMN: "the text is fixed there, and no variable",
        Slip.BLANK: "blanks count one by one, each by its kind",
        Slip.QUOTE: "it is another kind of quotation mark",
        Slip.DASH: "it is another kind of dash",
        Slip.INVISIBLE: "nobody sees the sign, and yet it counts",
        Slip.CASE: "letter case counts",
    }
)
_ENDS: Final = (
    "the text ends in a line break; leave it out, in a block scalar by |- instead of | or >- instead of >"
)
_SHOULD_END: Final = (
    "the registered text ends in a line break; where it does not in the portal, leave it out there, in a block scalar "
    "by |- instead of | or >- instead of >"
)


def difference_message(difference: FirstDifference, template_id: str) -> str:
    """Writes a difference: `at character 18 stands U+00A0 NO-BREAK SPACE, and template 1107… has U+0020 SPACE
    there: …`.
    """
    meant = _meant(difference)
    return (
        f"{_where(difference)} stands {_found(difference)}, and template {template_id} has "
        f"{_expected(difference)} there{f': {meant}' if meant else ''}"
    )


def _where(difference: FirstDifference) -> str:
    """Says where a difference is. What is missing has no character of its own: it is told by the one before it."""
    if difference.edit is not Edit.PUT_IN:
        return f"at character {difference.offset + 1}"
    return f"behind character {difference.offset}" if difference.offset else "at the beginning"


def _meant(difference: FirstDifference) -> str:
    if difference.slip is Slip.LINE_BREAK_AT_END:
        return _ENDS if difference.expected is None else _SHOULD_END
    if difference.edit is Edit.PUT_IN and difference.behind is not None:
        return f"{difference.behind.label} before it takes one character at least"
    return _MEANT[difference.slip] if difference.slip is not None else ""


def _found(difference: FirstDifference) -> str:
    if difference.column is not None:
        return f"the column @@{shortened(difference.column, SHOWN)}"
    return "nothing" if difference.found is None else _sign(difference.found)


def _expected(difference: FirstDifference) -> str:
    expected = difference.expected
    if isinstance(expected, OpenPart):
        return f"{expected.label}, which needs a value,"
    return "nothing" if expected is None else _sign(expected)


def _sign(sign: str) -> str:
    """Names a sign as `named_sign` does; a mark without its letter by its code point."""
    name = _CONTROLS.get(sign) or name_of(sign)
    is_mark = unicodedata.category(sign).startswith("M")
    return f"{code_point(sign)} {name}" if is_mark else named_sign(sign, code_point(sign), name)


def difference_details(difference: FirstDifference) -> tuple[tuple[str, str | int | None], ...]:
    """Returns the difference for programs: `expected` None is nothing or a variable, `found` None nothing or a
    column.
    """
    expected = None if isinstance(difference.expected, OpenPart) else difference.expected
    return (
        ("offset", difference.offset),
        ("expected", code_point(expected) if expected else None),
        ("found", code_point(difference.found) if difference.found else None),
        ("slip", difference.slip),
    )


_MUST_BE: Final[Mapping[VariableType, str]] = MappingProxyType(
    {
        VariableType.NUMERIC: "digits",
        VariableType.CBN: "digits with or without + before them",
        VariableType.EMAIL: "one e-mail address",
        VariableType.URL: "an address without blanks",
        VariableType.URLOTT: "an address without blanks",
    }
)


def mismatch(variable: OpenPart) -> str:
    """Says why a value is not of a type; only types that ask for something have a sentence."""
    kind = variable.type
    assert kind is not None, "a variable without a type takes everything"
    return f"cannot be of its type: {kind} is {_MUST_BE[kind]}"
