"""Runs that race for the same names leave one campaign each, whatever the order of their requests (rule 10.5).

`benchmarks/races.py` runs as many interleavings as one has patience for.
"""

from __future__ import annotations

import pytest
from example_counts import tried
from race_scenarios import faults_of, race

pytestmark = pytest.mark.slow

EACH = tried(1_000)


@pytest.mark.parametrize("part", range(8))
def test_no_interleaving_leaves_a_second_survivor(part: int) -> None:
    broken = {
        seed: found for seed in range(part * EACH, (part + 1) * EACH) if (found := [*faults_of(race(seed))])
    }
    assert broken == {}


def test_the_same_seed_gives_the_same_interleaving() -> None:
    assert race(42).interleaving == race(42).interleaving
    assert len({race(seed).interleaving for seed in range(100)}) > 60


def test_a_list_that_lags_longer_than_assumed_is_found_out() -> None:
    """So the simulation would see a second survivor if there were one."""
    assert any("survivors" in fault for seed in range(100) for fault in faults_of(race(seed, lag_factor=4)))
