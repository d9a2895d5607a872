"""Proof that the simulation sees: the product with one mistake in it, and how long it takes until a promise is broken.

Mutants are data (`mutants.yaml`): a text that stands once in the product, and what stands there instead. Each is tried
in a copy of the product of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import yaml

ROOT = Path(__file__).parents[1]
COPIED = ("campaignctl", "simulation")


class StaleMutantError(Exception):
    """The text to be changed does not stand in the product once."""


@dataclass(frozen=True)
class Mutant:
    """One mistake. `old` stands once in the product, whichever module it lives in."""

    name: str
    says: str
    old: str
    new: str

    def file(self, root: Path) -> Path:
        """Where it is made. Raises StaleMutantError."""
        found = [
            file
            for file in sorted((root / "campaignctl").rglob("*.py"))
            for _ in range(file.read_text(encoding="utf-8").count(self.old))
        ]
        if len(found) != 1:
            raise StaleMutantError(f"{self.name}: its text stands {len(found)} times in the product")
        return found[0]

    def apply(self, root: Path) -> None:
        """Makes the mistake in a copy."""
        file = self.file(root)
        file.write_text(file.read_text(encoding="utf-8").replace(self.old, self.new), encoding="utf-8")


@dataclass(frozen=True)
class Found:
    """What became of a mutant: the promise that was broken first, None where none was."""

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


def mutants() -> tuple[Mutant, ...]:
    """All of them, in the order of the file."""
    rows = yaml.safe_load((Path(__file__).parent / "mutants.yaml").read_text(encoding="utf-8"))
    return tuple(Mutant(**row) for row in rows)


def hunt(chosen: Sequence[Mutant], seconds: float, workers: int) -> Iterator[Found]:
    """Each for so many seconds at most, some side by side. Raises StaleMutantError before any is tried."""
    for mutant in chosen:
        mutant.file(ROOT)
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda mutant: tried(mutant, seconds), chosen)


def tried(mutant: Mutant, seconds: float) -> Found:
    """One of them, in a copy of the product and a process of its own."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        for name in COPIED:
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        mutant.apply(root)
        began = monotonic()
        words = ("-m", "simulation", "years", "--seconds", str(seconds), "--workers", "1", "--until-broken")
        environ = {**os.environ, "PYTHONPATH": directory}
        told = subprocess.run(
            [sys.executable, *words], cwd=root, env=environ, capture_output=True, text=True, check=False
        )
        took = monotonic() - began
    broken = [line for line in told.stdout.splitlines() if line.startswith("broken: ")]
    if told.returncode not in (0, 1):
        raise RuntimeError(told.stderr)
    return Found(mutant, broken[0].removeprefix("broken: ") if broken else None, took)
