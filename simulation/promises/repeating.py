"""Judges campaigns that repeat: one campaign for a date, on dates that the rule yields, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from simulation.account import Truth
from simulation.ledger import KIND_OF, CommandRun, LifeLedger, Write, local
from simulation.manifests import Manifest
from simulation.promises.calls import by_runs
from simulation.promises.reasons import whole_apply
from simulation.promises.verdict import Findings, JudgeFinding, rows
from simulation.promises.writes import SETTLE, creates


def called_twice_for_a_date(ledger: LifeLedger) -> Findings:
    """Checks that nobody is called for one date by two campaigns that runs made, whatever start each has, and unless a
    manifest that pins one made it another.
    """
    for call, truth, origin, run in by_runs(ledger):
        name, _ = ledger.became.get(call.sid, (origin.name, None))
        if run.commit.repeating(KIND_OF[truth.collection], name) is None:
            continue
        first = ledger.dates.setdefault((truth.collection, name, call.number), call.sid)
        if first != call.sid and "renames" not in ledger.touched[first] | ledger.touched[call.sid]:
            says = f"{call.number} by {name} {call.sid[:6]} ({run}), and before by {first[:6]}"
            yield JudgeFinding(says, call.sid, call.at, first)


def _series(run: CommandRun) -> Iterator[Manifest]:
    return (it for it in run.commit.written if it.repeat is not None and run.selects(it))


def _planned(run: CommandRun, one: Manifest, today: date) -> set[date]:
    """Returns the dates, by the rule, whose campaigns are planned on a day."""
    rule = one.repeat
    assert rule is not None, "it repeats"
    until = today + timedelta(days=rule.horizon)
    return {day for day, runs in rule.runs(run.commit.holidays) if today <= runs <= until}


def created_within_the_horizon(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that no date is created before it lies within the horizon of the plan, nor after it."""
    for write in creates(run):
        one = run.commit.repeating(KIND_OF[write.collection], write.name)
        wanted = [it for it in run.wants(write.collection, write.name) if it.of]
        if one is None or one.repeat is None or not wanted:
            continue
        days = {one.repeat.today(it) for it in (run.planned_at, run.began, write.at)}
        if not any(wanted[0].date in _planned(run, one, day) for day in days):
            yield f"{run} created {write.name} at {local(write.at)}, beyond its horizon of {one.repeat.horizon} days"


def dates_are_told(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that each date within the horizon has a row, and each one whose campaign is alive."""
    said = rows(run)
    if said is None or run.disturbed or run.faults or (run.said and run.said.code not in (0, 2, 3)):
        return
    if "plan-" in run.words[1]:
        return
    known = {(it["kind"], it["name"]) for it in said}
    for one in _series(run):
        assert one.repeat is not None, "it repeats"
        today = one.repeat.today(run.began)
        if today != one.repeat.today(run.ended):
            continue
        alive = {it.name for it in _of(run, one) if it.alive and it.created < run.began - SETTLE}
        names = {f"{one.name}-{day}" for day in _planned(run, one, today)}
        yielded = {it.name for it in run.commit.manifests if it.of == one.name and it.kind == one.kind}
        for name in sorted(names | (alive & yielded)):
            if (one.document_kind, name) not in known:
                yield f"{run} says nothing of {name}"
        passed = [it for it in said if it["reason"]["code"] == "missed"]
        if passed and run.command == "apply" and run.said is not None and run.said.code == 0:
            yield f"{run} ended with 0, and {passed[0]['name']} was missed"


def _of(run: CommandRun, one: Manifest) -> list[Truth]:
    """Returns the campaigns whose names are reserved to a manifest, as they were."""
    return [
        it
        for it in run.before.values()
        if KIND_OF[it.collection] == one.kind and run.commit.repeating(one.kind, it.name) is one
    ]


def withdrawn_dates_stop(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Finds dates that the rule does not yield and that go on calling after an apply that nothing met."""
    if not whole_apply(run):
        return
    for one in _series(run):
        for it in _of(run, one):
            gone = it.going and it.created < run.began - SETTLE and run.withdraws(it)
            if gone and ledger.account.campaigns[it.sid].going:
                yield f"{run} left {it.name} {it.sid[:6]} {it.state}, a date that its rule does not yield"


def stopped_series_stay_stopped(_ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that where people have stopped every date of a series that is ahead no other is created unasked.

    Of what is over the planned dates are looked up, and no others: one beyond the horizon says nothing.
    """
    if run.disturbed:
        return
    for write in creates(run):
        wanted = [it for it in run.wants(write.collection, write.name) if it.of]
        one = run.commit.repeating(KIND_OF[write.collection], write.name)
        if not write.acted or not wanted or run.may("resume", write.name) or wanted[0].state == "paused":
            continue
        yielded = {it.name for it in run.commit.manifests if it.of == wanted[0].of}
        stopped = _all_stopped(run, write, yielded, _planned_names(run, one) if one is not None else set())
        if stopped:
            yield f"{run} created {write.name}, and all of its series is stopped: {', '.join(stopped)}"


def _planned_names(run: CommandRun, one: Manifest) -> set[str]:
    """Returns what the dates are called that were planned when a run looked last before it wrote anything."""
    assert one.repeat is not None, "it repeats"
    days = {one.repeat.today(it) for it in (run.planned_at, run.began)}
    return {f"{one.name}-{it}" for day in days for it in _planned(run, one, day)}


def _all_stopped(run: CommandRun, write: Write, names: set[str], planned: set[str]) -> list[str]:
    """Returns what is ahead of a series, where all of it is paused or ended."""
    ahead = [
        it
        for it in run.before.values()
        if it.collection == write.collection and it.name in names and it.start and it.start > write.at
        if it.alive or it.name in planned
    ]
    stopped = [it for it in ahead if it.state in ("paused", "completed", "archived")]
    known = all(it.created < run.began - SETTLE for it in ahead)
    return [f"{it.name} {it.state}" for it in ahead] if known and len(stopped) == len(ahead) else []
