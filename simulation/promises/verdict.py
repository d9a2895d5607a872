"""Says what a judge is: a promise, how it is looked at, and the accounts under which it cannot be kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from simulation.ledger import CommandRun, LifeLedger, Write
from simulation.manifests import Manifest


class JudgeFinding(NamedTuple):
    """Holds what a judge found, and about which campaign at which moment, where an excuse depends on it; `twin` is
    another one that it was compared with.
    """

    says: str
    sid: str = ""
    at: float = 0.0
    twin: str = ""


Findings = Iterator[str | JudgeFinding]


@dataclass(frozen=True)
class Excuse:
    """Describes an account under which the promise cannot be kept, and what holds then."""

    holds: str
    where: Callable[[LifeLedger, JudgeFinding], bool]


@dataclass(frozen=True)
class PromiseJudge:
    """Describes one promise: what it `says`, and who looks whether it was kept."""

    name: str
    says: str
    after_run: Callable[[LifeLedger, CommandRun], Findings] | None = None
    after_time: Callable[[LifeLedger], Findings] | None = None
    excuses: tuple[Excuse, ...] = ()


def quiet(run: CommandRun) -> bool:
    """Tells whether nothing met a run: no fault, no signal, nobody else, not its own end."""
    return not (run.disturbed or run.faults or run.killed or run.endless or run.signalled) and not run.met


def document(run: CommandRun) -> Mapping[str, Any] | None:
    """Returns what it printed for programs; None where it printed nothing of the kind."""
    if run.said is None or "json" not in run.words or not run.said.out.startswith("{"):
        return None
    try:
        found = json.loads(run.said.out)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def rows(run: CommandRun) -> list[Mapping[str, Any]] | None:
    """Returns all that a plan or an apply says, of manifests and of orphans; None where it says nothing of them."""
    found = document(run) or {}
    said = found.get("changes") or found.get("results")
    return said if run.command in ("plan", "apply") and isinstance(said, list) else None


def outcomes(run: CommandRun, write: Write) -> frozenset[str]:
    """Returns what an apply says that a write of it came to; nothing where no row tells of it."""
    op, sids = write.action or write.request, {write.sid, *write.sids}
    return frozenset(
        it["outcome"]
        for row in rows(run) or ()
        for it in (row["operations"] if run.command == "apply" else ())
        if it["op"] == op and (it.get("sid") or row.get("sid")) in sids
    )


def results(run: CommandRun) -> Iterator[tuple[Manifest, Mapping[str, Any]]]:
    """Yields what a plan or an apply says of each manifest of its checkout."""
    mine = (
        it for it in rows(run) or () if it["reason"]["code"] != "orphan"
    )  # that may bear the name of one that pins
    known = {(it["kind"], it["name"]): it for it in mine}
    for wanted in run.commit.manifests:
        row = known.get((wanted.document_kind, wanted.name))
        if row is not None and run.selects(wanted):
            yield wanted, row
