"""Plays people who send in stages: some of a file first, the rest where that went well."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from simulation.dates import Repeat
from simulation.manifests import IST, AwaitedCampaign, Manifest
from simulation.repository import (
    CLOSES,
    DAY,
    LISTS,
    NUMBERS,
    OPENS,
    Edits,
    Files,
    TeamRepository,
    edited,
    one_of_files,
    put,
    start_from,
)

_LIMITS = (("40%", "95%"), ("40%", "80%"), ("60%", "80%"), ("30%", "80%"))
_OF_A_LIST = 9
"""How many people are in each list that nobody fills."""
STOPS: tuple[tuple[tuple[str, str], ...], ...] = (
    (),
    (("failed", "10%"), ("tried", "4")),
    (("failed", "30%"), ("tried", "5")),
    (("unreached", "30%"), ("tried", "5")),
)


def begin(repository: TeamRepository, now: float, random: Random) -> None:
    """Adds stages to the campaigns of the first day."""
    files: Files = dict(repository.head.files)
    _add(repository, files, now, random)
    repository.amend(files)


def add_soon(repository: TeamRepository, now: float, random: Random, wait: int | None = None) -> Manifest:
    """Commits stages of which the first begins within the hour, or next morning; returns that one. With `wait` the rest
    waits so many minutes from then on.
    """
    files: Files = dict(repository.head.files)
    canary, rest = _stages(repository, _after(now + 1800), random)
    if wait is not None and rest.after is not None:
        rest = _mended(replace(rest, after=replace(rest.after, wait=wait)), canary)
    files[f"campaigns/{rest.name}-staged.yaml"] = (canary, rest)
    repository.record(f"adds {rest.name}, after {canary.name}, which begins soon", files)
    return canary


def add_one_by_one(repository: TeamRepository, now: float, random: Random) -> tuple[Manifest, Manifest]:
    """Commits a first stage of tomorrow or later; returns it, and the rest, which waits for nothing and is yet to be
    written.
    """
    canary, rest = _stages(repository, _after(now + DAY), random)
    repository.record(f"adds {canary.name}, the first of two", beside(repository, canary))
    return canary, replace(rest, after=None, rest_of=canary.name, people=canary.people)


def beside(repository: TeamRepository, one: Manifest) -> Files:
    """Returns the files with one more."""
    return {**repository.head.files, f"campaigns/{one.name}-staged.yaml": (one,)}


def join(repository: TeamRepository, canary: Manifest, random: Random) -> str:
    """Commits a file of stages with six more people; returns what it says."""
    files: Files = dict(repository.head.files)
    more = random.sample([it for it in NUMBERS if it not in canary.people], 6)
    _change_all(files, canary, people=tuple(sorted({*canary.people, *more})))
    return repository.record(f"changes the file of {canary.name}", files).says


def reword(repository: TeamRepository, canary: Manifest, random: Random) -> str:
    """Commits another text of all stages; returns what it says."""
    files: Files = dict(repository.head.files)
    _change_all(files, canary, content=str(random.randint(141, 150)))
    return repository.record(f"writes another text in the stages of {canary.name}", files).says


def waits_for(repository: TeamRepository, canary: Manifest) -> int:
    """Returns how many of a canary have to be finished before another stage goes."""
    gates = [it.after for it in repository.head.written if it.after and it.after.campaign == canary.name]
    return max((it.finished for it in gates), default=0)


def _add(repository: TeamRepository, files: Files, now: float, random: Random) -> str:
    start, _ = start_from(now, random, repository.leaning)
    canary, rest = _stages(repository, start, random)
    files[f"campaigns/{rest.name}-staged.yaml"] = (canary, rest)
    return f"adds {rest.name}, after {canary.name}"


def _stages(repository: TeamRepository, start: float, random: Random) -> tuple[Manifest, Manifest]:
    """Makes a canary, which some of a file hear, and the rest, which waits for it; now and then without a gate."""
    name, rest = repository.new_name(random), repository.new_name(random)
    people = tuple(sorted(random.sample(NUMBERS, random.choice((16, 24, 30)))))
    text = str(random.randint(100, 140))
    canary = Manifest(
        "voice",
        name,
        start,
        2.0,
        people,
        text,
        from_file=True,
        take=random.choice((8, 10, 12)),
        stop_when=random.choice(STOPS),
        retries=random.choice((0, 0, 1)),
    )
    limit, confidence = random.choice(_LIMITS)
    gate = AwaitedCampaign(
        name, limit, random.choice((6, 8)), confidence, random.choice((0, 0, 30)), random.choice((1, 7))
    )
    waits = Manifest(
        "voice",
        rest,
        _after(canary.end + random.choice((0.5, 1, 2, 5, 20)) * 3600.0),
        2.0,
        people,
        text,
        from_file=True,
        after=gate if random.random() < 0.85 else None,
        rest_of=name if random.random() < 0.9 else "",
        stop_when=random.choice(STOPS),
    )
    if not waits.rest_of:
        waits = replace(waits, people=tuple(it for it in people if it not in canary.chosen))
    return canary, waits


def _after(moment: float) -> float:
    """Returns the first moment from then on that leaves two hours of calling."""
    local = datetime.fromtimestamp(moment, IST)
    if local.hour >= CLOSES - 2:
        local = local.replace(hour=OPENS + 1, minute=0) + timedelta(days=1)
    return local.replace(hour=max(local.hour, OPENS), second=0, microsecond=0).timestamp()


def mended(files: Files) -> None:
    """Makes what waits valid again after an edit: it waits for a manifest that is there, and begins after that."""
    named = {(it.kind, it.name, it.repeat is None): it for them in files.values() for it in them}
    for path, them in files.items():
        files[path] = tuple(_mended(it, named.get(_waited_for(it))) for it in them)


def _waited_for(one: Manifest) -> tuple[str, str, bool]:
    """Returns the kind and the name of what a manifest speaks of, and whether that is to call once: what repeats waits
    for what repeats.
    """
    name = one.after.campaign if one.after else one.rest_of
    return one.after.kind if one.after else "voice", name, one.repeat is None


def _mended(one: Manifest, canary: Manifest | None) -> Manifest:
    if one.after is None and not one.rest_of:
        return one
    if canary is None or canary.name == one.name:
        return replace(one, after=None, rest_of="")
    if one.repeat is not None:
        return _on_its_dates(one, canary)
    wait = one.after.wait if one.after else 0
    people = canary.take or (len(canary.people) if canary.kind == "voice" else _OF_A_LIST)
    gate = replace(one.after, finished=min(one.after.finished, people)) if one.after else None
    early = canary.end + wait * 60 + 600 >= one.start
    return replace(one, after=gate, start=_after(canary.end + wait * 60 + 3600) if early else one.start)


def _on_its_dates(one: Manifest, canary: Manifest) -> Manifest:
    """Makes what repeats wait for each date of another, where that leaves it time on the same day."""
    rule, gate = canary.repeat, one.after
    assert rule is not None, "what repeats waits for what repeats"
    later = rule.hour + math.ceil(canary.hours) + 1
    if gate is None or rule.zone != "Asia/Kolkata" or later + math.ceil(one.hours) > CLOSES:
        return replace(one, after=None)
    people = tuple(it for it in one.people if it not in canary.people) or one.people
    mine = replace(rule, hour=later)
    finished = min(gate.finished, len(canary.people))
    return replace(
        one, repeat=mine, start=mine.start(mine.first), people=people, after=replace(gate, finished=finished)
    )


def add_repeating(repository: TeamRepository, now: float, random: Random) -> tuple[Manifest, Manifest]:
    """Commits two that repeat from tomorrow on: each date of the second waits for that of the first."""
    name, rest = repository.new_name(random), repository.new_name(random)
    tomorrow = datetime.fromtimestamp(now, IST).date() + timedelta(days=1)
    rule = Repeat(
        tuple(range(7)),
        random.choice((10, 12)),
        0,
        "Asia/Kolkata",
        tomorrow,
        tomorrow + timedelta(days=random.choice((3, 8))),
        calendar=random.random() < 0.5,
        horizon=random.choice((1, 2, 5)),
    )
    numbers = random.sample(NUMBERS, 18)
    limit, confidence = random.choice(_LIMITS)
    gate = AwaitedCampaign(name, limit, 6, confidence, random.choice((0, 30)), random.choice((1, 7)))
    canary = Manifest(
        "voice",
        name,
        rule.start(rule.first),
        2.0,
        tuple(sorted(numbers[:9])),
        str(random.randint(100, 140)),
        repeat=rule,
        stop_when=random.choice(STOPS),
    )
    waits = replace(canary, name=rest, people=tuple(sorted(numbers[9:])), after=gate, stop_when=())
    waits = _on_its_dates(waits, canary)
    files = {**repository.head.files, f"campaigns/{rest}-staged.yaml": (canary, waits)}
    repository.record(f"adds {rest}, each date of which waits for {name}", files)
    return canary, waits


def add_messages(repository: TeamRepository, now: float, random: Random) -> tuple[Manifest, Manifest]:
    """Commits messages of which the first go within the hour, or next morning, to one list, and the rest to another."""
    name, rest = repository.new_name(random), repository.new_name(random)
    first, second = random.sample(LISTS, 2)
    limit, confidence = random.choice(_LIMITS)
    wait, within = random.choice((0, 0, 30)), random.choice((1, 7))
    gate = AwaitedCampaign(name, limit, random.choice((6, 8)), confidence, wait, within, "sms")
    text = str(random.randint(100, 140))
    canary = Manifest("sms", name, _after(now + 1800), 2.0, (first,), text)
    start = _after(canary.end + 60.0 * wait + random.choice((1, 2, 20)) * 3600.0)
    waits = Manifest("sms", rest, start, 2.0, (second,), text, after=gate)
    files = {**repository.head.files, f"campaigns/{rest}-staged.yaml": (canary, waits)}
    repository.record(f"adds {rest}, after {name}, messages of which the first go soon", files)
    return canary, waits


def _staged(files: Files) -> Callable[[Manifest], bool]:
    """Returns who waits and who is waited for."""
    waited = {it.after.campaign if it.after else it.rest_of for them in files.values() for it in them}
    return lambda it: bool(it.after or it.rest_of or it.take or it.name in waited)


def _other_limit(one: Manifest, _now: float, random: Random) -> tuple[Manifest, str]:
    limit, confidence = random.choice(_LIMITS)
    gate = replace(one.after, limit=limit, confidence=confidence) if one.after else None
    return replace(one, after=gate, stop_when=random.choice(STOPS)), "writes other limits in"


def _other_choice(one: Manifest, _now: float, random: Random) -> tuple[Manifest, str]:
    take = random.choice((7, 8, 10, 14)) if one.take else 0
    return replace(one, take=take), f"takes {take or 'all'} people in"


def _other_file(_repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
    """Changes the file that stages share: people come and go."""
    found = one_of_files(files, now, random, among=_staged(files))
    if found is None:
        return None
    changed = random.sample(NUMBERS, random.choice((1, 3, 6)))
    before = found[2].people
    _change_all(files, found[2], people=tuple(sorted(set(before) ^ set(changed))) or before)
    return f"changes the file of {found[2].name}"


def _other_text(_repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
    """Writes another text in all stages: what was tried was not that."""
    found = one_of_files(files, now, random, among=_staged(files))
    if found is None:
        return None
    _change_all(files, found[2], content=str(random.randint(100, 140)))
    return f"writes another text in the stages of {found[2].name}"


def _change_all(files: Files, stage: Manifest, **changed: Any) -> None:
    """Changes all that is sent to the people of a stage with its text."""
    for path, them in files.items():
        files[path] = tuple(
            replace(it, **changed) if (it.people, it.content) == (stage.people, stage.content) else it
            for it in them
        )


ANSWERS = (
    ("*:failed=1",),
    ("*:failed=1",),
    ("*:failed=12",),
    ("*:failed=30,failed-dnd=5",),
    ("*:failed=80",),
    ("*:no-answer=100",),
    (),
)
"""What calls come to, while it lasts."""
COUNTERS = ("right", "right", "right", "right", "spelled", "lacking", "strange", "short", "drifting")
"""How an account counts them."""


EDITS: Edits = {
    "adds stages": (_add, 10),
    "writes other limits": (edited(_other_limit, False, _staged), 3),
    "chooses others": (edited(_other_choice, False, _staged), 3),
    "changes the file": (_other_file, 5),
    "changes the text of stages": (_other_text, 2),
}


def _writes_limits(_repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
    found = one_of_files(files, now, random, repeating=None)
    if found is None or found[2].kind != "voice":
        return None
    path, place, one = found
    put(files, path, place, replace(one, stop_when=random.choice(STOPS)))
    return f"writes limits in {one.name}"


GUARDED: Edits = {"writes limits": (_writes_limits, 4)}
"""What more is edited where somebody keeps a guard."""
