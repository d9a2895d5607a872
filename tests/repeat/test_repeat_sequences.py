"""Whatever is changed, stopped, killed and awaited in whatever order: at most one campaign of a name and date begins,
none on a date that the last applied rule does not yield, and a plan right after an apply has no operation."""

from __future__ import annotations

from pathlib import Path

import pytest
from example_counts import mostly_slow, tried
from harness import desk_at
from repeat_story import tell


@pytest.mark.parametrize("seed", mostly_slow(range(4), every=2))
def test_a_few_sequences_call_nobody_twice_or_on_another_date(seed: int, tmp_path: Path) -> None:
    with desk_at(tmp_path) as desk:
        tell(desk, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 100 + tried(40)))
def test_many_sequences_call_nobody_twice_or_on_another_date(seed: int, tmp_path: Path) -> None:
    with desk_at(tmp_path) as desk:
        tell(desk, seed)
