"""Plays guards: somebody keeps one standing, or looks once, while campaigns call and go wrong."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from simulation import stages
from simulation.ledger import CommandRun
from simulation.machines import Encounter, Job, Machine
from simulation.manifests import Manifest
from simulation.operators import call_beside, operator
from simulation.repository import NUMBERS
from simulation.runs import apply_to, free_machine
from simulation.steps import Steps
from simulation.world import LifeWorld

MOST_LOOKS = 14
_ANSWERS = (
    ("*:failed=2",),
    ("*:failed=30,failed-dnd=5",),
    ("*:failed=80",),
    ("*:failed=95",),
    ("*:no-answer=100",),
)


def a_guard_looks(world: LifeWorld, random: Random) -> None:
    """Keeps a guard standing for a while, or looks once, while a campaign calls whose calls go this way or that; now
    and then somebody's own calls beside it, which no manifest means.
    """
    one = _calling(world, random)
    apply_to(world, random, calm=True)
    others = Random(f"calls beside {world.seed} {world.event}")
    if others.random() < 0.5:
        call_beside(world, others, one.start)
    world.answer(random.choice(_ANSWERS))
    world.pass_until(world.passed_at(one.start) + random.choice((20.0, 600.0, 900.0, 1500.0)))
    for _ in range(random.choice((1, 1, 2))):
        machine = free_machine(world, random)
        if machine is not None:
            machine.check_out(world.repository.head)
            _guard(world, machine, random)


def _calling(world: LifeWorld, random: Random) -> Manifest:
    """Returns a voice campaign that calls soon, and many people; made for that where there is none."""
    voice = [it for it in world.repository.head.written if it.kind == "voice" and it.repeat is None]
    soon = [it for it in voice if 1200 < it.start - world.now < 6 * 3600 and len(it.people) > 7]
    if soon and random.random() < 0.5:
        return random.choice(soon)
    added = world.repository.add_soon(world.now, random)
    people = tuple(sorted(random.sample(NUMBERS, random.choice((12, 25, 40)))))
    watched = replace(
        added,
        kind="voice",
        people=people,
        retries=1,
        stop_when=random.choice((*stages.STOPS, *stages.STOPS[1:])),
    )
    world.repository.amend({**world.repository.head.files, f"campaigns/{added.name}.yaml": (watched,)})
    return watched


def _guard(world: LifeWorld, machine: Machine, random: Random) -> None:
    labels = ("-l", "team=growth") if random.random() < 0.2 else ()
    dry = ("--dry-run",) if random.random() < 0.1 else ()
    chosen = "team=growth" if labels else ""
    if random.random() < 0.45:
        job = Job(("guard", "--once", *labels, *dry), labels=chosen)
        world.run(machine, job, random)
        return
    left = random.randint(1, MOST_LOOKS)
    every = random.choice(("60s", "60s", "5m"))
    chance = Random(random.random())

    def meet(run: CommandRun, steps: Steps, what: str) -> int:
        nonlocal left
        left -= 1
        if left > 0:
            _meanwhile(world, machine, run, chance)
            return 1
        _end(world, run, steps, what, chance)
        return 0

    job = Job(("guard", "--every", every, *labels, *dry), labels=chosen)
    world.run(machine, job, random, Encounter(1, meet, "wait"))


def _meanwhile(world: LifeWorld, machine: Machine, run: CommandRun, random: Random) -> None:
    """Lets people do something between two looks."""
    how = random.random()
    if how < 0.1:
        run.met.append("meanwhile somebody acts")
        run.disturbed = True
        operator(world, random)
    elif how < 0.14:
        run.met.append("meanwhile somebody edits")
        run.disturbed = True
        run.commits.append(world.commit(random))
        machine.check_out(run.commits[-1])
    elif how < 0.17 and len(world.running) < 2:
        run.met.append("meanwhile another run")
        run.disturbed = True
        apply_to(world, random, calm=True)


def _end(world: LifeWorld, run: CommandRun, steps: Steps, what: str, random: Random) -> None:
    if random.random() < 0.2:
        run.met.append(f"killed at {what}")
        steps.kill()
    world.interrupt(run, what)
