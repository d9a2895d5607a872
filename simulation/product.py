"""Opens the only door to the product: the command line as people run it, and the account that it speaks to."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import httpx

from campaignctl.app import accounts_board, interrupts, manifests_in_turn, side_by_side
from campaignctl.cli.main import run as run_command
from campaignctl.clock import Clock
from campaignctl.fleet import applying, meeting
from campaignctl.guard import notifying
from campaignctl.sandbox.campaign import Campaign
from campaignctl.sandbox.collection import COLLECTIONS
from campaignctl.sandbox.journal import RecordedRequest
from campaignctl.sandbox.people import recipients
from campaignctl.sandbox.routes import HangUpError, application
from campaignctl.sandbox.stage import Stage
from campaignctl.sandbox.store import Search
from campaignctl.sandbox.switches import Position, SwitchRow, rows

__all__ = [
    "COLLECTIONS",
    "THREADS",
    "Campaign",
    "Clock",
    "CommandOutcome",
    "HangUpError",
    "Position",
    "RecordedRequest",
    "Search",
    "Stage",
    "SwitchRow",
    "application",
    "command",
    "recipients",
    "rows",
]

THREADS = (
    (side_by_side, "threading"),
    (side_by_side, "SimpleQueue"),
    (meeting, "SimpleQueue"),
    (accounts_board, "threading"),
    (manifests_in_turn, "threading"),
    (applying, "threading"),
    (interrupts, "threading"),
    (interrupts, "signal"),
    (notifying, "Thread"),
)
"""Where the product runs something beside itself, waits for it, asks which thread it is, or handles signals."""


@dataclass(frozen=True)
class CommandOutcome:
    """Holds what became of a command. `code` is None where it was killed; `crash` names what escaped from it."""

    code: int | None
    out: str
    err: str
    crash: str | None = None


def command(
    words: list[str],
    *,
    root: Path,
    environ: Mapping[str, str],
    clock: Clock,
    network: httpx.BaseTransport,
    random: Random,
    ends: type[BaseException],
) -> CommandOutcome:
    """Runs one command in this process, with its own directory, environment and streams.

    `ends` is what a killed process is ended with; anything else that escapes is a crash.
    """
    out, err = io.StringIO(), io.StringIO()
    before = dict(os.environ), sys.stdin
    os.environ.clear()
    os.environ.update(environ)
    sys.stdin = io.StringIO()
    code: int | None = None
    crash = None
    try:
        with contextlib.chdir(root), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = int(run_command(words, clock, network, random))
    except ends:
        pass
    except Exception as error:
        crash = f"{type(error).__name__}: {error}{_where(error)}"
    finally:
        os.environ.clear()
        os.environ.update(before[0])
        sys.stdin = before[1]
    return CommandOutcome(code, out.getvalue(), err.getvalue(), crash)


def _where(error: BaseException) -> str:
    trace: Any = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f" (in {trace.tb_frame.f_code.co_name}, line {trace.tb_lineno})"
