"""Writes and reads files of the user's, and reads the schemas that are shipped with the package."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from campaignctl.diagnostics import did_you_mean, quoted
from campaignctl.errors import InputError

if TYPE_CHECKING:
    from importlib.abc import Traversable

STANDARD_OUTPUT: Final = Path("-")
"""Where a result goes that is written to no file."""
_SCHEMA_SUFFIX: Final = ".schema.json"


def write_file(path: Path, text: str) -> None:
    """Writes a file completely or not at all, so that a reader never sees half of it. Raises InputError."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise InputError(f"cannot write {path}: {error.strerror}") from error


def write_out(path: Path, text: str) -> None:
    """Writes a result where the user wants it: through links, devices and FIFOs; a plain file completely or not at
    all. Raises InputError, for a directory too.
    """
    refuse_directory(path)
    try:
        if _is_plain(path):
            _put_in_place(path.resolve(), text)
        else:
            path.write_text(text, encoding="utf-8")
    except (OSError, RuntimeError) as error:
        raise InputError(f"cannot write {path}: {getattr(error, 'strerror', None) or error}") from error


def refuse_directory(path: Path) -> None:
    """Raises InputError for a directory."""
    if path.is_dir():
        raise InputError(f"cannot write {path}: it is a directory; name a file in it")


def _is_plain(path: Path) -> bool:
    """Tells whether a path is a plain file, or none yet.

    What a process has open, such as /dev/stdout, is written to and never replaced.
    """
    opened = str(path).startswith(("/dev/", "/proc/"))
    return not opened and (path.is_file() or not path.exists())


def _put_in_place(target: Path, text: str) -> None:
    """Writes beside the file and then over it; where that cannot be (another's directory, a mount), into the file
    that is there.
    """
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        partial.write_text(text, encoding="utf-8")
        if target.exists():
            partial.chmod(stat.S_IMODE(target.stat().st_mode))
        partial.replace(target)
    except OSError:
        partial.unlink(missing_ok=True)
        if not target.is_file():
            raise
        target.write_text(text, encoding="utf-8")


def read_file(path: Path, limit: int = 256 * 1024 * 1024) -> str:
    """Reads the text of a file of at most `limit` bytes, without a byte order mark. Raises InputError."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    if len(content) > limit:
        raise InputError(f"{path} is too large to be a plan")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text") from error


# -- the schemas that are shipped with the package ---------------------------------------------------------------


def schema_names() -> list[str]:
    """Returns the names in order: `voice-campaign`, `plan` and so on."""
    found = (file.name for file in _schemas().iterdir())
    return sorted(name.removesuffix(_SCHEMA_SUFFIX) for name in found if name.endswith(_SCHEMA_SUFFIX))


def schema_text(name: str) -> str:
    """Returns a schema as it stands in its file.

    Raises:
        InputError: there is none of that name.
    """
    known = schema_names()
    wanted = name.removesuffix(_SCHEMA_SUFFIX)
    if wanted not in known:
        longer = next((it for it in known if wanted and it.startswith(wanted)), wanted)
        hint = did_you_mean(longer, known) or f"; there are {', '.join(known)}"
        raise InputError(f"there is no schema {quoted(name)}{hint}")
    return (_schemas() / f"{wanted}{_SCHEMA_SUFFIX}").read_text(encoding="utf-8")


def _schemas() -> Traversable:
    from importlib.resources import files  # few commands print or check by one

    return files("campaignctl") / "schemas"
