"""Compares 5,000 numbers in another order, one changed: our comparison, then Python's set difference.

Prints the ratio.
"""

import time
from random import Random

from campaignctl.kinds import VOICE
from campaignctl.kinds.countries import COUNTRIES
from campaignctl.model.values import number_changes
from campaignctl.planning.compare import same

_TURNS = 50


def least(work: object) -> float:
    """Returns the fastest of many turns, in seconds."""
    assert callable(work)
    seconds = []
    for _ in range(_TURNS):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


before = [f"+9198{place:08d}" for place in range(5000)]
after = [*before[1:], "+919700000000"]
Random(0).shuffle(after)
country = COUNTRIES["IN"]


def ours() -> None:
    """Compares as we do, and tells which numbers differ."""
    assert not same(VOICE.by_name["from"], before, after, country)
    assert number_changes(before, after, country) == ([before[0]], ["+919700000000"])


def told_apart() -> None:
    """Compares as we do, and tells whether they differ."""
    assert not same(VOICE.by_name["from"], before, after, country)


def by_sets() -> None:
    """Computes the difference both ways."""
    ours, theirs = set(before), set(after)
    assert len(ours - theirs) == len(theirs - ours) == 1


floor = least(by_sets)
print(least(told_apart) / floor, least(ours) / floor)  # noqa: T201
