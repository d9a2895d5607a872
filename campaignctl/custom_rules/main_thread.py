"""Finds a main thread for what can be interrupted in no other: a regular expression that runs away, by a signal.

Where this is the main thread nothing is begun. Elsewhere – a thread of a program that uses the library – the work
is done by a new process, in its main thread, by the same code: it costs a quarter of a second, and rules are held.
"""

from __future__ import annotations

import json
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

from campaignctl.custom_rules.bounded import LimitExceededError

_LONGEST: Final = 120.0
"""Seconds after which a process is ended that did not end by itself: bounds within it are lower."""
_BEGIN: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from campaignctl.custom_rules.main_thread import answer; answer()"
)

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def in_main_thread(
    work: Callable[_Arguments, _Result], *args: _Arguments.args, **kwargs: _Arguments.kwargs
) -> _Result:
    """Returns what a function of a module makes of values, in a thread that a signal reaches.

    Raises:
        LimitExceededError: there is no such thread here: no process could be begun, or it ended without a result.
    """
    if not hasattr(signal, "setitimer"):
        raise LimitExceededError("this system cannot end a pattern that runs away")
    if threading.current_thread() is threading.main_thread():
        return work(*args, **kwargs)
    request = pickle.dumps((work, args, kwargs), pickle.HIGHEST_PROTOCOL)
    words = [sys.executable, "-I", "-c", _BEGIN, json.dumps(sys.path)]
    try:
        done = subprocess.run(words, input=request, capture_output=True, timeout=_LONGEST, check=True)
        result: _Result = pickle.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, pickle.UnpicklingError, EOFError):
        raise LimitExceededError("a process that checks rules beside this thread gave no result") from None
    return result


def answer() -> None:
    """Does the work that stands on stdin, and writes its result to stdout."""
    work, args, kwargs = pickle.load(sys.stdin.buffer)
    sys.stdout.buffer.write(pickle.dumps(work(*args, **kwargs), pickle.HIGHEST_PROTOCOL))
