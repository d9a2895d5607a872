"""How many people stand in the account's contact lists, as far as anybody counted."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

Counts: TypeAlias = Mapping[str, int]
"""By SID. A list that is not there is unknown, never empty."""

NO_COUNTS: Final[Counts] = MappingProxyType({})
