"""Calling hours, numbers that cannot exist and copied files, as a user meets them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from harness import Desk, live_voice, run, sms, voice

NIGHT = {"send_at": "2027-01-15T20:00:00+05:30", "end_at": "2027-01-15T22:00:00+05:30"}
STARTS = datetime.fromisoformat("2027-01-15T09:00:00+05:30")


def findings(desk: Desk, *words: str) -> list[dict[str, Any]]:
    found = desk.run(*words, "--format", "json").json["findings"]
    assert isinstance(found, list)
    return found


# -- calling hours ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "code"), [(13.5, 3), (1, 0)], ids=["at 22:30", "at 10:00"])
def test_by_hand_too_the_hours_are_those_of_the_start_s_own_offset(
    desk: Desk, hours: float, code: int
) -> None:
    """The server's clock is in UTC, where 22:30 in India is an afternoon."""
    desk.configure({"policy": {"calling_hours": {"level": "error"}}})
    day = {
        "send_at": "2027-01-10T09:30:00+05:30",
        "end_at": "2027-01-10T21:00:00+05:30" if hours == 1 else "2027-01-10T23:30:00+05:30",
    }
    desk.seed(live_voice(status="paused", schedule=day))
    desk.pass_time(hours=hours)
    result = desk.run("resume", "diwali-reminder", "--auto-approve")
    assert result.code == code, result.all
    assert bool(desk.writes) is (code == 0)


def test_a_finding_holds_the_latest_end_and_stands_at_the_end_that_is_too_late(desk: Desk) -> None:
    desk.configure(country="IN")
    desk.manifests(voice(schedule=NIGHT))
    [finding] = findings(desk, "validate")
    assert finding["end"] == "2027-01-15T21:00:00+05:30"
    assert 'end_at: "2027-01-15T21:00:00+05:30"' in finding["message"]
    line = (desk.root / "campaigns/all.yaml").read_text(encoding="utf-8").splitlines()[finding["line"] - 1]
    assert "end_at" in line
    assert "count" not in finding


def test_a_finding_where_no_end_would_do_says_null_and_stands_at_the_start(desk: Desk) -> None:
    desk.configure(country="IN")
    schedule = {"send_at": "2027-01-15T22:00:00+05:30", "end_at": "2027-01-15T23:00:00+05:30"}
    desk.manifests(voice(schedule=schedule))
    [finding] = findings(desk, "validate")
    assert (finding["rule"], finding["end"]) == ("calling_hours", None)
    line = (desk.root / "campaigns/all.yaml").read_text(encoding="utf-8").splitlines()[finding["line"] - 1]
    assert "send_at" in line


def test_what_is_printed_can_be_pasted(desk: Desk) -> None:
    """The end that a finding names is taken by validate, plan and account."""
    desk.configure(country="IN")
    desk.manifests(voice(schedule={"send_at": NIGHT["send_at"]}))
    [finding] = findings(desk, "validate")
    assert desk.run("plan").code == 3
    desk.manifests(voice(schedule={**NIGHT, "end_at": finding["end"]}))
    assert desk.run("validate").code == 0
    assert desk.run("apply", "--auto-approve").code == 0
    assert len(desk.writes) == 1


def test_what_a_pin_adopted_is_a_warning_in_validate_and_an_error_in_a_plan_that_changes_it(
    desk: Desk,
) -> None:
    desk.configure(country="IN")
    sid = desk.seed(live_voice("night", schedule=NIGHT))[0]
    pinned = voice("night", schedule=NIGHT, metadata={"sid": sid}, caller_id="03349360006")
    desk.manifests(pinned)
    validated = desk.run("validate", "--format", "json")
    assert [(it["rule"], it["severity"]) for it in validated.json["findings"]] == [("calling_hours", "warn")]
    assert validated.code == 0
    assert [it["severity"] for it in findings(desk, "plan")] == ["error"]
    assert desk.run("apply", "--auto-approve").code == 3
    assert not desk.writes


def test_a_start_in_another_offset_is_told_in_the_hours_zone_too(desk: Desk) -> None:
    desk.configure(country="IN")
    schedule = {"send_at": "2027-01-15T00:00:00-05:30", "end_at": "2027-01-15T20:00:00+05:30"}
    desk.manifests(voice(schedule=schedule))
    planned = desk.run("plan")
    assert "Fri 15 Jan 2027 00:00 -05:30 (11:00 in Asia/Kolkata)" in planned.out
    assert "start_offset" in planned.all
    document = desk.run("plan", "--format", "json").json
    assert [it["local_start"] for it in document["changes"]] == ["11:00 in Asia/Kolkata"]
    for output_format in ("markdown", "html"):
        assert "11:00 in Asia/Kolkata" in desk.run("plan", "--format", output_format).out


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ("{time_zone: localtime}", '7:44: time_zone: "localtime" is no IANA time zone'),
        ("{time_zone: Asia/Calcuta}", 'did you mean "Asia/Calcutta"?'),
        ("{time_zone: ../zones}", "is no IANA time zone"),
        ("{bound: typical}", "7:40: bound: "),
    ],
)
def test_settings_that_are_none_are_told_at_their_place(tmp_path: Path, policy: str, says: str) -> None:
    (tmp_path / "campaigns").mkdir()
    text = f"""\
apiVersion: campaignctl/v1
kind: Project
manifests: [campaigns/]
environments:
  prod:
    {{backend: exotel, region: mumbai, account_sid: a,
       policy: {{calling_hours: {policy}}}}}
"""
    (tmp_path / "campaignctl.yaml").write_text(text, encoding="utf-8")
    result = run("validate", cwd=tmp_path)
    assert result.code == 1
    assert says in result.all, result.all


# -- numbers ----------------------------------------------------------------------------------------------------

WRONG = "+9109876543210"


def test_a_number_that_cannot_exist_is_told_at_its_own_place_and_never_shown(desk: Desk) -> None:
    desk.configure(country="IN")
    desk.manifests(voice(**{"from": ["+919876543210", WRONG, "+9198765"]}))
    found = findings(desk, "validate")
    lines = (desk.root / "campaigns/all.yaml").read_text(encoding="utf-8").splitlines()
    assert [lines[it["line"] - 1][it["column"] - 1 :].rstrip(",") for it in found] == [
        f'"{WRONG}"',
        '"+9198765"',
    ]
    for output_format in ("text", "json", "sarif", "github"):
        said = desk.run("validate", "--format", output_format).all
        assert "9876543210" not in said
        assert "98765" not in said


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (f"+919876543210\n\n  {WRONG}\n", [(3, 3)]),
        (f"name;number;x\nA;+919876543210;\n;;\nB;{WRONG};1\n", [(4, 3)]),
        (f"\r\nnumber\tname\r\n{WRONG}\tA\r\n+919876543210\tB\r\n+9198765\tC\r\n", [(3, 1), (5, 1)]),
    ],
)
def test_a_number_of_a_file_is_told_at_its_row(desk: Desk, text: str, places: list[tuple[int, int]]) -> None:
    desk.configure(country="IN", vars={"list": "numbers"})
    desk.write("campaigns/numbers.csv", text)
    desk.manifests(voice(**{"from": ..., "from_file": "${list}.csv"}))
    found = findings(desk, "validate")
    assert [(it["line"], it["column"]) for it in found] == places
    assert {it["file"] for it in found} == {"campaigns/numbers.csv"}
    assert [(it["line"], it["column"]) for it in findings(desk, "plan")] == places


def test_of_many_wrong_numbers_twenty_are_told_and_the_rest_counted(desk: Desk) -> None:
    desk.configure(country="IN")
    desk.write("campaigns/numbers.csv", "".join(f"+91{number}\n" for number in range(10000, 10500)))
    desk.manifests(voice(**{"from": ..., "from_file": "numbers.csv"}))
    found = findings(desk, "validate")
    assert [it["line"] for it in found] == list(range(1, 22))
    assert [it.get("count") for it in found] == [None] * 20 + [480]


# -- copies and crowds ------------------------------------------------------------------------------------------


def test_a_copied_file_is_an_error_in_any_environment(desk: Desk) -> None:
    desk.manifests(
        voice("diwali", schedule={"send_at": STARTS.isoformat(), "end_at": "2027-01-15T18:00:00+05:30"})
    )
    desk.manifests(voice("diwali-copy"), file="campaigns/b.yaml")
    found = findings(desk, "validate")
    assert [(it["rule"], it["severity"], it["file"]) for it in found] == [
        ("duplicate_campaigns", "error", "campaigns/all.yaml"),
        ("duplicate_campaigns", "error", "campaigns/b.yaml"),
    ]
    assert desk.run("apply", "--auto-approve").code == 3
    assert not desk.writes


def test_of_many_copies_the_first_is_named_whatever_the_order_of_sets(desk: Desk) -> None:
    """Each shares another number with the first manifest; two plans of the same files must be the same bytes."""
    people = [f"+9198765432{place:02}" for place in range(40)]
    copies = [voice(f"copy-{place:02}", **{"from": [number]}) for place, number in enumerate(people)]
    desk.manifests(voice("all", **{"from": people}), *copies)
    assert findings(desk, "validate")[0]["message"].startswith('"copy-00" ')


def test_selected_alone_a_copy_is_found_beside_what_was_not_selected(desk: Desk) -> None:
    desk.manifests(voice("diwali"))
    desk.manifests(voice("diwali-copy"), file="campaigns/b.yaml")
    [finding] = findings(desk, "validate", "campaigns/b.yaml")
    assert finding["file"] == "campaigns/b.yaml"


def test_a_finding_of_capacity_and_the_json_of_crowds_say_the_same(desk: Desk) -> None:
    """What nobody counts, and what nobody manages, crowds in both."""
    desk.configure({"policy": {"capacity": {"level": "warn"}}})
    throttled = {"mode": "custom", "throttle": 40}
    other = {"from": ["+919876543299"], "url": "http://my.exotel.com/acme1/exoml/start_voice/1"}
    desk.seed(live_voice("unmanaged", **other, **throttled))
    desk.manifests(voice("ours", lists=["9120d5962d214316b7721de55bb82e03"], **{"from": ...}, **throttled))
    document = desk.run("plan", "--format", "json").json
    [finding] = [it for it in document["findings"] if it["rule"] == "capacity"]
    assert 'with "unmanaged" it can want 80 calls a minute' in finding["message"]
    assert [(it["campaigns"], it["wanted"], it["capacity"]) for it in document["crowds"]] == [(2, 80, 60)]
    assert "want 80 calls a minute" in desk.run("plan", "--format", "html").out


def test_messages_of_two_campaigns_crowd_where_only_the_page_asks(desk: Desk) -> None:
    desk.manifests(sms("first"), sms("second", lists=["0000d5962d214316b7721de55bb82e03"]))
    document = desk.run("plan", "--no-count-lists", "--format", "json").json
    assert document["findings"] == []
    assert [(it["campaigns"], it["wanted"]) for it in document["crowds"]] == [(2, 600)]


def test_the_zone_of_the_machine_changes_no_finding(desk: Desk) -> None:
    desk.configure(country="IN")
    desk.manifests(voice(schedule=NIGHT))
    said = {desk.run("validate", env={"TZ": name}).all for name in ("UTC", "America/New_York")}
    assert len(said) == 1
    assert "21:00:00+05:30" in said.pop()
