"""Starts a sandbox: one of one's own (`Sandbox`), or the one that goes with a database (`running`, `serve`).

One process owns a database. Whoever finds it owned uses the owner's server, whose URL stands in a file beside it,
and holds a connection open to it: when that ends, because the owner is done or was killed, one of those who are
left takes the database over and answers at the same URL.
"""

from __future__ import annotations

import json
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from campaignctl.clock import Clock, SystemClock
from campaignctl.errors import CampaignctlError, InputError
from campaignctl.sandbox.campaign import Campaign
from campaignctl.sandbox.faults import Faults
from campaignctl.sandbox.journal import RecordedRequest
from campaignctl.sandbox.shapes import RefusalError, Sent
from campaignctl.sandbox.stage import Stage
from campaignctl.sandbox.store import OwnedElsewhereError
from campaignctl.sandbox.switches import Switches

LOOPBACK = "127.0.0.1"
_TIMEOUT_SECONDS = 10.0
"""Seconds until an owner that neither answers nor ends is given up: it may be starting or ending."""
_TAKING_OVER = (0.01, 0.05, 0.2, 0.5, 1.0)
"""Seconds between tries to have the port of an owner that ended."""


class Sandbox:
    """Serves a database of its own, in memory by default.

    It is a context manager. Raises `OwnedElsewhereError` when another process owns the database, `OSError` when the
    port is taken.
    """

    def __init__(
        self,
        database: Path | None = None,
        *,
        clock: Clock | None = None,
        port: int = 0,
        start_at: datetime | None = None,
    ) -> None:
        from campaignctl.sandbox.listener import Listener
        from campaignctl.sandbox.routes import application

        self._stage = Stage(database, clock or SystemClock(), start_at)
        try:
            self._listener = Listener(application(self._stage), self._stage.clock, port)
        except BaseException:
            self._stage.close()
            raise
        self._stage.world.served_at = self.url
        self._listener.start()

    @property
    def url(self) -> str:
        """Returns scheme, host and port, without a slash at the end."""
        return f"http://{LOOPBACK}:{self._listener.port}"

    @property
    def switches(self) -> Switches:
        """Returns the switches: what the documents leave unknown."""
        return self._stage.switches

    @property
    def faults(self) -> Faults:
        """Returns the faults: how it misbehaves."""
        return self._stage.faults

    @property
    def requests(self) -> tuple[RecordedRequest, ...]:
        """Returns what it was asked, oldest first."""
        return self._stage.journal.entries()

    def forget_requests(self) -> None:
        """Empties `requests`."""
        self._stage.journal.clear()

    def now(self) -> datetime:
        """Returns its clock, in UTC."""
        return self._stage.clock.now()

    def advance(self, by: timedelta) -> datetime:
        """Moves its clock on, and returns the new now."""
        return self._stage.advance(by)

    def seed(self, account: str, collection: str, campaigns: Iterable[Sent]) -> list[str]:
        """Puts campaigns (or `lists`) there as they are, unchecked; returns their SIDs. See `seeding.seed`."""
        return self._stage.seed(account, collection, campaigns)

    def campaigns(self, account: str) -> list[Campaign]:
        """Returns all campaigns of an account as they are, in the order of their creation, whatever the account
        says about them.
        """
        return self._stage.campaigns(account)

    def numbers(self, account: str, sid: str) -> list[str]:
        """Returns whom a contact list calls, whatever the account says of it."""
        return self._stage.numbers(account, sid)

    def set_status(self, account: str, sid: str, word: str) -> None:
        """Puts any status on a campaign: `deleted`, or a word that nobody knows."""
        self._stage.set_status(account, sid, word)

    def reset(self) -> None:
        """Makes it as fresh as when it was made: accounts, clock, switches, faults and requests."""
        self._stage.reset()

    def close(self) -> None:
        """Answers what is under way, then gives port and database up."""
        self._stage.stopping.set()
        self._listener.stop()
        self._stage.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Seat:
    """Holds a place at the sandbox of a database, as its owner or as a guest of the process that owns it."""

    def __init__(self, database: Path, clock: Clock, port: int, start_at: datetime | None) -> None:
        self._database = database
        self._clock = clock
        self._start_at = start_at
        self._leaving = threading.Event()
        self._sandbox: Sandbox | None = None
        self._lease: socket.socket | None = None
        self._watcher: threading.Thread | None = None
        self._take(port)
        self.url = self._found_url()
        if self._lease is not None:
            self._watcher = threading.Thread(target=self._watch, daemon=True)
            self._watcher.start()

    @property
    def owned(self) -> bool:
        """Tells whether the server runs in this process."""
        return self._sandbox is not None

    def _found_url(self) -> str:
        return self._sandbox.url if self._sandbox is not None else _recorded(self._database) or ""

    def _take(self, port: int) -> None:
        """Becomes the owner, or the guest of whoever is."""
        deadline = time.monotonic() + _TIMEOUT_SECONDS
        while time.monotonic() < deadline and not self._leaving.is_set():
            try:
                self._sandbox = _own(self._database, self._clock, port, self._start_at)
                return
            except OwnedElsewhereError:
                self._lease = _lease(self._database)
                if self._lease is not None:
                    return
        if self._leaving.is_set():
            return
        raise CampaignctlError(
            f"{self._database} is in use by a process that does not answer. End that process and run again."
        )

    def _watch(self) -> None:
        """Waits for the owner's end; then takes over, at the same URL."""
        port = urlsplit(self.url).port or 0
        while self._lease is not None:
            _wait_for_end(self._lease)
            self._lease.close()
            self._lease = None
            try:
                self._take_over(port)
            except (CampaignctlError, OSError):
                return  # whoever asks next finds nobody there, and says so

    def _take_over(self, port: int) -> None:
        """Takes the database over.

        A process that is killed gives its connections up a moment before its port: so it tries again for a while.
        """
        for seconds in _TAKING_OVER:
            try:
                return self._take(port)
            except OSError:
                self._leaving.wait(seconds)
        return self._take(port)

    def leave(self) -> None:
        """Gives the seat up; an owner's server ends with it."""
        self._leaving.set()
        lease = self._lease
        if lease is not None:
            with suppress(OSError):  # the owner may have been faster
                lease.shutdown(socket.SHUT_RDWR)
        if self._watcher is not None:
            self._watcher.join()
        if self._sandbox is not None:
            self._sandbox.close()


@contextmanager
def running(
    database: Path, *, clock: Clock | None = None, port: int = 0, start_at: datetime | None = None
) -> Iterator[Seat]:
    """Yields the server of a database: the one that another process runs, else one in this process while the block
    runs. A fresh database's clock begins at `start_at`. Raises `InputError` for a file that is no such database.
    """
    seat = Seat(database, clock or SystemClock(), port, start_at)
    try:
        yield seat
    finally:
        seat.leave()


def serve(
    database: Path,
    port: int,
    *,
    started: Callable[[str], None],
    clock: Clock | None = None,
    start_at: datetime | None = None,
) -> None:
    """Serves until SIGINT or SIGTERM; `started` is called with the URL.

    It works in the main thread only. Raises `CampaignctlError` when the port is taken or another process serves the
    database.
    """
    ended = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: ended.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        with Sandbox(database, clock=clock, port=port, start_at=start_at) as sandbox:
            _record(database, sandbox.url)
            started(sandbox.url)
            ended.wait()
    except OwnedElsewhereError:
        where = _recorded(database)
        raise CampaignctlError(f"{database} is served already, at {where}. Use that one or end it.") from None
    except OSError as failure:
        raise CampaignctlError(f"Port {port} cannot be used: {failure.strerror}. Choose another.") from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def reset(database: Path, *, clock: Clock | None = None, start_at: datetime | None = None) -> None:
    """Empties a database, whether it is being served or not."""
    sent = {} if start_at is None else {"start_at": start_at.isoformat()}
    with running(database, clock=clock, start_at=start_at) as seat:
        _ask(seat.url, "POST", "/_sandbox/reset", sent)


def advance(
    database: Path, by: timedelta, *, clock: Clock | None = None, start_at: datetime | None = None
) -> datetime:
    """Moves a database's clock on, whether it is being served or not, and returns its new now."""
    with running(database, clock=clock, start_at=start_at) as seat:
        answer = _ask(seat.url, "POST", "/_sandbox/clock", {"advance_seconds": by.total_seconds()})
    return datetime.fromisoformat(answer["now"])


def _ask(url: str, method: str, path: str, sent: Sent, timeout: float = 30.0) -> dict[str, str]:
    """Asks a control that answers words."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or LOOPBACK, parts.port, timeout=timeout)
    try:
        connection.request(method, path, json.dumps(sent), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        body = json.loads(answer.read())
    except (OSError, HTTPException, ValueError) as failure:
        raise CampaignctlError(f"The sandbox at {url} did not answer: {failure}.") from None
    finally:
        connection.close()
    if answer.status != 200:
        error = body["response"][0]["error_data"]
        raise InputError(f"{error['message']} {error['description']}")
    words: dict[str, str] = body
    return words


# Owners and guests.


def _own(database: Path, clock: Clock, port: int, start_at: datetime | None) -> Sandbox:
    """Starts a server of our own, at the port asked for, else the one it had last, else any."""
    last = urlsplit(_recorded(database) or "").port or 0
    for wanted in (port,) if port else (last, 0):
        try:
            sandbox = Sandbox(database, clock=clock, port=wanted, start_at=start_at)
        except OSError:
            if wanted in (0, port):
                raise
        else:
            try:
                _record(database, sandbox.url)
            except InputError:
                sandbox.close()
                raise
            return sandbox
    raise AssertionError("unreachable: port 0 is always there")


def _beside(database: Path) -> Path:
    return database.with_name(database.name + ".json")


def _record(database: Path, url: str) -> None:
    """Says where the owner answers. The file is written at once, so that nobody reads half. Raises InputError."""
    made = _beside(database).with_suffix(".tmp")
    try:
        made.write_text(json.dumps({"url": url}), encoding="utf-8")
        made.replace(_beside(database))
    except OSError as error:
        raise InputError(
            f"the sandbox keeps its state in {database.parent}, which cannot be used: {error.strerror}."
        ) from None


def _recorded(database: Path) -> str | None:
    """Returns where an owner answers, or the last one did."""
    try:
        url = json.loads(_beside(database).read_text(encoding="utf-8"))["url"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    parts = urlsplit(url) if isinstance(url, str) else None
    return url if parts is not None and parts.scheme == "http" and parts.hostname == LOOPBACK else None


def _lease(database: Path) -> socket.socket | None:
    """Connects to the owner, and keeps the connection open without a word; None while there is nobody to connect
    to.
    """
    url = _recorded(database)
    if url is None:
        return None
    try:
        _ask(url, "GET", "/_sandbox/", {}, timeout=2.0)
        return socket.create_connection((LOOPBACK, urlsplit(url).port or 0))
    except (OSError, CampaignctlError):
        return None


def _wait_for_end(connection: socket.socket) -> None:
    try:
        while connection.recv(1024):
            pass
    except OSError:
        pass  # reset: an end as well


__all__ = ["OwnedElsewhereError", "RefusalError", "Sandbox", "Seat", "advance", "reset", "running", "serve"]
