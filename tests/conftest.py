"""What all tests share: the flag that rewrites the golden files."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` writes what the code says now; the review is in the diff."""
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")
