"""Runs commands in turns, so that a machine that slows down slows all of them, and says what each took."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile

ENVIRONMENT = {
    "EXOTEL_API_KEY": "made-up",
    "EXOTEL_API_TOKEN": "made-up",
    "NO_PROXY": "127.0.0.1",
    "PYTHONDONTWRITEBYTECODE": "",  # else each run compiles anew what has changed since it was installed
}


@dataclass(frozen=True)
class Command:
    """Says what is run, where, and which exit codes are no failure."""

    words: Sequence[str]
    directory: Path
    fine: frozenset[int] = frozenset({0})
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Taken:
    """Holds what the runs of one command took: wall seconds, processor seconds, peak memory in MB.

    The memory is that of the process and of those it begins, what they share counted once; it is looked at in the
    run whose time does not count.
    """

    seconds: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    megabytes: float = 0.0

    @property
    def least(self) -> float:
        """Returns the wall seconds of the fastest run."""
        return min(self.seconds)


def in_turns(commands: Sequence[Command], turns: int) -> list[Taken]:
    """Runs each command once, then each once more, after a run of each that does not count."""
    taken = [Taken() for _ in commands]
    for turn in range(turns + 1):
        for command, into in zip(commands, taken, strict=True):
            peak = Peak()
            seconds, busy = _run(command, nothing if turn else peak.look)
            if turn:
                into.seconds.append(seconds)
                into.busy.append(busy)
            else:
                into.megabytes = peak.megabytes
    return taken


def once(command: Command) -> float:
    """Runs a command that changes what the next run would meet; returns wall seconds."""
    return _run(command, nothing)[0]


class Peak:
    """Measures the most memory that a process and its children were seen to hold at one time, looked at every 10
    ms.
    """

    def __init__(self) -> None:
        self.megabytes = 0.0

    def look(self, pid: int) -> None:
        """Looks until the process ends."""
        while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            self.megabytes = max(self.megabytes, _memory(pid))
            time.sleep(0.01)


def _memory(pid: int) -> float:
    """Returns the memory in MB; pages that several processes share are divided among them.

    It is 0 for a process that has gone.
    """
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except OSError:
        return 0.0
    own = sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return own / 1024 + sum(_memory(int(child)) for child in children)


def nothing(pid: int) -> None:
    """Does not look."""


def ratio(ours: Taken, *theirs: Taken) -> tuple[float, float]:
    """Divides ours by theirs, which are added up: the least of each, and the median of the turns."""
    sums = [sum(turn) for turn in zip(*(each.seconds for each in theirs), strict=True)]
    least = ours.least / sum(each.least for each in theirs)
    return least, median(mine / other for mine, other in zip(ours.seconds, sums, strict=True))


def _run(command: Command, look: Callable[[int], None]) -> tuple[float, float]:
    """Runs a command; returns wall and processor seconds."""
    environ = {**os.environ, **ENVIRONMENT, **command.environ}
    with TemporaryFile() as errors:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command.words,
            cwd=command.directory,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        look(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        said = errors.read().decode(errors="replace")
    if process.returncode not in command.fine:
        raise SystemExit(f"{' '.join(command.words)} ended with {process.returncode}: {said}")
    return seconds, usage.ru_utime + usage.ru_stime
