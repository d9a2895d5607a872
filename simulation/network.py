"""Stands between a run and the account: requests take their time, are lost, are answered with nonsense, and are
recorded.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from simulation.account import HOST, LifeAccount
from simulation.clocks import WorldClock
from simulation.leanings import GENERAL
from simulation.product import RecordedRequest
from simulation.steps import Steps
from simulation.weights import Leaning

Rule = Mapping[str, Any]

FAULTS: tuple[Rule, ...] = (
    {"effect": "no-connection"},
    {"effect": "no-answer", "acts": True},
    {"effect": "no-answer", "acts": False},
    {"effect": "late", "seconds": 5.5},
    {"effect": "late", "seconds": 9.0},
    {"effect": "drop", "acts": True},
    {"effect": "drop", "acts": False},
    {"effect": "cut"},
    {"effect": "html"},
    {"effect": "html", "acts": True},
    {"effect": "empty", "acts": True},
    {"effect": "empty", "acts": False},
    {"effect": "broken"},
    {"effect": "strange"},
    {"effect": "strange", "acts": True},
    {"effect": "status", "status": 429, "retry_after": "7"},
    {"effect": "status", "status": 429, "shape": "rest"},
    {"effect": "status", "status": 429, "shape": "error", "retry_after": "900"},
    {"effect": "status", "status": 429, "retry_after": "150"},
    {"effect": "status", "status": 500},
    {"effect": "status", "status": 500, "acts": True},
    {"effect": "status", "status": 502, "shape": "html", "acts": True},
    {"effect": "status", "status": 503},
    {"effect": "status", "status": 504, "shape": "html", "acts": True},
    {"effect": "status", "status": 408, "acts": True},
    {"effect": "status", "status": 499, "acts": False},
    {"effect": "status", "status": 403},
    {"effect": "status", "status": 401},
    {"effect": "status", "status": 400},
    {"effect": "status", "status": 409},
    {"effect": "item", "status": 500},
    {"effect": "item", "status": 500, "index": 1},
    {"effect": "item", "status": 500, "acts": False},
    {"effect": "redirect", "location": "http://127.0.0.2:9/"},
    {"effect": "redirect", "location": "http://127.0.0.2:9/", "acts": True},
    {"effect": "endless"},
)
"""What may meet a request. Those that the sandbox knows are its own; three are the network's, of which `late` is a
request that is carried out when nobody waits for its answer any more.
"""
REPORTS = "/_sandbox/reports/"
"""Where report files are, which take no credentials."""
OF_THE_NETWORK = frozenset({"no-connection", "no-answer", "late"})
NEVER: Mapping[str, str] = {
    "slow": "all requests of a run are, in slow weather; what is carried out after its time is `late`",
    "later": "time passes in here by itself",
    "shift": "operators create and end campaigns while a list is read, and the account's past is longer than a page",
    "huge": "an answer of so many megabytes is nothing but slow to make; tests/reliability has it",
    "change": "an account that answers otherwise than it does is a habit (`action_answer`, `omit_from_…`, `spelling`)",
}
"""Faults of the sandbox that meet no request here, and why not."""


def _class_of(rule: Rule) -> str:
    """Returns the class of a fault. Faults of one class mean the same; each class is as probable as any other."""
    status = rule.get("status", 0)
    if rule["effect"] == "status":
        return {408: "gateway", 499: "gateway", 429: "too many"}.get(
            status, "refused" if status < 500 else "broken"
        )
    return str(rule["effect"])


CLASSES = {name: tuple(it for it in FAULTS if _class_of(it) == name) for name in map(_class_of, FAULTS)}


def _drawn(random: Random, leaning: Leaning) -> Rule:
    return random.choice(leaning.choose(random, "fault", {name: (rows, 1) for name, rows in CLASSES.items()}))


@dataclass
class Weather:
    """Says how often a request of one run meets a fault; `spell`: one kind of fault, and how many requests in a row
    that are of this `method`; `slow`: seconds that each takes besides.
    """

    chance: float = 0.0
    spell: Rule | None = None
    after: int = 0
    left: int = 0
    method: str = ""
    slow: float = 0.0
    leaning: Leaning = GENERAL

    @classmethod
    def drawn(cls, random: Random, leaning: Leaning = GENERAL) -> Weather:
        """Draws the weather, calm more often than not."""
        kind = leaning.word(random, "weather", {"calm": 50, "slow": 4, "rain": 8, "storm": 3, "spell": 39})
        if kind == "slow":
            return cls(slow=random.choice((2.0, 4.5)), leaning=leaning)
        if kind != "spell":
            return cls(chance={"calm": 0.0, "rain": 0.06, "storm": 0.35}[kind], leaning=leaning)
        deletes = 2.0 if "uses lists" in leaning.factors else 0.0
        method = leaning.word(random, "method", {"GET": 2, "POST": 3, "PUT": 2, "DELETE": deletes})
        rule, left = _drawn(random, leaning), random.choice((1, 1, 1, 2, 3, 6, 30))
        after = random.choice((0, 0, 0, 0, 1, 2))
        return cls(spell=rule, after=after, left=left, method=method, leaning=leaning)

    def fault(self, random: Random, method: str) -> Rule | None:
        """Draws what meets the next request."""
        if self.spell is not None and method == self.method:
            if self.after:
                self.after -= 1
            elif self.left:
                self.left -= 1
                return self.spell
        if self.chance and random.random() < self.chance:
            return _drawn(random, self.leaning)
        return None


@dataclass
class Network(httpx.BaseTransport):
    """Carries the requests of one run. `look` is told of each, `record` of each that reached the account."""

    account: LifeAccount
    clock: WorldClock
    steps: Steps
    weather: Weather
    random: Random
    timeout_seconds: float
    record: Callable[[RecordedRequest], None]
    look: Callable[[httpx.Request], None] = lambda _: None
    requests: int = 0
    sent: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carries one request; see `httpx.BaseTransport`."""
        what = f"{request.method} {request.url.path.removeprefix('/v2/accounts/')}"
        self.steps.take(what)
        self.look(request)
        self.requests += 1
        self.sent.append(self.clock.passed)
        self.clock.sleep(self.random.choice((0.05, 0.2, 0.4)) + self.weather.slow)
        fault = self.weather.fault(self.random, request.method)
        effect = "" if fault is None else str(fault["effect"])
        if fault is not None:
            self.faults.append(f"{_named(fault)} at {what}")
        if effect == "no-connection":
            raise httpx.ConnectError("no connection", request=request)
        if effect == "late":
            assert fault is not None
            self.clock.later(fault["seconds"], lambda: self._reach(request, None))
        answered = None
        if effect not in OF_THE_NETWORK:
            answered = self._reach(request, fault)
        elif effect == "no-answer" and fault is not None and fault["acts"]:
            self._reach(request, None)
        if answered is None:
            self.clock.sleep(self.timeout_seconds)
            raise httpx.ReadTimeout("no answer", request=request)
        self.steps.take(f"answer to {what}")
        return self._response(request, answered)

    def _reach(self, request: httpx.Request, fault: Rule | None) -> Any:
        faults = self.account.stage.faults
        if fault is not None:
            faults.add(**fault)
        target = request.url.raw_path.decode()
        try:
            return self.account.exchange(request.method, target, request.headers, request.read())
        finally:
            faults.clear()
            for entry in self.account.stage.journal.entries():
                self.record(entry)
            self.account.stage.journal.clear()

    def _response(self, request: httpx.Request, answered: Any) -> httpx.Response:
        if answered.hung_up and not answered.pieces:
            raise httpx.RemoteProtocolError("hung up", request=request)
        pieces = _Pieces(answered.pieces, answered.hung_up)
        return httpx.Response(answered.status, headers=answered.headers, stream=pieces)


def is_asked_with(key: str, request: httpx.Request) -> bool:
    """Tells whether a request has the credentials of the account that is asked; of a report file, whether it has
    none.
    """
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if request.url.path.startswith(REPORTS):
        return not given
    return bool(scheme == "Basic" and b64decode(given).decode().partition(":")[0] == key)


HOOK = "http://127.0.0.1:9/notify?token=in-the-query-of-the-hook"


@dataclass
class NotifyHook(httpx.BaseTransport):
    """Takes what somebody is told of a guard, in the mood that it is in."""

    clock: WorldClock
    random: Random
    mood: str = "takes"
    posted: list[httpx.Request] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Takes one message, or does not; see `httpx.BaseTransport`."""
        request.read()
        self.posted.append(request)
        self.clock.sleep(self.random.choice((0.1, 0.5, 3.0)))
        if self.mood == "is away" or (self.mood == "is moody" and self.random.random() < 0.5):
            raise httpx.ConnectError("no connection", request=request)
        return httpx.Response(500 if self.mood == "fails" else 204, request=request)


MOODS = ("takes", "takes", "takes", "is moody", "fails", "is away")


class AccountsNetwork(httpx.BaseTransport):
    """Carries the requests of a run to the account that each is for, and messages to where they go; `astray` counts
    those that are for anybody else.
    """

    def __init__(self, networks: Iterable[Network], hook: NotifyHook | None = None) -> None:
        self._networks = {it.account.name: it for it in networks}
        self._hook = hook
        self.astray = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carries one request; see `httpx.BaseTransport`."""
        if f"{request.url.host}:{request.url.port}" != HOST:
            self.astray += 1
            raise httpx.ConnectError("nobody is there", request=request)
        if self._hook is not None and not request.url.path.startswith(("/v2/", REPORTS)):
            return self._hook.handle_request(request)
        return self._networks[request.url.path.split("/")[3]].handle_request(request)


class _Pieces(httpx.SyncByteStream):
    def __init__(self, pieces: list[bytes], cut: bool) -> None:
        self._pieces, self._cut = pieces, cut

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces
        if self._cut:
            raise httpx.ReadError("cut")


def _named(fault: Rule) -> str:
    status = f" {fault['status']}" if "status" in fault else ""
    acts = {True: ", acted", False: ", not acted", None: ""}[fault.get("acts")]
    return f"{fault['effect']}{status}{acts}"
