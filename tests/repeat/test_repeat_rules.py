"""What is said under `repeat`, and what is wrong with it: each mistake once, at its key."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from harness import desk_at, live_sms, sms, voice
from hypothesis import given
from hypothesis import strategies as st
from repeating import MONDAYS, weekly

from campaignctl.model.dated_names import dated, month_term, parsed
from campaignctl.model.recurrence import HolidayCalendar, NamedDate, Recurrence
from campaignctl.repeat.dates import Skip, dates_of

CALENDAR = """
apiVersion: campaignctl/v1
kind: Calendar
covers: {from: 2027-01-01, until: 2027-03-31}
closed: [SUN]
dates: [{date: 2027-01-26, reason: Republic Day}]
"""


def findings(root: Path, *manifests: dict[str, Any], calendar: str = CALENDAR) -> list[dict[str, Any]]:
    root.mkdir(exist_ok=True)
    with desk_at(root) as desk:
        desk.write("calendars/in.yaml", calendar)
        desk.manifests(*manifests)
        found: list[dict[str, Any]] = desk.run("validate", "--format", "json").json["findings"]
        return found


def rules(root: Path, rule: dict[str, Any], **fields: Any) -> list[tuple[str, str]]:
    return [(it["rule"], it["severity"]) for it in findings(root, weekly(rule=rule, **fields))]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"cron": "0 0 10 * * MON"}, "repeat-cron"),
        ({"cron": "@daily"}, "repeat-cron"),
        ({"cron": "*/30 2 * * *"}, "repeat-cron"),
        ({"cron": "0 9,15 * * *"}, "repeat-cron"),
        ({"cron": "0 10 1-7 * MON"}, "repeat-cron"),
        ({"cron": "0 10 * * FRI-MON"}, "repeat-cron"),
        ({"cron": "0 10 31 2 *"}, "repeat-empty"),
        ({"cron": "0 10 1 8 *"}, "repeat-empty"),
        ({"except": ["2027-01-04"], "until": "2027-01-10"}, "repeat-empty"),
        ({"time_zone": "Asia/Calcuta"}, "repeat-zone"),
        ({"until": "2026-12-31"}, "repeat-range"),
        ({"count": 3}, "repeat-range"),
        ({"until": ...}, "repeat-range"),
        ({"until": "2037-01-05"}, "repeat-range"),
        ({"cron": "0 10 * * *", "until": "2029-12-31"}, "repeat-range"),
        ({"until": ..., "count": 600}, "repeat-range"),
        ({"duration": "14h1m"}, "repeat-window"),
        ({"calendars": ["../calendars/in.yaml"]}, "repeat-calendar"),
        ({"calendars": ["../calendars/none.yaml"]}, "repeat-calendar"),
        ({"calendars": ["../../in.yaml"]}, "repeat-calendar"),
    ],
    ids=str,
)
def test_a_rule_that_is_none_is_an_error_of_its_own(
    rule: dict[str, Any], expected: str, tmp_path: Path
) -> None:
    assert [it for it in rules(tmp_path, rule) if it[0].startswith("repeat")] == [(expected, "error")]


def test_what_cron_takes_or_else_is_printed_and_the_nearest_zone_named(tmp_path: Path) -> None:
    (both,) = findings(tmp_path / "a", weekly(rule={"cron": "0 10 1-7 * MON"}))
    assert "MON#1" in both["message"]
    (zone,) = findings(tmp_path / "b", weekly(rule={"time_zone": "Asia/Calcuta"}))
    assert 'did you mean "Asia/' in zone["message"]


def test_what_stands_beside_a_rule_and_excludes_it(tmp_path: Path) -> None:
    schedule = weekly(metadata={"sid": "046141c8f6"})
    schedule["spec"]["schedule"] = None
    found = {it["rule"] for it in findings(tmp_path / "a", schedule)}
    assert found == {"repeat-sid", "repeat-schedule"}
    assert [it["rule"] for it in findings(tmp_path / "b", weekly("weekly-2027-01-04"))] == ["repeat-name"]


def test_an_sms_needs_two_hours(tmp_path: Path) -> None:
    rule = {**MONDAYS, "duration": "1h59m"}
    (found,) = findings(tmp_path, sms("weekly", schedule=..., repeat=rule))
    assert found["rule"] == "repeat-window"
    assert found["occurrences"] == {"count": 26, "first": "2027-01-04", "last": "2027-06-28"}


def test_a_calendar_of_one_quarter_and_a_rule_beyond_it_is_one_finding_with_the_number_of_dates(
    tmp_path: Path,
) -> None:
    (found,) = findings(tmp_path, weekly(rule={"calendars": ["../calendars/in.yaml"]}))
    assert found["occurrences"] == {"count": 13, "first": "2027-04-05", "last": "2027-06-28"}


def test_mistakes_in_a_calendar_stand_in_its_own_file(tmp_path: Path) -> None:
    twice = CALENDAR.replace("Republic Day}", "Republic Day}, {date: 2027-01-26}, {date: 2028-01-26}")
    found = findings(
        tmp_path, weekly(rule={"until": "2027-03-29", "calendars": ["../calendars/in.yaml"]}), calendar=twice
    )
    assert {(it["file"], it["rule"]) for it in found} == {("calendars/in.yaml", "repeat-calendar")}
    assert len(found) == 2


def test_a_start_that_a_zone_moves_is_a_warning(tmp_path: Path) -> None:
    rule = {"cron": "30 2 * * *", "time_zone": "America/New_York", "duration": "1h", "until": "2027-04-01"}
    (found,) = [it for it in findings(tmp_path, weekly(rule=rule)) if it["rule"] == "repeat-gap"]
    assert (found["severity"], found["occurrences"]["first"]) == ("warn", "2027-03-14")


def test_a_name_of_a_date_that_a_rule_yields_is_an_error_at_both(tmp_path: Path) -> None:
    other = {"from": ["+919876543299"]}
    both = findings(tmp_path / "a", weekly(), voice("weekly-2027-01-11", **other))
    assert [it["rule"] for it in both] == ["not-unique", "not-unique"]
    assert findings(tmp_path / "b", weekly(), voice("weekly-2027-01-12", **other)) == []


def test_a_holiday_is_skipped_or_moves_where_nothing_else_runs() -> None:
    calendar = HolidayCalendar(
        "in.yaml", date(2027, 1, 1), date(2027, 12, 31), frozenset({6}), (NamedDate(date(2027, 1, 11), "a"),)
    )
    rule = Recurrence(
        "0 10 * * MON,TUE", "Asia/Kolkata", date(2027, 1, 4), date(2027, 1, 19), None, timedelta(hours=3)
    )
    skipping = rule._replace(calendars=(calendar,), excepted=frozenset({date(2027, 1, 19)}))
    assert [(it.day.day, it.code) for it in dates_of(skipping) if it.code] == [
        (11, Skip.HOLIDAY),
        (19, Skip.EXCEPT),
    ]
    moving = skipping._replace(moves=True)
    assert [(it.day.day, it.code) for it in dates_of(moving) if it.code] == [
        (11, Skip.TAKEN),
        (19, Skip.EXCEPT),
    ]
    mondays = moving._replace(cron="0 10 * * MON")
    assert [(it.day.day, it.runs_on.day) for it in dates_of(mondays) if it.runs_on and it.code] == [(11, 12)]


@pytest.mark.parametrize(
    "name", ["w-2027-1-4", "w-2027-02-30", "w-2027-01-05-x", "-2027-01-05", "2027-01-05", "w-2027-01-05\n"]
)
def test_what_is_no_dated_name_is_not_reserved(name: str) -> None:
    assert parsed(name) is None


@pytest.mark.slow
@given(
    st.sampled_from(["* * *", "* * MON", "* * 1-5", "29 2 *", "31 * *", "31 2 *"]),
    st.dates(date(2026, 1, 1), date(2034, 12, 31)),
    st.integers(1, 200),
)
def test_the_dates_of_a_rule_that_counts_them_are_the_first_of_one_that_does_not(
    days: str, first: date, count: int
) -> None:
    """No more are made than are counted, or nearly; which they are is the same."""
    endless = Recurrence(f"0 10 {days}", "Asia/Kolkata", first, None, None, timedelta(hours=1))
    counted = dates_of(endless._replace(times=count))
    assert counted == dates_of(endless)[:count]
    assert counted or days == "31 2 *"


def test_one_search_serves_all_dates_of_a_month() -> None:
    assert month_term("weekly-reminder-2027-01-04") == "weekly-reminder-2027-01"
    assert month_term("Café: offer-2027-01-04") == "offer-2027-01"


@pytest.mark.parametrize(
    ("letters", "days"),
    [
        *(pytest.param(*it, marks=pytest.mark.slow) for it in (("abc", 3650), ("abcdefghij", 1095))),
        ("ab", 15),
    ],
)
def test_daily_series_with_years_behind_them_take_few_requests(
    letters: str, days: int, tmp_path: Path
) -> None:
    daily = {**MONDAYS, "cron": "0 10 * * *", "from": "2027-01-01"}
    series = {f"series-{letter}": [f"list{letter}0123456789"] for letter in letters}
    past = [
        {**live_sms(dated(name, day), lists=lists, schedule=_window(day)), "status": "completed"}
        for name, lists in series.items()
        for day in (date(2027, 1, 9) - timedelta(days=it) for it in range(days))
    ]
    with desk_at(tmp_path) as desk:
        desk.seed(*past, collection="message-campaigns")
        desk.manifests(*(sms(it, schedule=..., lists=lists, repeat=daily) for it, lists in series.items()))
        assert desk.run("apply", "--auto-approve").code == 0
        desk.pass_time(days=1)
        auto, full = (desk.run("plan", "--format", "json", "--refresh", it).json for it in ("auto", "full"))
    assert auto["refresh"]["requests"] <= 40
    assert auto["summary"]["create"] == len(letters)
    assert [(it["name"], it["change"], it["operations"]) for it in auto["changes"]] == [
        (it["name"], it["change"], it["operations"]) for it in full["changes"]
    ]


def _window(day: date) -> dict[str, str]:
    return {"start_time": f"{day}T10:00:00+05:30", "end_time": f"{day}T13:00:00+05:30"}
