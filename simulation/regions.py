"""Plays people who divide campaigns between two accounts, and move them from one to the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from simulation.repository import NUMBERS, Edits, Files, TeamRepository, one_of_files, put

SELECTS: Mapping[str, str] = {"north": "region=north", "south": "region=south"}


def begin(repository: TeamRepository, _now: float, _random: Random) -> None:
    """Divides the campaigns of the first day between the accounts."""
    repository.selects = dict(SELECTS)
    repository.amend(dict(repository.head.files))


def _moves_away(_repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
    """Gives a campaign to the other account; what there is in the first one goes on."""
    found = one_of_files(files, now, random)
    if found is None:
        return None
    path, place, one = found
    put(files, path, place, replace(one, region=_other(one.region), sid=None))
    return f"moves {one.name} to the account of {_other(one.region)}"


def _copies(repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
    """Copies a campaign for the other account, with people of its own or, by mistake, with the same."""
    found = one_of_files(files, now, random)
    if found is None or found[2].kind != "voice":
        return None
    one = found[2]
    name = one.name if random.random() < 0.5 else repository.new_name(random)
    people = one.people if random.random() < 0.4 else tuple(sorted(random.sample(NUMBERS, 3)))
    copied = replace(one, name=name, region=_other(one.region), sid=None, previous_name=None, people=people)
    files[f"campaigns/{name}-{copied.region}.yaml"] = (copied,)
    return f"copies {one.name} for {copied.region} as {name}"


def _takes_too_much(repository: TeamRepository, _files: Files, _now: float, random: Random) -> str:
    """Lets one account take what is the other's, too; or mends that."""
    if SELECTS.items() <= repository.selects.items():
        one = random.choice(sorted(SELECTS))
        repository.selects[one] = "region!=west"
        return f"lets {one} take all that is not of the west"
    repository.selects |= SELECTS
    return "lets each account take its own again"


def _other(region: str) -> str:
    return "south" if region == "north" else "north"


EDITS: Edits = {
    "moves to another account": (_moves_away, 12),
    "copies for another account": (_copies, 10),
    "lets one account take too much": (_takes_too_much, 5),
}
