"""Plays people who ask not to be called any more while something else of their campaign is kept back: `RARE` events."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from random import Random

from simulation.manifests import IST, Manifest
from simulation.network import Weather
from simulation.repository import DAY, NUMBERS
from simulation.runs import apply_to, free_machine, plan_on
from simulation.world import LifeWorld


def members_of_a_list_opt_out(world: LifeWorld, random: Random) -> None:
    """Lets a manifest name another list than its campaign goes to, and call at night, which a policy keeps back; then
    some of the first list opt out, or all of them.
    """
    if not world.repository.suppressed:
        return
    first, second = _new_list(world, random), _new_list(world, random)
    one = replace(_for_tomorrow(world, random), people=(), list_name=first)
    _record(world, one, f"adds {one.name}, to {first}")
    apply_to(world, random, calm=True)
    _record(world, _at_night(replace(one, list_name=second)), f"lets {one.name} go to {second}, at night")
    if random.random() < 0.5:
        apply_to(world, random, calm=True)
    _opt_out(world, random, world.repository.lists[first], one.name)
    apply_to(world, random, calm=True)


def everybody_opts_out_while_a_plan_waits(world: LifeWorld, random: Random) -> None:
    """Keeps a plan for a campaign of which a policy keeps back what changed; everybody in it, or nearly so, opts out
    before the plan is applied.
    """
    if not world.repository.suppressed:
        return
    one = _for_tomorrow(world, random)
    _record(world, one, f"adds {one.name}, for tomorrow")
    apply_to(world, random, calm=True)
    others = tuple(sorted(random.sample(NUMBERS, 2))) if random.random() < 0.5 else one.people
    _record(world, _at_night(replace(one, people=others)), f"moves {one.name} into the night")
    machine = free_machine(world, random)
    if machine is None:
        return
    machine.check_out(world.repository.head)
    saved = plan_on(world, machine, random, kept=True, calm=True, allowed=frozenset())
    if saved is None:
        return
    world.pass_on(random.choice((60.0, 1200.0)))
    _opt_out(world, random, one.people, one.name)
    machine.check_out(world.repository.head)
    world.run(machine, saved.job, random, weather=Weather())


def _for_tomorrow(world: LifeWorld, random: Random) -> Manifest:
    begins = datetime.fromtimestamp(world.now + DAY, IST).replace(
        hour=random.choice((10, 14)), minute=0, second=0
    )
    people = tuple(sorted(random.sample(NUMBERS, 3)))
    start = begins.replace(microsecond=0).timestamp()
    return Manifest(
        "voice", world.repository.new_name(random), start, 3.0, people, str(random.randint(100, 140))
    )


def _at_night(one: Manifest) -> Manifest:
    return replace(one, start=datetime.fromtimestamp(one.start, IST).replace(hour=23).timestamp())


def _new_list(world: LifeWorld, random: Random) -> str:
    name = f"growth-people-{len(world.repository.lists) + 1}"
    world.repository.lists[name] = tuple(sorted(random.sample(NUMBERS, 3)))
    return name


def _record(world: LifeWorld, one: Manifest, says: str) -> None:
    files = {**world.repository.head.files, f"campaigns/{one.name}.yaml": (one,)}
    world.tell(f"commit: {world.repository.record(says, files).says}")


def _opt_out(world: LifeWorld, random: Random, people: Collection[str], name: str) -> None:
    """Suppresses all of them, or one."""
    who = sorted(people) if random.random() < 0.7 else [random.choice(sorted(people))]
    world.repository.suppressed |= set(who)
    made = world.repository.record(f"calls {len(who)} of {name} no more", dict(world.repository.head.files))
    world.tell(f"commit: {made.says}")
