"""Proves that the simulation sees: it plays the product with one mistake in it, and measures how long it takes
until a promise is broken. Mutants are data (`mutants.yaml`): a piece of code that stands once in the product, and
what stands there instead. How it is laid out does not matter, nor in which module it stands; `$name` stands for any
name. Each is tried in a copy of the product of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from math import inf
from multiprocessing import get_context
from pathlib import Path
from threading import Lock

import yaml

from simulation.seeds import play
from simulation.years import DAYS

ROOT = Path(__file__).parents[1]
COPIED = ("campaignctl", "simulation")
_TOKEN = re.compile(r"""\$\w+|\w+|"[^"\n]*"|'[^'\n]*'|\S""")
_WORD = re.compile(r"(?<![$\w])[A-Za-z_]\w+")
_CLOSES = frozenset(")]}")


class StaleMutantError(Exception):
    """Says that the code to be changed does not stand in the product exactly once."""


@dataclass(frozen=True)
class Mutant:
    """Holds one mistake. `old` stands once in the product, whichever module it lives in; `new` is put in its place.
    `about`: the subject of the lives in which it is looked for (`leanings.py`), any where there is none; `habit`: what
    the story says of their account.
    """

    name: str
    says: str
    old: str
    new: str
    about: str = ""
    habit: str = ""

    def place(self, root: Path) -> tuple[Path, re.Match[str]]:
        """Finds where the mistake is made. Raises StaleMutantError, which says what to do."""
        wanted, telling = _pattern(self.old), max(_WORD.findall(self.old), key=len, default="")
        candidates = ((file, text) for file, text in _texts(root) if telling in text)
        found = [(file, match) for file, text in candidates for match in wanted.finditer(text)]
        if len(found) != 1:
            raise StaleMutantError(
                f"simulation/mutants.yaml, {self.name}: the code that it changes stands {len(found)} times in the "
                f"product instead of once. Whoever changed or renamed it: write in `old` what stands there now, so "
                f"that the mistake stays the same ({self.says}); `$name` stands for any name. Where nobody can make "
                f"this mistake any more, take the mutant out"
            )
        return found[0]

    def mutated(self, root: Path) -> tuple[Path, str]:
        """Returns the module with the mistake in it. Raises StaleMutantError."""
        file, match = self.place(root)
        text = match.string
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        indent = line[: len(line) - len(line.lstrip())]
        new = re.sub(r"\$(\w+)", lambda it: match[it[1]], self.new.rstrip("\n")).replace("\n", f"\n{indent}")
        return file, text[: match.start()] + new + text[match.end() :]


@cache
def _texts(root: Path) -> tuple[tuple[Path, str], ...]:
    files = sorted((root / "campaignctl").rglob("*.py"))
    return tuple((file, file.read_text(encoding="utf-8")) for file in files)


@cache
def _pattern(code: str) -> re.Pattern[str]:
    """Makes a pattern token by token, whatever blanks, line breaks and trailing commas stand between them."""
    parts: list[str] = []
    names: set[str] = set()
    for token in _TOKEN.findall(code):
        name = token[1:] if token.startswith("$") else ""
        if name:
            parts.append(f"(?P={name})" if name in names else rf"(?P<{name}>[\w.]+)")
            names.add(name)
        else:
            parts.append((r",?\s*" if token in _CLOSES else "") + re.escape(token))
    return re.compile(
        r"(?<![\w.])" + r"\s*".join(parts) + (r"(?!\w)" if code.rstrip()[-1:].isalnum() else "")
    )


@dataclass(frozen=True)
class MutantOutcome:
    """Holds what became of a mutant: the promise that was broken first, None where none was; `seconds` of one core."""

    mutant: Mutant
    judge: str | None
    seconds: float

    def __str__(self) -> str:
        how = (
            f"found in {self.seconds:.0f} s by {self.judge!r}"
            if self.judge
            else f"NOT FOUND in {self.seconds:.0f} s"
        )
        return f"{self.mutant.name:28} {how:44} {self.mutant.says}"


_WITHIN = (2, 4, 8, 16, 32, 60)


def table_of(outcomes: Sequence[MutantOutcome]) -> Iterator[str]:
    """Yields the rows of docs/simulation.md: which were found within how many seconds, and which were not."""
    left = [it for it in outcomes if it.judge is not None]
    for most in _WITHIN:
        names = [f"`{it.mutant.name}`" for it in left if round(it.seconds) <= most]
        left = [it for it in left if round(it.seconds) > most]
        yield f"| {most} s | {', '.join(names)} |"
    missed = [f"`{it.mutant.name}`" for it in outcomes if it.judge is None]
    yield f"| longer | {', '.join(f'`{it.mutant.name}`' for it in left) or 'none'} |"
    yield f"| not found | {', '.join(missed) or 'none'} |"


def mutants() -> tuple[Mutant, ...]:
    """Returns all mutants, in the order of the file."""
    text = (Path(__file__).parent / "mutants.yaml").read_text(encoding="utf-8")
    rows = yaml.load(text, yaml.CSafeLoader)
    return tuple(Mutant(**row) for row in rows)


class LivesAsTheyAre:
    """Plays lives of the product without a mistake, each once for all mistakes that are looked for in one go.

    `seconds` are those of a core that it took.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._pool = ProcessPoolExecutor(1, get_context("spawn"))
        self._lock = Lock()
        self._played: dict[int, float] = {}
        self._broken: dict[int, int] = {}

    def keep(self, seed: int, event: int) -> bool:
        """Tells whether no promise is broken in a life up to an event, and a few more: what a mistake breaks may break
        a little later without it. Else the mistake has not been found there.
        """
        last = event + _LATER
        with self._lock:
            if seed not in self._broken and self._played.get(seed, 0) < last:
                outcome = self._pool.submit(play, seed, DAYS, stop=True, last=last).result()
                self._played[seed] = last
                self.seconds += outcome.cpu_seconds
                if outcome.violations:
                    self._broken[seed] = outcome.last_event
            return self._broken.get(seed, inf) > last

    def close(self) -> None:
        """Ends the process in which they are played."""
        self._pool.shutdown()


_LATER = 5


def hunt(
    chosen: Sequence[Mutant], seconds: float, workers: int, lives: LivesAsTheyAre, first: int = 1
) -> Iterator[MutantOutcome]:
    """Tries each for so many seconds of a core at most, some side by side, in lives from the `first` on.

    Raises StaleMutantError before any is tried.
    """
    for mutant in chosen:
        mutant.place(ROOT)
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda mutant: tried(mutant, seconds, lives, first), chosen)


def tried(mutant: Mutant, seconds: float, lives: LivesAsTheyAre, first: int = 1) -> MutantOutcome:
    """Tries one mutant, in a copy of the product and a process of its own."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        for name in COPIED:
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        file, text = mutant.mutated(ROOT)
        (root / file.relative_to(ROOT)).write_text(text, encoding="utf-8")
        environ = {**os.environ, "PYTHONPATH": directory}
        took = 0.0
        while took < seconds:
            judge, seed, event, more = _until_broken(mutant, root, environ, first, seconds - took)
            took += more
            if judge is None or lives.keep(seed, event):
                return MutantOutcome(mutant, judge, took)
            first = seed + 1
    return MutantOutcome(mutant, None, took)


def _until_broken(
    mutant: Mutant, root: Path, environ: Mapping[str, str], first: int, seconds: float
) -> tuple[str | None, int, int, float]:
    """Plays lives from a seed on. Returns the promise that is broken first, None for none, by which seed, at which
    event, and the seconds that it took.
    """
    words = ["-m", "simulation", "years", "--seconds", str(seconds), "--first", str(first), "--until-broken"]
    words += ["--about", mutant.about, "--habit", mutant.habit]
    told = subprocess.run(
        [sys.executable, *words], cwd=root, env=environ, capture_output=True, text=True, check=False
    )
    said = _SAID.fullmatch(told.stdout)
    if told.returncode not in (0, 1) or said is None:
        raise RuntimeError(f"{mutant.name}: {told.stdout[-500:]}{told.stderr[-3000:]}")
    return said["judge"], int(said["seed"] or 0), int(said["event"] or 0), float(said["took"])


_SAID = re.compile(
    r"(?:broken: (?P<judge>.+ \(seed (?P<seed>\d+), event (?P<event>\d+)\))|nothing was broken) "
    r"in (?P<took>[\d.]+) s\n"
)
