"""Lists what may happen, a row for each: commits, runs, operators, the account's own whims.

It is drawn with the seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from random import Random

from simulation import (
    circumstances,
    fleets,
    guards,
    habits,
    jobs,
    leanings,
    opting_out,
    recipes,
    reports,
    stages,
)
from simulation.beside import two_at_once
from simulation.ledger import CommandRun
from simulation.machines import Encounter
from simulation.manifests import Manifest
from simulation.network import Weather
from simulation.operators import mark, operator, rename_a_list, resume, stop
from simulation.repository import DAY
from simulation.runs import (
    apply_head,
    apply_old,
    apply_saved,
    apply_to,
    by_hand,
    compare,
    free_machine,
    look,
    plan,
    plan_a_resume,
    plan_and_apply_late,
    plan_and_expect,
    plan_on,
)
from simulation.steps import Steps
from simulation.world import LifeWorld

Play = Callable[[LifeWorld, Random], None]


@dataclass(frozen=True)
class Event:
    """Holds the `number`th event of a seed: when it happens, and what."""

    number: int
    at: float
    kind: str


def commit(world: LifeWorld, random: Random) -> None:
    """Lets somebody edit manifests."""
    world.commit(random)


def commit_and_apply(world: LifeWorld, random: Random) -> None:
    """Merges, and lets the pipeline run that this starts."""
    commit(world, random)
    world.pass_on(random.choice((30.0, 120.0, 600.0)))
    apply_to(world, random)


def while_it_calls(world: LifeWorld, random: Random) -> None:
    """Runs a pipeline while a campaign calls, or right before; nearly always somebody has just changed its
    manifest.
    """
    soon = [
        it for it in world.ledger.alive() if it.going and it.start and 0 < it.start - world.now < 12 * 3600
    ]
    if soon and random.random() < 0.5:
        one = random.choice(soon)
        name, start = one.name, one.start or world.now
    else:
        added = world.repository.add_soon(world.now, random)
        name, start = added.name, added.start
        apply_to(world, random)
    if random.random() < 0.7:
        world.commit(random, name)
    begins = world.passed_at(start)
    world.pass_until(begins + random.choice((-300.0, 1.0, 2.0, 20.0, 61.0, 200.0)))
    apply_to(world, random)


def stopped_and_resumed_by_a_plan(world: LifeWorld, random: Random) -> None:
    """Lets somebody stop what calls, or is about to, and somebody else plan its resume, which is approved late."""
    added = world.repository.add_soon(world.now, random)
    apply_to(world, random, calm=True)
    begins = world.passed_at(added.start)
    world.pass_until(begins + random.choice((-120.0, 2.0, 20.0)))
    mine = [it for it in world.ledger.alive() if it.name == added.name and it.going]
    if mine:
        stop(world, mine[0])
        world.pass_until(max(world.clock.passed, begins) + random.choice((30.0, 600.0)))
        plan_a_resume(world, random)


def after_a_canary(world: LifeWorld, random: Random) -> None:
    """Runs pipelines while a canary calls and once its results are there; somebody may edit in between."""
    written = world.repository.head.written
    waited = {it.after.campaign for it in written if it.after}
    soon = [
        it
        for it in written
        if it.name in waited and it.repeat is None and 0 < it.start - world.now < 6 * 3600
    ]
    if not soon or random.random() < 0.3:
        soon = [stages.add_soon(world.repository, world.now, random)]
    one = random.choice(soon)
    apply_to(world, random)
    if Random(f"judged while a plan waits {world.seed} {world.event}").random() < 0.2:
        _judge_while_a_plan_waits(world, random, one)
        return
    if random.random() < 0.25:
        world.commit(random)
    moment = random.choice((one.start + 25, one.start + 90, one.start + 900, one.end + 5, one.end + 1800))
    for later in (0.0, random.choice((600.0, 3600.0))):
        world.pass_until(world.passed_at(moment + later))
        apply_to(world, random)
        if random.random() < 0.5:
            break


def _judge_while_a_plan_waits(world: LifeWorld, random: Random, canary: Manifest) -> None:
    """Keeps a plan for what waits for a canary that went well; the account judges that otherwise before the plan is
    applied, or right after that has looked, where the machine is slow.
    """
    world.answer(("*:failed=1",))
    gates = [it.after.wait for it in world.repository.head.written if it.after]
    world.pass_until(world.passed_at(canary.end + 60.0 * max(gates, default=0) + 30.0))
    machine = free_machine(world, random)
    if machine is None:
        return
    machine.check_out(world.repository.head)
    saved = plan_on(world, machine, random, kept=True, calm=True)
    over = [
        it for it in world.account.campaigns.values() if (it.name, it.state) == (canary.name, "completed")
    ]
    if saved is None or not over:
        return
    if random.random() < 0.3:
        mark(world, over[-1], "failed")

    def meet(run: CommandRun, _steps: Steps, what: str) -> None:
        run.disturbed = True
        run.met.append(f"meanwhile, at {what}, a canary is judged otherwise")
        mark(world, over[-1], "failed")
        world.clock.sleep(80.0)

    world.run(machine, saved.job, random, Encounter(2, meet, "answer to GET"), Weather())


def a_canary_is_cut_short(world: LifeWorld, random: Random) -> None:
    """Lets somebody stop a canary that has called most of its people, and resume it too late for the rest."""
    one = stages.add_soon(world.repository, world.now, random)
    apply_to(world, random, calm=True)
    begins, enough = world.passed_at(one.start), stages.waits_for(world.repository, one)
    world.answer(random.choice(((), ("*:failed=1",))))
    for _ in range(60):
        begins += 1.0
        world.pass_until(begins)
        world.ledger.look()
        mine = [it for it in world.ledger.alive() if it.name == one.name and it.state == "in-progress"]
        if not mine or sum(it.sid == mine[0].sid for it in world.ledger.calls) >= enough:
            break
    if not mine:
        return
    stop(world, mine[0])
    world.pass_until(world.passed_at(one.end - 2))
    resume(world, mine[0])
    world.pass_until(world.passed_at(one.end + random.choice((5, 900))))
    apply_to(world, random)


def a_canary_is_judged_otherwise(world: LifeWorld, random: Random) -> None:
    """Lets the account say that what went well has failed."""
    waited = {it.after.campaign for it in world.repository.head.written if it.after}
    over = [it for it in world.account.campaigns.values() if it.name in waited and it.state == "completed"]
    if over:
        mark(world, random.choice(over), "failed")


def people_answer_otherwise(world: LifeWorld, random: Random) -> None:
    """Lets calls come to something else from now on."""
    world.answer(random.choice(stages.ANSWERS))


def habit_changes(world: LifeWorld, random: Random) -> None:
    """Changes something of the vendor's overnight."""
    name = random.choice(habits.HABITS + (habits.HABITS_OF_LISTS if "lists" in world.uses else ()))
    thrown = {name: habits.DEFAULTS[name]}
    if random.random() < 0.7:
        thrown = habits.thrown(name, random, world.leaning)
    thrown = {key: value for key, value in thrown.items() if key not in world.plain}
    if name in world.plain or not thrown:
        return
    world.account.stage.switches.change(thrown)
    world.ledger.throw(thrown)
    world.tell(f"the account changes: {habits.told(thrown)}")


def secrets_rotated(world: LifeWorld, random: Random) -> None:
    """Gives one machine another token from now on."""
    machine = random.choice(world.machines)
    machine.token = (machine.token + 1) % 10
    world.tell(f"the API token is another on {machine.name}")


def disk_lost(world: LifeWorld, random: Random) -> None:
    """Throws a runner away, intents and all."""
    machine = random.choice(world.machines)
    if not machine.busy:
        machine.wipe()
        world.ledger.wiped[machine.name] = world.now
        world.tell(f"{machine.name} is a new machine")


def clock_moves(world: LifeWorld, random: Random) -> None:
    """Sets a machine's clock, or lets it drift."""
    machine = random.choice(world.machines)
    machine.skew = random.choice((0.0, 30.0, -90.0, 700.0, -3600.0, 86_400.0))
    world.tell(f"the clock of {machine.name} is {machine.skew:+.0f} s off")


KINDS: dict[str, tuple[Play, int]] = {
    "commit and apply": (commit_and_apply, 44),
    "while it calls": (while_it_calls, 10),
    "commit": (commit, 8),
    "apply": (apply_head, 14),
    "two at once": (two_at_once, 6),
    "apply an old commit": (apply_old, 4),
    "plan": (plan, 7),
    "apply a saved plan": (apply_saved, 7),
    "plan, then expect": (plan_and_expect, 5),
    "plan, then apply late": (plan_and_apply_late, 9),
    "stopped, then resumed by a plan": (stopped_and_resumed_by_a_plan, 2),
    "a merge as it is written": (recipes.merge_as_written, 4),
    "a night": (recipes.run_nightly, 2),
    "look": (look, 6),
    "by hand": (by_hand, 5),
    "operator": (operator, 16),
    "the account changes": (habit_changes, 1),
    "another token": (secrets_rotated, 1),
    "another disk": (disk_lost, 1),
    "another clock": (clock_moves, 1),
}

MORE: dict[str, dict[str, tuple[Play, int]]] = {
    "gates": {
        "after a canary": (after_a_canary, 16),
        "people answer otherwise": (people_answer_otherwise, 5),
        "a canary is judged otherwise": (a_canary_is_judged_otherwise, 2),
        "a canary is cut short": (a_canary_is_cut_short, 2),
    },
    "guard": {"a guard looks": (guards.a_guard_looks, 16)},
    "git": {"compare": (compare, 6)},
    "accounts": {
        "apply to both": (fleets.apply_to_both, 40),
        "plan both, then apply": (fleets.plan_both_and_apply, 16),
        "look at both": (fleets.look_at_both, 8),
    },
}
"""What happens where a project uses something."""


@dataclass(frozen=True)
class RareEvent:
    """Holds what happens in few lives, up to `most` times in one, where a project uses something (`of`)."""

    play: Play
    chance: float
    most: int
    of: str = ""


RARE: Mapping[str, RareEvent] = {
    "a report is read": RareEvent(reports.a_report_is_read, 0.9, 6, "reports"),
    "a list is renamed": RareEvent(rename_a_list, 0.3, 2, "lists"),
    "a matrix is applied": RareEvent(jobs.a_matrix_is_applied, 0.5, 8, "accounts"),
    "a stage is given others": RareEvent(circumstances.a_stage_is_given_others, 0.15, 3, "gates"),
    "a file changes under a canary": RareEvent(circumstances.a_file_changes_under_a_canary, 0.15, 3, "gates"),
    "a run comes before the wait is over": RareEvent(
        circumstances.a_run_comes_before_the_wait_is_over, 0.15, 3, "gates"
    ),
    "a move is applied to all": RareEvent(circumstances.a_move_is_applied_to_all, 0.3, 4, "accounts"),
    "a duplicate of what is pinned": RareEvent(circumstances.a_duplicate_of_what_is_pinned, 0.01, 3),
    "a plan waits while somebody edits": RareEvent(circumstances.a_plan_waits_while_somebody_edits, 0.01, 3),
    "another canary is cut short": RareEvent(a_canary_is_cut_short, 0.05, 4, "gates"),
    "what repeats waits": RareEvent(circumstances.what_repeats_waits, 0.1, 2, "gates"),
    "messages go in stages": RareEvent(circumstances.messages_go_in_stages, 0.1, 3, "gates"),
    "members of a list opt out": RareEvent(opting_out.members_of_a_list_opt_out, 0.15, 3, "lists"),
    "everybody opts out while a plan waits": RareEvent(
        opting_out.everybody_opts_out_while_a_plan_waits, 0.01, 2
    ),
}
"""What is drawn beside all else: a life in which none of it happens is what it was before anybody thought of it."""
_PLAYS = (
    {name: play for name, (play, _) in KINDS.items()}
    | {name: play for rows in MORE.values() for name, (play, _) in rows.items()}
    | {name: it.play for name, it in RARE.items()}
)
_NUMBERS = 1000
"""From how many on each row of `RARE` numbers its events, which no other event has."""


def drawn(seed: int, days: int) -> Iterator[Event]:
    """Yields the events of a seed, in their order."""
    return merge(_often(seed, days), *_rare(seed, days), key=lambda it: it.at)


def _rare(seed: int, days: int) -> Iterator[list[Event]]:
    """Yields the events of each row of `RARE`, drawn from the seed and its name."""
    leaning = leanings.drawn(seed)
    uses = leanings.capabilities(seed, leaning)
    for place, (name, row) in enumerate(RARE.items(), 1):
        random = Random(f"rare {name} {seed}")
        if (not row.of or row.of in uses) and leaning.happens(random, f"rare {name}", row.chance):
            moments = sorted(random.uniform(0, days * DAY) for _ in range(random.randint(1, row.most)))
            yield [Event(place * _NUMBERS + it, moment, name) for it, moment in enumerate(moments)]


def _often(seed: int, days: int) -> Iterator[Event]:
    """Yields what any life is full of: most of it while people work, none on some days."""
    random = Random(f"events {seed}")
    leaning = leanings.drawn(seed)
    used = [MORE[it] for it in sorted(leanings.capabilities(seed, leaning) & MORE.keys())]
    rows = KINDS | {name: row for each in used for name, row in each.items()}
    weights = {name: float(weight) for name, (_, weight) in rows.items()}
    number = 0
    for day in range(days):
        if random.random() < 0.15:
            continue
        moments = sorted(
            day * DAY
            + (random.uniform(2 * 3600, 15 * 3600) if random.random() < 0.8 else random.uniform(0, DAY))
            for _ in range(random.randint(2, 8))
        )
        for moment in moments:
            number += 1
            yield Event(number, moment, leaning.word(random, "event", weights))


def played(world: LifeWorld) -> Iterator[Event]:
    """Plays every event that is not left out, one after the other, and lets a week pass after the last one."""
    for event in drawn(world.seed, world.days):
        if world.only is not None and event.number not in world.only:
            continue
        world.pass_until(event.at)
        world.event = event.number
        world.story.append("")
        world.story.append(f"[{event.number}] {event.kind}")
        random = Random(f"{world.seed} {event.number}")
        if len(world.places) > 1:
            world.place = world.places[random.choice(sorted(world.places))]
        _PLAYS[event.kind](world, random)
        yield event
    world.pass_until(world.days * DAY + 7 * DAY)
