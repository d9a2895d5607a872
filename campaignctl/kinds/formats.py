r"""Says how a text must look: a pattern, the words for it, and what people write instead. Data only.

A pattern means the same to Python and to ECMA 262, so that the reader and the JSON Schemas cannot disagree: no
`\s`, `\d` or `\w`, whose letters differ between the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from campaignctl.kinds.rows import Row

_CONTROL = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
_BLANK = r" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff"


class Format(Row):
    """Describes a form of text.

    `pattern` is of the full text; `words` complete the sentence *must be …*. `slips` pair the pattern of a common
    mistake with the sentence that says what happened.
    """

    pattern: str
    words: str
    slips: tuple[tuple[str, str], ...] = ()

    @cached_property
    def matches(self) -> Callable[[str], object]:
        """Returns a check that is truthy where the full text has the form."""
        return re.compile(self.pattern).fullmatch

    @cached_property
    def all_match(self) -> Callable[[str], object]:
        """Returns the same check for many texts at once, each followed by a line break; for a pattern that takes no
        line break itself.
        """
        return re.compile(rf"(?:(?:{self.pattern})\n)*+").fullmatch

    def slip(self, text: str) -> str | None:
        """Says what happened to a text that does not have the form, where it is a common mistake."""
        return next((words for pattern, words in self.slips if re.fullmatch(pattern, text)), None)


_LONG, _SHORT = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])", "(0[469]|11)-(0[1-9]|[12][0-9]|30)"
_LEAP_YEAR = "([12][0-9](0[48]|[2468][048]|[13579][26])|(12|16|20|24|28)00)"
_DAY = f"([12][0-9]{{3}}-({_LONG}|{_SHORT}|02-(0[1-9]|1[0-9]|2[0-8]))|{_LEAP_YEAR}-02-29)"
"""A day that the calendar has."""
_HOUR = "([01][0-9]|2[0-3]):[0-5][0-9]"
_LIKE_A_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

TIME = Format(
    rf"{_DAY}T{_HOUR}:[0-5][0-9](\.[0-9]{{1,9}})?(Z|[+-]{_HOUR})",
    "a time such as 2027-01-15T09:00:00+05:30",
    slips=(
        (_LIKE_A_DAY, "has no time of day; write for example 2027-01-15T09:00:00+05:30"),
        (
            rf"{_LIKE_A_DAY}[Tt ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]+)?)?",
            "has no offset, so nobody can tell where it is that time; write for example 2027-01-15T09:00:00+05:30",
        ),
        (
            rf"{_LIKE_A_DAY}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\.[0-9]{{1,9}})?(Z|[+-][0-9]{{2}}:[0-9]{{2}})",
            "names a day or an hour that does not exist",
        ),
    ),
)
"""RFC 3339 with an offset, to the second or finer."""

DATE = Format(
    _DAY,
    "a date such as 2027-01-15",
    slips=((_LIKE_A_DAY, "is a date that no calendar has"),),
)

DURATION = Format(
    "([1-9][0-9]?h([0-9]{1,2}m)?|[1-9][0-9]{0,3}m)", "hours and minutes such as 90m, 3h or 1h30m"
)

HORIZON = Format("([1-9]|[1-5][0-9]|60)d", "1d to 60d")

PHONE = Format(
    r"\+?[0-9]{7,15}",
    "a phone number of 7 to 15 digits, such as +919876543210",
    slips=(
        (
            r"[+-]?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+",
            "was turned into scientific notation by a spreadsheet, which lost its last digits; format the column "
            "as text and export it again",
        ),
        (r"\+?[0-9]+\.0+", "was turned into a decimal number by a spreadsheet; format the column as text"),
        (r"\+?[0-9 ().-]+", "holds blanks or signs, or not 7 to 15 digits; write it as in +919876543210"),
    ),
)
"""E.164 with or without its plus sign, or as dialled at home."""

DIGITS = Format("[0-9]{1,40}", "digits only")

CALLER = Format(
    r"\+?[0-9]{1,40}",
    "digits, with or without + before them",
    slips=(
        *PHONE.slips[:2],
        (r"\+?[0-9 ().-]+", "holds blanks or signs; write its digits alone, as in 03349360005"),
    ),
)
"""A number that calls come from; shorter than people's numbers may be."""

URL = Format(
    rf"https?://[^{_CONTROL}{_BLANK}<>\u0022\\/?#]+([/?#][^{_CONTROL}{_BLANK}<>\u0022\\]*)?",
    "an address that begins with http:// or https:// and has no blanks",
)

NAME = Format(
    rf"[^{_CONTROL}{_BLANK}]([^{_CONTROL}]*[^{_CONTROL}{_BLANK}])?",
    "a text without a blank at either end and without control characters",
)

SID = Format("[A-Za-z0-9][A-Za-z0-9._-]{0,127}", "an SID: letters, digits, dots and hyphens")

ENVIRONMENT = Format("[A-Za-z0-9][A-Za-z0-9_-]{0,62}", "letters, digits and hyphens")

LABEL = Format("[A-Za-z0-9][A-Za-z0-9._/-]{0,62}", "letters, digits, dots, slashes and hyphens")
LABEL_VALUE = Format(rf"[^{_CONTROL},]{{0,128}}", "at most 128 characters without a comma")

VARIABLE = Format("[A-Za-z_][A-Za-z0-9_.-]{0,63}", "letters, digits, dots and hyphens, a letter first")

ENVIRONMENT_VARIABLE = Format(
    "EXOTEL_[A-Z0-9_]{1,120}",
    "the name of an environment variable that begins with EXOTEL_: a key or token itself never stands in a file",
)

OF_ENVIRONMENT = "${ENVIRONMENT}"
"""Stands for the environment's own name in the name of a variable."""
CREDENTIALS_VARIABLE = Format(
    r"EXOTEL_(?:[A-Z0-9_]|\$\{ENVIRONMENT\}){1,120}",
    "the name of an environment variable that begins with EXOTEL_: a key or token itself never stands in a file; "
    f"{OF_ENVIRONMENT} in it stands for the environment's name",
)

PATH = Format(rf"[^{_CONTROL}]{{1,1024}}", "a path without control characters")

TIME_OF_DAY = Format(_HOUR, "a time of day such as 09:00")

AMOUNT = Format(r"[0-9]{1,6}(\.[0-9]{1,6})?", "a number of seconds such as 30 or 0.5")

PERIOD = Format("[0-9]{1,5}[smhd]", "a number with s, m, h or d, such as 30m or 7d")
DAYS_OR_HOURS = Format("[1-9][0-9]{0,4}[dh]", "a number with d or h, such as 7d or 36h")

CAMPAIGN = Format(
    rf"(voice|sms)/[^{_CONTROL}{_BLANK}]([^{_CONTROL}]*[^{_CONTROL}{_BLANK}])?",
    "voice/NAME or sms/NAME, as a manifest is called",
)
"""KIND/NAME."""

PERCENT = Format(
    r"(?!0?0(\.0?0)?%)[0-9]{1,2}(\.[0-9]{1,2})?%",
    "a share from 0.01% to 99.99%, with two decimals at most, such as 25%",
    slips=((r"[0-9]+(\.[0-9]+)?", "lacks its sign: write for example 25%"),),
)

CONFIDENCE = Format(
    r"[5-9][0-9](\.[0-9]{1,2})?%", "a share from 50% to 99.99%, with two decimals at most, such as 95%"
)

PREFIX = Format(
    rf"[^{_CONTROL}{_BLANK}][^{_CONTROL}]*", "a text without a blank before it and without control characters"
)

_NEGATIVE = (r"-.*", "is negative")

PRICE = Format(
    r"[0-9]{1,9}(\.[0-9]{1,6})?",
    "an amount of at most six decimals, such as 0.50",
    slips=(_NEGATIVE, (r"[0-9]+\.[0-9]{7,}", "has more than six decimals")),
)

RATE = Format(r"0(\.[0-9]{1,6})?|1(\.0{1,6})?", "a share from 0 to 1 of at most six decimals, such as 0.55")

SECONDS = Format("[0-9]{1,5}s", "a number of seconds such as 60s", slips=(_NEGATIVE,))

PULSE = Format("[1-9][0-9]{0,4}s", "a number of seconds such as 60s", slips=(_NEGATIVE,))

TAX = Format(
    r"[0-9]{1,3}(\.[0-9]{1,6})?%",
    "a percentage such as 18%",
    slips=((r"[0-9.]+", "has no %; write for example 18%"), _NEGATIVE),
)

CURRENCY = Format("[A-Z]{3}", "the three letters of a currency in ISO 4217, such as INR")
