"""Finds files and reads their text: bounded, inside the project, UTF-8."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from campaignctl.diagnostics import Position
from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from campaignctl.manifests.alike import Moved
    from campaignctl.manifests.nodes import Mark

SUFFIXES: Final = (".yaml", ".yml", ".json")
MAX_BYTES: Final = 20_000_000
"""5,000 numbers are 100 kB. What is larger is something else, or meant to exhaust the machine."""


class UnreadableFileError(Exception):
    """Reports a file that cannot be used: `rule` for programs, `message` for people, `offset` in characters where
    it is known.
    """

    def __init__(self, rule: str, message: str, before: str = "") -> None:
        super().__init__(message)
        self.rule, self.message, self.before = rule, message, before


class ManifestFile(NamedTuple):
    """Describes a file to read. `shown` is its path in messages, relative to `root`, the project's directory.

    It must not lead out of `home`. One that is no link, found in a directory that is not outside, cannot. `path` is
    a text, for there may be many thousands.
    """

    shown: str
    path: str
    root: Path
    home: Path
    may_lead_out: bool = True

    def text(self) -> str:
        """Returns what the file holds.

        Raises:
            UnreadableFileError: see `read_inside`.
        """
        return read_inside(Path(self.path), self.home) if self.may_lead_out else read_plain(self.path)


class Source(NamedTuple):
    """Says where a document stands: its file, its place among the file's documents from 0.

    `text` is the file's where comments may stand behind values in it, else empty; `json` is what was read as YAML
    only with other escapes, else empty. `moved` knows the places where the nodes are those of another text.
    """

    file: ManifestFile
    document: int
    text: str = ""
    json: str = ""
    moved: Moved | None = None

    def at(self, mark: Mark) -> Position:
        """Returns a place in the file as messages give it. Raises PlaceUnknownError where the text was not parsed."""
        if self.moved is not None:
            mark = self.moved.place(mark)
        if self.json:
            from campaignctl.manifests.characters import place_in_json

            mark = place_in_json(self.json, mark)
        return Position.at(self.file.shown, mark)


def shown_path(path: Path, root: Path) -> str:
    """Writes a path relative to the project's directory, with `/`."""
    return Path(os.path.relpath(path, root)).as_posix()


def files_under(path: Path, root: Path, home: Path) -> Iterator[ManifestFile]:
    """Yields a file itself; for a directory the manifests in it and below, sorted, without what is hidden."""
    if not path.is_dir():
        yield ManifestFile(shown_path(path, root), str(path), root, home)
        return
    top = shown_path(path, root)
    prefix, above = "" if top == "." else f"{top}/", len(str(path)) + 1
    for found, link in _below(str(path), home, set()):
        below = found[above:].replace(os.sep, "/")
        yield ManifestFile(f"{prefix}{below}" if below else top, found, root, home, link)


def _below(directory: str, home: Path, seen: set[Path]) -> Iterator[tuple[str, bool]]:
    """Yields files, and whether they may lead out; each real directory once, whatever links lead to it.

    A directory that cannot be read or lies outside stands for its files.
    """
    real = Path(directory).resolve()
    if real in seen:
        return
    seen.add(real)
    try:
        if not real.is_relative_to(home):
            raise PermissionError(directory)
        with os.scandir(directory) as scan:
            found = sorted(scan, key=lambda entry: entry.name)
    except OSError:
        yield directory, True
        return
    for entry in found:
        if entry.name.startswith("."):
            continue
        link = entry.is_symlink()
        if Path(entry.path).is_dir() if link else entry.is_dir():
            yield from _below(entry.path, home, seen)
        elif entry.name.lower().endswith(SUFFIXES):
            yield entry.path, link


def places_under(path: Path, home: Path) -> Iterator[str]:
    """Yields where a path really leads to; of a directory where the directories lie that `files_under` finds files in,
    and the files that are links. What leads out of `home` is none of them.
    """
    directories = set[Path]()
    found = _below(str(path), home, directories) if path.is_dir() else [(str(path), True)]
    links = [Path(os.path.realpath(it)) for it, link in found if link]
    yield from (str(it) for it in (*directories, *links) if it.is_relative_to(home))


_NOT_PLAIN: Final = (
    "it is no plain file: what comes through a pipe is saved to a file first, and that one named"
)


def read_inside(path: Path, home: Path) -> str:
    """Reads a file's text, without a byte order mark.

    Raises:
        UnreadableFileError: it is not there, leads out of `home`, is no plain file, too large or not UTF-8.
    """
    try:
        real = path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise UnreadableFileError("unreadable", f"it cannot be read: {_reason(error)}") from None
    if not real.is_relative_to(home.resolve()):
        raise UnreadableFileError("outside-project", "it leads out of the project")
    try:
        return read_plain(real)
    except UnreadableFileError:
        if path.exists() and not real.exists():  # /dev/stdin leads to a pipe, which has no path
            raise UnreadableFileError("unreadable", _NOT_PLAIN) from None
        raise


def read_plain(path: str | Path) -> str:
    """Reads a file's text, wherever it lies, without a byte order mark. Raises UnreadableFileError."""
    try:
        status = os.stat(path)  # noqa: PTH116 – a third quicker, and there may be many thousands
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableFileError("unreadable", "the directory cannot be read")
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableFileError("unreadable", _NOT_PLAIN)
        if status.st_size > MAX_BYTES:
            raise UnreadableFileError("unreadable", f"it is larger than {MAX_BYTES // 1_000_000} MB")
        data = _bytes_of(path, status.st_size)
    except OSError as error:
        raise UnreadableFileError("unreadable", f"it cannot be read: {_reason(error)}") from None
    return decoded(data)


_FLAGS: Final = os.O_RDONLY | getattr(os, "O_BINARY", 0)


def _bytes_of(path: str | Path, size: int) -> bytes:
    """Reads a file of a size that is known: with `open` it takes half as long again. One that has another by now is
    read to its end.
    """
    file = os.open(path, _FLAGS)
    try:
        data = os.read(file, size + 1)
        if len(data) == size:
            return data
        pieces = [data]
        while piece := os.read(file, MAX_BYTES):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        os.close(file)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, UnicodeEncodeError):
        return f"this locale's file names are {error.encoding}; set LC_ALL=C.UTF-8 or PYTHONUTF8=1"
    return "its path holds a character that no path can hold"


def decoded(data: bytes) -> str:
    """Decodes UTF-8, with or without a byte order mark.

    Raises:
        UnreadableFileError: another encoding; `before` is the text up to there.
    """
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        kind = "UTF-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "another encoding"
        raise UnreadableFileError(
            "encoding", f"it is not UTF-8 but {kind}; save it as UTF-8", before
        ) from None
