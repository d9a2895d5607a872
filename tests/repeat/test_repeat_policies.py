"""Policies and settings of a manifest that repeats: each asked of its dates, and said once."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from harness import Desk, desk_at, voice
from hypothesis import given
from hypothesis import strategies as st
from repeating import changes, statuses, weekly

from campaignctl.policy.frequency import People, too_often
from campaignctl.recipients.choosing import choose

Campaigns: TypeAlias = "Sequence[tuple[datetime, People]]"
NOON = datetime(2027, 1, 10, 12, tzinfo=UTC)
OTHERS = {"from": ["+919876543299"]}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    with desk_at(tmp_path) as desk:
        yield desk  # type: ignore[misc]


def findings(desk: Desk, rule: str) -> list[dict[str, Any]]:
    found = desk.run("validate", "--format", "json").json["findings"]
    return [it for it in found if it["rule"] == rule]


def line_of(desk: Desk, text: str) -> int:
    lines = (desk.root / "campaigns/all.yaml").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


# -- calling hours ---------------------------------------------------------------------------------------------------


def test_hours_are_told_once_at_repeat_with_the_duration_that_fits(desk: Desk) -> None:
    desk.configure(country="IN", policy={"calling_hours": {"time_zone": "Asia/Kolkata"}})
    desk.manifests(weekly(rule={"duration": "12h"}))
    (found,) = findings(desk, "calling_hours")
    assert found["message"].split("; ")[1].startswith("declare duration: 11h")
    assert found["line"] == line_of(desk, '"repeat"')
    assert found["occurrences"] == {"count": 25, "first": "2027-01-11", "last": "2027-06-28"}
    desk.manifests(weekly(rule={"duration": "11h"}))
    assert findings(desk, "calling_hours") == []


def test_the_duration_fits_every_start_where_hours_are_of_another_zone(desk: Desk) -> None:
    desk.configure(country="IN", policy={"calling_hours": {"time_zone": "Asia/Kolkata"}})
    rule = {"cron": "30 13 * * MON", "time_zone": "Europe/London", "duration": "2h30m"}
    desk.manifests(weekly(rule=rule))  # 19:00 in India in winter, 18:00 in summer
    (found,) = findings(desk, "calling_hours")
    assert "declare duration: 2h" in found["message"]
    desk.manifests(weekly(rule={**rule, "duration": "2h"}))
    assert findings(desk, "calling_hours") == []


def test_a_start_outside_the_hours_stands_at_repeat_too(desk: Desk) -> None:
    desk.configure(country="IN", policy={"calling_hours": {"time_zone": "Asia/Kolkata"}})
    desk.manifests(weekly(rule={"cron": "0 22 * * MON", "duration": "1h"}))
    (found,) = findings(desk, "calling_hours")
    assert (found["line"], found["end"]) == (line_of(desk, '"repeat"'), None)


# -- a budget beside other rules --------------------------------------------------------------------------------------

PRICED = {"prices": {"currency": "INR", "call": {"per_pulse": 0.5, "pulse": "60s"}}}
FAULTS = {
    "calling_hours": {"time_zone": "Asia/Kolkata"},
    "window_fits": {"level": "warn", "calls_per_minute": 1},
    "max_numbers": {"level": "warn", "at_most": 1},
}


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Europe/London", "America/New_York"])
def test_a_budget_changes_nothing_of_what_other_rules_find_of_dates(desk: Desk, zone: str) -> None:
    """It looks at each date by itself, for the sake of its month; they look at one of those that are alike."""
    own = weekly(rule={"cron": "30 13 * * *", "time_zone": zone, "duration": "9h"})
    soon = weekly("soon", rule={"cron": "5 9 * * *", "duration": "14h"})  # in five minutes, and after that
    desk.manifests(own, soon)
    desk.configure(country="IN", policy=FAULTS)
    without = desk.run("validate", "--format", "json").json["findings"]
    desk.configure(**PRICED, country="IN", policy={**FAULTS, "budget": {"level": "warn", "per_month": 2}})
    found = desk.run("validate", "--format", "json").json["findings"]
    assert {"calling_hours", "max_numbers", "duplicate_campaigns"} <= {it["rule"] for it in without}
    assert [it for it in found if it["rule"] != "budget"] == without
    assert len([it for it in found if it["rule"] == "budget"]) == 2


def test_the_dates_of_a_month_beyond_its_budget_are_counted_each(desk: Desk) -> None:
    """A date costs 1.00, and the months have four Mondays or five."""
    desk.manifests(weekly(retries=None))
    desk.configure(**PRICED, policy={"budget": {"level": "warn", "per_month": 4}})
    (found,) = findings(desk, "budget")
    assert found["occurrences"] == {"count": 2, "first": "2027-03-29", "last": "2027-05-31"}


# -- what metadata says -----------------------------------------------------------------------------------------------


def test_the_choice_of_take_is_the_same_on_every_date_and_that_of_the_name_without_one(desk: Desk) -> None:
    people = [f"+9198765432{number:02}" for number in range(20)]
    desk.configure(country="IN")
    taking = {"from": people, "take": {"people": 5}}
    desk.manifests(weekly(**taking))
    done = desk.run("apply", "--auto-approve")
    assert done.code == 0, done.all
    chosen = {it["name"]: it["from"] for it in desk.account("campaigns")}
    some = [people[place] for place in choose("weekly", people, None, 5).places]
    assert chosen == {"weekly-2027-01-11": some, "weekly-2027-01-18": some}


def test_usage_is_of_each_date(desk: Desk) -> None:
    desk.configure(prices={"currency": "INR", "call": {"per_pulse": 0.5, "pulse": "60s"}})
    desk.manifests(weekly(metadata={"usage": {"answer": [1], "talk": "61s", "longest_talk": "61s"}}))
    each = {it["name"]: it["cost"] for it in desk.plan()["changes"]}
    assert each.keys() == {"weekly-2027-01-11", "weekly-2027-01-18"}
    assert each["weekly-2027-01-11"] == each["weekly-2027-01-18"]
    assert each["weekly-2027-01-11"]["after"] == {
        "typical": "2.00",
        "worst": "2.00",
    }  # two people, two pulses each


def frequent(desk: Desk, at_most: int, within: str) -> None:
    desk.configure(
        country="IN", policy={"frequency": {"level": "error", "at_most": at_most, "within": within}}
    )


def test_frequency_counts_the_dates_of_a_series(desk: Desk) -> None:
    frequent(desk, 1, "7d")
    desk.manifests(weekly())
    assert findings(desk, "frequency") == []  # a week apart is not less than a week
    desk.manifests(weekly(rule={"cron": "0 10 * * MON,TUE", "until": "2027-01-19"}))
    (found,) = findings(desk, "frequency")
    assert found["people"] == 2
    assert found["occurrences"] == {
        "count": 4,
        "first": "2027-01-11",
        "last": "2027-01-19",
    }  # 5 January is over, and counts


def test_frequency_counts_dates_beside_a_campaign_of_the_same_people(desk: Desk) -> None:
    frequent(desk, 1, "1d")
    other = {"send_at": "2027-01-13T09:00:00+05:30", "end_at": "2027-01-13T18:00:00+05:30"}
    desk.manifests(
        weekly(), voice("other", url="http://my.exotel.com/acme1/exoml/start_voice/1", schedule=other)
    )
    assert findings(desk, "frequency") == []
    frequent(desk, 1, "2d")
    (found,) = findings(desk, "frequency")
    assert '"weekly-2027-01-11"' in found["message"]


@pytest.mark.parametrize("refresh", ["auto", "full"])
def test_a_date_that_is_over_counts_in_a_plan_too(refresh: str, desk: Desk) -> None:
    frequent(desk, 1, "2d")
    rule = {"cron": "0 10 * * SAT,SUN", "horizon": "1d"}
    desk.manifests(weekly(rule=rule))
    assert changes(desk, f"--refresh={refresh}") == {"weekly-2027-01-10": "policy"}
    frequent(desk, 2, "2d")
    assert changes(desk, f"--refresh={refresh}") == {"weekly-2027-01-10": "not-live"}


# -- suppress ---------------------------------------------------------------------------------------------------------


def test_those_of_the_date_are_left_out_of_the_same_date_of_another_series(desk: Desk) -> None:
    desk.configure(country="IN")
    people = [f"+9198765432{number:02}" for number in range(10)]
    canary = weekly("canary", **{"from": people, "take": {"people": 3}})
    rest = weekly(
        "rest", {"cron": "0 14 * * MON"}, **{"from": people, "suppress": [{"campaign": "voice/canary"}]}
    )
    desk.manifests(canary, rest)
    done = desk.run("apply", "--auto-approve")
    assert done.code == 0, done.all
    called = {it["name"]: set(it["from"]) for it in desk.account("campaigns")}
    assert called["canary-2027-01-11"] | called["rest-2027-01-11"] == set(people)
    assert called["canary-2027-01-11"].isdisjoint(called["rest-2027-01-11"])
    assert len(called["canary-2027-01-11"]) == 3


# -- gates ------------------------------------------------------------------------------------------------------------


def gate(name: str) -> dict[str, Any]:
    return {"campaign": f"voice/{name}", "limits": {"failed": "25%"}}


def test_one_that_repeats_and_one_that_does_not_wait_for_each_other_never(desk: Desk) -> None:
    desk.manifests(weekly(), voice("other", metadata={"after": [gate("weekly")]}, **OTHERS))
    assert len(findings(desk, "gate-campaign")) == 1
    desk.manifests(weekly(metadata={"after": [gate("other")]}), voice("other", **OTHERS))
    assert len(findings(desk, "gate-campaign")) == 1


# -- the guard ------------------------------------------------------------------------------------------------------


def test_a_guard_watches_every_date_of_a_manifest(desk: Desk) -> None:
    people = [f"+9198765{number:05}" for number in range(600)]
    desk.sandbox.switches.outcomes = ("*:no-answer=100",)
    failing = {"unreached": "50%", "tried": 5}
    desk.manifests(weekly(**{"from": people}, metadata={"stop_when": failing}))
    created = desk.run("apply", "--auto-approve")
    assert created.code == 0, created.all
    desk.pass_time(days=1, hours=1, minutes=3)
    done = desk.run("guard", "--once")
    assert statuses(desk)["weekly-2027-01-11"] == "paused", done.all
    assert statuses(desk)["weekly-2027-01-18"] == "created"


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 40)), min_size=1, max_size=12),
    st.integers(1, 3),
    st.integers(1, 12),
)
def test_campaigns_of_the_very_same_people_count_as_those_of_equal_ones(
    campaigns: list[tuple[int, int]], at_most: int, within: int
) -> None:
    groups = [array("Q", some) for some in ([1, 2, 3], [2, 3, 4], [4])]
    shared = [(NOON + timedelta(hours=hour), groups[group]) for group, hour in campaigns]
    copied = [(start, array("Q", people)) for start, people in shared]
    found = too_often(shared, at_most, timedelta(hours=within))
    assert found == too_often(copied, at_most, timedelta(hours=within))
    assert {place for place, (count, _) in found.items() if count} == {
        place
        for place, (_, people) in enumerate(shared)
        if any(_crowd(shared, place, person, timedelta(hours=within)) > at_most for person in people)
    }


def _crowd(campaigns: Campaigns, mine: int, person: int, within: timedelta) -> int:
    """The most that call somebody, none after mine in the order, within any stretch that holds mine."""
    starts = [start for start, people in campaigns[: mine + 1] if person in people]
    own = campaigns[mine][0]
    windows = ([it for it in starts if first <= it < first + within] for first in starts if first <= own)
    return max(len(it) for it in windows if own in it)
