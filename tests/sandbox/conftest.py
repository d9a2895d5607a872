"""A sandbox of one's own over a real socket, and a client that knows its key."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from bodies import Account
from fakes import FakeClock

from campaignctl.sandbox.server import Sandbox


@pytest.fixture
def clock() -> FakeClock:
    """Stands still at 2027-01-10 09:00 +05:30."""
    return FakeClock()


@pytest.fixture
def sandbox(clock: FakeClock) -> Iterator[Sandbox]:
    """In memory."""
    with Sandbox(clock=clock) as running:
        yield running


@pytest.fixture
def account(sandbox: Sandbox) -> Iterator[Account]:
    """`acme1` of the sandbox."""
    with httpx.Client(base_url=sandbox.url, auth=("key", "token"), trust_env=False, verify=False) as client:
        yield Account(client)
