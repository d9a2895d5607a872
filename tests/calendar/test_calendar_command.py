"""`campaignctl calendar`: what starts on which date, and what is skipped, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from harness import Desk, desk_at, voice
from repeating import weekly

HOLIDAYS = """
apiVersion: campaignctl/v1
kind: Calendar
covers: {from: 2027-01-01, until: 2027-12-31}
dates:
  - {date: 2027-01-11, reason: "Pongal | [x](http://evil.example), a <b>day</b>"}
  - {date: 2027-01-18, reason: Eid, estimated: true}
"""
RULE = {"calendars": ["../calendars/in.yaml"], "on_holiday": "next_open_day", "except": ["2027-01-25"]}
BETWEEN = ("--from", "2027-01-11", "--to", "2027-02-01")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    with desk_at(tmp_path) as desk:
        desk.write("calendars/in.yaml", HOLIDAYS)
        once = {"send_at": "2027-01-15T09:00:00+05:30", "end_at": "2027-01-15T18:00:00+05:30"}
        desk.manifests(weekly(rule=RULE), voice("once", schedule=once, **{"from": ["+919876543299"]}))
        yield desk  # type: ignore[misc]


def test_no_account_is_looked_at(desk: Desk) -> None:
    assert desk.run("calendar").code == 0
    assert list(desk.requests) == []


def test_the_text_has_a_heading_for_each_date_and_says_why_one_is_skipped(desk: Desk) -> None:
    assert desk.run("calendar", *BETWEEN).out.splitlines() == [
        "Environment prod, 2027-01-11 to 2027-02-01; no account was looked at",
        "",
        "Mon 2027-01-11",
        "  –  voice/weekly-2027-01-11, runs on 2027-01-12: Pongal | [x](http://evil.example), a <b>day</b> [moved]",
        "",
        "Tue 2027-01-12",
        "  10:00–13:00 +05:30  voice/weekly-2027-01-11  (campaigns/all.yaml:1)",
        "",
        "Fri 2027-01-15",
        "  09:00–18:00 +05:30  voice/once  (campaigns/all.yaml:42)",
        "",
        "Mon 2027-01-18",
        "  –  voice/weekly-2027-01-18, runs on 2027-01-19: Eid (estimated) [moved]",
        "",
        "Tue 2027-01-19",
        "  10:00–13:00 +05:30  voice/weekly-2027-01-18  (campaigns/all.yaml:1)",
        "",
        "Mon 2027-01-25",
        "  –  voice/weekly-2027-01-25, runs on 2027-01-26: a holiday [moved]",
        "",
        "Tue 2027-01-26",
        "  10:00–13:00 +05:30  voice/weekly-2027-01-25  (campaigns/all.yaml:1)",
        "",
        "Mon 2027-02-01",
        "  10:00–13:00 +05:30  voice/weekly-2027-02-01  (campaigns/all.yaml:1)",
    ]


def test_json_puts_a_start_under_its_date_and_a_skipped_one_under_its_own(desk: Desk) -> None:
    document = desk.run("calendar", *BETWEEN, "--format", "json").json
    assert (document["environment"], document["from"], document["to"]) == ("prod", "2027-01-11", "2027-02-01")
    days = {it["date"]: it for it in document["days"]}
    assert [it["name"] for it in days["2027-01-12"]["starts"]] == ["weekly-2027-01-11"]
    assert days["2027-01-12"]["starts"][0]["occurrence"] == {
        "of": "weekly",
        "date": "2027-01-11",
        "withdrawn": False,
    }
    assert days["2027-01-15"]["starts"][0]["occurrence"] is None
    skipped = {it["name"]: it for day in document["days"] for it in day["skipped"]}
    assert {name: (it["code"], it["to"], it["estimated"]) for name, it in skipped.items()} == {
        "weekly-2027-01-11": ("moved", "2027-01-12", False),
        "weekly-2027-01-18": ("moved", "2027-01-19", True),
        "weekly-2027-01-25": ("moved", "2027-01-26", False),
    }


def test_what_is_skipped_says_so(desk: Desk) -> None:
    desk.manifests(weekly(rule={**RULE, "on_holiday": "skip"}))
    document = desk.run("calendar", *BETWEEN, "--format", "json").json
    assert {it["name"]: it["code"] for day in document["days"] for it in day["skipped"]} == {
        "weekly-2027-01-11": "holiday",
        "weekly-2027-01-18": "holiday",
        "weekly-2027-01-25": "except",
    }
    assert "weekly-2027-01-25, does not run: excepted [except]" in desk.run("calendar", *BETWEEN).out


def test_markdown_is_a_table_in_which_nothing_from_outside_is_markup(desk: Desk) -> None:
    lines = desk.run("calendar", *BETWEEN, "--format", "markdown").out.splitlines()
    assert lines[0] == "### Calendar · `prod` · 2027-01-11 to 2027-02-01"
    assert "| Tue 2027-01-12 | 10:00–13:00 +05:30 | `voice/weekly-2027-01-11` | active |" in lines
    (moved,) = [it for it in lines if "moved to 2027-01-12" in it]
    assert moved.replace("\\|", "").count("|") == 5
    assert "`Pongal" in moved


def events(text: str) -> list[dict[str, str]]:
    """As a reader of RFC 5545 unfolds them."""
    lines = text.replace("\r\n ", "").split("\r\n")
    found: list[dict[str, str]] = []
    for line in lines:
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and ":" in line:
            key, _, value = line.partition(":")
            found[-1][key] = value
    return found


def ics(desk: Desk, *words: str) -> str:
    return desk.run("calendar", *BETWEEN, "--format", "ics", *words).out


def test_ics_has_an_event_for_each_start_in_utc_with_lines_of_75_octets(desk: Desk) -> None:
    text = ics(desk)
    assert [(it["SUMMARY"], it["DTSTART"], it["DTEND"]) for it in events(text)] == [
        ("voice/weekly-2027-01-11", "20270112T043000Z", "20270112T073000Z"),
        ("voice/once", "20270115T033000Z", "20270115T123000Z"),
        ("voice/weekly-2027-01-18", "20270119T043000Z", "20270119T073000Z"),
        ("voice/weekly-2027-01-25", "20270126T043000Z", "20270126T073000Z"),
        ("voice/weekly-2027-02-01", "20270201T043000Z", "20270201T073000Z"),
    ]
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_the_uid_is_of_kind_and_name_so_that_a_moved_date_is_the_same_event(desk: Desk) -> None:
    before = {it["SUMMARY"]: it["UID"] for it in events(ics(desk))}
    desk.manifests(weekly(rule={"cron": "0 15 * * MON"}))
    after = {it["SUMMARY"]: it["UID"] for it in events(ics(desk))}
    assert after["voice/weekly-2027-01-11"] == before["voice/weekly-2027-01-11"]
    assert len(set(before.values())) == 5


def test_what_nobody_can_put_on_a_date_is_noted(desk: Desk) -> None:
    desk.manifests(voice("at-once", schedule=...))
    document: dict[str, Any] = desk.run("calendar", "--format", "json").json
    assert document["days"] == []
    assert "voice/at-once" in document["notes"][0]


def test_a_range_that_ends_before_it_begins_and_a_date_that_is_none_are_told(desk: Desk) -> None:
    turned = desk.run("calendar", "--from", "2027-02-01", "--to", "2027-01-01")
    assert (turned.code, "lies before" in turned.err) == (64, True)
    assert "write a date as in" in desk.run("calendar", "--from", "1 January").err


@pytest.mark.parametrize(
    ("hours", "zone", "offset", "first"),
    [(16, "Asia/Kolkata", "+05:30", "2027-01-11"), (22, "America/Los_Angeles", "-08:00", "2027-01-10")],
)
def test_today_is_the_date_of_the_zone_in_which_campaigns_start(
    desk: Desk, hours: int, zone: str, offset: str, first: str
) -> None:
    rule = {"cron": "0 20 1-31 * *", "duration": "1h", "time_zone": zone}
    once = {"send_at": f"2027-01-15T20:00:00{offset}", "end_at": f"2027-01-15T21:00:00{offset}"}
    desk.pass_time(hours=hours)
    for manifest in (weekly(rule=rule), voice("once", schedule=once)):
        desk.manifests(manifest)
        assert desk.run("calendar", "--format", "json").json["from"] == first
    assert desk.run("calendar", "-l", "team=nobody", "--format", "json").code == 0
