"""Plays people who want to know what each recipient of a campaign came to."""

from __future__ import annotations

from random import Random

from simulation.machines import Job
from simulation.network import Weather
from simulation.operators import one_of
from simulation.runs import free_machine
from simulation.world import LifeWorld

_SOURCES: tuple[tuple[str, ...], ...] = ((), (), (), ("--source", "file"), ("--source", "pages"))


def a_report_is_read(world: LifeWorld, random: Random) -> None:
    """Reads the report of a campaign, mostly of one that is over: from its file, or page by page."""
    machine = free_machine(world, random)
    found = sorted(world.account.campaigns.values(), key=lambda it: it.sid)
    over = [it for it in found if it.over and it.sid in {call.sid for call in world.ledger.calls}]
    one = one_of(random, over if random.random() < 0.8 else found)
    if machine is None or one is None:
        return
    machine.check_out(world.repository.head)
    since = ("--since-offset", str(random.randint(0, 5))) if random.random() < 0.2 else ()
    words = ("report", one.sid, "--format", "jsonl", *random.choice(_SOURCES), *since)
    weather = Weather() if random.random() < 0.6 else None
    world.run(machine, Job(words, about=one.sid), random, weather=weather)
