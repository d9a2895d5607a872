"""The bench that the tests of the API work at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from api_bench import Bench


@pytest.fixture
def bench() -> Iterator[Bench]:
    """See `Bench`."""
    with ExitStack() as stack:
        yield Bench(stack)
