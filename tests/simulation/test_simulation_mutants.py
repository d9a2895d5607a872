"""Proof that the simulation sees: known mistakes are found. All of them: `python -m simulation mutants`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from simulation.mutants import (
    ROOT,
    LivesAsTheyAre,
    Mutant,
    MutantOutcome,
    StaleMutantError,
    mutants,
    table_of,
    tried,
)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", mutants(), ids=lambda mutant: mutant.name)
def test_a_mistake_stands_for_code_that_the_product_has_once(mutant: Mutant) -> None:
    """Else it would be no mistake, or another one: the error says what to do about it."""
    file, text = mutant.mutated(ROOT)
    assert text != file.read_text(encoding="utf-8")
    compile(text, str(file), "exec")
    assert mutant.says


def test_there_are_at_least_sixty_of_them() -> None:
    """Each with a name of its own."""
    names = [mutant.name for mutant in mutants()]
    assert len(names) == len(set(names)) >= 60


def product(root: Path, code: str) -> Path:
    """A product of one module."""
    (root / "campaignctl").mkdir()
    (root / "campaignctl" / "module.py").write_text(code, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    "code",
    [
        "def f(found):\n    return tuple(sorted(found, key=place))\n",
        "def f(found):\n    return tuple(\n    sorted(\n     found,\n     key=place,\n    )\n  )\n",
        "def f(rows):\n    return tuple(sorted(rows, key=place))\n",
    ],
)
def test_neither_layout_nor_the_names_that_are_left_open_matter(tmp_path: Path, code: str) -> None:
    """Others wrap lines and rename what is local."""
    mutant = Mutant(
        "unsorted", "", "return tuple(sorted($found, key=place))", "if True:\n    return tuple($found)"
    )
    _, text = mutant.mutated(product(tmp_path, code))
    name = "rows" if "rows" in code else "found"
    assert text == f"def f({name}):\n    if True:\n        return tuple({name})\n"


@pytest.mark.parametrize(("code", "times"), [("x = 1\n", 0), ("margin = 10\nmargin = 10\n", 2)])
def test_a_mistake_that_fits_no_longer_says_what_to_do(tmp_path: Path, code: str, times: int) -> None:
    """By its name, with what it means."""
    mutant = Mutant("no-margin", "a start may be near", "margin = 10", "margin = 0")
    with pytest.raises(StaleMutantError, match=rf"no-margin: .* {times} times .* may be near.* out"):
        mutant.mutated(product(tmp_path, code))


def test_a_table_says_within_how_many_seconds_each_is_found() -> None:
    """By the seconds as they are printed; what is not found is said."""
    found = {"near": 1.6, "far": 31.6, "farther": 60.6}
    outcomes = [MutantOutcome(Mutant(name, "", "", ""), "twice", seconds) for name, seconds in found.items()]
    rows = list(table_of([*outcomes, MutantOutcome(Mutant("hidden", "", "", ""), None, 60.0)]))
    assert rows == [
        "| 2 s | `near` |",
        *(f"| {most} s |  |" for most in (4, 8, 16)),
        "| 32 s | `far` |",
        "| 60 s |  |",
        "| longer | `farther` |",
        "| not found | `hidden` |",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["past-forgotten", "server-errors-repeated"])
def test_a_mistake_is_found_by_a_promise_that_it_breaks(name: str) -> None:
    """Two that are found quickly."""
    mutant = next(it for it in mutants() if it.name == name)
    with closing(LivesAsTheyAre()) as lives:
        found = tried(mutant, 120, lives)
    assert found.judge is not None, found
