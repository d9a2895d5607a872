"""Suppression and frequency hold for each date of a campaign that repeats (recipients.md 3, 4)."""

from __future__ import annotations

from typing import Any

import pytest
from harness import Desk, sent
from repeating import weekly

ANNA, BELA, CARO = (f"+9198765432{place}" for place in (10, 11, 12))
EVERY_DAY = {"cron": "0 10 * * *"}
APPLY = ("apply", "--auto-approve")


def people_of(desk: Desk) -> dict[str, list[str]]:
    """Whom each date calls."""
    return {it["name"]: it["from"] for it in desk.account()}


def findings(desk: Desk, command: str) -> list[dict[str, Any]]:
    result = desk.run(command, "--format", "json")
    return [it for it in result.json["findings"] if it["rule"] == "frequency"]


def test_every_date_is_without_the_suppressed(desk: Desk) -> None:
    desk.write("do-not-call.csv", f"{BELA}\n")
    desk.configure({"suppress": [{"from_file": "do-not-call.csv"}]})
    desk.manifests(
        weekly(
            rule={**EVERY_DAY, "horizon": "3d"},
            suppress=[{"numbers": [CARO]}],
            **{"from": [ANNA, BELA, CARO]},
        )
    )
    assert desk.run(*APPLY).code == 0
    assert len(people_of(desk)) > 1
    assert set(map(tuple, people_of(desk).values())) == {(ANNA,)}
    assert {it["change"] for it in desk.plan()["changes"]} <= {"noop"}


def test_an_opt_out_takes_somebody_out_of_every_date_that_is_created(desk: Desk) -> None:
    people = {"from": [ANNA, BELA, CARO]}
    desk.manifests(weekly(rule={**EVERY_DAY, "horizon": "3d"}, **people))
    assert desk.run(*APPLY).code == 0
    dates = len(people_of(desk))
    desk.manifests(weekly(rule={**EVERY_DAY, "horizon": "3d"}, suppress=[{"numbers": [BELA]}], **people))
    desk.forget()
    assert desk.run(*APPLY, "--max-changes", "0").code in (0, 3)
    assert len(desk.writes) == dates > 1
    assert all(BELA not in str(sent(it)) for it in desk.writes)
    assert set(map(tuple, people_of(desk).values())) == {(ANNA, CARO)}


def test_with_nobody_left_no_date_is_created(desk: Desk) -> None:
    desk.manifests(weekly(suppress=[{"numbers": [ANNA, BELA]}], **{"from": [ANNA, BELA]}))
    result = desk.run(*APPLY, "--format", "json")
    assert (result.code, desk.writes) == (3, [])
    assert {it["reason"]["code"] for it in result.json["results"]} == {"no-recipients"}


@pytest.mark.parametrize(("within", "amiss"), [("2d", False), ("3d", True)])
@pytest.mark.parametrize("command", ["validate", "plan"])
def test_dates_of_one_rule_that_lie_too_close_reach_somebody_too_often(
    desk: Desk, command: str, within: str, amiss: bool
) -> None:
    desk.configure({"policy": {"frequency": {"level": "error", "at_most": 2, "within": within}}})
    desk.manifests(weekly(rule={**EVERY_DAY, "from": "2027-01-10", "horizon": "4d"}))
    found = findings(desk, command)
    assert bool(found) is amiss, found
    assert all(it["people"] == 2 for it in found)
    assert desk.run(*APPLY).code == (3 if amiss else 0)
    assert len(people_of(desk)) == (2 if amiss else 5)


def test_who_is_suppressed_in_one_series_may_be_in_another(desk: Desk) -> None:
    desk.configure({"policy": {"frequency": {"level": "error", "at_most": 1, "within": "20h"}}})
    first = weekly("first", {**EVERY_DAY, "horizon": "2d"}, **{"from": [ANNA, BELA]})
    other = {"url": "http://my.exotel.com/acme1/exoml/start_voice/7", "from": [ANNA, BELA, CARO]}
    desk.manifests(first, weekly("second", {**EVERY_DAY, "horizon": "2d"}, **other))
    assert findings(desk, "plan")
    desk.manifests(
        first,
        weekly("second", {**EVERY_DAY, "horizon": "2d"}, suppress=[{"campaign": "voice/first"}], **other),
    )
    assert findings(desk, "plan") == []
    assert desk.run(*APPLY).code == 0
    assert {name.partition("-")[0]: people for name, people in people_of(desk).items()} == {
        "first": [ANNA, BELA],
        "second": [CARO],
    }
