"""Plays pipelines that cut the environments which a change touches into jobs (`matrix`), and apply each by itself."""

from __future__ import annotations

from random import Random

from simulation import runs
from simulation.fleets import checked_out
from simulation.machines import Job
from simulation.network import Weather
from simulation.promises.jobs import jobs_in
from simulation.world import LifeWorld

_FORMATS = ("json", "github", "gitlab")
_APPLY = ("apply", "--auto-approve", "--format", "json")


def a_matrix_is_applied(world: LifeWorld, random: Random) -> None:
    """Lists what a branch touches since a commit of before, or all; each job is a run of its own, on any machine."""
    machine = checked_out(world, random)
    if machine is None:
        return
    base = None
    since: tuple[str, ...] = ()
    if machine.git is not None and random.random() < 0.8:
        base = random.choice(world.repository.commits[-8:])
        since = ("--changed-since", machine.git.name(base)[:20])
    most = ("--max", str(random.choice((1, 2, 2, 3))))
    words = ("matrix", *since, *most, "--format", random.choice(_FORMATS))
    job = Job(words, compared=base)
    listed = world.run_in(machine, dict.fromkeys(sorted(world.places), job), random, weather=Weather())
    for names in jobs_in(next(iter(listed.values()))):
        _apply(world, random, names)


def _apply(world: LifeWorld, random: Random, names: list[str]) -> None:
    """Applies the head to the environments of one job."""
    machine = runs.free_machine(world, random)
    if machine is None:
        return
    machine.check_out(world.repository.head)
    world.pass_on(random.choice((0.5, 20.0)))
    if len(names) == 1:
        with world.at(names[0]):
            runs.run_job(world, machine, Job(_APPLY), random)
    else:
        world.run_in(machine, dict.fromkeys(names, Job((*_APPLY, "-e", ",".join(names)))), random)
