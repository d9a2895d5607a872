"""A list of the project in plans and applies: uploaded once where a campaign needs it, compared by its content."""

from __future__ import annotations

from typing import Any

import pytest
from harness import ACCOUNT, Answer, Desk, live_sms, live_voice, sent, voice
from list_desk import (
    NAME,
    NUMBERS,
    account_lists,
    assert_attached_complete,
    assert_no_digits,
    calling,
    change,
    contact_list,
    people,
    result,
    texting,
)


def test_a_list_is_planned_uploaded_and_called_and_then_nothing_is_to_be_done(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    plan = desk.plan()
    upload = change(plan)
    assert (upload["change"], upload["reason"]["code"], upload["sid"]) == ("create", "not-live", None)
    assert upload["operations"] == [
        {"op": "upload", "fields": ["number"], "irreversible": False, "people": 3, "requests": 4}
    ]
    assert upload["status"] == {"live": None, "desired": None}
    assert (plan["summary"]["uploads"], plan["summary"]["create"]) == (1, 2)
    created = change(plan, "diwali-reminder")
    assert created["resulting"]["lists"] == [{"name": NAME, "sid": None}]
    done = desk.apply()
    assert result(done)["outcome"] == "applied"
    assert [it["op"] for it in result(done)["operations"]] == ["upload"]
    assert people(desk, "diwali-reminder") == [sorted(NUMBERS)]
    assert desk.live("diwali-reminder")["lists"] == [result(done)["sid"]]
    again = desk.plan()
    assert again["summary"]["noop"] == 2
    assert again["summary"]["operations"] == 0
    assert (change(again)["reason"]["code"], change(again)["sid"]) == ("in-sync", result(done)["sid"])
    assert change(again)["status"]["live"] == "complete"


def test_an_upload_takes_the_requests_that_the_plan_says(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    plan = desk.plan()
    desk.forget()
    desk.run("apply", "--auto-approve")
    asked = [it.request for it in desk.requests]
    upload = ["create_contacts", "create_list", "fill_list", "contacts"]
    begin = asked.index("create_contacts")
    assert asked[begin : begin + 5] == [*upload, "create"]
    assert plan["apply"]["requests"] == len(upload) + 2


def test_other_people_are_another_list_and_an_update_of_lists(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    first = result(desk.apply())["sid"]
    desk.manifests(contact_list(numbers=NUMBERS[:2]), calling())
    plan = desk.plan()
    assert change(plan)["operations"][0]["people"] == 2
    assert change(plan, "diwali-reminder")["diff"] == [
        {"field": "lists", "before": [first], "after": [{"name": NAME, "sid": None}]}
    ]
    desk.apply()
    assert people(desk, "diwali-reminder") == [sorted(NUMBERS[:2])]
    assert_attached_complete(desk, NUMBERS[:2])
    desk.manifests(contact_list(), calling())
    desk.forget()
    done = desk.apply()
    assert result(done)["outcome"] == "unchanged"
    assert desk.live("diwali-reminder")["lists"] == [first]
    assert [it.request for it in desk.writes] == ["update"]


def test_a_list_is_the_same_whatever_its_order_and_however_its_numbers_are_spelt(desk: Desk) -> None:
    desk.configure(country="IN")
    desk.manifests(contact_list(), calling())
    desk.apply()
    desk.manifests(contact_list(numbers=[f"0{it[3:]}" for it in reversed(NUMBERS)]), calling())
    assert desk.plan()["summary"]["operations"] == 0


def test_two_campaigns_of_both_kinds_share_one_upload_before_the_first_that_needs_it(desk: Desk) -> None:
    desk.manifests(
        contact_list(),
        calling(),
        texting(),
        calling(
            "other", schedule={"send_at": "2027-01-14T09:00:00+05:30", "end_at": "2027-01-14T10:00:00+05:30"}
        ),
    )
    desk.apply()
    asked = [(it.request, sent(it).get("name", "")) for it in desk.writes]
    assert [it for it in asked if it[0] == "create_list"] == [("create_list", "")]
    assert asked.index(("fill_list", "")) < asked.index(("create", "other"))
    assert people(desk, "diwali-offer", "message-campaigns") == [sorted(NUMBERS)]


def test_a_postponement_does_not_wait_for_an_upload(desk: Desk) -> None:
    desk.seed(live_voice("late"))
    later = {"send_at": "2027-01-16T09:00:00+05:30", "end_at": "2027-01-16T18:00:00+05:30"}
    desk.manifests(contact_list(), calling(), voice("late", schedule=later))
    desk.apply()
    assert desk.writes[0].request == "update"


def test_a_list_that_no_campaign_names_is_not_uploaded(desk: Desk) -> None:
    desk.manifests(contact_list())
    plan = desk.plan()
    assert (change(plan)["change"], change(plan)["reason"]["code"]) == ("noop", "not-used")
    desk.run("apply", "--auto-approve")
    assert desk.writes == []
    assert not any(it.request == "lists" for it in desk.requests)


def test_a_project_without_lists_asks_for_none(desk: Desk) -> None:
    desk.manifests(voice())
    desk.plan()
    assert not any(it.request in ("lists", "contacts") for it in desk.requests)


def test_a_list_of_the_account_that_has_the_very_name_blocks_it(desk: Desk) -> None:
    (sid,) = desk.seed({"name": NAME, "numbers": NUMBERS}, collection="lists")
    desk.manifests(contact_list(), calling())
    plan = desk.plan()
    for name in (NAME, "diwali-reminder"):
        assert (change(plan, name)["change"], change(plan, name)["reason"]["code"]) == (
            "blocked",
            "list-ambiguous",
        )
        assert sid in change(plan, name)["reason"]["message"]
    assert desk.run("apply", "--auto-approve").code == 3
    assert desk.writes == []
    desk.manifests(contact_list(), calling(lists=[sid]))
    assert change(desk.plan(), "diwali-reminder")["change"] == "create"


def test_a_name_of_which_only_versions_are_there_is_not_found(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    desk.apply()
    desk.manifests(calling("other"))
    found = desk.run("plan")
    assert "[list-not-found]" in found.out
    assert_no_digits(desk, found.all)


def test_an_incomplete_list_of_the_content_is_abandoned_and_never_named(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    desk.apply()
    (name,) = account_lists(desk)
    desk.sandbox.reset()
    (abandoned,) = desk.seed({"name": name, "numbers": NUMBERS[:2]}, collection="lists")
    plan = desk.plan()
    assert change(plan)["change"] == "create"
    assert any(abandoned in note for note in change(plan)["notes"])
    done = desk.apply()
    assert result(done)["sid"] != abandoned
    assert account_lists(desk) == [f"{name}-2"]
    assert_attached_complete(desk, NUMBERS)
    assert desk.plan()["summary"]["operations"] == 0


def test_no_output_shows_what_a_list_is_called_in_the_account(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    said = [desk.run("plan", "-v"), desk.run("apply", "--auto-approve", "-v", "--audit-log", "log.jsonl")]
    desk.manifests(contact_list(numbers=NUMBERS[:1]), calling())
    said += [desk.run("plan", "--format", it) for it in ("json", "markdown", "html", "github", "text")]
    said += [
        desk.run("plan", "--prune-lists"),
        desk.run("status"),
        desk.run("doctor"),
        desk.run("export", "out"),
    ]
    said += [desk.run("apply", "--auto-approve", "--format", "json"), desk.run("plan", "--out", "plan.json")]
    files = [
        it.read_text(encoding="utf-8")
        for it in desk.root.rglob("*")
        if it.is_file() and "campaigns" not in str(it)
    ]
    assert len(account_lists(desk)) == 2
    for text in (*(it.all for it in said), *files):
        assert_no_digits(desk, text)


def test_a_list_is_selected_with_a_campaign_that_names_it(desk: Desk) -> None:
    desk.manifests(contact_list(), contact_list("others"), file="campaigns/lists.yaml")
    desk.manifests(calling(), file="campaigns/one.yaml")
    desk.manifests(calling("other", "others"), file="campaigns/other.yaml")
    plan = desk.plan("campaigns/one.yaml")
    assert sorted(it["name"] for it in plan["changes"]) == ["diwali-reminder", NAME]
    desk.apply("campaigns/one.yaml")
    assert people(desk, "diwali-reminder") == [sorted(NUMBERS)]


def test_a_saved_plan_uploads_and_can_be_repeated(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    desk.run("plan", "--out", "plan.json")
    assert "+9198" not in (desk.root / "plan.json").read_text(encoding="utf-8")
    assert desk.run("apply", "plan.json", "--auto-approve").code == 0
    again = desk.run("apply", "plan.json", "--auto-approve")
    assert again.code == 0, again.all
    assert len(account_lists(desk)) == 1


def test_a_saved_plan_is_stale_when_somebody_else_is_in_the_list(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    desk.run("plan", "--out", "plan.json")
    desk.manifests(contact_list(numbers=[*NUMBERS, "+919876543213"]), calling())
    refused = desk.run("apply", "plan.json", "--auto-approve")
    assert refused.code == 3
    assert "the manifests changed" in refused.err


def test_an_approval_of_a_plan_with_an_upload_is_taken(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    approval = desk.plan()["approval"]
    assert desk.run("apply", "--auto-approve", "--expect", approval).code == 0
    assert people(desk, "diwali-reminder") == [sorted(NUMBERS)]


def test_a_campaign_that_can_no_longer_change_keeps_an_earlier_version(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    desk.apply()
    desk.pass_time(days=5, minutes=5)
    desk.manifests(contact_list(numbers=NUMBERS[:1]), calling())
    changed = change(desk.plan(), "diwali-reminder")
    assert changed["reason"]["code"] in ("in-sync", "finished")
    assert change(desk.plan())["operations"] == []


def test_a_copy_under_another_name_looks_renamed_by_its_list(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    desk.apply()
    desk.manifests(contact_list(), calling("renamed"))
    assert change(desk.plan(), "renamed")["reason"]["code"] == "looks-renamed"
    desk.manifests(contact_list(numbers=NUMBERS[:2]), calling("renamed"))
    assert change(desk.plan(), "renamed")["reason"]["code"] == "looks-renamed"


def test_max_changes_counts_an_upload(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    assert desk.run("apply", "--auto-approve", "--max-changes", "1").code == 3
    assert desk.writes == []
    assert desk.run("apply", "--auto-approve", "--max-changes", "2").code == 0


def test_people_who_stand_twice_are_a_finding_of_duplicate_numbers(desk: Desk) -> None:
    desk.configure({"policy": {"duplicate_numbers": {"level": "warn"}}})
    desk.manifests(contact_list(numbers=[*NUMBERS, NUMBERS[0]]), calling())
    (finding,) = desk.plan()["findings"]
    assert (finding["rule"], finding["severity"]) == ("duplicate_numbers", "warn")
    desk.apply()
    assert people(desk, "diwali-reminder") == [sorted(NUMBERS)]
    desk.configure({"policy": {"duplicate_numbers": {"level": "error"}}})
    desk.manifests(contact_list(numbers=[*NUMBERS[:2], NUMBERS[0]]), calling())
    plan = desk.plan()
    for name in (NAME, "diwali-reminder"):
        assert (change(plan, name)["change"], change(plan, name)["reason"]["code"]) == ("blocked", "policy")


@pytest.mark.parametrize("position", ["whole", "refuse", "odd", "case"])
def test_an_account_that_cannot_be_searched_for_a_part_of_a_name_has_one_list_all_the_same(
    desk: Desk, position: str
) -> None:
    desk.sandbox.switches.name_search = position
    desk.manifests(contact_list(), calling())
    desk.apply()
    desk.manifests(
        contact_list(),
        calling(),
        calling("other", retries=..., url="http://my.exotel.com/acme1/exoml/start_voice/9"),
    )
    desk.apply()
    assert desk.live("other")["lists"] == desk.live("diwali-reminder")["lists"]
    assert_attached_complete(desk, NUMBERS)


@pytest.mark.parametrize("position", ["whole", "refuse", "odd", "case"])
def test_a_list_that_is_found_only_when_it_is_to_be_made_leaves_nothing_to_update(
    desk: Desk, position: str
) -> None:
    """No search shows the version that the campaign has: the plan takes it for another list."""
    desk.sandbox.switches.name_search = position
    desk.manifests(contact_list(), calling())
    desk.apply()
    desk.forget()
    again = desk.run("apply", "--auto-approve", "--format", "json")
    assert again.code == 0, again.all
    assert {it["outcome"] for it in again.json["results"]} == {"unchanged"}
    assert not [it for it in desk.writes if it.request == "update"]
    assert_attached_complete(desk, NUMBERS)


def test_a_renamed_campaign_is_found_by_its_list_though_no_search_shows_that(desk: Desk) -> None:
    desk.sandbox.switches.name_search = "whole"
    desk.manifests(contact_list(), calling())
    desk.apply()
    desk.manifests(
        contact_list(), calling("other", retries=..., url="http://my.exotel.com/acme1/exoml/start_voice/9")
    )
    other = change(desk.plan(), "other")
    assert (other["change"], other["reason"]["code"]) == ("held", "looks-renamed")


@pytest.mark.slow
def test_prune_lists_deletes_what_nothing_needs_a_week_later(desk: Desk) -> None:
    desk.manifests(contact_list(), calling(state="active"))
    first = result(desk.apply())["sid"]
    desk.manifests(contact_list(numbers=NUMBERS[:2]), calling())
    desk.apply()
    assert desk.plan("--prune-lists")["summary"]["operations"] == 0
    end = {"send_at": "2027-02-15T09:00:00+05:30", "end_at": "2027-02-15T18:00:00+05:30"}
    desk.manifests(contact_list(numbers=NUMBERS[:2]), calling(schedule=end))
    desk.apply()
    desk.pass_time(days=8)
    plan = desk.plan("--prune-lists")
    assert plan["refresh"]["strategy"] == "full"
    (unwanted,) = [it for it in plan["changes"] if it["change"] == "orphan"]
    assert (unwanted["sid"], unwanted["name"], unwanted["reason"]["code"]) == (first, NAME, "orphan")
    assert [(it["op"], it["irreversible"]) for it in unwanted["operations"]] == [("delete", True)]
    assert desk.plan()["summary"]["orphan"] == 0
    done = desk.apply("--prune-lists")
    deleted = [it for it in done["results"] if it["operations"] and it["operations"][0]["op"] == "delete"]
    assert [(it["sid"], it["outcome"]) for it in deleted] == [(first, "applied")]
    assert desk.plan("--prune-lists")["summary"]["operations"] == 0
    assert people(desk, "diwali-reminder") == [sorted(NUMBERS[:2])]


def test_prune_lists_deletes_nothing_where_a_campaign_does_not_show_its_lists(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    desk.apply()
    desk.manifests(contact_list(numbers=NUMBERS[:2]), calling())
    desk.apply()
    desk.pass_time(days=2)
    desk.sandbox.switches.change({"omit_from_list": ["lists"], "omit_from_get": ["lists"]})
    desk.pass_time(days=6)
    end = {"send_at": "2027-02-15T09:00:00+05:30", "end_at": "2027-02-15T18:00:00+05:30"}
    assert any(it["change"] == "orphan" for it in desk.plan("--prune-lists")["changes"])
    lists = ["9120d5962d214316b7721de55bb82e03"]
    desk.seed(live_voice("strange", **{"from": ..., "lists": lists, "schedule": end}))
    assert all(it["change"] != "orphan" for it in desk.plan("--prune-lists")["changes"])


@pytest.mark.parametrize(("count", "deleted"), [("refused", False), ("missing", False), ("short", True)])
def test_prune_lists_deletes_no_list_of_these_people_only_since_nobody_could_count_it(
    desk: Desk, count: str, deleted: bool
) -> None:
    """It is not used then, but nothing says that it holds others; one that holds too few is abandoned (seed 30001)."""
    desk.manifests(contact_list(), calling())
    desk.apply()
    (made,) = desk.live("diwali-reminder")["lists"]
    desk.manifests(contact_list(numbers=NUMBERS[:2]), calling())
    desk.apply()
    desk.pass_time(days=8)
    end = {"send_at": "2027-02-15T09:00:00+05:30", "end_at": "2027-02-15T18:00:00+05:30"}
    desk.manifests(contact_list(), calling("next", schedule=end))
    desk.sandbox.switches.change({"contact_count": count})
    plan = desk.plan("--prune-lists")
    assert ["upload"] in [[it["op"] for it in each["operations"]] for each in plan["changes"]]
    orphans = [it["sid"] for it in plan["changes"] if it["change"] == "orphan"]
    assert (made in orphans) is deleted


OLD = {"numbers": NUMBERS, "name": f"{NAME}-0123456789abcdef", "date_created": "2026-12-01T00:00:00+05:30"}


@pytest.mark.parametrize("collection", ["campaigns", "message-campaigns", "sms-campaigns"])
def test_a_version_that_a_campaign_names_by_now_is_not_deleted(desk: Desk, collection: str) -> None:
    (sid,) = desk.seed(OLD, collection="lists")
    desk.seed(live_voice("bystander"))
    desk.manifests(contact_list())
    make = live_voice if collection == "campaigns" else live_sms
    fields: dict[str, Any] = {"from": ...} if collection == "campaigns" else {}

    def used_meanwhile() -> None:
        desk.seed(make("theirs", **fields, lists=[sid]), collection=collection)

    done = desk.run("apply", "--prune-lists", "--format", "json", stdin=Answer(used_meanwhile))
    assert not [it for it in desk.requests if it.request == "delete_list"]
    assert done.code == 3
    (kept,) = [it for it in done.json["results"] if it["sid"] == sid]
    assert (kept["outcome"], kept["reason"]["code"]) == ("skipped", "moved")


@pytest.mark.parametrize(
    ("acts", "trouble", "outcome"),
    [
        (True, {}, "unchanged"),
        (False, {}, "unknown"),
        (False, {"kind": "status", "status": 403}, "unknown"),
        (False, {"kind": "status", "status": 503}, "unknown"),
        (False, {"kind": "item"}, "unknown"),
    ],
)
def test_a_delete_whose_answer_is_lost_is_done_only_where_all_lists_were_read_and_it_is_none_of_them(
    desk: Desk, acts: bool, trouble: dict[str, Any], outcome: str
) -> None:
    (sid,) = desk.seed(OLD, collection="lists")
    desk.seed(live_voice("bystander"))
    desk.manifests(contact_list())

    def lose_the_answer() -> None:
        desk.sandbox.faults.add("drop", request="delete_list", acts=acts)
        if trouble:
            fault = {**trouble}
            desk.sandbox.faults.add(fault.pop("kind"), request="lists", times=None, **fault)

    done = desk.run("apply", "--prune-lists", "--format", "json", stdin=Answer(lose_the_answer))
    (told,) = [it for it in done.json["results"] if it["sid"] == sid]
    assert told["outcome"] == outcome, done.all
    assert sum(it.request == "delete_list" for it in desk.requests) == 1


def test_prune_lists_deletes_nothing_where_the_account_shows_no_campaign_at_all(desk: Desk) -> None:
    (sid,) = desk.seed(OLD, collection="lists")
    desk.seed(live_sms("theirs", lists=[sid]))
    desk.manifests(contact_list())
    desk.sandbox.switches.change({"empty_lists": "plain", "empty_seconds": 86400.0})
    assert all(it["change"] != "orphan" for it in desk.plan("--prune-lists")["changes"])


def test_a_saved_plan_takes_no_further_prune_lists(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    desk.run("plan", "--out", "plan.json")
    assert desk.run("apply", "plan.json", "--auto-approve", "--prune-lists").code == 64


def test_a_list_of_a_hundred_thousand_is_planned_for_forty_two_requests(desk: Desk) -> None:
    desk.write("campaigns/vip.txt", "".join(f"+9198{place:08d}\n" for place in range(100_000)))
    desk.manifests(contact_list(numbers=..., from_file="vip.txt"), calling())
    (upload,) = change(desk.plan())["operations"]
    assert (upload["people"], upload["requests"]) == (100_000, 42)


def test_columns_are_sent_and_nothing_else_is(desk: Desk) -> None:
    desk.write("campaigns/vip.csv", "phone,name,secret\n+919876543210,Asha,x\n+919876543211,,y\n")
    columns = {"number": "phone", "first_name": "name"}
    desk.manifests(contact_list(numbers=..., from_file="vip.csv", columns=columns), calling())
    desk.apply()
    (made,) = [it for it in desk.requests if it.request == "create_contacts"]
    body: Any = made.body
    assert body["contacts"] == [
        {"number": "+919876543210", "first_name": "Asha"},
        {"number": "+919876543211"},
    ]
    assert len(desk.sandbox.numbers(ACCOUNT, desk.live("diwali-reminder")["lists"][0])) == 2


def test_a_list_that_is_yet_to_come_is_not_counted_in_the_account(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    desk.plan()
    assert not any(it.request == "contacts" for it in desk.requests)


def test_whom_the_project_suppresses_is_in_no_list(desk: Desk) -> None:
    desk.configure({"suppress": [{"numbers": [f"0{NUMBERS[0][3:]}"]}]}, country="IN")
    desk.manifests(contact_list(), calling())
    assert change(desk.plan())["operations"][0]["people"] == 2
    desk.apply()
    assert people(desk, "diwali-reminder") == [sorted(NUMBERS[1:])]
    desk.configure({"suppress": [{"numbers": list(NUMBERS)}]})
    plan = desk.plan()
    assert change(plan)["reason"]["code"] == "no-recipients"


def test_a_text_to_a_list_of_the_project_is_planned_and_noted(desk: Desk) -> None:
    desk.manifests(contact_list(), texting(), calling())
    plan = desk.plan()
    assert any("serve calls only" in note for note in change(plan, "diwali-offer")["notes"])
    assert not any("serve calls only" in note for note in change(plan, "diwali-reminder")["notes"])
    assert desk.run("apply", "--auto-approve").code == 0
    assert change(desk.plan(), "diwali-offer")["notes"] == []


def test_every_list_that_is_yet_to_come_is_named_with_its_people(desk: Desk) -> None:
    other = "http://my.exotel.com/acme1/exoml/start_voice/2"
    desk.manifests(
        contact_list("ones"),
        contact_list("twos", NUMBERS[:1]),
        calling("one", "ones"),
        calling("two", "twos", url=other),
    )
    assert "Lists: ones 3 people, twos 1 person." in desk.run("plan").out
