"""Implements `campaignctl sandbox serve | reset | advance`."""

from __future__ import annotations

import gc
import re
from datetime import datetime, timedelta
from pathlib import Path

import click

from campaignctl.app import output
from campaignctl.app.options import GlobalOptions
from campaignctl.app.workspace import Session
from campaignctl.cli.options import global_options
from campaignctl.errors import InputError, UsageError
from campaignctl.model.windows import period_of

_DURATION = re.compile(r"(?:[0-9]+[smhd])+")


@click.group("sandbox")
@global_options
def command(options: GlobalOptions) -> None:
    """The stand-in for the API, on this machine alone: it calls and texts nobody."""


@command.command("serve")
@global_options
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Where to listen; any free port by default."
)
def serve(options: GlobalOptions, port: int) -> int:
    """Serve the sandbox over HTTP on loopback until Ctrl-C."""
    from campaignctl.sandbox.server import serve as serve_sandbox

    gc.set_threshold(10_000)  # a server lives long, and each request leaves cycles
    database, start_at = _sandbox(options)

    def started(url: str) -> None:
        output.result(url)
        output.remark("any account name, key and token will do; Ctrl-C ends it", options)

    serve_sandbox(database, port, started=started, start_at=start_at)
    return 0


@command.command("reset")
@global_options
def reset(options: GlobalOptions) -> int:
    """Empty the sandbox; its clock begins anew."""
    from campaignctl.sandbox.server import reset as reset_sandbox

    database, start_at = _sandbox(options)
    reset_sandbox(database, start_at=start_at)
    output.remark("the sandbox is empty", options)
    return 0


@command.command("advance")
@global_options
@click.argument("duration")
def advance(options: GlobalOptions, duration: str) -> int:
    """Move the sandbox's clock on: 90s, 30m, 2h, 1d or 1h30m."""
    from campaignctl.sandbox.server import advance as advance_sandbox

    by = _duration(duration)
    database, start_at = _sandbox(options)
    now = advance_sandbox(database, by, start_at=start_at)
    output.done(now.isoformat(timespec="seconds"))
    return 0


def _sandbox(options: GlobalOptions) -> tuple[Path, datetime | None]:
    """Returns the database of the environment's sandbox, and where a fresh one's clock begins. Raises UsageError."""
    session = Session.open(options)
    if not session.environment.is_sandbox:
        raise UsageError(f"environment {session.environment.name} is a live account, not a sandbox")
    return session.sandbox_database, session.sandbox_start


def _duration(text: str) -> timedelta:
    if not _DURATION.fullmatch(text):
        raise UsageError(f"{text} is no duration: write 90s, 30m, 2h, 1d or 1h30m")
    try:
        return period_of(text)
    except (OverflowError, ValueError):  # more days than there are, or more digits than a number may have
        raise InputError(f"{text[:40]} is beyond the last year there is: advance by less") from None
