"""Holds that nobody is called who asked not to be."""

from __future__ import annotations

from simulation.ledger import KIND_OF, CommandRun, LifeLedger, people_of
from simulation.promises.reasons import whole_apply
from simulation.promises.verdict import Findings, results
from simulation.promises.writes import MARGIN


def nobody_suppressed_is_sent(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Finds creates, updates and resumes that hold somebody whom the checkout suppresses."""
    for write in run.writes:
        if KIND_OF[write.collection] != "voice" or run.by_hand:
            continue
        who = set(people_of(write.sent)) & run.commit.suppressed
        if who and write.request in ("create", "update"):
            yield f"{run}: {write}; {len(who)} of its people are suppressed"
        left = set(write.before.people) & run.commit.suppressed if write.before is not None else set()
        if write.action == "resume" and write.acted and left and not run.disturbed:
            yield f"{run}: {write}; {len(left)} of its people are suppressed"


def suppressed_are_taken_out(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Finds what may still be changed, goes, and holds somebody suppressed after an apply that nothing met, of a plan
    file too: what that does not show of it is done.
    """
    if not whole_apply(run, of_a_file=True) or not run.commit.suppressed:
        return
    for wanted, row in results(run):
        truth = ledger.account.campaigns.get(row.get("sid") or "")
        if (
            truth is None
            or not (wanted.kind == "voice" or wanted.list_name)
            or not truth.going
            or wanted.sid
            or wanted.name != truth.name
        ):
            continue
        left = set(truth.people) & run.commit.suppressed
        open_still = truth.start is not None and truth.start > run.ended + MARGIN + 5
        if left and open_still and row["reason"]["code"] not in ("looks-foreign", "ambiguous-name"):
            yield f"{run} left {len(left)} in {truth.name} {truth.sid[:6]} who are suppressed ({row['reason']['code']})"
