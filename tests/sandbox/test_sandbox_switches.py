"""What the documents leave unknown, in each position."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bodies import SMS, VOICE, Account, data_of, sms, voice
from fakes import FakeClock

from campaignctl.sandbox.server import Sandbox
from campaignctl.sandbox.shapes import RefusalError
from campaignctl.sandbox.switches import OMITTED_BY_004


def test_a_put_that_merges_keeps_what_it_does_not_send(account: Account) -> None:
    sid = account.call()
    data = data_of(account.put(f"campaigns/{sid}", {"name": "holi"}))
    assert (data["retries"], data["schedule"]) == (VOICE["retries"], VOICE["schedule"])


def test_a_put_that_replaces_wipes_the_schedule_and_the_calls_start_at_once(
    sandbox: Sandbox, account: Account
) -> None:
    sandbox.switches.put = "replace"
    sid = account.call()
    data = data_of(account.put(f"campaigns/{sid}", {"name": "holi"}))
    assert data["schedule"] is None
    assert "retries" not in data
    assert (data["name"], data["caller_id"], data["from"]) == ("holi", VOICE["caller_id"], VOICE["from"])
    assert account.show(f"campaigns/{sid}")["status"] == "InProgress"


def test_a_put_that_replaces_loses_nothing_that_is_sent(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.put = "replace"
    sid = account.call()
    data = data_of(account.put(f"campaigns/{sid}", {"campaigns": [VOICE]}))
    assert {key: data[key] for key in VOICE} == VOICE
    sid = account.text()
    data = data_of(account.put(f"message-campaigns/{sid}", {**SMS, "template": "Bye"}))
    assert (data["template"], data["schedule"]) == ("Bye", SMS["schedule"])


def test_after_the_start_a_put_that_replaces_wipes_callbacks_only(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.put = "replace"
    sid = account.call()
    sandbox.advance(timedelta(days=5))
    data = data_of(account.put(f"campaigns/{sid}", {"status_callback": "https://hooks.example.com/new"}))
    assert "call_status_callback" not in data
    assert (data["schedule"], data["retries"]) == (VOICE["schedule"], VOICE["retries"])


@pytest.mark.parametrize(
    ("accepts", "body", "status"),
    [
        ("any", "wrapped", 200),
        ("any", "bare", 200),
        ("wrapped", "wrapped", 200),
        ("wrapped", "bare", 400),
        ("bare", "wrapped", 400),
        ("bare", "bare", 200),
    ],
)
def test_an_account_may_take_only_one_of_the_two_bodies(
    sandbox: Sandbox, account: Account, accepts: str, body: str, status: int
) -> None:
    sandbox.switches.create_body = accepts
    spoken = {"campaigns": [VOICE]} if body == "wrapped" else VOICE
    assert account.post("campaigns", spoken).status_code == status
    texted = {"smscampaigns": SMS} if body == "wrapped" else SMS
    assert account.post("message-campaigns", texted).status_code == status


def test_an_account_may_fill_in_a_start_one_minute_later(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.fill_schedule = True
    sid = account.call(schedule=...)
    shown = account.show(f"campaigns/{sid}")
    assert shown["status"] == "Created"
    assert shown["schedule"] == {
        "send_at": "2027-01-10T09:01:00+05:30",
        "end_at": "2027-02-09T09:01:00+05:30",
    }
    sandbox.advance(timedelta(minutes=1))
    assert account.show(f"campaigns/{sid}")["status"] == "InProgress"


def test_a_resume_before_the_start_may_call_at_once(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.resume_early = True
    sid = account.call()
    account.act(f"campaigns/{sid}", "pause")
    assert data_of(account.act(f"campaigns/{sid}", "resume"))["status"] == "InProgress"
    sandbox.advance(timedelta(seconds=10))
    shown = account.show(f"campaigns/{sid}")
    assert shown["stats"]["created"] == 0
    assert shown["schedule"] == VOICE["schedule"]


def test_the_two_sms_collections_may_be_one(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.shared_sms = True
    sid = account.text()
    assert account.get("sms-campaigns").json()["metadata"]["total"] == 1
    assert account.show(f"sms-campaigns/{sid}")["name"] == SMS["name"]


@pytest.mark.parametrize(
    ("position", "words", "total"),
    [
        ("any", "iN_PROGRESS", 1),
        ("own", "InProgress", 1),
        ("own", "in-progress", 0),
        ("lower", "in-progress", 1),
        ("lower", "InProgress", 0),
        ("refuse", "InProgress", 1),
        ("refuse", "InProgress,in-progress", None),
        ("ignore", "Paused", 2),
    ],
)
def test_an_account_may_understand_other_spellings_of_a_status(
    sandbox: Sandbox, account: Account, position: str, words: str, total: int | None
) -> None:
    sandbox.switches.status_filter = position
    account.call(schedule=...)
    account.call()
    answer = account.get("campaigns", status=words)
    if total is None:
        assert answer.status_code == 400
    else:
        assert answer.json()["metadata"]["total"] == total


@pytest.mark.parametrize(
    ("position", "term", "total"),
    [
        ("substring", "50% OFF", 1),
        ("case", "50% OFF", 0),
        ("case", "50% off", 1),
        ("odd", "50% off", 0),
        ("odd", "DIWALI-50", 1),
        ("odd", "दिवाली", 1),
    ],
)
def test_an_account_may_search_names_otherwise(
    sandbox: Sandbox, account: Account, position: str, term: str, total: int
) -> None:
    sandbox.switches.name_search = position
    account.call(name="diwali-50% off दिवाली")
    assert account.get("campaigns", name=term).json()["metadata"]["total"] == total


def test_an_account_may_list_new_campaigns_late_but_knows_them_by_sid(
    sandbox: Sandbox, account: Account
) -> None:
    sandbox.switches.list_lag_seconds = 10
    sid = account.call()
    for query in ({}, {"name": "diwali"}, {"status": "Created"}):
        assert account.get("campaigns", **query).json()["metadata"]["total"] == 0
    assert account.show(f"campaigns/{sid}")["id"] == sid
    sandbox.advance(timedelta(seconds=10))
    assert account.get("campaigns").json()["metadata"]["total"] == 1


def test_an_account_may_leave_keys_out_of_its_answers(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.omit_from_create = OMITTED_BY_004
    sandbox.switches.omit_from_get = ("from",)
    sandbox.switches.omit_from_list = ("schedule",)
    sandbox.switches.omit_from_update = ("url",)
    made = data_of(account.post("campaigns", voice()))
    path = f"campaigns/{made['id']}"
    assert not set(OMITTED_BY_004) & set(made)
    assert "from" not in account.show(path)
    assert "schedule" not in account.get("campaigns").json()["response"][0]["data"]
    assert "url" not in data_of(account.act(path, "pause"))


def test_an_account_may_limit_requests_and_say_so(
    sandbox: Sandbox, account: Account, clock: FakeClock
) -> None:
    sandbox.switches.rate_limit = 2
    first = account.get("campaigns")
    assert (first.headers["X-RateLimit-Limit"], first.headers["X-RateLimit-Remaining"]) == ("2", "1")
    clock.sleep(20)
    account.get("campaigns")
    answer = account.get("campaigns")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "40")
    assert int(answer.headers["X-RateLimit-Reset"]) == clock.now().timestamp() + 40
    assert Account(account.client, "/v2/accounts/other").get("campaigns").status_code == 207
    clock.sleep(40)
    assert account.get("campaigns").status_code == 207


def test_without_the_switch_no_limit_is_shown(account: Account) -> None:
    assert not [name for name in account.get("campaigns").headers if name.startswith("x-ratelimit")]


@pytest.mark.parametrize(
    "position",
    [
        {"put": "patch"},
        {"colour": "red"},
        {"rate_limit": 0},
        {"rate_limit": True},
        {"list_lag_seconds": -1},
        {"fill_schedule": "yes"},
        {"omit_from_get": "from"},
    ],
)
def test_a_position_that_no_switch_has_changes_nothing(sandbox: Sandbox, position: dict[str, Any]) -> None:
    with pytest.raises(RefusalError):
        sandbox.switches.change({"resume_early": True, **position})
    assert sandbox.switches.resume_early is False


def test_an_sms_campaign_under_replace_keeps_its_channel(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.put = "replace"
    sid = account.text()
    assert data_of(account.put(f"message-campaigns/{sid}", sms(channel=...)))["channel"] == "SMS"
