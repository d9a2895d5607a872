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
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Final, Generic, TypeVar, cast

_WORTH_A_COPY: Final = 300
"""Manifests, say: it takes some 20 ms to begin a copy and to take in what it made."""

_MOST: Final = 8
"""Processes. What they made still has to be taken in by one."""

_PIPE_BYTES: Final = 1 << 20
_MOST_HELD: Final = 4 << 20
"""A copy goes on while what it made is not taken in yet, up to so many bytes beside those in the pipe."""

_PORTION: Final = 100
"""Items that a process takes at a time, and whose results a copy hands over in one piece."""

_MOST_PORTIONS: Final = 20_000
"""As many numbers of two bytes stand in a pipe before anybody reads it."""

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


class Handing(Generic[_Item, _Made]):
    """Says what a copy hands over of a result, and what the process makes of it that began the copy, each beside the
    item: what both have need not be handed over.
    """

    def over(self, _item: _Item, made: _Made) -> object:
        """Returns what is handed over: as it is made."""
        return made

    def back(self, _item: _Item, handed: object) -> _Made:
        """Returns what was made, of what was handed over."""
        return cast("_Made", handed)


def parallel_map(
    work: Callable[[Sequence[_Item]], Iterable[_Made]],
    items: Sequence[_Item],
    besides: Sequence[Callable[[], object]] = (),
    handing: Handing[_Item, _Made] | None = None,
    made_soon: Callable[[_Item], bool] | None = None,
) -> Iterator[_Made]:
    """Yields `work(items)`, one result for each item and in their order; `work` must not depend on what else is among
    them.

    The first item goes first: what all of them ask for is there when the copies begin. Each process takes the next
    portion when it is done with one, so that all of them end together, whatever else they have to do. `besides` is
    what this process does first while its copies work; without copies whoever needs it does it later. What is
    `made_soon` takes longer to hand over than to make: no copy is given it.
    """
    if made_soon is not None:
        soon = list(map(made_soon, items))
        others = [it for it, is_soon in zip(items, soon, strict=True) if not is_soon]
        by_all = parallel_map(work, others, besides, handing)
        yield from _merged(work, zip(soon, items, strict=True), by_all)
        return
    copies = max(1, min(len(items) // _WORTH_A_COPY, _cores(), _MOST)) - 1
    if not copies:
        yield from work(items)
        return
    first, items = list(work(items[:1])), items[1:]
    size = max(_PORTION, -(-len(items) // _MOST_PORTIONS))
    portions = [items[begin : begin + size] for begin in range(0, len(items), size)]
    shared = _Shared(work, portions, handing or Handing())
    late = min(copies, _in_background())
    with _dealt(len(portions), copies + 1 - late) as (deals, rest), ExitStack() as begun:
        own, *dealt = deals
        inbox = _Inbox()

        def begin(deal: Iterator[int]) -> None:
            inbox.listen(begun.enter_context(_copy(partial(_hand_over, shared.handed(deal)))))

        for deal in dealt:
            begin(deal)
        for do in besides:
            do()
            shared.take_in(inbox, wait=False)
        yield from first
        yield from shared.in_order(own, inbox, [partial(begin, rest)] * late)


def _merged(
    work: Callable[[Sequence[_Item]], Iterable[_Made]],
    items: Iterable[tuple[bool, _Item]],
    shared: Iterator[_Made],
) -> Iterator[_Made]:
    """Yields what is made of items in their order: of those that are marked here, of the others by who shares them."""
    begun = list(islice(shared, 1))  # its copies work from now on
    shared = chain(begun, shared)
    for is_mine, run in groupby(items, key=itemgetter(0)):
        together = [item for _, item in run]
        yield from work(together) if is_mine else islice(shared, len(together))


@contextmanager
def _dealt(portions: int, processes: int) -> Iterator[tuple[list[Iterator[int]], Iterator[int]]]:
    """Yields what gives the numbers of portions: for each process one for a beginning, then whichever is next when it
    asks, of a pipe that all of them read; and for those that begin later what stands in the pipe.
    """
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(b"".join(number.to_bytes(2) for number in range(processes, portions)))
    try:
        asked = map(int.from_bytes, iter(lambda: os.read(reading, 2), b""))
        yield [chain([first], asked) for first in range(processes)], asked
    finally:
        os.close(reading)


class _Shared(Generic[_Item, _Made]):
    """Holds work on portions that several processes share."""

    def __init__(
        self,
        work: Callable[[Sequence[_Item]], Iterable[_Made]],
        portions: Sequence[Sequence[_Item]],
        handing: Handing[_Item, _Made],
    ) -> None:
        self._work, self._portions, self._handing = work, portions, handing
        self._made: dict[int, list[_Made]] = {}

    def handed(self, deal: Iterable[int]) -> Iterator[tuple[int, list[object]]]:
        """Makes portions in a copy; yields the number of each and what is handed over of it."""
        for number in deal:
            portion = self._portions[number]
            yield number, list(map(self._handing.over, portion, self._work(portion)))

    def take_in(self, inbox: _Inbox, *, wait: bool) -> None:
        """Takes in what copies have made."""
        for number, handed in cast("Iterable[tuple[int, list[object]]]", inbox.received(wait=wait)):
            self._made[number] = list(map(self._handing.back, self._portions[number], handed))

    def in_order(
        self, deal: Iterator[int], inbox: _Inbox, late: list[Callable[[], object]]
    ) -> Iterator[_Made]:
        """Makes portions in the process that began the copies; yields what is made of all of them. Where a copy ends
        without, this process makes it. `late` begins copies that wait for a core.
        """
        made = self._made
        for number, portion in enumerate(self._portions):
            while number not in made and (mine := next(deal, None)) is not None:
                made[mine] = list(self._work(self._portions[mine]))
                self.take_in(inbox, wait=False)
                while _in_background() < len(late) and _cores() > 1:
                    late.pop()()
            while number not in made and inbox.open:
                self.take_in(inbox, wait=True)
            yield from made.pop(number) if number in made else self._work(portion)


def _hand_over(made: Iterable[object], pipe: int) -> None:
    """Hands over each as soon as there is room for it, and goes on with the next until then, or until it holds too
    much.
    """
    import pickle

    held = bytearray()
    for each in made:
        pickled = pickle.dumps(each, pickle.HIGHEST_PROTOCOL)
        held += len(pickled).to_bytes(_LENGTH) + pickled
        os.set_blocking(pipe, False)
        with suppress(BlockingIOError):
            del held[: os.write(pipe, held)]
        os.set_blocking(pipe, True)
        while len(held) > _MOST_HELD:
            del held[: os.write(pipe, held[: len(held) - _MOST_HELD])]
    with os.fdopen(pipe, "wb") as rest:
        rest.write(held)


_LENGTH: Final = 8
"""Bytes before what is pickled, which say how long it is."""


class _Inbox:
    """Takes in what copies hand over. `open` are the pipes of those that have not ended, with what came of the next."""

    def __init__(self) -> None:
        self.open: dict[int, bytearray] = {}

    def listen(self, pipe: int | None) -> None:
        """Listens to one more copy, if it was begun."""
        if pipe is not None:
            self.open[pipe] = bytearray()

    def received(self, *, wait: bool) -> Iterator[object]:
        """Yields what has come, of each copy in its order."""
        for pipe in _readable(self.open, None if wait else 0) if self.open else ():
            came = os.read(pipe, _PIPE_BYTES)
            held = self.open[pipe]
            held += came
            yield from _unpickled(held)
            if not came:
                del self.open[pipe]


def _readable(pipes: Iterable[int], timeout: int | None) -> list[int]:
    """Returns the pipes in which something has come, or that were closed at the other end."""
    from select import poll

    polled = poll()
    for pipe in pipes:
        polled.register(pipe)
    return [pipe for pipe, _ in polled.poll(timeout)]


def _unpickled(held: bytearray) -> Iterator[object]:
    """Takes out what has come completely."""
    import pickle

    while len(held) >= _LENGTH and len(held) >= (end := _LENGTH + int.from_bytes(held[:_LENGTH])):
        yield pickle.loads(held[_LENGTH:end])
        del held[:end]


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
        pipes = [begun.enter_context(_copy(partial(_write_each, partial(map, work, part)))) for part in dealt]
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
    with _copy(partial(_write_each, lambda: [work()])) as pipe, _noted(pipe):
        yield lambda: next(_made_by(pipe, lambda _: work(), [None]))


_WORKING: Final = set[int]()
"""The pipes of copies that work in the background."""


@contextmanager
def _noted(pipe: int | None) -> Iterator[None]:
    """Notes that a copy works in the background: others would stand in its way, and hold as much once more."""
    pipes = {pipe} if pipe is not None else set[int]()
    _WORKING.update(pipes)
    try:
        yield
    finally:
        _WORKING.difference_update(pipes)


def _in_background() -> int:
    """Returns how many copies work in the background that are not done."""
    return len(_WORKING) - len(_readable(_WORKING, 0)) if _WORKING else 0


def _write_each(makes: Callable[[], Iterable[object]], pipe: int) -> None:
    """Makes no more than is taken in: neither side holds it twice."""
    import pickle

    with os.fdopen(pipe, "wb") as writing:
        for made in makes():
            pickle.dump(made, writing, pickle.HIGHEST_PROTOCOL)
            writing.flush()


@contextmanager
def _copy(writes: Callable[[int], None]) -> Iterator[int | None]:
    """Yields where a copy of the process writes what it makes; None where the system gives no more processes."""
    begun = _begin(writes)
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


def _begin(writes: Callable[[int], None]) -> tuple[int, int] | None:
    """Starts a copy of the process, which writes what it makes to a pipe.

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

        os.close(reading)  # whoever writes to a process that is gone must hear of it
        with suppress(OSError):
            fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        writes(writing)
    finally:
        os._exit(0)  # neither what is still to be printed nor what is still to be cleaned up is the copy's
