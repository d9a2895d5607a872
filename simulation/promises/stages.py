"""Judges sending in stages: nothing goes before its gate has opened by the account's own record, and nobody hears two
stages.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from simulation.account import Call, Truth
from simulation.ledger import KIND_OF, CommandRun, LifeLedger, Write, people_of
from simulation.manifests import AwaitedCampaign, Manifest
from simulation.promises.calls import by_runs
from simulation.promises.excuses import hidden
from simulation.promises.tallies import PeopleTally, at_least, at_most, limits, percent
from simulation.promises.verdict import Findings, JudgeFinding
from simulation.promises.writes import MARGIN, creates, is_opt_out, unasked_pauses
from simulation.repository import DAY

_READ_SECONDS = 75.0
"""For so long one reading of a canary serves, and what a request takes."""


def canaries(
    ledger: LifeLedger, run: CommandRun, name: str, at: float, kind: str = "voice"
) -> tuple[Truth, ...]:
    """Returns the campaigns that a name of a manifest stands for, as they were."""
    means = [it for it in run.commit.manifests if it.kind == kind and it.name == name]
    pinned = {it.sid for it in run.commit.manifests if it.name != name}
    seen = (
        ledger.at(it.sid, at)
        for it in ledger.account.campaigns.values()
        if KIND_OF[it.collection] == kind and it.sid not in pinned and it.created <= at
    )
    return tuple(it for it in seen if it and any(one.means(it.name, it.sid) for one in means))


def verdict(ledger: LifeLedger, run: CommandRun, one: Manifest, at: float) -> str:
    """Judges a gate by the account's own record: passed, failed, or open."""
    gate = one.after
    assert gate is not None, "it waits for something"
    them = canaries(ledger, run, gate.campaign, at, gate.kind)
    tried = [it for it in them if it.alive or _tally(ledger, it).tried]
    if len(tried) == 1 and _can_be_told(ledger, them) and _failed(ledger, run, one, tried[0], at):
        return "failed"
    return "passed" if len(tried) == 1 and _passed(ledger, gate, one, tried[0], at) else "open"


def _can_be_told(ledger: LifeLedger, them: tuple[Truth, ...]) -> bool:
    """Tells whether answers show which of several of a name tried somebody: else nobody knows which one is meant."""
    return _shows_counters(ledger) or sum(not it.alive for it in them) <= 1


def _tally(ledger: LifeLedger, it: Truth) -> PeopleTally:
    """Counts what became of people. Of what is over that is final."""
    return PeopleTally(ledger.account.campaigns[it.sid].stats)


def _failed(ledger: LifeLedger, run: CommandRun, one: Manifest, canary: Truth, at: float) -> bool:
    gate, tally = one.after, _tally(ledger, canary)
    assert gate is not None, "it waits for something"
    if canary.state in ("failed", "canceled", "deleted"):
        return True
    began = canary.state not in ("created", "paused") or canary.begins <= at
    if began and canary.content != one.spec_content:
        return True
    if canary.alive or not _shows_counters(ledger):
        return False
    exceeded = at_least(tally.failed, tally.all, gate.limit) <= _doubt(gate)
    wanted = [it for it in run.commit.manifests if (it.kind, it.name) == (gate.kind, gate.campaign)]
    return exceeded or any(tally.crosses(limits(run.stop_when, it.stop_when)) for it in wanted)


def _shows_counters(ledger: LifeLedger) -> bool:
    """Tells whether answers show what became of people: what nobody can read has not failed, and has not passed."""
    return "stats" not in ledger.had and not hidden(ledger, "stats")


def _passed(ledger: LifeLedger, gate: AwaitedCampaign, one: Manifest, canary: Truth, at: float) -> bool:
    tally = _tally(ledger, canary)
    start = canary.start or canary.created
    over = canary.state in ("completed", "archived") and canary.content == one.spec_content
    in_time = start + gate.wait * 60 <= at <= start + gate.within * DAY + _READ_SECONDS
    everybody = not tally.open and not tally.never and tally.finished >= gate.finished
    return (
        over and in_time and everybody and at_most(tally.failed, tally.finished, gate.limit) <= _doubt(gate)
    )


def _doubt(gate: AwaitedCampaign) -> Fraction:
    return 1 - percent(gate.confidence)


def _staged(run: CommandRun, write: Write) -> Iterator[Manifest]:
    return (it for it in run.wants(write.collection, write.name, write.sid) if it.names)


def gates_hold(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that nothing is created or resumed whose gate has not passed, unless that was allowed by its name; where
    it failed no flag passes it.
    """
    for write in run.writes:
        if run.by_hand or not write.acted or not (write.request == "create" or write.action == "resume"):
            continue
        for one in _staged(run, write):
            if one.after is None or one.name != write.name:
                continue
            now, before = (verdict(ledger, run, one, it) for it in (write.at, write.at - _READ_SECONDS))
            if "passed" not in (now, before) and (now == "failed" or not run.may("after", one.name)):
                yield JudgeFinding(
                    f"{run}: {write}; its gate, {one.after.campaign}, is {now}", write.sid, write.at
                )


def stages_go_on(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Finds pauses of a stage whose gate has not failed and that has people left to call."""
    for write in unasked_pauses(ledger, run):
        for one in _staged(run, write):
            failed = one.after is not None and _may_have_failed(ledger, run, one, write.at)
            nobody = one.rest_of and set(one.people) <= heard(ledger, run, one, write.at)
            if not failed and not nobody:
                yield f"{run} paused {write.name} {write.sid[:6]}, and nothing asks for it"


def _may_have_failed(ledger: LifeLedger, run: CommandRun, one: Manifest, at: float) -> bool:
    """Tells whether a canary has failed, or might have while it called: what crosses its limits may recede."""
    gate = one.after
    assert gate is not None, "it waits for something"
    stops = run.stop_when or any(it.stop_when for it in run.commit.manifests if it.name == gate.campaign)
    return any(
        _failed(ledger, run, one, it, at)
        or (stops and _tally(ledger, it).unreached)
        or at_least(_tally(ledger, it).failed, _tally(ledger, it).all, gate.limit) <= _doubt(gate)
        for it in canaries(ledger, run, gate.campaign, at, gate.kind)
    )


def nobody_hears_two_stages(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that nobody is sent whom the campaign shows that is left out, once that has begun."""
    for write in run.writes:
        sends = write.request in ("create", "update") and people_of(write.sent)
        if (
            run.by_hand
            or not write.acted
            or not (sends or write.action == "resume")
            or is_opt_out(run, write)
        ):
            continue
        people = set(people_of(write.sent) if sends else write.before.people if write.before else ())
        for one in _staged(run, write):
            both = people & _heard_for_long(ledger, run, one, write.at) if one.rest_of else set[str]()
            if both and not _long_begun(write):
                says = f"{run}: {write}; {len(both)} of its people are in {one.rest_of} too"
                yield JudgeFinding(says, write.sid, write.at)


def _long_begun(write: Write) -> bool:
    """Tells whether its recipients can change no more: they are sent back as they are."""
    before = write.before
    return before is not None and write.request == "update" and (before.start or 0.0) < write.at + MARGIN


def heard(ledger: LifeLedger, run: CommandRun, one: Manifest, at: float) -> set[str]:
    """Returns the people whom a campaign left out has, unless it is over and tried nobody."""
    them = canaries(ledger, run, one.rest_of, at) if one.rest_of else ()
    return {who for it in them if it.alive or _tally(ledger, it).tried for who in it.people}


def _heard_for_long(ledger: LifeLedger, run: CommandRun, one: Manifest, at: float) -> set[str]:
    """Returns the people whom a campaign left out has; where somebody has just edited it, and had when it was last read
    at the latest.
    """
    now, since = heard(ledger, run, one, at), at - _READ_SECONDS
    edited = any(
        since < when <= at for it in canaries(ledger, run, one.rest_of, at) for when in ledger.hands[it.sid]
    )
    return now & heard(ledger, run, one, since) if edited else now


def the_rest_is_all_of_it(ledger: LifeLedger, run: CommandRun) -> Findings:
    """Checks that nobody is left out of the rest who is in no other stage, nor was when the run looked: how many are in
    neither is noted.
    """
    for write in creates(run):
        if not write.acted or run.disturbed:
            continue
        for one in _staged(run, write):
            left = set(one.people) - set(people_of(write.sent)) - heard(ledger, run, one, write.at)
            left -= heard(ledger, run, one, run.looked_at)
            if one.rest_of and one.name == write.name and left:
                yield f"{run}: {write}; {len(left)} are in no stage"


def called_by_two_stages(ledger: LifeLedger) -> Findings:
    """Checks that nobody is called by two stages of which the later waited and leaves the earlier one's people out."""
    for call, truth, origin, run in by_runs(ledger):
        if truth.collection != "campaigns" or ledger.touched.get(call.sid):
            continue
        for one in run.commit.manifests:
            if one.name != origin.name or not one.rest_of or not one.after:
                continue
            theirs = [it for it in canaries(ledger, run, one.rest_of, origin.at) if call.number in it.people]
            first = next((it for it in theirs if it.sid in ledger.called.get(call.number, ())), None)
            if (
                first is not None
                and not ledger.touched.get(first.sid)
                and _leaves_out(ledger, call, one, first)
            ):
                says = f"{call.number} by {origin.name} {call.sid[:6]}, and before by {first.name} {first.sid[:6]}"
                yield JudgeFinding(says, call.sid, call.at, first.sid)
        ledger.called[call.number].add(call.sid)


def _leaves_out(ledger: LifeLedger, call: Call, one: Manifest, first: Truth) -> bool:
    """Tells whether the manifest by which a campaign was last given its people leaves that very stage out, whatever it
    calls it: a manifest that pins the campaign has stages of its own.
    """
    told = [
        (run, it)
        for run in ledger.runs
        for it in run.writes
        if call.sid in (it.sid, *it.sids) and it.acted and it.at <= call.at and people_of(it.sent)
    ]
    run, last = max(told, key=lambda it: it[1].at)
    return any(
        it.rest_of == one.rest_of
        or first.sid in {each.sid for each in canaries(ledger, run, it.rest_of, last.at)}
        for it in _staged(run, last)
        if it.rest_of and it.after
    )
