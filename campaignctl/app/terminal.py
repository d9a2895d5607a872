"""Adds what a terminal allows: a question before something is done, and a word while the account makes us wait."""

from __future__ import annotations

import math
import os
import sys
from typing import Final

import click

from campaignctl.app.options import GlobalOptions
from campaignctl.clock import Clock, SameTime
from campaignctl.errors import RefusedError, UsageError


def confirm(question: str, *, auto_approve: bool, otherwise: str) -> None:
    """Asks for `yes` on a terminal; elsewhere nobody can be asked, and `otherwise` says what to give instead.

    Raises RefusedError for any other answer, UsageError where there is no terminal.
    """
    if auto_approve:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(f"there is no terminal to ask on: {otherwise}")
    answer = click.prompt(f"{question} Only yes is taken", default="", show_default=False, err=True)
    if answer != "yes":
        raise RefusedError("not confirmed; nothing was sent")


_SHORT_SECONDS: Final = 2.0
"""Nobody wonders about less."""
_ERASE: Final = "\r\x1b[K"


def said(clock: Clock, options: GlobalOptions) -> Clock:
    """Returns the same clock; where somebody looks on, its `sleep` says how long it takes."""
    looked_at = sys.stderr.isatty() and not options.quiet and os.environ.get("TERM") != "dumb"
    return _AnnouncedClock(clock) if looked_at else clock


class _AnnouncedClock(SameTime):
    """Announces waits in a line that is gone when the wait is over, and makes way for a progress bar's."""

    def sleep(self, seconds: float) -> None:
        """See `Clock`."""
        if seconds < _SHORT_SECONDS:
            self._clock.sleep(seconds)
            return
        _write(f"{_ERASE}Waiting {math.ceil(seconds)} seconds before the next request")
        try:
            self._clock.sleep(seconds)
        finally:
            _write(_ERASE)


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
