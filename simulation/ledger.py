"""Records what happened, in facts: who was called when, by which campaign, made by whom, wanted by which commit.

Facts come from the account itself and from what reached it; the judges (`promises/`) compare them with the rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import Any, NamedTuple

from simulation.account import Call, LifeAccount, Truth, seconds
from simulation.commits import Commit
from simulation.crew import Task
from simulation.habits import Habits
from simulation.manifests import IST, Manifest
from simulation.network import NotifyHook
from simulation.product import CommandOutcome, RecordedRequest

KIND_OF = {"campaigns": "voice", "message-campaigns": "sms", "sms-campaigns": "sms"}
WRITES = ("create", "update", "action")
LIST_WRITES = ("create_contacts", "create_list", "fill_list", "rename_list", "delete_list")


@dataclass(frozen=True)
class Write:
    """Holds one request of a run that was to change something.

    `sids` are the campaigns that it made; `read_at` is when the run last read the campaign by its SID, `listed_at` when
    it last looked at any list of its kind; `members` those of the contact lists that it names.
    """

    at: float
    request: str
    action: str
    collection: str
    sid: str
    sent: Mapping[str, Any]
    status: int | None
    acted: bool
    before: Truth | None
    after: Truth | None
    sids: tuple[str, ...] = ()
    read_at: float = 0.0
    listed_at: float = 0.0
    members: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Returns the name of the campaign, or of the one that was to be made."""
        known = self.before or (None if self.request == "create" else self.after)
        return known.name if known is not None else str(self.sent.get("name", ""))

    def __str__(self) -> str:
        what = self.action or self.request
        done = "" if self.acted else ", not carried out"
        return f"{what} {self.name} {self.sid[:6]}: {self.status or 'no answer'}{done}"


@dataclass(frozen=True)
class ListWrite:
    """Holds one request of a run that was to change a contact list; `used_by` names a campaign that has it and is not
    over, `wanted` a list of the checkout whose members it holds.
    """

    request: str
    sid: str
    used_by: str
    wanted: str


class AnotherPlace(NamedTuple):
    """Holds another environment of a run's project: what is known of its account, what the commit wants of it, and
    whether the same command was to look at it, and what a commit wants with which that compares.
    """

    environment: str
    ledger: LifeLedger
    commit: Commit
    chosen: bool
    compared: Commit | None = None


@dataclass
class CommandRun:
    """Holds one run of the command on one machine. `planned_at` is when its plan was made, of a saved plan long ago.

    `before` is the account as it was when it began, `looks` when it read a list before its first write, `reads` when
    each campaign was last read by its SID, `shown` what the plan that was approved said it would do: operations, each
    with the name and the SID of its campaign. A guard's `commits` are those that it read while it stood, `tallies` the
    results that it could see, by SID.

    A command on several environments is a run of each: `said` is what it said of this one, `whole` what it said of all;
    `elsewhere` are the others, chosen or not; `strange_keys` counts requests with the credentials of another account,
    `astray` those to anybody but an account. `hook` takes what somebody is told of a guard; `compared` is the commit
    with which a diff compares, `about` the campaign of which a report is.
    """

    number: int
    machine: str
    words: tuple[str, ...]
    commit: Commit
    began: float
    allowed: frozenset[str]
    env_allow: frozenset[str]
    planned_at: float
    prune: bool = False
    prune_lists: bool = False
    good_until: float = inf
    labels: str = ""
    skew: float = 0.0
    edited: bool = False
    planned_for: Commit | None = None
    shown: frozenset[tuple[str, str]] | None = None
    listed: dict[str, float] = field(default_factory=dict)
    rate_limit: int | None = None
    prefix: bool = False
    list_writes: list[ListWrite] = field(default_factory=list)
    stop_when: tuple[tuple[str, str], ...] = ()
    unmanaged: bool = False
    commits: list[Commit] = field(default_factory=list)
    tallies: dict[str, list[Mapping[str, int]]] = field(default_factory=lambda: defaultdict(list))
    sent: list[float] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    reads: dict[str, float] = field(default_factory=dict)
    before: dict[str, Truth] = field(default_factory=dict)
    ended: float = 0.0
    requests: int = 0
    steps: int = 0
    writes: list[Write] = field(default_factory=list)
    said: CommandOutcome | None = None
    whole: CommandOutcome | None = None
    elsewhere: tuple[AnotherPlace, ...] = ()
    strange_keys: int = 0
    astray: int = 0
    compared: Commit | None = None
    about: str = ""
    hook: NotifyHook | None = None
    main: Task | None = None
    met: list[str] = field(default_factory=list)
    killed: bool = False
    endless: bool = False
    signalled: bool = False
    disturbed: bool = False
    faults: list[str] = field(default_factory=list)

    @property
    def command(self) -> str:
        """Returns the first word."""
        return self.words[0]

    @property
    def looked_at(self) -> float:
        """Returns when it last looked at a list before it wrote anything."""
        return self.looks[-1] if self.looks else 0.0

    @property
    def knew_at(self) -> float:
        """Returns the moment after which its plan does not know what happened."""
        return self.planned_at if self.planned_at < self.began else max(self.looked_at, self.began)

    @property
    def by_hand(self) -> bool:
        """Tells whether somebody typed it."""
        return self.command in ("pause", "resume", "complete", "archive")

    @property
    def names_a_plan_file(self) -> bool:
        """Tells whether it was to keep a plan in a file, or to carry one out."""
        return "plan-" in " ".join(self.words)

    def may(self, operation: str, name: str, sid: str = "", *, start_ahead: bool = True) -> bool:
        """Tells whether it was told that it may. The environment's own `resume` covers only what has yet to begin."""
        standing = self.env_allow if start_ahead or operation != "resume" else frozenset[str]()
        named = [it for it in self.commit.manifests if it.means(name, sid)]
        ahead = start_ahead or operation != "resume"
        theirs = {(it.kind, it.name) for it in named} | {(it.kind, it.of) for it in named if it.of and ahead}
        if sid in self.before:  # what no manifest means has a kind, too
            theirs.add((KIND_OF[self.before[sid].collection], name))
        names = {name, sid, *(it for _, it in theirs), *(f"{kind}/{it}" for kind, it in theirs)}
        asked = {operation, *(f"{operation}:{it}" for it in names)}
        return bool(asked & (self.allowed | standing)) or any(operation in it.allow for it in named)

    def selects(self, one: Manifest) -> bool:
        """Tells whether a manifest of its checkout is among those that it was to look at."""
        return not self.labels or self.labels == f"team={one.team}"

    def wants(self, collection: str, name: str, sid: str = "") -> tuple[Manifest, ...]:
        """Returns the manifests of its checkout that mean a campaign of this name, or this very one."""
        return tuple(it for it in self.meant(collection, name, sid) if self.selects(it))

    def meant(self, collection: str, name: str, sid: str = "") -> tuple[Manifest, ...]:
        """Returns the manifests that mean a campaign, whatever the run was to look at.

        What one of them pins is no other's.
        """
        mine = [it for it in self.commit.manifests if it.kind == KIND_OF[collection] and it.means(name, sid)]
        pinning = tuple(it for it in mine if it.sid)
        return pinning or tuple(mine)

    def withdraws(self, one: Truth) -> bool:
        """Tells whether a campaign is of a date that its manifest does not yield, and of the same people or text."""
        kind = KIND_OF[one.collection]
        owner = self.commit.repeating(kind, one.name)
        if owner is None or not self.selects(owner) or self.meant(one.collection, one.name, one.sid):
            return False
        return bool(set(one.aims) & set(owner.people)) or one.content == owner.spec_content

    def __str__(self) -> str:
        return f"run {self.number} ({self.machine}, commit {self.commit.number})"


@dataclass(frozen=True)
class BrokenPromise:
    """Holds a promise that was broken."""

    judge: str
    at: float
    says: str

    def __str__(self) -> str:
        return f"{local(self.at)}  BROKEN {self.judge}: {self.says}"


@dataclass
class Origin:
    """Says how a campaign came to be. `run` is None where somebody made it in the dashboard."""

    run: CommandRun | None
    at: float
    name: str
    start: float | None


class LifeLedger:
    """Keeps all facts of one account's life. `habits` are the account's now, `had` all that it ever had."""

    def __init__(self, account: LifeAccount, habits: Habits) -> None:
        self.account = account
        self.habits = dict(habits)
        self.had: set[str] = set()
        self.seen_positions: dict[str, set[str]] = defaultdict(set)
        self.throw(habits)
        self.runs: list[CommandRun] = []
        self.calls: list[Call] = []
        self.origins: dict[str, Origin] = {}
        self.became: dict[str, tuple[str, float | None]] = {}
        """Name and start of what runs gave another name: a manifest was called so, or pins it (then that alone)."""
        self.touched: dict[str, set[str]] = defaultdict(set)
        self.stopped: dict[str, float] = {}
        self.cut_off: set[str] = set()
        self.strange: set[str] = set()
        """What ever had a status that nobody knows: by what was done to it, since the account reads words as we do."""
        self.new_calls: list[Call] = []
        self.reached: dict[tuple[str, str, float | None, str], str] = {}
        self.alike: dict[tuple[str, str, float | None, str], str] = {}
        self.dates: dict[tuple[str, str, str], str] = {}
        self.meant: dict[str, frozenset[str]] = {}
        self.called: dict[str, set[str]] = defaultdict(set)
        self.changed_by_hand: dict[str, float] = {}
        self.wiped: dict[str, float] = {}
        self.hands: dict[str, list[float]] = defaultdict(list)
        self.history: dict[str, list[tuple[float, Truth]]] = defaultdict(list)

    def throw(self, positions: Habits) -> None:
        """Lets the account behave so too from now on."""
        self.habits |= positions
        self.had |= positions.keys()
        for name, value in positions.items():
            self.seen_positions[name] |= set(value) if isinstance(value, tuple) else {str(value)}

    @property
    def now(self) -> float:
        """Returns epoch seconds by the account's clock."""
        return self.account.clock.now().timestamp()

    def look(self, run: CommandRun | None = None) -> dict[str, tuple[Truth | None, Truth]]:
        """Takes note of all that changed, and of who was called. New campaigns are `run`'s."""
        changed, calls = self.account.look()
        for sid, (before, now) in changed.items():
            self.history[sid].append((self.now, now))
            if before is None:
                self.origins[sid] = Origin(run, now.created, now.name, now.start)
        self.calls.extend(calls)
        self.new_calls.extend(calls)
        return changed

    def saw(self, run: CommandRun, entry: RecordedRequest) -> None:
        """Notes that a request of a run reached the account."""
        parts = entry.path.split("/")
        collection, sid = parts[4], parts[5] if len(parts) > 5 else ""
        if entry.request == "list" and not run.writes:
            run.looks.append(self.now)
        if entry.request == "list":
            run.listed[collection] = self.now
        if entry.request == "get":
            run.reads[sid] = self.now
        if entry.request in LIST_WRITES and entry.acted:
            run.list_writes.append(self._list_write(run, entry.request, sid))
        if entry.request not in WRITES:
            if run.command == "guard":
                self._count_for(run)
            return
        sent = _sent(entry.body)
        before = self.account.campaigns.get(sid)
        self.account.watch(sid)
        changed = self.look(run)
        made = tuple(it for it, (was, _) in changed.items() if was is None)
        after = self.account.campaigns.get(sid or (made[0] if made else ""))
        run.writes.append(
            Write(
                self.now,
                entry.request,
                str(sent.get("action", "")),
                collection,
                sid,
                sent,
                entry.status,
                entry.acted and not _refuses(entry.status),
                before,
                after,
                made,
                run.reads.get(sid, 0.0),
                run.listed.get(collection, 0.0),
                self.account.members(sent.get("lists") or ()),
            )
        )
        self._mean(run, run.writes[-1])

    def _mean(self, run: CommandRun, write: Write) -> None:
        """Notes for which manifest a campaign calls from now on, and whom where it is to a list."""
        before, after = write.before, write.after
        if write.acted and before is not None and after is not None and before.name != after.name:
            alone = f" ({write.sid})" if write.sid in run.commit.pins else ""
            self.became[write.sid] = (after.name + alone, after.start)
        for sid in (write.sid, *write.sids):
            if write.members and write.acted:
                self.meant[sid] = frozenset(write.members)

    def _list_write(self, run: CommandRun, request: str, sid: str) -> ListWrite:
        alive = (it for it in self.alive() if sid in (it.spec.get("lists") or ()))
        used = next((it.name for it in alive), "")
        members = set(self.account.members((sid,))) if request == "delete_list" else set[str]()
        named = {it.list_name for it in run.commit.manifests if it.end > self.now}
        lists = ((name, set(people) - run.commit.suppressed) for name, people in run.commit.lists.items())
        wanted = next((name for name, people in lists if members and people == members and name in named), "")
        return ListWrite(request, sid, used, wanted)

    def _count_for(self, run: CommandRun) -> None:
        """Notes the results of what calls, as a guard may see them now."""
        self.look()
        for it in self.account.campaigns.values():
            if it.state == "in-progress":
                run.tallies[it.sid].append(it.stats)

    def operator(self, sid: str, what: str, changed: Mapping[str, tuple[Truth | None, Truth]]) -> bool:
        """Notes that somebody did something by hand to a campaign.

        Returns False where the account did not let them.
        """
        if sid not in changed:
            return False
        self.touched[sid].add(what)
        self.hands[sid].append(self.now)
        before, now = changed[sid]
        if before is not None and before.spec != now.spec:
            self.changed_by_hand[sid] = self.now
            if what == "renames" and {**before.spec, "name": now.name} != now.spec:
                self.touched[sid].add("edits")  # the account lost or changed what it was sent again
        if now.state == "paused" and before is not None and before.going:
            self.stopped[sid] = self.now
        elif now.going:
            self.stopped.pop(sid, None)
        return True

    def at(self, sid: str, moment: float) -> Truth | None:
        """Returns a campaign as it was last seen at a moment."""
        seen = [truth for when, truth in self.history[sid] if when <= moment]
        return seen[-1] if seen else None

    def run_made(self, sid: str) -> CommandRun | None:
        """Returns the run that made a campaign."""
        origin = self.origins.get(sid)
        return origin.run if origin else None

    def was_at_work(self, sid: str, moment: float) -> bool:
        """Tells whether a run that wrote to a campaign was under way."""
        return any(
            run.began <= moment <= (run.ended or self.now) + 1.0
            and any(sid == write.sid or sid in write.sids for write in run.writes)
            for run in self.runs
        )

    def alive(self) -> Iterator[Truth]:
        """Yields every campaign that is, by SID."""
        return (it for _, it in sorted(self.account.campaigns.items()) if it.alive)


def _refuses(status: int | None) -> bool:
    """Tells whether an answer says for certain that nothing was done; 408 and 499 are a gateway's."""
    return status is not None and 400 <= status < 500 and status not in (408, 499)


def _sent(body: Any) -> Mapping[str, Any]:
    """Reads the fields of a body, out of whatever wraps them."""
    if not isinstance(body, Mapping):
        return {}
    for key in ("campaigns", "smscampaigns"):
        inner = body.get(key)
        if isinstance(inner, list) and inner and isinstance(inner[0], Mapping):
            return inner[0]
        if isinstance(inner, Mapping):
            return inner
    return body


def content_of(sent: Mapping[str, Any]) -> str:
    """Returns what people hear or read."""
    return str(sent.get("url") or sent.get("template") or "")


def local(moment: float) -> str:
    """Writes a moment for people in India."""
    return f"{datetime.fromtimestamp(moment, IST):%a %d %b %H:%M:%S}"


def start_of(sent: Mapping[str, Any]) -> float | None:
    """Returns the start that a body asks for."""
    schedule = sent.get("schedule") or {}
    return seconds(schedule.get("send_at") or schedule.get("start_time"))


def people_of(sent: Mapping[str, Any]) -> tuple[str, ...]:
    """Returns the recipients that a body names."""
    numbers = sent.get("from") or ()
    numbers = numbers.split(",") if isinstance(numbers, str) else numbers
    return (*(sent.get("lists") or ()), *numbers)
