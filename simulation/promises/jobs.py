"""Judges jobs of a pipeline: whom a change touches is in one of them, and what moves between accounts is in one."""

from __future__ import annotations

import json
from collections.abc import Iterator

from simulation.commits import ACCOUNT_OF, Commit
from simulation.ledger import CommandRun, LifeLedger
from simulation.promises.verdict import Findings


def jobs_in(run: CommandRun) -> list[list[str]]:
    """Returns the jobs that were printed, in whose words ever; none where the command failed."""
    said = run.whole or run.said
    if said is None or said.code != 0:
        return []
    found = json.loads(said.out)
    if "jobs" in found:
        return [list(it) for it in found["jobs"]]
    if "include" in found and "github" in run.words:
        return [it["environments"].split(",") for it in found["include"]]
    jobs = (it.get("variables") for it in found.values() if isinstance(it, dict))
    return [it["CAMPAIGNCTL_ENVIRONMENTS"].split(",") for it in jobs if it]


def a_change_is_in_a_job(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that an environment is in a job where it takes something else than at the base, and in one alone."""
    if "--max" not in run.words or run.said is None or run.said.code != 0:
        return
    mine = next(name for name, account in ACCOUNT_OF.items() if account == ledger.account.name)
    jobs, base = jobs_in(run), run.compared
    times = sum(job.count(mine) for job in jobs)
    if times > 1:
        yield f"{run} puts {mine} into {times} jobs"
    if len(jobs) > int(run.words[run.words.index("--max") + 1]):
        yield f"{run} cuts into {len(jobs)} jobs"
    if times == 0 and (base is None or _takes(base) != _takes(run.commit)):
        yield f"{run} leaves {mine} out, which is touched"
    if times and base is not None and base.number == run.commit.number:
        yield f"{run} puts {mine} into a job, and nothing changed"
    for kind, name, other in _moved(run):
        theirs = [job for job in jobs if other in job and times]
        if theirs and mine not in theirs[0]:
            yield f"{run} puts {mine} and {other} into two jobs; {kind}/{name} moved from one to the other"


def _takes(commit: Commit) -> tuple[object, ...]:
    """Returns what an environment takes, by meaning."""
    rows = ((it.kind, it.name, it.start, it.hours, it.people, it.content, it.state) for it in commit.written)
    return {*rows}, commit.suppressed, {it.name: it.repeat for it in commit.written}


def _moved(run: CommandRun) -> Iterator[tuple[str, str, str]]:
    """Yields what left this environment and came to another one, by kind, name and environment."""
    if run.compared is None:
        return
    left = _names(run.compared) - _names(run.commit)
    for other in run.elsewhere:
        if other.compared is not None:
            came = _names(other.commit) - _names(other.compared)
            yield from ((kind, name, other.environment) for kind, name in sorted(left & came))


def _names(commit: Commit) -> set[tuple[str, str]]:
    return {(it.kind, it.name) for it in commit.written}
