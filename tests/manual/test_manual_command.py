"""`pause`, `resume`, `complete`, `archive` by hand: any campaign, with or without a manifest (rule 12)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from harness import Desk, actions, live_sms, live_voice, run, sms, voice
from jsonschema import Draft202012Validator

SCHEMA = Path(__file__).parents[2] / "schemas" / "apply.schema.json"
YES = "--auto-approve"
STARTED = {"send_at": "2027-01-10T08:00:00+05:30", "end_at": "2027-02-09T09:00:00+05:30"}
SOON = {"send_at": "2027-01-10T09:05:00+05:30", "end_at": "2027-02-09T09:00:00+05:30"}
OVER = {"send_at": "2027-01-08T09:00:00+05:30", "end_at": "2027-01-09T09:00:00+05:30"}


def by_hand(desk: Desk, *words: str) -> list[dict[str, object]]:
    """The results, as the published schema has them."""
    document = desk.run(*words, YES, "--format", "json").json
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(document)
    return list(document["results"])


@pytest.mark.parametrize("api", ["message-campaigns", "sms-campaigns"])
@pytest.mark.parametrize("written", ["diwali-offer", "sms/diwali-offer", "SID"])
def test_a_campaign_is_meant_by_name_by_kind_or_by_sid(desk: Desk, api: str, written: str) -> None:
    desk.configure(sms_api=api)
    (sid,) = desk.seed(live_sms(), collection=api)
    desk.seed(live_voice("another"))
    results = by_hand(desk, "pause", sid if written == "SID" else written)
    assert [(it["name"], it["outcome"], it["sid"]) for it in results] == [("diwali-offer", "applied", sid)]
    assert desk.live("diwali-offer", api)["status"] == "paused"


@pytest.mark.parametrize(
    ("verb", "before", "sent", "after"),
    [
        ("pause", "created", ["pause"], "Paused"),
        ("pause", "in-progress", ["pause"], "Paused"),
        ("resume", "paused", ["resume"], "Created"),
        ("complete", "created", ["pause", "complete"], "Completed"),
        ("complete", "paused", ["complete"], "Completed"),
        ("archive", "completed", ["archive"], "Archived"),
    ],
)
def test_each_verb_takes_the_shortest_allowed_way(
    desk: Desk, verb: str, before: str, sent: list[str], after: str
) -> None:
    desk.seed(live_voice(status=before))
    result = desk.run(verb, "diwali-reminder", YES)
    assert result.code == 0, result.all
    assert [action for action, _ in actions(desk.writes)] == sent
    assert desk.live("diwali-reminder")["status"] == after


@pytest.mark.parametrize(
    ("verb", "status", "code", "reason"),
    [
        ("pause", "paused", 0, "in-sync"),
        ("pause", "completed", 0, "finished"),
        ("complete", "archived", 0, "finished"),
        ("complete", "failed", 0, "failed"),
        ("resume", "created", 0, "in-sync"),
        ("archive", "archived", 0, "in-sync"),
        ("resume", "completed", 3, "finished"),
        ("archive", "created", 3, "needs-allow"),
        ("archive", "paused", 3, "needs-allow"),
        ("archive", "canceled", 3, "failed"),
        ("pause", "Dreaming", 3, "unknown-status"),
        ("complete", "Dreaming", 3, "unknown-status"),
    ],
)
def test_what_cannot_or_need_not_be_done_sends_nothing(
    desk: Desk, verb: str, status: str, code: int, reason: str
) -> None:
    desk.seed(live_voice(status=status))
    result = desk.run(verb, "diwali-reminder", YES, "--format", "json")
    assert result.code == code, result.all
    assert result.json["results"][0]["reason"]["code"] == reason
    assert not desk.writes


def test_an_archive_of_what_is_alive_names_the_complete(desk: Desk) -> None:
    (sid,) = desk.seed(live_voice())
    assert f"campaignctl complete {sid}" in desk.run("archive", "diwali-reminder", YES).out


@pytest.mark.parametrize(
    ("words", "live", "command"),
    [
        (("archive", "diwali-reminder", YES), {"status": "created"}, "complete"),
        (("resume", "diwali-reminder", YES), {"status": "paused", "schedule": OVER}, "complete"),
        (("plan",), {"status": "paused", "schedule": OVER}, "complete"),
        (("plan",), {"schedule": SOON, "caller_id": "0801"}, "pause"),
    ],
)
def test_a_command_that_a_message_prints_means_the_same_environment_and_project(
    desk: Desk, words: tuple[str, ...], live: dict[str, Any], command: str
) -> None:
    (sid,) = desk.seed(live_voice(**live))
    desk.manifests(voice(schedule=live.get("schedule", STARTED)))
    desk.configure({"default_environment": "sandbox"})
    said = desk.run(*words, "-e", "prod", "-c", "campaignctl.yaml").out
    assert f"`campaignctl -e prod -c campaignctl.yaml {command} {sid}`" in said


def test_complete_says_how_many_numbers_it_fails(desk: Desk) -> None:
    desk.seed(live_voice(status="paused", stats={"created": 60, "completed": 40}))
    assert "fails 60 numbers not called yet" in desk.run("complete", "diwali-reminder", YES).out


# ------------------------------------------------------------------------------------------------------------ NAME


def test_a_pause_of_a_name_that_several_bear_pauses_all_of_them(desk: Desk) -> None:
    sids = desk.seed(live_voice(), live_voice(status="in-progress"), live_voice(status="completed"))
    assert desk.run("pause", "diwali-reminder", YES).code == 0
    assert {it["id"]: it["status"] for it in desk.account()} == dict(
        zip(sids, ["Paused", "Paused", "Completed"], strict=True)
    )


@pytest.mark.parametrize("verb", ["resume", "complete"])
def test_the_other_verbs_do_nothing_to_a_name_that_several_bear(desk: Desk, verb: str) -> None:
    sids = desk.seed(live_voice(status="paused"), live_voice(status="paused"))
    result = desk.run(verb, "diwali-reminder", YES, "--format", "json")
    (change,) = result.json["results"]
    assert (result.code, change["reason"]["code"], change["sid"]) == (3, "ambiguous-name", None)
    assert all(sid in change["reason"]["message"] for sid in sids)
    assert not desk.writes
    assert desk.run(verb, sids[1], YES).code == 0
    assert {it["id"]: it["status"] for it in desk.account()}[sids[0]] == "Paused"


def test_of_very_many_of_a_name_a_few_are_told(desk: Desk) -> None:
    sids = desk.seed(*(live_voice(status="paused") for _ in range(14)))
    out = desk.run("complete", "diwali-reminder", YES).out
    assert "14 campaigns have the name" in out
    assert " and 4 more); give a SID instead" in out
    assert sum(sid in out for sid in sids) == 10


def test_two_completed_ones_of_a_name_are_not_archived_unseen(desk: Desk) -> None:
    desk.seed(live_voice(status="completed"), live_voice(status="completed"))
    assert desk.run("archive", "diwali-reminder", YES).code == 3
    assert not desk.writes


def test_what_is_over_does_not_make_a_name_ambiguous(desk: Desk) -> None:
    desk.seed(live_voice(status="completed"), live_voice(status="paused"), live_voice(status="archived"))
    assert desk.run("complete", "diwali-reminder", YES).code == 0


def test_a_name_of_both_kinds_is_asked_for_with_its_kind(desk: Desk) -> None:
    desk.seed(live_voice("promo"))
    desk.seed(live_sms("promo"), collection="message-campaigns")
    result = desk.run("pause", "promo", YES)
    assert result.code == 64
    assert "voice/promo or sms/promo" in result.err
    assert not desk.writes
    assert desk.run("pause", "sms/promo", YES).code == 0
    assert desk.live("promo")["status"] == "Created"


def test_a_name_that_is_nowhere_is_an_error(desk: Desk) -> None:
    desk.seed(live_voice())
    for verb in ("pause", "resume", "complete", "archive"):
        result = desk.run(verb, "diwali-remindr", YES)
        assert (result.code, "diwali-remindr" in result.err) == (1, True)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Diwali-Reminder 2", '"Diwali-Reminder 2" (did you mean "diwali-reminder 2"?)'),
        ("diwali", '"diwali" (did you mean "diwali-reminder" or "diwali-reminder 2"?)'),
        ("a b", '"a b" (did you mean "a c"?)'),  # cannot be searched for: everything is read
        ("holi-reminder", '"holi-reminder"; nothing was sent'),
    ],
)
def test_what_it_came_upon_while_looking_may_be_what_was_meant(desk: Desk, typed: str, meant: str) -> None:
    desk.seed(live_voice(), live_voice("diwali-reminder 2"), live_voice("a c"))
    result = desk.run("pause", typed, YES)
    assert (result.code, meant in result.err) == (1, True), result.err
    assert not desk.writes


@pytest.mark.parametrize("words", [("report",), ("status",), ("export", "--out", "campaigns")])
def test_so_do_the_commands_that_only_look(desk: Desk, words: tuple[str, ...]) -> None:
    desk.seed(live_voice())
    result = desk.run(*words, "Diwali-Reminder")
    assert (result.code, 'did you mean "diwali-reminder"?' in result.err) == (1, True), result.err


def test_a_typing_mistake_does_not_keep_the_others_from_being_paused(desk: Desk) -> None:
    desk.seed(live_voice())
    result = desk.run("pause", "diwali-reminder", "nowhere", YES, "--format", "json")
    assert (result.code, result.json["nowhere"]) == (1, ["nowhere"])
    assert desk.live("diwali-reminder")["status"] == "Paused"


def test_what_cannot_be_read_does_not_keep_the_others_from_being_paused(desk: Desk) -> None:
    desk.seed(live_voice(), live_voice("other-reminder"))
    desk.sandbox.faults.add("status", request="list", status=503)
    result = desk.run("pause", "other-reminder", "diwali-reminder", YES, "--format", "json")
    assert (result.code, result.json["nowhere"]) == (1, ["other-reminder"])
    assert '"other-reminder" could not be looked for: ' in result.err
    assert any("could not be looked for" in note for note in result.json["notes"])
    assert desk.live("diwali-reminder")["status"] == "Paused"


@pytest.mark.parametrize("verb", ["resume", "complete", "archive"])
def test_what_cannot_be_read_keeps_the_other_verbs_from_doing_anything(desk: Desk, verb: str) -> None:
    desk.seed(live_voice(status="paused"), live_voice("other-reminder", status="paused"))
    desk.sandbox.faults.add("status", request="list", status=503)
    assert desk.run(verb, "other-reminder", "diwali-reminder", YES).code == 1
    assert not desk.writes


def test_where_no_name_can_be_looked_for_it_says_why(desk: Desk) -> None:
    desk.sandbox.faults.add("status", status=401, times=None)
    result = desk.run("pause", "diwali-reminder", "other-reminder", YES, "--format", "json")
    assert (result.code, result.json["error"]["code"]) == (1, "credentials")


def test_a_pause_says_that_others_of_the_name_may_go_on(desk: Desk) -> None:
    desk.seed(live_voice(), live_voice())
    desk.sandbox.faults.add("item", request="list", index=1, times=None, path="/campaigns")
    result = desk.run("pause", "diwali-reminder", YES, "--format", "json")
    assert (result.code, len(desk.writes)) == (3, 1)
    assert any("others may have" in note for note in result.json["notes"])


def test_a_typing_mistake_keeps_what_cannot_be_undone_from_being_done(desk: Desk) -> None:
    desk.seed(live_voice(status="paused"))
    assert desk.run("complete", "diwali-reminder", "nowhere", YES).code == 1
    assert not desk.writes


@pytest.mark.parametrize(
    "words",
    [
        ("pause",),
        ("complete",),
        ("complete", "--all"),
        ("pause", "a-name", "--all"),
        ("pause", "a-name", "--status", "created"),
        ("pause", "--all", "--status", "paused"),
    ],
)
def test_wrong_usage_asks_nothing_of_the_account(desk: Desk, words: tuple[str, ...]) -> None:
    assert desk.run(*words, YES).code == 64
    assert not desk.requests


def test_without_a_terminal_it_takes_auto_approve(desk: Desk) -> None:
    desk.seed(live_voice())
    result = desk.run("pause", "diwali-reminder")
    assert (result.code, "--auto-approve" in result.err) == (64, True)
    assert not desk.writes


def test_a_short_name_is_found_without_reading_the_past(desk: Desk) -> None:
    desk.seed(live_voice("vip"), *(live_voice(f"past-{n}", status="archived") for n in range(1200)))
    assert desk.run("pause", "vip", YES).code == 0
    assert len(desk.requests) < 10


def test_an_account_without_one_of_the_kinds_is_no_obstacle(desk: Desk) -> None:
    desk.seed(live_voice())
    desk.sandbox.faults.add("status", path="message-campaigns", status=403, times=None)
    assert desk.run("pause", "diwali-reminder", YES).code == 0
    assert desk.run("pause", "--all", YES).code == 0


def test_credentials_that_are_not_taken_are_an_error_and_no_absence(desk: Desk) -> None:
    desk.sandbox.faults.add("status", status=401, times=None)
    result = desk.run("pause", "diwali-reminder", YES)
    assert (result.code, "401" in result.err) == (1, True)


def test_a_name_that_the_account_takes_for_no_sid_is_nowhere(desk: Desk) -> None:
    desk.sandbox.faults.add("status", request="get", status=400, times=None)
    result = desk.run("pause", "no such name", YES)
    assert (result.code, "has no campaign" in result.err) == (1, True)


def test_a_list_that_is_incomplete_leaves_open_which_one_is_meant(desk: Desk) -> None:
    desk.seed(live_voice(status="paused"), live_voice(status="paused"))
    desk.sandbox.faults.add("item", request="list", index=1, times=None, path="/campaigns")
    result = desk.run("complete", "diwali-reminder", YES, "--format", "json")
    assert (result.code, result.json["results"][0]["reason"]["code"]) == (3, "incomplete-list")
    assert not desk.writes


# ------------------------------------------------------------------------------------------------ what is invalid


def test_invalid_manifests_do_not_stop_them(desk: Desk) -> None:
    desk.seed(live_voice())
    desk.manifests(voice(caler_id="1"), sms(template=7))
    desk.write("campaigns/broken.yaml", "a: [1,")
    result = desk.run("pause", "diwali-reminder", YES)
    assert result.code == 0, result.all
    assert "no manifest that could be read matches it" in result.out


BROKEN = {"manifest": ["x/"], "policy": {"calling_hours": {"from": "noon"}}}


def test_what_stops_works_with_a_project_file_that_is_wrong_elsewhere(desk: Desk) -> None:
    desk.seed(live_voice())
    desk.configure(BROKEN)
    assert desk.run("plan").code == 1
    result = desk.run("pause", "diwali-reminder", YES)
    assert result.code == 0, result.all
    assert "warning: campaignctl.yaml:" in result.err
    assert desk.run("resume", "diwali-reminder", YES).code == 1
    assert desk.run("complete", "diwali-reminder", YES).code == 0


def test_an_environment_that_is_wrong_itself_is_not_guessed(desk: Desk) -> None:
    desk.seed(live_voice())
    desk.configure(rate_limit="many")
    result = desk.run("pause", "diwali-reminder", YES)
    assert (result.code, "rate_limit" in result.err) == (1, True)
    assert not desk.requests


def test_another_environment_may_be_wrong(desk: Desk) -> None:
    desk.seed(live_voice())
    text = (desk.root / "campaignctl.yaml").read_text()
    desk.write("campaignctl.yaml", text + "  staging:\n    backend: exotel\n    region: atlantis\n")
    assert desk.run("plan").code == 1
    assert desk.run("pause", "diwali-reminder", YES, "-e", "prod").code == 0
    assert desk.run("pause", "diwali-reminder", YES, "-e", "staging").code == 1


def test_without_a_project_it_is_the_sandbox(tmp_path: Path) -> None:
    result = run("pause", "anything", YES, cwd=tmp_path)
    assert (result.code, "sandbox" in result.err) == (1, True)


# ------------------------------------------------------------------------------------------------ checks of a plan


def test_a_resume_at_night_is_refused_where_the_hours_are_policy(desk: Desk) -> None:
    desk.configure(country="IN")
    desk.seed(live_voice(status="paused", schedule=STARTED))
    desk.pass_time(hours=14)
    result = desk.run("resume", "diwali-reminder", YES, "--format", "json")
    assert (result.code, result.json["results"][0]["reason"]["code"]) == (3, "policy")
    assert not desk.writes


def test_a_pause_at_night_is_not(desk: Desk) -> None:
    desk.configure(country="IN")
    desk.seed(live_voice(status="in-progress", schedule=STARTED))
    desk.pass_time(hours=14)
    assert desk.run("pause", "diwali-reminder", YES).code == 0


def test_a_resume_past_the_end_names_the_complete(desk: Desk) -> None:
    (sid,) = desk.seed(live_voice(status="paused", schedule=OVER))
    result = desk.run("resume", "diwali-reminder", YES)
    assert (result.code, f"campaignctl complete {sid}" in result.out) == (3, True)


def test_a_resume_that_begins_ahead_of_its_start_is_paused_at_once(desk: Desk) -> None:
    desk.sandbox.switches.resume_early = True
    desk.seed(live_voice(status="paused"))
    results = by_hand(desk, "resume", "diwali-reminder")
    assert [it["reason"]["code"] for it in results] == ["started-early"]  # type: ignore[index]
    assert desk.live("diwali-reminder")["status"] == "Paused"


def test_a_campaign_is_read_before_it_is_resumed(desk: Desk) -> None:
    desk.seed(live_voice(status="paused"))
    desk.sandbox.faults.add("change", request="get", data={"url": "http://my.exotel.com/a/other"})
    result = desk.run("resume", "diwali-reminder", YES, "--format", "json")
    assert (result.code, result.json["results"][0]["reason"]["code"]) == (3, "moved")
    assert not desk.writes


@pytest.mark.parametrize(("fault", "code"), [({"status": 422}, 4), ({"status": 503}, 5)])
def test_a_refusal_and_an_unknown_outcome_have_their_codes(
    desk: Desk, fault: dict[str, int], code: int
) -> None:
    desk.seed(live_voice())
    desk.sandbox.faults.add("status", request="action", times=None, **fault)
    desk.sandbox.faults.add("status", request="get", times=None, status=503)
    assert desk.run("pause", "diwali-reminder", YES).code == code


@pytest.mark.parametrize(
    ("verb", "fault", "says"),
    [
        ("pause", {"request": "action", "status": 422}, "fix what the API reported, then run it again"),
        ("pause", {"request": "action", "status": 429}, "run it again; what is done stays done"),
        ("pause", {"status": 503, "after": 2}, "run it again: it looks before it repeats anything"),
        (
            "resume",
            {"effect": "change", "request": "get", "data": {"name": "another"}},
            "look at it, then run it",
        ),
    ],
)
def test_what_to_do_next_is_to_ask_again_by_hand(
    desk: Desk, verb: str, fault: dict[str, Any], says: str
) -> None:
    desk.seed(live_voice(status="paused" if verb == "resume" else "created"))
    desk.sandbox.faults.add(**{"effect": "status", "times": None, **fault})
    told = desk.run(verb, "diwali-reminder", YES).out
    assert f"next: {says}" in told
    assert "apply again" not in told
    assert "plan again" not in told


def test_the_audit_log_has_a_line_per_request(desk: Desk) -> None:
    desk.seed(live_voice())
    desk.run("pause", "diwali-reminder", YES, "--audit-log", "audit.jsonl")
    lines = [json.loads(line) for line in (desk.root / "audit.jsonl").read_text().splitlines()]
    assert len(lines) == len(desk.requests)
    assert [it["operation"] for it in lines][-1] == "pause"


# ------------------------------------------------------------------------------------------------- the next apply


@pytest.mark.parametrize(
    ("verb", "before", "state", "says"),
    [
        (
            "pause",
            "created",
            "active",
            "holds resume back until it is asked for (campaigns/all.yaml:1 wants it active)",
        ),
        ("pause", "created", "paused", "leaves it so"),
        ("pause", "created", ..., "leaves it so (campaigns/all.yaml:1 does not manage its life)"),
        ("pause", "created", "completed", "holds complete back"),
        ("resume", "paused", "paused", "the next apply pauses it (campaigns/all.yaml:1 wants it paused)"),
        ("complete", "paused", "active", "leaves it so"),
        ("complete", "paused", "archived", "holds archive back"),
    ],
)
def test_it_says_what_the_next_apply_will_do(
    desk: Desk, verb: str, before: str, state: object, says: str
) -> None:
    desk.seed(live_voice(status=before))
    desk.manifests(voice(state=state))
    assert says in desk.run(verb, "diwali-reminder", YES).out


@pytest.mark.parametrize(
    ("verb", "metadata", "told"),
    [("pause", {}, True), ("complete", {}, False), ("pause", {"ignore": ["lists"]}, False)],
)
def test_it_says_that_lists_given_by_name_were_not_looked_up(
    desk: Desk, verb: str, metadata: dict[str, Any], told: bool
) -> None:
    desk.seed(live_sms(), collection="message-campaigns")
    desk.manifests(sms(lists=[{"name": "Gold members"}], metadata=metadata))
    out = desk.run(verb, "diwali-offer", YES).out
    assert ("its lists are given by name and were not looked up" in out) is told
    assert "the next apply leaves it so" in out
    assert not [it for it in desk.requests if it.request == "lists"]


def test_the_next_apply_does_what_was_said(desk: Desk) -> None:
    desk.seed(live_voice(status="paused"))
    desk.manifests(voice(state="paused"))
    assert "the next apply pauses it" in desk.run("resume", "diwali-reminder", YES).out
    desk.forget()
    desk.apply()
    assert [action for action, _ in actions(desk.writes)] == ["pause"]


def test_a_program_is_told_too(desk: Desk) -> None:
    desk.seed(live_voice())
    desk.configure({"prune": {"name_prefix": "diwali-"}})
    (result,) = by_hand(desk, "pause", "diwali-reminder")
    assert "one with --prune would end it" in " ".join(result["notes"])  # type: ignore[arg-type]


def test_nothing_to_do_asks_nothing(desk: Desk) -> None:
    desk.seed(live_voice(status="paused"))
    result = desk.run("pause", "diwali-reminder")
    assert (result.code, "Nothing to do." in result.out) == (0, True)


def test_names_from_outside_reach_no_terminal(desk: Desk) -> None:
    desk.seed(live_voice("x\x1b[31mred\u202egnp\n::error::x"))
    said = desk.run("pause", "--all", YES).all
    assert not {"\x1b", "\u202e"} & set(said)
    assert "\n::error::" not in said
