"""What may happen, a row for each: commits, runs, operators, the account's own whims. Drawn with the seed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf
from random import Random

from simulation import habits
from simulation.account import Truth, seconds
from simulation.ledger import Run
from simulation.network import Weather
from simulation.repository import DAY, IST, NUMBERS, Commit, start_from
from simulation.steps import Steps
from simulation.world import Job, Machine, Meeting, Saved, World

Play = Callable[[World, Random], None]


@dataclass(frozen=True)
class Event:
    """The `number`th event of a seed: when it happens, and what."""

    number: int
    at: float
    kind: str


# ------------------------------------------------------------------------------------------------------------- runs


def _machine(world: World, random: Random) -> Machine | None:
    free = [it for it in world.machines if not it.busy]
    return random.choice(free) if free else None


ALLOWED = ("resume", "complete", "archive", "earlier-start", "start-now")


def _permissions(random: Random) -> frozenset[str]:
    if random.random() < 0.6:
        return frozenset()
    return frozenset(random.sample(ALLOWED, random.randint(1, len(ALLOWED))))


def _flags(allowed: frozenset[str]) -> list[str]:
    return [word for it in sorted(allowed) for word in ("--allow", it)]


def _old_commit(world: World, random: Random) -> Commit:
    commits = world.repository.commits
    return random.choice(commits[-12:] if random.random() < 0.7 else commits)


def _apply(world: World, random: Random, commit: Commit | None = None, calm: bool = False) -> None:
    machine = _machine(world, random)
    if machine is None:
        return
    machine.check_out(commit or world.repository.head)
    more = ["--refresh=full"] if random.random() < 0.08 else []
    if random.random() < 0.06:
        more += ["--max-changes", str(random.randint(0, 4))]
    job = _job(world, random, "apply", "--auto-approve", "--format", "json", *more)
    if calm:
        world.run(machine, job, random, weather=Weather())
    else:
        _run(world, machine, job, random)


def _job(world: World, random: Random, *words: str) -> Job:
    """With permissions, and pruning now and then."""
    allowed = _permissions(random)
    prune = world.project.prefix and random.random() < 0.15
    return Job((*words, *_flags(allowed), *(["--prune"] if prune else [])), allowed, prune)


def _run(world: World, machine: Machine, job: Job, random: Random) -> Run:
    """In any weather; nearly every second run is met by something in its middle."""
    chance = Random(random.random())

    def meet(run: Run, steps: Steps, what: str) -> None:
        _meanwhile(world, run, steps, what, chance)

    meeting = None
    if random.random() < 0.35:
        meeting = Meeting(random.choice((1, 1, 1, 2, 3)), meet, random.choice(_TELLING))
    elif random.random() < 0.4:
        meeting = Meeting(min(int(random.expovariate(1 / 9)) + 1, 300), meet)
    run = world.run(machine, job, random, meeting)
    if run.killed and chance.random() < 0.5:
        world.pass_until(world.clock.passed + chance.choice((1.0, 4.0, 9.0, 40.0)))
        return _again(world, machine, job, chance)
    return run


_TELLING = ("POST", "answer to POST", "answer to POST", "PUT", "answer to PUT", "rename", "remove")
"""The steps at which most is at stake: before and after each write, and where a file becomes what it is to be."""


def _again(world: World, machine: Machine, job: Job, random: Random) -> Run:
    """The pipeline tries again, on this machine or, without its plan files, on another one."""
    other = _machine(world, random)
    if random.random() < 0.25 and other is not None and "plan-" not in " ".join(job.words):
        other.check_out(machine.commit)
        machine = other
    return world.run(machine, job, random, weather=Weather())


def _meanwhile(world: World, run: Run, steps: Steps, what: str, random: Random) -> None:
    """What meets a run in its middle: its own end, a signal, somebody else."""
    kind = random.random()
    if kind < 0.5:
        run.met.append(f"killed at {what}")
        steps.kill()
    if kind < 0.6:
        world.interrupt(run, what)
        return
    run.disturbed = True
    run.met.append(f"meanwhile, at {what}, something happened")
    if kind < 0.8 and len(world.running) < 2:
        _apply(world, random, calm=True)
    else:
        operator(world, random)


def apply_head(world: World, random: Random) -> None:
    """A pipeline applies the branch's head."""
    _apply(world, random)


def apply_old(world: World, random: Random) -> None:
    """A job of long ago is run again: its checkout is what it was."""
    _apply(world, random, _old_commit(world, random))


def plan(world: World, random: Random) -> None:
    """A plan is made for a review; more than half of them are kept as files."""
    machine = _machine(world, random)
    if machine is None:
        return
    machine.check_out(world.repository.head)
    path = f"plan-{len(world.ledger.runs)}.json"
    kept = ("--out", path) if random.random() < 0.6 else ()
    job = _job(world, random, "plan", "--format", "json", *kept)
    run = _run(world, machine, job, random)
    if kept and (machine.root / path).exists() and not run.killed:
        words = ("apply", path, "--auto-approve", "--format", "json")
        until = seconds(_plan(run).get("expires_at")) or inf
        job = replace(job, words=words, planned_at=run.began, good_until=until)
        machine.saved.append(Saved(path, machine.commit, job))


def apply_saved(world: World, random: Random) -> None:
    """A saved plan is applied, late or at once, once or again, over its own checkout or another one."""
    machine = _machine(world, random)
    if machine is None or not machine.saved:
        return
    saved = machine.saved[-1] if random.random() < 0.7 else random.choice(machine.saved)
    machine.check_out(saved.commit if random.random() < 0.85 else world.repository.head)
    _run(world, machine, saved.job, random)


def plan_and_expect(world: World, random: Random) -> None:
    """What was approved is applied a while later, with `--expect`."""
    machine = _machine(world, random)
    if machine is None:
        return
    machine.check_out(world.repository.head)
    job = _job(world, random, "plan", "--format", "json")
    planned = world.run(machine, job, random, weather=Weather())
    document = _plan(planned)
    approval = document.get("approval")
    if not approval:
        return
    world.pass_until(world.clock.passed + random.choice((60.0, 900.0, 7200.0, 90_000.0)))
    words = ("apply", "--auto-approve", *job.words[1:], "--expect", str(approval))
    until = seconds(document.get("expires_at")) or inf
    _run(world, machine, replace(job, words=words, planned_at=planned.began, good_until=until), random)


def _plan(run: Run) -> Mapping[str, object]:
    """What a plan printed; nothing where it was killed or failed."""
    try:
        document = json.loads(run.said.out if run.said else "")
    except ValueError:
        return {}
    return document if isinstance(document, dict) and "changes" in document else {}


def look(world: World, random: Random) -> None:
    """Somebody only looks."""
    machine = _machine(world, random)
    if machine is None:
        return
    machine.check_out(world.repository.head)
    words = random.choice((("status", "--format", "json"), ("doctor",), ("validate",), ("status", "--all")))
    _run(world, machine, Job(words), random)


def by_hand(world: World, random: Random) -> None:
    """Somebody types it, in an emergency or after one."""
    machine = _machine(world, random)
    one = _one(world, random)
    if machine is None or one is None:
        return
    word = random.choice(("pause", "pause", "resume", "complete", "archive"))
    words = [word, random.choice((one.name, one.sid)), "--auto-approve"]
    if word == "pause" and random.random() < 0.2:
        words = ["pause", "--all", "--auto-approve"]
    going = {it.sid for it in world.ledger.alive() if it.going}
    run = _run(world, machine, Job(tuple(words)), random)
    for write in run.writes:
        if write.action == "pause" and write.sid in going and write.after and write.after.state == "paused":
            world.ledger.stopped[write.sid] = world.now
        if write.action in ("pause", "resume", "complete"):
            world.ledger.touched[write.sid].add(write.action)


# ------------------------------------------------------------------------------------------------------- operators


def _one(world: World, random: Random, *states: str) -> Truth | None:
    found = [it for it in world.ledger.alive() if not states or it.state in states]
    return random.choice(found) if found else None


def operator(world: World, random: Random) -> None:
    """Somebody in the dashboard."""
    acts, weights = zip(*OPERATORS, strict=True)
    random.choices(acts, weights)[0](world, random)


def _act(world: World, one: Truth | None, body: dict[str, object], says: str) -> None:
    if one is None:
        return
    world.ledger.look()
    status = world.account.by_hand("PUT", one.collection, one.sid, body)
    changed = world.ledger.look()
    done = world.ledger.operator(one.sid, says, changed)
    world.tell(f"an operator {says} {one.name} {one.sid[:6]}: {status}{'' if done else ', nothing changed'}")


def _pauses(world: World, random: Random) -> None:
    _act(world, _one(world, random, "created", "in-progress"), {"action": "pause"}, "pauses")


def _resumes(world: World, random: Random) -> None:
    _act(world, _one(world, random, "paused"), {"action": "resume"}, "resumes")


def _completes(world: World, random: Random) -> None:
    one = _one(world, random, "paused")
    _act(world, one, {"action": "complete"}, "completes")


def _renames(world: World, random: Random) -> None:
    one = _open(world, random)
    if one is not None:
        _act(world, one, _complete_spec(one) | {"name": f"{one.name}-by-hand"}, "renames")


def _postpones(world: World, random: Random) -> None:
    one = _open(world, random)
    if one is not None and one.start is not None and one.end is not None:
        by = random.choice((3600.0, DAY, 2 * DAY))
        first, last = _keys(one)
        window = {first: local_text(one.start + by), last: local_text(one.end + by)}
        _act(world, one, _complete_spec(one) | {"schedule": window}, "postpones")


def _edits(world: World, random: Random) -> None:
    one = _open(world, random)
    if one is not None:
        content = (
            {"url": "http://my.exotel.com/acme1/exoml/start_voice/77"}
            if one.collection == "campaigns"
            else {"template": "By hand"}
        )
        _act(world, one, _complete_spec(one) | content, "edits")


def _creates(world: World, random: Random) -> None:
    """A campaign of somebody's own; now and then a copy, name and all."""
    start, hours = start_from(world.now, random)
    named = _one(world, random)
    name = f"by-hand-{len(world.story)}"
    if named is not None and random.random() < 0.15:
        name = named.name
    body = {
        "name": name,
        "caller_id": "03349360005",
        "from": sorted(random.sample(NUMBERS, 2)),
        "url": "http://my.exotel.com/acme1/exoml/start_voice/55",
        "schedule": {"send_at": local_text(start), "end_at": local_text(start + hours * 3600)},
    }
    status = world.account.by_hand("POST", "campaigns", "", body)
    for sid in world.ledger.look():
        world.ledger.touched[sid].add("creates")
    world.tell(f"an operator creates {name}: {status}")


def _marks(world: World, random: Random) -> None:
    """The account gives it a status that is rare, or that nobody knows."""
    one = _one(world, random)
    if one is not None:
        word = random.choice(("failed", "canceled", "deleted", "under-review"))
        world.account.mark(one.sid, word)
        world.ledger.operator(one.sid, f"marks {word}", world.ledger.look())
        world.tell(f"the account marks {one.name} {one.sid[:6]} as {word}")


def _open(world: World, random: Random) -> Truth | None:
    """One that may still be changed."""
    found = [
        it
        for it in world.ledger.alive()
        if it.state in ("created", "paused") and (it.start or 0) > world.now + 600
    ]
    return random.choice(found) if found else None


def _complete_spec(one: Truth) -> dict[str, object]:
    """A dashboard sends all that there is, so that a PUT that replaces loses nothing."""
    return {key: value for key, value in one.spec.items() if value is not None and key != "campaign_type"}


def _keys(one: Truth) -> tuple[str, str]:
    return ("send_at", "end_at") if one.collection == "campaigns" else ("start_time", "end_time")


def local_text(moment: float) -> str:
    """RFC 3339, in India's offset."""
    return datetime.fromtimestamp(int(moment), IST).isoformat()


OPERATORS: tuple[tuple[Play, int], ...] = (
    (_pauses, 30),
    (_resumes, 16),
    (_completes, 10),
    (_renames, 6),
    (_postpones, 12),
    (_edits, 10),
    (_creates, 10),
    (_marks, 4),
)


# ----------------------------------------------------------------------------------------------------- all the rest


def commit(world: World, random: Random) -> None:
    """Somebody edits manifests."""
    made = world.repository.commit(world.now, random)
    world.tell(f"commit {made.number}: {made.says}")


def commit_and_apply(world: World, random: Random) -> None:
    """A merge, and the pipeline that it starts."""
    commit(world, random)
    world.pass_until(world.clock.passed + random.choice((30.0, 120.0, 600.0)))
    _apply(world, random)


def habit_changes(world: World, random: Random) -> None:
    """The vendor changes something overnight."""
    name = random.choice(habits.HABITS)
    thrown = {name: habits.DEFAULTS[name]}
    if random.random() < 0.7:
        thrown = habits.thrown(name, random)
    thrown = {key: value for key, value in thrown.items() if key not in world.plain}
    if name in world.plain or not thrown:
        return
    world.account.stage.switches.change(thrown)
    world.ledger.throw(thrown)
    world.tell(f"the account changes: {habits.told(thrown)}")


def secrets_rotated(world: World, random: Random) -> None:
    """One machine has another token from now on."""
    machine = random.choice(world.machines)
    machine.token = (machine.token + 1) % 10
    world.tell(f"the API token is another on {machine.name}")


def disk_lost(world: World, random: Random) -> None:
    """A runner is thrown away, intents and all."""
    machine = random.choice(world.machines)
    if not machine.busy:
        machine.wipe()
        world.ledger.wiped[machine.name] = world.now
        world.tell(f"{machine.name} is a new machine")


def clock_moves(world: World, random: Random) -> None:
    """Somebody sets a machine's clock, or it drifts."""
    machine = random.choice(world.machines)
    machine.skew = random.choice((0.0, 30.0, -90.0, 700.0, -3600.0, 86_400.0))
    world.tell(f"the clock of {machine.name} is {machine.skew:+.0f} s off")


KINDS: dict[str, tuple[Play, int]] = {
    "commit and apply": (commit_and_apply, 30),
    "commit": (commit, 12),
    "apply": (apply_head, 34),
    "apply an old commit": (apply_old, 4),
    "plan": (plan, 9),
    "apply a saved plan": (apply_saved, 9),
    "plan, then expect": (plan_and_expect, 4),
    "look": (look, 4),
    "by hand": (by_hand, 5),
    "operator": (operator, 16),
    "the account changes": (habit_changes, 1),
    "another token": (secrets_rotated, 1),
    "another disk": (disk_lost, 1),
    "another clock": (clock_moves, 1),
}


def drawn(seed: int, days: int) -> Iterator[Event]:
    """The events of a seed, in their order: most of them while people work, none on some days."""
    random = Random(f"events {seed}")
    names = list(KINDS)
    weights = [weight for _, weight in KINDS.values()]
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
            yield Event(number, moment, random.choices(names, weights)[0])


def played(world: World) -> Iterator[Event]:
    """Plays every event that is not left out, one after the other, and lets a week pass after the last one."""
    for event in drawn(world.seed, world.days):
        if world.only is not None and event.number not in world.only:
            continue
        world.pass_until(event.at)
        world.event = event.number
        world.story.append("")
        world.story.append(f"[{event.number}] {event.kind}")
        KINDS[event.kind][0](world, Random(f"{world.seed} {event.number}"))
        yield event
    world.pass_until(world.days * DAY + 7 * DAY)
