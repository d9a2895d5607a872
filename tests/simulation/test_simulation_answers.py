"""The judges of answers see an account that does otherwise than it was told, and a run that does not notice."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from simulation_bench import Bench, sent

from simulation.ledger import CommandRun
from simulation.product import CommandOutcome

OURS = {"lost", "at once", "seen done"}
PAUSE = {"action": "pause"}


@pytest.fixture
def bench() -> Bench:
    """A fresh one."""
    return Bench()


def does(bench: Bench, **positions: Any) -> None:
    """Lets the account behave so."""
    bench.account.stage.switches.change(positions)
    bench.ledger.throw(positions)


def says(run: CommandRun, bench: Bench, sid: str, op: str, outcome: str) -> None:
    """What the run printed of one operation."""
    row = {
        "kind": "VoiceCampaign",
        "name": bench.one.name,
        "sid": sid,
        "outcome": outcome,
        "reason": {"code": "fields-differ", "message": ""},
        "operations": [{"op": op, "outcome": outcome}],
    }
    run.said = CommandOutcome(0, json.dumps({"results": [row]}), "")


@pytest.mark.parametrize(("outcome", "broken"), [("applied", {"lost"}), ("failed", set())])
def test_what_an_account_loses_of_a_create_is_not_called_applied(
    bench: Bench, outcome: str, broken: set[str]
) -> None:
    """Whatever else it kept."""
    run = bench.run(replace(bench.one, retries=2), words="apply --format json")
    does(bench, create_changes=("retries.number_of_retries",))
    body = sent(bench.one) | {
        "retries": {
            "number_of_retries": 2,
            "interval_mins": 15,
            "mechanism": "Linear",
            "on_status": ["no-answer"],
        }
    }
    bench.sends(run, "POST", "", body)
    says(run, bench, run.writes[0].sids[0], "create", outcome)
    assert bench.broken(run) & OURS == broken


@pytest.mark.parametrize(("pauses", "broken"), [(False, {"at once"}), (True, set())])
@pytest.mark.parametrize("field", ["from", "url", "caller_id", "name", "schedule.send_at", "schedule.end_at"])
def test_what_calls_others_or_otherwise_than_was_sent_is_paused_at_once(
    bench: Bench, field: str, pauses: bool, broken: set[str]
) -> None:
    """Other recipients, content, caller, name or start, and a later end."""
    run = bench.run(bench.one)
    does(bench, create_changes=(field,))
    sid = bench.creates(run, bench.one)
    if pauses:
        bench.sends(run, "PUT", sid, PAUSE)
    assert bench.broken(run) & OURS == broken


def test_an_earlier_end_calls_nobody_wrongly(bench: Bench) -> None:
    """It is a failure all the same, and no reason to pause."""
    run = bench.run(bench.one)
    does(bench, create_changes=("schedule.end_at:earlier",))
    bench.creates(run, bench.one)
    assert not bench.broken(run) & OURS


def test_what_waited_and_goes_after_an_update_is_paused_at_once(bench: Bench) -> None:
    """Nobody had resumed it."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.operator(sid, PAUSE)
    bench.clock.sleep(60)
    does(bench, update_resumes=True)
    run = bench.run(bench.one)
    bench.sends(run, "PUT", sid, sent(bench.one))
    assert "at once" in bench.broken(run)
    bench.sends(run, "PUT", sid, PAUSE)
    assert "at once" not in bench.broken(run)


@pytest.mark.parametrize(("action", "broken"), [("pause", set()), ("resume", {"at once"})])
def test_a_pause_that_is_answered_and_not_done_is_not_sent_again(
    bench: Bench, action: str, broken: set[str]
) -> None:
    """What began ahead of its start is paused once, and the result says that it goes on; a resume that does the same
    has to be paused.
    """
    does(bench, create_early=action == "pause", resume_early=True)
    sid = bench.creates(bench.run(bench.one), bench.one)
    if action == "resume":
        bench.operator(sid, PAUSE)
    bench.clock.sleep(1)
    does(bench, actions="later", action_seconds=5.0, action_answer="real", actions_met=("pause",))
    run = bench.run(replace(bench.one, state="paused"), allowed=frozenset({"resume"}))
    bench.sends(run, "PUT", sid, {"action": action})
    assert run.writes[0].after
    assert run.writes[0].after.state == "in-progress"
    assert bench.broken(run) & {"at once"} == broken


def test_a_campaign_is_read_after_an_action_whose_answer_shows_another_status(bench: Bench) -> None:
    """And is not called paused where it was not seen paused."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.clock.sleep(60)
    does(bench, actions="never", action_answer="real")
    run = bench.run(replace(bench.one, state="paused"), words="apply --format json")
    bench.sends(run, "PUT", sid, PAUSE)
    says(run, bench, sid, "pause", "failed")
    assert "seen done" in bench.broken(run)
    bench.clock.sleep(1)
    bench.request(run, "GET", sid, {})
    assert "seen done" not in bench.broken(run)
    says(run, bench, sid, "pause", "applied")
    assert "seen done" in bench.broken(run)


def test_an_action_that_is_done_need_not_be_read_again(bench: Bench) -> None:
    """Its answer shows it."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.clock.sleep(60)
    run = bench.run(replace(bench.one, state="paused"))
    bench.sends(run, "PUT", sid, PAUSE)
    assert not bench.broken(run) & OURS
