"""Describes pipelines: a disk, a checkout and a clock each, what a run is told, and what may meet it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from pathlib import Path

from simulation.account import LifeAccount
from simulation.checkouts import GitObjects
from simulation.commits import Commit
from simulation.ledger import CommandRun, LifeLedger
from simulation.project import TeamProject
from simulation.steps import Steps


@dataclass(frozen=True)
class AccountPlace:
    """Holds what an environment speaks to, and what is known of it; `key` is its credentials."""

    environment: str
    account: LifeAccount
    ledger: LifeLedger
    key: str


@dataclass(frozen=True)
class Job:
    """Holds what a run is told.

    `planned_at`: when its plan was made, None for now; `good_until`: what that says itself; `about`: the campaign of
    which it is to report.
    """

    words: tuple[str, ...]
    allowed: frozenset[str] = frozenset()
    prune: bool = False
    prune_lists: bool = False
    planned_at: float | None = None
    good_until: float = inf
    labels: str = ""
    edited: bool = False
    planned_for: Commit | None = None
    shown: frozenset[tuple[str, str]] | None = None
    compared: Commit | None = None
    about: str = ""

    @property
    def planned_file(self) -> bool:
        """Tells whether it is to carry out a plan that was kept: that is of one environment, or says of which."""
        return self.words[0] == "apply" and "plan-" in self.words[1]


@dataclass(frozen=True)
class Encounter:
    """Holds something that happens at the `at`th step of a run (`among` those that begin so): it is told the run,
    its steps, and what the step is; it may return after how many more it happens again.
    """

    at: int
    event: Callable[[CommandRun, Steps, str], int | None]
    among: str | tuple[str, ...] = ""


@dataclass(frozen=True)
class Saved:
    """Holds a plan file on a machine's disk."""

    path: str
    commit: Commit
    job: Job
    environment: str


@dataclass
class Machine:
    """Plays a pipeline: a disk of its own, a clock that is `skew` seconds off, a checkout, saved plans."""

    name: str
    root: Path
    skew: float
    project: TeamProject
    commit: Commit
    git: GitObjects | None = None
    token: int = 0
    saved: list[Saved] = field(default_factory=list)
    busy: bool = False
    _written: Mapping[str, str | None] = field(default_factory=dict)

    def check_out(self, commit: Commit) -> None:
        """Checks files out as they are in a commit; what the command keeps beside them stays."""
        texts = self.project.files(commit)
        for path in self._written.keys() - texts.keys():
            (self.root / path).unlink(missing_ok=True)
        (self.root / "campaigns").mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            if self._written.get(path) != text:
                file = self.root / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
        self._written = texts
        self.commit = commit
        if self.git is not None:
            self.git.check_out(self.root, commit)

    def doubt_files(self) -> None:
        """Has the next checkout write every file: power failed, maybe in the midst of the last one."""
        self._written = dict.fromkeys(self._written)

    def wipe(self) -> None:
        """Becomes another machine of the same name: nothing is left on its disk."""
        shutil.rmtree(self.root, ignore_errors=True)
        self._written = {}
        self.saved.clear()
        self.check_out(self.commit)
