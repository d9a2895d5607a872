"""Judges how a run carries out its plan: what it reads once more, what a block stops, what it says of a write."""

from __future__ import annotations

from simulation.ledger import KIND_OF, CommandRun, LifeLedger
from simulation.promises.verdict import Findings, quiet, results, rows
from simulation.promises.writes import SETTLE, is_orphan, is_own_duplicate, planned_look

SOON = 75.0
"""Seconds between a reading and what follows from it: a minute, and the request itself."""


def is_read_again(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that a campaign is read by its SID right before the first thing done to it, pauses and archives apart."""
    written: set[str] = set()
    for write in run.writes:
        first = write.sid not in written
        if write.action not in ("pause", "archive") and write.status != 429:  # that may come again in a while
            written |= {write.sid, *write.sids}
        needs = write.request == "update" or write.action in ("resume", "complete")
        if not (first and needs) or run.by_hand or is_own_duplicate(ledger, run, write):
            continue
        if write.read_at < max(run.began, planned_look(run, write)):
            yield f"{run}: {write}; it was not read again since the plan"
        elif write.at - write.read_at > SOON and not run.met:
            yield f"{run}: {write}; it was last read {write.at - write.read_at:.0f} s before"


def a_block_stops_the_rest(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that of a change that is blocked nothing is resumed or ended."""
    for wanted, row in results(run):
        if row["reason"]["code"] not in _BLOCKS or run.disturbed:
            continue
        for write in run.writes:
            mine = row.get("sid") == write.sid and KIND_OF[write.collection] == wanted.kind
            acts = write.action in ("resume", "complete", "archive") and write.acted
            if mine and acts and not is_own_duplicate(ledger, run, write):
                yield f"{run}: {write}; and {wanted.name} is {row['reason']['code']}"


_BLOCKS = ("immutable-field", "start-passed", "cannot-send-whole", "no-recipients", "policy")


def what_was_made_is_said(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that what was carried out is not called refused: nobody would look for it."""
    for wanted, row in results(run):
        if row["reason"]["code"] != "refused" or run.command != "apply":
            continue
        for write in run.writes:
            mine = write.sids and write.name == wanted.name and KIND_OF[write.collection] == wanted.kind
            if mine and all(it["outcome"] != "applied" for it in row["operations"]):
                yield f"{run}: {write}; it was made, and {wanted.name} is said to be refused"


def orphans_are_listed(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Finds campaigns with the prefix that no manifest means and that no row tells of."""
    said = rows(run)
    if not run.prefix or not said or not quiet(run) or run.names_a_plan_file:
        return
    told = {it["sid"] for it in said}
    for it in run.before.values():
        if it.sid in told or not is_orphan(run, it) or it.created >= run.began - SETTLE:
            continue
        if it.alive and ledger.account.campaigns[it.sid].alive and it.sid not in ledger.strange:
            yield f"{run} says nothing of {it.name} {it.sid[:6]}, which no manifest means"
