"""Lists what an SMS campaign in India is checked for, a row for each check: how bad it is, and who says so.

Data only. It stands here and not in `dlt`, which no project without registered templates imports: its policy's
settings are made of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Final

from campaignctl.tuples import NamedTuple


class CheckLevel(Enum):
    """Names how bad a finding is where `checks` does not say."""

    POLICY = "as the policy"
    WARN = "a warning at most"


class DltCheck(NamedTuple):
    """Describes one check.

    `finds` is what is at fault; `source` who says so, `seen` in which month.
    """

    name: str
    finds: str
    level: CheckLevel
    source: str
    seen: str = "2026-11"


_POLICY, _WARN = CheckLevel.POLICY, CheckLevel.WARN
_DIRECTION: Final = "TRAI direction 2025-11-18"
_WHITELISTING: Final = "TRAI direction 2023-05-12"

TEMPLATE_ID: Final = "template-id"
ENTITY: Final = "entity"
HEADER: Final = "header"
CATEGORY: Final = "category"
HEADER_FORM: Final = "header-form"
TEXT: Final = "text"
TYPE: Final = "type"
ALPHANUMERIC: Final = "alphanumeric"
LENGTH: Final = "length"
LENGTH_30: Final = "length-30"
URL: Final = "url"
CALLBACK: Final = "callback"
UNTAGGED: Final = "untagged"
TAG: Final = "tag"
VARIABLES: Final = "variables"

_ROWS: Final = (
    DltCheck(
        TEMPLATE_ID,
        "A dlt_template_id that no template has.",
        _POLICY,
        "Exotel 23082; DLT 630 (support 3000120944)",
    ),
    DltCheck(ENTITY, "A dlt_entity_id that is not the template's entity.", _POLICY, "Exotel 23081; DLT 604"),
    DltCheck(
        HEADER,
        "A sender_id that is none of the template's headers; letter case counts.",
        _POLICY,
        'DLT 620 "header (case sensitive)", 623',
    ),
    DltCheck(
        CATEGORY,
        "An sms_type and a category of which one alone is promotional.",
        _POLICY,
        "[001]; Exotel sms-campaign-templates",
    ),
    DltCheck(
        HEADER_FORM,
        "A promotional template with letters in a header, another one with digits in one.",
        _WARN,
        '[001] "Numeric (Promotional)"',
    ),
    DltCheck(
        TEXT,
        "A text that is not the registered one, character by character.",
        _POLICY,
        'Exotel 23080, "match exactly"; MSG91: blanks, commas ignored',
    ),
    DltCheck(
        TYPE,
        "A value that cannot be of its variable's type.",
        _POLICY,
        f"{_DIRECTION}, annexure I",
    ),
    DltCheck(
        ALPHANUMERIC,
        "A literal value of more than letters and digits in an alphanumeric variable.",
        _WARN,
        "MSG91: no special characters; Vi takes blank _ / .",
    ),
    DltCheck(
        LENGTH,
        "A literal value of more than 40 characters.",
        _POLICY,
        f"{_DIRECTION} (MSG91, fonearena 2025-11)",
    ),
    DltCheck(
        LENGTH_30,
        "A literal value of 31 to 40 characters; a column beside literal text in one variable.",
        _WARN,
        "startmessaging 2026-05, smscrubbing",
    ),
    DltCheck(
        URL,
        "An address that none of the urls covers, where there are any.",
        _POLICY,
        f"{_WHITELISTING}, in force 2024-10-01",
    ),
    DltCheck(
        CALLBACK,
        "A literal callback number that is none of the callback_numbers, where there are any.",
        _POLICY,
        _WHITELISTING,
    ),
    DltCheck(
        UNTAGGED,
        "A {#var#} to which variables gives no type.",
        _WARN,
        f"{_DIRECTION}, from 2026-01-14; SmartPing keeps {{#var#}}",
    ),
    DltCheck(
        TAG,
        "A variable of a word that is not known; a tag without braces; a text that a comment may have cut.",
        _WARN,
        "portals write num alp uro (Vilpower, STPL 2026-09)",
    ),
    DltCheck(
        VARIABLES,
        "More than two variables; two with nothing but blanks or signs between them.",
        _WARN,
        f"{_DIRECTION} (BSE circular 2025-11-24)",
    ),
)

CHECKS: Final[Mapping[str, DltCheck]] = MappingProxyType({row.name: row for row in _ROWS})


class Slip(StrEnum):
    """Names the kinds of first differences between two texts, as documents carry them."""

    NORMAL_FORM = "normal-form"
    LINE_BREAK_AT_END = "line-break-at-end"
    COLUMN = "column"
    BLANK = "blank"
    QUOTE = "quote"
    DASH = "dash"
    INVISIBLE = "invisible"
    CASE = "case"
