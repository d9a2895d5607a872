"""Rules 1 to 3 through HTTP: somebody else's namesake, masked numbers, what is over, and a NAME that is an SID."""

from __future__ import annotations

from typing import Any

import pytest
from harness import Desk, live_sms, live_voice, sent, sms, voice

APPLY = ("apply", "--auto-approve")
MASKED = ["XXXXXXXX10", "98••••••11"]
FOREIGN: dict[str, Any] = {
    "from": ["+919876500001", "+919876500002"],
    "url": "http://my.exotel.com/acme1/exoml/start_voice/1",
    "schedule": {"send_at": "2027-01-14T09:00:00+05:30", "end_at": "2027-01-14T18:00:00+05:30"},
}
SID_LIKE = "0461416c23f8ab5b2d41bc1f6ab21601"


def mask(desk: Desk) -> None:
    """From now on the account shows nobody's number."""
    for request in ("list", "get", "create", "update", "action"):
        desk.sandbox.faults.add("change", request=request, times=None, data={"from": MASKED})


def only(plan: Any, name: str = "diwali-reminder") -> Any:
    (change,) = (it for it in plan["changes"] if it["name"] == name)
    return change


# ------------------------------------------------------------------------------------------- somebody else's campaign


@pytest.mark.parametrize("state", ["active", "paused", ...])
def test_what_looks_foreign_is_left_alone_and_apply_says_so_by_its_exit_code(desk: Desk, state: Any) -> None:
    (sid,) = desk.seed(live_voice(**FOREIGN))
    desk.manifests(voice(state=state))
    change = only(desk.plan())
    assert (change["change"], change["reason"]["code"], change["sid"]) == ("held", "looks-foreign", sid)
    assert change["operations"] == []
    result = desk.run(*APPLY)
    assert result.code == 3
    assert desk.writes == []
    shown = desk.run("plan")
    assert shown.code == 0
    assert "--allow adopt:diwali-reminder" in shown.out
    assert "start-now" not in shown.out


def test_what_looks_foreign_and_has_nothing_to_wait_for_is_asked_for_all_the_same(desk: Desk) -> None:
    desk.seed(live_voice(status="paused", **FOREIGN))
    desk.pass_time(days=6)
    desk.manifests(voice(schedule={"send_at": "2027-01-20T09:00:00+05:30"}))
    assert only(desk.plan())["held"] == []
    assert "--allow adopt:diwali-reminder" in desk.run("plan").out
    assert desk.run(*APPLY).code == 3


def test_what_is_adopted_is_updated_and_then_needs_no_more_adopting(desk: Desk) -> None:
    (sid,) = desk.seed(live_voice(**FOREIGN))
    desk.manifests(voice())
    assert desk.run(*APPLY, "--allow", "adopt:diwali-reminder").code == 0
    (update,) = desk.writes
    assert update.path.endswith(sid)
    assert sent(update)["from"] == voice()["spec"]["from"]
    assert desk.run(*APPLY).code == 0
    assert only(desk.plan())["reason"]["code"] == "in-sync"


def test_a_saved_plan_keeps_that_it_was_adopted(desk: Desk) -> None:
    desk.seed(live_voice(**FOREIGN))
    desk.manifests(voice())
    assert desk.run("plan", "--allow", "adopt:diwali-reminder", "--out", "plan.json").code == 0
    assert desk.run("apply", "plan.json", "--auto-approve").code == 0
    assert len(desk.writes) == 1


def test_an_environment_cannot_adopt(desk: Desk) -> None:
    desk.configure(allow=["adopt"])
    desk.manifests(voice())
    result = desk.run("plan")
    assert result.code == 1
    assert '"adopt" is none of' in result.all


# ------------------------------------------------------------------------------------------------------ masked numbers


def test_masked_numbers_are_neither_compared_nor_sent_back(desk: Desk) -> None:
    desk.seed(live_voice(caller_id="0801"))
    mask(desk)
    desk.manifests(voice())
    change = only(desk.plan())
    assert [it["field"] for it in change["diff"]] == ["caller_id"]
    assert any("from" in note for note in change["notes"])
    assert desk.run(*APPLY).code == 0
    (update,) = desk.writes
    assert sent(update)["from"] == voice()["spec"]["from"]
    desk.sandbox.faults.clear()
    assert only(desk.plan())["reason"]["code"] == "in-sync"


def test_an_update_that_would_need_masked_numbers_is_not_sent(desk: Desk) -> None:
    (sid,) = desk.seed(live_voice(caller_id="0801"))
    mask(desk)
    desk.manifests(voice(metadata={"sid": sid}, **{"from": ...}))
    assert only(desk.plan())["reason"]["code"] == "cannot-send-whole"
    assert desk.run(*APPLY).code == 3
    assert desk.writes == []


def test_masked_numbers_are_nobody_elses(desk: Desk) -> None:
    """Content and start differ, and whom it reaches is not known: it is the campaign of the name."""
    desk.seed(live_voice(**{**FOREIGN, "from": voice()["spec"]["from"]}))
    mask(desk)
    desk.manifests(voice())
    assert only(desk.plan())["reason"]["code"] == "fields-differ"


def test_a_create_whose_answer_masks_the_numbers_has_not_failed(desk: Desk) -> None:
    mask(desk)
    desk.manifests(voice())
    (result,) = desk.apply()["results"]
    assert result["outcome"] == "applied", result
    assert desk.run("plan", "--detailed-exitcode").code == 0
    assert only(desk.plan())["reason"]["code"] == "cannot-compare"


def test_twins_of_masked_numbers_are_told_by_content_and_start(desk: Desk) -> None:
    """Two masks that are equal are not equal people, and two that differ are not others."""
    sids = desk.seed(live_voice(), live_voice(), live_voice(url=FOREIGN["url"]))
    mask(desk)
    desk.manifests(voice())
    change = only(desk.plan())
    assert change["reason"]["code"] == "ambiguous-name"
    assert [it["sid"] for it in change["operations"]] == [max(sids[:2])]


@pytest.mark.parametrize("numbers", [("--show-numbers",), ("--numbers-to", "out/people.csv")])
def test_an_export_writes_no_masked_number(desk: Desk, numbers: tuple[str, ...]) -> None:
    desk.seed(live_voice())
    mask(desk)
    result = desk.run("export", "--out", "out", *numbers)
    assert result.code == 0
    written = [it.read_text(encoding="utf-8") for it in (desk.root / "out").iterdir()]
    assert len(written) == 1
    assert "XXXX" not in written[0]
    assert "••" not in written[0]
    assert "sid:" in written[0]
    assert desk.run("validate", "out").code == 0


# ---------------------------------------------------------------------------------------------------- what is over


@pytest.mark.parametrize("refresh", ["auto", "full"])
@pytest.mark.parametrize("others", [0, 60])
def test_a_finished_campaign_that_the_manifest_renames_is_not_created_again(
    desk: Desk, refresh: str, others: int
) -> None:
    (sid,) = desk.seed(live_sms("diwali-before", status="completed"), collection="message-campaigns")
    many = (live_sms(f"other-{number}", status="archived", lists=["x1"]) for number in range(others))
    desk.seed(*many, collection="message-campaigns")
    desk.manifests(sms("diwali-offer", metadata={"previous_name": "diwali-before"}))
    change = only(desk.plan("--refresh", refresh), "diwali-offer")
    assert (change["change"], change["reason"]["code"], change["sid"]) == ("noop", "finished", sid)
    assert desk.run(*APPLY, "--refresh", refresh).code == 0
    assert desk.writes == []


@pytest.mark.parametrize("refresh", ["auto", "full"])
def test_what_somebody_ended_is_not_made_again_under_another_name(desk: Desk, refresh: str) -> None:
    (sid,) = desk.seed(live_voice("diwali-before", status="completed"))
    desk.manifests(voice())
    change = only(desk.plan("--refresh", refresh))
    assert (change["change"], change["reason"]["code"]) == ("held", "looks-renamed")
    assert sid in change["reason"]["message"]
    assert desk.run(*APPLY).code == 3
    assert desk.writes == []
    desk.manifests(voice(metadata={"distinct_from": [sid]}))
    assert desk.run(*APPLY).code == 0
    assert len(desk.writes) == 1


def test_a_deleted_campaign_is_over(desk: Desk) -> None:
    desk.seed(live_voice(status="deleted"))
    desk.manifests(voice())
    change = only(desk.plan())
    assert (change["reason"]["code"], change["status"]["live"]) == ("finished", "Deleted")
    assert desk.run(*APPLY).code == 0
    assert desk.writes == []


# ------------------------------------------------------------------------------------- a NAME that is another one's SID


@pytest.fixture
def both(desk: Desk) -> tuple[str, str]:
    """Two campaigns; the name of the second is the SID of the first."""
    named, own = desk.seed(
        live_voice(SID_LIKE, **FOREIGN), live_voice("holi-reminder", sid=SID_LIKE, status="paused")
    )
    assert own == SID_LIKE
    return own, named


@pytest.mark.parametrize("verb", ["resume", "complete", "archive"])
def test_a_verb_that_cannot_tell_which_one_is_meant_does_nothing(
    desk: Desk, both: tuple[str, str], verb: str
) -> None:
    result = desk.run(verb, SID_LIKE, "--auto-approve")
    assert result.code == 3
    assert "ambiguous-name" in result.out
    assert both[1] in result.out
    assert desk.writes == []


def test_a_pause_is_of_both(desk: Desk, both: tuple[str, str]) -> None:
    desk.by_hand(both[0], {"action": "resume"})
    assert desk.run("pause", SID_LIKE, "--auto-approve").code == 0
    assert {it["status"] for it in desk.account()} == {"Paused"}


def test_a_short_name_that_is_an_sid_of_this_account_is_told_too(desk: Desk) -> None:
    desk.seed(live_voice("diwali-1", sid="growth-1"), live_voice("growth-1", sid="diwali-2", status="paused"))
    result = desk.run("complete", "growth-1", "--auto-approve")
    assert result.code == 3
    assert "ambiguous-name" in result.out
    assert desk.writes == []


def test_a_report_is_of_neither(desk: Desk, both: tuple[str, str]) -> None:
    result = desk.run("report", SID_LIKE)
    assert result.code == 3
    assert both[1] in result.err


def test_a_status_shows_both_and_says_so(desk: Desk, both: tuple[str, str]) -> None:
    shown = desk.run("status", SID_LIKE, "--format", "json").json
    assert {it["sid"] for it in shown["campaigns"]} == set(both)
    assert any(both[1] in note for note in shown["notes"])
    desk.manifests(voice(SID_LIKE, **FOREIGN))
    shown = desk.run("status", SID_LIKE, "--format", "json").json
    assert {it["sid"] for it in shown["campaigns"]} == set(both)


def test_what_is_allowed_of_an_sid_is_allowed_of_no_namesake(desk: Desk, both: tuple[str, str]) -> None:
    desk.manifests(
        voice(SID_LIKE, state="completed", **FOREIGN),
        voice("holi-reminder", state="completed"),
    )
    changes = {it["sid"]: it for it in desk.plan("--allow", f"complete:{SID_LIKE}")["changes"]}
    assert [it["op"] for it in changes[both[0]]["operations"]] == ["complete"]
    assert [it["op"] for it in changes[both[1]]["operations"]] == ["pause"]
    assert [it["op"] for it in changes[both[1]]["held"]] == ["complete"]


# --------------------------------------------------------------------------- a NAME that begins like a kind, and is one


@pytest.fixture
def two_ways(desk: Desk) -> tuple[str, str]:
    """`voice/holi-offer` is the voice campaign holi-offer, and what another one is called."""
    plain, like_a_kind = desk.seed(live_voice("holi-offer", **FOREIGN), live_voice("voice/holi-offer"))
    return plain, like_a_kind


@pytest.mark.parametrize("verb", ["resume", "complete", "archive"])
def test_a_verb_that_two_campaigns_may_be_meant_by_does_nothing(
    desk: Desk, two_ways: tuple[str, str], verb: str
) -> None:
    result = desk.run(verb, "voice/holi-offer", "--auto-approve")
    assert (result.code, desk.writes) == (3, [])
    assert "ambiguous-name" in result.out
    assert all(sid in result.out for sid in two_ways)


def test_a_pause_is_of_both_that_may_be_meant(desk: Desk, two_ways: tuple[str, str]) -> None:
    assert desk.run("pause", "voice/holi-offer", "--auto-approve").code == 0
    assert [it["status"] for it in desk.account()] == ["Paused"] * len(two_ways)


def test_a_status_shows_both_that_may_be_meant(desk: Desk, two_ways: tuple[str, str]) -> None:
    shown = desk.run("status", "voice/holi-offer", "--format", "json").json
    assert {it["sid"] for it in shown["campaigns"]} == set(two_ways)
    assert any(two_ways[1] in note for note in shown["notes"])
    desk.manifests(voice("voice/holi-offer"))
    shown = desk.run("status", "voice/holi-offer", "--format", "json").json
    assert two_ways[1] in {it["sid"] for it in shown["campaigns"]}


@pytest.mark.parametrize("search", ["substring", "whole", "odd", "refuse"])
def test_what_is_called_like_a_kind_and_a_name_is_found_by_what_it_is_called(desk: Desk, search: str) -> None:
    desk.seed(live_voice("voice/holi-offer"), live_voice("diwali", **FOREIGN))
    desk.sandbox.switches.change({"name_search": search})
    assert desk.run("status", "voice/holi-offer").code == 0
    assert desk.run("report", "voice/holi-offer").code == 0
    assert desk.run("pause", "voice/holi-offer", "--auto-approve").code == 0
    assert [it["status"] for it in desk.account()] == ["Paused", "Created"]


def test_what_is_allowed_of_one_is_allowed_of_no_other_that_the_name_could_be(
    desk: Desk, two_ways: tuple[str, str]
) -> None:
    desk.manifests(
        voice("holi-offer", state="completed", metadata={"sid": two_ways[0]}, **FOREIGN),
        voice("voice/holi-offer", state="completed"),
    )
    for name, sid in (("voice/holi-offer", two_ways[0]), ("voice/voice/holi-offer", two_ways[1])):
        ended = {it["sid"]: it["held"] == [] for it in desk.plan("--allow", f"complete:{name}")["changes"]}
        assert ended == {it: it == sid for it in two_ways}
