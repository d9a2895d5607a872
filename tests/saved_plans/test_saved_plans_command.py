"""Saved plans: shown, applied, applied again, and refused where they no longer hold (rule 11)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from harness import TOKEN, Desk, actions, live_voice, sms, voice

from campaignctl.saved_plans.seal import document_seal

APPLY = ("apply", "--auto-approve")
LATER = {"send_at": "2027-01-16T09:00:00+05:30", "end_at": "2027-01-16T18:00:00+05:30"}
ALLOW = ("--allow", "complete", "--allow", "archive", "--allow", "resume")


def saved(desk: Desk, *words: str) -> dict[str, Any]:
    """Plans to `plan.json`, and returns what the file holds."""
    result = desk.run("plan", "--out", "plan.json", *words)
    assert result.code == 0, result.all
    desk.forget()
    document: dict[str, Any] = json.loads((desk.root / "plan.json").read_text(encoding="utf-8"))
    return document


def test_a_plan_file_is_carried_out(desk: Desk) -> None:
    desk.seed(live_voice("paused-one"))
    desk.manifests(voice(**{"from": ["+919000000001"]}), voice("paused-one", state="paused"), sms())
    saved(desk)
    assert desk.run(*APPLY, "plan.json").code == 0
    assert [word for word, _ in actions(desk.writes)] == ["pause", "create", "create"]
    assert desk.plan()["summary"]["operations"] == 0


def test_applied_twice_it_does_nothing_the_second_time(desk: Desk) -> None:
    desk.seed(live_voice("updated", caller_id="0801"), live_voice("ended"))
    desk.manifests(voice(**{"from": ["+919000000001"]}), voice("updated"), voice("ended", state="archived"))
    saved(desk, *ALLOW)
    assert desk.run(*APPLY, "plan.json").code == 0
    desk.forget()
    second = desk.run(*APPLY, "plan.json")
    assert second.code == 0, second.all
    assert not desk.writes


def test_a_plan_that_resumes_does_not_call_again_after_an_emergency_stop(desk: Desk) -> None:
    sid = desk.seed(live_voice(status="paused"))[0]
    desk.manifests(voice(state="active"))
    saved(desk, "--allow", "resume")
    assert desk.run(*APPLY, "plan.json").code == 0
    desk.pass_time(minutes=1)
    desk.by_hand(sid, {"action": "pause"})
    desk.forget()
    again = desk.run(*APPLY, "plan.json")
    assert again.code == 3
    assert "diwali-reminder" in again.err
    assert not desk.writes


def test_a_run_that_was_killed_halfway_is_finished_with_the_same_file(desk: Desk) -> None:
    """Its first operations were done: pause and update of one, the create of another without its pause."""
    sid = desk.seed(live_voice("ended", caller_id="0801"))[0]
    new = {"from": ["+919000000001"]}
    desk.manifests(voice("ended", state="archived"), voice("new", state="paused", **new), sms())
    saved(desk, *ALLOW)
    desk.by_hand(sid, {"action": "pause"})
    desk.by_hand(sid, {"campaigns": [{**live_voice("ended")}]})
    made = desk.seed(live_voice("new", **new))[0]
    result = desk.run(*APPLY, "plan.json")
    assert result.code == 0, result.all
    assert sorted(actions(desk.writes)) == sorted(
        [("create", "diwali-offer"), ("pause", made), ("complete", sid), ("archive", sid)]
    )
    assert desk.plan()["summary"]["operations"] == 0


def test_what_its_own_pause_made_possible_and_the_plan_did_not_show_keeps_nothing_else_back(
    desk: Desk,
) -> None:
    """Within the margin only the pause is planned; once it is paused the update could go out, but nobody read of it."""
    start = desk.clock.now() + timedelta(minutes=5)
    soon = {"send_at": start.isoformat(), "end_at": (start + timedelta(hours=4)).isoformat()}
    desk.seed(live_voice("stopped", schedule=soon))
    stopped = voice("stopped", state="paused", schedule=soon, caller_id="08012345678")
    desk.manifests(stopped, voice("new", **{"from": ["+919000000001"]}))
    assert desk.run("plan", "--out", "plan.json").code == 3
    desk.sandbox.faults.add("status", request="create", status=422)
    assert desk.run(*APPLY, "plan.json").code == 4
    desk.forget()
    again = desk.run(*APPLY, "plan.json")
    assert again.code == 0, again.all
    assert [word for word, _ in actions(desk.writes)] == ["create"]


def test_somebody_else_s_change_after_the_plan_s_own_pause_is_a_disagreement(desk: Desk) -> None:
    start = desk.clock.now() + timedelta(minutes=5)
    soon = {"send_at": start.isoformat(), "end_at": (start + timedelta(hours=4)).isoformat()}
    (sid,) = desk.seed(live_voice("stopped", schedule=soon))
    stopped = voice("stopped", state="paused", schedule=soon, caller_id="08012345678")
    desk.manifests(stopped, voice("new", **{"from": ["+919000000001"]}))
    assert desk.run("plan", "--out", "plan.json").code == 3
    desk.by_hand(sid, {"campaigns": [{"action": "pause"}]})
    desk.by_hand(sid, {"campaigns": [{"caller_id": "08087654321"}]})
    desk.forget()
    again = desk.run(*APPLY, "plan.json")
    assert again.code == 3, again.all
    assert not desk.writes


def test_a_campaign_that_moved_is_refused_before_any_write(desk: Desk) -> None:
    sid = desk.seed(live_voice(caller_id="0801"))[0]
    desk.manifests(voice(), sms())
    saved(desk)
    desk.by_hand(sid, {"campaigns": [{"url": "http://my.exotel.com/acme1/exoml/start_voice/5"}]})
    result = desk.run(*APPLY, "plan.json")
    assert result.code == 3
    assert "diwali-reminder" in result.err
    assert "lan again" in result.err
    assert not desk.writes


def test_an_operator_who_postponed_it_wins(desk: Desk) -> None:
    sid = desk.seed(live_voice(caller_id="0801"))[0]
    desk.manifests(voice())
    saved(desk)
    desk.by_hand(sid, {"campaigns": [{"schedule": LATER}]})
    assert desk.run(*APPLY, "plan.json").code == 3
    assert not desk.writes


def test_a_no_op_that_moved_on_by_itself_is_no_disagreement(desk: Desk) -> None:
    early = {"send_at": "2027-01-10T10:00:00+05:30", "end_at": "2027-01-10T18:00:00+05:30"}
    numbers = {"from": [f"+9190000{number:05}" for number in range(600)]}
    desk.seed(live_voice("runs", schedule=early, **numbers))
    desk.manifests(voice("runs", schedule=early, **numbers), sms())
    saved(desk)
    desk.pass_time(hours=1, minutes=5)
    assert desk.live("runs")["status"] == "InProgress"
    assert desk.run(*APPLY, "plan.json").code == 0
    assert actions(desk.writes) == [("create", "diwali-offer")]


def test_to_a_pause_created_and_in_progress_are_the_same(desk: Desk) -> None:
    early = {"send_at": "2027-01-10T10:00:00+05:30", "end_at": "2027-01-10T18:00:00+05:30"}
    numbers = {"from": [f"+9190000{number:05}" for number in range(600)]}
    sid = desk.seed(live_voice("runs", schedule=early, **numbers))[0]
    desk.manifests(voice("runs", state="paused", schedule=early, **numbers))
    saved(desk)
    desk.pass_time(hours=1, minutes=5)
    result = desk.run(*APPLY, "plan.json")
    assert result.code == 0, result.all
    assert actions(desk.writes) == [("pause", sid)]


def change_manifests(desk: Desk) -> tuple[str, ...]:
    desk.manifests(voice(caller_id="0802"))
    return ()


def expire(desk: Desk) -> tuple[str, ...]:
    desk.pass_time(hours=24, minutes=1)
    return ()


def change_account(desk: Desk) -> tuple[str, ...]:
    desk.configure(account_sid="acme2")
    return ()


def other_environment(_desk: Desk) -> tuple[str, ...]:
    return ("-e", "sandbox")


REFUSALS: list[tuple[str, Callable[[Desk], tuple[str, ...]], str]] = [
    ("the manifests changed", change_manifests, "manifests"),
    ("it expired", expire, "expired"),
    ("another account", change_account, "acme1"),
    ("another environment", other_environment, "prod"),
]


@pytest.mark.parametrize(("arrange", "says"), [it[1:] for it in REFUSALS], ids=[it[0] for it in REFUSALS])
def test_a_plan_that_no_longer_holds_is_refused_and_says_which(
    desk: Desk, arrange: Callable[[Desk], tuple[str, ...]], says: str
) -> None:
    desk.manifests(voice())
    saved(desk)
    result = desk.run(*APPLY, "plan.json", *arrange(desk))
    assert result.code == 3, result.all
    assert says in result.err
    assert not desk.writes


def test_a_comment_or_another_spelling_is_no_change(desk: Desk) -> None:
    desk.configure(country="IN")
    desk.manifests(voice(**{"from": ["+919876543210"]}))
    saved(desk)
    document = voice(**{"from": ["09876543210"]})
    desk.write("campaigns/all.yaml", "# reviewed\n" + json.dumps(document, indent=3))
    assert desk.run(*APPLY, "plan.json").code == 0


def test_another_token_is_said_as_such(desk: Desk) -> None:
    desk.manifests(voice())
    saved(desk)
    result = desk.run(*APPLY, "plan.json", env={"EXOTEL_API_TOKEN": "another-token-0815"})
    assert result.code == 3
    assert "another API token" in result.err
    assert "another-token-0815" not in result.all
    assert not desk.writes


def test_the_variables_of_the_plan_must_be_given_again(desk: Desk) -> None:
    desk.manifests(voice(url="http://my.exotel.com/acme1/exoml/start_voice/${flow_id}"))
    saved(desk, "--var", "flow_id=926")
    desk.configure(vars={"flow_id": "4"})
    for words in ((), ("--var", "flow_id=927")):
        result = desk.run(*APPLY, "plan.json", *words)
        assert result.code == 3
        assert "--var" in result.err
        assert "flow_id" in result.err
    assert not desk.writes
    assert desk.run(*APPLY, "plan.json", "--var", "flow_id=926").code == 0


def test_selection_and_permissions_are_those_of_the_plan(desk: Desk) -> None:
    desk.seed(live_voice("ended"), live_voice("stays"))
    labels = {"labels": {"team": "growth"}}
    desk.manifests(voice("ended", state="completed", metadata=labels), voice("stays", state="completed"))
    saved(desk, "-l", "team=growth", "--allow", "complete:ended")
    assert desk.run(*APPLY, "plan.json").code == 0
    assert [word for word, _ in actions(desk.writes)] == ["pause", "complete"]
    assert desk.live("stays")["status"] == "Created"


def test_what_is_to_be_sent_again_stands_in_the_plan(desk: Desk) -> None:
    for request in ("list", "get", "update"):
        setattr(desk.sandbox.switches, f"omit_from_{request}", ("from",))
    sid = desk.seed(live_voice(**{"from": ["+919000000009"]}))[0]
    desk.manifests(voice())
    assert desk.plan()["changes"][0]["reason"]["code"] == "cannot-compare"
    saved(desk, "--resend", "diwali-reminder")
    result = desk.run(*APPLY, "plan.json")
    assert result.code == 0, result.all
    assert actions(desk.writes) == [("update", sid)]
    desk.sandbox.switches.omit_from_list = ()
    assert desk.live("diwali-reminder")["from"] == voice()["spec"]["from"]


@pytest.mark.parametrize(
    "words", [("--allow", "resume"), ("--prune",), ("-l", "team=x"), ("--resend", "x"), ("campaigns/",)]
)
def test_a_saved_plan_takes_no_further_permission_or_selection(desk: Desk, words: tuple[str, ...]) -> None:
    desk.manifests(voice())
    saved(desk)
    result = desk.run(*APPLY, "plan.json", *words)
    assert result.code == 64
    assert not desk.requests


def test_guards_hold_for_a_saved_plan_too(desk: Desk) -> None:
    desk.manifests(voice())
    approval = saved(desk)["approval"]
    assert desk.run("apply", "plan.json").code == 64
    assert desk.run(*APPLY, "plan.json", "--max-changes", "0").code == 3
    assert desk.run(*APPLY, "plan.json", "--expect", "0" * 12 + approval[12:]).code == 3
    assert not desk.writes
    assert desk.run(*APPLY, "plan.json", "--expect", approval).code == 0


def test_show_prints_the_plan_and_what_to_approve(desk: Desk) -> None:
    desk.manifests(voice())
    plan = desk.run("plan", "--out", "plan.json")
    shown = desk.run("show", "plan.json")
    assert shown.code == 0
    assert shown.out == plan.out
    assert f"Approve {json.loads((desk.root / 'plan.json').read_text())['approval']}" in shown.out
    document = desk.run("show", "plan.json", "--format", "json").json
    assert document == json.loads((desk.root / "plan.json").read_text())


def test_show_needs_neither_project_nor_credentials(desk: Desk, tmp_path: Path) -> None:
    desk.manifests(voice())
    saved(desk)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    result = desk.run(
        "show", "../plan.json", cwd="elsewhere", env={"EXOTEL_API_KEY": "", "EXOTEL_API_TOKEN": ""}
    )
    assert result.code == 0
    assert not desk.requests


def test_a_plan_file_is_applied_from_another_directory(desk: Desk) -> None:
    desk.manifests(voice())
    desk.write("work/.keep", "")
    result = desk.run("plan", "../campaigns/all.yaml", "--out", "plan.json", cwd="work")
    assert result.code == 0
    applied = desk.run(*APPLY, "work/plan.json")
    assert applied.code == 0, applied.all


# ------------------------------------------------------------------------------------------- cut, edited, foreign


def nested_too_deep(text: str) -> str:
    return text.replace('"seal":', '"more": ' + "[" * 100_000 + "]" * 100_000 + ', "seal":')


def cut(text: str) -> str:
    return text[: len(text) * 2 // 3]


def edited(text: str) -> str:
    return text.replace('"op": "create"', '"op": "archive"')


def said_twice(text: str) -> str:
    return text.replace('"operations":', '"operations": [], "operations":', 1)


def renamed(text: str) -> str:
    return text.replace("diwali-reminder", "diwali-reminded")


def newer(text: str) -> str:
    return text.replace('"format_version": "1.0"', '"format_version": "2.0"')


def wrong_type(text: str) -> str:
    return json.dumps({**json.loads(text), "changes": "none"})


def wrong_time(text: str) -> str:
    return json.dumps({**json.loads(text), "expires_at": "tomorrow"})


def terraform(_text: str) -> str:
    return json.dumps({"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": []})


BAD: list[tuple[Callable[[str], str], int]] = [
    (cut, 1),
    (nested_too_deep, 1),
    (edited, 3),
    (said_twice, 3),
    (renamed, 3),
    (newer, 3),
    (wrong_type, 1),
    (wrong_time, 1),
    (terraform, 1),
]


@pytest.mark.parametrize(("spoil", "code"), BAD, ids=[it[0].__name__ for it in BAD])
def test_a_plan_that_was_cut_edited_or_is_foreign_is_one_clear_message(
    desk: Desk, spoil: Callable[[str], str], code: int
) -> None:
    desk.manifests(voice())
    saved(desk)
    text = (desk.root / "plan.json").read_text(encoding="utf-8")
    desk.write("plan.json", spoil(text))
    for words in (("show", "plan.json"), (*APPLY, "plan.json")):
        result = desk.run(*words)
        assert result.code == code, result.all
        assert "plan.json" in result.err
        assert len(result.err.splitlines()) == 1
        assert not result.out
    assert not desk.requests


@pytest.mark.parametrize(
    "key",
    [
        "environment",
        "host",
        "digest",
        "approval",
        "seal",
        "manifests",
        "selection",
        "allowed",
        "changes",
        "summary",
    ],
)
def test_a_plan_that_lacks_a_key_is_one_clear_message(desk: Desk, key: str) -> None:
    desk.manifests(voice())
    document = saved(desk)
    del document[key]
    desk.write("plan.json", json.dumps(document))
    result = desk.run("show", "plan.json")
    assert result.code == 1
    assert key in result.err or "plan.json" in result.err


def test_a_plan_of_a_later_minor_version_may_hold_more(desk: Desk) -> None:
    desk.manifests(voice())
    document = saved(desk)
    document |= {"format_version": "1.9", "more": {"things": 1}}
    document["changes"][0]["also"] = "this"
    document["seal"] = document_seal(document, TOKEN)
    desk.write("plan.json", json.dumps(document))
    assert desk.run("show", "plan.json").code == 0
    assert desk.run(*APPLY, "plan.json").code == 0


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"[]", b"{}", b"null", b'{"format_version": 1}'])
def test_show_of_what_is_no_plan_is_one_clear_message(desk: Desk, content: bytes) -> None:
    (desk.root / "plan.json").write_bytes(content)
    result = desk.run("show", "plan.json")
    assert result.code in (1, 3)
    assert "plan.json" in result.err
    assert "Traceback" not in result.err


def test_a_plan_that_cannot_be_written_is_one_clear_message(desk: Desk) -> None:
    desk.manifests(voice())
    result = desk.run("plan", "--out", "nowhere/plan.json")
    assert result.code == 1
    assert "nowhere/plan.json" in result.err
