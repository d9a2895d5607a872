"""What passes the calling hours calls nobody outside of them: the rule and the sandbox's dialler, and nothing between.

The same on accounts over HTTP is `tests/integration/test_hours_hold.py`.
"""

from __future__ import annotations

import pytest
from example_counts import tried
from hours_simulation import Made, tell


def made(seeds: range, level: str = "error") -> Made:
    together = Made(0, 0, 0, ())
    for seed in seeds:
        together = together.and_(tell(seed, level))
    return together


def test_no_call_begins_outside_the_hours_in_zones_that_change_their_offset() -> None:
    few = made(range(300))
    assert few.outside == ()
    assert few.wished > few.passed > 400
    assert few.calls > 10_000


def test_without_the_policy_some_would() -> None:
    assert made(range(100), level="off").outside


@pytest.mark.slow
def test_no_call_of_any_of_many_thousand_campaigns_begins_outside_the_hours() -> None:
    """A hundred thousand that pass in a complete run."""
    seeds = tried(48_000)
    many = made(range(1000, 1000 + seeds))
    assert many.outside == ()
    assert many.passed >= seeds * 100 // 48
