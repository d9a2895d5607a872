"""A series to a list of the project, which changes daily: what has begun keeps the people that it began with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from harness import Desk, desk_at
from list_desk import change, contact_list, people
from repeating import weekly

NUMBERS = [f"+9198765{number:05}" for number in range(600)]
"""So many that a campaign is still under way a minute after its start."""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    with desk_at(tmp_path) as desk:
        yield desk  # type: ignore[misc]


def to_list(*more: str, **fields: Any) -> dict[str, Any]:
    return weekly(**{"from": ..., "lists": [{"name": "vip-customers"}, *more], **fields})


def begin(desk: Desk, *more: str) -> None:
    """The date of 11 January has begun, and that of the 18th is created."""
    desk.manifests(contact_list(numbers=NUMBERS), to_list(*more))
    done = desk.run("apply", "--auto-approve")
    assert done.code == 0, done.all
    desk.pass_time(days=1, hours=1, minutes=1)


@pytest.mark.slow
def test_what_has_begun_keeps_its_version_and_says_so_while_later_dates_get_the_new_one(desk: Desk) -> None:
    begin(desk)
    desk.manifests(contact_list(numbers=NUMBERS[:1]), to_list())
    plan = desk.plan()
    begun, ahead = change(plan, "weekly-2027-01-11"), change(plan, "weekly-2027-01-18")
    assert (begun["change"], begun["operations"]) == ("noop", [])
    assert any("earlier version of its lists" in it for it in begun["notes"])
    assert [(it["op"], it["fields"]) for it in ahead["operations"]] == [("update", ["lists"])]
    assert desk.run("apply", "--auto-approve").code == 0
    assert people(desk, "weekly-2027-01-11") == [sorted(NUMBERS)]
    assert people(desk, "weekly-2027-01-18") == [sorted(NUMBERS[:1])]
    assert desk.plan()["summary"]["operations"] == 0


def test_nor_is_another_list_of_the_project_compared_once_it_has_begun(desk: Desk) -> None:
    begin(desk)
    desk.manifests(contact_list(), contact_list("others", NUMBERS[1:]), to_list(lists=[{"name": "others"}]))
    begun = change(desk.plan(), "weekly-2027-01-11")
    assert (begun["change"], begun["operations"]) == ("noop", [])
    assert any("for later dates alone" in it for it in begun["notes"])


def test_a_list_of_the_account_beside_it_is_compared_as_ever(desk: Desk) -> None:
    sids = desk.seed(*({"name": it, "numbers": NUMBERS} for it in ("one", "two")), collection="lists")
    begin(desk, sids[0])
    desk.manifests(contact_list(numbers=NUMBERS[:1]), to_list(sids[1]))
    begun = change(desk.plan(), "weekly-2027-01-11")
    assert (begun["change"], begun["reason"]["code"]) == ("blocked", "immutable-field")
