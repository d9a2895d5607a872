"""Gives work to copies of this process, so that it takes one core each.

Copies are made only where there is enough to do, and where it is safe: on Linux, before other threads run.
Elsewhere this process does it all. A copy that ends without a result leaves its work to this process, which then
meets the same error, or none.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from itertools import chain
from typing import Final, TypeVar

_WORTH_A_COPY: Final = 300
"""Manifests, say: it takes some 20 ms to begin a copy and to take in what it made."""

_MOST: Final = 8
"""Processes. What they made still has to be taken in by one."""

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


def parallel_map(work: Callable[[Sequence[_Item]], list[_Made]], items: Sequence[_Item]) -> list[_Made]:
    """Returns `work(items)`, one result for each item and in their order; `work` must not depend on what else is
    among them. A copy takes nine tenths of what this process does, since it has to hand over what it made besides.
    """
    copies = max(1, min(len(items) // _WORTH_A_COPY, _cores(), _MOST)) - 1
    share = 9 * len(items) // (9 * copies + 10)
    own = len(items) - copies * share
    with ExitStack() as begun:
        shares = [
            begun.enter_context(in_background(partial(work, items[begin : begin + share]), share))
            for begin in (own + place * share for place in range(copies))
        ]
        return [*work(items[:own]), *chain.from_iterable(made() for made in shares)]


@contextmanager
def in_background(work: Callable[[], _Made], pieces: int) -> Iterator[Callable[[], _Made]]:
    """Begins work that this process need not wait for.

    What it gives returns the result when it is called once. `pieces` tells how much there is to do. The result is
    pickled on its way. What the copy changes stays its own.
    """
    begun = _begin(work) if pieces >= _WORTH_A_COPY and _cores() > 1 else None
    if begun is None:
        yield work
        return
    copy, pipe = begun
    try:
        yield lambda: _result(pipe, work)
    finally:
        os.close(pipe)
        with suppress(
            ProcessLookupError, ChildProcessError
        ):  # a program may have the system forget its children
            os.kill(copy, signal.SIGKILL)
            os.waitpid(copy, 0)


def _cores() -> int:
    """Returns how many processes may be of use."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0))


def _begin(work: Callable[[], object]) -> tuple[int, int] | None:
    """Starts a copy of the process.

    Returns its process id, and where it will write what it made; None where the system gives no more processes.
    """
    reading, writing = os.pipe()
    try:
        copy = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        return None
    if copy:
        os.close(writing)
        return copy, reading
    try:
        import pickle

        result = work()
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(
                result, pipe, pickle.HIGHEST_PROTOCOL
            )  # as it is taken in: neither side holds it twice
    finally:
        os._exit(0)  # neither what is still to be printed nor what is still to be cleaned up is the copy's


def _result(pipe: int, work: Callable[[], _Made]) -> _Made:
    import pickle

    with os.fdopen(pipe, "rb", closefd=False) as reading:
        try:
            made: _Made = pickle.load(reading)
        except (EOFError, pickle.UnpicklingError):
            return work()
    return made
