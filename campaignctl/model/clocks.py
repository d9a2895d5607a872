"""Clocks that are out of step with the server's: nobody is called unless it is right by each of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OtherClock:
    """`whose` it is, in words, the moment that it shows, and what sets it right."""

    whose: str
    now: datetime
    remedy: str


def latest(now: datetime, clocks: Iterable[OtherClock]) -> datetime:
    """The last moment that any of the clocks shows: what has expired by one of them has expired."""
    return max([now, *(clock.now for clock in clocks)])
