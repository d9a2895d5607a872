"""Plays commands on two accounts at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from math import inf
from random import Random

from simulation import runs
from simulation.account import seconds
from simulation.ledger import CommandRun
from simulation.machines import Encounter, Job, Machine
from simulation.network import Weather
from simulation.operators import operator
from simulation.promises.verdict import document
from simulation.steps import Steps
from simulation.world import LifeWorld

_BOTH = ("north", "south")
_CHOICES = (
    ("-e", "north,south"),
    ("-e", "north", "-e", "south"),
    ("-e", "*"),
    ("--all-environments",),
    ("--shard", "0/1"),
)
"""How both are chosen, where there are two."""
_ALL = ("east", "north", "south")
_OF_THREE: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("-e", "north,south,east"), _ALL),
    (("-e", "*"), _ALL),
    (("--all-environments",), _ALL),
    (("-e", "*t*"), _ALL),
    (("-e", "*st,north"), ("east", "north")),
    (("-e", "north,south"), _BOTH),
    (("-e", "?????"), _BOTH),
    (("-e", "east,"), ("east",)),
)
"""How some of three are chosen, and which."""


def chosen_of(world: LifeWorld, random: Random) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Draws which environments a command is about, and how that is said."""
    if len(world.places) == len(_BOTH):
        return random.choice(_CHOICES), _BOTH
    words, names = random.choice((*_OF_THREE, *_shards()))
    return words, names


def _shards() -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Returns each shard of two that has any of the three: by a hash of their names alone."""
    of: dict[int, list[str]] = {}
    for name in _ALL:
        of.setdefault(int.from_bytes(sha256(name.encode()).digest()[:8], "big") % 2, []).append(name)
    return [(("--shard", f"{place}/2"), tuple(names)) for place, names in sorted(of.items())]


def _jobs(world: LifeWorld, random: Random, machine: Machine, *words: str) -> dict[str, Job]:
    """Draws what a command on both is told, permissions of one of them by its name."""
    given = runs.permissions(random, machine.commit, world.leaning)
    allowed = {it if ":" not in it else f"{it}@{random.choice(sorted(world.places))}" for it in sorted(given)}
    flags = tuple(word for it in sorted(allowed) for word in ("--allow", it))
    prune = world.project.prefix and world.leaning.happens(random, "prune", 0.15)
    chosen, names = chosen_of(world, random)
    every = (*words, *chosen, *flags, *(("--prune",) if prune else ()))
    return {name: Job(every, frozenset(_of(name, allowed)), prune) for name in names}


def _of(environment: str, allowed: set[str]) -> list[str]:
    """Returns the permissions that hold in one environment."""
    parts = (it.partition("@") for it in sorted(allowed))
    return [word for word, _, where in parts if where in ("", environment)]


def apply_to_both(world: LifeWorld, random: Random) -> None:
    """Merges, more often than not, and lets a pipeline apply to both accounts."""
    machine = checked_out(world, random)
    if machine is None:
        return
    more = ["--parallel", "1"] if random.random() < 0.2 else []
    more += ["--max-environments", "1"] if random.random() < 0.08 else []
    _run(
        world,
        machine,
        _jobs(world, random, machine, "apply", "--auto-approve", "--format", "json", *more),
        random,
    )


def plan_both_and_apply(world: LifeWorld, random: Random) -> None:
    """Keeps plans in a directory, or their approval, and applies what was approved a while later."""
    machine = checked_out(world, random)
    if machine is None:
        return
    kept = random.random() < 0.6
    place = world.new_plan
    jobs = _jobs(world, random, machine, "plan", "--format", "json", *(("--out", place) if kept else ()))
    planned = _run(world, machine, jobs, random, Weather())
    world.pass_on(random.choice((60.0, 900.0, 4000.0, 90_000.0)))
    if world.leaning.happens(random, "an operator while a plan waits", 0.35):
        with world.at(random.choice(sorted(world.places))):
            operator(world, random)
    if random.random() < 0.15:
        machine.check_out(world.commit(random))
    first = next(iter(planned.values()))
    approval = _approval(first)
    words = ("apply", place) if kept else ("apply", "--expect", str(approval))
    if kept and not (machine.root / place / "_plans.json").exists():
        return
    if not kept and not approval:
        return
    more = ("--auto-approve", "--format", "json", *(() if kept else first.words[3:]))
    _run(
        world,
        machine,
        {name: _approved(jobs[name], (*words, *more), it) for name, it in planned.items()},
        random,
    )


def _approval(run: CommandRun) -> str | None:
    """Returns the approval of all plans together; None where none was made."""
    try:
        found: str | None = json.loads(run.whole.out if run.whole else "")["approval"]
    except (ValueError, KeyError):
        return None
    return found


def _approved(job: Job, words: tuple[str, ...], planned: CommandRun) -> Job:
    made = document(planned) or {}
    return replace(
        job,
        words=words,
        planned_at=planned.began,
        good_until=seconds(made.get("expires_at")) or inf,
        planned_for=planned.commit,
        shown=runs.shown_by(made),
    )


def look_at_both(world: LifeWorld, random: Random) -> None:
    """Lets somebody look at both accounts, or stop all that calls in them."""
    machine = checked_out(world, random)
    if machine is None:
        return
    chosen, names = chosen_of(world, random)
    word = random.choice(("status", "validate", "doctor", "diff", "matrix", "plan"))
    job = Job((word, *chosen, "--format", "json"))
    if random.random() < 0.2:
        job = Job(("pause", "--all", "--auto-approve", *chosen))
    going = {it.sid for place in world.places.values() for it in place.ledger.alive() if it.going}
    done = _run(world, machine, dict.fromkeys(names, job), random)
    for name, run in done.items():
        with world.at(name):
            runs.note_by_hand(world, run, going)


def checked_out(world: LifeWorld, random: Random) -> Machine | None:
    """Returns a machine that has the head; somebody has just edited it, more often than not."""
    machine = runs.free_machine(world, random)
    if machine is not None:
        if world.leaning.happens(random, "commit before a plan", 0.6):
            world.commit(random)
        machine.check_out(world.repository.head)
    return machine


def _run(
    world: LifeWorld,
    machine: Machine,
    jobs: Mapping[str, Job],
    random: Random,
    weather: Weather | None = None,
) -> dict[str, CommandRun]:
    """Runs a command on both accounts, which something meets in its middle now and then."""
    chance = Random(random.random())

    def meet(run: CommandRun, steps: Steps, what: str) -> None:
        _meanwhile(world, run, steps, what, chance)

    at = min(int(random.expovariate(1 / 6)) + 1, 60)
    met = random.random() < 0.45 and weather is None
    return world.run_in(machine, jobs, random, Encounter(at, meet) if met else None, weather)


def _meanwhile(world: LifeWorld, run: CommandRun, steps: Steps, what: str, random: Random) -> None:
    """Draws what meets a command on both: its end, a signal, somebody in the dashboard, another pipeline on one."""
    kind = random.choice(("killed", "a signal", "operator", "operator", "another run"))
    beside = [it for it in world.running if it.machine == run.machine]
    if kind == "a signal":
        world.interrupt(run, what)
    for it in beside:
        it.disturbed = True
        it.signalled |= kind == "a signal"
        it.met.append(f"{kind} at {what}")
    if kind == "killed":
        steps.kill()
    with world.at(random.choice(sorted(world.places))):
        if kind == "operator":
            operator(world, random, what.rpartition("/")[2])
        if kind == "another run":
            runs.apply_to(world, random, calm=True)
