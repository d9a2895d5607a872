"""What can be counted is counted before the plan decides, in a project with lists of its own too (recipients.md 1)."""

from __future__ import annotations

from typing import Any

import pytest
from contact_lists import contact_list as account_list
from harness import Desk, voice

OWN = {
    "apiVersion": "campaignctl/v1",
    "kind": "ContactList",
    "metadata": {"name": "vip-customers"},
    "spec": {"numbers": ["+919876543210", "+919876543211", "+919876543212"]},
}
OTHER = {
    **OWN,
    "metadata": {"name": "new-customers"},
    "spec": {"numbers": ["+919876543212", "+919876543213"]},
}


def calling(name: str, *lists: Any, **fields: Any) -> dict[str, Any]:
    return voice(name, **{"from": ..., "lists": list(lists), **fields})


def change(desk: Desk, name: str = "offer") -> Any:
    (found,) = [it for it in desk.plan()["changes"] if it["name"] == name]
    return found


def people(desk: Desk) -> Any:
    return change(desk)["message"]["after"]["people"]


@pytest.mark.parametrize("own_lists", [True, False])
@pytest.mark.parametrize(
    ("amount", "rule", "settings"),
    [
        (0, "empty_list", {"level": "error"}),
        (21, "max_numbers", {"level": "error", "at_most": 20}),
        (700, "window_fits", {"level": "error"}),
    ],
)
def test_a_count_binds_what_the_plan_decides(
    desk: Desk, amount: int, rule: str, settings: dict[str, Any], own_lists: bool
) -> None:
    desk.configure({"policy": {rule: settings}})
    sid = account_list(desk, amount)
    soon = {"send_at": "2027-01-10T12:00:00+05:30", "end_at": "2027-01-10T12:01:00+05:30"}
    beside = (
        [
            OWN,
            calling(
                "to-own", {"name": "vip-customers"}, url="http://my.exotel.com/acme1/exoml/start_voice/1"
            ),
        ]
        if own_lists
        else []
    )
    desk.manifests(calling("offer", sid, schedule=soon), *beside)
    found = change(desk)
    assert (found["change"], found["reason"]["code"]) == ("blocked", "policy"), found["reason"]
    assert rule in found["reason"]["message"]
    desk.forget()
    assert desk.run("apply", "--auto-approve").code == 3
    assert not [it for it in desk.writes if sid in str(it.body)]


def test_a_list_of_the_project_is_not_uploaded_for_a_campaign_that_its_count_forbids(desk: Desk) -> None:
    desk.configure({"policy": {"max_numbers": {"level": "error", "at_most": 2}}})
    desk.manifests(OWN, calling("offer", {"name": "vip-customers"}))
    assert change(desk)["reason"]["code"] == "policy"
    assert desk.plan()["summary"]["uploads"] == 0
    assert desk.run("apply", "--auto-approve").code == 3
    assert desk.writes == []


def test_who_is_in_lists_of_the_project_alone_is_known_exactly(desk: Desk) -> None:
    desk.manifests(OWN, OTHER, calling("offer", {"name": "vip-customers"}, {"name": "new-customers"}))
    assert people(desk) == {"known": 4, "whole": True, "at_most": 4}


def test_beside_a_list_of_the_account_they_are_one_part(desk: Desk) -> None:
    sid = account_list(desk, 10)
    desk.manifests(OWN, OTHER, calling("offer", {"name": "vip-customers"}, {"name": "new-customers"}, sid))
    assert people(desk) == {"known": 10, "whole": False, "at_most": 14}


def test_no_list_is_counted_twice(desk: Desk) -> None:
    sid = account_list(desk, 30)
    desk.manifests(OWN, calling("to-own", {"name": "vip-customers"}))
    assert desk.run("apply", "--auto-approve").code == 0
    desk.manifests(
        OWN,
        calling("to-own", {"name": "vip-customers"}),
        calling(
            "offer", {"name": "vip-customers"}, sid, url="http://my.exotel.com/acme1/exoml/start_voice/1"
        ),
    )
    desk.forget()
    plan = desk.plan()
    counted = [it.path for it in desk.requests if it.path.endswith("/contacts")]
    assert len(counted) == len(set(counted)) == 2
    assert plan["refresh"]["requests"] == len(desk.requests)
    assert [it["count"] for it in change(desk)["lists"]] == [3, 30]
