"""What the ledger says of people who are called no more, of approvals, twins, nights and looks that are old."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from simulation_bench import HOUR, Bench, sent

from simulation.commits import Commit
from simulation.ledger import CommandRun
from simulation.manifests import Manifest
from simulation.product import CommandOutcome

ONE, OTHER = "+919876500001", "+919876500002"


@pytest.fixture
def bench() -> Bench:
    """An account, and a morning in India."""
    return Bench()


def says(run: CommandRun, *rows: tuple[Manifest, str, str]) -> None:
    """What the run printed: of each manifest a reason and the campaign."""
    run.words = ("apply", "--format", "json")
    results = [
        {
            "kind": "VoiceCampaign",
            "name": wanted.name,
            "sid": sid,
            "reason": {"code": code, "message": ""},
            "outcome": "unchanged",
            "operations": [],
        }
        for wanted, code, sid in rows
    ]
    run.said = CommandOutcome(0, json.dumps({"results": results}), "")


def suppressing(run: CommandRun, *people: str) -> CommandRun:
    """The same run of a checkout whose project calls these no more."""
    run.commit = Commit(2, "", {"campaigns/a.yaml": run.commit.written}, suppressed=frozenset(people))
    return run


def test_nobody_who_is_suppressed_is_sent(bench: Bench) -> None:
    """Neither in a create nor in an update; a manifest means those who are left."""
    both = replace(bench.one, people=(ONE, OTHER))
    run = suppressing(bench.run(both), OTHER)
    bench.creates(run, both)
    assert bench.broken(run) == {"suppressed", "wanted"}


def test_who_is_left_is_sent(bench: Bench) -> None:
    """That is what the manifest means."""
    both = replace(bench.one, people=(ONE, OTHER))
    run = suppressing(bench.run(both), OTHER)
    bench.creates(run, bench.one)
    assert not bench.broken(run)


def test_who_is_suppressed_is_taken_out_while_it_can_be(bench: Bench) -> None:
    """After an apply that nothing met; an opt-out that is made counts for no `--max-changes`."""
    both = replace(bench.one, people=(ONE, OTHER))
    sid = bench.creates(bench.run(both), both)
    bench.clock.sleep(60)
    run = suppressing(bench.run(both), OTHER)
    says(run, (both, "finished", sid))
    assert "opt-outs" in bench.broken(run)
    taken_out = suppressing(bench.run(both), OTHER)
    bench.sends(taken_out, "PUT", sid, sent(bench.one))
    says(taken_out, (both, "fields-differ", sid))
    taken_out.words = (*taken_out.words, "--max-changes", "0")
    assert not bench.broken(taken_out)


@pytest.mark.parametrize(
    ("hours", "allowed", "suppressed", "broken"),
    [
        (3.0, {"resume"}, OTHER, set()),
        (3.0, {"suppressed"}, OTHER, set()),
        (0.5, {"resume"}, OTHER, {"reasons"}),
        (3.0, {"resume"}, "+919876500009", {"reasons"}),
        (3.0, {"resume", "suppressed:diwali"}, OTHER, {"reasons"}),
        (3.0, {"resume", "suppressed"}, OTHER, {"reasons"}),
    ],
)
def test_a_resume_that_calls_somebody_suppressed_waits_for_a_permission_of_its_own(
    bench: Bench, hours: float, allowed: set[str], suppressed: str, broken: set[str]
) -> None:
    """Once it is too late to take them out; before, they are, and `--allow resume` is enough (seed 30018)."""
    both = replace(bench.one, people=(ONE, OTHER))
    sid = bench.creates(bench.run(both), both)
    bench.operator(sid, {"action": "pause"})
    bench.clock.sleep(hours * HOUR)
    run = suppressing(bench.run(both, allowed=frozenset(allowed)), suppressed)
    says(run, (both, "needs-allow", sid))
    assert run.said is not None, "it has just been made"
    told = json.loads(run.said.out)
    told["results"][0] |= {"outcome": "skipped", "held": [{"op": "resume"}]}
    run.said = CommandOutcome(0, json.dumps(told), "")
    assert bench.broken(run) & {"reasons"} == broken


def test_nothing_is_done_that_an_approved_plan_did_not_show(bench: Bench) -> None:
    """Whatever changed since."""
    run = bench.run(bench.one)
    run.shown = frozenset({("update", bench.one.name)})
    bench.creates(run, bench.one)
    assert bench.broken(run) == {"shown"}
    run.shown = frozenset({("create", bench.one.name)})
    assert not bench.broken(run)


def test_of_twins_one_goes_on(bench: Bench) -> None:
    """All of them call the same people at the same time; somebody copied it."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.operator_creates(sent(bench.one))
    bench.clock.sleep(60)
    run = bench.run(bench.one)
    says(run, (bench.one, "ambiguous-name", ""))
    run.said = CommandOutcome(3, run.said.out if run.said else "", "")
    assert "twins" in bench.broken(run)
    pausing = bench.run(bench.one)
    bench.sends(pausing, "PUT", sid, {"action": "pause"})
    says(pausing, (bench.one, "ambiguous-name", ""))
    assert "twins" not in bench.broken(pausing)


@pytest.mark.parametrize(("hours", "night"), [(0, False), (11, True)])
def test_nothing_is_created_that_begins_at_night(bench: Bench, hours: int, night: bool) -> None:
    """In India."""
    one = replace(bench.one, start=bench.one.start + hours * HOUR)
    run = bench.run(one)
    bench.creates(run, one)
    assert bench.broken(run) == ({"night"} if night else set())


def test_last_tries_are_made_by_day(bench: Bench) -> None:
    """One that begins in the evening and tries again after an hour, twice, calls at night, if its end lets it."""
    one = replace(bench.one, start=bench.one.start + 7 * HOUR, retries=2)
    run = bench.run(one)
    bench.creates(run, one)
    assert "night" in bench.broken(run)


def test_a_create_is_looked_for_a_minute_before(bench: Bench) -> None:
    """Somebody else may have made it since."""
    run = bench.run(bench.one)
    run.listed["campaigns"] = bench.now - 300
    bench.creates(run, bench.one)
    assert bench.broken(run) == {"fresh look"}


def test_what_goes_on_after_its_pause_is_told(bench: Bench) -> None:
    """An account that answers and does nothing: the exit code is not 0."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.account.stage.switches.change({"actions": "never"})
    bench.clock.sleep(60)
    run = bench.run(replace(bench.one, state="paused"))
    bench.sends(run, "PUT", sid, {"action": "pause"})
    assert "told" in bench.broken(run)
    run.said = CommandOutcome(4, "", "")
    assert "told" not in bench.broken(run)


def test_an_own_duplicate_is_ended_where_it_is_the_younger_one(bench: Bench) -> None:
    """And no other: which one stays all runs see alike."""
    older = bench.run(bench.one)
    first = bench.creates(older, bench.one)
    bench.clock.sleep(2)
    younger = bench.run(bench.one)
    second = bench.creates(younger, bench.one)
    for run, sid in ((younger, second), (older, first)):
        bench.sends(run, "PUT", sid, {"action": "pause"})
        bench.sends(run, "PUT", sid, {"action": "complete"})
    assert "unasked" in bench.broken(older)
    assert "unasked" not in bench.broken(younger)
