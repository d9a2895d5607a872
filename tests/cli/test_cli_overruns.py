"""How somebody might overrun hours, a window or a budget, and what the tool says to it."""

from __future__ import annotations

import io
import json
from datetime import UTC
from typing import Any

from harness import Desk, live_voice, voice

PRICES = {"currency": "INR", "call": {"per_pulse": 0.5, "per_attempt": 0.1}, "tax": "0%"}
JANUARY = {"send_at": "2027-01-15T09:00:00+05:30", "end_at": "2027-01-15T18:00:00+05:30"}
FEBRUARY = {"send_at": "2027-02-15T09:00:00+05:30", "end_at": "2027-02-15T18:00:00+05:30"}
TWICE = {"number_of_retries": 2, "interval_mins": 15, "mechanism": "Linear", "on_status": ["busy"]}


def policies(desk: Desk, **rules: Any) -> None:
    desk.configure({"prices": PRICES, "policy": rules})


def found(desk: Desk, rule: str, command: str = "plan") -> list[dict[str, Any]]:
    findings = desk.run(command, "--format", "json").json["findings"]
    return [it for it in findings if it["rule"] == rule]


def daily(clock: str, zone: str, duration: str) -> dict[str, Any]:
    manifest = voice("daily", schedule=..., retries=None)
    manifest["spec"]["repeat"] = {
        "cron": f"{clock} * * *",
        "time_zone": zone,
        "from": "2027-01-01",
        "until": "2027-12-31",
        "duration": duration,
    }
    return manifest


def test_a_manifest_that_repeats_is_told_the_longest_duration_that_fits_every_start(desk: Desk) -> None:
    """15:00 in Berlin is 19:30 in India in winter, and 18:30 in summer; it stands at `repeat`."""
    desk.configure(country="IN", policy={"calling_hours": {"level": "error"}})
    desk.manifests(daily("0 15", "Europe/Berlin", "3h"))
    text = (desk.root / "campaigns/all.yaml").read_text(encoding="utf-8").splitlines()
    for command in ("validate", "plan"):
        finding = found(desk, "calling_hours", command)[0]
        line = text[finding["line"] - 1]
        assert line[: finding["column"] - 1].strip() == '"repeat":'
        assert "declare duration: 1h30m" in finding["message"]
        assert finding["end"].endswith("T21:00:00+05:30")
    desk.manifests(daily("0 15", "Europe/Berlin", "1h30m"))
    assert found(desk, "calling_hours", "validate") == []
    assert found(desk, "calling_hours") == []
    desk.manifests(daily("0 22", "Asia/Kolkata", "1h"))
    finding = found(desk, "calling_hours", "validate")[0]
    assert finding["end"] is None
    assert text[finding["line"] - 1].strip().startswith('"repeat":')


def test_a_window_of_a_pace_of_its_own_is_reckoned_with_the_usage_that_is_declared(desk: Desk) -> None:
    """Where everybody answers at once nobody is called again."""
    schedule = {"send_at": "2027-01-15T09:00:00+05:30", "end_at": "2027-01-15T09:10:00+05:30"}
    desk.manifests(voice(schedule=schedule, retries=TWICE, metadata={"usage": {"answer": [1]}}))
    policies(desk, window_fits={"level": "error", "calls_per_minute": 1, "bound": "typical"})
    (finding,) = found(desk, "window_fits")
    assert "32 minutes at 1 call a minute typically" in finding["message"], "an interval passes all the same"
    desk.manifests(
        voice(
            schedule={**schedule, "end_at": "2027-01-15T09:32:00+05:30"},
            retries=TWICE,
            metadata={"usage": {"answer": [1]}},
        )
    )
    assert found(desk, "window_fits") == []


def test_a_budget_counts_a_campaign_in_the_month_of_the_start_that_it_really_has(desk: Desk) -> None:
    """Its schedule is left to others, who moved it."""
    desk.seed(live_voice("moved", schedule=FEBRUARY, retries=None))
    moved = voice("moved", schedule=JANUARY, retries=None, metadata={"ignore": ["schedule"]})
    desk.manifests(moved, voice("new", schedule=FEBRUARY, retries=None))
    policies(desk, budget={"level": "error", "per_month": 2})
    (finding,) = found(desk, "budget")
    assert (finding["cost"], "2027-02" in finding["message"]) == ("2.40", True)
    desk.manifests(moved, voice("new", schedule=JANUARY, retries=None))
    assert found(desk, "budget") == []


def test_a_budget_counts_what_a_campaign_has_of_an_object_that_its_manifest_declares_in_part(
    desk: Desk,
) -> None:
    """Its retries are declared without their interval, which is live; each is an attempt that is paid."""
    desk.seed(live_voice("old", retries=TWICE))
    old = voice("old", retries={"number_of_retries": 2}, metadata={"sid": sid_of(desk, "old")})
    desk.manifests(old, voice("new", retries=None))
    policies(desk, budget={"level": "error", "per_month": 2.79})
    assert [it["cost"] for it in found(desk, "budget")] == ["2.80"]


def test_what_has_begun_is_counted_with_the_people_it_calls_whatever_its_manifest_says_since(
    desk: Desk,
) -> None:
    desk.seed(live_voice("old", retries=None, status="InProgress"))
    fewer = voice("old", retries=None, **{"from": ["+919876543210"]})
    desk.manifests(fewer, voice("new", retries=None, schedule=FEBRUARY | {"send_at": JANUARY["end_at"]}))
    policies(desk, budget={"level": "error", "per_month": 2.39})
    desk.pass_time(days=5, hours=1)
    assert [it["cost"] for it in found(desk, "budget")] == ["2.40"]


def test_who_resumes_the_morning_after_is_counted_in_the_month_of_that_morning(desk: Desk) -> None:
    begun = {"send_at": "2027-01-31T20:00:00+05:30", "end_at": "2027-02-02T18:00:00+05:30"}
    desk.seed(live_voice("night", schedule=begun, retries=None, status="Paused"))
    night = voice("night", schedule=begun, retries=None, state="active")
    desk.manifests(night, voice("new", schedule=FEBRUARY, retries=None))
    policies(desk, budget={"level": "error", "per_month": 2})
    assert found(desk, "budget") == []
    desk.pass_time(days=22)
    assert [it["cost"] for it in found(desk, "budget")] == ["2.40"]


def test_right_before_a_resume_the_calls_of_others_come_first_too(desk: Desk) -> None:
    """It waits behind ten updates. Alone it would still be over by 21:00, not beside 30 people somebody may go on
    calling.
    """
    evening = {"send_at": "2027-01-10T19:30:00+05:30", "end_at": "2027-01-10T23:00:00+05:30"}
    people = [f"+9198765430{place:02}" for place in range(30)]
    hours, slow = {"level": "error", "bound": "worst"}, {"level": "off", "calls_per_minute": 1}
    desk.configure(country="IN", rate_limit=6, policy={"calling_hours": hours, "capacity": slow})
    desk.seed(live_voice("theirs", schedule=evening, retries=None, status="Paused", **{"from": people}))
    desk.seed(live_voice("mine", schedule=evening, retries=None, mode="auto", status="Paused"))
    others = {f"other-{place}": [f"+9198765431{place:02}"] for place in range(10)}
    desk.seed(*(live_voice(name, **{"from": numbers}, schedule=FEBRUARY) for name, numbers in others.items()))
    changed = [
        voice(name, **{"from": numbers}, schedule=FEBRUARY, status_callback="https://hooks.example.com/new")
        for name, numbers in others.items()
    ]
    desk.manifests(voice("mine", schedule=evening, retries=None, mode="auto", state="active"), *changed)
    desk.pass_time(hours=11, minutes=23)
    result = desk.run("apply", "--auto-approve", "--allow", "resume", "--format", "json")
    outcomes = {it["name"]: (it["outcome"], it["reason"]["code"]) for it in result.json["results"]}
    assert desk.clock.now().astimezone(UTC).strftime("%H:%M") < "15:20", "alone it would be over in time"
    assert outcomes["mine"] == ("skipped", "policy")
    assert {outcomes[name][0] for name in others} == {"applied"}


def test_a_resume_by_hand_knows_what_else_calls_then(desk: Desk) -> None:
    """Alone it is over by 21:00; beside 30 people of a campaign that nobody named it may not be, paused or not."""
    evening = {"send_at": "2027-01-10T19:30:00+05:30", "end_at": "2027-01-10T23:00:00+05:30"}
    people = [f"+9198765430{place:02}" for place in range(30)]
    hours, slow = {"level": "error", "bound": "worst"}, {"level": "off", "calls_per_minute": 1}
    desk.configure(country="IN", policy={"calling_hours": hours, "capacity": slow})
    desk.seed(live_voice("mine", schedule=evening, retries=None, mode="auto", status="Paused"))
    desk.manifests(voice("mine", schedule=evening, retries=None, mode="auto", state="active"))
    desk.pass_time(hours=11, minutes=35)
    shown = desk.run("resume", "mine", stdin=io.StringIO("no"))
    assert "policy" not in shown.all
    (theirs,) = desk.seed(
        live_voice("theirs", schedule=evening, retries=None, status="Paused", **{"from": people})
    )
    refused = desk.run("resume", "mine", "--auto-approve", "--format", "json")
    (result,) = refused.json["results"]
    assert (refused.code, result["reason"]["code"]) == (3, "policy")
    assert "beside 1 other campaign" in result["reason"]["message"]
    assert not desk.writes
    desk.by_hand(theirs, {"action": "complete"})
    assert desk.run("resume", "mine", "--auto-approve").code == 0


def test_a_resume_by_hand_reads_the_others_only_where_the_longest_run_counts(desk: Desk) -> None:
    """Where the end is what is bound, or lies within the hours, no request more is made."""
    desk.seed(live_voice("mine", schedule=JANUARY, status="Paused"))
    numbers = set[int]()
    for bound in ("end", "worst"):
        desk.configure(country="IN", policy={"calling_hours": {"level": "error", "bound": bound}})
        desk.forget()
        desk.run("resume", "mine", stdin=io.StringIO("no"))
        numbers.add(len(desk.requests))
    assert len(numbers) == 1


def test_a_place_in_json_is_that_of_the_file_whatever_escapes_stand_before_it(desk: Desk) -> None:
    manifest = voice("\U0001f600 \\ \U0001f600", caller_id="no number")
    desk.write("campaigns/one.json", json.dumps(manifest))
    text = (desk.root / "campaigns/one.json").read_text(encoding="utf-8")
    places = {it["column"] for it in desk.run("validate", "--format", "json").json["findings"]}
    assert "\\ud83d" in text
    assert places
    assert all(text[column - 1] in '"[{' for column in places), [text[column - 1 :][:9] for column in places]


def sid_of(desk: Desk, name: str) -> str:
    return str(desk.live(name)["id"])
