"""Tells environments of one command what the accounts of the others run that nobody there means any more.

What is known by now is told at once, so that a plan is made while accounts are still being read; before it is shown,
all are read, and what turns out to have been told wrongly has it made again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from campaignctl.errors import InterruptedRunError
from campaignctl.model.campaigns import Desired, Snapshot
from campaignctl.planning.match import unmatched_in
from campaignctl.planning.terms import RunningElsewhere

_LOOK_SECONDS: Final = 0.2
"""How often whoever waits looks whether all of it is to end."""
_Called: TypeAlias = tuple[str, str]
"""A kind and a name."""


class AccountsBoard:
    """Holds, for each environment, the alive campaigns that none of its manifests matches."""

    def __init__(self, names: Iterable[str]) -> None:
        self._running: dict[_Called, dict[str, str]] = {}
        self._unread = set(names)
        self._lock = threading.Lock()
        self._all_read = threading.Event()

    def put(self, name: str, snapshot: Snapshot, manifests: Iterable[Desired]) -> None:
        """Tells what an account runs; the first reading of a run counts."""
        if name not in self._unread:
            return
        found = list(unmatched_in(snapshot, manifests))
        with self._lock:
            for it in found:
                self._running.setdefault((it.kind.name, it.name), {})[name] = it.sid
        self.leave(name)

    def leave(self, name: str) -> None:
        """Tells that nobody will learn more of an environment: it is read, or has ended without."""
        with self._lock:
            self._unread.discard(name)
            if not self._unread:
                self._all_read.set()

    @property
    def is_complete(self) -> bool:
        """Returns whether all accounts are read, or their environments have ended without."""
        return self._all_read.is_set()

    def wait(self, stopping: Callable[[], bool]) -> None:
        """Waits until it is complete. Raises InterruptedRunError out of the wait where the run is to end."""
        while not self._all_read.wait(_LOOK_SECONDS):
            if stopping():
                raise InterruptedRunError("interrupted while other accounts are read; nothing more was sent")

    def find(self, own: str, desired: Desired) -> RunningElsewhere | None:
        """Returns the first other account, by name, that is known to run a campaign of this kind and name."""
        with self._lock:
            found = sorted(self._running.get((desired.kind.name, desired.name or ""), {}).items())
        others = (RunningElsewhere(name, sid) for name, sid in found if name != own)
        return next((it for it in others if it.sid not in desired.distinct_from), None)


class OtherAccounts:
    """Tells one environment what runs elsewhere, and keeps what it told before all accounts were read.

    `waits`: what is made of its answers cannot be made twice, so that it waits before it answers.
    """

    def __init__(self, board: AccountsBoard, own: str, stopping: Callable[[], bool]) -> None:
        self._board, self._own, self._stopping = board, own, stopping
        self._told: list[tuple[Desired, RunningElsewhere | None]] = []
        self.waits = False

    def __call__(self, desired: Desired) -> RunningElsewhere | None:
        """Returns the first other account that runs what a manifest would create, as far as is known by now."""
        if self.waits:
            self._board.wait(self._stopping)
        is_final = self._board.is_complete
        found = self._board.find(self._own, desired)
        if not is_final:
            self._told.append((desired, found))
        return found

    def held(self) -> bool:
        """Waits until all accounts are read, where that could change an answer; tells whether it changed none.

        What is told from then on is true.
        """
        if not self._told:
            return True
        self._board.wait(self._stopping)
        told, self._told = self._told, []
        return all(self._board.find(self._own, desired) == found for desired, found in told)
