"""What an account shows after a write is judged by one measure, whether its answer came or was lost (rule 9)."""

from __future__ import annotations

from typing import Any

import pytest
from example_counts import crossed
from harness import Desk, actions, live_sms, live_voice, sms, voice

APPLY = ("apply", "--auto-approve", "--format", "json")
ALLOW = ("--allow", "resume", "--allow", "complete", "--allow", "archive", "--allow", "start-now")
OTHER_URL = "http://my.exotel.com/acme1/exoml/start_voice/1"


def only(run: Any) -> dict[str, Any]:
    (result,) = run.json["results"]
    found: dict[str, Any] = result
    return found


def operations(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(it["op"], it["outcome"]) for it in result["operations"]]


# ------------------------------------------------------------------------- what could call somebody wrongly

HABITS = [
    ("create_drops", ["schedule"], "field-lost"),
    ("create_changes", ["schedule.send_at"], "field-lost"),
    ("create_changes", ["schedule.end_at"], "field-lost"),
    ("create_changes", ["from"], "field-lost"),
    ("create_changes", ["url"], "field-lost"),
    ("create_changes", ["caller_id"], "field-lost"),
    ("create_early", True, "started-early"),
]
LOST = {
    "answered": None,
    "its answer lost": {"effect": "drop", "acts": True},
    "408 after it acted": {"effect": "status", "status": 408, "acts": True},
    "499 after it acted": {"effect": "status", "status": 499, "acts": True},
}


@pytest.mark.parametrize(("habit", "fault"), crossed(HABITS, list(LOST)))
def test_a_create_that_could_call_wrongly_is_paused_whether_it_was_answered_or_found(
    desk: Desk, habit: tuple[str, Any, str], fault: str
) -> None:
    (switch, value, code), lost = habit, LOST[fault]
    desk.sandbox.switches.change({switch: value})
    desk.manifests(voice())
    if lost:
        desk.sandbox.faults.add(request="create", **lost)
    run = desk.run(*APPLY)
    result = only(run)
    assert (run.code, result["outcome"], result["reason"]["code"]) == (4, "failed", code), result
    assert operations(result) == [("create", "failed"), ("pause", "applied")]
    assert [word for word, _ in actions(desk.writes)] == ["create", "pause"]
    assert [it["status"] for it in desk.account()] == ["Paused"]


def test_a_create_that_no_search_shows_is_found_among_all_that_are_alive(desk: Desk) -> None:
    """And paused, since it calls ahead of its start."""
    desk.sandbox.switches.change({"empty_lists": "asked", "empty_seconds": 86_400.0, "create_early": True})
    desk.manifests(voice(**{"from": [f"+9198765{number:05}" for number in range(900)]}))
    desk.sandbox.faults.add("drop", request="create", acts=True)
    run = desk.run(*APPLY)
    assert (run.code, only(run)["reason"]["code"]) == (4, "started-early"), run.all
    assert [it["status"] for it in desk.account()] == ["Paused"]


UPDATES = [
    ("update_drops", ["schedule"], "field-lost"),
    ("update_changes", ["schedule.send_at:earlier"], "field-lost"),
    ("update_changes", ["schedule.end_at"], "field-lost"),
    ("update_changes", ["from"], "field-lost"),
    ("update_changes", ["caller_id"], "field-lost"),
    ("update_resumes", True, "started-early"),
]


@pytest.mark.parametrize(("habit", "fault"), crossed(UPDATES, list(LOST)))
def test_so_is_an_update(desk: Desk, habit: tuple[str, Any, str], fault: str) -> None:
    (switch, value, code), lost = habit, LOST[fault]
    desk.configure(max_attempts=3)
    desk.seed(live_voice(url=OTHER_URL, status="paused" if switch == "update_resumes" else "created"))
    desk.pass_time(minutes=1)
    desk.sandbox.switches.change({switch: value})
    desk.manifests(voice(state="paused" if switch == "update_resumes" else None))
    if lost:
        desk.sandbox.faults.add(request="update", **lost)
    run = desk.run(*APPLY)
    result = only(run)
    assert (run.code, result["outcome"], result["reason"]["code"]) == (4, "failed", code), result
    assert operations(result) == [("update", "failed"), ("pause", "applied")]
    assert [it["status"] for it in desk.account()] == ["Paused"]


@pytest.mark.parametrize(
    "lost",
    ["schedule.send_at:earlier", "schedule.send_at", "schedule.end_at", "from", "url", "caller_id"],
)
def test_a_create_whose_answer_did_not_show_what_became_of_a_field_is_paused_when_the_last_list_shows_it(
    desk: Desk, lost: str
) -> None:
    desk.sandbox.switches.change({"create_changes": [lost], "omit_from_create": [lost.partition(":")[0]]})
    desk.manifests(voice())
    run = desk.run(*APPLY)
    result = only(run)
    assert (run.code, result["outcome"]) == (4, "failed"), result
    assert result["reason"]["code"] in ("field-lost", "wrong-name")
    assert operations(result) == [("create", "applied"), ("pause", "applied")]
    assert [it["status"] for it in desk.account()] == ["Paused"]


@pytest.mark.parametrize(
    "switches",
    [
        {"create_drops": ["schedule.send_at"], "omit_from_create": ["schedule"]},
        {"create_early": True, "omit_from_create": ["status"]},
    ],
    ids=["neither its start", "nor its status"],
)
def test_a_create_whose_answer_did_not_show_that_it_calls_is_paused_when_the_last_list_shows_it(
    desk: Desk, switches: dict[str, Any]
) -> None:
    desk.sandbox.switches.change(switches)
    desk.manifests(voice())
    run = desk.run(*APPLY)
    result = only(run)
    assert (run.code, result["outcome"], result["reason"]["code"]) == (4, "failed", "started-early"), result
    assert operations(result) == [("create", "applied"), ("pause", "applied")]
    assert desk.live("diwali-reminder")["status"] == "Paused"


@pytest.mark.parametrize(
    ("switches", "status", "code"),
    [
        ({"update_drops": ["schedule"], "omit_from_update": ["schedule"]}, "created", "field-lost"),
        (
            {"update_drops": ["schedule.send_at"], "omit_from_update": ["schedule.send_at"]},
            "created",
            "field-lost",
        ),
        ({"update_drops": ["schedule.end_at"], "omit_from_update": ["schedule"]}, "created", "field-lost"),
        ({"update_changes": ["from"], "omit_from_update": ["from"]}, "created", "field-lost"),
        ({"update_changes": ["url"], "omit_from_update": ["url"]}, "created", "field-lost"),
        ({"update_resumes": True, "omit_from_update": ["status"]}, "paused", "started-early"),
    ],
    ids=["its schedule", "its start", "its end", "its people", "its content", "that it goes on"],
)
def test_what_the_answer_to_an_update_hides_is_read_where_a_read_shows_it(
    desk: Desk, switches: dict[str, Any], status: str, code: str
) -> None:
    desk.seed(live_voice(caller_id="0801", status=status))
    desk.pass_time(minutes=1)
    desk.sandbox.switches.change(switches)
    desk.manifests(voice(state="paused" if status == "paused" else None))
    run = desk.run(*APPLY)
    result = only(run)
    assert (run.code, result["outcome"], result["reason"]["code"]) == (4, "failed", code), result
    assert operations(result) == [("update", "failed"), ("pause", "applied")]
    assert [it["status"] for it in desk.account()] == ["Paused"]


def test_what_the_answer_to_an_update_hides_and_no_read_shows_is_noted(desk: Desk) -> None:
    desk.seed(live_voice(url=OTHER_URL))
    desk.sandbox.switches.change(
        {key: ["caller_id"] for key in ("omit_from_update", "omit_from_get", "omit_from_list")}
    )
    desk.manifests(voice())
    run = desk.run(*APPLY)
    assert run.code == 0, run.all
    assert any("caller_id" in note for note in only(run)["notes"])
    assert [word for word, _ in actions(desk.writes)] == ["update"]


def test_one_that_lists_show_under_another_name_than_its_answer_is_paused(desk: Desk) -> None:
    desk.sandbox.switches.change({"create_changes": ["name"]})
    desk.sandbox.faults.add("change", request="create", data={"name": "diwali-reminder"})
    desk.manifests(voice())
    run = desk.run(*APPLY)
    result = only(run)
    assert (run.code, result["reason"]["code"]) == (4, "wrong-name"), result
    assert [it["status"] for it in desk.account()] == ["Paused"]
    again = desk.run(*APPLY)
    assert (again.code, only(again)["reason"]["code"]) == (3, "looks-renamed")


def test_the_end_of_a_text_message_is_called_otherwise_in_the_answer_to_its_create(desk: Desk) -> None:
    desk.sandbox.switches.change({"create_changes": ["schedule.end_time"]})
    desk.manifests(sms())
    result = only(desk.run(*APPLY))
    assert (result["outcome"], result["reason"]["code"]) == ("failed", "field-lost")
    assert "schedule.end_time did not take: it ends later" in result["reason"]["message"]
    assert desk.live("diwali-offer", "message-campaigns")["status"] == "paused"


def test_an_end_that_is_not_shown_is_noted(desk: Desk) -> None:
    desk.sandbox.switches.change({"omit_from_create": ["schedule.end_at"]})
    desk.manifests(voice())
    run = desk.run(*APPLY)
    assert run.code == 0
    assert any("schedule.end_at" in note for note in only(run)["notes"])


@pytest.mark.parametrize("lost", list(LOST.values())[:2], ids=list(LOST)[:2])
def test_an_update_of_which_nothing_is_seen_is_sent_again_and_never_paused(
    desk: Desk, lost: dict[str, Any] | None
) -> None:
    """The old start is another than the one sent, but nothing has happened yet."""
    desk.configure(max_attempts=3)
    desk.seed(live_voice())
    later = {"send_at": "2027-01-16T09:00:00+05:30", "end_at": "2027-01-16T18:00:00+05:30"}
    desk.manifests(voice(schedule=later))
    if lost:
        desk.sandbox.faults.add("drop", request="update", acts=False)
    assert desk.run(*APPLY).code == 0
    assert {word for word, _ in actions(desk.writes)} == {"update"}
    assert desk.live("diwali-reminder")["schedule"] == later


# ---------------------------------------------------------------------------------- a create that is to wait


@pytest.mark.parametrize(
    ("changed", "code"),
    [("flow_type", "field-lost"), ("caller_id", "field-lost")],
    ids=["harmless", "at once"],
)
def test_a_create_that_is_wanted_paused_is_paused_whatever_its_answer_was(
    desk: Desk, changed: str, code: str
) -> None:
    desk.sandbox.faults.add("change", request="create", data={changed: "0809"})
    desk.manifests(voice(state="paused"))
    run = desk.run(*APPLY)
    result = only(run)
    assert (run.code, result["reason"]["code"]) == (4, code)
    assert operations(result) == [("create", "failed"), ("pause", "applied")]
    assert [word for word, _ in actions(desk.writes)] == ["create", "pause"]
    assert desk.live("diwali-reminder")["status"] == "Paused"


# ------------------------------------------------------------------------------------------------- actions

STANDS = {
    "pause": ("created", "paused", "Paused"),
    "resume": ("paused", "active", "Created"),
    "complete": ("paused", "completed", "Completed"),
    "archive": ("completed", "archived", "Archived"),
}


def standing(desk: Desk, action: str) -> str:
    status, state, reached = STANDS[action]
    desk.seed(live_voice(status=status))
    desk.manifests(voice(state=state))
    return reached


@pytest.mark.parametrize("action", STANDS)
@pytest.mark.parametrize("shown", [True, False], ids=["its status shown", "no status in the answer"])
def test_an_action_that_was_answered_and_did_not_take_is_told_with_what_goes_on(
    desk: Desk, action: str, shown: bool
) -> None:
    standing(desk, action)
    desk.sandbox.switches.change({"actions": "never", "omit_from_action": [] if shown else ["status"]})
    run = desk.run(*APPLY, *ALLOW)
    result = only(run)
    assert (run.code, result["outcome"], result["reason"]["code"]) == (4, "failed", "still-calling"), result
    assert operations(result) == [(action, "failed")]
    before = STANDS[action][0].capitalize()
    assert f"still {before}" in result["reason"]["message"]


@pytest.mark.parametrize("action", STANDS)
def test_an_answer_without_a_status_is_held_against_the_campaign_itself(desk: Desk, action: str) -> None:
    reached = standing(desk, action)
    desk.sandbox.switches.change({"omit_from_action": ["status"]})
    run = desk.run(*APPLY, *ALLOW)
    assert (run.code, only(run)["outcome"]) == (0, "applied")
    assert desk.live("diwali-reminder")["status"] == reached
    assert desk.requests[-1].request == "get"


def test_where_no_answer_shows_a_status_nobody_knows_whether_it_took(desk: Desk) -> None:
    standing(desk, "pause")
    desk.sandbox.switches.change({"omit_from_action": ["status"], "omit_from_get": ["status"]})
    run = desk.run(*APPLY)
    assert (run.code, only(run)["outcome"]) == (5, "unknown")


@pytest.mark.parametrize(("action", "status"), crossed(list(STANDS), [400, 404, 409, 422]))
def test_a_refusal_of_what_stands_there_already_is_no_failure(desk: Desk, action: str, status: int) -> None:
    """Somebody was faster: here the account itself, which acts and refuses."""
    reached = standing(desk, action)
    desk.sandbox.faults.add("status", request="action", status=status, acts=True)
    run = desk.run(*APPLY, *ALLOW)
    result = only(run)
    assert (run.code, result["outcome"]) == (0, "unchanged"), result
    assert operations(result) == [(action, "unchanged")]
    assert desk.live("diwali-reminder")["status"] == reached


@pytest.mark.parametrize(("action", "status"), crossed(list(STANDS), [400, 404, 409]))
def test_a_refusal_of_what_does_not_stand_there_is_one(desk: Desk, action: str, status: int) -> None:
    standing(desk, action)
    desk.sandbox.switches.change({"refused_actions": [action], "action_refusal": status})
    run = desk.run(*APPLY, *ALLOW)
    result = only(run)
    assert (run.code, result["reason"]["code"]) == (4, "refused")
    assert len(desk.writes) == 1


@pytest.mark.parametrize("status", [408, 499])
@pytest.mark.parametrize("action", STANDS)
def test_what_a_gateway_gave_up_on_is_looked_up(desk: Desk, action: str, status: int) -> None:
    reached = standing(desk, action)
    desk.sandbox.faults.add("status", request="action", status=status, acts=True)
    run = desk.run(*APPLY, *ALLOW)
    assert (run.code, only(run)["outcome"]) == (0, "applied")
    assert desk.live("diwali-reminder")["status"] == reached


@pytest.mark.parametrize("status", [404, 409])
def test_an_action_on_what_was_just_made_is_asked_for_again_for_a_while(desk: Desk, status: int) -> None:
    desk.configure(settle_seconds=10)
    desk.manifests(voice(state="paused"))
    desk.sandbox.faults.add("status", request="action", status=status, times=3)
    run = desk.run(*APPLY)
    assert (run.code, only(run)["outcome"]) == (0, "applied")
    assert desk.live("diwali-reminder")["status"] == "Paused"


def test_a_twin_that_was_not_seen_paused_is_not_called_paused(desk: Desk) -> None:
    _, twin = desk.seed(live_voice(), live_voice())
    desk.sandbox.switches.change({"actions": "never"})
    desk.manifests(voice())
    run = desk.run(*APPLY)
    result = only(run)
    assert (run.code, result["outcome"], result["reason"]["code"]) == (4, "failed", "still-calling")
    assert result["operations"] == [{"op": "pause", "outcome": "failed", "attempts": 1, "sid": twin}]


def test_a_pause_at_once_that_did_not_take_is_told_as_what_goes_on(desk: Desk) -> None:
    desk.sandbox.switches.change({"create_early": True, "actions": "never"})
    desk.manifests(voice(**{"from": [f"+9198765{number:05}" for number in range(900)]}))
    run = desk.run(*APPLY)
    result = only(run)
    assert (run.code, result["outcome"], result["reason"]["code"]) == (4, "failed", "still-calling")
    assert "IT COULD NOT BE PAUSED and is still calling" in result["reason"]["message"]
    assert operations(result) == [("create", "failed"), ("pause", "failed")]


@pytest.mark.parametrize("output", ["text", "markdown", "html"])
def test_what_goes_on_is_listed_above_all_other_results(desk: Desk, output: str) -> None:
    desk.seed(live_voice("z-going-on"), live_sms("a-refused"), live_voice("m-lost"))
    desk.seed(live_sms("a-refused"), collection="message-campaigns")
    desk.manifests(voice("z-going-on", state="paused"), voice("a-new", **{"from": ["+919876500001"]}))
    desk.sandbox.switches.change({"actions": "never"})
    desk.sandbox.faults.add("drop", request="create", acts=False)
    run = desk.run("apply", "--auto-approve", "--format", output)
    assert run.code == 5
    told = run.out.rpartition("Plan: ")[2]
    assert 0 < told.index("z-going-on") < told.index("a-new")
