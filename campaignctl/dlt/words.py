"""Lists the words in which templates are registered: types of variables, categories. Data only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class VariableType(StrEnum):
    """Names what a variable may hold, as the portals tag it."""

    NUMERIC = "numeric"
    ALPHANUMERIC = "alphanumeric"
    URL = "url"
    URLOTT = "urlott"
    CBN = "cbn"  # a callback number
    EMAIL = "email"


class Category(StrEnum):
    """Names what a template can be registered as."""

    TRANSACTIONAL = "transactional"
    SERVICE_IMPLICIT = "service_implicit"
    SERVICE_EXPLICIT = "service_explicit"
    PROMOTIONAL = "promotional"


TAGS: Final[Mapping[str, VariableType | None]] = MappingProxyType(
    {
        "var": None,
        "numeric": VariableType.NUMERIC,
        "number": VariableType.NUMERIC,
        "num": VariableType.NUMERIC,
        "alphanumeric": VariableType.ALPHANUMERIC,
        "alpha": VariableType.ALPHANUMERIC,
        "alp": VariableType.ALPHANUMERIC,
        "url": VariableType.URL,
        "uro": VariableType.URL,
        "urlott": VariableType.URLOTT,
        "cbn": VariableType.CBN,
        "email": VariableType.EMAIL,
    }
)
"""The word in a variable, in any letter case, and the type that it gives. Portals write short forms, too."""

PLACEHOLDER: Final = re.compile(r"[{]#([^\W\d_]+)#[}]")
"""A variable of a registered text; all else in it is fixed."""
