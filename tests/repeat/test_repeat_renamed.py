"""Renaming a manifest that repeats without `previous_name`: another name and another hour make no other date of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from harness import Desk, desk_at, live_voice, voice
from repeating import changes, statuses, weekly

DAILY = {"cron": "0 11 * * *", "horizon": "1d"}
LATER = {**DAILY, "cron": "0 17 * * *"}
TODAY, TOMORROW = "2027-01-10", "2027-01-11"
"""The clock stands at nine on Sunday the tenth."""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    with desk_at(tmp_path) as desk:
        yield desk  # type: ignore[misc]


def daily(name: str, rule: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return weekly(name, {**rule, "until": TODAY}, **fields)


def held(desk: Desk) -> dict[str, str]:
    return {name: code for name, code in changes(desk).items() if code == "looks-renamed"}


def called_today(desk: Desk) -> None:
    """The old manifest's only date has called everybody, and is over."""
    desk.manifests(daily("old", DAILY))
    desk.run("apply", "--auto-approve")
    desk.pass_time(hours=5, minutes=30)
    assert statuses(desk) == {f"old-{TODAY}": "completed"}


def test_todays_is_not_made_again_at_another_hour_once_the_old_one_is_over(desk: Desk) -> None:
    called_today(desk)
    desk.manifests(daily("new", LATER))
    assert held(desk) == {f"new-{TODAY}": "looks-renamed"}
    result = desk.run("apply", "--auto-approve")
    assert result.code == 3
    assert f"old-{TODAY}" in result.out
    assert statuses(desk) == {f"old-{TODAY}": "completed"}


def test_nor_where_somebody_ended_it_before_its_start(desk: Desk) -> None:
    desk.manifests(daily("old", DAILY))
    desk.run("apply", "--auto-approve")
    desk.run("complete", f"old-{TODAY}", "--auto-approve")
    desk.manifests(daily("new", LATER))
    assert held(desk) == {f"new-{TODAY}": "looks-renamed"}


def test_nor_while_it_is_alive_though_most_of_the_people_are_others(desk: Desk) -> None:
    people = [f"+9198765440{place:02}" for place in range(30)]
    desk.manifests(daily("old", DAILY, **{"from": people[:20]}))
    desk.run("apply", "--auto-approve")
    desk.manifests(daily("new", LATER, **{"from": people[19:]}))
    assert held(desk) == {f"new-{TODAY}": "looks-renamed"}


def test_a_previous_name_says_that_it_is_that_one_and_leaves_it_over(desk: Desk) -> None:
    called_today(desk)
    desk.manifests(daily("new", LATER, metadata={"previous_name": "old"}))
    assert changes(desk) == {f"new-{TODAY}": "finished"}


def test_a_flag_says_that_it_is_another(desk: Desk) -> None:
    called_today(desk)
    desk.manifests(daily("new", LATER))
    assert desk.run("apply", "--auto-approve", "--allow", f"twin:new-{TODAY}").code == 0
    assert statuses(desk)[f"new-{TODAY}"] == "created"


def test_another_text_other_people_or_another_date_is_another_campaign(desk: Desk) -> None:
    called_today(desk)
    url = "http://my.exotel.com/acme1/exoml/start_voice/1"
    for other in (
        daily("new", LATER, url=url),
        daily("new", LATER, **{"from": ["+919876543299"]}),
        weekly("new", {**LATER, "from": TOMORROW, "until": TOMORROW}),
    ):
        desk.manifests(other)
        assert held(desk) == {}


def test_the_date_is_that_of_the_rules_zone(desk: Desk) -> None:
    """01:00 in India is the evening before in New York."""
    schedule = {"send_at": "2027-01-11T01:00:00+05:30", "end_at": "2027-01-11T03:00:00+05:30"}
    desk.seed(live_voice("night", schedule=schedule, status="Completed"))
    desk.manifests(weekly("new", {**LATER, "time_zone": "America/New_York", "until": TODAY}))
    assert held(desk) == {f"new-{TODAY}": "looks-renamed"}
    desk.manifests(weekly("new", {**LATER, "from": TODAY, "until": TODAY}))
    assert held(desk) == {}


def test_two_manifests_may_call_the_same_people_twice_a_day_with_the_same_text(desk: Desk) -> None:
    """Each names its own."""
    both = daily("morning", DAILY), daily("evening", LATER)
    desk.manifests(*both)
    assert held(desk) == {}
    desk.run("apply", "--auto-approve")
    desk.pass_time(hours=5, minutes=30)
    assert statuses(desk)[f"morning-{TODAY}"] == "completed"
    desk.run("archive", f"evening-{TODAY}", "--auto-approve")
    assert held(desk) == {}


def test_an_ordinary_manifest_at_another_hour_is_another_campaign_as_before(desk: Desk) -> None:
    called_today(desk)
    evening = {"send_at": f"{TODAY}T18:00:00+05:30", "end_at": f"{TODAY}T20:00:00+05:30"}
    desk.manifests(voice("once", schedule=evening))
    assert held(desk) == {}
