"""The controls over HTTP: what Python can do, any client can."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from bodies import VOICE, Account

from campaignctl.sandbox.server import Sandbox


def test_the_clock_is_read_and_advanced(account: Account, sandbox: Sandbox) -> None:
    answer = account.client.post("/_sandbox/clock", json={"advance_seconds": 7200})
    assert answer.json() == {"now": "2027-01-10T05:30:00+00:00"}
    assert account.client.get("/_sandbox/clock").json() == answer.json()
    assert sandbox.now().isoformat() == answer.json()["now"]


def test_faults_are_added_shown_and_cleared(account: Account) -> None:
    rules = [{"effect": "status", "status": 500, "request": "list"}, {"effect": "drop", "after": 3}]
    shown = account.client.post("/_sandbox/faults", json=rules).json()["faults"]
    assert [(rule["effect"], rule["after"], rule["times"]) for rule in shown] == [
        ("status", 0, 1),
        ("drop", 3, 1),
    ]
    assert account.get("campaigns").status_code == 500
    assert account.client.delete("/_sandbox/faults").json() == {"faults": []}


def test_a_set_of_faults_with_a_bad_one_adds_none(account: Account) -> None:
    assert (
        account.client.post("/_sandbox/faults", json=[{"effect": "drop"}, {"effect": "x"}]).status_code == 400
    )
    assert account.client.get("/_sandbox/faults").json() == {"faults": []}


def test_switches_are_shown_and_thrown(account: Account, sandbox: Sandbox) -> None:
    shown = account.client.post("/_sandbox/switches", json={"put": "replace", "list_lag_seconds": 5}).json()
    assert (shown["put"], shown["list_lag_seconds"], shown["create_body"]) == ("replace", 5.0, "any")
    assert sandbox.switches.put == "replace"


def test_requests_are_shown_in_order_with_what_was_sent(account: Account, sandbox: Sandbox) -> None:
    account.post("campaigns", {"campaigns": [VOICE]})
    account.get("campaigns", limit=3)
    account.client.post(f"{account.base}/campaigns", content=b"{")
    shown = account.client.get("/_sandbox/requests").json()["requests"]
    assert [(entry["request"], entry["method"], entry["status"]) for entry in shown] == [
        ("create", "POST", 200),
        ("list", "GET", 207),
        ("create", "POST", 400),
    ]
    assert shown[0]["body"] == {"campaigns": [VOICE]}
    assert shown[0]["path"] == "/v2/accounts/acme1/campaigns"
    assert shown[1]["query"] == {"limit": "3"}
    assert shown[2]["body"] == "{"
    assert shown[0]["time"] == "2027-01-10T03:30:00+00:00"
    account.client.delete("/_sandbox/requests")
    assert sandbox.requests == ()


def test_campaigns_are_seeded_unchecked(account: Account) -> None:
    rows = [{"sid": "odd", "name": "x", "status": "Expiring", "date_created": "2020-01-01T00:00:00Z"}]
    answer = account.client.post(
        "/_sandbox/seed", json={"account": "acme1", "collection": "campaigns", "campaigns": rows}
    )
    assert answer.json() == {"sids": ["odd"]}
    shown = account.show("campaigns/odd")
    assert (shown["name"], shown["status"]) == ("x", "Expiring")
    assert shown["date_created"] == "2020-01-01T05:30:00+05:30"


def test_contact_lists_are_seeded_with_as_little_as_is_known_of_them(account: Account) -> None:
    rows = [{"sid": "5e1ec7ed0001", "name": "Gold"}, {"name": "Gold"}, {"name": "Gold"}, {}]
    sent = {"account": "acme1", "collection": "lists", "campaigns": rows}
    sids = account.client.post("/_sandbox/seed", json=sent).json()["sids"]
    assert (sids[0], len(set(sids))) == ("5e1ec7ed0001", 4)


def test_reset_brings_everything_back_to_the_first_day(account: Account, sandbox: Sandbox) -> None:
    account.call()
    sandbox.switches.put = "replace"
    sandbox.faults.add("drop", after=100)
    account.client.post("/_sandbox/clock", json={"advance_seconds": 60})
    answer = account.client.post("/_sandbox/reset", json={})
    assert answer.json() == {"now": "2027-01-10T03:30:00+00:00"}
    assert sandbox.switches.put == "merge"
    assert list(sandbox.faults) == []
    assert sandbox.requests == ()
    assert account.get("campaigns").json()["metadata"]["total"] == 0


def test_reset_can_set_the_clock(account: Account) -> None:
    answer = account.client.post("/_sandbox/reset", json={"start_at": "2030-01-01T00:00:00+00:00"})
    assert answer.json() == {"now": "2030-01-01T00:00:00+00:00"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("clock", {}),
        ("clock", {"advance_seconds": -1}),
        ("clock", {"advance_seconds": 1e15}),
        ("clock", {"advance_seconds": "2h"}),
        ("clock", [7200]),
        ("reset", {"start_at": "tomorrow"}),
        ("seed", {"account": "a", "collection": "campaigns"}),
        ("faults", "drop"),
        ("faults", {"effect": "x"}),
        ("switches", {"put": "x"}),
    ],
)
def test_a_control_that_means_nothing_is_400(account: Account, path: str, body: Any) -> None:
    answer = account.client.post(f"/_sandbox/{path}", json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["response"][0]["error_data"]["message"]


def test_a_web_page_cannot_use_the_controls(account: Account) -> None:
    answer = account.client.post("/_sandbox/reset", content=b"{}", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 400


def test_an_unknown_collection_cannot_be_seeded(account: Account) -> None:
    body = {"account": "a", "collection": "fax-campaigns", "campaigns": []}
    assert account.client.post("/_sandbox/seed", json=body).status_code == 404


def test_the_controls_are_on_loopback_only(sandbox: Sandbox) -> None:
    assert httpx.URL(sandbox.url).host == "127.0.0.1"
