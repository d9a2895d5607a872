"""Replaces standard output and error of the process. What cannot be printed stops nothing (rule 9).

`take_over` puts a `Stream` in the place of each, so that whatever prints (click's help, a question, a progress bar)
goes through here. A stream never raises: it keeps in mind why something could not be written (`lost`), and whoever
ends the process looks at that. It waits for a reader that is slow; within `never_waiting` one thread does so, for
both streams and in the order of what was said, and nothing that is carried out waits for it.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TextIO, cast

from campaignctl.tuples import NamedTuple

if TYPE_CHECKING:
    from queue import SimpleQueue
    from threading import Event

_TIMEOUT_SECONDS: Final = 15.0
"""How long a pipe that must not be waited for (O_NONBLOCK) may take nothing at all before it counts as unread. Any
other makes its writers wait, as it does with every program."""
_PIECE: Final = 65_536
_LOOK_SECONDS: Final = 0.2
"""How often somebody who waits for the thread looks up: a signal is answered then."""

_PLAIN: Final = {"•": "*", "…": "...", "→": "->", "–": "-", "×": "x", "·": "-", "█": "#", "░": ".", "✓": "v"}
"""Our own signs where an encoding lacks them. All else is spelt out: `\\u0926`."""
ERRORS: Final = "campaignctl-plain"


def _plain(error: UnicodeError) -> tuple[str | bytes, int]:
    """Spells out what an encoding lacks; it is an error handler of `codecs`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    sign = error.object[error.start]
    if sign in _PLAIN:
        return _PLAIN[sign], error.start + 1
    single = UnicodeEncodeError(error.encoding, error.object, error.start, error.start + 1, error.reason)
    return codecs.backslashreplace_errors(single)


codecs.register_error(ERRORS, _plain)


class UnwrittenError(Exception):
    """Says that standard output takes no more: for a command that only tells there is no use in going on."""


class _Said(NamedTuple):
    """Holds something for a stream. `instead` is where it is written when that one cannot be."""

    stream: Stream
    text: str
    utf8: bool
    instead: Stream | None


class Stream(io.TextIOBase):
    """Replaces one of the two streams. `lost` is why something could not be written; nothing more is tried then."""

    def __init__(self, fd: int, encoding: str, writer: _StreamWriter, lost: OSError | None = None) -> None:
        self._fd, self._encoding, self._writer = fd, encoding, writer
        self._encoder = codecs.getincrementalencoder(encoding)(ERRORS)
        self.lost = lost

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Returns the encoding that its reader is said to read."""
        return self._encoding

    @property
    def errors(self) -> str:  # type: ignore[override]
        """See `_PLAIN`."""
        return ERRORS

    def write(self, text: str | bytes, /) -> int:
        """Writes text for people, in the encoding of whoever reads it.

        What click offers a shell comes as bytes; with none at all it asks whether that is all we take.
        """
        if isinstance(text, str):
            self.say(text)
        elif text:
            self.say(text.decode("utf-8"), utf8=True)
        else:
            raise TypeError("text is written here")
        return len(text)

    def say(self, text: str, *, utf8: bool = False, instead: Stream | None = None) -> None:
        """Writes a text as `write` does.

        What programs and pages read is UTF-8 everywhere. `instead` shows what this stream cannot.
        """
        if text:
            self._writer.put(_Said(self, text, utf8, instead))

    def fileno(self) -> int:
        """Returns its file descriptor."""
        return self._fd

    def isatty(self) -> bool:
        """Tells whether it is a terminal."""
        return os.isatty(self._fd)

    def writable(self) -> bool:
        """Returns True always: what cannot be written is `lost`."""
        return True

    def deliver(self, text: str, utf8: bool) -> bool:
        """Writes all of it, however long that takes. Returns False where that cannot be."""
        data = text.encode("utf-8", "backslashreplace") if utf8 else self._encoder.encode(text)
        rest = memoryview(data)
        try:
            while rest and self.lost is None:
                rest = rest[self._write(rest[:_PIECE]) :]
        except OSError as why:
            self.lost = why
        return self.lost is None

    def _write(self, piece: memoryview) -> int:
        try:
            return os.write(self._fd, piece)
        except BlockingIOError:
            self._wait()
            return 0

    def _wait(self) -> None:
        """Waits until the reader takes something, or is gone. Raises TimeoutError for one that takes nothing."""
        from select import select

        if not select([], [self._fd], [], _TIMEOUT_SECONDS)[1]:
            raise TimeoutError(errno.ETIMEDOUT, "nobody reads it")


class _StreamWriter:
    """Hands on what is said: at once, or through one thread once somebody must not wait."""

    def __init__(self) -> None:
        self.waits, self.acts = True, False
        self._queue: SimpleQueue[_Said | Event] | None = None

    def put(self, said: _Said) -> None:
        """Hands one text on. It returns when that is written, or before where nobody waits."""
        if self._queue is None and self.waits:
            _deliver(said)
            return
        if self._queue is None:
            self._queue = _begin()
        self._queue.put(said)
        if self.waits:
            self.drain()

    def drain(self) -> None:
        """Waits until all is written that was said before."""
        if self._queue is None:
            return
        from threading import Event

        reached = Event()
        self._queue.put(reached)
        while not reached.wait(_LOOK_SECONDS):
            pass


def _begin() -> SimpleQueue[_Said | Event]:
    from queue import SimpleQueue
    from threading import Thread

    queue: SimpleQueue[_Said | Event] = SimpleQueue()

    def write() -> None:
        while True:
            next_ = queue.get()
            if isinstance(next_, _Said):
                _deliver(next_)
            else:
                next_.set()

    Thread(target=write, daemon=True, name="campaignctl-output").start()
    return queue


def _deliver(said: _Said) -> None:
    if not said.stream.deliver(said.text, said.utf8) and said.instead is not None:
        said.instead.deliver(said.text, said.utf8)


_WRITER: Final = _StreamWriter()


def take_over() -> None:
    """Puts streams of ours in the place of the process's own. On POSIX: elsewhere a console is no file."""
    if os.name != "posix":
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        return
    _occupy()
    sys.stdout = _stream(sys.stdout, 1)
    sys.stderr = _stream(sys.stderr, 2)


def _occupy() -> None:
    """Occupies descriptors that were closed: the next file that is opened, a database or a socket, would get them."""
    for fd in (0, 1, 2):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest that is free: this one


def _stream(own: TextIO | None, fd: int) -> TextIO:
    """Makes a stream; `own` is None where the process was begun with it closed."""
    if own is None:
        closed = OSError(errno.EBADF, "it is closed")
        return cast(TextIO, Stream(fd, "utf-8", _WRITER, closed))
    try:
        own.flush()
        return cast(TextIO, Stream(own.fileno(), own.encoding, _WRITER))
    except (OSError, ValueError):  # somebody else has put something there that is no file
        return own


@contextmanager
def never_waiting(wanted: bool = True) -> Iterator[None]:
    """Lets nothing in the block wait for a reader."""
    before = _WRITER.waits
    _WRITER.waits = before and not wanted
    try:
        yield
    finally:
        _WRITER.waits = before


def drain() -> None:
    """Waits until everything is written that can be."""
    _WRITER.drain()


def lost() -> OSError | None:
    """Returns why the result, or a part of it, could not be written."""
    return sys.stdout.lost if isinstance(sys.stdout, Stream) else None


def acts() -> None:
    """Says that this command does something: what it says is told wherever it can be, and nobody is left without a
    word.
    """
    _WRITER.acts = True


def last_words() -> None:
    """Says that the result could not be written, where somebody may be surprised: a reader of what was only asked for
    and goes away, as `head` does, is not.
    """
    why = lost()
    if why is not None and (_WRITER.acts or not isinstance(why, BrokenPipeError)):
        sys.stderr.write(f"error: standard output cannot be written: {why.strerror}\n")
