"""Plays a company: an account and its habits, operators, a repository, machines that run the command, and time.

`events.played(LifeWorld(seed, days))` plays what the seed draws; an event has chances of its own, so that leaving one
out changes no other's.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

from httpx import Request

from simulation import copies, eastern, habits, leanings, lists, pasts, regions, series, stages
from simulation.account import HOST, NAME, LifeAccount
from simulation.checkouts import GitObjects
from simulation.clocks import MachineClock, WorldClock
from simulation.commits import ACCOUNT_OF, Commit
from simulation.ledger import AnotherPlace, BrokenPromise, CommandRun, LifeLedger, local
from simulation.machines import AccountPlace, Encounter, Job, Machine
from simulation.network import HOOK, MOODS, AccountsNetwork, Network, NotifyHook, Weather, is_asked_with
from simulation.power import UnsyncedFiles
from simulation.product import CommandOutcome, command
from simulation.project import NOTIFY, TeamProject
from simulation.promises import table
from simulation.repository import Seen, TeamRepository
from simulation.steps import Disk, Endless, Killed, Steps, watch_nothing

TIMEOUT_SECONDS = 5.0
_WAYS_TO_FIND = ("status_filter", "name_search")
"""How an account whose past no page holds is searched: of a life about one of them the other one works."""
ONE = "prod"
"""The environment of a project that has one."""
COUNTED = frozenset({"gates", "guard"})
"""What goes by the results of calls."""
_AUTHORS_CLOCKS = (*(0.0,) * 6, 40.0, -1800.0, 3 * 3600.0, 2 * 86_400.0)
"""By how many seconds the machine is ahead on which somebody commits."""
_PATH = str(Path(shutil.which("git") or "/nowhere/git").parent)
"""Where git is."""
_CAPABILITIES = {
    "repeat": series,
    "gates": stages,
    "lists": lists,
    "accounts": regions,
    "a third account": eastern,
}
"""What not every project uses, and how people begin with it and change it."""


class LifeWorld:
    """Plays one seed's life."""

    def __init__(
        self,
        seed: int,
        days: int,
        only: Collection[int] | None = None,
        plain: Collection[str] = (),
        root: Path | None = None,
    ) -> None:
        """Begins a life.

        `only`: the numbers of the events that happen, None for all; `plain`: habits that it does not have.
        """
        self.seed, self.days = seed, days
        self.only = None if only is None else frozenset(only)
        self.plain = frozenset(plain)
        self.leaning = leanings.drawn(seed)
        random = Random(f"world {seed}")
        self.uses = leanings.capabilities(seed, self.leaning)
        self.habits, past = self._habits(random)
        self.clock = WorldClock()
        self.places = self._accounts()
        self.place = next(iter(self.places.values()))
        self.account.lists = "lists" in self.uses
        self.repository = self._repository(random)
        self.project = TeamProject.drawn(random, self.habits, self.leaning, bool(self.repository.suppressed))
        if "accounts" in self.uses:
            self.project = self.project.of_several()
        if "guard" in self.uses:
            self.project = self.project.guarded(Random(f"guard {seed}"))
        self.counts = self._counters() if self.uses & COUNTED else "right"
        if past:
            self.repository.past = pasts.begin(self.ledger, random)
        self._directory = tempfile.mkdtemp(prefix="simulation-", dir=root)
        self.git: GitObjects | None = None
        if "git" in self.uses:
            origin = Path(self._directory, "origin")
            self.git = GitObjects(origin, lambda: self.repository.commits, self.project.files)
        self.machines = [self._machine(place, random) for place in range(random.choice((2, 2, 3)))]
        self.story: list[str] = []
        self.violations: list[BrokenPromise] = []
        self.running: list[CommandRun] = []
        self.event = 0
        self._tell_the_beginning()

    def _habits(self, random: Random) -> tuple[habits.Habits, bool]:
        """Draws the account's habits, and whether it has a past: such a one is often searched in a way of its own."""
        drawn = habits.drawn(random, self.leaning)
        past = self.leaning.happens(random, "a past", 0.3)
        found = {name: value for name, value in drawn.items() if not self._plain(name)}
        if past and random.random() < 0.7:
            name = random.choice(_WAYS_TO_FIND)
            name = next((it for it in _WAYS_TO_FIND if it in self.leaning.habits), name)
            found |= {} if self._plain(name) else habits.thrown(name, random, self.leaning)
        if "lists" in self.uses:
            more = habits.drawn_of_lists(Random(f"habits of lists {self.seed}"))
            found |= {name: value for name, value in more.items() if not self._plain(name)}
        rare = habits.drawn_rarely(self.seed, self.uses | ({habits.PAST} if past else set()), self.leaning)
        return found | {name: value for name, value in rare.items() if name not in self.plain}, past

    def _counters(self) -> str:
        """Draws how the account counts, and how its people answer."""
        answered = Random(f"counters {self.seed}")
        counts = answered.choice(stages.COUNTERS)
        self.account.stage.switches.change({"stats": counts, "outcomes": answered.choice(stages.ANSWERS)})
        self.ledger.throw({} if counts in ("right", "spelled") else {"stats": counts})
        return counts

    def _tell_the_beginning(self) -> None:
        for name, it in self.places.items():
            whose = "the account's" if name == ONE else f"{name}'s"
            self.tell(f"seed {self.seed}; {whose} habits: {habits.told(it.ledger.habits)}")
        self.tell(f"the project: {self.project.told}")
        used = f"; it uses {', '.join(sorted(self.uses))}" if self.uses else ""
        used += f"; its counters are {self.counts}" if self.uses & COUNTED else ""
        self.tell(f"this life is about {self.leaning.name}{used}")

    def _accounts(self) -> dict[str, AccountPlace]:
        """Opens the one account, or those of several environments, each with habits and credentials of its own."""
        if "accounts" not in self.uses:
            return {ONE: self._place(ONE, NAME, self.habits)}
        count = 3 if "a third account" in self.uses else 2
        return {
            environment: self._place(
                environment, name, self._habits_elsewhere(place) if place else self.habits
            )
            for place, (environment, name) in enumerate(list(ACCOUNT_OF.items())[:count])
        }

    def _habits_elsewhere(self, place: int) -> habits.Habits:
        which = f" {place}" if place > 1 else ""
        drawn = habits.drawn(Random(f"habits elsewhere {self.seed}{which}"), self.leaning)
        return {it: at for it, at in drawn.items() if it != "create_body" and not self._plain(it)}

    def _place(self, environment: str, name: str, positions: habits.Habits) -> AccountPlace:
        account = LifeAccount(self.clock, name)
        account.stage.switches.change(positions)
        if "reports" in self.uses:
            account.stage.world.served_at = f"http://{HOST}"
        return AccountPlace(
            environment, account, LifeLedger(account, positions), f"key-of-{name}-0a1b2c3d4e5f"
        )

    @property
    def account(self) -> LifeAccount:
        """Returns the account that everybody looks at; where there are several, the one at which something happens."""
        return self.place.account

    @property
    def ledger(self) -> LifeLedger:
        """Returns what is known of it."""
        return self.place.ledger

    @contextmanager
    def at(self, environment: str) -> Iterator[None]:
        """Lets something happen at another account."""
        before, self.place = self.place, self.places[environment]
        try:
            yield
        finally:
            self.place = before

    def _repository(self, random: Random) -> TeamRepository:
        """Begins a repository, with what its project uses."""
        more = [(name, each) for name, each in _CAPABILITIES.items() if name in self.uses]
        edits = copies.EDITS | {key: row for _, it in more for key, row in it.EDITS.items()}
        edits |= stages.GUARDED if "guard" in self.uses else {}
        repository = TeamRepository(self.leaning, edits)
        if "gates" in self.uses:
            repository.mends = stages.mended
        if "git" in self.uses:
            dates = Random(f"dates {self.seed}")
            repository.dates = lambda: self.now + dates.choice(_AUTHORS_CLOCKS)
        repository.begin(self.now, random)
        for name, each in more:
            each.begin(repository, self.now, Random(f"{name} {self.seed}"))
        return repository

    def _plain(self, name: str) -> bool:
        of = {**habits.ROWS, **habits.OF_LISTS}[name].of
        return name in self.plain or (bool(of) and of in self.plain)

    def _machine(self, place: int, random: Random) -> Machine:
        root = Path(self._directory, f"machine-{place + 1}")
        root.mkdir()
        skew = random.choice((0.0, 0.0, 0.0, 1.5, -20.0, 45.0, -400.0, 3600.0))
        machine = Machine(f"machine-{place + 1}", root, skew, self.project, self.repository.head, self.git)
        machine.check_out(self.repository.head)
        return machine

    def close(self) -> None:
        """Gives its accounts up and deletes its disks."""
        for it in self.places.values():
            it.account.stage.close()
        self.delete_disks()

    def delete_disks(self) -> None:
        """Deletes what its machines have written; a run that is under way takes no step by it."""
        watch_nothing()
        shutil.rmtree(self._directory, ignore_errors=True)

    @property
    def now(self) -> float:
        """Returns epoch seconds."""
        return self.clock.now().timestamp()

    @property
    def new_plan(self) -> str:
        """Returns a name for a plan that no other has, whatever account it is for."""
        return f"plan-{len(self.story)}"

    def tell(self, line: str) -> None:
        """Tells one more line of the story."""
        self.story.append(f"{local(self.now)}  {'    ' * len(self.running)}{line}")

    def judge(self, found: Iterable[BrokenPromise]) -> None:
        """Takes note of what is broken."""
        for violation in found:
            self.violations.append(violation)
            self.story.append(str(violation))

    def commit(self, random: Random, about: str = "") -> Commit:
        """Lets somebody edit manifests, who knows what there is; `about` one of them."""
        kinds = {"campaigns": "voice"}
        self.repository.seen = tuple(
            Seen(kinds.get(it.collection, "sms"), it.name, it.sid, it.alive)
            for _, it in sorted(self.account.campaigns.items())
        )
        made = self.repository.commit(self.now, random, about)
        self.tell(f"commit {made.number}: {made.says}")
        return made

    # runs

    def run(
        self,
        machine: Machine,
        job: Job,
        random: Random,
        meeting: Encounter | None = None,
        weather: Weather | None = None,
    ) -> CommandRun:
        """Runs the command once on a machine, from its first step to its last, for one environment."""
        mine = self.place.environment
        named = ("-e", mine) if len(self.places) > 1 and not job.planned_file else ()
        job = replace(job, words=(*job.words, *named))
        return self.run_in(machine, {mine: job}, random, meeting, weather)[mine]

    def run_in(
        self,
        machine: Machine,
        jobs: Mapping[str, Job],
        random: Random,
        meeting: Encounter | None = None,
        weather: Weather | None = None,
    ) -> dict[str, CommandRun]:
        """Runs one command for several environments, each of which has a job: there is a run of it in each ledger."""
        runs = {name: self._begin(machine, jobs, name) for name in jobs}
        first, main = next(iter(runs.values())), self.clock.crew.main
        steps = Steps(machine.root)
        if meeting is not None:
            steps = Steps(
                machine.root, meeting.at, lambda what: meeting.event(first, steps, what), meeting.among
            )
        if "power" in self.uses:
            steps.unsynced = UnsyncedFiles(Random(f"power {self.seed} {len(self.ledger.runs)}"))
        networks = {
            name: self._network(
                name, run, steps, weather, random if len(runs) == 1 else Random(random.random())
            )
            for name, run in runs.items()
        }
        machine.busy = True
        for run in runs.values():
            run.main = main
            self.running.append(run)
        first.hook = self._hook(random)
        network = AccountsNetwork(networks.values(), first.hook)
        said = self._command(first.words, machine, steps, network, random)
        first.astray = network.astray
        if steps.unsynced is not None and not steps.endless:
            lost = steps.unsynced.after(first.command, killed=steps.dead)
            if lost is not None:
                machine.doubt_files()
                self.tell(f"the power of {machine.name} failed: otherwise now are {lost}")
        for name, run in runs.items():
            run.said, run.whole = said if len(runs) == 1 else part_of(said, name), said
            run.endless = steps.endless
            self.running.remove(run)
        machine.busy = False
        for name, run in runs.items():
            with self.at(name):
                self._end(run, steps, networks[name])
        return runs

    def _network(
        self, name: str, run: CommandRun, steps: Steps, weather: Weather | None, random: Random
    ) -> Network:
        place = self.places[name]
        return Network(
            place.account,
            self.clock,
            steps,
            weather or Weather.drawn(random, self.leaning),
            random,
            TIMEOUT_SECONDS,
            partial(place.ledger.saw, run),
            partial(_is_asked_with, run, place.key),
        )

    def _hook(self, random: Random) -> NotifyHook | None:
        if not self.project.notifies:
            return None
        chance = Random(random.random())
        return NotifyHook(self.clock, chance, chance.choice(MOODS))

    def _command(
        self, words: tuple[str, ...], machine: Machine, steps: Steps, network: AccountsNetwork, random: Random
    ) -> CommandOutcome:
        with Disk(steps):
            try:
                return command(
                    list(words),
                    root=machine.root,
                    environ=self._environ(machine),
                    clock=MachineClock(self.clock, machine.skew, steps),
                    network=network,
                    random=random,
                    ends=Killed,
                )
            except Endless:
                return CommandOutcome(None, "", "")
            finally:
                self.clock.crew.drop_threads()

    def _begin(self, machine: Machine, jobs: Mapping[str, Job], name: str) -> CommandRun:
        place, job = self.places[name], jobs[name]
        place.ledger.look()
        run = CommandRun(
            number=len(place.ledger.runs) + 1,
            machine=machine.name,
            words=job.words,
            commit=machine.commit.of(name),
            began=self.now,
            allowed=job.allowed,
            env_allow=frozenset(self.project.allow),
            planned_at=self.now if job.planned_at is None else job.planned_at,
            prune=job.prune,
            prune_lists=job.prune_lists,
            good_until=job.good_until,
            labels=job.labels,
            skew=machine.skew,
            edited=job.edited,
            planned_for=job.planned_for and job.planned_for.of(name),
            shown=job.shown,
            compared=job.compared and job.compared.of(name),
            about=job.about,
            rate_limit=self.project.rate_limit,
            prefix=self.project.prefix,
            stop_when=self.project.stop_when,
            unmanaged=self.project.unmanaged,
            before=dict(place.account.campaigns),
            elsewhere=tuple(
                AnotherPlace(
                    other,
                    it.ledger,
                    machine.commit.of(other),
                    other in jobs,
                    job.compared and job.compared.of(other),
                )
                for other, it in self.places.items()
                if other != name
            ),
        )
        place.ledger.runs.append(run)
        if self.clock.crew.busy:
            self._beside(run)
        return run

    def _beside(self, run: CommandRun) -> None:
        """Notes who is under way at the same time."""
        for other in self.running:
            for one, another in ((run, other), (other, run)):
                one.disturbed = True
                one.met.append(f"beside run {another.number}")

    def _end(self, run: CommandRun, steps: Steps, network: Network) -> None:
        run.killed = steps.dead and not run.endless
        run.ended, run.requests, run.steps = self.now, network.requests, steps.taken
        run.faults, run.sent = network.faults, network.sent
        if run.killed:
            self.ledger.cut_off |= {sid for write in run.writes for sid in (write.sid, *write.sids) if sid}
        self._after(run)

    def _after(self, run: CommandRun) -> None:
        self.ledger.look()
        code = "killed" if run.killed else "endless" if run.endless else f"exit {run.said and run.said.code}"
        met = "".join(f"; {it}" for it in (*run.met, *run.faults[:4]))
        if len(run.faults) > 4:
            met += f" and {len(run.faults) - 4} more"
        took = f"{run.ended - run.began:.0f} s, {run.requests} requests"
        self.tell(f"{run}: {' '.join(run.words)} → {code} ({took}{met})")
        for write in run.writes:
            self.tell(f"    {local(write.at)[-8:]} {write}")
        if run.said is not None and run.said.code in (1, 3, 64):
            self.tell(f"    {first_words(run.said, self._directory)}")
        self.judge(table.after_run(self.ledger, run))

    def _environ(self, machine: Machine) -> dict[str, str]:
        keys = {f"EXOTEL_API_KEY_{name.upper()}": it.key for name, it in self.places.items()}
        if len(keys) == 1:
            keys = {"EXOTEL_API_KEY": self.place.key}
        if self.project.notifies:
            keys[NOTIFY] = HOOK
        return {
            **keys,
            "EXOTEL_API_TOKEN": f"token-f5e4d3c2b1a{machine.token}",
            "LOGNAME": "pipeline",
            "HOME": str(machine.root),
            "PATH": "/nowhere" if self.git is None else _PATH,
        }

    def answer(self, outcomes: tuple[str, ...]) -> None:
        """Lets calls come to something else from now on."""
        self.account.stage.switches.change({"outcomes": outcomes})
        self.tell(f"from now on calls come to {', '.join(outcomes) or 'what they come to anywhere'}")

    # what may happen in the middle of a run

    def interrupt(self, run: CommandRun, what: str) -> None:
        """Lets Ctrl-C or SIGTERM reach the command: its own handler, or the one of every Python program."""
        run.signalled = True
        run.met.append(f"a signal at {what}")
        if self.clock.crew.current is run.main:
            self.clock.crew.signals.come()
        else:
            self.clock.crew.tell(run.main, self.clock.crew.signals.come)

    # time

    def passed_at(self, moment: float) -> float:
        """Returns how much time will have passed at a moment of the account's clock."""
        return moment - self.now + self.clock.passed

    def pass_on(self, seconds: float) -> None:
        """Lets so much time pass."""
        self.pass_until(self.clock.passed + seconds)

    def pass_until(self, moment: float) -> None:
        """Lets time pass: nobody does anything, but the account calls whom it is to call."""
        self.clock.pass_until(moment)
        for it in self.places.values():
            it.ledger.look()
            self.judge(table.after_time(it.ledger))


def _is_asked_with(run: CommandRun, key: str, request: Request) -> None:
    run.strange_keys += not is_asked_with(key, request)


def part_of(said: CommandOutcome, environment: str) -> CommandOutcome:
    """Returns what a command on several environments said of one of them, as if it had been asked of that alone."""
    try:
        parts = json.loads(said.out)["environments"]
        mine = next(it for it in parts if it["environment"] == environment)
        shown = mine["result"] or {"error": mine["error"], "findings": mine["findings"]}
    except (ValueError, KeyError, StopIteration):
        return said
    return replace(said, code=mine["exit_code"], out=json.dumps(shown))


def first_words(said: CommandOutcome, disks: str) -> str:
    """Returns why it did not go on, in one line, without where the disks are: that is another place each time."""
    text = said.out if '"error"' in said.out[:200] else said.err
    return " ".join(text.replace(f"{disks}/", "").split())[:300]
