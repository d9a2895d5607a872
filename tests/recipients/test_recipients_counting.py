"""How many people are in the lists that a plan sends to (recipients.md 1)."""

from __future__ import annotations

from typing import Any

import pytest
from contact_lists import contact_list
from harness import Desk, live_sms, live_voice, sms, voice

from campaignctl.sandbox.journal import RecordedRequest


def counts(desk: Desk) -> list[RecordedRequest]:
    """The requests that asked for the people of a list."""
    return [it for it in desk.requests if it.path.endswith("/contacts")]


def people(plan: Any, at: int = 0) -> Any:
    return plan["changes"][at]["message"]["after"]["people"]


def exactly(amount: int) -> dict[str, Any]:
    return {"known": amount, "whole": True, "at_most": amount}


UNKNOWN = {"known": None, "whole": False, "at_most": None}


@pytest.mark.parametrize("amount", [1, 2, 19, 20, 21, 1200])
def test_a_list_that_is_sent_to_is_counted(desk: Desk, amount: int) -> None:
    sid = contact_list(desk, amount)
    desk.manifests(sms(lists=[sid]))
    plan = desk.plan()
    assert people(plan) == plan["reach"]["people"] == exactly(amount)
    (each,) = plan["changes"][0]["lists"]
    assert each == {
        "sid": sid,
        "name": None,
        "count": amount,
        "counted_at": plan["created_at"],
        "managed": False,
    }
    assert len(counts(desk)) == (2 if amount == 1 else 1)
    assert plan["refresh"]["requests"] == len(desk.requests)
    noun = "1 person" if amount == 1 else f"{amount:,} people"
    assert f"texts {noun} (1 list)" in desk.run("plan").out


@pytest.mark.parametrize("amount", [0, 1, 2, 20, 21, 500])
def test_an_answer_that_counts_its_own_page_is_never_believed_wrongly(desk: Desk, amount: int) -> None:
    desk.sandbox.switches.contact_count = "page"
    sid = contact_list(desk, amount)
    desk.manifests(sms(lists=[sid]))
    change = desk.plan()["changes"][0]
    known = change["lists"][0]["count"]
    assert known == (amount if amount < 2 else None)
    if known is None:
        assert any(sid in note and "unknown" in note for note in change["notes"])


@pytest.mark.parametrize("how", ["refused", "missing"])
def test_what_the_account_refuses_or_leaves_out_is_unknown_and_noted_with_the_sid(
    desk: Desk, how: str
) -> None:
    desk.sandbox.switches.contact_count = how
    sid = contact_list(desk, 5)
    desk.manifests(sms(lists=[sid]))
    result = desk.run("plan", "--format", "json")
    (change,) = result.json["changes"]
    assert result.code == 0
    assert people(result.json) == UNKNOWN
    assert change["lists"][0]["count"] is change["lists"][0]["counted_at"] is None
    assert any(sid in note for note in change["notes"])
    assert "an unknown number of people (1 list)" in desk.run("plan").out


def test_a_server_in_trouble_leaves_the_count_unknown(desk: Desk) -> None:
    sid = contact_list(desk, 5)
    desk.manifests(sms(lists=[sid]))
    desk.configure(max_attempts=2)
    desk.sandbox.faults.add("status", request="contacts", status=503, times=None)
    plan = desk.plan()
    assert people(plan) == UNKNOWN
    assert len(counts(desk)) == 2


def test_of_several_lists_nobody_knows_who_is_in_two(desk: Desk) -> None:
    sids = [contact_list(desk, 1200), contact_list(desk, 900)]
    desk.manifests(sms(lists=sids))
    plan = desk.plan()
    assert people(plan) == {"known": 1200, "whole": False, "at_most": 2100}
    assert "at most 2,100 people (2 lists)" in desk.run("plan").out


def test_one_unknown_part_leaves_the_most_unknown(desk: Desk) -> None:
    desk.sandbox.switches.contact_count = "page"
    sids = [contact_list(desk, 1), contact_list(desk, 900)]
    desk.manifests(sms(lists=sids))
    assert people(desk.plan()) == {"known": 1, "whole": False, "at_most": None}


def test_a_list_of_several_campaigns_is_counted_once(desk: Desk) -> None:
    sid = contact_list(desk, 5)
    desk.manifests(sms("offer-one", lists=[sid]), sms("offer-two", lists=[sid], template="Another text"))
    plan = desk.plan()
    assert len(counts(desk)) == 1
    assert plan["reach"]["people"] == exactly(10)


def test_without_lists_nothing_is_asked(desk: Desk) -> None:
    desk.manifests(voice())
    assert desk.plan()["changes"][0]["lists"] == []
    assert counts(desk) == []


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_nothing_is_counted_where_nobody_wants_it(desk: Desk, command: str) -> None:
    sid = contact_list(desk, 0)
    desk.manifests(sms(lists=[sid]))
    words = ("--auto-approve",) if command == "apply" else ()
    assert desk.run(command, *words, "--no-count-lists").code == 0
    assert counts(desk) == []


def test_a_campaign_in_sync_is_counted_only_within_a_day_of_its_start(desk: Desk) -> None:
    sid = contact_list(desk, 7)
    desk.seed(live_sms(lists=[sid]), collection="message-campaigns")
    desk.manifests(sms(lists=[sid]))
    assert desk.plan()["changes"][0]["lists"] == []
    assert counts(desk) == []
    desk.pass_time(days=4, hours=2)
    (change,) = desk.plan()["changes"]
    assert (change["change"], change["lists"][0]["count"]) == ("noop", 7)


def test_an_update_of_something_else_counts_nothing(desk: Desk) -> None:
    sid = contact_list(desk, 7)
    desk.seed(live_sms(lists=[sid]), collection="message-campaigns")
    desk.manifests(sms(lists=[sid], template="Another text"))
    assert [it["change"] for it in desk.plan()["changes"]] == ["update"]
    assert counts(desk) == []


def test_an_update_of_lists_and_a_resume_count(desk: Desk) -> None:
    before, after = contact_list(desk, 7), contact_list(desk, 8)
    desk.seed(live_sms(lists=[before]), collection="message-campaigns")
    desk.seed(live_voice("sleeper", **{"from": ...}, lists=[before], status="paused"))
    desk.manifests(sms(lists=[after]), voice("sleeper", **{"from": ...}, lists=[before], state="active"))
    plan = desk.plan("--allow", "resume")
    assert [it["lists"][0]["count"] for it in plan["changes"]] == [8, 7]
    assert len(counts(desk)) == 2


@pytest.mark.slow
def test_fifty_lists_are_fifty_requests_and_the_rest_is_unknown_and_noted(desk: Desk) -> None:
    sids = [contact_list(desk, 3, sid=f"{place:032x}") for place in range(52)]
    desk.manifests(
        *(sms(f"offer-{place:02d}", lists=[sid], template=f"T {place}") for place, sid in enumerate(sids))
    )
    before = len(desk.requests)
    plan = desk.plan()
    assert len(counts(desk)) == 50
    assert len(desk.requests) - before == plan["refresh"]["requests"]
    known = [it["lists"][0]["count"] for it in plan["changes"]]
    assert known == [3] * 50 + [None] * 2
    assert any("2 contact lists were not counted" in note for note in plan["notes"])


def test_what_starts_first_is_counted_first(desk: Desk) -> None:
    sids = [contact_list(desk, 3) for _ in range(51)]

    def starting(place: int) -> dict[str, str]:
        return {
            "start_time": f"2027-01-{20 - (place == 50):02d}T10:00:00+05:30",
            "end_time": "2027-01-20T18:00:00+05:30",
        }

    desk.manifests(
        *(
            sms(f"offer-{place:02d}", lists=[sid], template=f"T {place}", schedule=starting(place))
            for place, sid in enumerate(sids)
        )
    )
    known = [it["lists"][0]["count"] for it in desk.plan()["changes"]]
    assert known.index(None) == 49
    assert known[50] == 3


def test_max_numbers_reckons_with_all_of_the_lists(desk: Desk) -> None:
    sids = [contact_list(desk, 3), contact_list(desk, 4)]
    desk.configure({"policy": {"max_numbers": {"level": "error", "at_most": 6}}})
    desk.manifests(sms(lists=sids))
    result = desk.run("plan", "--format", "json")
    (finding,) = [it for it in result.json["findings"] if it["rule"] == "max_numbers"]
    assert (result.code, "up to 7 numbers (2 lists)" in finding["message"]) == (3, True)
    assert finding["file"] == "campaigns/all.yaml"
    assert desk.run("validate").code == 0


def test_a_run_is_predicted_from_the_count(desk: Desk) -> None:
    sid = contact_list(desk, 600)
    desk.manifests(voice(**{"from": ...}, lists=[sid], retries=...))
    plan = desk.plan()
    assert plan["changes"][0]["run"]["predicted_end"].startswith("2027-01-15T09:10:00")


def test_an_empty_list_is_found_at_its_line_and_blocks(desk: Desk) -> None:
    sid = contact_list(desk, 0)
    desk.pass_time(days=4)
    desk.manifests(voice(**{"from": ...}, lists=[sid], schedule={"send_at": "2027-01-15T09:00:00+05:30"}))
    result = desk.run("plan", "--format", "json")
    (finding,) = [it for it in result.json["findings"] if it["rule"] == "empty_list"]
    assert (result.code, finding["severity"]) == (3, "error")
    assert "lists" in (desk.root / "campaigns/all.yaml").read_text().splitlines()[finding["line"] - 1]
    assert result.json["changes"][0]["reason"]["code"] == "policy"


def test_an_empty_list_is_a_warning_while_there_is_a_day_to_fill_it(desk: Desk) -> None:
    sid = contact_list(desk, 0)
    desk.manifests(sms(lists=[sid]))
    result = desk.run("plan", "--format", "json")
    (finding,) = [it for it in result.json["findings"] if it["rule"] == "empty_list"]
    assert (result.code, finding["severity"]) == (0, "warn")
    assert desk.run("apply", "--auto-approve").code == 0
    assert len(desk.writes) == 1


def test_an_empty_list_of_a_campaign_that_is_created_is_noted(desk: Desk) -> None:
    sid = contact_list(desk, 0)
    desk.seed(live_sms(lists=[sid]), collection="message-campaigns")
    desk.manifests(sms(lists=[sid]))
    desk.pass_time(days=4, hours=2)
    result = desk.run("plan", "--format", "json")
    (change,) = result.json["changes"]
    assert (result.code, change["change"]) == (0, "noop")
    assert f"the list {sid} holds nobody" in change["notes"]


def test_an_empty_list_is_nothing_where_the_rule_is_off(desk: Desk) -> None:
    desk.configure({"policy": {"empty_list": {"level": "off"}}})
    desk.manifests(sms(lists=[contact_list(desk, 0)]))
    result = desk.run("plan", "--format", "json")
    assert (result.code, result.json["findings"]) == (0, [])


# ----------------------------------------------------------------------------------------------- by hand, and status


def sleeping(desk: Desk, amount: int) -> str:
    sid = contact_list(desk, amount)
    desk.seed(live_voice("sleeper", **{"from": ...}, lists=[sid], status="paused"))
    return sid


def test_a_resume_by_hand_counts_before_it_asks(desk: Desk) -> None:
    sleeping(desk, 1200)
    result = desk.run("resume", "sleeper", "--auto-approve")
    assert result.code == 0, result.all
    assert "calls 1,200 people (1 list)" in result.out
    assert len(counts(desk)) == 1


def test_a_resume_by_hand_counts_nothing_where_nobody_wants_it(desk: Desk) -> None:
    sleeping(desk, 1200)
    result = desk.run("resume", "sleeper", "--auto-approve", "--no-count-lists")
    assert "an unknown number of people (1 list)" in result.out
    assert counts(desk) == []


def test_a_resume_by_hand_to_an_empty_list_is_refused(desk: Desk) -> None:
    sleeping(desk, 0)
    desk.pass_time(days=4, hours=2)
    result = desk.run("resume", "sleeper", "--auto-approve")
    assert (result.code, desk.writes) == (3, [])
    assert "holds nobody" in result.out


def test_a_pause_by_hand_counts_nothing(desk: Desk) -> None:
    sid = contact_list(desk, 5)
    desk.seed(live_voice("caller", **{"from": ...}, lists=[sid], status="in-progress"))
    assert desk.run("pause", "caller", "--auto-approve").code == 0
    assert counts(desk) == []


def test_status_counts_once_what_is_alive_and_shows_no_stats(desk: Desk) -> None:
    sid = contact_list(desk, 600)
    desk.seed(live_sms(lists=[sid]), collection="message-campaigns")
    desk.manifests(sms(lists=[sid]))
    assert desk.run("status").code == 0
    assert counts(desk) == []
    desk.sandbox.switches.omit_from_list = ("stats",)
    document = desk.run("status", "--format", "json").json
    assert len(counts(desk)) == 1
    (campaign,) = document["campaigns"]
    assert campaign["progress"]["to_go"] == 600
    assert campaign["expected_end"].startswith("2027-01-15T10:02")


def test_doctor_and_export_count_nothing(desk: Desk) -> None:
    desk.manifests(sms(lists=[contact_list(desk, 5)]))
    desk.run("doctor")
    desk.run("export", "--out", "live")
    assert counts(desk) == []
