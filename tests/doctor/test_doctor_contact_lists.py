"""What `doctor` says of the project's lists in the account."""

from __future__ import annotations

from typing import Any

from harness import Desk
from list_desk import NAME, NUMBERS, account_lists, calling, contact_list, result


def problems(desk: Desk) -> list[dict[str, Any]]:
    """Of the check of lists; None where there is no such check."""
    checks = desk.run("doctor", "--format", "json").json["checks"]
    return [problem for it in checks if it["check"] == "contact-lists" for problem in it["ailments"]]


def names(desk: Desk) -> list[str]:
    return [it["check"] for it in desk.run("doctor", "--format", "json").json["checks"]]


def test_a_project_without_lists_is_told_nothing_of_them(desk: Desk) -> None:
    assert "contact-lists" not in names(desk)


def test_a_list_that_is_called_and_complete_is_fine(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    desk.apply()
    assert "contact-lists" in names(desk)
    assert problems(desk) == []


def test_unused_and_abandoned_lists_are_counted_with_their_sids(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    first = result(desk.apply())["sid"]
    desk.manifests(contact_list(numbers=NUMBERS[:2]), calling())
    desk.apply()
    name = account_lists(desk)[-1]
    (abandoned,) = desk.seed({"name": f"{name}-2", "numbers": NUMBERS}, collection="lists")
    found = problems(desk)
    assert [it["subject"] for it in found] == [f"list/{NAME}"] * 2
    assert abandoned in found[0]["message"]
    assert first in found[1]["message"]
    assert all(name.removeprefix(NAME) not in it["message"] for it in found)


def test_a_campaign_whose_list_was_edited_by_hand_is_named(desk: Desk) -> None:
    desk.manifests(contact_list(), calling())
    sid = result(desk.apply())["sid"]
    people = desk._as_operator("POST", "contacts", json={"contacts": [{"number": "+919876500009"}]}).json()
    reference = {"contact_sid": people["response"][0]["data"]["sid"]}
    desk._as_operator("POST", f"lists/{sid}/contacts", json={"contact_references": [reference]})
    (found,) = problems(desk)
    assert found["subject"] == "voice/diwali-reminder"
    assert "holds 4 people" in found["message"]
