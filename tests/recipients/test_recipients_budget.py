"""A budget and the lists that were counted: what it binds is counted first, and nothing unknown is taken for 0."""

from __future__ import annotations

from typing import Any

import pytest
from contact_lists import contact_list
from harness import Desk, live_sms, live_voice, sms, voice

PRICES = {"currency": "INR", "call": {"per_pulse": 0.5}, "sms": {"per_segment": 0.1}, "tax": "0%"}
TO_A_LIST = {"from": ..., "retries": None}


def budget(desk: Desk, **settings: Any) -> None:
    desk.configure({"prices": PRICES, "policy": {"budget": {"level": "error", **settings}}})


def found(plan: Any) -> list[tuple[Any, Any]]:
    return [(it["cost"], it["limit"]) for it in plan["findings"] if it["rule"] == "budget"]


def asked(desk: Desk) -> list[str]:
    """The lists that were asked for their contacts, in order."""
    return [it.path.split("/")[-2] for it in desk.requests if it.path.endswith("/contacts")]


@pytest.mark.parametrize(("amount", "costs"), [(100, []), (101, [("10.10", "10.00")])])
def test_the_people_of_a_counted_list_reach_the_budget(desk: Desk, amount: int, costs: list[Any]) -> None:
    budget(desk, per_campaign=10)
    desk.manifests(sms(lists=[contact_list(desk, amount)]))
    plan = desk.plan()
    assert found(plan) == costs
    assert plan["changes"][0]["cost"]["after"]["worst"] == f"{amount / 10:.2f}"


def test_several_lists_and_numbers_cost_as_many_as_they_may_be(desk: Desk) -> None:
    budget(desk, per_campaign=3)
    desk.manifests(voice(retries=None, lists=[contact_list(desk, 3), contact_list(desk, 2)]))
    assert found(desk.plan()) == [("3.50", "3.00")]


def test_nobody_is_counted_and_a_plan_says_what_to_do_about_it(desk: Desk) -> None:
    budget(desk, per_campaign=10)
    desk.manifests(sms(lists=[contact_list(desk, 5)]))
    assert desk.run("validate").code == 0
    result = desk.run("plan", "--no-count-lists", "--format", "json")
    assert result.code == 3
    assert found(result.json) == [(None, "10.00")]
    assert "unknown: allow" in result.json["findings"][0]["message"]


def test_a_list_that_cannot_be_counted_is_of_unknown_cost_and_blocked(desk: Desk) -> None:
    desk.sandbox.switches.contact_count = "refused"
    budget(desk, per_campaign=10)
    desk.manifests(sms(lists=[contact_list(desk, 5)]))
    assert found(desk.plan()) == [(None, "10.00")]


def test_an_update_of_something_else_is_counted_where_a_budget_binds_it(desk: Desk) -> None:
    sid = contact_list(desk, 7)
    desk.seed(live_sms(lists=[sid]), collection="message-campaigns")
    desk.manifests(sms(lists=[sid], template="Another text"))
    budget(desk, per_campaign=10)
    plan = desk.plan()
    assert [it["change"] for it in plan["changes"]] == ["update"]
    assert asked(desk) == [sid]
    assert plan["changes"][0]["cost"] == {
        "before": {"typical": "0.70", "worst": "0.70"},
        "after": {"typical": "0.70", "worst": "0.70"},
    }


def test_a_months_sum_knows_the_lists_of_what_is_created_already(desk: Desk) -> None:
    """Else a list a day, each within the budget, would spend it again and again."""
    sid = contact_list(desk, 90)
    desk.seed(live_sms(lists=[sid]), collection="message-campaigns")
    desk.manifests(sms(lists=[sid]), voice("new", retries=None))
    budget(desk, per_month=9.99)
    assert found(desk.plan()) == [("10.00", "9.99")]
    assert asked(desk) == [sid]
    budget(desk, per_month=10)
    assert found(desk.plan()) == []


def test_a_month_of_which_something_created_is_unknown_is_not_known_to_be_within_its_limit(
    desk: Desk,
) -> None:
    """What nobody could count is not taken for 0, unless that is allowed."""
    sid = contact_list(desk, 90)
    desk.seed(live_sms(lists=[sid]), collection="message-campaigns")
    february = {"send_at": "2027-02-15T09:00:00+05:30", "end_at": "2027-02-15T18:00:00+05:30"}
    desk.manifests(
        sms(lists=[sid]), voice("new", retries=None), voice("later", retries=None, schedule=february)
    )
    desk.sandbox.switches.contact_count = "refused"
    budget(desk, per_month=10)
    plan = desk.plan()
    (finding,) = plan["findings"]
    assert (finding["cost"], finding["limit"]) == (None, "10.00")
    assert (
        "nobody knows what 2027-01 costs up to it: 1 campaign that is created already" in finding["message"]
    )
    assert "unknown: allow" in finding["message"]
    assert {it["name"]: it["change"] for it in plan["changes"]} == {
        "diwali-offer": "noop",
        "new": "blocked",
        "later": "create",
    }
    budget(desk, per_month=10, unknown="allow")
    plan = desk.plan()
    assert found(plan) == []
    assert "budget: 1 campaign of unknown cost counts as 0 (unknown: allow)" in plan["notes"]
    budget(desk, per_month=10, unknown="block")
    desk.sandbox.switches.contact_count = "right"
    assert found(desk.plan()) == []


def test_the_lists_of_dates_that_are_over_are_counted_for_their_months_sum(desk: Desk) -> None:
    """Four people on Monday 4 January, which is over: 2.00; the rule has no date ahead within the horizon."""
    sid = contact_list(desk, 4)
    weekly = voice("weekly", schedule=..., lists=[sid], **TO_A_LIST)
    rule = {"cron": "0 10 * * MON", "time_zone": "Asia/Kolkata", "from": "2027-01-01", "duration": "3h"}
    weekly["spec"]["repeat"] = {**rule, "until": "2027-01-05"}
    desk.manifests(weekly, voice("new", retries=None))
    budget(desk, per_month=2.99)
    assert found(desk.plan()) == [("3.00", "2.99")]
    assert asked(desk) == [sid]


def test_what_a_budget_binds_is_counted_before_what_merely_starts_soon(desk: Desk) -> None:
    soon, later = contact_list(desk, 1), contact_list(desk, 2)
    desk.seed(live_voice("soon", lists=[soon], **TO_A_LIST))
    desk.manifests(
        voice("soon", lists=[soon], **TO_A_LIST),
        voice(
            "later",
            lists=[later],
            schedule={"send_at": "2027-01-20T09:00:00+05:30", "end_at": "2027-01-20T18:00:00+05:30"},
            **TO_A_LIST,
        ),
    )
    desk.pass_time(days=4, hours=2)
    budget(desk, per_campaign=10)
    desk.plan()
    assert list(dict.fromkeys(asked(desk))) == [later, soon]


def test_people_of_the_projects_own_lists_are_known_in_validate_too(desk: Desk) -> None:
    budget(desk, per_campaign=1)
    people = [f"+9198765432{place:02}" for place in range(3)]
    lists = [
        {
            "apiVersion": "campaignctl/v1",
            "kind": "ContactList",
            "metadata": {"name": name},
            "spec": {"numbers": numbers},
        }
        for name, numbers in (("first", people[:2]), ("second", people[1:]))
    ]
    both = voice(lists=[{"name": "first"}, {"name": "second"}], **TO_A_LIST)
    desk.manifests(*lists, both)
    assert found(desk.run("validate", "--format", "json").json) == [("1.50", "1.00")]
    plan = desk.plan()
    assert found(plan) == [("1.50", "1.00")]
    budget(desk, per_campaign=2)
    (change,) = [it for it in desk.plan()["changes"] if it["kind"] == "VoiceCampaign"]
    assert change["change"] == "create"
    assert change["run"]["people"] == 3
    assert change["message"]["after"]["people"] == {"known": 3, "whole": True, "at_most": 3}


def test_counted_lists_reach_a_budget_beside_lists_of_the_project(desk: Desk) -> None:
    budget(desk, per_campaign=1)
    desk.manifests(
        {
            "apiVersion": "campaignctl/v1",
            "kind": "ContactList",
            "metadata": {"name": "own-list"},
            "spec": {"numbers": ["+919876543299"]},
        },
        voice("own", lists=[{"name": "own-list"}], **TO_A_LIST),
        voice("theirs", lists=[contact_list(desk, 3)], **TO_A_LIST),
    )
    plan = desk.plan()
    assert found(plan) == [("1.50", "1.00")]
    assert plan["refresh"]["requests"] == len(desk.requests)


def test_all_dates_of_a_manifest_that_repeats_count_those_that_are_over_first(desk: Desk) -> None:
    """Each costs 1.00. In January there are Mondays 4, which is over, 11, 18 and 25, and the other on the 15th."""
    weekly = voice("weekly", schedule=..., retries=None)
    weekly["spec"]["repeat"] = {
        "cron": "0 10 * * MON",
        "time_zone": "Asia/Kolkata",
        "from": "2027-01-01",
        "until": "2027-02-28",
        "duration": "3h",
        "horizon": "14d",
    }
    desk.manifests(weekly, voice("other", retries=None))
    budget(desk, per_month=3.99)
    (finding,) = desk.run("validate", "--format", "json").json["findings"]
    assert (finding["cost"], finding["limit"]) == ("4.00", "3.99")
    assert finding["occurrences"] == {"count": 3, "first": "2027-01-18", "last": "2027-02-22"}
    plan = desk.plan()
    assert found(plan) == [("4.00", "3.99")]
    blocked = [it["name"] for it in plan["changes"] if it["change"] == "blocked"]
    assert blocked == ["weekly-2027-01-18"]
    budget(desk, per_month=5)
    assert found(desk.plan()) == []
    assert found(desk.run("validate", "--format", "json").json) == []
    weekly["spec"]["repeat"]["except"] = ["2027-01-04"]
    desk.manifests(weekly, voice("other", retries=None))
    budget(desk, per_month=3.99)
    assert found(desk.plan()) == [], "the one that is over is none any more"
