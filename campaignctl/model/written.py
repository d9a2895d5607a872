"""Holds what was written as JSON already, so that what it was made of can be let go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from campaignctl.tuples import NamedTuple


class WrittenJson(NamedTuple):
    """Holds a value in UTF-8: as it is printed, and as a seal covers it."""

    printed: bytes
    canonical: bytes


Write: TypeAlias = Callable[[Mapping[str, object]], WrittenJson]
"""Writes a document both ways."""
