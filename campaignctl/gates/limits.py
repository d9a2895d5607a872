"""Says when a campaign goes wrong: shares of people that must not be exceeded, and whether one is crossed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final

from campaignctl.gates.counters import Counters
from campaignctl.gates.statistics import crossed
from campaignctl.kinds.counters import LEAST_TRIED, LIMITS, LimitName, counted_by
from campaignctl.kinds.table import Value
from campaignctl.model.environment import Environment
from campaignctl.model.gates import After, percent
from campaignctl.model.windows import period_of
from campaignctl.tuples import NamedTuple


@lru_cache(maxsize=1024)
def basis_points(percent: str) -> int:
    """Reads a share in basis points: `25%` as 2,500.

    >>> basis_points("0.5%")
    50
    """
    return int(Decimal(percent.removesuffix("%")) * 100)


class Figures(NamedTuple):
    """Holds what was compared with a limit: `counted` of `tried` people, of whom `finished` have their outcome."""

    tried: int
    finished: int
    counted: int
    of: LimitName
    limit: int

    def __str__(self) -> str:
        return f"{self.of} {self.counted:,} of {self.tried:,} (limit {percent(self.limit)})"


class StopWhen(NamedTuple):
    """Holds limits in basis points, by name, and from how many people on they are looked at."""

    limits: Mapping[LimitName, int]
    tried: int = LEAST_TRIED

    def crossed_by(self, counters: Counters) -> Figures | None:
        """Returns the first limit that a campaign crosses now; None where it keeps them all."""
        tried = counters.tried
        if tried < self.tried:
            return None
        for limit in LIMITS:
            share = self.limits.get(limit)
            if share is None or not counted_by(limit, counters.kind):
                continue
            count = counters.counted(limit)
            if crossed(count, tried, share):
                return Figures(tried, counters.finished, count, limit, share)
        return None


NEVER: Final = StopWhen({})
"""No limit is set."""


def stop_when(*settings: Mapping[str, Value]) -> StopWhen:
    """Puts settings one over the other, key by key, as they are written; the last one counts, and null is none."""
    merged: dict[str, Value] = {}
    for each in settings:
        merged |= each
    shares = {limit: merged.get(limit) for limit in LIMITS}
    tried = merged.get("tried")
    return StopWhen(
        {limit: basis_points(share) for limit, share in shares.items() if isinstance(share, str)},
        tried if isinstance(tried, int) else LEAST_TRIED,
    )


def limits_of(environment: Environment, own: Mapping[str, Value]) -> StopWhen:
    """Returns the limits of a manifest over those of its environment."""
    defaults = environment.guard.get("stop_when")
    return stop_when(defaults if isinstance(defaults, Mapping) else {}, own)


def after_of(written: Value) -> tuple[After, ...]:
    """Reads the entries of `metadata.after`, once the rows have let them through."""
    entries = written if isinstance(written, list) else ()
    return tuple(_after(entry) for entry in entries if isinstance(entry, Mapping) and entry)


def _after(entry: Mapping[str, Value]) -> After:
    limits = entry.get("limits")
    shares = limits if isinstance(limits, Mapping) else {}
    told: dict[str, Value] = {key: value for key, value in entry.items() if value is not None}
    return After(
        str(told.get("campaign")),
        {limit: basis_points(str(shares[limit])) for limit in LIMITS if isinstance(shares.get(limit), str)},
        int(str(told.get("finished", 50))),
        basis_points(str(told.get("confidence", "95%"))),
        period_of(str(told.get("wait", "0m"))),
        period_of(str(told.get("within", "7d"))),
    )
