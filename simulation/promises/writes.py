"""What a run may do to an account: what it sent, held against what its manifests want and what it was allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulation.ledger import Ledger, Run, Write, local, people_of, start_of
from simulation.promises.verdict import Found
from simulation.repository import Manifest

MARGIN = 600.0
SETTLE = 12.0
"""Seconds until what was created is sure to show: `settle_seconds`, and two."""


def created_though_there(ledger: Ledger, run: Run) -> Found:
    """Nothing is created under a name that is, or was, there when the run began."""
    for write in creates(run):
        there = [
            it
            for it in ledger.account.campaigns.values()
            if it.name == write.name
            and it.collection == write.collection
            and it.sid not in write.sids
            and it.created < run.began - (0.0 if _remembers(ledger, run, it.sid) else SETTLE)
        ]
        if there and write.acted:
            shown = ", ".join(f"{it.sid[:6]} {it.state}" for it in there)
            yield f"{run} created {write.name}, and there was {shown}"


def created_once(_ledger: Ledger, run: Run) -> Found:
    """No create is sent again, but after a 429: of everything else nobody knows, or it was refused for a reason."""
    sent: dict[tuple[str, str], int | None] = {}
    for write in creates(run):
        key = (write.collection, write.name)
        if key in sent and sent[key] != 429:
            yield f"{run} created {write.name} again, after {sent[key] or 'no answer'}"
        sent[key] = write.status


def _remembers(ledger: Ledger, run: Run, sid: str) -> bool:
    """Whether the machine made it itself, and its disk still says so."""
    maker = ledger.run_made(sid)
    return (
        maker is not None
        and maker.machine == run.machine
        and ledger.wiped.get(run.machine, 0.0) < maker.began
    )


def created_as_wanted(_ledger: Ledger, run: Run) -> Found:
    """Only what a manifest of the checkout wants is created, and as it says."""
    for write in creates(run):
        wanted = [it for it in run.wants(write.collection, write.name) if it.name == write.name]
        if not wanted:
            yield f"{run} created {write.name}, which no manifest of its checkout wants"
        elif not any(_says_the_same(write.sent, it) for it in wanted):
            yield f"{run} created {write.name} otherwise than its manifest says"


def _says_the_same(sent: Mapping[str, Any], wanted: Manifest) -> bool:
    content = str(sent.get("url") or sent.get("template") or "")
    return (
        start_of(sent) == wanted.start
        and sorted(people_of(sent)) == sorted(wanted.people)
        and content == wanted.spec_content
    )


def created_in_time(_ledger: Ledger, run: Run) -> Found:
    """No create whose start has passed; none that calls at once unless start-now is allowed."""
    for write in creates(run):
        start = start_of(write.sent)
        if start is None or start > write.at + MARGIN - 5.0:
            continue
        if start < write.at - 5.0 or not run.may("start-now", write.name):
            yield f"{run} created {write.name} at {local(write.at)}, whose start is {local(start)}"


def updated_as_wanted(_ledger: Ledger, run: Run) -> Found:
    """Only what a manifest means is updated; no start is moved earlier unless that is allowed, none to the past."""
    for write in run.writes:
        if write.request != "update" or write.before is None or not write.acted:
            continue
        name = write.before.name
        if not run.wants(write.collection, name) and not run.wants(
            write.collection, str(write.sent.get("name"))
        ):
            yield f"{run} updated {name}, which no manifest of its checkout means"
        start, was = start_of(write.sent), write.before.start
        if start is not None and was is not None and start < was and not run.may("earlier-start", name):
            yield f"{run} moved {name} from {local(was)} to {local(start)}, and nobody allowed it"
        if start is not None and start != was and start < write.at + MARGIN - 5.0:
            yield f"{run} set the start of {name} to {local(start)} at {local(write.at)}"


def acted_as_allowed(ledger: Ledger, run: Run) -> Found:
    """Nothing is resumed, completed or archived that nobody asked for."""
    for write in run.writes:
        if write.action not in ("resume", "complete", "archive") or not write.acted:
            continue
        name = write.name
        if run.by_hand and run.command == write.action and {name, write.sid} & set(run.words):
            continue
        if write.action != "resume" and _is_own_duplicate(ledger, run, write):
            continue
        start = None if write.before is None else write.before.start
        if not run.may(write.action, name, start_ahead=start is not None and start > write.at - 5.0):
            yield f"{run}: {write.action} of {name} {write.sid[:6]}, and nobody allowed it"
        elif not _is_asked_for(run, write):
            yield f"{run}: {write.action} of {name} {write.sid[:6]}, and no manifest asks for it"


def _is_own_duplicate(ledger: Ledger, run: Run, write: Write) -> bool:
    """The one irreversible thing done unasked, on a campaign that this very machine made."""
    maker = ledger.run_made(write.sid)
    return (
        maker is not None
        and maker.machine == run.machine
        and any(it.name == write.name and it.sid != write.sid for it in ledger.account.campaigns.values())
    )


def _is_asked_for(run: Run, write: Write) -> bool:
    states = {it.state for it in run.wants(write.collection, write.name)}
    if write.action == "resume":
        return "active" in states
    wanted = {"complete": {"completed", "archived"}, "archive": {"archived"}}[write.action]
    return bool(states & wanted) or (run.prune and not states and write.name.startswith("growth-"))


def paused_as_wanted(ledger: Ledger, run: Run) -> Found:
    """Nobody's campaign is paused but what a manifest wants so, a twin, an orphan, or what this run made or changed."""
    wrote: set[str] = set()
    for write in run.writes:
        if write.action != "pause":
            wrote |= {write.sid, *write.sids}
            continue
        if not write.acted or write.before is None or not write.before.going or run.by_hand:
            continue
        name, maker = write.name, ledger.run_made(write.sid)
        states = {it.state for it in run.wants(write.collection, name)}
        twins = [
            it
            for it in ledger.account.campaigns.values()
            if it.name == name and it.collection == write.collection
        ]
        due = (
            bool(states & {"paused", "completed", "archived"})
            or len(twins) > 1
            or (run.prune and not states)
            or write.sid in wrote
            or (maker is not None and maker.machine == run.machine and maker.killed)
        )
        if not due:
            yield f"{run} paused {name} {write.sid[:6]}, and nothing asks for it"


def old_plans_do_nothing(ledger: Ledger, run: Run) -> Found:
    """A plan is worth nothing after a day, nor where somebody changed a campaign since."""
    for write in run.writes:
        if (
            write.acted
            and run.planned_at < run.began
            and run.began > min(run.planned_at + 86_400.0, run.good_until)
        ):
            yield f"{run}: {write}; its plan is of {local(run.planned_at)} and said how long it holds"
        when = ledger.changed_by_hand.get(write.sid, 0.0)
        if write.request == "update" and write.acted and run.planned_at < when < run.began:
            yield f"{run}: {write}; somebody changed it {local(when)}, after its plan of {local(run.planned_at)}"


def stops_hold(ledger: Ledger, run: Run) -> Found:
    """A stop that came after the plan was made is not undone by it."""
    for write in run.writes:
        if write.action != "resume" or not write.acted:
            continue
        stopped = ledger.stopped.get(write.sid)
        if stopped is not None and stopped > run.knew_at and stopped < write.at - 2.0 and not run.by_hand:
            yield (
                f"{run} resumed {write.name} {write.sid[:6]}, stopped {local(stopped)}; "
                f"its plan is of {local(run.planned_at)}"
            )
        elif write.after is not None and write.after.going:
            ledger.stopped.pop(write.sid, None)


def creates(run: Run) -> Iterator[Write]:
    return (write for write in run.writes if write.request == "create")
