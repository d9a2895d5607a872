"""What all tests share: the flag that rewrites the golden files, and how properties look for examples."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# CI tries the same examples each time, so that a change is judged by what it changes; at a desk each run tries others.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` writes what the code says now; the review is in the diff."""
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")
