"""Describes a campaign that waits for another's results: what is asked of them, and what they came to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, TypeAlias

from campaignctl.kinds.counters import LimitName
from campaignctl.kinds.table import Value
from campaignctl.tuples import NamedTuple


class After(NamedTuple):
    """Holds one entry of `metadata.after`. `campaign` is KIND/NAME; limits and confidence are in basis points.

    `finished` is how many people must have their outcome, `wait` how long after its start it is looked at first,
    and `within` how long it then counts.
    """

    campaign: str
    limits: Mapping[LimitName, int]
    finished: int = 50
    confidence: int = 9_500
    wait: timedelta = timedelta(0)
    within: timedelta = timedelta(days=7)


class GateVerdict(StrEnum):
    """Names the verdicts on a gate, the best first."""

    PASSED = "passed"
    WAITING = "waiting"
    UNDECIDED = "undecided"
    FAILED = "failed"


LimitWord: TypeAlias = Literal["kept", "exceeded", "unknown"]


class GateLimit(NamedTuple):
    """Holds one limit: `counted` people of those who finished, None where the counters cannot be read."""

    of: LimitName
    limit: int
    counted: int | None
    verdict: LimitWord


class GatePeople(NamedTuple):
    """Counts people of the campaign that is waited for."""

    all: int
    open: int
    finished: int
    never_tried: int


class Gate(NamedTuple):
    """Holds one entry beside what the account shows.

    `sid` and `status` are None where no campaign is found, `people` where its counters cannot be read. `stop_when`
    is that of its manifest, `members` how many people its contact lists hold, `certain` whether it is the campaign
    that is meant.
    """

    campaign: str
    sid: str | None
    status: str | None
    verdict: GateVerdict
    message: str
    people: GatePeople | None
    limits: tuple[GateLimit, ...]
    stop_when: Mapping[str, Value] = MappingProxyType({})
    members: int | None = None
    certain: bool = True


def percent(share: int) -> str:
    """Writes basis points the way a manifest does: 2,500 as `25%`."""
    return f"{Decimal(share) / 100:f}%" if share % 100 else f"{share // 100}%"


def worst(gates: tuple[Gate, ...]) -> Gate | None:
    """Returns the gate that decides, the one with the worst verdict; None without any."""
    order = list(GateVerdict)
    return max(gates, key=lambda gate: order.index(gate.verdict), default=None)
