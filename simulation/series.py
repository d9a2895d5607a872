"""Plays people who write campaigns that repeat: rules, holidays and exceptions, and how all of them change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from simulation.dates import Holidays, Repeat
from simulation.manifests import IST, Manifest
from simulation.repository import (
    LISTS,
    NUMBERS,
    Edit,
    Edits,
    Files,
    TeamRepository,
    edited,
    one_of_files,
    put,
)

_EVERY_DAY = tuple(range(7))
_WEEKS = (_EVERY_DAY, _EVERY_DAY, (0, 1, 2, 3, 4), (0, 2, 4), (1, 3, 5), (2,))
_HOURS = {
    "Asia/Kolkata": (9, 10, 12, 17),
    "Asia/Dubai": (8, 11),
    "Asia/Kathmandu": (10, 15),
    "Asia/Tokyo": (13, 17),
}
"""Hours of each zone that lie within India's calling hours."""


def begin(repository: TeamRepository, now: float, random: Random) -> None:
    """Adds campaigns that repeat to those of the first day."""
    repository.holidays = Holidays(closed=random.choice(((), (), (6,), (5, 6))))
    files: Files = dict(repository.head.files)
    for _ in range(random.choice((1, 1, 2))):
        _add(repository, files, now, random)
    repository.amend(files)


def _add(repository: TeamRepository, files: Files, now: float, random: Random) -> str:
    kind, name = random.choice(("voice", "voice", "sms")), repository.new_name(random)
    people = tuple(sorted(random.sample(NUMBERS, random.choice((1, 2, 3, 5)))))
    if kind == "sms":
        people = (random.choice(LISTS),)
    rule = _rule(now, random)
    files[f"campaigns/{name}.yaml"] = (
        Manifest(
            kind,
            name,
            rule.start(rule.first),
            random.choice((2.0, 2.5, 3.0)),
            people,
            str(random.randint(100, 140)),
            state=random.choice(("active", "active", "active", None, "paused")),
            from_file=kind == "voice" and random.random() < 0.5,
            retries=random.choice((0, 0, 1)) if kind == "voice" else 0,
            repeat=rule,
        ),
    )
    return f"adds {name}, which repeats"


def _rule(now: float, random: Random) -> Repeat:
    zone = random.choice(("Asia/Kolkata", "Asia/Kolkata", "Asia/Kolkata", *_HOURS))
    today = datetime.fromtimestamp(now, IST).date()
    first = today + timedelta(days=random.choice((-3, 0, 0, 1, 4)))
    return Repeat(
        random.choice(_WEEKS),
        random.choice(_HOURS[zone]),
        random.choice((0, 15, 30)),
        zone,
        first,
        first + timedelta(days=random.choice((7, 14, 25, 40))),
        counted=random.random() < 0.3,
        calendar=random.random() < 0.6,
        moves=random.random() < 0.5,
        horizon=random.choice((1, 2, 3, 5, 10)),
    )


def _edited(change: Callable[[Repeat, float, Random], tuple[Repeat, str]]) -> Edit:
    """Returns the edit that changes the rule of a manifest."""

    def change_rule(one: Manifest, now: float, random: Random) -> tuple[Manifest, str]:
        assert one.repeat is not None, "it repeats"
        rule, says = change(one.repeat, now, random)
        return replace(one, repeat=rule, start=rule.start(rule.first)), says

    return edited(change_rule, repeating=True)


def _other_days(rule: Repeat, _now: float, random: Random) -> tuple[Repeat, str]:
    return replace(rule, days=random.choice(_WEEKS)), "takes other weekdays for"


def _other_hour(rule: Repeat, _now: float, random: Random) -> tuple[Repeat, str]:
    hour, minute = random.choice(_HOURS[rule.zone]), random.choice((0, 15, 30))
    return replace(rule, hour=hour, minute=minute), f"moves to {hour}:{minute:02}"


def _other_last(rule: Repeat, now: float, random: Random) -> tuple[Repeat, str]:
    last = max(rule.first + timedelta(days=6), rule.today(now) + timedelta(days=random.choice((0, 1, 3, 20))))
    return replace(rule, last=last), f"ends on {last}"


def _except(rule: Repeat, now: float, random: Random) -> tuple[Repeat, str]:
    """Leaves out a date to come, or takes one back."""
    if rule.excepted and random.random() < 0.4:
        return replace(rule, excepted=frozenset()), "takes every date again of"
    coming = [day for day in rule.dates() if day >= rule.today(now)][:4]
    left_out = frozenset(random.sample(coming, min(len(coming), random.choice((1, 1, 2)))))
    return replace(rule, excepted=rule.excepted | left_out), f"leaves out {len(left_out)} dates of"


def _other_horizon(rule: Repeat, _now: float, random: Random) -> tuple[Repeat, str]:
    horizon = random.choice((1, 2, 4, 12))
    return replace(rule, horizon=horizon, moves=not rule.moves), f"looks {horizon} days ahead in"


def _holiday(repository: TeamRepository, _files: Files, now: float, random: Random) -> str:
    """Declares a holiday, or it was none."""
    kept = repository.holidays.dates
    if kept and random.random() < 0.3:
        repository.holidays = replace(repository.holidays, dates=kept - {random.choice(sorted(kept))})
        return "takes a holiday back"
    day = datetime.fromtimestamp(now, IST).date() + timedelta(days=random.choice((0, 1, 1, 2, 4)))
    repository.holidays = replace(repository.holidays, dates=kept | {day})
    return f"declares {day} a holiday"


def _with_its_dates(
    files: Files, now: float, random: Random
) -> tuple[str, int, Manifest, Repeat, list[date]] | None:
    """Picks a manifest that repeats: its place, itself, its rule, and the dates that are to come by it."""
    found = one_of_files(files, now, random, repeating=True)
    if found is None or (rule := found[2].repeat) is None:
        return None
    return *found, rule, [day for day in rule.dates() if rule.start(day) > now]


def _repeats_no_more(_repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
    """Takes `repeat` out of a manifest: it is an ordinary one of its next date from then on."""
    found = _with_its_dates(files, now, random)
    if found is None or not found[-1]:
        return None
    path, place, one, rule, coming = found
    put(files, path, place, replace(one, repeat=None, start=rule.start(coming[0])))
    return f"repeats {one.name} no more"


def _one_by_hand(_repository: TeamRepository, files: Files, now: float, random: Random) -> str | None:
    """Leaves out one date, and writes a manifest of its own for it."""
    found = _with_its_dates(files, now, random)
    if found is None:
        return None
    path, place, one, rule, coming = found
    taken = {it.name for them in files.values() for it in them}
    free = [day for day in coming if day not in rule.excepted and f"{one.name}-{day}" not in taken]
    if not free:
        return None
    day = random.choice(free[:3])
    own = replace(one, name=f"{one.name}-{day}", repeat=None, start=rule.start(day), previous_name=None)
    if random.random() < 0.5:
        own = replace(own, content=str(random.randint(100, 140)))
    put(files, path, place, replace(one, repeat=replace(rule, excepted=rule.excepted | {day}, moves=False)))
    files[f"campaigns/{own.name}.yaml"] = (own,)
    return f"writes {own.name} by hand"


EDITS: Edits = {
    "adds what repeats": (_add, 5),
    "takes other weekdays": (_edited(_other_days), 5),
    "moves what repeats": (_edited(_other_hour), 6),
    "ends what repeats": (_edited(_other_last), 4),
    "leaves dates out": (_edited(_except), 7),
    "looks further or less far": (_edited(_other_horizon), 2),
    "declares a holiday": (_holiday, 6),
    "repeats no more": (_repeats_no_more, 1),
    "writes one date by hand": (_one_by_hand, 4),
}
