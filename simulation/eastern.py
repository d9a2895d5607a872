"""Plays people who open a third account, and look-alikes in it: the same people under another name, or another word."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from simulation.repository import NUMBERS, Edits, Files, TeamRepository, one_of_files, put

REGION = "east"


def begin(repository: TeamRepository, now: float, random: Random) -> None:
    """Gives some of the campaigns of the first day to it; it has none at first now and then."""
    repository.selects[REGION] = f"region={REGION}"
    files: Files = dict(repository.head.files)
    for _ in range(random.choice((0, 1, 2))):
        _moves_there(repository, files, now, random)
    repository.amend(files)


def _moves_there(_repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
    """Gives a campaign to the third account; what there is elsewhere goes on."""
    found = one_of_files(files, now, random)
    if found is None:
        return None
    path, place, one = found
    put(files, path, place, replace(one, region=REGION, sid=None))
    return f"moves {one.name} to the account of {REGION}"


def _copies_alike(repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
    """Copies a campaign for the third account under another name: the same start, and most of the same people."""
    found = one_of_files(files, now, random)
    if found is None or found[2].kind != "voice":
        return None
    one, name = found[2], repository.new_name(random)
    people = tuple(sorted({*one.people[1:], random.choice(NUMBERS)})) if random.random() < 0.5 else one.people
    content = one.content if random.random() < 0.7 else str(random.randint(100, 140))
    alike = replace(
        one, name=name, region=REGION, sid=None, previous_name=None, people=people, content=content
    )
    files[f"campaigns/{name}-{REGION}.yaml"] = (alike,)
    return f"copies {one.name} for {REGION} as {name}, to {len(set(people) & set(one.people))} of the same people"


def _closes_or_opens(repository: TeamRepository, _files: Files, _now: float, _random: Random) -> str:
    """Lets the third account take nothing any more, or its own again: what is there goes on."""
    if repository.selects[REGION] == "region=nowhere":
        repository.selects[REGION] = f"region={REGION}"
        return f"lets {REGION} take its own again"
    repository.selects[REGION] = "region=nowhere"
    return f"lets {REGION} take nothing"


EDITS: Edits = {
    "moves to a third account": (_moves_there, 12),
    "copies alike for a third account": (_copies_alike, 12),
    "closes a third account": (_closes_or_opens, 3),
}
