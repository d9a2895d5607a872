"""Plays pipelines as docs/guide writes them: a plan file for each merge, applied while that is the head, and a run each
night.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from simulation import runs
from simulation.machines import Job, Machine
from simulation.manifests import IST
from simulation.operators import operator
from simulation.world import LifeWorld

_FRESH = 0.5
"""How often a runner is one that was not there before."""


def merge_as_written(world: LifeWorld, random: Random) -> None:
    """Validates, plans into a file, waits for somebody's approval, and applies the file where nobody merged since."""
    machine = _runner(world, random)
    if machine is None:
        return
    world.commit(random)
    machine.check_out(world.repository.head)
    checked = runs.run_job(world, machine, Job(("validate",)), random)
    saved = (
        runs.plan_on(world, machine, random, kept=True) if checked.said and checked.said.code == 0 else None
    )
    if saved is None:
        return
    world.pass_on(random.choice((30.0, 600.0, 3500.0, 20_000.0)))
    if random.random() < 0.25:
        operator(world, random)
    if random.random() < 0.25:
        world.commit(random)
    if world.repository.head is not saved.commit:
        world.tell(f"the recipe refuses: commit {saved.commit.number} is not the head")
        return
    runs.run_job(world, machine, saved.job, random)


def run_nightly(world: LifeWorld, random: Random) -> None:
    """Applies the head unattended in the night, for dates that came and gates that opened; again the night after."""
    for _ in range(random.choice((1, 1, 2))):
        world.pass_until(world.passed_at(_next_night(world.now)))
        machine = _runner(world, random)
        if machine is not None:
            runs.apply_to(world, random)


def _next_night(now: float) -> float:
    """Returns the next half past two."""
    night = datetime.fromtimestamp(now, IST).replace(hour=2, minute=30, second=0, microsecond=0)
    return (night if night.timestamp() > now else night + timedelta(days=1)).timestamp()


def _runner(world: LifeWorld, random: Random) -> Machine | None:
    """Picks a machine; a runner that somebody hosts has nothing on its disk."""
    machine = runs.free_machine(world, random)
    if machine is not None and random.random() < _FRESH:
        machine.wipe()
        for it in world.places.values():
            it.ledger.wiped[machine.name] = world.now
    return machine
