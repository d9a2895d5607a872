"""Defines where a run can be met: each request, each answer, each wait, each file that it writes.

A run takes its steps one after the other; at one of them something may happen: it is killed, a signal comes,
somebody else does something. Files are seen through the interpreter's own audit events, so the product needs no
seam for them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulation.power import UnsyncedFiles, told_of_syncs

MOST_STEPS = 4000
"""Of one run. More are no end."""
LONGEST_WAIT = 300.0
"""Seconds that a run waits for something. Who waits for longer, such as a guard with nothing to watch, waits again."""


class Killed(BaseException):
    """Ends a run like `kill -9`, as far as a run in this process can be killed: nothing of it goes on."""


class Endless(BaseException):
    """Ends a run that does not come to an end."""


class Steps:
    """Counts the steps of one run.

    `at` is the number of the one at which `event` happens, 0 for none; with `among` only those count that begin so. It
    may return after how many more of them it happens again.
    A dead run takes no further step: whatever tries to clean up after it is ended too.
    """

    def __init__(
        self,
        root: Path,
        at: int = 0,
        event: Callable[[str], int | None] | None = None,
        among: str | tuple[str, ...] = "",
    ) -> None:
        self.root = str(root)
        self.taken = 0
        self.files = 0
        self.dead = self.endless = False
        self.unsynced: UnsyncedFiles | None = None
        """What is on the disk for certain, where its machine may lose its power."""
        self._left, self._event, self._among = at, event, among
        self._waits_since: float | None = None

    def wait(self, now: float) -> None:
        """Takes one step for a wait, which is slept in many pieces. Raises what `take` does."""
        since = self._waits_since
        if self.dead or since is None or now - since > LONGEST_WAIT:
            self.take("wait")
            self._waits_since = now

    def take(self, what: str) -> None:
        """Takes one step. Raises whatever happens at it."""
        if self.dead:
            raise Killed
        self._waits_since = None
        self.taken += 1
        if self.taken > MOST_STEPS:
            self.dead = self.endless = True
            raise Endless
        if self._event is not None and what.startswith(self._among):
            self._left -= 1
            if self._left == 0:
                self._left = self._event(what) or 0

    def kill(self) -> None:
        """Ends the run here."""
        self.dead = True
        raise Killed


running: list[Steps] = []
_WATCHED = frozenset({"open", "os.rename", "os.remove", "os.mkdir"})
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Disk:
    """Makes steps of the files that the run writes below its root, while it is entered."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    def __enter__(self) -> None:
        _install()
        running.append(self._steps)

    def __exit__(self, *_: object) -> None:
        running.remove(self._steps)


def watch_nothing() -> None:
    """Makes a step of no file from now on, whatever run is under way."""
    running.clear()


def _install() -> None:
    """Installs the one audit hook, which cannot be taken away again."""
    if not _installed:
        sys.addaudithook(_heard)
        told_of_syncs(_synced)
        _installed.append(True)


_installed: list[bool] = []


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if not running or event not in _WATCHED:
        return
    path = arguments[0]
    if event == "open" and (not isinstance(arguments[2], int) or not arguments[2] & _WRITES):
        return
    steps = running[-1]
    if isinstance(path, bytes | int):
        return
    text = os.fspath(path)
    if text.startswith("/") and not text.startswith(steps.root):
        return
    steps.files += 1
    steps.take(f"{event.removeprefix('os.')} of a file")
    if steps.unsynced is not None:
        _note(steps.unsynced, event, Path(steps.root, text), arguments)


def _note(unsynced: UnsyncedFiles, event: str, path: Path, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        unsynced.opened(path)
    elif event == "os.rename":
        unsynced.renamed(path, path.parent / Path(os.fspath(arguments[1])).name)
    elif event == "os.remove":
        unsynced.removed(path)


def _synced(file: int) -> None:
    if running and running[-1].unsynced is not None:
        running[-1].unsynced.synced(file)
