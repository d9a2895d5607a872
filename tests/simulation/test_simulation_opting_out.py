"""What the ledger says of people who opt out while something else of their campaign is kept back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from simulation_bench import HOUR, Bench, sent

from simulation.account import NAME
from simulation.commits import Commit
from simulation.ledger import CommandRun
from simulation.manifests import Manifest
from simulation.product import CommandOutcome

ONE, OTHER, THIRD = "+919876500001", "+919876500002", "+919876500003"
PAUSE = {"action": "pause"}


@pytest.fixture
def bench() -> Bench:
    """An account whose contact lists somebody fills, and a morning in India."""
    return Bench.with_lists()


def suppressing(run: CommandRun, *people: str) -> CommandRun:
    """The same run of a checkout that calls these no more, and whose project has two lists."""
    lists = {"people": (ONE, OTHER), "others": (THIRD,)}
    files = {"campaigns/a.yaml": run.commit.written}
    run.commit = Commit(2, "", files, suppressed=frozenset(people), lists=lists)
    return run


def says(run: CommandRun, wanted: Manifest, code: str, sid: str) -> None:
    """What an apply of a plan file printed of a campaign."""
    row = {"kind": "VoiceCampaign", "name": wanted.name, "sid": sid, "outcome": "unchanged", "operations": []}
    run.said = CommandOutcome(
        0, json.dumps({"results": [{**row, "reason": {"code": code, "message": ""}}]}), ""
    )


def to_a_list(bench: Bench, run: CommandRun, *people: str, sid: str = "") -> str:
    """Creates the campaign to a list of the account that holds these, or gives it that one; returns its SID."""
    rows = [{"name": "people-0123456789abcdef", "numbers": list(people)}]
    body = sent(bench.one) | {"lists": bench.account.stage.seed(NAME, "lists", rows)}
    del body["from"]
    bench.sends(run, "PUT" if sid else "POST", sid, body)
    return sid or run.writes[-1].sids[0]


@pytest.mark.parametrize(("who", "broken"), [((ONE, OTHER), set()), ((ONE,), {"stopped"})])
def test_what_nobody_is_left_of_is_paused_whoever_its_manifest_names_by_now(
    bench: Bench, who: tuple[str, ...], broken: set[str]
) -> None:
    """Where somebody is left, nothing asks for it."""
    both = replace(bench.one, people=(ONE, OTHER))
    sid = bench.creates(bench.run(both), both)
    bench.clock.sleep(60)
    run = suppressing(bench.run(replace(both, people=(THIRD,))), *who)
    bench.sends(run, "PUT", sid, PAUSE)
    assert bench.broken(run) & {"stopped"} == broken


@pytest.mark.parametrize(
    ("people", "broken"),
    [((ONE,), set()), ((THIRD,), set()), ((ONE, OTHER), {"members"}), ((OTHER,), {"members"})],
)
def test_people_leave_the_list_that_a_campaign_goes_to_while_another_one_is_kept_back(
    bench: Bench, people: tuple[str, ...], broken: set[str]
) -> None:
    """It is sent those who are left, or the members of the list that its manifest names by now."""
    made = bench.run(replace(bench.one, people=(), list_name="people"))
    sid = to_a_list(bench, suppressing(made), ONE, OTHER)
    assert not bench.broken(made)
    bench.clock.sleep(60)
    run = suppressing(bench.run(replace(bench.one, people=(), list_name="others")), OTHER)
    to_a_list(bench, run, *people, sid=sid)
    assert bench.broken(run) & {"members"} == broken


@pytest.mark.parametrize(("left", "broken"), [((ONE,), set()), ((ONE, THIRD), {"shown"})])
def test_who_opts_out_of_a_list_is_taken_out_though_an_approved_plan_did_not_show_it(
    bench: Bench, left: tuple[str, ...], broken: set[str]
) -> None:
    """Somebody else who comes is another matter (seed 1739)."""
    wanted = replace(bench.one, people=(), list_name="people")
    sid = to_a_list(bench, suppressing(bench.run(wanted)), ONE, OTHER)
    bench.clock.sleep(60)
    run = suppressing(bench.run(wanted), OTHER)
    run.shown = frozenset()
    to_a_list(bench, run, *left, sid=sid)
    assert bench.broken(run) & {"shown"} == broken


@pytest.mark.parametrize(("who", "broken"), [((), set()), ((OTHER,), {"opt-outs"})])
@pytest.mark.parametrize("words", ["apply --format json", "apply plan-1.json --format json"])
def test_who_opts_out_is_taken_out_of_a_list_and_by_a_plan_file_too(
    bench: Bench, who: tuple[str, ...], broken: set[str], words: str
) -> None:
    """An approved plan is carried out with those who are left."""
    wanted = replace(bench.one, people=(), list_name="people")
    sid = to_a_list(bench, suppressing(bench.run(wanted)), ONE, OTHER)
    bench.clock.sleep(60)
    run = suppressing(bench.run(wanted, words=words), *who)
    says(run, wanted, "policy", sid)
    assert bench.broken(run) & {"opt-outs"} == broken


def test_what_calls_ahead_of_its_start_can_lose_nobody_any_more(bench: Bench) -> None:
    """Its recipients are not compared: somebody resumed it before the opt-out was carried out (seed 86)."""
    both = replace(bench.one, people=(ONE, OTHER))
    bench.account.stage.switches.change({"resume_early": True, "outcomes": ("*:failed=0",)})
    sid = bench.creates(bench.run(both), both)
    for body in (PAUSE, {"action": "resume"}):
        bench.operator(sid, body)
    bench.clock.sleep(5)
    bench.ledger.look()
    assert bench.account.campaigns[sid].state == "in-progress"
    run = suppressing(bench.run(both, words="apply --format json"), OTHER)
    says(run, both, "in-sync", sid)
    assert bench.broken(run) & {"in sync"} == set()
    assert bench.now < both.start - HOUR
