"""What happens to an account in the model test, and what must hold after it: operators, time, runs, faults, kills.

The commands are the real ones, in this process, on a clock that the account shares. Whatever is to happen in the middle
of a run, its end among them, happens when the run asks the clock for the nth time: it does so around each request.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fakes import FakeClock
from harness import ACCOUNT, SECRETS, Desk, run, sent, sms, voice

from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.lifecycle import ALIVE, CALLING, Status
from campaignctl.model.windows import instant
from campaignctl.sandbox.campaign import Campaign as Kept
from campaignctl.sandbox.clock import stamped
from campaignctl.sandbox.journal import RecordedRequest
from campaignctl.sandbox.server import Sandbox

COLLECTIONS = {"campaigns": VOICE, "message-campaigns": SMS}
KINDS_OF = {"diwali-calls": VOICE, "winter-calls": VOICE, "diwali-texts": SMS}
NUMBERS = {"diwali-calls": ["+919876500001", "+919876500002"], "winter-calls": ["+919876500003"]}
SETTLE_SECONDS = 10
OPERATOR = "Basic " + b64encode(b"operator:operator").decode()


@dataclass(frozen=True)
class Campaign:
    """One campaign as the account holds it."""

    name: str
    sid: str
    collection: str
    status: Status
    created: str
    start: datetime

    @property
    def alive(self) -> bool:
        """Created, in progress or paused."""
        return self.status in ALIVE

    @property
    def calling(self) -> bool:
        """Calling, or going to."""
        return self.status in CALLING


def _campaign(it: Kept) -> Campaign:
    start = instant(it.spec["schedule"][COLLECTIONS[it.collection].start.name])
    return Campaign(it.name, it.sid, it.collection, it.state, stamped(it.created), start)


@dataclass
class Wanted:
    """A manifest as it stands now."""

    start: datetime
    state: str | None
    content: str

    def document(self, name: str) -> dict[str, Any]:
        """As it is written."""
        ends = (self.start + timedelta(hours=8)).isoformat()
        state = {"state": self.state} if self.state else {}
        if KINDS_OF[name] is SMS:
            schedule = {"start_time": self.start.isoformat(), "end_time": ends}
            return sms(name, schedule=schedule, template=f"Hello {self.content}", **state)
        schedule = {"send_at": self.start.isoformat(), "end_at": ends}
        url = f"http://my.exotel.com/acme1/exoml/start_voice/{self.content}"
        return voice(name, **{"schedule": schedule, "url": url, "from": NUMBERS[name]}, **state)


@dataclass
class Runner:
    """A machine that runs the command. `open`: its last run was killed or ended with something unknown."""

    desk: Desk
    open: bool = False
    made: set[str] = field(default_factory=set)


class Company:
    """Two machines, one account, its operators."""

    def __init__(self, root: Path, sandbox: Sandbox, clock: FakeClock) -> None:
        self.sandbox, self.clock = sandbox, clock
        self.runners = [self._runner(root / f"runner-{number}") for number in range(2)]
        self.wanted: dict[str, Wanted] = {}
        self.starts: dict[str, set[datetime]] = {}
        self.doubtful: set[str] = set()
        self.early: set[str] = set()
        self.running: list[Runner] = []
        self.met: list[Runner] = []
        self.write_manifests()

    def _runner(self, root: Path) -> Runner:
        root.mkdir()
        settings = {"settle_seconds": SETTLE_SECONDS, "max_attempts": 3, "timeout_seconds": 5}
        return Runner(Desk(root, self.sandbox, self.clock, settings))

    # the account, as it is

    def account(self) -> dict[str, Campaign]:
        """Every campaign by SID as it is, whatever the account's habits make it say."""
        return {it.sid: _campaign(it) for it in self.sandbox.campaigns(ACCOUNT)}

    def namesakes(self, name: str) -> list[Campaign]:
        """The alive campaigns of a name, oldest first."""
        alive = (it for it in self.account().values() if it.name == name and it.alive)
        return sorted(alive, key=lambda it: (instant(it.created), it.sid))

    def begins(self, runner: Runner) -> None:
        """`met` are those whose runs are under way together with the outermost one, its own included."""
        self.met = [*self.met, runner] if self.running else [runner]
        self.running.append(runner)

    # manifests

    def write_manifests(self) -> None:
        """Both machines have the same."""
        for name, one in self.wanted.items():
            self.starts.setdefault(name, set()).add(one.start)
        for runner in self.runners:
            documents = [one.document(name) for name, one in sorted(self.wanted.items())]
            runner.desk.manifests(*documents)

    # operators

    def by_hand(self, campaign: Campaign, body: Mapping[str, Any]) -> None:
        """What an operator does, unless it is too late for it; a body for voice goes into its wrapper."""
        wrapped = {"campaigns": [body]} if campaign.collection == "campaigns" else body
        self._ask("PUT", f"{campaign.collection}/{campaign.sid}", wrapped)

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        """Of the account, by somebody who is no run. None when it is refused."""
        where = urlsplit(self.sandbox.url)
        connection = HTTPConnection(where.hostname or "", where.port)
        with closing(connection):
            sent_body = None if body is None else json.dumps(body)
            headers = {"Authorization": OPERATOR, "Content-Type": "application/json"}
            connection.request(method, f"/v2/accounts/{ACCOUNT}/{path}", sent_body, headers)
            answer = connection.getresponse()
            said = json.loads(answer.read())
        assert answer.status < 300 or answer.status in (self.sandbox.switches.action_refusal, 409), said
        return said["response"] if answer.status < 300 else None

    def postpone(self, campaign: Campaign, to: datetime) -> None:
        """An operator sets another start."""
        kind = COLLECTIONS[campaign.collection]
        ends = (to + timedelta(hours=8)).isoformat()
        self.starts.setdefault(campaign.name, set()).add(to)
        self.by_hand(campaign, {"schedule": {kind.start.name: to.isoformat(), kind.end.name: ends}})


def apply(company: Company, runner: Runner, allowed: Iterable[str], clock: Any = None) -> int:
    """One apply; what it did to the account is held against what it may do. Raises `Killed` where it is."""
    flags = [word for operation in sorted(allowed) for word in ("--allow", operation)]
    words = ("apply", "--auto-approve", "--format", "json", *flags)
    before, first = company.account(), len(company.sandbox.requests)
    runner.open = True
    company.begins(runner)
    try:
        result = run(*words, cwd=runner.desk.root, env=SECRETS, clock=clock or company.clock)
        runner.open = result.code not in (0, 3)
        company.doubtful |= _told(result.out)
        assert result.code in (0, 1, 3, 4, 5), result.all
        return result.code
    finally:
        after = company.account()
        runner.made |= after.keys() - before.keys() - {sid for it in company.runners for sid in it.made}
        company.running.remove(runner)
        asked = company.sandbox.requests[first:]
        check_run(company, before, after, asked, set(allowed))


def cut_off(company: Company) -> None:
    """A run was killed: where a resume begins to call at once, it may not have come to pausing what it resumed."""
    if company.sandbox.switches.resume_early:
        company.early |= {it.sid for it in company.account().values() if it.status is Status.IN_PROGRESS}


def _told(out: str) -> set[str]:
    """The names that a run says it is not sure of: then twins may wait there, paused."""
    results = json.loads(out).get("results", []) if out.startswith("{") else []
    return {it["name"] for it in results if it["reason"]["code"] in ("unknown-outcome", "ambiguous-name")}


# ------------------------------------------------------------------------------------------------ what must hold


def check_run(
    company: Company,
    before: Mapping[str, Campaign],
    after: Mapping[str, Campaign],
    asked: Sequence[RecordedRequest],
    allowed: set[str],
) -> None:
    """One run, or two that met, kept to what they may do."""
    refusal = company.sandbox.switches.action_refusal
    for request in asked:
        asked_for = request.request == "list" or (request.request == "action" and refusal == 400)
        assert request.status != 400 or asked_for, f"a bad request: {request}"
    for sid, was in before.items():
        now = after[sid]
        if was.status is Status.PAUSED and "resume" not in allowed:
            assert not now.calling, f"{now} was resumed and nobody asked for it"
        if now.alive and "earlier-start" not in allowed:
            assert now.start >= was.start, f"{now} begins before {was.start} and nobody asked for it"
    for request in asked:
        word = sent(request).get("action")
        if request.request == "action" and word in ("complete", "archive"):
            _check_ended(company, after[request.path.rpartition("/")[2]], word, allowed)


def _check_ended(company: Company, campaign: Campaign, word: str, allowed: set[str]) -> None:
    """Asked for by the manifest and allowed, or the duplicate of this very run."""
    wanted = company.wanted.get(campaign.name)
    if wanted is not None and wanted.state in ("completed", "archived") and word in allowed:
        return
    older = [
        it
        for it in company.account().values()
        if it.name == campaign.name
        and (instant(it.created), it.sid) < (instant(campaign.created), campaign.sid)
    ]
    assert older, f"{word} of {campaign}, and nobody asked for it"
    assert any(campaign.sid in runner.made for runner in company.met), f"{campaign} is not its own"


def check_account(company: Company) -> None:
    """What must hold whenever no run is under way."""
    now = company.sandbox.now()
    account = company.account().values()
    for it in account:
        assert it.start in company.starts.get(it.name, ()), f"{it} has a start that nobody set"
        if it.status is Status.IN_PROGRESS and it.sid not in company.early:
            assert it.start <= now, f"{it} calls ahead of its start"
    if any(runner.open for runner in company.runners):
        return  # its next run decides
    for name in {it.name for it in account}:
        alive = [it for it in account if it.name == name and it.alive]
        assert len([it for it in alive if it.calling]) <= 1, f"two campaigns call: {alive}"
        assert len(alive) <= 1 or name in company.doubtful, f"two are alive, and nobody said so: {alive}"
