"""Judges what goes by a checkout of git: what is newer than it is spared, and a diff lists what differs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulation.commits import Commit
from simulation.ledger import CommandRun, LifeLedger, Write
from simulation.manifests import Manifest
from simulation.promises.verdict import Findings, document

_IN_STEP = 120.0
"""Seconds by which the date of a commit may be ahead."""


def newer_is_spared(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that nothing is ended as an orphan that was made after the commit that is checked out, and nothing at all
    where that is dated ahead.
    """
    dated = run.commit.dated
    if dated is None or run.command != "apply":
        return
    for write in run.writes:
        if (
            write.action in ("pause", "complete", "archive")
            and write.acted
            and _is_orphan(ledger, run, write)
        ):
            assert write.before is not None
            if write.before.created > dated + 1:
                yield f"{run}: {write}; it was made after the commit"
            if dated > run.planned_at + _IN_STEP:
                yield f"{run}: {write}; the commit is dated ahead"


def _is_orphan(ledger: LifeLedger, run: CommandRun, write: Write) -> bool:
    """Tells whether no manifest means a campaign, under the name that it had then or before; its own are none."""
    if write.before is None or ledger.run_made(write.sid) is run or run.withdraws(write.before):
        return False
    was = run.before.get(write.sid, write.before)
    return not any(run.meant(write.collection, it.name, write.sid) for it in (was, write.before))


def diffs_list_what_differs(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that a diff lists each manifest that came, went or says something else, and none that is the same."""
    found, base = document(run), run.compared
    if found is None or base is None or base.broken or run.commit.broken or "changes" not in found:
        return
    listed = set(_listed(found["changes"]))
    for key, (before, after) in _pairs(base, run.commit).items():
        differs = before is None or after is None or _says(before) != _says(after)
        if differs and key not in listed:
            yield f"{run} does not list {key[1]}, which differs from commit {base.number}"
        if after is not None and before == after and key in listed and not _depends(after, base, run.commit):
            yield f"{run} lists {key[1]}, which is as it was in commit {base.number}"


def _depends(one: Manifest, base: Commit, head: Commit) -> bool:
    """Tells whether what stands beside a manifest makes another one of it: who waits for what, lists, holidays, who is
    called no more.
    """
    by_calendar = one.repeat is not None and one.repeat.calendar
    asked = not (base.suppressed ^ head.suppressed).isdisjoint(one.people)
    return bool(
        one.names or base.lists != head.lists or asked or (by_calendar and base.holidays != head.holidays)
    )


def _listed(changes: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for it in changes:
        yield it["kind"], it["name"]
        if it["previous"] is not None:
            yield it["kind"], it["previous"]["name"]


def _pairs(base: Commit, head: Commit) -> dict[tuple[str, str], tuple[Manifest | None, Manifest | None]]:
    """Returns what both say, by kind and name."""
    then, now = ({(it.document_kind, it.name): it for it in each.written} for each in (base, head))
    return {key: (then.get(key), now.get(key)) for key in {**then, **now}}


def _says(one: Manifest) -> tuple[object, ...]:
    return (one.start, one.hours, set(one.people), one.content, one.state, one.sid)
