"""An account, a ledger, and runs that send whatever a test tells them to."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from simulation.account import NAME, LifeAccount
from simulation.clocks import WorldClock
from simulation.commits import Commit
from simulation.ledger import CommandRun, LifeLedger
from simulation.manifests import IST, Manifest
from simulation.product import CommandOutcome
from simulation.promises import table

HEADERS = {"Authorization": "Basic cnVuOnJ1bg==", "Content-Type": "application/json"}
HOUR = 3600.0


class Bench:
    """An account, a ledger, and runs that send whatever a test tells them to."""

    def __init__(self) -> None:
        self.clock = WorldClock()
        self.account = LifeAccount(self.clock)
        self.ledger = LifeLedger(self.account, {})
        self.clock.sleep(5 * HOUR)  # 10:30 in India
        self.one = Manifest("voice", "diwali", self.now + 2 * HOUR, 4, ("+919876500001",), "926")

    @classmethod
    def with_lists(cls) -> Bench:
        """One whose account has contact lists that somebody fills."""
        bench = cls()
        bench.account.lists = True
        return bench

    @property
    def now(self) -> float:
        """Epoch seconds."""
        return self.clock.now().timestamp()

    def run(
        self, *wanted: Manifest, allowed: frozenset[str] = frozenset(), words: str = "apply"
    ) -> CommandRun:
        """One that has these manifests."""
        commit = Commit(1, "", {"campaigns/a.yaml": wanted})
        run = CommandRun(
            len(self.ledger.runs) + 1,
            "machine-1",
            tuple(words.split()),
            commit,
            self.now,
            allowed,
            frozenset(),
            self.now,
        )
        run.said, run.ended = CommandOutcome(0, "", ""), self.now
        self.ledger.runs.append(run)
        self.ledger.look()
        run.before, run.looks = dict(self.account.campaigns), [self.now]
        run.listed = {"campaigns": self.now}
        return run

    def operator(self, sid: str, body: Any, what: str = "does something") -> None:
        """Somebody in the dashboard."""
        self.account.by_hand("PUT", "campaigns", sid, body)
        self.ledger.operator(sid, what, self.ledger.look())

    def operator_creates(self, body: Any) -> None:
        """Somebody in the dashboard makes another one."""
        self.account.by_hand("POST", "campaigns", "", body)
        for sid in self.ledger.look():
            self.ledger.touched[sid].add("creates")

    def sends(self, run: CommandRun, method: str, sid: str, body: Any) -> None:
        """One request, as it would reach the account; right after the campaign was read where that is due."""
        if method == "PUT" and body.get("action") not in ("pause", "archive"):
            self.request(run, "GET", sid, {})
            self.clock.sleep(0.2)
        self.request(run, method, sid, body)

    def request(self, run: CommandRun, method: str, sid: str, body: Any) -> None:
        """One request and nothing before it."""
        target = f"/v2/accounts/{NAME}/campaigns" + (f"/{sid}" if sid else "")
        self.account.exchange(method, target, HEADERS, json.dumps({"campaigns": [body]}).encode())
        for entry in self.account.stage.journal.entries():
            self.ledger.saw(run, entry)
        self.account.stage.journal.clear()

    def creates(self, run: CommandRun, one: Manifest) -> str:
        """The SID of what it made."""
        self.sends(run, "POST", "", sent(one))
        return run.writes[-1].sids[0]

    def broken(self, run: CommandRun | None = None) -> set[str]:
        """What the judges say."""
        self.ledger.look()
        found = table.after_time(self.ledger) if run is None else table.after_run(self.ledger, run)
        return {violation.judge for violation in found}


def sent(one: Manifest) -> dict[str, Any]:
    """A create's body."""
    window = {"send_at": written(one.start), "end_at": written(one.end)}
    return {
        "name": one.name,
        "caller_id": "03349360005",
        "from": list(one.people),
        "url": one.spec_content,
        "schedule": window,
        "status_callback": "https://hooks.example.com/campaign?token=in-the-query",
    }


def written(moment: float) -> str:
    """As the account reads it."""
    return datetime.fromtimestamp(moment, IST).isoformat()
