"""Judges reports: each recipient of a campaign stands in one, once, with what became of them."""

from __future__ import annotations

import json
from collections import Counter

from simulation.ledger import CommandRun, LifeLedger
from simulation.promises.verdict import Findings, quiet

_COUNTED_AS = {"busy": "failed", "no-answer": "failed"}
"""How an account counts whom the last try did not reach, whose row says why."""


def reports_tell_all(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks a report that ended with 0, from wherever it came, against the account's own record."""
    if not run.about or run.said is None or run.said.code != 0 or not quiet(run):
        return
    one = ledger.account.campaigns[run.about]
    rows = [json.loads(line) for line in run.said.out.splitlines()]
    skipped = int(run.words[-1]) if "--since-offset" in run.words else 0
    wanted = max(len(one.people) - skipped, 0)
    if len(rows) != wanted:
        yield f"{run} tells of {len(rows)} people of {one.name} {one.sid[:6]}, there are {wanted}"
    words = (str(it["status"]).replace("_", "-") for it in rows)
    came = Counter(_COUNTED_AS.get(it, it) for it in words)
    if one.over and not skipped and came != Counter({word: it for word, it in one.stats.items() if it}):
        yield f"{run} tells of {one.name} {one.sid[:6]} that {dict(came)}, it came to {dict(one.stats)}"
    if len({it["sid"] for it in rows}) != len(rows):
        yield f"{run} tells of somebody of {one.name} {one.sid[:6]} twice"
