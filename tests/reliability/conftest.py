"""A project and an account, fresh for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import Desk, desk_at


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """See `harness.Desk`."""
    with desk_at(tmp_path) as made:
        yield made
