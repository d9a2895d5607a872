"""Registered templates in a plan: what is blocked, what is not looked at, and what nobody can see."""

from __future__ import annotations

from typing import Any

import pytest
from harness import Desk, live_sms, sms
from test_dlt_checks import CAMPAIGN, TEMPLATE, documents

WRONG = {"template": "Dear Asha, see https://acme.example/t/1 Now."}
COLLECTION = "message-campaigns"


@pytest.fixture(autouse=True)
def _in_india(desk: Desk) -> None:
    desk.configure(country="IN")


def change(desk: Desk, *words: str) -> dict[str, Any]:
    (found,) = desk.plan(*words)["changes"]
    changed: dict[str, Any] = found
    return changed


def ops(change: dict[str, Any]) -> list[str]:
    return [it["op"] for it in change["operations"]]


def test_a_create_with_another_text_is_blocked_and_the_plan_says_where(desk: Desk) -> None:
    desk.manifests(*documents(TEMPLATE, WRONG))
    result = desk.run("plan", "--format", "json")
    (finding,), (blocked,) = result.json["findings"], result.json["changes"]
    assert (result.code, blocked["reason"]["code"], ops(blocked)) == (3, "policy", [])
    assert finding["difference"] == {"offset": 40, "expected": "U+006E", "found": "U+004E", "slip": "case"}
    assert desk.run("apply", "--auto-approve").code == 3
    assert not desk.writes


def test_a_registered_text_is_created(desk: Desk) -> None:
    desk.manifests(*documents(TEMPLATE, CAMPAIGN))
    assert ops(change(desk)) == ["create"]
    assert desk.run("apply", "--auto-approve").code == 0


def test_an_update_is_held_against_the_fields_as_they_will_stand(desk: Desk) -> None:
    """The text is left to others, and theirs is the wrong one."""
    later = {"start_time": "2027-01-15T10:00:00+05:30", "end_time": "2027-01-15T19:00:00+05:30"}
    templates, campaign = documents(TEMPLATE, {**CAMPAIGN, "schedule": later})
    campaign["metadata"]["ignore"] = ["template"]
    desk.seed(live_sms(**WRONG), collection=COLLECTION)
    desk.manifests(templates, campaign)
    assert change(desk)["reason"]["code"] == "policy"
    (theirs, _) = documents({**TEMPLATE, "text": WRONG["template"]}, CAMPAIGN)
    desk.manifests(theirs, campaign)
    assert ops(change(desk)) == ["update"]


def test_a_pause_is_never_held_against_it(desk: Desk) -> None:
    desk.seed(live_sms(**WRONG), collection=COLLECTION)
    desk.manifests(*documents(TEMPLATE, {**WRONG, "state": "paused"}))
    assert ops(change(desk)) == ["pause"]


def test_nothing_to_do_is_no_fault_and_nothing_that_is_over_is(desk: Desk) -> None:
    desk.seed(live_sms(**WRONG), collection=COLLECTION)
    desk.manifests(*documents(TEMPLATE, WRONG))
    plan = desk.plan()
    assert (plan["changes"][0]["change"], plan["findings"]) == ("noop", [])
    desk.pass_time(days=30)
    assert desk.run("validate", "--format", "json").json == {"findings": []}


def test_the_next_date_is_held_against_it_where_it_is_too_late_for_the_first(desk: Desk) -> None:
    """The first is in five minutes, the others are on each day after that."""
    hours = {"cron": "5 9 * * *", "time_zone": "Asia/Kolkata", "duration": "2h"}
    daily = {**hours, "from": "2027-01-04", "until": "2027-01-20"}
    templates, campaign = documents(TEMPLATE, {**WRONG, "repeat": daily})
    del campaign["spec"]["schedule"]
    desk.manifests(templates, campaign)
    (found,) = desk.run("validate", "--format", "json").json["findings"]
    assert found["rule"] == "dlt_template"
    assert found["severity"] == "error"


def test_a_resume_before_the_start_is_blocked_and_one_whose_text_went_out_is_not(desk: Desk) -> None:
    (sid,) = desk.seed(live_sms(**WRONG), collection=COLLECTION)
    desk.by_hand(sid, {"action": "pause"}, collection=COLLECTION)
    desk.manifests(*documents(TEMPLATE, {**WRONG, "state": "active"}))
    early = change(desk, "--allow", "resume")
    assert (early["reason"]["code"], ops(early)) == ("policy", [])
    desk.pass_time(days=5, hours=3)
    late = change(desk, "--allow", "resume")
    assert ops(late) == ["resume"]
    assert desk.run("validate", "--format", "json").json == {"findings": []}


def test_what_the_account_does_not_show_is_not_looked_at_and_noted(desk: Desk) -> None:
    (sid,) = desk.seed(live_sms(**CAMPAIGN), collection=COLLECTION)
    desk.by_hand(sid, {"action": "pause"}, collection=COLLECTION)
    desk.sandbox.switches.change({"omit_from_list": ["template", "dlt_template_id"]})
    desk.manifests(*documents(TEMPLATE, {**WRONG, "state": "active"}))
    found = change(desk, "--allow", "resume")
    assert (
        "not shown by the account, so dlt_template did not look at it: dlt_template_id, template"
        in found["notes"]
    )


def test_the_plan_says_of_a_character_that_makes_an_sms_longer_whether_it_is_registered(desk: Desk) -> None:
    """Replaced in the campaign alone, the text would be none that is registered."""
    text = f"It’s here. {'Please come and take it with you. ' * 3}Bye"
    for registered in (text, text.replace("’", "{#var#}")):
        desk.manifests(*documents({**TEMPLATE, "text": registered}, {"template": text}))
        ucs2 = change(desk)["message"]["after"]["text"]["ucs2"]
        holds = registered == text
        assert (ucs2["code"], ucs2.get("registered", False)) == ("U+2019", holds)
        said = desk.run("plan").out
        assert ("; it stands in the registered template, register it anew" in said) is holds
        assert "with ' instead 1 segment in GSM-7" in said


def test_what_makes_an_sms_longer_is_told_once_where_something_else_changes(desk: Desk) -> None:
    text = f"It’s here. {'Please come and take it with you. ' * 3}Bye"
    desk.manifests(*documents({**TEMPLATE, "text": text}, {"template": text}))
    assert desk.run("apply", "--auto-approve").code == 0
    later = {"start_time": "2027-01-15T10:00:00+05:30", "end_time": "2027-01-15T19:00:00+05:30"}
    desk.manifests(*documents({**TEMPLATE, "text": text}, {"template": text, "schedule": later}))
    assert ops(change(desk)) == ["update"]
    said = desk.run("plan").out
    assert said.count("RIGHT SINGLE QUOTATION MARK") == 1
    assert "in line " in said
    assert "register it anew" in said


def test_documents_are_in_no_digest(desk: Desk) -> None:
    desk.manifests(*documents(TEMPLATE, CAMPAIGN))
    with_it = desk.plan()
    desk.manifests(documents(TEMPLATE, CAMPAIGN)[1])
    without = desk.plan()
    assert with_it["digest"] == without["digest"]
    assert with_it["manifests"]["digest"] == without["manifests"]["digest"]


def test_a_fault_of_a_template_alone_blocks_no_change_at_any_level(desk: Desk) -> None:
    desk.configure({"policy": {"dlt_template": {"checks": {"variables": "error"}}}})
    template = {**TEMPLATE, "text": "Dear {#alphanumeric#}, see {#url#} now {#num#}"}
    desk.manifests(*documents(template, {"template": "Dear Asha, see https://acme.example/t/1 now 5"}))
    plan = desk.plan()
    assert [(it["check"], it["severity"]) for it in plan["findings"]] == [("variables", "error")]
    assert ops(plan["changes"][0]) == ["create"]
    assert desk.run("validate").code == 3


def test_an_invalid_document_stops_a_plan_where_an_sms_campaign_is_selected(desk: Desk) -> None:
    templates, campaign = documents({**TEMPLATE, "headers": ["EXOTEL-T"]}, CAMPAIGN)
    desk.manifests(templates, campaign)
    assert desk.run("plan").code == 1
    assert not desk.requests


def test_an_invalid_document_is_no_reason_to_find_its_templates_nowhere(desk: Desk) -> None:
    invalid, campaign = documents({**TEMPLATE, "headers": ["EXOTEL-T"]}, CAMPAIGN)
    valid, _ = documents({**TEMPLATE, "id": "1107160086562376239"}, CAMPAIGN)
    valid["metadata"] = {"name": "another"}
    desk.manifests(invalid, valid, campaign)
    result = desk.run("validate", "--format", "json")
    assert (result.code, [it["rule"] for it in result.json["findings"]]) == (1, ["format"])


def test_another_sms_campaign_without_a_registered_id_is_found(desk: Desk) -> None:
    templates, campaign = documents(TEMPLATE, CAMPAIGN)
    desk.manifests(templates, campaign, sms("other", dlt_template_id="1107160086562376234"))
    codes = {it["name"]: it["reason"]["code"] for it in desk.plan()["changes"]}
    assert codes == {"diwali-offer": "not-live", "other": "policy"}
