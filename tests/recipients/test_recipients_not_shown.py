"""What is declared and not shown goes along with any update (rule 4.2), not where something keeps it back."""

from __future__ import annotations

from typing import Any

import pytest
from harness import ACCOUNT, Desk, live_voice, sent, sms, voice
from list_desk import NUMBERS, contact_list, texting

ANNA, BELA, CARO = NUMBERS
APPLY = ("apply", "--auto-approve")
DORA = "+919876543288"
HOOK = "https://hooks.example.com/other"
NAME = "diwali-reminder"


def opt_out(desk: Desk, *numbers: str) -> None:
    desk.write("do-not-call.csv", "\n".join(("number", *numbers, "")))


def hide(desk: Desk, *keys: str) -> None:
    """No answer shows them from now on; without any all is shown again."""
    switches = desk.sandbox.switches
    switches.omit_from_get = switches.omit_from_list = switches.omit_from_update = list(keys)


def labels_asked_for(desk: Desk) -> None:
    desk.configure({"policy": {"required_labels": {"level": "error", "labels": ["team"]}}})


@pytest.fixture(name="project")
def _project(desk: Desk) -> Desk:
    """A project that leaves people out by a file."""
    desk.configure({"suppress": [{"from_file": "do-not-call.csv"}]})
    opt_out(desk, BELA)
    return desk


@pytest.mark.parametrize(
    ("field", "value"),
    [("url", "http://my.exotel.com/acme1/exoml/start_voice/1"), ("caller_id", "03349360001")],
)
def test_an_opt_out_brings_no_content_and_no_caller_that_a_policy_keeps_back(
    project: Desk, field: str, value: str
) -> None:
    project.manifests(voice(**{"from": [ANNA, CARO]}))
    project.apply()
    before = project.live(NAME)[field]
    hide(project, field)
    labels_asked_for(project)
    project.manifests(voice(**{"from": [ANNA, CARO], field: value}))
    opt_out(project, BELA, CARO)
    done = project.run(*APPLY)
    hide(project)
    after = project.live(NAME)
    assert (after["from"], after[field]) == ([ANNA], before), done.all
    assert "policy forbids it" in done.all


def test_an_opt_out_from_a_list_brings_no_text_that_a_policy_keeps_back(project: Desk) -> None:
    project.manifests(contact_list(), texting())
    project.apply()
    hide(project, "template")
    labels_asked_for(project)
    project.manifests(contact_list(), texting(template="Another text"))
    opt_out(project, BELA, CARO)
    done = project.run(*APPLY)
    hide(project)
    (live,) = project.account("message-campaigns")
    assert [project.sandbox.numbers(ACCOUNT, it) for it in live["lists"]] == [[ANNA]], done.all
    assert live["template"] == sms()["spec"]["template"]


def test_one_that_nothing_keeps_back_brings_it_as_any_update(project: Desk) -> None:
    project.manifests(voice(**{"from": [ANNA, CARO]}))
    project.apply()
    hide(project, "url")
    opt_out(project, BELA, CARO)
    project.run(*APPLY)
    hide(project)
    live = project.live(NAME)
    assert (live["from"], live["url"]) == ([ANNA], voice()["spec"]["url"])


def test_what_an_opt_out_left_as_it_is_pauses_nothing_where_its_answer_shows_it(project: Desk) -> None:
    project.manifests(voice(**{"from": [ANNA, CARO], "lists": ["9120d5962d214316b7721de55bb82e03"]}))
    project.apply()
    project.sandbox.switches.omit_from_get = project.sandbox.switches.omit_from_list = ["lists"]
    labels_asked_for(project)
    opt_out(project, BELA, CARO)
    done = project.run(*APPLY)
    live = project.live(NAME)
    assert (live["status"], live["from"]) == ("Created", [ANNA]), done.all


def test_what_cannot_hurt_brings_nobody_while_nobody_knows_which_list_is_meant(desk: Desk) -> None:
    desk.manifests(voice(**{"from": [ANNA]}))
    desk.apply()
    hide(desk, "from")
    lists = [{"name": "nowhere"}]
    desk.manifests(voice(**{"from": [ANNA, CARO], "lists": lists, "status_callback": HOOK}))
    desk.forget()
    done = desk.run(*APPLY)
    assert (done.code, desk.writes) == (3, []), done.all


def test_nobody_comes_along_while_nobody_sees_whom_the_earlier_campaign_has_called(desk: Desk) -> None:
    desk.configure(country="IN")
    early = {"send_at": "2027-01-10T10:00:00+05:30", "end_at": "2027-01-10T20:00:00+05:30"}
    rest: dict[str, Any] = {"from": [ANNA, BELA, CARO], "suppress": [{"campaign": "voice/canary"}]}
    desk.manifests(voice("canary", **{"from": [ANNA, BELA], "schedule": early}), voice("rest", **rest))
    desk.apply()
    desk.pass_time(hours=2)
    hide(desk, "from")
    fewer = voice("canary", **{"from": [BELA], "schedule": early})
    desk.manifests(fewer, voice("rest", **rest, caller_id="03349360001"))
    desk.forget()
    done = desk.run(*APPLY)
    assert desk.writes == [], "Anna was called by the canary"
    assert "recipients-unseen" in done.all


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("from", [ANNA, CARO]),
        ("url", "http://my.exotel.com/acme1/exoml/start_voice/1"),
        ("caller_id", "03349360001"),
    ],
)
def test_what_can_no_longer_change_is_sent_as_the_list_showed_it_where_the_read_before_the_write_does_not(
    desk: Desk, field: str, value: Any
) -> None:
    near = {"send_at": "2027-01-10T10:05:00+05:30", "end_at": "2027-01-10T20:00:00+05:30"}
    was: dict[str, Any] = {"from": [ANNA], "schedule": near}
    desk.manifests(voice(**was))
    desk.apply()
    before = desk.live(NAME)[field]
    desk.pass_time(minutes=57)
    desk.sandbox.switches.omit_from_get = [field]
    desk.manifests(voice(**{**was, field: value, "status_callback": HOOK}))
    done = desk.run(*APPLY)
    live = desk.live(NAME)
    assert (live[field], live["status_callback"]) == (before, HOOK), done.all
    assert "immutable-field" in done.all
    assert [sent(it)[field] for it in desk.writes if it.request == "update"] == [before]


@pytest.mark.parametrize("declared", [True, False], ids=["as before", "its manifest names it no more"])
@pytest.mark.parametrize("hidden", ["lists", "from"])
def test_an_opt_out_is_done_where_only_the_list_of_campaigns_shows_whom_it_calls(
    project: Desk, hidden: str, declared: bool
) -> None:
    there: dict[str, Any] = {"from": [CARO, DORA], "lists": [{"name": "vip-customers"}]}
    project.manifests(contact_list(), voice(**there))
    project.apply()
    labels_asked_for(project)
    project.sandbox.switches.omit_from_get = [hidden]
    if not declared:
        there[hidden] = ...
        project.manifests(contact_list(), voice(**there))
    opt_out(project, BELA, CARO)
    done = project.run(*APPLY)
    project.sandbox.switches.omit_from_get = []
    live = project.live(NAME)
    called = [project.sandbox.numbers(ACCOUNT, it) for it in live["lists"]]
    assert (live["status"], live["from"], called) == ("Created", [DORA], [[ANNA]]), done.all


def test_an_opt_out_ends_no_later_where_only_the_list_of_campaigns_shows_the_end(project: Desk) -> None:
    project.manifests(voice(**{"from": [ANNA, CARO]}))
    project.apply()
    labels_asked_for(project)
    schedule = voice()["spec"]["schedule"]
    later = {**schedule, "end_at": "2027-01-15T23:00:00+05:30"}
    project.manifests(voice(**{"from": [ANNA, CARO], "schedule": later}))
    project.sandbox.switches.omit_from_get = ["schedule.end_at"]
    opt_out(project, BELA, CARO)
    done = project.run(*APPLY)
    project.sandbox.switches.omit_from_get = []
    live = project.live(NAME)
    assert (live["from"], live["schedule"]) == ([ANNA], schedule), done.all


def test_nobody_comes_along_whom_another_keeps_that_is_the_same_call(desk: Desk) -> None:
    sid = "9120d5962d214316b7721de55bb82e03"
    desk.manifests(voice("holi", **{"from": [ANNA, CARO]}), file="campaigns/holi.yaml")
    desk.manifests(voice("diwali", **{"from": [DORA], "lists": [sid]}))
    desk.apply()
    hide(desk, "lists")
    desk.manifests(voice("holi", **{"from": [CARO]}), file="campaigns/holi.yaml")
    to_list: dict[str, Any] = {"from": [DORA], "lists": [{"name": "vip-customers"}]}
    desk.manifests(contact_list(), voice("diwali", **to_list, caller_id="03349360001"))
    desk.forget()
    done = desk.run(*APPLY, "campaigns/all.yaml")
    assert desk.writes == [], "Anna is called by holi until that is applied"
    assert "looks-renamed" in done.all


def test_numbers_that_became_a_list_are_told_until_the_manifest_unsets_them(desk: Desk) -> None:
    desk.seed(live_voice())
    to_a_list = voice(lists=["a1b2c3"])
    del to_a_list["spec"]["from"]
    desk.manifests(to_a_list)
    (change,) = desk.plan("--resend", NAME)["changes"]
    noted = "it also calls 2 numbers of its from, which the manifest does not declare; `from: null` takes them out"
    assert noted in change["notes"]
    to_a_list["spec"]["from"] = None
    desk.manifests(to_a_list)
    assert desk.run(*APPLY, "--resend", NAME).code == 0
    (update,) = desk.writes
    assert (sent(update)["from"], sent(update)["lists"]) == (None, to_a_list["spec"]["lists"])
    assert noted not in desk.run("plan").out
