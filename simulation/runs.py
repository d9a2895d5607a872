"""Plays runs of the command: pipelines that apply and plan, people who look and who type."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from math import inf
from pathlib import Path
from random import Random
from typing import Any

from simulation import lists
from simulation.account import seconds
from simulation.commits import ACCOUNT_OF, Commit
from simulation.ledger import CommandRun
from simulation.machines import Encounter, Job, Machine, Saved
from simulation.network import Weather
from simulation.operators import one_of, operator
from simulation.power import torn
from simulation.promises.verdict import document
from simulation.repository import TEAMS
from simulation.steps import Steps
from simulation.weights import Leaning
from simulation.world import LifeWorld

ALLOWED = ("resume", "complete", "archive", "earlier-start", "start-now", "twin", "adopt")


def free_machine(world: LifeWorld, random: Random) -> Machine | None:
    """Picks a machine on which nothing runs, None where all are busy."""
    free = [it for it in world.machines if not it.busy]
    return random.choice(free) if free else None


def permissions(random: Random, commit: Commit, leaning: Leaning) -> frozenset[str]:
    """Draws permissions, each for all or for one campaign by its name."""
    gated = [it.name for it in commit.manifests if it.names]
    if gated and random.random() < 0.2:
        word = random.choice(("after", "after", "unseen"))
        return frozenset({f"{word}:{random.choice(gated)}"})
    if not leaning.happens(random, "permission", 0.4):
        return frozenset()
    names = [it.name for it in commit.manifests] + [f"{it.kind}/{it.name}" for it in commit.manifests]

    def given(word: str) -> str:
        return f"{word}:{random.choice(names)}" if names and random.random() < 0.4 else word

    weights = dict.fromkeys(ALLOWED, 1.0)
    words = {leaning.word(random, "allow", weights) for _ in range(random.randint(1, 2 * len(ALLOWED)))}
    return frozenset(given(word) for word in sorted(words))


def _format(random: Random) -> tuple[str, ...]:
    """Draws it, mostly for programs: what is printed for people is looked at for what it must not show."""
    return ("--format", "json") if random.random() < 0.88 else ()


def _flags(allowed: frozenset[str]) -> list[str]:
    return [word for it in sorted(allowed) for word in ("--allow", it)]


def _job(
    world: LifeWorld, random: Random, machine: Machine, *words: str, allowed: frozenset[str] | None = None
) -> Job:
    """Draws a job, with permissions where they are not given, and pruning or a selection now and then."""
    if allowed is None:
        allowed = permissions(random, machine.commit, world.leaning)
    prune = world.project.prefix and world.leaning.happens(random, "prune", 0.15)
    labels = f"team={random.choice(TEAMS)}" if random.random() < 0.06 else ""
    more = (*(("--prune",) if prune else ()), *(("-l", labels) if labels else ()))
    unused = lists.flags(world.repository, random)
    return Job((*words, *_flags(allowed), *more, *unused), allowed, prune, bool(unused), labels=labels)


def apply_to(world: LifeWorld, random: Random, commit: Commit | None = None, calm: bool = False) -> None:
    """Applies a commit in a pipeline, the branch's head unless another one is given."""
    machine = free_machine(world, random)
    if machine is None:
        return
    machine.check_out(commit or world.repository.head)
    more = ["--refresh=full"] if random.random() < 0.08 else []
    if random.random() < 0.06:
        more += ["--max-changes", str(random.randint(0, 4))]
    job = _job(world, random, machine, "apply", "--auto-approve", *_format(random), *more)
    if calm:
        world.run(machine, job, random, weather=Weather())
    else:
        run_job(world, machine, job, random)


def run_job(world: LifeWorld, machine: Machine, job: Job, random: Random) -> CommandRun:
    """Runs a job in any weather; nearly every second run is met by something in its middle."""
    chance = Random(random.random())

    def meet(run: CommandRun, steps: Steps, what: str) -> None:
        _meanwhile(world, run, steps, what, chance)

    meeting = None
    where = world.leaning.word(random, "meeting", {"none": 33, "at a telling step": 45, "at any step": 22})
    if where == "at a telling step":
        step = world.leaning.word(random, "at", _TELLING)
        meeting = Encounter(random.choice((1, 1, 1, 2, 3)), meet, _ONE if step == _GET_OF_ONE else step)
    elif where == "at any step":
        meeting = Encounter(min(int(random.expovariate(1 / 9)) + 1, 300), meet)
    run = world.run(machine, job, random, meeting)
    if run.killed and chance.random() < 0.7:
        soon = world.leaning.happens(chance, "tried again at once", 0.3)
        world.pass_on(chance.choice((0.2, 0.5, 1.0) if soon else (2.0, 4.0, 9.0, 40.0)))
        return run if machine.busy else _again(world, machine, job, chance)
    return run


_ONE = tuple(
    f"GET {account}/{kind}/" for account in ACCOUNT_OF.values() for kind in ("campaigns", "message-campaigns")
)
_GET_OF_ONE = "GET of one"
_TELLING: dict[str, float] = {
    "POST": 1,
    "answer to POST": 3,
    "PUT": 4,
    "answer to PUT": 1,
    "rename": 1,
    "remove": 1,
    "wait": 1,
    _GET_OF_ONE: 4,
}
"""The steps at which most is at stake: before and after each write, where a campaign is read right before one, while
twins are waited for, and where a file becomes what it is to be."""


def _again(world: LifeWorld, machine: Machine, job: Job, random: Random) -> CommandRun:
    """Lets the pipeline try again, on this machine or, without its plan files, on another one."""
    other = free_machine(world, random)
    if random.random() < 0.2 and other is not None and "plan-" not in " ".join(job.words):
        other.check_out(machine.commit)
        machine = other
    return world.run(machine, job, random, weather=Weather())


def _meanwhile(world: LifeWorld, run: CommandRun, steps: Steps, what: str, random: Random) -> None:
    """Draws what meets a run in its middle: its own end, a signal, somebody else, nearly always where it is at
    work.
    """
    quicker = what.startswith((*_ONE, "PUT"))  # somebody else is, right before it is read or written
    weights = {"killed": 50, "a signal": 10, "another run": 20 if len(world.running) < 2 else 0}
    kind = world.leaning.word(random, "met", {**weights, "operator": 300 if quicker else 20})
    if kind == "killed":
        run.met.append(f"killed at {what}")
        steps.kill()
    if kind == "a signal":
        world.interrupt(run, what)
        return
    run.disturbed = True
    run.met.append(f"meanwhile, at {what}, something happened")
    if kind == "another run":
        apply_to(world, random, calm=True)
    else:
        _, _, last = what.rpartition("/")
        operator(world, random, last if random.random() < 0.9 else "")


def apply_head(world: LifeWorld, random: Random) -> None:
    """Applies the branch's head in a pipeline."""
    apply_to(world, random)


def apply_old(world: LifeWorld, random: Random) -> None:
    """Runs a job of long ago again: its checkout is what it was."""
    commits = world.repository.commits
    apply_to(world, random, random.choice(commits[-12:] if random.random() < 0.7 else commits))


def plan(world: LifeWorld, random: Random) -> None:
    """Makes a plan for a review; more than half of them are kept as files."""
    machine = free_machine(world, random)
    if machine is not None:
        _check_out_to_plan(world, machine, random)
        plan_on(world, machine, random, kept=random.random() < 0.6)


def _check_out_to_plan(world: LifeWorld, machine: Machine, random: Random) -> None:
    """Checks the head out; somebody has just edited it, more often than not."""
    if world.leaning.happens(random, "commit before a plan", 0.55):
        world.commit(random)
    machine.check_out(world.repository.head)


def plan_on(
    world: LifeWorld,
    machine: Machine,
    random: Random,
    kept: bool,
    calm: bool = False,
    allowed: frozenset[str] | None = None,
) -> Saved | None:
    """Makes a plan; returns what was kept."""
    path = f"{world.new_plan}.json"
    form = ("--format", "json") if kept else _format(random)
    job = _job(world, random, machine, "plan", *form, *(("--out", path) if kept else ()), allowed=allowed)
    run = world.run(machine, job, random, weather=Weather()) if calm else run_job(world, machine, job, random)
    if not kept or not (machine.root / path).exists():
        return None
    made = _planned(run)
    if run.killed and "power" not in world.uses:
        return None
    if "power" in world.uses:
        made = _left(world, machine.root / path, killed=run.killed)
    job = replace(
        job,
        words=("apply", path, "--auto-approve", "--format", "json"),
        planned_at=run.began,
        good_until=seconds(made.get("expires_at")) or inf,
        planned_for=machine.commit,
        shown=shown_by(made),
        edited=not made,
    )
    saved = Saved(path, machine.commit, job, world.place.environment)
    machine.saved.append(saved)
    return saved


def _left(world: LifeWorld, path: Path, *, killed: bool) -> Mapping[str, Any]:
    """Returns the plan that there is once the machine may have failed; nothing where that left but half of a file."""
    chance = Random(f"power {world.seed} {path.name}")
    if not killed and chance.random() < 0.15:
        torn(path, chance)
        world.tell(f"the power failed when {path.name} was just written: it is torn")
    try:
        found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return found


def apply_saved(world: LifeWorld, random: Random) -> None:
    """Applies a saved plan, late or at once, once or again, over its own checkout or another one."""
    machine = free_machine(world, random)
    kept = [it for it in machine.saved if it.environment == world.place.environment] if machine else []
    if machine is None or not kept:
        return
    saved = kept[-1] if random.random() < 0.7 else random.choice(kept)
    machine.check_out(saved.commit if random.random() < 0.8 else world.repository.head)
    run_job(world, machine, saved.job, random)


def plan_and_apply_late(world: LifeWorld, random: Random) -> None:
    """Keeps a plan, which is approved after a while, and applies it as it is; people do something in between."""
    machine = free_machine(world, random)
    if machine is None:
        return
    _check_out_to_plan(world, machine, random)
    saved = plan_on(world, machine, random, kept=True, calm=True)
    if saved is not None:
        _apply_late(world, machine, saved, random, random.choice(_LATE))


def plan_a_resume(world: LifeWorld, random: Random) -> None:
    """Keeps a plan of the head that may resume what waits, and applies it as it is, in time or too late."""
    machine = free_machine(world, random)
    if machine is None:
        return
    machine.check_out(world.repository.head)
    allowed = frozenset({"resume"})
    saved = plan_on(world, machine, random, kept=True, calm=True, allowed=allowed)
    if saved is not None:
        _apply_late(world, machine, saved, random, random.choice((60.0, 1200.0, 4000.0, 4000.0, 7000.0)))


def _apply_late(world: LifeWorld, machine: Machine, saved: Saved, random: Random, seconds: float) -> None:
    """Applies a plan that was kept after so many seconds; people do something in between."""
    while world.leaning.happens(random, "an operator while a plan waits", 0.35):
        world.pass_on(random.choice((60.0, 600.0)))
        operator(world, random)
    world.pass_on(seconds)
    how = random.random()
    if how < 0.15:
        machine.check_out(world.commit(random))
    job = _edited(machine, saved) if 0.15 <= how < 0.25 else saved.job
    run_job(world, machine, job, random)


def _edited(machine: Machine, saved: Saved) -> Job:
    """Opens the file in an editor, so that it may hold for longer; what it was is kept beside it."""
    path = machine.root / saved.path
    text = path.read_text(encoding="utf-8", errors="replace")
    path.with_name(f"edited-{saved.path}").write_text(
        _YEAR.sub('"expires_at": "2028', text), encoding="utf-8"
    )
    words = ("apply", f"edited-{saved.path}", *saved.job.words[2:])
    return replace(saved.job, words=words, edited=True)


_YEAR = re.compile(r'"expires_at": "20\d\d')


_LATE = (60.0, 1200.0, 4000.0, 4000.0, 30_000.0, 87_000.0, 90_000.0, 110_000.0)
"""Seconds: an hour and a day are how long plans hold at most."""


def plan_and_expect(world: LifeWorld, random: Random) -> None:
    """Applies what was approved a while later, with `--expect`."""
    machine = free_machine(world, random)
    if machine is None:
        return
    _check_out_to_plan(world, machine, random)
    job = _job(world, random, machine, "plan", "--format", "json")
    planned = world.run(machine, job, random, weather=Weather())
    made, reviewed = _planned(planned), machine.commit
    approval = made.get("approval")
    if not approval:
        return
    world.pass_on(random.choice((60.0, 900.0, 7200.0, 90_000.0)))
    if world.leaning.happens(random, "an operator while a plan waits", 0.4):
        operator(world, random)
    if random.random() < 0.2:
        machine.check_out(world.commit(random))
    words = ("apply", "--auto-approve", *job.words[1:], "--expect", str(approval))
    until = seconds(made.get("expires_at")) or inf
    job = replace(job, words=words, planned_at=planned.began, good_until=until, shown=shown_by(made))
    run_job(world, machine, replace(job, planned_for=reviewed), random)


def shown_by(plan: Mapping[str, Any]) -> frozenset[tuple[str, str]] | None:
    """Returns what a plan says that it will do; None where it was not printed for programs."""
    changes = plan.get("changes")
    if not isinstance(changes, list):
        return None
    return frozenset(
        (str(it["op"]), str(change[key]))
        for change in changes
        for it in change["operations"]
        for key in ("name", "sid")
        if change.get(key)
    )


def _planned(run: CommandRun) -> Mapping[str, Any]:
    """Returns what a plan printed; nothing where it was killed or failed."""
    found = document(run) or {}
    return found if "changes" in found else {}


def look(world: LifeWorld, random: Random) -> None:
    """Lets somebody only look."""
    machine = free_machine(world, random)
    if machine is None:
        return
    machine.check_out(world.repository.head)
    words = random.choice(LOOKS)
    one = one_of(random, sorted(world.account.campaigns.values(), key=lambda it: it.sid))
    name = "nobody" if one is None else random.choice((one.name, one.sid))
    path = f"export-{len(world.ledger.runs)}"
    run_job(world, machine, Job(tuple(it.format(name=name, path=path) for it in words)), random)


def compare(world: LifeWorld, random: Random) -> None:
    """Lets somebody see what a branch changes, since a commit of before."""
    machine = free_machine(world, random)
    if machine is None or machine.git is None:
        return
    commits = world.repository.commits
    head = random.choice(commits[-6:])
    base = commits[random.randint(max(head.number - 12, 0), head.number)]
    machine.check_out(head)
    words = ("diff", "--base", machine.git.name(base)[:20], "--format", "json")
    world.run(machine, Job(words, compared=base), random)


LOOKS = (
    ("status", "--format", "json"),
    ("status", "--all"),
    ("status", "{name}"),
    ("doctor",),
    ("doctor", "--format", "json"),
    ("validate",),
    ("diff",),
    ("export", "--out", "{path}"),
    ("export", "{name}", "--out", "{path}", "--format", "json"),
    ("report", "{name}"),
    ("report", "{name}", "--format", "jsonl"),
    ("report", "{name}", "--format", "csv", "--source", "pages"),
)


def by_hand(world: LifeWorld, random: Random) -> None:
    """Lets somebody type a verb, in an emergency or after one."""
    machine = free_machine(world, random)
    one = one_of(random, list(world.ledger.alive()))
    if machine is None or one is None:
        return
    word = random.choice(("pause", "pause", "resume", "complete", "archive"))
    words = [word, random.choice((one.name, one.sid)), "--auto-approve"]
    if word == "pause" and random.random() < 0.2:
        words = ["pause", "--all", "--auto-approve"]
    going = {it.sid for it in world.ledger.alive() if it.going}
    run = run_job(world, machine, Job(tuple(words)), random)
    note_by_hand(world, run, going)


def note_by_hand(world: LifeWorld, run: CommandRun, going: Collection[str]) -> None:
    """Notes what somebody did by hand; `going` is what called before."""
    if not run.by_hand:
        return
    for write in run.writes:
        now = world.account.campaigns.get(write.sid)
        if write.action == "pause" and write.sid in going and now is not None and now.state == "paused":
            world.ledger.stopped[write.sid] = world.now
        if write.action in ("pause", "resume", "complete"):
            world.ledger.touched[write.sid].add(write.action)
