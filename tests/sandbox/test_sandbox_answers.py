"""Envelopes, items and spellings, as the documents show them."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest
from bodies import SMS, VOICE, Account, data_of, item_of, sms, voice
from fakes import FakeClock

from campaignctl.sandbox.server import Sandbox

ENVELOPE = {"request_id", "method", "http_code", "response"}


def test_a_voice_create_answers_an_array_with_the_campaign_as_it_was_sent(account: Account) -> None:
    answer = account.post("campaigns", {"campaigns": [VOICE]})
    assert answer.status_code == 200
    assert set(answer.json()) == ENVELOPE
    assert isinstance(answer.json()["response"], list)
    data = data_of(answer)
    assert {key: data[key] for key in VOICE} == VOICE
    assert data["status"] == "Created"
    assert data["type"] == "trans"
    assert data["stats"] == {"created": 3, "completed": 0, "failed": 0, "pending": 3}
    assert data["date_created"] == "2027-01-10T09:00:00+05:30"
    assert len(data["id"]) == 36


def test_a_bare_create_takes_numbers_as_one_comma_separated_string(account: Account) -> None:
    body = voice(**{"from": "+919876543210, +919876543211"})
    data = data_of(account.post("campaigns", body))
    assert data["from"] == ["+919876543210", "+919876543211"]


def test_a_voice_list_is_207_with_items_of_200(account: Account) -> None:
    account.call()
    answer = account.get("campaigns", limit=3)
    assert (answer.status_code, answer.json()["http_code"]) == (207, 207)
    assert answer.json()["metadata"] == {"count": 1, "offset": 0, "total": 1, "limit": 3}
    item = item_of(answer)
    assert (item["code"], item["error_data"], item["status"]) == (200, None, "success")
    assert set(item["summary"]) == {
        *("campaign_sid", "call_scheduled", "call_initialized", "call_completed", "call_failed"),
        *("call_inprogress", "DateCreated"),
    }
    assert set(item["data"]["stats"]) == {
        *("created", "in-progress", "retry", "retrying", "failed", "failed-dnd", "invalid", "paused"),
        *("failed-no-attempt", "completed"),
    }


def test_a_voice_get_and_update_answer_arrays_too_with_nine_digits_of_a_second(account: Account) -> None:
    sid = account.call()
    for answer in (account.get(f"campaigns/{sid}"), account.act(f"campaigns/{sid}", "pause")):
        assert isinstance(answer.json()["response"], list)
        assert item_of(answer)["summary"]["DateCreated"] == "2027-01-10T09:00:00.625541789+05:30"


@pytest.mark.parametrize("body", [SMS, {"smscampaigns": SMS}, {"smscampaigns": [SMS]}])
def test_an_sms_create_answers_an_array_that_calls_the_end_expiry_time(
    account: Account, body: object
) -> None:
    answer = account.post("message-campaigns", body)
    assert isinstance(answer.json()["response"], list)
    data = data_of(answer)
    assert data["schedule"] == {
        "start_time": "2027-01-15T09:00:00+05:30",
        "expiry_time": "2027-01-15T18:00:00+05:30",
    }
    assert data["status"] == "scheduled"
    assert data["dlt_entitiy_id"] == SMS["dlt_entity_id"]
    assert "dlt_entity_id" not in data


def test_an_sms_get_and_update_answer_a_single_item_with_null_callbacks(account: Account) -> None:
    sid = account.text()
    for answer in (account.get(f"message-campaigns/{sid}"), account.act(f"message-campaigns/{sid}", "pause")):
        item = answer.json()["response"]
        assert isinstance(item, dict)
        assert set(item) == {"code", "status", "data"}
        assert item["data"]["status_callback"] is None
        assert item["data"]["sms_status_callback"] is None
        assert item["data"]["schedule"]["end_time"] == "2027-01-15T18:00:00+05:30"
        assert item["data"]["stats"]["sent"] == 0


def test_an_sms_list_has_metadata_and_a_state(account: Account) -> None:
    account.text()
    answer = account.get("message-campaigns", channel="sms")
    assert answer.status_code == 200
    assert answer.json()["metadata"] == {"count": 1, "offset": 0, "total": 1, "limit": 20}
    assert item_of(answer)["data"]["state"] == "prepared"


def test_the_older_sms_endpoint_knows_no_channel(account: Account) -> None:
    data = data_of(account.post("sms-campaigns", sms(channel=...)))
    assert "channel" not in data
    assert account.get("sms-campaigns").json()["metadata"]["total"] == 1


@pytest.mark.parametrize(
    ("path", "body", "pattern"),
    [
        ("campaigns", voice(name=...), "acme1_2027-01-10 09:00:00"),
        ("message-campaigns", sms(name=...), "acme1 2027-01-10 09:00:00"),
    ],
)
def test_a_name_that_is_left_out_is_made_of_account_and_time(
    account: Account, path: str, body: object, pattern: str
) -> None:
    assert data_of(account.post(path, body))["name"] == pattern


def test_an_end_that_is_left_out_is_thirty_days_after_the_start(account: Account) -> None:
    sid = account.call(schedule={"send_at": "2027-01-15T03:30:00Z"})
    schedule = account.show(f"campaigns/{sid}")["schedule"]
    assert schedule == {"send_at": "2027-01-15T09:00:00+05:30", "end_at": "2027-02-14T09:00:00+05:30"}


def test_two_campaigns_may_bear_one_name(account: Account) -> None:
    assert account.call() != account.call()
    assert account.get("campaigns").json()["metadata"]["total"] == 2


def test_every_account_is_a_world_of_its_own(account: Account) -> None:
    sid = account.call()
    other = Account(account.client, "/v2/accounts/another")
    assert other.get("campaigns").json()["metadata"]["total"] == 0
    assert other.get(f"campaigns/{sid}").status_code == 404


def test_every_answer_shows_the_sandbox_s_clock_errors_too(
    account: Account, sandbox: Sandbox, clock: FakeClock
) -> None:
    clock.sleep(3600)
    sandbox.advance(timedelta(days=1))
    for path in ("campaigns", "campaigns/nobody", "no-such-thing"):
        assert parsedate_to_datetime(account.get(path).headers["Date"]) == clock.now() + timedelta(days=1)


def test_the_vendor_s_contact_lists_have_name_and_sid(account: Account, sandbox: Sandbox) -> None:
    sandbox.seed("acme1", "lists", [{"sid": "a" * 32, "name": "VIP friends"}])
    answer = account.get("lists", name="vip", limit=10, offset=0)
    assert answer.json()["metadata"] == {"count": 2, "offset": 0, "total": 2, "limit": 10}
    assert [row["data"]["name"] for row in answer.json()["response"]] == ["VIP customers", "VIP friends"]
    assert answer.json()["response"][1]["data"]["sid"] == "a" * 32


def test_connections_are_kept_for_the_next_request(sandbox: Sandbox) -> None:
    opened = []
    with httpx.Client(base_url=sandbox.url, auth=("key", "token"), trust_env=False) as client:
        for _ in range(3):
            answer = client.get("/v2/accounts/acme1/campaigns")
            opened.append(answer.extensions["network_stream"].get_extra_info("client_addr"))
            assert answer.http_version == "HTTP/1.1"
    assert len(set(opened)) == 1
