"""Files that a command writes or reads for the user."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from campaignctl.errors import InputError


def write_file(path: Path, text: str) -> None:
    """Whole or not at all: a reader never sees half a file. Raises InputError."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise InputError(f"cannot write {path}: {error.strerror}") from error


def read_file(path: Path, limit: int = 256 * 1024 * 1024) -> str:
    """The text of a file of at most `limit` bytes. Raises InputError."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    if len(content) > limit:
        raise InputError(f"{path} is too large to be a plan")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text") from error
