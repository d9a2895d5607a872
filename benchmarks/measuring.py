"""Runs commands in turns, so that a machine that slows down slows all of them, and says what each took."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

ENVIRONMENT = {"EXOTEL_API_KEY": "made-up", "EXOTEL_API_TOKEN": "made-up", "NO_PROXY": "127.0.0.1"}


@dataclass(frozen=True)
class Command:
    """What is run, where, and the exit codes that are no failure."""

    words: Sequence[str]
    directory: Path
    fine: frozenset[int] = frozenset({0})
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Taken:
    """What the runs of one command took: wall seconds, processor seconds, peak memory of the process in MB."""

    seconds: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    megabytes: float = 0.0

    @property
    def least(self) -> float:
        """The wall seconds of the fastest run."""
        return min(self.seconds)


def in_turns(commands: Sequence[Command], turns: int) -> list[Taken]:
    """Each command once, then each once more, after a run of each that does not count."""
    taken = [Taken() for _ in commands]
    for turn in range(turns + 1):
        for command, into in zip(commands, taken, strict=True):
            seconds, busy, megabytes = _run(command)
            if turn:
                into.seconds.append(seconds)
                into.busy.append(busy)
                into.megabytes = max(into.megabytes, megabytes)
    return taken


def ratio(ours: Taken, *theirs: Taken) -> tuple[float, float]:
    """Ours over theirs, which are added up: the least of each, and the median of the turns."""
    sums = [sum(turn) for turn in zip(*(each.seconds for each in theirs), strict=True)]
    least = ours.least / sum(each.least for each in theirs)
    return least, median(mine / other for mine, other in zip(ours.seconds, sums, strict=True))


def _run(command: Command) -> tuple[float, float, float]:
    environ = {**os.environ, **ENVIRONMENT, **command.environ}
    begun = time.perf_counter()
    with subprocess.Popen(
        command.words,
        cwd=command.directory,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None, "it was asked for"
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in command.fine:
        raise SystemExit(
            f"{' '.join(command.words)} ended with {process.returncode}: {said.decode(errors='replace')}"
        )
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
