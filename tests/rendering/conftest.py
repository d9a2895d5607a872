"""Golden files: texts that a person has read and found good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Holds a text against the golden file of that name."""
    update = request.config.getoption("--update-golden")

    def check(file: str, text: str) -> None:
        path = GOLDEN / file
        if update:
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text, "rewrite with --update-golden, then read the diff"

    return check
