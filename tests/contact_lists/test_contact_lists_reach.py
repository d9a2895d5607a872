"""Who is in the project's lists is known: to totals, to rules over several campaigns, and right before a create."""

from __future__ import annotations

from typing import Any

import pytest
from harness import Desk, voice
from list_desk import NAME, NUMBERS, calling, change, contact_list, result

ANNA, BELA, CARO = NUMBERS
APPLY = ("apply", "--auto-approve")
DAYS = ("2027-01-12", "2027-01-13", "2027-01-14")


def at(day: str) -> dict[str, str]:
    return {"send_at": f"{day}T10:00:00+05:30", "end_at": f"{day}T18:00:00+05:30"}


def findings(desk: Desk, command: str, rule: str) -> list[dict[str, Any]]:
    return [it for it in desk.run(command, "--format", "json").json["findings"] if it["rule"] == rule]


# ------------------------------------------------------------------------------------------------------- counted


def test_a_list_that_is_yet_to_come_says_how_many_will_be_in_it(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    assert change(desk.plan(), "diwali-reminder")["lists"] == [
        {"sid": None, "name": NAME, "count": 3, "counted_at": None, "managed": True}
    ]
    assert change(desk.plan("--no-count-lists"), "diwali-reminder")["lists"] == []


def test_a_list_that_is_there_is_counted_once_and_managed(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    desk.apply()
    desk.manifests(calling("second", url=..., read_via_text="Hi"), file="campaigns/second.yaml")
    before = len([it for it in desk.requests if it.request == "contacts"])
    (found,) = change(desk.plan(), "second")["lists"]
    assert (found["sid"], found["count"], found["managed"]) == (
        desk.live("diwali-reminder")["lists"][0],
        3,
        True,
    )
    assert len([it for it in desk.requests if it.request == "contacts"]) == before + 1


def test_an_approval_has_no_count_of_a_list_that_is_yet_to_come(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    approval = desk.plan()["approval"]
    assert "+" not in approval
    assert desk.run(*APPLY, "--expect", approval).code == 0


# ------------------------------------------------------------------------------------------------------ frequency


@pytest.mark.parametrize("command", ["validate", "plan"])
def test_people_of_lists_are_reached_too_often_like_any_others(desk: Desk, command: str) -> None:
    desk.configure({"policy": {"frequency": {"level": "error", "at_most": 2, "within": "7d"}}})
    desk.manifests(
        contact_list(),
        contact_list("others", numbers=[BELA]),
        voice("one", **{"from": [ANNA, BELA], "schedule": at(DAYS[0])}),
        calling("two", "others", schedule=at(DAYS[1])),
        calling("three", schedule=at(DAYS[2])),
    )
    (found,) = findings(desk, command, "frequency")
    assert found["people"] == 1
    assert '"one", "two"' in found["message"]
    assert desk.run(command).code == 3


def test_who_is_suppressed_in_a_list_is_not_reached(desk: Desk) -> None:
    desk.configure({"policy": {"frequency": {"level": "error", "at_most": 1, "within": "7d"}}})
    desk.manifests(
        contact_list(numbers=[ANNA, BELA], suppress=[{"campaign": "voice/one"}]),
        voice("one", **{"from": [ANNA], "schedule": at(DAYS[0])}),
        calling("two", schedule=at(DAYS[1])),
    )
    assert findings(desk, "validate", "frequency") == []


def test_beside_a_list_of_the_account_nobody_knows(desk: Desk) -> None:
    desk.configure({"policy": {"frequency": {"level": "error", "at_most": 1, "within": "7d"}}})
    desk.manifests(
        contact_list(),
        voice("one", **{"from": [ANNA], "schedule": at(DAYS[0])}),
        calling("two", lists=[{"name": NAME}, "a" * 32], schedule=at(DAYS[1])),
    )
    assert findings(desk, "validate", "frequency") == []


# --------------------------------------------------------------------------------------------------- other rules


def test_people_who_stand_twice_are_found_offline_too(desk: Desk) -> None:
    desk.manifests(contact_list(numbers=[*NUMBERS, ANNA]), calling())
    (found,) = findings(desk, "validate", "duplicate_numbers")
    assert "1 row holds a number that stands there already" in found["message"]


def test_a_list_of_the_project_is_not_one_that_nobody_can_leave_people_out_of(desk: Desk) -> None:
    desk.configure({"suppress": [{"numbers": [BELA]}]})
    desk.manifests(
        contact_list(), calling(), calling("theirs", lists=["a" * 32], url=..., read_via_text="Hi")
    )
    for command in ("validate", "plan"):
        (found,) = findings(desk, command, "unsuppressed")
        assert found["line"] > 20, "at the campaign to the account's list alone"


# --------------------------------------------------------------------------------------------------------- drift


@pytest.mark.parametrize("level", ["warn", "off", "error"])
def test_a_version_of_another_count_than_its_members_is_drift_at_any_level(desk: Desk, level: str) -> None:
    desk.configure({"policy": {"list_drift": {"level": level}}}, max_attempts=3)
    desk.manifests(contact_list(), calling())
    desk.apply()
    desk.manifests(calling("second", url=..., read_via_text="Hi"), file="campaigns/second.yaml")
    desk.sandbox.faults.add("status", request="create", path="campaigns$", status=429, retry_after="90")
    wait = desk.clock.sleep

    def sleep(seconds: float) -> None:
        desk.sandbox.switches.contact_count = "short"
        wait(seconds)

    desk.clock.sleep = sleep  # type: ignore[method-assign]
    done = desk.run(*APPLY, "--format", "json")
    assert done.code == 3, done.all
    assert result(done.json, "second")["reason"]["code"] == "list-drift"
    assert [it["name"] for it in desk.account()] == ["diwali-reminder"]
