"""Who watches the requests: the audit log, and `-v`."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from campaignctl.cli import output
from campaignctl.clock import Clock
from campaignctl.errors import InputError

if TYPE_CHECKING:
    from campaignctl.api.client import RequestRecord

_ACTORS = (
    "GITHUB_ACTOR",
    "GITLAB_USER_LOGIN",
    "BUILD_USER_ID",
    "CIRCLE_USERNAME",
    "BITBUCKET_STEP_TRIGGERER_UUID",
)
"""Where CI systems say who started a run."""


def who(environ: Mapping[str, str]) -> str:
    """The CI's actor, else the user of this machine."""
    for variable in _ACTORS:
        if environ.get(variable):
            return environ[variable]
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"


@contextmanager
def audited(
    path: Path | None, environment: str, environ: Mapping[str, str], clock: Clock
) -> Iterator[Callable[[RequestRecord], None]]:
    """Appends a JSON line per request, flushed and synced before the next is sent. Raises InputError.

    No secret and no number of people stands in it.
    """
    if path is None:
        yield lambda _record: None
        return
    try:
        file = path.open("ab", buffering=0)
    except OSError as error:
        raise InputError(f"cannot write the audit log {path}: {error.strerror}") from error
    actor = who(environ)
    with file:
        yield lambda record: _write(file, environment, actor, clock, record)


def _write(file: BinaryIO, environment: str, actor: str, clock: Clock, record: RequestRecord) -> None:
    line = {
        "time": clock.now().isoformat(timespec="milliseconds"),
        "who": actor,
        "environment": environment,
        "operation": record.operation,
        "sid": record.sid,
        "attempt": record.attempt,
        "status": record.status,
        "outcome": record.outcome,
    }
    text = json.dumps(line) + "\n"
    try:
        file.write(text.encode())
    except OSError as error:  # what was sent must be told somewhere
        output.remark(f"the audit log cannot be written ({error.strerror}); its line: {text.rstrip()}")
    with suppress(OSError):  # a pipe or a terminal cannot be synced
        os.fsync(file.fileno())


def said(record: RequestRecord) -> None:
    """For `-v`: the request in a line."""
    sid = f"/{record.sid}" if record.sid else ""
    status = record.status if record.status is not None else "no answer"
    output.remark(f"{record.method} {record.collection}{sid} → {status} ({record.outcome})")
