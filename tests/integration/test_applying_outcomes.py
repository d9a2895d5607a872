"""One operation at a time: resumes, failures that stay apart, and what is known of a create whose answer was lost."""

from __future__ import annotations

from typing import Any

import pytest
from applying import ALLOW, APPLY, around, result_of
from harness import Desk, actions, live_voice, sent, sms, voice

# ----------------------------------------------------------------------------------------------------------- resume


def test_a_resume_that_calls_ahead_of_its_start_is_paused_at_once(desk: Desk) -> None:
    desk.sandbox.switches.resume_early = True
    sid = desk.seed(live_voice(status="paused"))[0]
    desk.manifests(voice(state="active"), sms())
    result = desk.run(*APPLY, "--allow", "resume", "--format", "json")
    assert result.code == 4
    ended = result_of(result.json)
    assert (ended["outcome"], ended["reason"]["code"]) == ("failed", "started-early")
    assert around(desk.requests, sid) == ["get", "resume", "pause"]
    assert desk.live("diwali-reminder")["status"] == "Paused"
    assert result_of(result.json, "diwali-offer")["outcome"] == "applied"


def test_a_resume_that_goes_back_to_created_is_fine(desk: Desk) -> None:
    desk.seed(live_voice(status="paused"))
    desk.manifests(voice(state="active"))
    assert desk.run(*APPLY, "--allow", "resume").code == 0
    assert desk.live("diwali-reminder")["status"] == "Created"


def test_a_resume_whose_start_passed_during_the_run_is_not_sent(desk: Desk) -> None:
    others = {"from": ["+919000000009"]}
    desk.seed(live_voice("first", caller_id="0801"), live_voice("second", status="paused", **others))
    desk.manifests(voice("first"), voice("second", state="active", **others))
    desk.sandbox.faults.add("later", request="update", seconds=6 * 86400.0)
    result = desk.run(*APPLY, "--allow", "resume", "--format", "json")
    assert result.code == 3
    assert result_of(result.json, "second")["reason"]["code"] == "start-passed"
    assert [word for word, _ in actions(desk.writes)] == ["update"]


# --------------------------------------------------------------------------------------------------- one at a time


def test_failures_stay_apart_and_within_one_campaign_the_first_ends_it(desk: Desk) -> None:
    sids = desk.seed(
        live_voice("one", caller_id="0801"), live_voice("two", caller_id="0801"), live_voice("three")
    )
    desk.manifests(voice("one", state="completed"), voice("two"), voice("three", state="paused"))
    desk.sandbox.faults.add("status", path=sids[0], request="update", status=400)
    result = desk.run(*APPLY, *ALLOW, "--format", "json")
    assert result.code == 4
    assert [it["outcome"] for it in result.json["results"]] == ["failed", "applied", "applied"]
    ended = result_of(result.json, "one")
    assert [(it["op"], it["outcome"]) for it in ended["operations"]] == [
        ("pause", "applied"),
        ("update", "failed"),
        ("complete", "skipped"),
    ]


@pytest.mark.parametrize("status", [400, 402, 403, 404, 409, 422])
def test_a_refusal_is_reported_and_not_repeated(desk: Desk, status: int) -> None:
    desk.configure(max_attempts=5)
    desk.manifests(voice())
    desk.sandbox.faults.add("status", request="create", status=status, times=None)
    result = desk.run(*APPLY, "--format", "json")
    assert result.code == 4
    assert result_of(result.json)["error"]["http"] == status
    assert len(desk.writes) == 1


def test_too_many_requests_is_surely_not_carried_out_and_repeated(desk: Desk) -> None:
    desk.configure(max_attempts=3)
    desk.manifests(voice())
    desk.sandbox.faults.add("status", request="create", status=429, retry_after="7", times=2)
    result = desk.run(*APPLY, "--format", "json")
    assert result.code == 0
    assert result_of(result.json)["operations"] == [{"op": "create", "outcome": "applied", "attempts": 3}]
    assert desk.clock.monotonic() >= 14


LOST = [
    {"effect": "drop", "acts": False},
    {"effect": "status", "status": 500},
    {"effect": "status", "status": 503, "shape": "html"},
    {"effect": "html"},
    {"effect": "empty"},
    {"effect": "item", "status": 500, "acts": False},
]


@pytest.mark.parametrize("rule", LOST, ids=lambda rule: "-".join(map(str, rule.values())))
def test_a_create_whose_outcome_is_unknown_is_said_so_and_never_repeated(
    desk: Desk, rule: dict[str, Any]
) -> None:
    desk.configure(max_attempts=5)
    desk.manifests(voice(), sms())
    desk.sandbox.faults.add(**rule, request="create", path="/campaigns", times=None)
    result = desk.run(*APPLY, "--format", "json")
    assert result.code == 5, result.all
    ended = result_of(result.json)
    assert (ended["outcome"], ended["reason"]["code"]) == ("unknown", "unknown-outcome")
    assert [it for it in actions(desk.writes) if it[1] == "diwali-reminder"] == [
        ("create", "diwali-reminder")
    ]
    assert result_of(result.json, "diwali-offer")["outcome"] == "applied"


@pytest.mark.parametrize(
    "rule", [{"effect": "drop"}, {"effect": "cut"}, {"effect": "status", "status": 502, "acts": True}]
)
def test_a_create_that_was_carried_out_unseen_is_there_once(desk: Desk, rule: dict[str, Any]) -> None:
    desk.configure(max_attempts=5)
    desk.manifests(voice())
    desk.sandbox.faults.add(**rule, request="create")
    assert desk.run(*APPLY).code in (0, 5)
    assert [word for word, _ in actions(desk.writes)] == ["create"]
    assert desk.run(*APPLY).code == 0
    assert len(desk.account()) == 1
    assert [word for word, _ in actions(desk.writes)] == ["create"]


@pytest.mark.parametrize("lost", [False, True], ids=["answered", "its answer lost"])
def test_a_pinned_campaign_of_the_name_is_neither_a_rival_nor_adopted(desk: Desk, lost: bool) -> None:
    """Another manifest pins it: it is no candidate for the name that it has."""
    pinned = desk.seed(live_voice("new-one", status="paused", date_created="2027-01-01T09:00:00+05:30"))[0]
    other = {**voice(state="paused"), "metadata": {"sid": pinned}}
    desk.manifests(voice("new-one", **{"from": ["+919000000001"]}), other)
    if lost:
        desk.sandbox.faults.add("drop", request="create")
    result = desk.run(*APPLY, "--allow", "twin", "--format", "json")
    assert result.code == 0, result.all
    assert sorted(it["outcome"] for it in result.json["results"]) == ["applied", "unchanged"]
    assert actions(desk.writes) == [("create", "new-one")]
    assert [it["status"] for it in desk.account()] == ["Paused", "Created"]


def test_twins_that_would_call_the_same_people_are_paused_and_the_oldest_is_left(desk: Desk) -> None:
    sids = desk.seed(*(live_voice(date_created=f"2027-01-0{day}T09:00:00+05:30") for day in (2, 1, 3)))
    desk.manifests(voice())
    result = desk.run(*APPLY, "--format", "json")
    assert result.code == 3
    assert result_of(result.json)["reason"]["code"] == "ambiguous-name"
    assert sorted(actions(desk.writes)) == sorted([("pause", sids[0]), ("pause", sids[2])])


def test_an_applied_plan_leaves_nothing_to_do_and_planning_writes_nothing(desk: Desk) -> None:
    desk.manifests(voice(), voice("waiting", state="paused", **{"from": ["+919000000001"]}), sms())
    assert desk.run(*APPLY).code == 0
    desk.forget()
    first, second = desk.run("plan", "--format", "json"), desk.run("plan", "--format", "json")
    assert first.json["summary"]["operations"] == 0
    assert first.out == second.out
    assert not desk.writes


@pytest.mark.parametrize(
    ("accepted", "form"),
    [("wrapped", "wrapped"), ("bare", "bare"), ("any", "wrapped"), ("any", "bare")],
)
def test_both_create_bodies_are_sent_as_the_environment_says(desk: Desk, accepted: str, form: str) -> None:
    desk.sandbox.switches.create_body = accepted
    desk.configure(create_body=form)
    desk.manifests(voice(), sms())
    assert desk.run(*APPLY).code == 0
    assert [("campaigns" in it.body) or ("smscampaigns" in it.body) for it in desk.writes] == [
        form == "wrapped"
    ] * 2
    assert desk.plan()["summary"]["operations"] == 0


def test_the_wrong_create_body_names_the_setting(desk: Desk) -> None:
    desk.sandbox.switches.create_body = "bare"
    desk.manifests(voice())
    result = desk.run(*APPLY)
    assert result.code == 4
    assert "create_body: {voice: bare}" in result.out


@pytest.mark.parametrize("shared", [False, True])
def test_either_sms_endpoint_serves(desk: Desk, shared: bool) -> None:
    desk.sandbox.switches.shared_sms = shared
    desk.configure(sms_api="sms-campaigns")
    desk.manifests(sms())
    assert desk.run(*APPLY).code == 0
    assert desk.writes[0].path.endswith("/sms-campaigns")
    assert "channel" not in sent(desk.writes[0])
    assert desk.plan()["summary"]["operations"] == 0


def test_the_pause_of_a_twin_is_told_as_the_twins(desk: Desk) -> None:
    """Whoever reads that the campaign was paused would think that nobody is called."""
    _, twin = desk.seed(live_voice(), live_voice())
    desk.manifests(voice())
    result = desk.run(*APPLY)
    assert result.code == 3
    assert f"voice/diwali-reminder: its twin {twin} paused" in result.out
