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
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Final, TypeVar, cast

_WORTH_A_COPY: Final = 300
"""Manifests, say: it takes some 20 ms to begin a copy and to take in what it made."""

_MOST: Final = 8
"""Processes. What they made still has to be taken in by one."""

_PIPE_BYTES: Final = 1 << 20
"""A copy goes on while what it made is not taken in yet."""

_PORTION: Final = 250
"""Results that a copy hands over in one piece, where it makes many."""

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


def parallel_map(
    work: Callable[[Sequence[_Item]], Iterable[_Made]],
    items: Sequence[_Item],
    besides: Callable[[], object] | None = None,
    weight: int = 0,
) -> Iterator[_Made]:
    """Yields `work(items)`, one result for each item and in their order, as they are made or handed over; `work` must
    not depend on what else is among them. A copy takes nine tenths of what this process does, since it has to hand
    over what it made besides.

    `besides` is what this process does before it takes over from the copies; it takes as long as so many items.
    """
    copies = max(1, min(len(items) // _WORTH_A_COPY, _cores(), _MOST)) - 1
    share = min(9 * (len(items) + weight) // (9 * copies + 10), len(items) // max(copies, 1))
    own = len(items) - copies * share
    parts = [items[begin : begin + share] for begin in (own + place * share for place in range(copies))]
    with ExitStack() as begun:
        pipes = [begun.enter_context(_copy(partial(_in_portions, work, part))) for part in parts]
        yield from work(items[:own])
        if besides is not None:
            besides()
        for pipe, part in zip(pipes, parts, strict=True):
            yield from _of_portions(pipe, work, part)


def _in_portions(
    work: Callable[[Sequence[_Item]], Iterable[_Made]], items: Sequence[_Item]
) -> Iterator[list[_Made]]:
    """Makes all of it, then yields some at a time and lets go of them: neither side holds all of it twice."""
    made = list(work(items))
    while made:
        yield made[:_PORTION]
        del made[:_PORTION]


def _of_portions(
    pipe: int | None, work: Callable[[Sequence[_Item]], Iterable[_Made]], items: Sequence[_Item]
) -> Iterator[_Made]:
    """Yields what a copy makes of items; where it ends without, this process makes what is left."""
    taken = 0
    for portion in _taken_in(pipe, -(-len(items) // _PORTION)) if pipe is not None else ():
        made = cast("list[_Made]", portion)
        taken += len(made)
        yield from made
    if taken < len(items):
        yield from work(items[taken:])


@contextmanager
def in_turn(work: Callable[[_Item], _Made], items: Sequence[_Item], pieces: int) -> Iterator[Iterator[_Made]]:
    """Begins work whose results are wanted one by one, each as soon as it is there.

    What it gives yields them in the order of the items. Copies begin before it is given, so before any thread that is
    started for what they make; this process only takes it in. `pieces` tells how much there is to do in all.
    """
    cores = _cores()
    copies = min(cores, pieces // _WORTH_A_COPY, len(items), _MOST) if cores > 1 else 0
    with ExitStack() as begun:
        dealt = [items[place::copies] for place in range(copies)]
        pipes = [begun.enter_context(_copy(partial(map, work, part))) for part in dealt]
        made = [_made_by(pipe, work, part) for pipe, part in zip(pipes, dealt, strict=True)]
        yield (next(made[place % copies]) for place in range(len(items))) if copies else map(work, items)


def _made_by(pipe: int | None, work: Callable[[_Item], _Made], items: Sequence[_Item]) -> Iterator[_Made]:
    """Yields what a copy makes of items; from where it ends without, this process makes it."""
    left = iter(items)
    if pipe is not None:
        for made in _taken_in(pipe, len(items)):
            next(left)
            yield cast("_Made", made)
    yield from map(work, left)


def _taken_in(pipe: int, count: int) -> Iterator[object]:
    """Yields what a copy has made, as far as it came."""
    import pickle

    with os.fdopen(pipe, "rb", closefd=False) as reading, suppress(EOFError, pickle.UnpicklingError):
        for _ in range(count):
            yield pickle.load(reading)


@contextmanager
def in_background(work: Callable[[], _Made], pieces: int) -> Iterator[Callable[[], _Made]]:
    """Begins work that this process need not wait for.

    What it gives returns the result when it is called once. `pieces` tells how much there is to do. The result is
    pickled on its way. What the copy changes stays its own.
    """
    if pieces < _WORTH_A_COPY or _cores() == 1:
        yield work
        return
    with _copy(lambda: [work()]) as pipe:
        yield lambda: next(_made_by(pipe, lambda _: work(), [None]))


@contextmanager
def _copy(makes: Callable[[], Iterable[object]]) -> Iterator[int | None]:
    """Yields where a copy of the process writes what it makes; None where the system gives no more processes."""
    begun = _begin(makes)
    if begun is None:
        yield None
        return
    copy, pipe = begun
    try:
        yield pipe
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


def _begin(makes: Callable[[], Iterable[object]]) -> tuple[int, int] | None:
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
        import fcntl
        import pickle

        os.close(reading)  # whoever writes to a process that is gone must hear of it
        with suppress(OSError):
            fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        with os.fdopen(writing, "wb") as pipe:
            for made in makes():
                pickle.dump(
                    made, pipe, pickle.HIGHEST_PROTOCOL
                )  # as it is taken in: neither side holds it twice
                pipe.flush()
    finally:
        os._exit(0)  # neither what is still to be printed nor what is still to be cleaned up is the copy's
