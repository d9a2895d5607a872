"""Two plans side by side: `show --against`, and what a refused plan says."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from harness import Desk, live_voice, voice


def survey() -> dict[str, Any]:
    """Another campaign, of other people on another day."""
    day = {"send_at": "2027-01-17T09:00:00+05:30", "end_at": "2027-01-17T18:00:00+05:30"}
    return voice("survey", schedule=day, **{"from": ["+919876543299"]})


def saved(desk: Desk, file: str, *manifests: dict[str, Any], words: tuple[str, ...] = ()) -> dict[str, Any]:
    desk.manifests(*manifests)
    desk.run("plan", "--out", file, *words)
    document: dict[str, Any] = json.loads((desk.root / file).read_text())
    return document


def compared(desk: Desk, plan: str = "now.json", other: str = "then.json") -> dict[str, Any]:
    result = desk.run("show", plan, "--against", other, "--format", "json")
    assert result.code == 0, result.all
    document: dict[str, Any] = result.json
    return document


def test_the_same_plan_made_again_is_no_difference(desk: Desk) -> None:
    saved(desk, "then.json", voice("reminder"))
    desk.clock.advance(timedelta(minutes=1))
    saved(desk, "now.json", voice("reminder"))
    document = compared(desk)
    assert (document["same"], document["unseen"]) == (True, False)
    assert (document["differences"], document["changes"]) == ([], [])
    result = desk.run("show", "now.json", "--against", "then.json", "--detailed-exitcode")
    assert result.code == 0
    assert "No difference" in result.out


def test_a_create_with_other_values_is_another_plan_though_nothing_is_seen(desk: Desk) -> None:
    """A plan shows no value of a create, and the same digits of other numbers."""
    saved(desk, "then.json", voice("reminder", **{"from": ["+919876543210"]}))
    saved(desk, "now.json", voice("reminder", **{"from": ["+919876543310"]}))
    document = compared(desk)
    assert (document["same"], document["unseen"]) == (False, True)
    for output_format in ("text", "markdown", "html", "github"):
        result = desk.run("show", "now.json", "--against", "then.json", "--format", output_format)
        assert "The manifests differ, perhaps in what a plan does not show; review them" in result.out
        assert "No difference" not in result.out
    assert desk.run("show", "now.json", "--against", "then.json", "--detailed-exitcode").code == 2


def test_what_else_is_visible_draws_no_eye_from_the_unseen(desk: Desk) -> None:
    saved(desk, "then.json", voice("reminder"))
    saved(desk, "now.json", voice("reminder"), survey())
    document = compared(desk)
    assert document["unseen"]
    [change] = document["changes"]
    assert (change["name"], change["difference"], change["before"]) == ("survey", "added", None)
    assert change["after"] == {"change": "create", "reason": "not-live", "operations": ["create"]}


def test_what_was_allowed_stands_as_a_list_that_grew(desk: Desk) -> None:
    desk.seed(live_voice("reminder"))
    saved(desk, "then.json", voice("reminder", state="archived"))
    saved(
        desk,
        "now.json",
        voice("reminder", state="archived"),
        words=("--allow", "complete", "--allow", "archive"),
    )
    document = compared(desk)
    [allowed] = [it for it in document["differences"] if it["path"] == "allowed"]
    assert (allowed["added"], allowed["removed"]) == (["archive", "complete"], [])
    assert not document["unseen"]
    text = desk.run("show", "now.json", "--against", "then.json").out
    assert "voice/reminder: now also completes, then archives" in text


def test_a_field_that_is_to_change_otherwise_is_said_in_both_ways(desk: Desk) -> None:
    desk.seed(live_voice("reminder"))
    retries = {"number_of_retries": 2, "mechanism": "Linear", "on_status": ["busy"]}
    saved(desk, "then.json", voice("reminder", retries={**retries, "interval_mins": 20}))
    saved(desk, "now.json", voice("reminder", retries={**retries, "interval_mins": 25}))
    [change] = compared(desk)["changes"]
    paths = {it["path"]: (it["before"], it["after"]) for it in change["differences"]}
    assert paths["diff[retries.interval_mins].after"] == (20, 25)
    text = desk.run("show", "now.json", "--against", "then.json").out
    assert "retries.interval_mins 15 → 25, was 15 → 20" in text


def test_what_is_gone_and_what_is_done_meanwhile_is_said(desk: Desk) -> None:
    saved(desk, "then.json", voice("reminder"), survey())
    desk.manifests(voice("reminder"))
    desk.run("apply", "--auto-approve")
    saved(desk, "now.json", voice("reminder"))
    text = desk.run("show", "now.json", "--against", "then.json").out
    assert "voice/reminder: was create, now nothing to do (in-sync)" in text
    assert "voice/survey: is no longer part of it (was create)" in text


def test_it_needs_no_account_and_no_token(desk: Desk) -> None:
    saved(desk, "then.json", voice("reminder"))
    saved(desk, "now.json", voice("reminder"))
    result = desk.run(
        "show", "now.json", "--against", "then.json", env={"EXOTEL_API_TOKEN": "", "EXOTEL_API_KEY": ""}
    )
    assert result.code == 0


def test_another_token_cannot_be_told(desk: Desk) -> None:
    saved(desk, "then.json", voice("reminder"))
    desk.manifests(voice("reminder"))
    desk.run("plan", "--out", "now.json", env={"EXOTEL_API_TOKEN": "another-token-0a1b2c"})
    if not (desk.root / "now.json").exists():
        pytest.skip("the sandbox refuses it")
    assert "another token" in desk.run("show", "now.json", "--against", "then.json").out


def test_the_options_need_one_another(desk: Desk) -> None:
    saved(desk, "then.json", voice("reminder"))
    assert desk.run("show", "then.json", "--detailed-exitcode").code == 64
    assert desk.run("apply", "then.json", "--against", "then.json", "--auto-approve").code == 64
    assert desk.run("apply", "--against", "then.json", "--auto-approve").code == 64


# -- refused ---------------------------------------------------------------------------------------------------


def test_a_saved_plan_that_no_longer_holds_says_what_differs(desk: Desk) -> None:
    saved(desk, "then.json", voice("reminder"))
    desk.manifests(voice("reminder"), survey())
    refused = desk.run("apply", "then.json", "--auto-approve")
    assert refused.code == 3
    assert "voice/survey: is new: create" in refused.err
    assert refused.err.index("no longer holds") < refused.err.index("voice/survey")
    document = desk.run("apply", "then.json", "--auto-approve", "--format", "json")
    assert document.code == 3
    assert set(document.json) == {"error", "findings", "comparison"}
    assert [it["name"] for it in document.json["comparison"]["changes"]] == ["survey"]


def test_what_is_said_of_a_refused_plan_is_what_its_file_says(desk: Desk) -> None:
    saved(desk, "then.json", voice("reminder"))
    later = {**voice("reminder")["spec"]["schedule"], "send_at": "2027-01-15T10:00:00+05:30"}
    now = saved(desk, "now.json", voice("reminder", schedule=later))
    refused = desk.run("apply", "then.json", "--auto-approve", "--format", "json").json["comparison"]
    assert refused["after"]["digest"] == now["digest"]
    assert all(it["before"] != it["after"] for change in refused["changes"] for it in change["differences"])
    assert refused["changes"] == compared(desk)["changes"]


def test_one_that_has_only_expired_says_nothing_of_that(desk: Desk) -> None:
    saved(desk, "then.json", voice("reminder"))
    desk.clock.advance(timedelta(hours=25))
    refused = desk.run("apply", "then.json", "--auto-approve", "--format", "json")
    assert refused.code == 3
    assert "comparison" not in refused.json


def test_an_approval_of_another_plan_says_what_differs_from_the_file_it_is_of(desk: Desk) -> None:
    approval = saved(desk, "then.json", voice("reminder"))["approval"]
    desk.manifests(voice("reminder"), survey())
    without = desk.run("apply", "--expect", approval, "--auto-approve")
    assert without.code == 3
    assert "--against" in without.err
    refused = desk.run(
        "apply", "--expect", approval, "--against", "then.json", "--auto-approve", "--format", "json"
    )
    assert refused.code == 3
    assert [it["name"] for it in refused.json["comparison"]["changes"]] == ["survey"]


def test_the_file_gives_no_permission(desk: Desk) -> None:
    approval = saved(desk, "then.json", voice("reminder"))["approval"]
    other = saved(desk, "other.json", survey())["approval"]
    desk.manifests(voice("reminder"))
    wrong = desk.run("apply", "--expect", approval, "--against", "other.json", "--auto-approve")
    assert (wrong.code, other in wrong.err) == (3, True)
    document = json.loads((desk.root / "then.json").read_text())
    document["notes"] = ["edited"]
    desk.write("edited.json", json.dumps(document))
    edited = desk.run("apply", "--expect", approval, "--against", "edited.json", "--auto-approve")
    assert (edited.code, "seal" in edited.err) == (3, True)
    right = desk.run("apply", "--expect", approval, "--against", "then.json", "--auto-approve")
    assert right.code == 0, right.all
