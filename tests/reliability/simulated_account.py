"""A model of the service and of the machines that use it, in virtual time: for races that real time is too slow for.

Every run is a greenlet that is stepped by one queue of events, so that a seed gives the same interleaving each time.
The model keeps to what the rule assumes: a campaign shows in lists within `settle_seconds`, `date_created` follows the
server's one clock and is cut to seconds, and what a request does it does within a second or two, or never.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from greenlet import GreenletExit, getcurrent, greenlet

from campaignctl.applying.intents import Intent, Intents
from campaignctl.errors import ApiError
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.operations import TRANSITIONS, Action
from campaignctl.kinds.table import Kind, Value
from campaignctl.model.campaigns import Listing, Live
from campaignctl.model.clocks import OtherClock
from campaignctl.model.results import Done, Exchange, NotReached, Refused, Unknown

T = TypeVar("T")
Check = Callable[[], None]

BEGIN = datetime(2027, 1, 10, 3, 30, tzinfo=UTC)


class World:
    """Virtual time. `run` steps whoever is due until nobody waits for anything any more."""

    def __init__(self) -> None:
        self.now = 0.0
        self._hub = getcurrent()
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = count()

    def at(self, moment: float, what: Callable[[], object]) -> None:
        """Something happens then. Of two at the same moment the one asked for first comes first."""
        heapq.heappush(self._due, (max(moment, self.now), next(self._numbers), what))

    def run(self) -> None:
        """To the end of all events."""
        while self._due:
            self.now, _, what = heapq.heappop(self._due)
            what()

    def wait(self, seconds: float) -> None:
        """Within a run: lets the others go on until then."""
        me = getcurrent()
        self.at(self.now + seconds, lambda: None if me.dead else me.switch())
        self._hub.switch()

    def start(self, moment: float, work: Callable[[], object]) -> greenlet:
        """Another run. It can be killed with `kill`."""
        made = greenlet(work, self._hub)
        self.at(moment, lambda: None if made.dead else made.switch())
        return made

    def moment(self) -> datetime:
        """The wall time of a machine whose clock is right."""
        return BEGIN + timedelta(seconds=self.now)


def kill(run: greenlet) -> bool:
    """Ends it where it stands, as `kill -9` does; what it has sent is on its way. False when it was over."""
    if run.dead:
        return False
    run.throw(GreenletExit)
    return True


@dataclass(frozen=True)
class MachineClock:
    """Implements `Clock`. No two machines agree on the time of day."""

    world: World
    skew_seconds: float = 0.0

    def now(self) -> datetime:
        """The wall time."""
        return self.world.moment() + timedelta(seconds=self.skew_seconds)

    def monotonic(self) -> float:
        """Virtual seconds."""
        return self.world.now

    def sleep(self, seconds: float) -> None:
        """Others go on meanwhile."""
        self.world.wait(max(seconds, 0.0))


@dataclass(frozen=True)
class Disk(Intents):
    """The intents of one machine, without the milliseconds that a real disk takes to sync."""

    files: dict[tuple[str, str], Intent] = field(default_factory=dict)

    @classmethod
    def of(cls, clock: MachineClock) -> Disk:
        """Empty."""
        return cls(Path("intents"), "api.example.com", "acme1", clock, lambda: "token")

    def earlier(self, kind: str, name: str) -> Intent | None:
        """See `Intents`."""
        return self.files.get((kind, name))

    def forget(self, kind: str, name: str) -> None:
        """See `Intents`."""
        self.files.pop((kind, name), None)

    def _put(self, intent: Intent) -> Intent:
        self.files[(intent.kind, intent.name)] = intent
        return intent

    def _read_all(self) -> Any:
        return iter(tuple(self.files.values()))


@dataclass
class Stored:
    """A campaign in the service. `shows_at` is when lists begin to hold it; `made_by` names a machine.
    `moved_on`: it was no run that ended or changed it."""

    live: Live
    made_at: float
    shows_at: float
    made_by: str
    moved_on: bool = False


@dataclass(frozen=True)
class Deed:
    """Something that the service did, for the checks: `create` or an action, by a machine."""

    at: float
    machine: str
    what: str
    sid: str


@dataclass(frozen=True)
class Weather:
    """How the service behaves in one scenario; the rest is chance.

    `longest_lag_seconds` is `settle_seconds` where the account keeps to what the rule assumes. `refusals` are the
    statuses of which one is drawn whenever an action is refused; an action is answered and not done with a chance of
    `not_taken`, done some seconds after its answer with a chance of `late`, and refused where it is allowed with one of
    `stubborn`. A campaign comes with a chance of `moves_on` to be in progress, paused, completed, failed, canceled
    or archived soon after it was made, as if it had run or somebody had been at it.
    """

    settle_seconds: float
    longest_lag_seconds: float
    latency_seconds: float = 0.4
    lost: float = 0.0
    unread: float = 0.0
    gets_lag: bool = False
    refusals: tuple[int, ...] = (409,)
    not_taken: float = 0.0
    late: float = 0.0
    stubborn: float = 0.0
    moves_on: float = 0.0


_MOVES = (
    *(Status.IN_PROGRESS, Status.PAUSED, Status.COMPLETED, Status.FAILED, Status.CANCELED, Status.ARCHIVED),
)


@dataclass
class Service:
    """One account, as one server with one clock sees it. `arrivals` says whose requests it met, in which order."""

    world: World
    random: Random
    weather: Weather
    campaigns: dict[str, Stored] = field(default_factory=dict)
    deeds: list[Deed] = field(default_factory=list)
    arrivals: list[str] = field(default_factory=list)

    def create(self, machine: str, kind: Kind, spec: Mapping[str, Value]) -> Live:
        """Made now; in lists later."""
        now = self.world.now
        sid = f"{self.random.getrandbits(64):016x}"
        status = Status.CREATED if spec.get("schedule") else Status.IN_PROGRESS
        made = BEGIN + timedelta(seconds=int(now))
        live = Live(kind, sid, status, status.value, dict(spec), created=made, updated=str(now))
        lag = self.random.choice((0.0, 1.0, self.random.random())) * self.weather.longest_lag_seconds
        self.campaigns[sid] = Stored(live, now, now + lag, machine)
        self.deeds.append(Deed(now, machine, "create", sid))
        if self.random.random() < self.weather.moves_on:
            delay = self.random.random() * (self.weather.settle_seconds + 3)
            self.world.at(now + delay, lambda: self._move_on(sid, self.random.choice(_MOVES)))
        return live

    def _move_on(self, sid: str, status: Status) -> None:
        """By itself, or an operator does it."""
        stored = self.campaigns[sid]
        if stored.live.alive:
            stored.live = stored.live._replace(status=status, word=status.value, updated=str(self.world.now))
            stored.moved_on = True

    def act(self, machine: str, sid: str, action: Action) -> Done | Refused:
        """An action, where the life of a campaign allows it."""
        stored = self.found(sid)
        sources, _ = TRANSITIONS[action]
        if stored is None:
            return Refused(404, "404", "no such campaign")
        if stored.live.status not in sources or self.random.random() < self.weather.stubborn:
            http = self.random.choice(self.weather.refusals)
            return Refused(http, str(http), f"it is {stored.live.status}")
        before = stored.live
        if self.random.random() < self.weather.not_taken:
            return Done(before)
        if self.random.random() < self.weather.late:
            delay = self.random.random() * self.weather.settle_seconds
            self.world.at(self.world.now + delay, lambda: self._done(machine, stored, action))
            return Done(before)
        self._done(machine, stored, action)
        return Done(stored.live)

    def _done(self, machine: str, stored: Stored, action: Action) -> None:
        """Carried out, where by then it is still allowed."""
        sources, target = TRANSITIONS[action]
        if stored.live.status in sources:
            stored.live = stored.live._replace(status=target, word=target.value, updated=str(self.world.now))
            self.deeds.append(Deed(self.world.now, machine, action.value, stored.live.sid))

    def update(self, machine: str, sid: str, spec: Mapping[str, Value]) -> Done | Refused:
        """Replaces what it is made of."""
        stored = self.found(sid)
        if stored is None or not stored.live.alive:
            return Refused(404, "404", "no such campaign")
        stored.live = stored.live._replace(spec=dict(spec), updated=str(self.world.now))
        self.deeds.append(Deed(self.world.now, machine, "update", sid))
        return Done(stored.live)

    def found(self, sid: str) -> Stored | None:
        """By SID; where gets lag like lists, not before it shows."""
        stored = self.campaigns.get(sid)
        hidden = stored is not None and self.weather.gets_lag and stored.shows_at > self.world.now
        return None if hidden else stored

    def listed(self) -> Listing:
        """What a list holds now."""
        shown = (it.live for it in self.campaigns.values() if it.shows_at <= self.world.now)
        return Listing(tuple(shown))


@dataclass
class SimulatedAccount:
    """Implements `applying.port.Account` for one machine. Every request takes its time, there and back."""

    service: Service
    machine: str
    faulty: bool = False

    def now(self) -> datetime:
        """A `Date` header knows whole seconds."""
        return BEGIN + timedelta(seconds=int(self.service.world.now))

    def other_clocks(self) -> tuple[OtherClock, ...]:
        """A machine's own clock is not looked at."""
        return ()

    def get(self, kind: Kind, sid: str) -> Live | None:  # noqa: ARG002
        """See the port."""
        stored = self._read("get", lambda: self.service.found(sid))
        return stored.live if stored else None

    def search(self, kind: Kind, name: str) -> Listing:  # noqa: ARG002
        """See the port; whoever calls looks for the name."""
        return self._read("list", self.service.listed)

    def alive(self, kind: Kind) -> Listing:  # noqa: ARG002
        """See the port."""
        return self._read(
            "list", lambda: Listing(tuple(it for it in self.service.listed().campaigns if it.alive))
        )

    def newest_finished(self, kind: Kind) -> tuple[Live, ...]:  # noqa: ARG002
        """See the port."""

        def over() -> tuple[Live, ...]:
            found = [live for live in self.service.listed().campaigns if live.finished]
            return tuple(sorted(found, key=lambda live: live.age_key, reverse=True))

        return self._read("list", over)

    def everything(self) -> Listing:
        """What a plan is made of."""
        return self._read("list", self.service.listed)

    def create(self, kind: Kind, spec: Mapping[str, Value], check: Check | None = None) -> Exchange:
        """See the port."""
        return self._write("create", lambda: Done(self.service.create(self.machine, kind, spec)), check)

    def update(
        self,
        kind: Kind,  # noqa: ARG002
        sid: str,
        spec: Mapping[str, Value],
        check: Check | None = None,
    ) -> Exchange:
        """See the port."""
        return self._write("update", lambda: self.service.update(self.machine, sid, spec), check)

    def act(
        self,
        kind: Kind,  # noqa: ARG002
        sid: str,
        action: Action,
        check: Check | None = None,
        *,
        urgent: bool = False,  # noqa: ARG002
    ) -> Exchange:
        """See the port."""
        return self._write(action, lambda: self.service.act(self.machine, sid, action), check)

    def _read(self, word: str, act: Callable[[], T]) -> T:
        answer = self._ask(word, act)
        if self.faulty and self.service.random.random() < self.service.weather.unread:
            raise ApiError("the account did not answer")
        return answer

    def _write(self, word: str, act: Callable[[], Done | Refused], check: Check | None) -> Exchange:
        if check is not None:
            check()
        chance = self.service.random.random() if self.faulty else 1.0
        lost = self.service.weather.lost
        if chance < lost / 4:
            return Exchange(NotReached("no connection"), 1)
        if chance < lost / 2:
            self._ask("lost", lambda: None)
            return Exchange(Unknown("lost before it acted"), 1)
        answer = self._ask(word, act)
        return Exchange(Unknown("lost after it acted") if chance < lost else answer, 1)

    def _ask(self, word: str, act: Callable[[], T]) -> T:
        """What was sent is carried out whether or not the sender still lives, unless it died while it connected."""
        world, random = self.service.world, self.service.random
        there, back = (random.random() * self.service.weather.latency_seconds for _ in range(2))
        answers: list[T] = []
        me, stays = getcurrent(), random.random() < 0.5

        def arrive() -> None:
            if stays or not me.dead:
                self.service.arrivals.append(f"{self.machine} {word}")
                answers.append(act())

        world.at(world.now + there, arrive)
        world.wait(there + back)
        return answers[0]
