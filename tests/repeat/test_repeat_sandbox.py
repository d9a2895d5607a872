"""Campaigns that repeat, from the command line to an account: created, followed, withdrawn, stopped, taken up again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from harness import Desk, desk_at, sms, voice
from repeating import changes, statuses, weekly


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    with desk_at(tmp_path) as desk:
        yield desk  # type: ignore[misc]


def test_dates_are_created_up_to_the_horizon_and_a_plan_after_an_apply_has_no_operation(desk: Desk) -> None:
    desk.manifests(weekly())
    done = desk.run("apply", "--auto-approve")
    assert done.code == 0, done.all
    assert statuses(desk).keys() == {"weekly-2027-01-11", "weekly-2027-01-18"}
    assert changes(desk) == {"weekly-2027-01-11": "in-sync", "weekly-2027-01-18": "in-sync"}
    live = desk.live("weekly-2027-01-11")
    assert live["schedule"]["send_at"].startswith("2027-01-11T")


def test_a_plan_says_which_date_of_which_manifest_it_is(desk: Desk) -> None:
    desk.manifests(weekly(), voice("other", **{"from": ["+919876543299"]}))
    document = desk.run("plan", "--format", "json").json
    assert {it["name"]: it["occurrence"] for it in document["changes"]} == {
        "other": None,
        "weekly-2027-01-11": {"of": "weekly", "date": "2027-01-11", "withdrawn": False},
        "weekly-2027-01-18": {"of": "weekly", "date": "2027-01-18", "withdrawn": False},
    }
    assert document["manifests"]["count"] == 2
    assert document["summary"]["missed"] == 0


def test_neighbours_to_which_the_same_happens_are_told_once(desk: Desk) -> None:
    desk.manifests(weekly(rule={"cron": "0 10 * * *"}))
    text = desk.run("plan").out
    assert "+ voice/weekly, 15 dates: create" in text
    assert "Sun 10 Jan 2027 10:00 +05:30 to Sun 24 Jan 2027 10:00 +05:30" in text
    markdown = desk.run("plan", "--format", "markdown").out
    assert markdown.count("weekly") < 8


def test_a_date_that_was_missed_is_exit_3_of_an_apply(desk: Desk) -> None:
    desk.manifests(weekly(rule={"cron": "55 8 * * SUN"}))
    assert changes(desk)["weekly-2027-01-10"] == "missed"
    assert desk.run("plan").code == 0
    assert desk.run("apply", "--auto-approve").code == 3
    assert "weekly-2027-01-10" not in statuses(desk)


def test_a_date_that_is_excepted_is_paused_unasked_and_comes_back_paused(desk: Desk) -> None:
    desk.manifests(weekly())
    desk.run("apply", "--auto-approve")
    desk.manifests(weekly(rule={"except": ["2027-01-18"]}))
    document = desk.run("plan", "--format", "json").json
    (withdrawn,) = [it for it in document["changes"] if it["occurrence"]["withdrawn"]]
    assert withdrawn["name"] == "weekly-2027-01-18"
    assert withdrawn["run"]["shared"] is None, "it does not run beside itself"
    assert desk.run("apply", "--auto-approve").code == 0
    assert statuses(desk) == {"weekly-2027-01-11": "created", "weekly-2027-01-18": "paused"}
    desk.manifests(weekly())
    assert changes(desk)["weekly-2027-01-18"] == "needs-allow"
    assert desk.run("apply", "--auto-approve").code == 3
    assert desk.run("apply", "--auto-approve", "--allow", "resume:weekly-2027-01-18").code == 0


def test_a_withdrawn_date_is_never_paused_and_ended_in_one_apply(desk: Desk) -> None:
    people = [f"+9198765{number:05}" for number in range(300)]
    desk.manifests(weekly(**{"from": people}))
    desk.run("apply", "--auto-approve")
    desk.pass_time(days=1, hours=1, minutes=1)
    desk.manifests(weekly(rule={"except": ["2027-01-11"]}, **{"from": people}))
    asked = ("apply", "--auto-approve", "--allow", "complete", "--allow", "archive")
    desk.run(*asked)
    assert statuses(desk)["weekly-2027-01-11"] == "paused"
    desk.run(*asked)
    assert statuses(desk)["weekly-2027-01-11"] == "archived"


def test_a_series_that_is_stopped_by_hand_is_not_taken_up_by_itself(desk: Desk) -> None:
    desk.manifests(weekly())
    desk.run("apply", "--auto-approve")
    paused = desk.run("pause", "weekly", "--auto-approve")
    assert "unless state: paused is merged" in paused.all
    assert set(statuses(desk).values()) == {"paused"}
    desk.pass_time(days=2)
    done = desk.run("apply", "--auto-approve")
    assert done.code == 3
    assert "somebody has stopped the series" in done.all
    assert "weekly-2027-01-25" not in statuses(desk)
    assert desk.run("apply", "--auto-approve", "--allow", "resume:weekly").code == 0
    assert statuses(desk)["weekly-2027-01-25"] == "created"
    assert statuses(desk)["weekly-2027-01-18"] == "created"


def test_a_plan_file_creates_nothing_of_a_series_that_was_stopped_since(desk: Desk) -> None:
    desk.manifests(weekly())
    desk.run("apply", "--auto-approve")
    desk.pass_time(days=2)
    desk.run("plan", "--out", "plan.json")
    desk.run("pause", "weekly", "--auto-approve")
    done = desk.run("apply", "plan.json", "--auto-approve", "--format", "json")
    assert done.code == 3, done.all
    (result,) = [it for it in done.json["results"] if it["name"] == "weekly-2027-01-25"]
    assert (result["outcome"], result["reason"]["code"]) == ("skipped", "needs-allow")
    assert "weekly-2027-01-25" not in statuses(desk)


def test_verbs_that_go_on_or_end_name_the_dates(desk: Desk) -> None:
    desk.manifests(weekly())
    desk.run("apply", "--auto-approve")
    for verb in ("resume", "complete", "archive"):
        done = desk.run(verb, "weekly", "--auto-approve")
        assert done.code == 1
        assert "weekly-2027-01-18" in done.err
    assert desk.run("report", "weekly").code == 1


def test_a_plan_that_is_applied_after_midnight_does_what_was_shown(desk: Desk) -> None:
    desk.pass_time(hours=13)  # 22:00 in India
    desk.manifests(weekly(rule={"cron": "0 10 * * *", "horizon": "2d", "from": "2027-01-11"}))
    planned = desk.run("plan", "--out", "plan.json")
    assert planned.code == 0, planned.all
    approval = json.loads((desk.root / "plan.json").read_text())["approval"]
    desk.pass_time(hours=3)
    refused = desk.run("apply", "--auto-approve", "--expect", approval)
    assert refused.code == 3
    assert "weekly-2027-01-13" in refused.err
    done = desk.run("apply", "plan.json", "--auto-approve")
    assert done.code == 0, done.all
    assert statuses(desk).keys() == {"weekly-2027-01-11", "weekly-2027-01-12"}
    assert changes(desk)["weekly-2027-01-13"] == "not-live"


def test_status_of_a_name_shows_its_dates_and_the_last_one_before_today(desk: Desk) -> None:
    desk.manifests(weekly(rule={"cron": "0 10 * * MON"}))
    desk.run("apply", "--auto-approve")
    rows = desk.run("status", "weekly", "--format", "json").json["campaigns"]
    assert {it["name"]: it["reason"]["code"] for it in rows} == {
        "weekly-2027-01-04": "missed",
        "weekly-2027-01-11": "in-sync",
        "weekly-2027-01-18": "in-sync",
    }
    overview = desk.run("status", "--format", "json").json
    assert overview["summary"]["unmanaged"] == 0


def test_export_skips_what_a_manifest_repeats(desk: Desk) -> None:
    desk.manifests(weekly())
    desk.run("apply", "--auto-approve")
    document = desk.run("export", "--out", "exported", "--format", "json").json
    assert document["written"] == []
    assert {it["name"] for it in document["skipped"]} == {"weekly-2027-01-11", "weekly-2027-01-18"}


def test_a_removed_manifest_leaves_its_series_and_the_plan_says_so_first(desk: Desk) -> None:
    desk.manifests(weekly(), voice("other", **{"from": ["+919876543299"]}))
    desk.run("apply", "--auto-approve")
    desk.manifests(voice("other", **{"from": ["+919876543299"]}))
    document = desk.run("plan", "--format", "json").json
    assert "weekly-…: 2 dates of a series alive that no manifest means" in document["notes"][0]
    assert document["summary"]["unmanaged"] == 2


def test_a_campaign_of_the_other_kind_and_name_is_nobodys_date(desk: Desk) -> None:
    desk.manifests(weekly(), sms("weekly-2027-01-11"))
    document = desk.run("plan", "--format", "json").json
    assert {it["kind"] for it in document["changes"] if it["name"] == "weekly-2027-01-11"} == {
        "VoiceCampaign",
        "SmsCampaign",
    }


def test_what_is_counted_are_manifests_not_dates(desk: Desk) -> None:
    desk.manifests(weekly(rule={"cron": "0 10 * * *"}), voice("other", **{"from": ["+919876543299"]}))
    desk.run("apply", "--auto-approve")
    planned = desk.run("plan")
    assert "Nothing to do for 2 manifests" in planned.out
    assert desk.plan()["manifests"]["count"] == 2
    assert "2 manifests" in desk.run("status").out


def test_a_manifest_of_which_no_date_is_near_is_selected_all_the_same(desk: Desk) -> None:
    desk.manifests(weekly(rule={"from": "2027-03-01"}))
    assert "Nothing to do for 1 manifest" in desk.run("plan").out
