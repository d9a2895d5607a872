"""A fixed set of lives, in which no promise is broken. `python -m simulation years` plays on."""

from __future__ import annotations

import pytest

from simulation import years
from simulation.promises import table

SEEDS = 36
"""Three years, some 3,700 runs: about a minute on two cores that have nothing else to do."""


@pytest.mark.slow
def test_no_promise_is_broken_in_any_of_a_fixed_set_of_lives() -> None:
    """What is broken is told by seed: `python -m simulation --seed N --shrink` tells the story."""
    lived = years.live(None, 1, SEEDS, years.DAYS, years.cores())
    assert lived.seeds == SEEDS
    assert lived.runs > 3000
    assert lived.killed > 150
    assert lived.calls > 1000
    broken = {seed: [str(it) for it in outcome.violations[:3]] for seed, outcome in lived.broken.items()}
    assert not broken


def test_every_promise_has_a_row_that_says_it() -> None:
    """Once each, with somebody who looks."""
    assert len({judge.name for judge in table.JUDGES}) == len(table.JUDGES)
    assert all(judge.says and (judge.after_run or judge.after_time) for judge in table.JUDGES)
