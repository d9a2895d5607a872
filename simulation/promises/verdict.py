"""What a judge is: a promise, how it is looked at, and the accounts under which it cannot be kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from simulation.ledger import Ledger, Run


class Fault(NamedTuple):
    """What a judge found, and about which campaign at which moment, where an excuse depends on it; `twin` is another
    one that it was held against.
    """

    says: str
    sid: str = ""
    at: float = 0.0
    twin: str = ""


Found = Iterator[str | Fault]


@dataclass(frozen=True)
class Excuse:
    """An account under which the promise cannot be kept, and what holds then."""

    holds: str
    where: Callable[[Ledger, Fault], bool]


@dataclass(frozen=True)
class Judge:
    """One promise: what it `says`, and who looks whether it was kept."""

    name: str
    says: str
    after_run: Callable[[Ledger, Run], Found] | None = None
    after_time: Callable[[Ledger], Found] | None = None
    excuses: tuple[Excuse, ...] = ()
