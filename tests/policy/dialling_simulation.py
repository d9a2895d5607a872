"""A dialler of its own, to hold the closed forms against: it knows nothing of them, and makes every call.

Time is in minutes. Calls start at a steady pace, or all of a minute's at its beginning; whoever is ready is called in
an order of the dialler's choosing. A call rings for up to a minute before a retry's interval begins.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from random import Random
from typing import Literal, NamedTuple, get_args

Order = Literal["due-first", "retries-first", "last-first", "random", "smooth", "by-the-minute"]
ORDERS: tuple[Order, ...] = get_args(Order)


def _key(order: Order, due: float, attempt: int, luck: float) -> tuple[float, ...]:
    """By what those who are ready are put in order, the least first."""
    match order:
        case "due-first" | "by-the-minute":
            return due, attempt
        case "retries-first":
            return attempt == 0, due
        case "last-first":
            return -due, -attempt
        case "random":
            return (luck,)
        case "smooth":
            return due, luck


class Simulated(NamedTuple):
    """When each person was done with, and when each call started."""

    done: tuple[float, ...]
    calls: tuple[float, ...]


def simulate(
    people: int,
    per_minute: int,
    intervals: Sequence[int],
    rates: Sequence[float],
    order: Order,
    random: Random,
    *,
    rings: float = 1.0,
) -> Simulated:
    """`rates` are the chances to answer each attempt, one more than there are intervals."""
    coming = [(0.0, person, 0) for person in range(people)]
    ready: list[tuple[tuple[float, ...], int, int, int]] = []
    done, calls = [0.0] * people, list[float]()
    free, started = 0.0, 0
    while coming or ready:
        now = free if ready else max(free, coming[0][0])
        if order == "by-the-minute" and (now > free or started == per_minute or now != int(now)):
            now, started = math.ceil(max(now, free + (started == per_minute))), 0
        while coming and coming[0][0] <= now:
            due, person, attempt = heapq.heappop(coming)
            heapq.heappush(ready, (_key(order, due, attempt, random.random()), len(calls), person, attempt))
        if not ready:
            free = now
            continue
        *_, person, attempt = heapq.heappop(ready)
        calls.append(now)
        started += 1
        free = now if order == "by-the-minute" else now + 1 / per_minute
        rung = now + random.random() * rings
        if random.random() < rates[attempt] or attempt == len(intervals):
            done[person] = rung
        else:
            heapq.heappush(coming, (rung + intervals[attempt], person, attempt + 1))
    return Simulated(tuple(done), tuple(calls))
