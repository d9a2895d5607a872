"""The judges of how a plan is carried out see what they are there for, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from simulation_bench import Bench, sent

from simulation.ledger import CommandRun
from simulation.product import CommandOutcome

PAUSE, RESUME = {"action": "pause"}, {"action": "resume"}


@pytest.fixture
def bench() -> Bench:
    """A fresh one."""
    return Bench()


def says(run: CommandRun, *rows: dict[str, Any]) -> None:
    """What the run printed."""
    plain = {"kind": "VoiceCampaign", "outcome": "unchanged", "operations": [], "sid": None}
    results = [{**plain, **row, "reason": {"code": row["reason"], "message": ""}} for row in rows]
    run.said = CommandOutcome(run.said.code if run.said else 0, json.dumps({"results": results}), "")


def waiting(bench: Bench) -> str:
    """The SID of one that a run made and paused."""
    run = bench.run(replace(bench.one, state="paused"))
    sid = bench.creates(run, bench.one)
    bench.sends(run, "PUT", sid, PAUSE)
    bench.clock.sleep(60)
    return sid


@pytest.mark.parametrize(
    ("seconds", "broken"), [(None, {"read again"}), (5.0, set()), (300.0, {"read again"})]
)
def test_a_campaign_is_read_again_right_before_it_is_resumed(
    bench: Bench, seconds: float | None, broken: set[str]
) -> None:
    """Not at all, just now, or long ago."""
    sid = waiting(bench)
    run = bench.run(bench.one, allowed=frozenset({"resume"}))
    if seconds is not None:
        bench.clock.sleep(1)
        bench.request(run, "GET", sid, {})
        bench.clock.sleep(seconds)
    bench.request(run, "PUT", sid, RESUME)
    assert bench.broken(run) == broken


def test_what_a_run_made_or_has_just_changed_it_need_not_read_again(bench: Bench) -> None:
    """One reading serves for all that follows."""
    run = bench.run(bench.one, allowed=frozenset({"resume"}))
    sid = bench.creates(run, bench.one)
    bench.request(run, "PUT", sid, sent(bench.one))
    assert "read again" not in bench.broken(run)


@pytest.mark.parametrize(("code", "broken"), [("immutable-field", {"blocked"}), ("in-sync", set())])
def test_of_what_is_blocked_nothing_is_resumed(bench: Bench, code: str, broken: set[str]) -> None:
    """Whatever is allowed."""
    sid = waiting(bench)
    run = bench.run(bench.one, words="apply --format json", allowed=frozenset({"resume"}))
    bench.sends(run, "PUT", sid, RESUME)
    says(run, {"name": bench.one.name, "sid": sid, "reason": code})
    assert bench.broken(run) & {"blocked"} == broken


def test_what_was_made_is_not_called_refused(bench: Bench) -> None:
    """A gateway gave up on it."""
    run = bench.run(bench.one, words="apply --format json")
    run.said = CommandOutcome(4, "", "")
    failed = {"name": bench.one.name, "reason": "refused", "outcome": "failed"}
    says(run, failed | {"operations": [{"op": "create", "outcome": "failed"}]})
    assert "refused" not in bench.broken(run)
    bench.creates(run, bench.one)
    assert "refused" in bench.broken(run)


@pytest.mark.parametrize(("name", "broken"), [("growth-holi", {"orphans"}), ("holi", set())])
def test_an_orphan_that_no_row_tells_of_is_seen(bench: Bench, name: str, broken: set[str]) -> None:
    """It bears the prefix, and no manifest means it."""
    other = replace(bench.one, name=name, people=("+919876500009",), content="4")
    sid = bench.creates(bench.run(other), other)
    bench.clock.sleep(60)
    run = bench.run(words="apply --format json")
    run.prefix = True
    says(run, {"name": "another", "reason": "in-sync"})
    assert bench.broken(run) == broken
    says(run, {"name": name, "sid": sid, "reason": "orphan"})
    assert not bench.broken(run)


def test_what_was_renamed_after_the_look_is_paused_as_the_name_of_before_wants_it(bench: Bench) -> None:
    """A pause is not read again before it; a name that the run could see is another's."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    stop = replace(bench.one, state="paused")
    bench.clock.sleep(60)
    run = bench.run(stop)
    bench.clock.sleep(1)
    bench.operator(sid, sent(bench.one) | {"name": "diwali-by-hand"})
    bench.sends(run, "PUT", sid, PAUSE)
    assert not bench.broken(run)
    bench.operator(sid, RESUME)
    bench.clock.sleep(60)
    later = bench.run(stop)
    bench.sends(later, "PUT", sid, PAUSE)
    assert bench.broken(later) == {"stopped"}


@pytest.mark.parametrize(("code", "broken"), [(0, {"one"}), (5, set())])
def test_of_what_runs_made_that_met_one_calls_unless_one_of_them_says_otherwise(
    bench: Bench, code: int, broken: set[str]
) -> None:
    """Each looks for twins before it ends."""
    outer = bench.run(bench.one)
    outer.disturbed = True
    bench.creates(outer, bench.one)
    inner = bench.run(bench.one)
    bench.creates(inner, bench.one)
    inner.said = CommandOutcome(code, "", "")
    assert bench.broken(outer) == broken


@pytest.mark.parametrize("distinct", [True, False])
def test_what_is_said_to_be_another_is_not_kept_back_for_its_looks(bench: Bench, distinct: bool) -> None:
    """Nor does one that only calls one of the same people look like it."""
    two = replace(bench.one, people=("+919876500001", "+919876500002", "+919876500003"))
    sid = bench.creates(bench.run(two), two)
    bench.clock.sleep(60)
    said = (sid,) if distinct else ()
    new = replace(two, name="holi", distinct_from=said)
    run = bench.run(new, words="apply --format json")
    says(run, {"name": "holi", "reason": "looks-renamed"})
    assert ("reasons" in bench.broken(run)) is distinct
    few = replace(new, people=("+919876500001", *(f"+91987650002{it}" for it in range(4))), content="4")
    unlike = bench.run(few, words="apply --format json")
    says(unlike, {"name": "holi", "reason": "looks-renamed"})
    assert "reasons" in bench.broken(unlike)


def test_what_was_renamed_after_the_read_is_resumed_as_the_name_of_before_wants_it(bench: Bench) -> None:
    """Nobody can be quicker than the request."""
    sid = waiting(bench)
    run = bench.run(bench.one, allowed=frozenset({"resume"}))
    bench.clock.sleep(1)
    bench.request(run, "GET", sid, {})
    bench.clock.sleep(1)
    bench.operator(sid, sent(bench.one) | {"name": "diwali-by-hand"})
    bench.request(run, "PUT", sid, RESUME)
    assert not bench.broken(run)


def test_who_is_called_by_what_a_run_has_just_resumed_is_not_called_after_a_stop(bench: Bench) -> None:
    """That run is still at it when another one that it met ends."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.operator(sid, PAUSE)
    bench.clock.sleep(2.1 * 3600)
    resumer = bench.run(bench.one, allowed=frozenset({"resume"}))
    resumer.ended = 0.0
    bench.sends(resumer, "PUT", sid, RESUME)
    bench.clock.sleep(60)
    met = bench.run(bench.one)
    assert not bench.broken(met)
    assert bench.ledger.calls
    resumer.ended = bench.now
    assert not bench.broken(resumer)


def test_an_account_that_answers_an_end_and_does_nothing_has_not_ended_it(bench: Bench) -> None:
    """What a run could not end has no result of its own: its exit code tells."""
    sid = waiting(bench)
    bench.account.stage.switches.change({"actions": "never"})
    run = bench.run(bench.one, words="apply --format json", allowed=frozenset({"complete"}))
    run.said = CommandOutcome(4, '{"results": []}', "")
    assert "code" in bench.broken(run)
    bench.sends(run, "PUT", sid, {"action": "complete"})
    assert run.writes[-1].acted
    assert "code" not in bench.broken(run)
