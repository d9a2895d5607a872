"""Says in words what the system refuses, and decodes words that it hands over in an encoding of its own."""

from __future__ import annotations

import os
import sys

from campaignctl.diagnostics import quoted
from campaignctl.errors import InputError


def of_the_system(error: OSError | UnicodeEncodeError) -> InputError:
    """Makes one message for what no command has words of its own for."""
    if not _stands_somewhere():
        return InputError("the working directory was deleted: go to one that is there, and run again")
    if isinstance(error, UnicodeEncodeError):
        return InputError(f"{quoted(error.object)} cannot be written as {error.encoding}: {_remedy(error)}")
    what = f": {quoted(os.fsdecode(error.filename))}" if isinstance(error.filename, (str, bytes)) else ""
    return InputError(f"the system refuses it: {error.strerror or error}{what}")


def _remedy(error: UnicodeEncodeError) -> str:
    if any("\ud800" <= sign <= "\udfff" for sign in error.object):
        return "it is no text in UTF-8"
    return f"this locale's file names are {sys.getfilesystemencoding()}; set LC_ALL=C.UTF-8 or PYTHONUTF8=1"


def _stands_somewhere() -> bool:
    try:
        os.getcwd()  # noqa: PTH109
    except OSError:
        return False
    return True


def as_text(word: str) -> str:
    """Decodes an argument as whoever typed it meant it: a locale without UTF-8 leaves bytes in it.

    A path stays as it is wherever the system knows it so.
    """
    if word.isascii() or word.isprintable() or os.path.lexists(word):
        return word
    try:
        return os.fsencode(word).decode("utf-8")
    except UnicodeError:
        return word
