"""Does in a main thread what can be interrupted in no other: a regular expression that runs away, by a signal.

Where this is the main thread nothing is begun. Elsewhere, in a thread of several environments or of a program that
uses the library, the work is done in the main thread of a process beside this one, by the same code.
"""

from __future__ import annotations

import atexit
import json
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Final, ParamSpec, TypeVar, cast

from campaignctl.custom_rules.bounded import LimitExceededError

if TYPE_CHECKING:
    import subprocess

_LONGEST: Final = 120.0
"""Seconds after which the process is ended that did not answer by itself: bounds within it are lower."""
_BEGIN: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from campaignctl.custom_rules.main_thread import serve; serve(sys.stdin.buffer, sys.stdout.buffer)"
)

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def in_main_thread(
    work: Callable[_Arguments, _Result], *args: _Arguments.args, **kwargs: _Arguments.kwargs
) -> _Result:
    """Returns what a function of a module makes of values, in a thread that a signal reaches.

    Raises:
        LimitExceededError: there is no such thread here, or it gave no result.
    """
    if not hasattr(signal, "setitimer"):
        raise LimitExceededError("this system cannot end a pattern that runs away")
    if threading.current_thread() is threading.main_thread():
        return work(*args, **kwargs)
    return cast("_Result", _HELPER.ask(pickle.dumps((work, args, kwargs), pickle.HIGHEST_PROTOCOL)))


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Does the work that is asked for, one after the other, until nobody can ask any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks
    with suppress(EOFError):
        while True:
            work, args, kwargs = pickle.load(requests)
            pickle.dump(work(*args, **kwargs), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()


class _Helper:
    """Keeps the process beside this one, which is begun when somebody first asks, and asks it one thing at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.owner = 0

    def ask(self, request: bytes) -> object:
        """Returns the answer. Raises LimitExceededError where there is none."""
        with self.lock:
            try:
                process = self._begun()
                assert process.stdin is not None, "it was asked for"
                assert process.stdout is not None, "it was asked for"
                killing = threading.Timer(_LONGEST, process.kill)
                killing.start()
                try:
                    process.stdin.write(request)
                    process.stdin.flush()
                    return pickle.load(process.stdout)
                finally:
                    killing.cancel()
            except (OSError, EOFError, pickle.UnpicklingError):
                self.end()
                says = "a process that checks rules beside this thread gave no result"
                raise LimitExceededError(says) from None

    def _begun(self) -> subprocess.Popen[bytes]:
        """Returns the process of this one: a copy of this process begins its own."""
        if self.process is None or self.owner != os.getpid():
            import subprocess  # nearly every run has its main thread

            words = [sys.executable, "-I", "-c", _BEGIN, json.dumps(sys.path)]
            pipe = subprocess.PIPE
            self.process = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
            self.owner = os.getpid()
        return self.process

    def end(self) -> None:
        """Ends the process, if there is one; the next who asks begins another."""
        process, self.process = self.process, None
        if process is None or self.owner != os.getpid():
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()


_HELPER: Final = _Helper()
atexit.register(_HELPER.end)
