"""Tells environments of one command what the accounts of the others run that nobody there means any more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

from campaignctl.errors import InterruptedRunError
from campaignctl.model.campaigns import Desired, Snapshot
from campaignctl.planning.match import unmatched_in
from campaignctl.planning.terms import RunningElsewhere

_LOOK_SECONDS: Final = 0.2
"""How often whoever waits looks whether all of it is to end."""
_Unmatched: TypeAlias = Mapping[tuple[str, str], str]


class AccountsBoard:
    """Holds, for each environment, the alive campaigns that none of its manifests matches.

    Whoever asks waits until all accounts are read, or their environments have ended without.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._unmatched: dict[str, _Unmatched] = {name: {} for name in names}
        self._read = {name: threading.Event() for name in self._unmatched}

    def put(self, name: str, snapshot: Snapshot, manifests: Iterable[Desired]) -> None:
        """Tells what an account runs; the first reading of a run counts."""
        if not self._read[name].is_set():
            found = ((it.kind.name, it.name, it.sid) for it in unmatched_in(snapshot, manifests))
            self._unmatched[name] = {(kind, called): sid for kind, called, sid in found}
            self._read[name].set()

    def leave(self, name: str) -> None:
        """Tells that nobody will learn more of an environment: it has ended, with or without having been read."""
        self._read[name].set()

    def find(self, own: str, desired: Desired, stopping: Callable[[], bool]) -> RunningElsewhere | None:
        """Returns the first other account, by name, that runs a campaign of this kind and name.

        Raises InterruptedRunError out of the wait where the run is to end.
        """
        for name in sorted(self._unmatched.keys() - {own}):
            while not self._read[name].wait(_LOOK_SECONDS):
                if stopping():
                    raise InterruptedRunError(
                        "interrupted while other accounts are read; nothing more was sent"
                    )
            sid = self._unmatched[name].get((desired.kind.name, desired.name or ""))
            if sid is not None and sid not in desired.distinct_from:
                return RunningElsewhere(name, sid)
        return None
