"""One process owns a database; everybody works, whoever comes, goes or is killed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from bodies import VOICE
from fakes import FakeClock

from campaignctl.errors import CampaignctlError, InputError
from campaignctl.sandbox.server import Sandbox, advance, reset, running, serve

pytestmark = pytest.mark.slow  # real processes

WAITS = """
import sys
import threading
from pathlib import Path
from campaignctl.sandbox.server import running
with running(Path(sys.argv[1])) as seat:
    print(seat.url, seat.owned, flush=True)
    sys.stdin.readline()
"""
SERVES = """
import sys
import threading
from pathlib import Path
from campaignctl.sandbox.server import serve
serve(Path(sys.argv[1]), 0, started=lambda url: print(url, flush=True))
print("ended", flush=True)
"""
START = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Not there yet, nor is its directory."""
    return tmp_path / ".campaignctl" / "sandbox.db"


@contextmanager
def process(program: str, database: Path) -> Iterator[subprocess.Popen[str]]:
    """A Python process, killed in the end if it has not ended."""
    started = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def said(started: subprocess.Popen[str]) -> list[str]:
    """The words of its next line."""
    assert started.stdout is not None
    return started.stdout.readline().split()


def ended(started: subprocess.Popen[str]) -> str:
    """Lets it end, and returns its standard error."""
    _, errors = started.communicate("\n", timeout=20)
    return errors


def create(url: str) -> int:
    """Creates a campaign, tries again while nobody listens, and returns the status."""
    transport = httpx.HTTPTransport(retries=8)
    with httpx.Client(auth=("key", "token"), trust_env=False, transport=transport) as client:
        return client.post(f"{url}/v2/accounts/acme1/campaigns", json={"campaigns": [VOICE]}).status_code


def total(url: str) -> int:
    """How many campaigns there are."""
    transport = httpx.HTTPTransport(retries=8)
    with httpx.Client(auth=("key", "token"), trust_env=False, transport=transport) as client:
        found = client.get(f"{url}/v2/accounts/acme1/campaigns").json()
    return int(found["metadata"]["total"])


def test_what_was_created_is_there_the_next_time(database: Path) -> None:
    clock = FakeClock()
    with running(database, clock=clock) as seat:
        assert seat.owned
        create(seat.url)
    with running(database, clock=clock) as seat:
        assert seat.owned
        assert total(seat.url) == 1


def test_a_fresh_database_s_clock_begins_where_it_is_told_and_an_old_one_goes_on(database: Path) -> None:
    clock = FakeClock()
    for _ in range(2):
        assert advance(database, timedelta(0), clock=clock, start_at=START) == START + timedelta(
            seconds=clock.monotonic()
        )
        clock.advance(timedelta(hours=1))


def test_advance_and_reset_work_without_a_server_and_beside_one(database: Path) -> None:
    clock = FakeClock()
    assert advance(database, timedelta(hours=2), clock=clock) == clock.now() + timedelta(hours=2)
    with running(database, clock=clock) as seat:
        create(seat.url)
        assert advance(database, timedelta(hours=2), clock=clock) == clock.now() + timedelta(hours=4)
        reset(database, clock=clock)
        assert total(seat.url) == 0
        assert advance(database, timedelta(0), clock=clock) == clock.now()
        create(seat.url)
    reset(database, clock=clock, start_at=START)
    assert advance(database, timedelta(0), clock=clock) == START


def test_time_does_not_go_back(database: Path) -> None:
    with pytest.raises(InputError, match="only moves on"):
        advance(database, timedelta(hours=-1))


def test_a_second_process_uses_the_server_of_the_first(database: Path) -> None:
    with running(database) as seat, process(WAITS, database) as other:
        assert said(other) == [seat.url, "False"]
        assert ended(other) == ""


def test_two_processes_that_start_at_the_same_moment_both_work(database: Path) -> None:
    with process(WAITS, database) as first, process(WAITS, database) as second:
        (one, one_owns), (two, two_owns) = said(first), said(second)
        assert one == two
        assert {one_owns, two_owns} == {"True", "False"}
        assert create(one) == 200
        assert ended(first) == ""
        assert create(two) == 200
        assert ended(second) == ""


def test_a_guest_takes_over_at_the_same_url_when_the_owner_ends(database: Path) -> None:
    with process(WAITS, database) as owner:
        said(owner)
        with running(database) as seat:
            assert not seat.owned
            create(seat.url)
            assert ended(owner) == ""
            assert total(seat.url) == 1
            assert seat.owned


def test_nothing_that_was_answered_is_lost_when_the_owner_is_killed(database: Path) -> None:
    with process(WAITS, database) as owner:
        url, _ = said(owner)
        with running(database) as seat:
            for _ in range(5):
                assert create(url) == 200
            os.kill(owner.pid, signal.SIGKILL)
            owner.wait()
            assert total(seat.url) == 5
    with running(database) as seat:
        assert total(seat.url) == 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_ends_in_good_order_when_it_is_told_to(database: Path, number: int) -> None:
    with process(SERVES, database) as server:
        (url,) = said(server)
        assert create(url) == 200
        os.kill(server.pid, number)
        assert said(server) == ["ended"]
        assert ended(server) == ""
        assert server.returncode == 0
    with running(database) as seat:
        assert total(seat.url) == 1


def test_serve_says_where_the_database_is_served_already(database: Path) -> None:
    with running(database) as seat, pytest.raises(CampaignctlError, match=seat.url):
        serve(database, 0, started=lambda _: None)


def test_serve_says_that_a_port_is_taken(database: Path) -> None:
    with Sandbox() as other:
        port = httpx.URL(other.url).port
        assert port is not None
        with pytest.raises(CampaignctlError, match=f"Port {port} cannot be used"):
            serve(database, port, started=lambda _: None)


def test_a_file_that_is_no_database_is_said_to_be_none(database: Path) -> None:
    database.parent.mkdir()
    database.write_text("campaigns: all of them, in prose" * 100)
    with pytest.raises(InputError, match=r"sandbox\.db is no database of the sandbox"), running(database):
        pass


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": 7}', '{"url": "http://example.com:80"}'])
def test_what_stands_beside_the_database_may_be_stale_or_broken(database: Path, text: str) -> None:
    database.parent.mkdir()
    database.with_name("sandbox.db.json").write_text(text)
    with running(database) as seat:
        assert seat.owned
        assert total(seat.url) == 0
        assert json.loads(database.with_name("sandbox.db.json").read_text()) == {"url": seat.url}


def test_a_port_that_was_taken_meanwhile_is_given_up(database: Path) -> None:
    with running(database) as seat:
        port = httpx.URL(seat.url).port
    with Sandbox(port=port or 0), running(database) as seat:
        assert seat.owned
        assert httpx.URL(seat.url).port != port


def test_a_request_under_way_is_answered_before_the_server_ends() -> None:
    answers: list[int] = []
    with Sandbox(clock=FakeClock()) as server:
        server.faults.add("slow", request="create", seconds=60)
        thread = threading.Thread(target=lambda: answers.append(create(server.url)))
        thread.start()
        while not server.requests:
            pass
    thread.join()
    assert answers == [200]


def test_a_database_of_another_version_is_not_touched(database: Path) -> None:
    database.parent.mkdir()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(InputError, match="another version"), running(database):
        pass
