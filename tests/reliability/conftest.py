"""What several modules of this folder share: an account that is waited for, while something happens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import Desk, desk_at
from reliable_desk import EventfulClock, reliable


@pytest.fixture
def clock() -> EventfulClock:
    """The clock of command and account: what happens meanwhile happens in the first wait that is long enough."""
    return EventfulClock()


@pytest.fixture
def waiting_desk(tmp_path: Path, clock: EventfulClock) -> Iterator[Desk]:
    """A project and an account by that clock, with the documented settings. A module that works at none but this one
    calls it `desk`.
    """
    with desk_at(tmp_path, clock) as made:
        yield reliable(made)
