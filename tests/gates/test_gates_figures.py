"""The page's figures over 10,000 seeds, person by person: what passes a gate, and what a guard pauses."""

from __future__ import annotations

import pytest

from benchmarks.staged_figures import SEEDS, Figure, stated


@pytest.mark.slow
def test_over_10_000_seeds_the_figures_of_the_page_hold() -> None:
    found = list(stated(SEEDS))
    assert (len(found), [str(it) for it in found if not it.reached]) == (4, [])


def test_a_figure_that_is_missed_says_so() -> None:
    assert str(Figure("pass", 3, 10_000, 0, 0.0)) == "pass: 3 of 10,000 (0.03%)  MISSED"
