"""Bounds what a rule may cost: a hostile one cannot hang a pipeline, nor be got round by a long text.

A clock of the system ends what takes too long, within a regular expression too. What goes beyond the bounds raises:
it is never taken for a rule that was met.
"""

from __future__ import annotations

import re
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import Final

MAX_LEVELS: Final = 64
MAX_TEXT: Final = 4096
"""Characters that a pattern meets."""
SECONDS_A_MANIFEST: Final = 2.0


class LimitExceededError(Exception):
    """Says that a bound was met; the message says which."""


class TooLongTextError(LimitExceededError):
    """Says that a text is too long for a pattern."""


def require_short(text: str) -> None:
    """Raises TooLongTextError."""
    if len(text) > MAX_TEXT:
        raise TooLongTextError(f"a pattern meets a text of more than {MAX_TEXT:,} characters")


def unreadable(pattern: str) -> str | None:
    """Says why a regular expression cannot be compiled."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            re.compile(pattern)
    except re.error as error:
        return str(error.msg)
    except (OverflowError, RecursionError):
        return "it is too large"
    return None


@contextmanager
def at_most(seconds: float, message: str) -> Iterator[None]:
    """Ends what takes longer. Raises LimitExceededError with the message.

    In the main thread of a process alone, for there alone a signal ends a regular expression that runs away
    (`in_main_thread`).
    """
    ends = monotonic() + seconds

    def over(_signal: int, _frame: FrameType | None) -> None:
        raise LimitExceededError(message)

    if seconds <= 0:
        raise LimitExceededError(message)
    before, left = signal.signal(signal.SIGALRM, over), signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        try:
            yield
        except RecursionError:
            raise LimitExceededError(f"it is nested more than {MAX_LEVELS} levels deep") from None
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, before)
        if left[0]:
            signal.setitimer(
                signal.ITIMER_REAL, max(0.001, left[0] - (monotonic() - ends + seconds)), left[1]
            )
