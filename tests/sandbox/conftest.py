"""A sandbox of one's own over a real socket, and a client that knows its key."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from bodies import Account
from fakes import FakeClock

from campaignctl.sandbox.server import Sandbox


@pytest.fixture(scope="session")
def stage() -> Iterator[tuple[FakeClock, Sandbox, Account]]:
    """One server in memory for all tests, one connection to it."""
    clock = FakeClock()
    with (
        Sandbox(clock=clock) as running,
        httpx.Client(base_url=running.url, auth=("key", "token"), trust_env=False, timeout=10) as client,
    ):
        yield clock, running, Account(client)


@pytest.fixture
def clock(stage: tuple[FakeClock, Sandbox, Account]) -> FakeClock:
    """Stands still at 2027-01-10 09:00 +05:30."""
    stage[0].rewind()
    return stage[0]


@pytest.fixture
def sandbox(stage: tuple[FakeClock, Sandbox, Account], clock: FakeClock) -> Sandbox:
    """Fresh."""
    assert clock.monotonic() == 0
    stage[1].reset()
    return stage[1]


@pytest.fixture
def account(stage: tuple[FakeClock, Sandbox, Account], sandbox: Sandbox) -> Account:
    """`acme1` of the sandbox."""
    assert sandbox.requests == ()
    return stage[2]
