"""Tells the signals of the simulated runs from those that somebody sends to the process that plays them.

A run sets its handlers in a table of its own: what the seed draws is handled there. A real signal means the player, and
ends it: taken for one of a run it would change the life, which then looks as complete as any other.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_ENDING = (signal.SIGINT, signal.SIGTERM)


class RunSignals:
    """Holds the handlers of the run that goes on now. It has as much of the module `signal` as the product asks for."""

    SIGINT, SIGTERM = _ENDING

    def __init__(self) -> None:
        self._handlers: dict[int, Any] = dict.fromkeys(_ENDING, signal.default_int_handler)

    def signal(self, number: int, handler: Any) -> Any:
        """Sets a handler; returns the one of before."""
        before, self._handlers[number] = self._handlers[number], handler
        return before

    def taken(self) -> dict[int, Any]:
        """Returns the handlers as they are now."""
        return dict(self._handlers)

    def put_back(self, handlers: dict[int, Any]) -> None:
        """Makes them so again."""
        self._handlers = dict(handlers)

    def come(self) -> None:
        """Does what a process does on a signal: its own handler, or the one of every Python program."""
        self._handlers[signal.SIGINT](signal.SIGINT, None)


@contextmanager
def ending_as_by_ctrl_c() -> Iterator[None]:
    """Makes SIGTERM a KeyboardInterrupt, as Ctrl-C is one."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def ending_the_player(leave: Callable[[], object]) -> Iterator[None]:
    """Lets a real signal end this process at once, as it ends any other, once `leave` has tidied up.

    One that whoever began the process had ignored stays so.
    """
    player = os.getpid()

    def end(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)  # so a second one waits for nothing
        if os.getpid() == player:
            leave()
        os.kill(os.getpid(), number)

    before = {it: was for it in _ENDING if (was := signal.getsignal(it)) is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, was in before.items():
            signal.signal(number, was)
