"""Plays disks of machines that lose their power: what was not synced is half there, or as it was before.

A journal keeps the order in which names were given and taken, so that what is undone of that is the last of it; a file
whose content was not synced may have any length up to its own.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, NamedTuple


class _Renaming(NamedTuple):
    """Holds what was done to names in a directory, and what stood there: `path` got the content of `source`, where
    there is one, or was taken away, or made.
    """

    path: Path
    before: bytes | None
    source: Path | None = None


class UnsyncedFiles:
    """Knows what of one run's files would not outlive its machine's power."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._dirty: set[Path] = set()
        self._names: list[_Renaming] = []

    def opened(self, path: Path) -> None:
        """Notes that a file is about to be written."""
        if not path.exists():
            self._names.append(_Renaming(path, None))
        self._dirty.add(path)

    def renamed(self, source: Path, target: Path) -> None:
        """Notes that a file is about to get another name."""
        self._names.append(_Renaming(target, _content(target), source))
        if source in self._dirty:
            self._dirty.remove(source)
            self._dirty.add(target)

    def removed(self, path: Path) -> None:
        """Notes that a file is about to be deleted."""
        self._names.append(_Renaming(path, _content(path)))
        self._dirty.discard(path)

    def synced(self, file: int) -> None:
        """Notes that a file, or the names in a directory and all that was done to names before, are on the disk."""
        if stat.S_ISDIR(os.fstat(file).st_mode):
            self._names.clear()
        else:
            self._dirty = {it for it in self._dirty if not _is_open(it, file)}

    def after(self, command: str, *, killed: bool) -> str | None:
        """Lets the machine fail together with what ran on it, every second time, or right after an apply; says what is
        otherwise then, None where it goes on.
        """
        if self.random.random() < (0.5 if killed else 0.1 if command == "apply" else 0.0):
            return ", ".join(self.lose()) or "no files"
        return None

    def lose(self) -> tuple[str, ...]:
        """Leaves what the disk has once there is power again; returns the names of files that are otherwise now."""
        changed: set[str] = set()
        for it in sorted(self._dirty):
            if _content(it):
                torn(it, self.random)
                changed.add(_name(it))
        kept = self.random.randint(0, len(self._names))
        for each in reversed(self._names[kept:]):
            _undo(each)
            changed.add(_name(each.path))
        return tuple(sorted(changed))


def _undo(done: _Renaming) -> None:
    if done.source is not None:
        with suppress(FileNotFoundError):
            done.path.replace(done.source)
    if done.before is not None:
        done.path.parent.mkdir(parents=True, exist_ok=True)
        done.path.write_bytes(done.before)
    elif done.source is None:
        done.path.unlink(missing_ok=True)


def _name(path: Path) -> str:
    """Returns the name of a file without the number of the process, which is another one each time."""
    return path.name.replace(f".{os.getpid()}.", ".")


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _is_open(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except OSError:
        return False


def told_of_syncs(tell: Callable[[int], None]) -> None:
    """Lets `tell` hear of each file that is synced: the interpreter has no audit event for it."""
    sync = os.fsync

    def fsync(file: Any) -> None:
        sync(file)
        tell(file if isinstance(file, int) else file.fileno())

    os.fsync = fsync  # type: ignore[assignment]


def torn(path: Path, random: Random) -> None:
    """Leaves the beginning of a file: its machine failed before it was on the disk."""
    text = path.read_bytes()
    path.write_bytes(text[: random.randrange(len(text))])
