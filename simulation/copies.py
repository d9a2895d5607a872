"""Plays people who write more of what there is: copies, more for the same people, and scripts that write many."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from simulation.repository import Edits, Files, TeamRepository, add, one_of_files, put, start_from


def _copy(repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
    found = one_of_files(files, now, random, coming=False)
    if found is None:
        return None
    path, _, one = found
    copied = replace(one, name=repository.new_name(random), previous_name=None, sid=None)
    if random.random() < 0.6:
        start, hours = start_from(now, random)
        copied = replace(copied, start=start, hours=hours)
    if random.random() < 0.5:
        copied = replace(copied, content=str(random.randint(100, 140)))
    files[path.replace(one.name, copied.name) + ("" if one.name in path else ".copy.yaml")] = (copied,)
    return f"copies {one.name} as {copied.name}"


def _add_many(repository: TeamRepository, files: Files, now: float, random: Random) -> str:
    """Adds as many as a script writes: one for each town, say."""
    count = random.randint(8, 20)
    said = [add(repository, files, now, random) for _ in range(count)]
    return f"{said[0]} and {count - 1} more"


def _replace_by_another(repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
    """Writes another campaign for the same people instead of one that goes on, and says that it is another."""
    found = one_of_files(files, now, random)
    if found is None:
        return None
    path, place, one = found
    named = tuple(it.sid for it in repository.seen if it.kind == one.kind and it.name == one.name)
    name = repository.new_name(random)
    another = replace(one, name=name, sid=None, previous_name=None, distinct_from=named)
    put(files, path, place, another)
    return f"writes {name} instead of {one.name} and says that it is another"


def _another_run(repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
    """Adds the same people at the same time by a second campaign, which says that it is another one."""
    found = one_of_files(files, now, random)
    if found is None:
        return None
    one = found[2]
    named = [it.sid for it in repository.seen if it.kind == one.kind and it.name == one.name]
    wanted = tuple(named) if random.random() < 0.7 else ()
    name = repository.new_name(random)
    copied = replace(one, name=name, sid=None, previous_name=None, distinct_from=wanted)
    files[f"campaigns/{name}.yaml"] = (copied,)
    return f"adds {name} beside {one.name}{' and says that it is another' if wanted else ''}"


def _gives_its_place_away(repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
    """Moves a campaign to an earlier start, which must be asked for, and puts another one where it is until then."""
    there = repository.there
    found = one_of_files(files, now, random, among=lambda it: it.name in there and it.start > now)
    if found is None:
        return None
    path, place, one = found
    hours = random.choice((1, 2, 24))
    name = repository.new_name(random)
    put(files, path, place, replace(one, start=one.start - hours * 3600.0))
    files[f"campaigns/{name}.yaml"] = (replace(one, name=name, sid=None, previous_name=None),)
    return f"moves {one.name} {hours} hours ahead, and adds {name} where it was"


EDITS: Edits = {
    "copies": (_copy, 4),
    "adds another beside": (_another_run, 3),
    "replaces by another": (_replace_by_another, 2),
    "adds many": (_add_many, 0.5),
    "gives its place away": (_gives_its_place_away, 0.02),
}
