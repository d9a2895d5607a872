"""Runs several environments at once: a thread each, requests in flight bounded over all of them.

What a thread works with is its own: session, client, rate, server clock. They share how many requests may be in
flight, and that somebody wants all of them to end.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import count
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from campaignctl.app import output
from campaignctl.app.accounts_board import AccountsBoard
from campaignctl.app.failing import of_the_system
from campaignctl.app.interrupts import Follower, Interrupts
from campaignctl.app.manifests_in_turn import ManifestsInTurn
from campaignctl.errors import CampaignctlError, InterruptedRunError

if TYPE_CHECKING:
    from campaignctl.api.client import Client
    from campaignctl.model.environment import AccountServer
    from campaignctl.policy.same_people import FindCopy

PARALLEL: Final = 16
"""Requests in flight where nobody says how many."""
_LOOK_SECONDS: Final = 0.2
"""How often whoever waits looks up, so that a signal is answered."""

_SWITCH_SECONDS: Final = 0.0005
"""How long a thread works on while others want to: most have nothing to do but to take in an answer and ask again."""

T = TypeVar("T")
Rank = tuple[object, ...]


class RequestSlots:
    """Bounds the requests in flight; of those that wait the first by rank goes next, then the first that came.

    Nobody is woken but whoever goes.
    """

    def __init__(self, most: int) -> None:
        self._free = most
        self._came = count()
        self._waiting: list[tuple[Rank, int, threading.Event]] = []
        self._lock = threading.Lock()

    def take(self, rank: Rank, stopping: Callable[[], bool]) -> None:
        """Waits for one. Raises InterruptedRunError out of the wait where the run is to end."""
        mine = (rank, next(self._came), threading.Event())
        with self._lock:
            heappush(self._waiting, mine)
            self._let_go()
        while not mine[-1].wait(_LOOK_SECONDS):
            if stopping() and self._withdrawn(mine):
                raise InterruptedRunError("interrupted while waiting; nothing more was sent")

    def give_back(self) -> None:
        """Ends the request."""
        with self._lock:
            self._free += 1
            self._let_go()

    def _let_go(self) -> None:
        while self._free and self._waiting:
            self._free -= 1
            heappop(self._waiting)[-1].set()

    def _withdrawn(self, mine: tuple[Rank, int, threading.Event]) -> bool:
        """Waits no longer, unless its turn has come in this very moment."""
        with self._lock:
            if mine[-1].is_set():
                return False
            self._waiting.remove(mine)
            heapify(self._waiting)
            return True


class Turn:
    """Gives one environment its turn: entered around each request, stepped out of while it waits.

    One request may make another before it is sent (a check): that one is part of it. Until `all_begun` nobody goes on
    with an answer: first everybody asks.
    """

    def __init__(
        self,
        slots: RequestSlots,
        rank: Rank,
        stopping: Callable[[], bool],
        all_begun: threading.Event | None = None,
    ) -> None:
        self.rank = rank
        self.asked = 0
        """How many requests there were, those that wait too."""
        self.on_ask: Callable[[], None] = lambda: None
        self._slots, self._stopping, self._all_begun = slots, stopping, all_begun
        self._depth = 0

    def __enter__(self) -> Turn:
        """Waits until a request may be sent."""
        if self._depth == 0:
            self.asked += 1
            self.on_ask()
            self._slots.take(self.rank, self._stopping)
        self._depth += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Gives the next one its turn."""
        self._depth -= 1
        if self._depth == 0:
            self._slots.give_back()
            while self._all_begun and not self._all_begun.wait(_LOOK_SECONDS) and not self._stopping():
                pass

    @contextmanager
    def stepped_out(self) -> Iterator[None]:
        """Leaves the turn to others while the block waits."""
        depth, self._depth = self._depth, 0
        if depth:
            self._slots.give_back()
        try:
            yield
        finally:
            if depth:
                self._slots.take(self.rank, lambda: False)
            self._depth = depth


@dataclass(eq=False)
class SideBySide:
    """Represents what one of several environments is given: its turn, who interrupts all, the manifests, the sandbox.

    `board` tells what the accounts run that nobody means any more, `working` is held by whoever makes a plan: all share
    one interpreter, and who has an answer to read comes before those who have long work to do. `sandbox` is the one
    server of all sandboxes, `find_copy` tells which manifests repeat one of another account.
    """

    turn: Turn
    interrupts: Interrupts
    manifests: ManifestsInTurn
    board: AccountsBoard
    working: threading.Lock
    sandbox: AccountServer | None = None
    find_copy: FindCopy | None = None
    clients: list[Client] = field(default_factory=list)

    def cut_off(self) -> None:
        """Ends what is in flight, from another thread."""
        for it in self.clients:
            it.cut_off()


def beside_one_another(
    names: Iterable[str], manifests: ManifestsInTurn, parallel: int, interrupts: Interrupts
) -> dict[str, SideBySide]:
    """Returns for each environment what it is given; the first by name comes first."""
    ordered = sorted(names)
    slots, board, working, found = RequestSlots(parallel), AccountsBoard(ordered), threading.Lock(), {}
    for place, name in enumerate(ordered):
        follower = Follower(interrupts)
        turn = Turn(slots, (0, place), follower.stopping, manifests.all_read)
        found[name] = SideBySide(turn, follower, manifests, board, working)
    return found


@dataclass
class Ended(Generic[T]):
    """Represents what one environment came to: a value, or what ended it."""

    value: T | None = None
    error: CampaignctlError | None = None
    bug: BaseException | None = field(default=None, repr=False)


class Threads(Generic[T]):
    """Runs a thread for each environment. A failure of one is its own; a bug ends all, once the others are done."""

    def __init__(self, works: Mapping[str, Callable[[], T]]) -> None:
        self._works = works
        self._events: SimpleQueue[tuple[str, Ended[T]] | None] = SimpleQueue()
        self.ended: dict[str, Ended[T]] = {}

    @property
    def left(self) -> frozenset[str]:
        """Returns those that have not ended."""
        return frozenset(self._works.keys() - self.ended.keys())

    def start(self) -> Threads[T]:
        """Begins all of them."""
        sys.setswitchinterval(_SWITCH_SECONDS)
        for name, work in self._works.items():
            threading.Thread(
                target=self._run, args=(name, work), name=f"campaignctl-{name}", daemon=True
            ).start()
        return self

    def _run(self, name: str, work: Callable[[], T]) -> None:
        with output.spoken_for(name):
            self._events.put((name, _ended(work)))

    def wake(self) -> None:
        """Lets whoever waits for an event look again."""
        self._events.put(None)

    def wait(self) -> dict[str, Ended[T]]:
        """Waits until all have ended. Returns what they came to, by name."""
        while self.left:
            self.next_event()
        for it in self.ended.values():
            if it.bug is not None:
                raise it.bug
        return dict(sorted(self.ended.items()))

    def still_left(self) -> frozenset[str]:
        """Returns those that have not ended by now."""
        while not self._events.empty():
            self.next_event()
        return self.left

    def next_event(self, seconds: float = _LOOK_SECONDS) -> None:
        """Waits a moment for one to end."""
        try:
            event = self._events.get(timeout=seconds)
        except Empty:
            return
        if event is not None:
            self.ended[event[0]] = event[1]


def _ended(work: Callable[[], T]) -> Ended[T]:
    try:
        return Ended(work())
    except CampaignctlError as error:
        return Ended(error=error)
    except KeyboardInterrupt:
        return Ended(error=InterruptedRunError("interrupted"))
    except (OSError, UnicodeEncodeError) as error:
        return Ended(error=of_the_system(error))
    except BaseException as bug:
        return Ended(bug=bug)
