"""Ctrl-C and SIGTERM: the request in flight is finished, nothing more is sent. A second one stops at once."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import datetime
from types import FrameType, TracebackType
from typing import Any

from campaignctl.clock import Clock
from campaignctl.errors import InterruptedRunError

_POLL_SECONDS = 0.2


class Interrupts:
    """While it is entered, signals are remembered instead of raised."""

    def __init__(self) -> None:
        self._asked = False
        self._before: dict[signal.Signals, Any] = {}

    def asked(self) -> bool:
        """Whether somebody wants the run to end."""
        return self._asked

    def clock(self, clock: Clock) -> Clock:
        """The same clock; its `sleep` ends when somebody wants the run to end."""
        return _Interruptible(clock, self.asked)

    def __enter__(self) -> Interrupts:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._remember)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _remember(self, _number: int, _frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True


class _Interruptible:
    """Waits in short pieces. Raises InterruptedRunError out of a wait: between two requests, never within one."""

    def __init__(self, clock: Clock, asked: Callable[[], bool]) -> None:
        self._clock = clock
        self._asked = asked

    def now(self) -> datetime:
        """See `Clock`."""
        return self._clock.now()

    def monotonic(self) -> float:
        """See `Clock`."""
        return self._clock.monotonic()

    def sleep(self, seconds: float) -> None:
        """See `Clock`."""
        left = seconds
        while left > 0:
            if self._asked():
                raise InterruptedRunError("interrupted while waiting; nothing more was sent")
            self._clock.sleep(min(left, _POLL_SECONDS))
            left -= _POLL_SECONDS
