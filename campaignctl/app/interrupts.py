"""Ends a command on Ctrl-C and SIGTERM; while a plan is carried out, the request in flight is finished first.

So is the pause that keeps what was just sent from calling somebody wrongly. A second signal stops at once.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

from campaignctl.clock import Clock, SameTime
from campaignctl.errors import InterruptedRunError

_POLL_SECONDS = 0.2


class Interrupts:
    """Turns both signals into KeyboardInterrupt while it is entered; while `deferred`, they are remembered instead.

    Only the main thread is told of signals: in another one nothing interrupts.
    """

    def __init__(self) -> None:
        self._asked = False
        self._deferred = False
        self._undeterred = False
        self._before: dict[signal.Signals, Any] = {}

    def asked(self) -> bool:
        """Tells whether somebody wants the run to end."""
        return self._asked

    def clock(self, clock: Clock) -> Clock:
        """Returns the same clock; its `sleep` ends when somebody wants the run to end."""
        return _Interruptible(clock, self.stopping)

    def stopping(self) -> bool:
        """Returns whether a wait is to end now: not where what is sent keeps somebody from being called wrongly."""
        return self.asked() and not self._undeterred

    def ask(self) -> None:
        """Ends the run, as if a signal had come."""
        self._asked = True

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is not threading.main_thread():
            return self
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Defers signals while requests that write are under way: a first signal cuts none off."""
        self._deferred = True
        try:
            yield
        finally:
            self._deferred = False

    @contextmanager
    def undeterred(self) -> Iterator[None]:
        """Lets no first signal cut a wait short: what is sent here keeps somebody from being called wrongly."""
        before, self._undeterred = self._undeterred, True
        try:
            yield
        finally:
            self._undeterred = before

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if self._asked or not self._deferred:
            raise KeyboardInterrupt
        self._asked = True


class Follower(Interrupts):
    """Follows the interrupts of the main thread, for one of several that run side by side."""

    def __init__(self, first: Interrupts) -> None:
        super().__init__()
        self._first = first

    def asked(self) -> bool:
        """Returns whether somebody wants all of them to end."""
        return self._first.asked()


class _Interruptible(SameTime):
    """Waits in short pieces. Raises InterruptedRunError out of a wait: between two requests, never within one."""

    def __init__(self, clock: Clock, asked: Callable[[], bool]) -> None:
        super().__init__(clock)
        self._asked = asked

    def sleep(self, seconds: float) -> None:
        """See `Clock`."""
        left = seconds
        while left > 0:
            if self._asked():
                raise InterruptedRunError("interrupted while waiting; nothing more was sent")
            self._clock.sleep(min(left, _POLL_SECONDS))
            left -= _POLL_SECONDS
