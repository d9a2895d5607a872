"""Holds what campaigns that run side by side want of their account, where that is more than it can do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Final, TypeAlias

from campaignctl.diagnostics import Position
from campaignctl.kinds.table import Kind
from campaignctl.tuples import NamedTuple


class CapacityOverlap(NamedTuple):
    """Says that from `start` to `end` the campaigns of a kind together want more a minute than the account's
    `capacity`.
    """

    kind: str
    start: datetime
    end: datetime
    campaigns: int
    wanted: int
    capacity: int
    names: frozenset[str] = frozenset()


class Load(NamedTuple):
    """Holds what other campaigns ask of the account in the same time; `minutes` is None where one of them is
    unknown.
    """

    minutes: int | None
    campaigns: int


RunKey: TypeAlias = tuple[str, object]
"""What tells a campaign from the others of an account: its kind, and its manifest's place or its SID."""


def date_key(kind: Kind, where: Position, day: date) -> RunKey:
    """Returns what tells one date of a manifest that repeats from the others of an account."""
    return kind.name, (where, day)


FindLoad: TypeAlias = Callable[[str, datetime, datetime, RunKey], Load]
"""Of a kind, what overlaps a window from its beginning to its end, but the campaign of the key itself."""

NOTHING_ELSE: Final = Load(0, 0)


def nothing_beside(_kind: str, _begins: datetime, _ends: datetime, _key: RunKey) -> Load:
    """Says that nothing runs beside a campaign: it is looked at by itself."""
    return NOTHING_ELSE
