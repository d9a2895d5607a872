"""Pages, orders, searches and filters."""

from __future__ import annotations

from typing import Any

import pytest
from bodies import Account

from campaignctl.sandbox.server import Sandbox

CREATED = [
    {"name": "Diwali north", "date_created": "2026-01-03T00:00:00Z", "status": "Completed"},
    {"name": "diwali south", "date_created": "2026-01-01T00:00:00Z", "status": "Paused"},
    {"name": "holi 100%", "date_created": "2026-01-02T00:00:00Z", "status": "Archived"},
]
STARTS = [
    {"name": "first", "schedule": {"start_time": "2027-02-01T00:00:00Z"}},
    {"name": "third", "schedule": {"start_time": "2027-02-03T00:00:00Z"}},
    {"name": "second", "schedule": {"start_time": "2027-02-02T00:00:00Z"}},
]


def names(account: Account, path: str, **query: Any) -> list[str]:
    """What a list shows, in its order."""
    answer = account.get(path, **query)
    assert answer.status_code in (200, 207), answer.text
    return [item["data"]["name"] for item in answer.json()["response"]]


@pytest.mark.parametrize(
    ("sort_by", "order"),
    [
        (None, [1, 2, 0]),
        ("date_created:asc", [1, 2, 0]),
        ("date_created:desc", [0, 2, 1]),
        ("name:asc", [0, 1, 2]),
        ("name:desc", [2, 1, 0]),
    ],
)
def test_voice_lists_by_date_created_unless_told_otherwise(
    sandbox: Sandbox, account: Account, sort_by: str | None, order: list[int]
) -> None:
    sandbox.seed("acme1", "campaigns", CREATED)
    query = {} if sort_by is None else {"sort_by": sort_by}
    assert names(account, "campaigns", **query) == [str(CREATED[place]["name"]) for place in order]


@pytest.mark.parametrize(
    ("sort_by", "order"),
    [
        (None, ["third", "second", "first"]),
        ("schedule.start_time:asc", ["first", "second", "third"]),
        ("name:asc", ["first", "second", "third"]),
        ("name:desc", ["third", "second", "first"]),
    ],
)
@pytest.mark.parametrize("path", ["message-campaigns", "sms-campaigns"])
def test_sms_lists_the_latest_start_first_unless_told_otherwise(
    sandbox: Sandbox, account: Account, path: str, sort_by: str | None, order: list[str]
) -> None:
    sandbox.seed("acme1", path, STARTS)
    query = {} if sort_by is None else {"sort_by": sort_by}
    assert names(account, path, channel="SMS", **query) == order


def test_offset_is_zero_based_and_a_page_has_twenty(sandbox: Sandbox, account: Account) -> None:
    sandbox.seed("acme1", "campaigns", [{"name": f"n{place:02d}"} for place in range(45)])
    assert names(account, "campaigns") == [f"n{place:02d}" for place in range(20)]
    assert names(account, "campaigns", offset=40) == [f"n{place:02d}" for place in range(40, 45)]
    assert names(account, "campaigns", offset=45) == []
    metadata = account.get("campaigns", offset=40, limit=2).json()["metadata"]
    assert metadata == {"count": 2, "offset": 40, "total": 45, "limit": 2}


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("DIWALI", ["diwali south", "Diwali north"]),
        ("north", ["Diwali north"]),
        ("100%", ["holi 100%"]),
        ("i%n", []),
        ("", ["diwali south", "holi 100%", "Diwali north"]),
    ],
)
def test_a_name_is_searched_by_substring_in_any_letter_case(
    sandbox: Sandbox, account: Account, term: str, found: list[str]
) -> None:
    sandbox.seed("acme1", "campaigns", CREATED)
    assert names(account, "campaigns", name=term) == found


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("Completed,Paused", ["diwali south", "Diwali north"]),
        ("paused", ["diwali south"]),
        ("in-progress, archived", ["holi 100%"]),
        ("InProgress", []),
        ("nonsense", []),
    ],
)
def test_a_status_filter_is_a_set(sandbox: Sandbox, account: Account, status: str, found: list[str]) -> None:
    sandbox.seed("acme1", "campaigns", CREATED)
    assert names(account, "campaigns", status=status) == found
    assert account.get("campaigns", status=status).json()["metadata"]["total"] == len(found)


def test_the_two_sms_collections_do_not_list_each_other(sandbox: Sandbox, account: Account) -> None:
    sandbox.seed("acme1", "sms-campaigns", STARTS)
    assert names(account, "message-campaigns", channel="SMS") == []


def test_the_details_of_a_campaign_are_paged_filtered_and_ordered(account: Account) -> None:
    sid = account.text(schedule=...)
    everybody = account.get(f"message-campaigns/{sid}/message-details", channel="SMS", limit=100).json()
    total = everybody["metadata"]["total"]
    assert total == len(everybody["response"]) > 1
    last = everybody["response"][-1]["data"]
    assert set(last) == {
        *("number", "name", "body", "status", "detailed_status", "schedule_time", "sender_id"),
        *("direction", "sid"),
    }
    found = account.get(
        f"message-campaigns/{sid}/message-details", channel="sms", number=last["number"]
    ).json()
    assert [row["data"] for row in found["response"]] == [last]
    backwards = account.get(
        f"message-campaigns/{sid}/message-details", channel="sms", limit=1, sort_by="schedule_time:desc"
    ).json()
    assert backwards["response"][0]["data"] == last
    assert account.get(f"message-campaigns/{sid}/message-details").status_code == 400


@pytest.mark.slow
def test_an_account_of_twenty_thousand_finished_campaigns_is_read_page_by_page(
    sandbox: Sandbox, account: Account
) -> None:
    row = {"status": "Completed", "from": ["+919900000017"], "caller_id": "03349360005"}
    sandbox.seed("acme1", "campaigns", (row | {"name": f"run-{place}"} for place in range(20_000)))
    pages = [account.get("campaigns", limit=500, offset=offset) for offset in range(0, 20_000, 500)]
    sids = {item["data"]["id"] for page in pages for item in page.json()["response"]}
    assert len(sids) == 20_000
