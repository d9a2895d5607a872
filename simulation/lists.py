"""Plays people who keep contact lists: who is in them changes, and with it the copies that the account has."""

from __future__ import annotations

from random import Random

from simulation.manifests import Manifest
from simulation.repository import NUMBERS, TEAMS, Edits, Files, TeamRepository, start_from


def begin(repository: TeamRepository, now: float, random: Random) -> None:
    """Adds a list, and campaigns to it, to those of the first day."""
    files: Files = dict(repository.head.files)
    for _ in range(2):
        _add(repository, files, now, random)
    repository.amend(files)


def _add(repository: TeamRepository, files: Files, now: float, random: Random) -> str:
    """Adds a campaign to a list: one that is there, or a new one."""
    name = repository.new_name(random)
    to = random.choice(sorted(repository.lists)) if repository.lists and random.random() < 0.6 else ""
    if not to:
        to = f"growth-people-{len(repository.lists) + 1}"
        repository.lists[to] = tuple(sorted(random.sample(NUMBERS, random.choice((1, 3, 8)))))
    start, hours = start_from(now, random, repository.leaning)
    kind = random.choice(("voice", "sms"))
    files[f"campaigns/{name}.yaml"] = (
        Manifest(
            kind,
            name,
            start,
            hours,
            (),
            str(random.randint(100, 140)),
            state=random.choice(("active", "active", None, "paused")),
            team=random.choice(TEAMS),
            list_name=to,
        ),
    )
    return f"adds {name}, to {to}"


def _changes(repository: TeamRepository, files: Files, now: float, random: Random) -> str:
    """Lets people join a list, and others leave it; now and then they are as they were."""
    if not repository.lists:
        return _add(repository, files, now, random)
    name = random.choice(sorted(repository.lists))
    before = [commit.lists[name] for commit in repository.commits[-8:] if name in commit.lists]
    if before and random.random() < 0.2:
        repository.lists[name] = random.choice(before)
        return f"takes {name} back to what it was"
    kept = set(repository.lists[name]) ^ set(random.sample(NUMBERS, random.choice((1, 2))))
    repository.lists[name] = tuple(sorted(kept)) or NUMBERS[:1]
    return f"changes who is in {name}"


EDITS: Edits = {"adds to a list": (_add, 8), "changes a list": (_changes, 10)}


def flags(repository: TeamRepository, random: Random) -> tuple[str, ...]:
    """Draws whether versions that nobody uses are deleted."""
    return ("--prune-lists",) if repository.lists and random.random() < 0.15 else ()
