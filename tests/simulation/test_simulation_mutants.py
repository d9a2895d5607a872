"""Proof that the simulation sees: known mistakes are found. All of them: `python -m simulation mutants`."""

from __future__ import annotations

import pytest

from simulation.mutants import ROOT, mutants, tried


@pytest.mark.parametrize("name", [mutant.name for mutant in mutants()])
def test_a_mistake_stands_for_a_text_that_the_product_has_once(name: str) -> None:
    """Else it would be no mistake, or another one."""
    mutant = next(it for it in mutants() if it.name == name)
    assert mutant.file(ROOT).suffix == ".py"
    assert mutant.says
    assert mutant.new != mutant.old


@pytest.mark.slow
def test_a_mistake_is_found_by_the_promise_that_it_breaks() -> None:
    """Where what is finished under a name does not count, its name is given again."""
    mutant = next(it for it in mutants() if it.name == "past-forgotten")
    found = tried(mutant, seconds=240)
    assert found.judge is not None, found
