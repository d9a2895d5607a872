"""Contacts and contact lists, as the public description has them, and where it is silent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from bodies import SMS, Account, data_of, sms

from campaignctl.sandbox.server import Sandbox

NUMBERS = ("+919876543210", "+919876543211", "+919876543212")


def contacts(account: Account, *numbers: str, **fields: str) -> list[dict[str, Any]]:
    """The items that a create of contacts answers."""
    answer = account.post("contacts", {"contacts": [{"number": number, **fields} for number in numbers]})
    assert answer.status_code == 207, answer.text
    items: list[dict[str, Any]] = answer.json()["response"]
    return items


def new_list(account: Account, name: str = "vip") -> str:
    answer = account.post("lists", {"lists": [{"name": name}]})
    return str(answer.json()["response"][0]["data"]["sid"])


def fill(account: Account, sid: str, people: list[dict[str, Any]]) -> httpx.Response:
    references = [{"contact_sid": person["data"]["sid"]} for person in people]
    return account.post(f"lists/{sid}/contacts", {"contact_references": references})


def filled(account: Account, *numbers: str) -> str:
    """A list with these people."""
    sid = new_list(account)
    fill(account, sid, contacts(account, *numbers))
    return sid


def total(account: Account, sid: str, limit: int = 1) -> Any:
    return account.get(f"lists/{sid}/contacts", offset=0, limit=limit).json()["metadata"].get("total")


def test_a_list_that_is_made_and_filled_holds_its_people_and_calls_them(
    sandbox: Sandbox, account: Account
) -> None:
    sid = filled(account, *NUMBERS)
    page = account.get(f"lists/{sid}/contacts").json()
    assert [item["data"]["number"] for item in page["response"]] == list(NUMBERS)
    assert page["metadata"] == {"count": 3, "offset": 0, "total": 3, "limit": 20}
    called = account.call(**{"from": ..., "lists": [sid], "schedule": None})
    sandbox.advance(timedelta(hours=1))
    assert account.show(f"campaigns/{called}")["stats"]["created"] == 0
    rows = account.get(f"campaigns/{called}/call-details").json()["response"]
    assert [row["data"]["number"] for row in rows] == list(NUMBERS)


def test_a_page_of_contacts_has_twenty(account: Account) -> None:
    sid = filled(account, *(f"+9198765432{place:02d}" for place in range(45)))
    assert len(account.get(f"lists/{sid}/contacts").json()["response"]) == 20
    assert len(account.get(f"lists/{sid}/contacts", offset=40).json()["response"]) == 5
    assert total(account, sid) == total(account, sid, limit=20) == 45


def test_any_sid_is_a_list_of_made_up_people(account: Account) -> None:
    sid = SMS["lists"][0]
    page = account.get(f"lists/{sid}/contacts", limit=100).json()
    assert len(page["response"]) == page["metadata"]["total"] >= 5


@pytest.mark.parametrize("way", ["item", "status"])
@pytest.mark.parametrize("name", ["vip", "VIP customers"])
def test_a_name_of_a_list_is_unique(sandbox: Sandbox, account: Account, way: str, name: str) -> None:
    sandbox.switches.duplicate_list = way
    account.post("lists", {"lists": [{"name": name}]})
    answer = account.post("lists", {"lists": [{"name": name}]})
    assert answer.status_code == (207 if way == "item" else 409)
    item = answer.json()["response"][0]
    assert (item["code"], item["data"]) == (409, None)


def test_items_of_a_207_have_codes_of_their_own(account: Account) -> None:
    items = contacts(account, NUMBERS[0], "nobody", "09876543211")
    assert [item["code"] for item in items] == [200, 400, 200]
    assert items[1]["data"] is None
    answer = account.post("lists", {"lists": [{"name": "one"}, {"name": "one"}, {"name": "x"}]})
    assert [item["code"] for item in answer.json()["response"]] == [200, 409, 400]


@pytest.mark.parametrize("sent", [{}, {"contacts": []}, {"contacts": "x"}, [], {"contacts": [1]}])
def test_a_body_without_contacts_is_refused(account: Account, sent: Any) -> None:
    assert account.post("contacts", sent).status_code == 400
    assert account.post("lists", sent).status_code == 400


def test_more_than_five_thousand_at_once_are_refused(account: Account) -> None:
    rows = [{"number": f"+91987650{place:04d}"} for place in range(5_001)]
    assert account.post("contacts", {"contacts": rows}).status_code == 400
    assert len(contacts(account, *(row["number"] for row in rows[:5_000]))) == 5_000


@pytest.mark.parametrize(
    ("position", "code", "same"),
    [("same", 200, True), ("another", 200, False), ("conflict-shown", 409, True), ("conflict", 409, None)],
)
@pytest.mark.parametrize("spelling", [NUMBERS[0], "09876543210", "98765 43210"])
def test_a_known_number_is_answered_with_its_contact_another_or_a_conflict(
    sandbox: Sandbox, account: Account, position: str, code: int, same: bool | None, spelling: str
) -> None:
    (first,) = contacts(account, NUMBERS[0])
    sandbox.switches.known_contact = position
    (again,) = contacts(account, spelling)
    assert again["code"] == code
    if same is None:
        assert again["data"] is None
    else:
        assert (again["data"]["sid"] == first["data"]["sid"]) is same


def test_a_number_that_one_request_holds_twice_is_known_the_second_time(account: Account) -> None:
    first, second = contacts(account, NUMBERS[0], NUMBERS[0])
    assert first["data"]["sid"] == second["data"]["sid"]


@pytest.mark.parametrize(
    ("position", "codes", "count"),
    [("set", [200] * 3, 3), ("bag", [200] * 3, 6), ("once", [409] * 3, 3)],
)
def test_adding_twice_makes_a_set_or_a_bag(
    sandbox: Sandbox, account: Account, position: str, codes: list[int], count: int
) -> None:
    sandbox.switches.list_members = position
    people = contacts(account, *NUMBERS)
    sid = new_list(account)
    fill(account, sid, people)
    answer = fill(account, sid, people)
    assert [item["code"] for item in answer.json()["response"]] == codes
    assert total(account, sid) == count


def test_refused_numbers_and_members_are_failed_items(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.change({"refused_numbers": ["10"], "refused_members": ["11"]})
    people = contacts(account, *NUMBERS)
    assert [person["code"] for person in people] == [400, 200, 200]
    sid = new_list(account)
    assert [item["code"] for item in fill(account, sid, people[1:]).json()["response"]] == [400, 200]
    assert total(account, sid) == 1


def test_items_may_come_in_another_order_and_spell_their_numbers_otherwise(
    sandbox: Sandbox, account: Account
) -> None:
    sandbox.switches.change({"contact_order": "reversed", "contact_spelling": "national"})
    shown = [item["data"]["number"] for item in contacts(account, *NUMBERS)]
    assert shown == [f"0{number[3:]}" for number in reversed(NUMBERS)]


def test_counts_lag_all_at_once_or_one_after_the_other(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.change({"contacts_lag_seconds": 9.0})
    together = filled(account, *NUMBERS)
    sandbox.switches.contacts_lag = "growing"
    growing = new_list(account, "growing")
    fill(account, growing, contacts(account, *NUMBERS))
    seen = []
    for _ in range(4):
        seen.append((total(account, together), total(account, growing)))
        sandbox.advance(timedelta(seconds=3.01))
    assert seen == [(0, 0), (0, 1), (0, 2), (3, 3)]


@pytest.mark.parametrize(
    ("position", "limit", "shown"),
    [
        ("right", 1, 3),
        ("short", 1, 2),
        ("page", 1, 1),
        ("page", 20, 3),
        ("missing", 1, None),
    ],
)
def test_a_count_may_be_right_short_of_its_own_page_or_missing(
    sandbox: Sandbox, account: Account, position: str, limit: int, shown: int | None
) -> None:
    sid = filled(account, *NUMBERS)
    sandbox.switches.contact_count = position
    assert total(account, sid, limit) == shown


def test_an_account_may_refuse_to_show_who_is_in_a_list(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.contact_count = "refused"
    assert account.get("lists/9120d5962d214316b7721de55bb82e03/contacts").status_code == 403


def test_lists_are_searched_by_a_part_of_their_name_and_show_after_a_while(
    sandbox: Sandbox, account: Account
) -> None:
    sandbox.switches.contact_lists_lag_seconds = 5.0
    new_list(account, "vip-0123456789abcdef")

    def names(**query: Any) -> list[str]:
        return [item["data"]["name"] for item in account.get("lists", **query).json()["response"]]

    assert names(name="vip-") == []
    sandbox.advance(timedelta(seconds=5.01))
    assert names(name="vip-") == ["vip-0123456789abcdef"]
    assert names(name="vip", sort_by="name:desc") == ["vip-0123456789abcdef", "VIP customers"]
    sandbox.switches.name_search = "whole"
    assert names(name="vip-") == []


def test_a_list_is_renamed_and_deleted_and_then_calls_nobody(account: Account) -> None:
    sid = filled(account, *NUMBERS)
    assert data_of(account.put(f"lists/{sid}", {"name": "lapsed"}))["name"] == "lapsed"
    called = account.text(lists=[sid])
    assert account.client.delete(f"{account.base}/lists/{sid}").status_code == 200
    assert account.get(f"lists/{sid}").status_code == 404
    assert account.get(f"lists/{sid}/contacts").status_code == 404
    assert (
        account.post(f"lists/{sid}/contacts", {"contact_references": [{"contact_sid": "x"}]}).status_code
        == 404
    )
    rows = account.get(f"message-campaigns/{called}/message-details", channel="SMS").json()["response"]
    assert rows == []


def test_whoever_was_being_called_from_a_list_stays_in_the_results_when_it_is_deleted(
    sandbox: Sandbox, account: Account
) -> None:
    sid = filled(account, *NUMBERS)
    called = account.call(**{"from": ..., "lists": [sid], "schedule": None})
    sandbox.advance(timedelta(hours=1))
    account.show(f"campaigns/{called}")
    account.client.delete(f"{account.base}/lists/{sid}")
    rows = account.get(f"campaigns/{called}/call-details").json()["response"]
    assert [row["data"]["number"] for row in rows] == list(NUMBERS)


def test_seeded_lists_hold_the_numbers_that_they_are_given(sandbox: Sandbox, account: Account) -> None:
    sids = sandbox.seed(
        "acme1", "lists", [{"name": "vip", "numbers": NUMBERS}, {"name": "empty", "numbers": []}]
    )
    assert [total(account, sid) for sid in sids] == [3, 0]


def test_a_third_party_client_that_makes_a_list_and_a_campaign_for_it_works(account: Account) -> None:
    """The steps of the vendor's public examples, with the third-party clients' bodies and reading of answers."""
    people = account.post(
        "contacts",
        {
            "contacts": [
                {"number": "+919876543210", "first_name": "Asha", "last_name": "Rao", "company_name": "Acme"},
                {"number": "+919876543211", "first_name": "Ravi", "email": "ravi@example.com", "tag": "vip"},
            ]
        },
    ).json()
    assert people["http_code"] == 207
    sids = [item["data"]["sid"] for item in people["response"] if item["code"] == 200]
    made = account.post("lists", {"lists": [{"name": "demo list", "tag": "demo"}]}).json()
    list_sid = made["response"][0]["data"]["sid"]
    assert made["response"][0]["data"]["tag"] == "demo"
    added = account.post(
        f"lists/{list_sid}/contacts", {"contact_references": [{"contact_sid": sid} for sid in sids]}
    ).json()
    assert [item["status"] for item in added["response"]] == ["success", "success"]
    body = {key: value for key, value in sms(lists=[list_sid]).items() if key != "schedule"}
    campaign = data_of(account.post("message-campaigns", {**body, "schedule": SMS["schedule"]}))
    assert campaign["lists"] == [list_sid]
    shown = account.get(f"lists/{list_sid}/contacts", offset=0, limit=20).json()
    assert [item["data"]["first_name"] for item in shown["response"]] == ["Asha", "Ravi"]
