"""Plays what rarely meets by chance: a few steps in a row that somebody thought of, each drawn, as `RARE` events."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from simulation import stages
from simulation.account import Truth
from simulation.ledger import CommandRun
from simulation.machines import Encounter, Job, Machine
from simulation.manifests import Manifest
from simulation.network import Weather
from simulation.operators import give_others, postpone
from simulation.repository import DAY
from simulation.runs import apply_to, free_machine, plan_on
from simulation.steps import Steps
from simulation.world import LifeWorld

_APPLY = ("apply", "--auto-approve", "--format", "json")
_GOES_WELL = ("*:failed=1",)


def a_stage_is_given_others(world: LifeWorld, random: Random) -> None:
    """Lets somebody give a first stage people of the next one, while that is about to be created without a gate; the
    machine is slow.
    """
    first, rest = stages.add_one_by_one(world.repository, world.now, random)
    apply_to(world, random, calm=True)
    world.repository.record(f"adds {rest.name}", stages.beside(world.repository, rest))
    machine = free_machine(world, random)
    mine = _alive(world, first)
    if machine is None or not mine:
        return
    machine.check_out(world.repository.head)
    theirs = [it for it in rest.people if it not in mine[0].people]

    def meet(run: CommandRun, _steps: Steps, what: str) -> None:
        run.disturbed = True
        run.met.append(f"meanwhile, at {what}, {first.name} is given others")
        give_others(world, mine[0], sorted(random.sample(theirs, 3)))
        world.clock.sleep(80.0)

    world.run(
        machine, Job(_APPLY), random, Encounter(random.choice((1, 2)), meet, "answer to GET"), Weather()
    )


def a_file_changes_under_a_canary(world: LifeWorld, random: Random) -> None:
    """Lets people join the file of stages once the first of them calls: others would be chosen to be tried now. Or
    lets somebody write another text, which nobody has tried.
    """
    canary = stages.add_soon(world.repository, world.now, random)
    apply_to(world, random, calm=True)
    world.answer(_GOES_WELL)
    world.pass_until(world.passed_at(canary.start + 200.0))
    change = random.choice((stages.join, stages.reword))
    world.tell(f"commit: {change(world.repository, canary, random)}")
    _apply_at(world, canary.end + 60.0 * 31, random)


def a_run_comes_before_the_wait_is_over(world: LifeWorld, random: Random) -> None:
    """Lets a pipeline run when a canary has called everybody, and the rest is to wait longer; and once more then."""
    canary = stages.add_soon(world.repository, world.now, random, wait=30)
    apply_to(world, random, calm=True)
    world.answer(_GOES_WELL)
    _apply_at(world, canary.start + random.choice((900.0, 1500.0)), random)
    _apply_at(world, canary.end + 60.0 * 31, random)


def what_repeats_waits(world: LifeWorld, random: Random) -> None:
    """Lets each date of a series wait for that of another one; pipelines run while the first calls, and once all are
    called.
    """
    canary, rest = stages.add_repeating(world.repository, world.now, random)
    rule = canary.repeat
    assert rule is not None, "it repeats"
    apply_to(world, random, calm=True)
    wait = rest.after.wait if rest.after else 0
    for day in rule.dates()[: random.choice((1, 2))]:
        world.answer(random.choice(stages.ANSWERS))
        if random.random() < 0.5:
            _apply_at(world, rule.start(day) + random.choice((25.0, 900.0)), random)
        _apply_at(world, rule.start(day) + canary.hours * 3600.0 + 60.0 * (wait + 1), random)


def messages_go_in_stages(world: LifeWorld, random: Random) -> None:
    """Lets messages to a second list wait for what became of those to a first one."""
    canary, rest = stages.add_messages(world.repository, world.now, random)
    apply_to(world, random, calm=True)
    world.answer(random.choice((_GOES_WELL, _GOES_WELL, *stages.ANSWERS)))
    wait = rest.after.wait if rest.after else 0
    _apply_at(world, canary.start + random.choice((25.0, 900.0)), random)
    _apply_at(world, canary.end + 60.0 * (wait + 1), random)


def _apply_at(world: LifeWorld, moment: float, random: Random) -> None:
    world.pass_until(world.passed_at(moment))
    apply_to(world, random, calm=True)


def a_duplicate_of_what_is_pinned(world: LifeWorld, random: Random) -> None:
    """Lets a run die that has just made a campaign after another run made it; somebody pins the older one for another
    manifest, and the first machine applies again.
    """
    machine, one = free_machine(world, random), _one_for_tomorrow(world, random)
    if machine is None:
        return
    machine.check_out(world.repository.head)
    if not _leaves_its_own(world, machine, random):
        return
    same = sorted(_alive(world, one), key=lambda it: it.created)
    if len(same) > 1:
        copied = replace(one, name=world.repository.new_name(random), sid=same[0].sid, content="141")
        files = {**world.repository.head.files, f"campaigns/{copied.name}.yaml": (copied,)}
        world.repository.record(f"copies {one.name} as {copied.name}, and pins the older one", files)
    world.pass_on(random.choice((30.0, 600.0)))
    machine.check_out(world.repository.head)
    twin = f"twin:{one.name}"
    world.run(machine, Job((*_APPLY, "--allow", twin), frozenset({twin})), random, weather=Weather())


def _leaves_its_own(world: LifeWorld, machine: Machine, random: Random) -> bool:
    """Applies; right before the first create another pipeline does the same, and while this one looks for twins it
    dies.
    """
    met: list[str] = []

    def meet(run: CommandRun, steps: Steps, what: str) -> int:
        if what.startswith("POST") and not met:
            met.append(what)
            run.disturbed = True
            run.met.append(f"meanwhile, at {what}, another run")
            apply_to(world, random, calm=True)
        elif what.startswith("wait") and met:
            run.met.append(f"killed at {what}")
            steps.kill()
        return 1

    return world.run(machine, Job(_APPLY), random, Encounter(1, meet, ("POST", "wait")), Weather()).killed


def _one_for_tomorrow(world: LifeWorld, random: Random, region: str = "") -> Manifest:
    soon = world.repository.add_soon(world.now, random)
    one = replace(soon, start=soon.start + DAY, region=region)
    world.repository.amend({**world.repository.head.files, f"campaigns/{one.name}.yaml": (one,)})
    return one


def a_move_is_applied_to_all(world: LifeWorld, random: Random) -> None:
    """Lets somebody move what one account is to run to another one, and applies that to all of them. Each takes its
    own.
    """
    source, target = random.sample(sorted(world.places), 2)
    world.repository.selects |= {it: f"region={it}" for it in world.places}
    one = _one_for_tomorrow(world, random, source)
    _apply_to_all(world, random)
    path = f"campaigns/{one.name}.yaml"
    moved = {**world.repository.head.files, path: (replace(one, region=target),)}
    world.repository.record(f"moves {one.name} from {source} to {target}", moved)
    world.pass_on(random.choice((60.0, 900.0)))
    _apply_to_all(world, random)


def a_plan_waits_while_somebody_edits(world: LifeWorld, random: Random) -> None:
    """Keeps a plan of another text for a campaign that is there; before it is applied somebody postpones that one."""
    one = _one_for_tomorrow(world, random)
    apply_to(world, random, calm=True)
    path, mine, machine = f"campaigns/{one.name}.yaml", _alive(world, one), free_machine(world, random)
    if machine is None or not mine:
        return
    files = {**world.repository.head.files, path: (replace(one, content="142"),)}
    world.repository.record(f"writes another text for {one.name}", files)
    machine.check_out(world.repository.head)
    saved = plan_on(world, machine, random, kept=True, calm=True, allowed=frozenset())
    if saved is not None:
        world.pass_on(60.0)
        postpone(world, mine[0], random.choice((3600.0, DAY)))
        world.pass_on(random.choice((60.0, 1200.0)))
        world.run(machine, saved.job, random, weather=Weather())


def _apply_to_all(world: LifeWorld, random: Random) -> None:
    machine = free_machine(world, random)
    if machine is not None:
        machine.check_out(world.repository.head)
        job = Job((*_APPLY, "-e", ",".join(world.places)))
        world.run_in(machine, dict.fromkeys(sorted(world.places), job), random, weather=Weather())


def _alive(world: LifeWorld, one: Manifest) -> list[Truth]:
    world.ledger.look()
    return [it for it in world.ledger.alive() if it.name == one.name]
