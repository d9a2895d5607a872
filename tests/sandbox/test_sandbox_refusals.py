"""What the API refuses, by the contract; each with the documented envelope and without a trace."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from bodies import SMS, VOICE, Account, sms, voice

from campaignctl.sandbox.server import Sandbox

TIME = "2027-01-15T09:00:00+05:30"

BAD_VOICE: dict[str, dict[str, Any]] = {
    "name under 3 characters": voice(name="ab"),
    "neither from nor lists": voice(**{"from": ...}),
    "from is empty": voice(**{"from": []}),
    "from is null": voice(**{"from": None}),
    "more than 5,000 numbers": voice(**{"from": [f"+9199{n:08d}" for n in range(5001)]}),
    "what is no number": voice(**{"from": ["9.19877E+11"]}),
    "number as integer": voice(**{"from": [919876543210]}),
    "no caller_id": voice(caller_id=...),
    "six lists": voice(lists=[f"{n:032x}" for n in range(6)]),
    "dynamic with two lists": voice(campaign_type="dynamic", lists=["a" * 32, "b" * 32], **{"from": ...}),
    "dynamic with numbers": voice(campaign_type="dynamic"),
    "unknown campaign_type": voice(campaign_type="lively"),
    "unknown flow_type": voice(flow_type="IVR!"),
    "unknown type": voice(type="promo"),
    "unknown field": voice(colour="red"),
    "answered field": voice(status="Created"),
    "url is no url": voice(url="my.exotel.com/acme1"),
    "callback is no url": voice(status_callback="ftp://example.com"),
    "boolean as word": voice(call_duplicate_numbers="yes"),
    "four retries": voice(retries={"number_of_retries": 4, "interval_mins": 1}),
    "retries without interval": voice(retries={"number_of_retries": 1}),
    "unknown mechanism": voice(retries={"number_of_retries": 1, "interval_mins": 1, "mechanism": "linear"}),
    "unknown on_status": voice(retries={"number_of_retries": 1, "interval_mins": 1, "on_status": ["asleep"]}),
    "unknown retry field": voice(retries={"tries": 1}),
    "retries is a list": voice(retries=[1]),
    "time without offset": voice(schedule={"send_at": "2027-01-15T09:00:00"}),
    "time that does not exist": voice(schedule={"send_at": "2027-02-30T09:00:00Z"}),
    "time as a number": voice(schedule={"send_at": 1_800_000_000}),
    "end before start": voice(schedule={"send_at": TIME, "end_at": "2027-01-15T08:00:00+05:30"}),
    "end that has passed": voice(schedule={"end_at": "2027-01-09T08:00:00+05:30"}),
    "throttle without custom": voice(throttle=10),
    "throttle at the limit": voice(mode="custom", throttle=60),
    "throttle of nothing": voice(mode="custom", throttle=0),
    "repeat without ivr": voice(flow_type="greeting", repeat_menu_attempts=2),
    "half a surrogate": voice(name="abc\ud800"),
}
BAD_SMS: dict[str, dict[str, Any]] = {
    "name under 4 characters": sms(name="abc"),
    "no content_type": sms(content_type=...),
    "no lists": sms(lists=...),
    "empty lists": sms(lists=[]),
    "six lists": sms(lists=[f"{n:032x}" for n in range(6)]),
    "dynamic with two lists": sms(content_type="dynamic", lists=["a" * 32, "b" * 32]),
    "no channel": sms(channel=...),
    "another channel": sms(channel="fax"),
    "start nearer than 10 minutes": sms(schedule={"start_time": "2027-01-10T09:09:59+05:30"}),
    "start that has passed": sms(schedule={"start_time": "2027-01-09T09:00:00+05:30"}),
    "window under 2 hours": sms(schedule={"start_time": TIME, "end_time": "2027-01-15T10:59:59+05:30"}),
    "entity with letters": sms(dlt_entity_id="11A"),
    "entity as a number": sms(dlt_entity_id=1101428740000012125),
    "template missing": sms(dlt_template_id=...),
    "transactional from digits": sms(sender_id="123456"),
    "promotional from letters": sms(sms_type="promotional"),
    "unknown sms_type": sms(sms_type="transactional_opt_in"),
    "2,001 characters": sms(template="x" * 2001),
    "six variables": sms(template=" ".join(f"@@c{n}" for n in range(6))),
    "voice field": sms(caller_id="03349360005"),
}
CREATES = [("campaigns", {"campaigns": [body]}, case) for case, body in BAD_VOICE.items()]
CREATES += [("message-campaigns", body, case) for case, body in BAD_SMS.items()]
CREATES += [
    ("campaigns", {"campaigns": [VOICE, VOICE]}, "two at once"),
    ("campaigns", {"campaigns": []}, "none at all"),
    ("campaigns", {"campaigns": VOICE}, "wrapped without an array"),
    ("campaigns", [VOICE], "an array"),
    ("campaigns", "pause", "a word"),
    ("message-campaigns", {"smscampaigns": [SMS, SMS]}, "two messages at once"),
]


def refused(answer: httpx.Response, status: int) -> str:
    """The message of a refusal in the documented envelope."""
    body = answer.json()
    assert (answer.status_code, body["http_code"]) == (status, status), answer.text
    (item,) = body["response"]
    assert item["code"] == status
    assert item["data"] is None
    assert set(item["error_data"]) == {"code", "message", "description"}
    return str(item["error_data"]["message"])


@pytest.mark.parametrize(
    ("path", "body", "case"), CREATES, ids=[f"{path}: {case}" for path, _, case in CREATES]
)
def test_a_create_that_is_wrong_is_400_and_creates_nothing(
    account: Account, path: str, body: Any, case: str
) -> None:
    content = json.dumps(body)
    answer = account.client.post(f"{account.base}/{path}", content=content)
    assert refused(answer, 400), case
    assert account.get(path, channel="SMS").json()["metadata"]["total"] == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "abc"},
        {"from": [f"+9199{n:08d}" for n in range(5000)]},
        {"lists": [f"{n:032x}" for n in range(5)]},
        {"campaign_type": "dynamic", "from": ..., "lists": ["a" * 32]},
        {"mode": "custom", "throttle": 59},
        {"retries": {"number_of_retries": 3, "interval_mins": 1}},
        {"schedule": {"send_at": "2027-01-15T03:30:00.625541789Z"}},
        {"schedule": None},
        {"read_via_text": "Hello @@Name", "flow_type": "greeting", "url": ...},
        {"custom_field": '{"name": "time"}', "repeat_menu_attempts": 3},
    ],
)
def test_a_voice_create_at_the_edge_of_what_is_allowed_is_taken(
    account: Account, fields: dict[str, Any]
) -> None:
    assert account.call(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "abcd"},
        {"template": "x" * 2000},
        {"sms_type": "Promotional", "sender_id": "123456"},
        {"schedule": {"start_time": "2027-01-10T09:10:00+05:30", "end_time": "2027-01-10T11:10:00+05:30"}},
        {"schedule": ...},
        {"template": " ".join(f"@@c{n}" for n in range(5))},
    ],
)
def test_an_sms_create_at_the_edge_of_what_is_allowed_is_taken(
    account: Account, fields: dict[str, Any]
) -> None:
    assert account.text(**fields)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("campaigns", {"limit": 501}),
        ("campaigns", {"limit": 0}),
        ("campaigns", {"limit": "ten"}),
        ("campaigns", {"offset": -1}),
        ("campaigns", {"sort_by": "status:asc"}),
        ("campaigns", {"sort_by": "name:up"}),
        ("message-campaigns", {}),
        ("message-campaigns", {"channel": "fax"}),
        ("message-campaigns", {"channel": "SMS", "limit": 51}),
        ("message-campaigns", {"channel": "SMS", "name": "ab"}),
        ("sms-campaigns", {"limit": 51}),
        ("lists", {"limit": "many"}),
    ],
)
def test_a_list_that_is_asked_for_wrongly_is_400(account: Account, path: str, query: dict[str, Any]) -> None:
    assert refused(account.get(path, **query), 400)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b"NaN", b"[" * 100_000, b'{"campaigns": [{"name": NaN}]}']
)
def test_a_body_that_is_no_json_is_400(account: Account, content: bytes) -> None:
    assert refused(account.client.post(f"{account.base}/campaigns", content=content), 400)


@pytest.mark.parametrize("auth", [None, ("", "token"), ("key", ""), ("", "")])
def test_without_key_or_token_it_is_401(sandbox: Sandbox, auth: tuple[str, str] | None) -> None:
    with httpx.Client(base_url=sandbox.url, trust_env=False) as client:
        for answer in (
            client.get("/v2/accounts/acme1/campaigns", auth=auth),
            client.post("/v2/accounts/acme1/campaigns", auth=auth, json={"campaigns": [VOICE]}),
        ):
            assert refused(answer, 401)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "campaigns/nobody", 404),
        ("PUT", "campaigns/nobody", 404),
        ("GET", "message-campaigns/nobody", 404),
        ("GET", "campaigns/nobody/call-details", 404),
        ("GET", "fax-campaigns", 404),
        ("DELETE", "campaigns/nobody", 405),
        ("GET", "campaigns/x/sms-details", 404),
    ],
)
def test_what_is_not_there_is_said_in_json(account: Account, method: str, path: str, status: int) -> None:
    answer = account.client.request(method, f"{account.base}/{path}", json={"action": "pause"})
    assert refused(answer, status)


def test_a_body_without_end_is_413(account: Account) -> None:
    answer = account.client.post(f"{account.base}/campaigns", content=b" " * 9_000_000)
    assert refused(answer, 413)
