"""How much a test tries: all that it asks for in a complete run (`--complete`), two fifths of it in CI, a tenth at
every save.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest
from hypothesis import settings

SAVE = 10
"""The share at every save, of 100."""


def _share() -> int:
    profile = settings.default
    return 100 if profile is None else profile.max_examples


def tried(count: int) -> int:
    """How many of `count` this run tries: of random cases, say, that are told by their number."""
    return max(1, count * _share() // 100)


def some_of(cases: Sequence[Any]) -> list[Any]:
    """Those of many cases that this run tries, spread over all of them: where each draws something besides."""
    return [case for place, case in enumerate(cases) if place * 0.382 % 1 < _share() / 100]


def examples(count: int, quick: int | None = None, **more: Any) -> settings:
    """Settings of a property that tries `count` examples in a complete run, and otherwise its share of them; at every
    save `quick`, where one takes long.
    """
    few = quick if quick is not None and _share() <= SAVE else tried(count)
    return settings(max_examples=few, deadline=None, **more)


def crossed(*axes: Sequence[Any], rounds: int = 1) -> list[Any]:
    """Every combination for `parametrize`. At every save so few that each value is among them once a round, each
    round beside other ones: the others are slow.
    """
    longest = max(map(len, axes))
    quick = {
        tuple((step + place * (step // longest)) % len(axis) for place, axis in enumerate(axes))
        for step in range(rounds * longest)
    }
    places = product(*(range(len(it)) for it in axes))
    return [
        _case(values, it in quick, "-".join(map(_word, values)))
        for it, values in zip(places, product(*axes), strict=True)
    ]


def _word(value: Any) -> str:
    return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)


def mostly_slow(cases: Sequence[Any], every: int) -> list[Any]:
    """Cases for `parametrize`, of which one of so many is tried at every save: they differ in their data alone."""
    return [
        _case(case if isinstance(case, tuple) else (case,), place % every == 0)
        for place, case in enumerate(cases)
    ]


def _case(values: Sequence[Any], quick: bool, name: str | None = None) -> Any:
    """One for `parametrize`, which is slow unless it is tried at every save."""
    return pytest.param(*values, marks=() if quick else pytest.mark.slow, id=name)
