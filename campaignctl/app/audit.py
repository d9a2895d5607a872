"""Watches the requests: for the audit log, and for `-v`."""

from __future__ import annotations

import errno
import getpass
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from campaignctl.app import output
from campaignctl.clock import Clock
from campaignctl.errors import InputError

if TYPE_CHECKING:
    from campaignctl.api.requesting import RequestRecord

_ACTORS = (
    "GITHUB_ACTOR",
    "GITLAB_USER_LOGIN",
    "BUILD_USER_ID",
    "CIRCLE_USERNAME",
    "BITBUCKET_STEP_TRIGGERER_UUID",
)
"""Where CI systems say who started a run."""


_TIMEOUT_SECONDS = 1.0
"""How long a line may wait for whoever reads the log."""


def who(environ: Mapping[str, str]) -> str:
    """Returns who runs the command: the CI's actor, else the user of this machine."""
    for variable in _ACTORS:
        if environ.get(variable):
            return environ[variable]
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"


class AuditLog:
    """Writes a JSON line for each request, flushed and synced before the next is sent.

    It holds no secret and no number of people. What it cannot take is told on standard error; `lost` says why.
    Nothing ends for that between two operations.
    """

    def __init__(self, path: Path | None, environment: str, environ: Mapping[str, str], clock: Clock) -> None:
        self._path, self._environment, self._clock = path, environment, clock
        self._actor = who(environ) if path else ""
        self._file: BinaryIO | None = None
        self.lost: str | None = None

    def open(self, *, go_on: bool) -> None:
        """Opens the log. Raises InputError where that cannot be done, unless the command goes on without it."""
        if self._path is None:
            return
        try:
            self._file = self._path.open("ab", buffering=0)
            os.set_blocking(self._file.fileno(), False)  # a pipe that is not read holds up no pause
        except OSError as error:
            self.lost = error.strerror or str(error)
            if not go_on:
                raise InputError(f"cannot write the audit log {self._path}: {self.lost}") from error

    def close(self) -> None:
        """Closes the log, which takes no more then."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()

    def check(self) -> None:
        """Checks the log before the first write, when requests have been made already.

        Raises InputError where one is missing.
        """
        if self.lost is not None:
            raise InputError(
                f"the audit log {self._path} cannot be written ({self.lost}): no operation was sent; "
                "name another, or leave out --audit-log"
            )

    def write(self, record: RequestRecord) -> None:
        """Writes one request."""
        if self._path is None:
            return
        text = json.dumps(self._line(record)) + "\n"
        try:
            self._append(text.encode())
        except OSError as error:  # what was sent must be told somewhere
            self.lost = self.lost or error.strerror or str(error)
            output.remark(f"the audit log cannot be written ({self.lost}); its line: {text.rstrip()}")

    def _line(self, record: RequestRecord) -> Mapping[str, object]:
        return {
            "time": self._clock.now().isoformat(timespec="milliseconds"),
            "who": self._actor,
            "environment": self._environment,
            "operation": record.operation,
            "sid": record.sid,
            "attempt": record.attempt,
            "status": record.status,
            "outcome": record.outcome,
        }

    def _wait(self, fd: int) -> None:
        """Waits for a slow reader. Raises TimeoutError for one that stands still, or has done so before."""
        from select import select

        if self.lost or not select([], [fd], [], _TIMEOUT_SECONDS)[1]:
            raise TimeoutError(errno.ETIMEDOUT, "nobody reads it")

    def _append(self, line: bytes) -> None:
        if self._file is None:
            raise OSError(errno.EBADF, "it could not be opened")
        while line:
            try:
                line = line[os.write(self._file.fileno(), line) :]
            except BlockingIOError:
                self._wait(self._file.fileno())
        with suppress(OSError):  # a pipe or a terminal cannot be synced
            os.fsync(self._file.fileno())


@contextmanager
def audited(
    path: Path | None,
    environment: str,
    environ: Mapping[str, str],
    clock: Clock,
    *,
    go_on: bool = False,
) -> Iterator[AuditLog]:
    """Opens a log around a command; see `AuditLog`.

    With `go_on` the command goes on where the log cannot be opened, and says elsewhere what it does.
    """
    log = AuditLog(path, environment, environ, clock)
    log.open(go_on=go_on)
    try:
        yield log
    finally:
        log.close()


def said(record: RequestRecord) -> None:
    """Writes a request in a line, for `-v`."""
    sid = f"/{record.sid}" if record.sid else ""
    status = record.status if record.status is not None else "no answer"
    output.remark(f"{record.method} {record.collection}{sid} → {status} ({record.outcome})")
