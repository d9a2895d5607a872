"""Estimates the requests of an apply, and what is left of those that an account takes a minute."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Final

from campaignctl.kinds.operations import READ_BEFORE, Op
from campaignctl.model.environment import Environment
from campaignctl.model.plan import Change, Cost
from campaignctl.records import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """Holds the requests of the current minute.

    `limit` is the project's; `limit_told` and `remaining` are the account's own. They are None where there is no
    limit, or the account says nothing.
    """

    limit: int | None
    used: int
    limit_told: int | None = None
    remaining: int | None = None


SECONDS_EACH: Final = 0.3
"""How long a request takes before any was measured."""
_REQUESTS_OF_A_LOOK: Final = 4
"""The alive of a kind by their filter, which must prove itself, and its newest finished ones."""
_LOOKS_BEFORE_DELETES: Final = 2
"""One at each kind: a list that a campaign names by now is not deleted."""
_GRACE_SECONDS: Final = 2.0
"""Waited beyond `settle_seconds`, since the account's times are whole seconds."""
KEPT_FOR_PAUSES: Final = 3
"""Requests of each minute that only a pause by hand may use (rule 9)."""


def settled_after(environment: Environment) -> float:
    """Returns how many seconds after a create everything shows that was made before it (rule 10.5)."""
    return environment.settle_seconds + _GRACE_SECONDS


def estimate(changes: Collection[Change], environment: Environment, taken: int) -> Cost:
    """Estimates what an apply takes.

    `taken` requests were made for the plan and count towards the same minute. A campaign is read again before its
    first write other than a pause or an archive. Before a create a look that is older than a minute is renewed, and
    creates are followed by a scan of each of their kinds once they have settled (rule 10.5).
    """
    requests, creates, creating = 0, 0, set[str]()
    for change in changes:
        ops = [operation.op for operation in change.operations]
        requests += len(ops) + sum((it.requests or 1) - 1 for it in change.operations)
        if Op.CREATE in ops:
            creates += 1
            creating.add(change.key.kind)
        elif any(op in READ_BEFORE for op in ops):
            requests += 1
    if any(it.op is Op.DELETE for change in changes for it in change.operations):
        requests += _LOOKS_BEFORE_DELETES * _REQUESTS_OF_A_LOOK
    minutes = int(_pace(requests, taken, environment.rate_limit) // 60)
    requests += len(creating) + min(minutes * len(creating), creates) * _REQUESTS_OF_A_LOOK
    settle = 0.0 if not creating or environment.is_sandbox else settled_after(environment)
    return Cost(requests, math.ceil(_pace(requests, taken, environment.rate_limit) + settle))


def _pace(requests: int, taken: int, rate_limit: int | None) -> float:
    busy = requests * SECONDS_EACH
    if rate_limit is None or requests == 0:
        return busy
    usable = max(1, rate_limit - KEPT_FOR_PAUSES)
    full_minutes = (min(taken, usable) + requests - 1) // usable
    return max(busy, full_minutes * 60.0)
