"""A fixed set of lives, in which no promise is broken. `python -m simulation years` plays on."""

from __future__ import annotations

import os

import pytest
from example_counts import tried

from simulation import years
from simulation.promises import table
from simulation.seeds import LifeOutcome

SEEDS = tried(30)
"""A year and more, some 1,500 runs, in CI; two and a half years in a complete run."""


@pytest.mark.slow
def test_no_promise_is_broken_in_any_of_a_fixed_set_of_lives() -> None:
    """What is broken is told by seed: `python -m simulation --seed N --shrink` tells the story."""
    lived = years.live(None, 1, SEEDS, years.DAYS, years.cores())
    assert not lived.lost
    assert lived.seeds == SEEDS
    assert lived.runs > 85 * SEEDS
    assert lived.killed > 3 * SEEDS
    assert lived.calls > 35 * SEEDS
    broken = {seed: [str(it) for it in outcome.violations[:3]] for seed, outcome in lived.broken.items()}
    assert not broken


def test_every_promise_has_a_row_that_says_it() -> None:
    """Once each, with somebody who looks."""
    assert len({judge.name for judge in table.JUDGES}) == len(table.JUDGES)
    assert all(judge.says and (judge.after_run or judge.after_time) for judge in table.JUDGES)


def test_a_life_that_fails_and_a_worker_that_dies_take_none_of_the_others_with_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are told as lost, and the run does not end well."""
    monkeypatch.setattr(years, "play", played_or_not)
    lived = years.live(None, 1, 6, 1, 1)
    assert lived.seeds + len(lived.lost) == 6
    assert 6 not in lived.lost
    assert "no such life" in lived.lost[2]
    assert "ended from outside" in lived.lost[4]
    assert years.report(lived) == 1
    assert "seed 2 is lost" in capsys.readouterr().out


def played_or_not(seed: int, days: int) -> LifeOutcome:
    """The second fails, the fourth takes its process with it."""
    if seed == 2:
        raise ValueError("no such life")
    if seed == 4:
        os._exit(9)
    return LifeOutcome(seed, days, days, (), (), (), 0, 1, 0, 1, 0, 0.1)
