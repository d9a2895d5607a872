"""Runs of the real code that apply the same manifests to one simulated account, and what must hold afterwards.

A scenario is drawn from its seed: how many runs, how far apart, what the service does meanwhile, who is killed when.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from zlib import crc32

from greenlet import greenlet
from simulated_account import Disk, MachineClock, Service, SimulatedAccount, Stored, Weather, World, kill

from campaignctl.app.applying import exit_code
from campaignctl.applying.creating import Creator
from campaignctl.applying.leftovers import Leftovers, seen_through
from campaignctl.applying.port import Hooks
from campaignctl.applying.run import apply_plan
from campaignctl.applying.sending import Sender
from campaignctl.diagnostics import Position
from campaignctl.errors import ApiError
from campaignctl.kinds import VOICE
from campaignctl.kinds.lifecycle import CALLING, State, Status
from campaignctl.kinds.operations import Op
from campaignctl.model.campaigns import Desired, Snapshot
from campaignctl.model.environment import Environment
from campaignctl.model.permissions import Consent
from campaignctl.model.plan import Selection
from campaignctl.model.results import ApplyResult, ChangeOutcome, ChangeResult
from campaignctl.planning.planner import make_plan
from campaignctl.planning.terms import Terms
from campaignctl.saved_plans.assemble import assemble
from campaignctl.saved_plans.seal import seal_manifests

_STARTS = ({"send_at": "2027-01-15T09:00:00+05:30", "end_at": "2027-01-15T18:00:00+05:30"}, None)
_MOST_ATTEMPTS = 4


def manifest(name: str, url: str, start: object, state: State | None) -> Desired:
    """One voice campaign; each name has people of its own."""
    spec = {
        "name": name,
        "caller_id": "03349360005",
        "from": (f"+9198765{crc32(name.encode()) % 100_000:05}",),
        "url": f"http://my.exotel.com/acme1/exoml/start_voice/{url}",
        "schedule": start,
    }
    return Desired(VOICE, {key: value for key, value in spec.items() if value}, Position("a.yaml"), state)


@dataclass
class Attempt:
    """One run of the command. `result` is None where it was killed or could not plan."""

    code: int | None = None
    result: ApplyResult | None = None
    notes: tuple[str, ...] = ()


@dataclass
class Machine:
    """Runs the command, again after it was killed or left something unknown; its disk outlives its runs."""

    name: str
    service: Service
    clock: MachineClock
    manifests: tuple[Desired, ...]
    approval_seconds: float
    disk: Disk
    attempts: list[Attempt] = field(default_factory=list)
    running: greenlet | None = None

    def begin(self, moment: float, faulty: bool) -> None:
        """Starts a run then."""
        self.running = self.service.world.start(moment, lambda: self._attempt(faulty))

    def kill(self) -> None:
        """And run again a little later."""
        if self.running is not None and kill(self.running):
            self._again()

    def _again(self) -> None:
        if len(self.attempts) < _MOST_ATTEMPTS:
            delay = self.service.random.choice((0.1, 3.0, 15.0, 60.0))
            self.begin(self.service.world.now + delay, faulty=False)

    def _attempt(self, faulty: bool) -> None:
        attempt = Attempt()
        self.attempts.append(attempt)
        try:
            self._run(attempt, SimulatedAccount(self.service, self.name, faulty))
        except ApiError:
            attempt.code = 1
        if attempt.code not in (0, 3):
            self._again()

    def _run(self, attempt: Attempt, account: SimulatedAccount) -> None:
        """As the command does it: a look at leftovers, plan, approval, their end, apply."""
        hooks = Hooks(self.clock)
        settings = Environment(
            "prod",
            "exotel",
            "acme1",
            settle_seconds=self.service.weather.settle_seconds,
            policy={"calling_hours": {"level": "off"}},  # some begin at once, and have no end
        )
        creator = Creator(account, Sender(account, hooks, settings), self.disk, settings, hooks)
        leftovers = Leftovers(account, creator, hooks)
        leftovers.look()
        looked_at = self.clock.monotonic()
        listing = account.everything()
        unsettled = {(it.kind, it.name): "intent" for it in self.disk.left() if it.sid is None}
        terms = Terms(account.now(), settings, Consent(("start-now",)), unsettled=unsettled)
        snapshot = Snapshot(terms.now, {VOICE.name: listing})
        snapshot = seen_through(self.disk.left(), snapshot, account.get, self.disk.is_ours)
        decisions = make_plan(self.manifests, self.manifests, snapshot, terms)
        manifests = seal_manifests(self.manifests, settings.country, "token")
        plan = assemble(decisions, manifests, snapshot, terms, Selection(), "token")
        self.clock.sleep(self.approval_seconds)
        settled = leftovers.finish()
        attempt.notes = settled.notes
        attempt.result = apply_plan(plan, account, terms, hooks, creator, looked_at=looked_at)
        attempt.code = exit_code(attempt.result, settled.bad)


@dataclass
class Race:
    """One scenario after it was run."""

    seed: int
    service: Service
    machines: tuple[Machine, ...]
    names: tuple[str, ...]
    harmless: bool
    same_manifests: bool

    @property
    def orderly(self) -> bool:
        """Whether nothing was lost, and every action that is allowed was done when it was answered."""
        return self.harmless and not self.disobedient

    @property
    def disobedient(self) -> bool:
        """Whether an action may be answered and not be done, or refused where it is allowed."""
        weather = self.service.weather
        return bool(weather.not_taken or weather.late or weather.stubborn)

    @property
    def interleaving(self) -> tuple[str, ...]:
        """What tells one from another: whose requests the service met, in which order."""
        return tuple(self.service.arrivals)


def race(seed: int, lag_factor: float = 1.0) -> Race:
    """Draws a scenario and runs it to its end. Above 1, lists lag for longer than the rule assumes."""
    random, world = Random(seed), World()
    harmless = random.random() < 0.5
    settle = random.choice((2.0, 10.0))
    weather = Weather(
        settle_seconds=settle,
        longest_lag_seconds=settle * lag_factor,
        latency_seconds=random.choice((0.05, 0.4, 0.9)),
        lost=0.0 if harmless else 0.15,
        unread=0.0 if harmless else 0.05,
        gets_lag=random.random() < 0.2,
        refusals=random.choice(((409,), (400,), (404,), (400, 404, 409))),
        not_taken=random.choice((0.0, 0.0, 0.0, 0.1)),
        late=random.choice((0.0, 0.0, 0.0, 0.2)),
        stubborn=random.choice((0.0, 0.0, 0.0, 0.1)),
        moves_on=random.choice((0.0, 0.0, 0.3, 0.6)),
    )
    service = Service(world, random, weather)
    names = ("diwali-reminder", "diwali-offer")[: random.choice((1, 1, 2))]
    same = random.random() < 0.8
    start, state = random.choice((*_STARTS[:1] * 4, *_STARTS)), random.choice((None, State.ACTIVE))
    spread = random.choice((0.2, 2.0, settle, 2 * settle))
    machines = []
    for number in range(random.choice((2, 2, 3, 4))):
        manifests = tuple(manifest(it, "926" if same else str(number), start, state) for it in names)
        clock = MachineClock(world, random.choice((0.0, random.uniform(-300, 300))))
        approval = random.choice((0.0, 0.0, 3.0, 70.0))
        machine = Machine(f"m{number}", service, clock, manifests, approval, Disk.of(clock))
        machine.begin(random.random() * spread, faulty=not harmless)
        machines.append(machine)
    if not harmless and random.random() < 0.7:
        victim = random.choice(machines)
        world.at(random.random() * (spread + 2 * settle + 4), victim.kill)
    world.run()
    return Race(seed, service, tuple(machines), names, harmless, same)


# --------------------------------------------------------------------------------------------- what must hold


def faults_of(run: Race) -> Iterator[str]:
    """Every promise that was broken, in words."""
    for name in run.names:
        yield from _faults_of_name(run, name)
    yield from _ended_unasked(run)
    yield from _bad_codes(run)


def _faults_of_name(run: Race, name: str) -> Iterator[str]:
    stored = sorted((it for it in run.service.campaigns.values() if it.live.name == name), key=_age)
    made = [it.live for it in stored]
    alive = [live for live in made if live.alive]
    told = any(_told(attempt, name) for machine in run.machines for attempt in machine.attempts)
    if len(alive) > 1 and not told:
        yield f"{name}: {len(alive)} survivors, and nobody said so"
    if sum(live.status in CALLING for live in alive) > 1 and not run.disobedient:
        yield f"{name}: {len(alive)} call"
    if made and made[0] not in alive and not stored[0].moved_on:
        yield f"{name}: the oldest was ended"
    if run.orderly and made and made[0] in alive:
        left = [live for live in made[1:] if live.status not in (Status.ARCHIVED, *_OVER_BY_ITSELF)]
        if left:
            yield f"{name}: {len(left)} duplicates were not put away: {left[0].status}"
    yield from _false_claims(run, name, stored)


_OVER_BY_ITSELF = (Status.FAILED, Status.CANCELED)


def _false_claims(run: Race, name: str, stored: Sequence[Stored]) -> Iterator[str]:
    moved = {it.live.sid for it in stored if it.moved_on}
    alive = [it.live for it in stored if it.live.alive]
    for attempt, result in _claims(run, name):
        if result.sid in moved:
            continue
        if not alive:
            yield f"{name}: none is left, though a run ended with {attempt.code}"
        elif result.sid != alive[0].sid and not (run.disobedient or moved):
            yield f"{name}: a run holds {result.sid} for the one that stays, which is {alive[0].sid}"


def _age(stored: Stored) -> tuple[bool, float, str]:
    return stored.live.age_key


def _told(attempt: Attempt, name: str) -> bool:
    """That nobody knows, or that a duplicate could not be ended."""
    if any(
        f"/{name}:" in note and ("paused" in note or "could not be ended" in note) for note in attempt.notes
    ):
        return True
    results = attempt.result.results if attempt.result else ()
    bad = (ChangeOutcome.UNKNOWN, ChangeOutcome.FAILED)
    return any(it.outcome in bad and it.change.key.name == name for it in results)


def _claims(run: Race, name: str) -> Iterator[tuple[Attempt, ChangeResult]]:
    """Runs that say that what they made, or what another made first, is there."""
    for machine in run.machines:
        for attempt in machine.attempts:
            for result in attempt.result.results if attempt.result else ():
                created = any(it.op is Op.CREATE and it.attempts for it in result.operations)
                settled = result.outcome in (ChangeOutcome.APPLIED, ChangeOutcome.UNCHANGED)
                if result.change.key.name == name and created and settled:
                    yield attempt, result


def _ended_unasked(run: Race) -> Iterator[str]:
    for deed in run.service.deeds:
        stored = run.service.campaigns[deed.sid]
        if deed.what in ("complete", "archive") and stored.made_by != deed.machine:
            yield f"{deed.machine} did {deed.what} to a campaign of {stored.made_by}"
    creates = Counter(
        (deed.machine, run.service.campaigns[deed.sid].live.name)
        for deed in run.service.deeds
        if deed.what == "create"
    )
    for machine in run.machines:
        for name in run.names:
            if creates[(machine.name, name)] > len(machine.attempts):
                yield f"{machine.name} created {name} twice in one run"


def _bad_codes(run: Race) -> Iterator[str]:
    for machine in run.machines:
        if machine.running is not None and not machine.running.dead:
            yield f"{machine.name} never ended"
        for attempt in machine.attempts if run.orderly else ():
            if attempt.code not in _codes(run, attempt):
                yield f"{machine.name} ended with {attempt.code} although nothing was lost"


def _codes(run: Race, attempt: Attempt) -> Sequence[int]:
    """0; 3 where the one that stays is not as this run asks, is over, or where its plan met two at once; 4 where it was
    over when its update came, or was seen to call ahead of its start.
    """
    results = attempt.result.results if attempt.result else ()
    met = any(it.reason.code == "ambiguous-name" for it in results)
    if not (met or run.service.weather.moves_on or not run.same_manifests):
        return (0,)
    updates = any(it.reason.code == "refused" and it.operations[0].op is Op.UPDATE for it in results)
    early = any(it.reason.code == "started-early" for it in results)
    return (0, 3, 4) if (updates or early) and run.service.weather.moves_on else (0, 3)
