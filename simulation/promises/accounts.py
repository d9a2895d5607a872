"""Judges several accounts: nobody is called from two of them for one manifest, and each is asked with its own key."""

from __future__ import annotations

from collections.abc import Iterator

from simulation.account import Truth
from simulation.ledger import KIND_OF, AnotherPlace, CommandRun, LifeLedger, Write
from simulation.manifests import ENDING, Manifest
from simulation.promises.excuses import is_plain
from simulation.promises.verdict import Findings

SETTLE = 15.0
"""Seconds after which what there is shows in every list."""


def nobody_is_called_from_two_accounts(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that nothing is created that another account has already under that name, where a run looked at both; nor
    what both would take.
    """
    for write in run.writes:
        if write.request != "create" or not write.acted or run.by_hand:
            continue
        for wanted in run.wants(write.collection, write.name):
            for other in run.elsewhere:
                if _is_taken_by_both(wanted, run, other):
                    yield f"{run}: {write}, which {other.environment} takes, too"
                for there in _left_there(wanted, run, write, other):
                    yield f"{run}: {write}; {other.environment} has {there.sid[:6]}, which is {there.state}"


def _is_taken_by_both(wanted: Manifest, run: CommandRun, other: AnotherPlace) -> bool:
    """Tells whether one manifest is of both, and names people; a start in the past calls nobody from there."""
    both = (
        it
        for it in other.commit.written
        if (it.kind, it.name, it.region) == (wanted.kind, wanted.name, wanted.region)
    )
    return bool(wanted.kind == "voice" and wanted.people) and any(
        it.state not in ("paused", *ENDING) and it.end > run.began for it in both
    )


def _left_there(wanted: Manifest, run: CommandRun, write: Write, other: AnotherPlace) -> Iterator[Truth]:
    """Yields what a run had to see: alive in the other account, of that name, and meant by none of its manifests."""
    if (
        not other.chosen
        or not is_plain(other.ledger)
        or run.may("twin", wanted.name)
        or not _was_read(run, other)
    ):
        return
    for then in unmeant(wanted.kind, write.name, other, run.looked_at - SETTLE):
        there = other.ledger.account.campaigns[then.sid]
        if there.alive and there.name == write.name and there.sid not in wanted.distinct_from:
            yield there


def unmeant(kind: str, name: str, other: AnotherPlace, at: float) -> Iterator[Truth]:
    """Yields what was alive in another account under a name, and is meant by none of the manifests there."""
    means = [it for it in other.commit.manifests if it.kind == kind]
    for sid in other.ledger.account.campaigns:
        then = other.ledger.at(sid, at)
        if then is None or not then.alive or (KIND_OF[then.collection], then.name) != (kind, name):
            continue
        if not any(it.means(name, sid) for it in means):
            yield then


def _was_read(run: CommandRun, other: AnotherPlace) -> bool:
    """Tells whether the run of the same command in the other environment came to a plan."""
    same = (it for it in other.ledger.runs if it.whole is run.whole)
    return any(not it.faults and it.said is not None and '"results"' in it.said.out for it in same)


def each_is_asked_with_its_own_key(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that no account is asked with the credentials of another one, a report file with none, and nobody else
    anything.
    """
    if run.strange_keys:
        yield f"{run} asked {run.strange_keys} times with credentials that are not for whom it asked"
    if run.astray:
        yield f"{run} asked somebody else {run.astray} times"
