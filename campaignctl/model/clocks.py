"""Compares clocks that are out of step with the server's: nobody is called unless it is right by each of them.

Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from campaignctl.diagnostics import counted
from campaignctl.records import dataclass

OUT_OF_STEP: Final = timedelta(minutes=1)
"""What is below it is no more than the way of an answer."""
NO_DATE: Final = "the account's answers carry no readable date"
SET_IT: Final = "set this machine's clock: timedatectl set-ntp true"


@dataclass(frozen=True, slots=True)
class OtherClock:
    """Describes another clock: `whose` it is in words, the moment that it shows, and what sets it right."""

    whose: str
    now: datetime
    remedy: str


def latest(now: datetime, clocks: Iterable[OtherClock]) -> datetime:
    """Returns the last moment that any of the clocks shows: what has expired by one of them has expired."""
    return max([now, *(clock.now for clock in clocks)])


def seconds_apart(by: timedelta) -> str:
    """Writes the distance of two clocks: `90 seconds`."""
    return counted(round(abs(by.total_seconds())), "second")


def out_of_step(ahead: timedelta) -> str:
    """Describes this machine's clock beside the account's, which is `ahead` of it."""
    direction = "behind" if ahead > timedelta() else "ahead of"
    return f"this machine's clock is {seconds_apart(ahead)} {direction} the account's"
