"""Work that falls into independent pieces, shared out among the machine's cores."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypeVar

_LEAST_SHARE: Final = 400
"""Pieces that are worth a process: it takes some 20 ms to begin and to hand back what it made."""

_MOST: Final = 8
"""Processes. What they made still has to be taken in by one."""

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


def shared_out(work: Callable[[Sequence[_Item]], list[_Made]], items: Sequence[_Item]) -> list[_Made]:
    """`work(items)`, one result per item and in their order; `work` must not depend on what else is among them.

    Where there is much to do, copies of this process take shares of it and hand back pickled results. A copy that
    ends without one leaves its share to this process, which then meets the same error, or none. Copies are made
    only where that is safe: on Linux, before other threads run.
    """
    count = _processes(len(items))
    made: list[_Made] = [None] * len(items)  # type: ignore[list-item]  # every place is filled below
    with _copies(work, [items[place::count] for place in range(1, count)]) as copies:
        made[::count] = work(items[::count])
        for place, results in enumerate(copies, 1):
            made[place::count] = work(items[place::count]) if results is None else results
    return made


def _processes(pieces: int) -> int:
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return max(1, min(pieces // _LEAST_SHARE, len(os.sched_getaffinity(0)), _MOST))


@contextmanager
def _copies(
    work: Callable[[Sequence[_Item]], list[_Made]], shares: Sequence[Sequence[_Item]]
) -> Iterator[Iterator[list[_Made] | None]]:
    """What copies of this process make of their shares; none of them outlives this."""
    begun = [_begin(work, share) for share in shares]
    try:
        yield (_result(pipe) for _, pipe in begun)
    finally:
        for copy, pipe in begun:
            os.close(pipe)
            os.kill(copy, signal.SIGKILL)
            os.waitpid(copy, 0)


def _begin(work: Callable[[Sequence[_Item]], list[_Made]], share: Sequence[_Item]) -> tuple[int, int]:
    """A copy's process id, and where it will write what it made."""
    reading, writing = os.pipe()
    copy = os.fork()
    if copy:
        os.close(writing)
        return copy, reading
    try:
        import pickle  # not before there is much to do

        result = pickle.dumps(work(share), pickle.HIGHEST_PROTOCOL)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(result)
    finally:
        os._exit(0)  # neither what is still to be printed nor what is still to be cleaned up is the copy's


def _result(pipe: int) -> list[_Made] | None:
    import pickle

    with os.fdopen(pipe, "rb", closefd=False) as reading:
        result = reading.read()
    try:
        return pickle.loads(result) if result else None
    except (EOFError, pickle.UnpicklingError):
        return None
