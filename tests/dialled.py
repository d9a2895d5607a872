"""When the sandbox begins each call, as it does so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from campaignctl.sandbox import dialler


@contextmanager
def calls_seen() -> Iterator[list[float]]:
    """Notes each moment, in seconds since 1970."""
    seen: list[float] = []
    call = dialler._Dial.call

    def noted(dial: dialler._Dial, moment: float, outcome: dialler.Outcome) -> None:
        seen.append(moment)
        call(dial, moment, outcome)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dialler._Dial, "call", noted)
        yield seen
