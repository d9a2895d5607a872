"""Each way to misbehave, met over a real socket."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from bodies import VOICE, Account, data_of, item_of
from example_counts import crossed

from campaignctl.sandbox.faults import EFFECTS, REQUESTS
from campaignctl.sandbox.server import Sandbox
from campaignctl.sandbox.shapes import RefusalError

WRAPPED = {"campaigns": [VOICE]}


def total(account: Account) -> int:
    """How many voice campaigns there are."""
    return int(account.get("campaigns").json()["metadata"]["total"])


@pytest.mark.parametrize("acts", [True, False])
def test_drop_closes_the_connection_before_or_after_the_request_is_carried_out(
    sandbox: Sandbox, account: Account, acts: bool
) -> None:
    sandbox.faults.add("drop", request="create", acts=acts)
    with pytest.raises(httpx.RemoteProtocolError):
        account.post("campaigns", WRAPPED)
    assert total(account) == (1 if acts else 0)
    create = next(entry for entry in sandbox.requests if entry.request == "create")
    assert (create.status, create.acted, create.fault) == (None, acts, "drop")


@pytest.mark.parametrize("acts", [True, False])
@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_status_answers_an_error_before_or_after_the_request_is_carried_out(
    sandbox: Sandbox, account: Account, status: int, acts: bool
) -> None:
    sandbox.faults.add("status", request="create", status=status, acts=acts)
    answer = account.post("campaigns", WRAPPED)
    assert (answer.status_code, item_of(answer)["code"]) == (status, status)
    assert total(account) == (1 if acts else 0)


@pytest.mark.parametrize("retry_after", ["7", "Sun, 10 Jan 2027 03:30:30 GMT"])
def test_429_says_when_to_come_back_in_seconds_or_as_a_date(
    sandbox: Sandbox, account: Account, retry_after: str
) -> None:
    sandbox.faults.add("status", status=429, retry_after=retry_after, shape="rest")
    answer = account.get("campaigns")
    assert answer.headers["Retry-After"] == retry_after
    assert answer.json()["RestException"]["Status"] == 429


def test_an_error_can_be_an_html_page(sandbox: Sandbox, account: Account) -> None:
    sandbox.faults.add("status", status=502, shape="html")
    answer = account.get("campaigns")
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html")
    assert answer.text.startswith("<html>")


def test_slow_acts_and_answers_late(sandbox: Sandbox, account: Account) -> None:
    sandbox.faults.add("slow", request="create", seconds=5)
    with pytest.raises(httpx.ReadTimeout):
        account.client.post(f"{account.base}/campaigns", json=WRAPPED, timeout=0.1)
    assert total(account) == 1


def test_slow_without_acting_is_carried_out_only_after_the_wait(sandbox: Sandbox, account: Account) -> None:
    sandbox.faults.add("slow", request="create", seconds=0.3, acts=False)
    with pytest.raises(httpx.ReadTimeout):
        account.client.post(f"{account.base}/campaigns", json=WRAPPED, timeout=0.1)
    assert total(account) == 0
    while total(account) == 0:
        pass
    assert [entry.request for entry in sandbox.requests].count("create") == 1


def test_cut_promises_the_complete_body_and_sends_half(sandbox: Sandbox, account: Account) -> None:
    sandbox.faults.add("cut", request="create")
    with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
        account.post("campaigns", WRAPPED)
    assert total(account) == 1


@pytest.mark.parametrize(("effect", "start"), [("html", "<!DOCTYPE html>"), ("empty", "")])
def test_a_success_may_hold_no_json(sandbox: Sandbox, account: Account, effect: str, start: str) -> None:
    sandbox.faults.add(effect, request="create")
    answer = account.post("campaigns", WRAPPED)
    assert answer.status_code == 200
    assert answer.text[: len(start) or None] == start
    assert total(account) == 0


def test_item_spoils_one_item_of_a_list(sandbox: Sandbox, account: Account) -> None:
    for _ in range(3):
        account.call()
    sandbox.faults.add("item", request="list", index=1, status=500)
    answer = account.get("campaigns")
    assert answer.status_code == 207
    assert [item["code"] for item in answer.json()["response"]] == [200, 500, 200]
    assert answer.json()["response"][1]["data"] is None
    assert answer.json()["metadata"]["count"] == 3


@pytest.mark.parametrize("acts", [True, False])
def test_item_of_a_create_fails_inside_a_207(sandbox: Sandbox, account: Account, acts: bool) -> None:
    sandbox.faults.add("item", request="create", status=503, acts=acts)
    answer = account.post("campaigns", WRAPPED)
    assert (answer.status_code, item_of(answer)["code"], item_of(answer)["status"]) == (207, 503, "failure")
    assert total(account) == (1 if acts else 0)


def test_item_of_a_single_answer_fails_too(sandbox: Sandbox, account: Account) -> None:
    sid = account.text()
    sandbox.faults.add("item", request="get", status=500)
    assert account.get(f"message-campaigns/{sid}").json()["response"]["code"] == 500


def test_redirect_sends_elsewhere(sandbox: Sandbox, account: Account) -> None:
    sandbox.faults.add("redirect", location="http://127.0.0.1:9/elsewhere")
    answer = account.get("campaigns")
    assert (answer.status_code, answer.headers["Location"]) == (307, "http://127.0.0.1:9/elsewhere")


def test_huge_pads_a_good_answer(sandbox: Sandbox, account: Account) -> None:
    sandbox.faults.add("huge", megabytes=3.5)
    answer = account.get("campaigns")
    assert len(answer.content) == 3_500_000
    assert answer.json()["metadata"]["total"] == 0


def test_endless_fills_every_page_and_promises_more(sandbox: Sandbox, account: Account) -> None:
    sandbox.faults.add("endless", times=None)
    sids = set()
    for offset in range(0, 2000, 500):
        answer = account.get("campaigns", limit=500, offset=offset).json()
        assert answer["metadata"]["total"] > offset + 500
        sids |= {item["data"]["id"] for item in answer["response"]}
    assert len(sids) == 2000


@pytest.mark.parametrize(
    ("path", "sort_by"),
    [
        ("campaigns", "date_created:asc"),
        ("campaigns", "date_created:desc"),
        ("message-campaigns", "schedule.start_time:asc"),
        ("message-campaigns", "schedule.start_time:desc"),
    ],
)
@pytest.mark.parametrize("status", [{}, {"status": "paused,scheduled,created"}])
def test_shift_moves_the_pages_under_the_reader(
    sandbox: Sandbox, account: Account, path: str, sort_by: str, status: dict[str, str]
) -> None:
    sandbox.seed("acme1", path, [{"name": f"n{place}", "status": "paused"} for place in range(8)])
    query = {"channel": "SMS", "limit": 4, "sort_by": sort_by, **status}
    complete = [item["data"]["name"] for item in account.get(path, **query | {"limit": 8}).json()["response"]]

    def page(offset: int) -> list[str]:
        return [item["data"]["name"] for item in account.get(path, offset=offset, **query).json()["response"]]

    sandbox.faults.add("shift", request="list", after=1, appear=2)
    assert page(0) == complete[:4]
    assert page(4) == complete[2:6]
    sandbox.faults.add("shift", request="list", disappear=2)
    assert page(4) == complete[4:]


def test_change_makes_the_account_lie(sandbox: Sandbox, account: Account) -> None:
    sandbox.faults.add("change", request="create", data={"name": "another", "schedule": None})
    data = data_of(account.post("campaigns", WRAPPED))
    assert (data["name"], data["schedule"]) == ("another", None)
    assert account.show(f"campaigns/{data['id']}")["name"] == VOICE["name"]


def test_a_fault_lets_some_through_meets_some_and_is_over(sandbox: Sandbox, account: Account) -> None:
    sandbox.faults.add("status", request="list", after=1, times=2)
    assert [account.get("campaigns").status_code for _ in range(5)] == [207, 503, 503, 207, 207]


OF_LISTS = (
    *("lists", "contacts", "create_contacts", "create_list", "fill_list", "rename_list", "delete_list"),
)


def ask_for_lists(account: Account) -> None:
    """Each request about lists and contacts once, in the order of `OF_LISTS`."""
    path = "lists/9120d5962d214316b7721de55bb82e03"
    account.get("lists")
    account.get(f"{path}/contacts")
    account.post("contacts", {"contacts": [{"number": "+919876543210"}]})
    account.post("lists", {"lists": [{"name": "vip"}]})
    account.post(f"{path}/contacts", {"contact_references": [{"contact_sid": "a"}]})
    account.put(path, {"name": "vip"})
    account.client.delete(f"{account.base}/{path}")


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        ({"request": "action"}, ["action"]),
        ({"request": ["get", "update"]}, ["get", "update"]),
        ({"method": "PUT"}, ["update", "action", "rename_list"]),
        ({"path": "/campaigns/[0-9a-f]+$"}, ["get", "update", "action"]),
        ({"path": "/message-campaigns"}, []),
        ({"body": '"name": ?"holi"'}, ["update"]),
        ({"request": ["create_contacts", "fill_list"]}, ["create_contacts", "fill_list"]),
        ({}, ["list", "create", "get", "update", "action", "details", *OF_LISTS]),
    ],
)
def test_a_fault_meets_only_what_its_rule_says(
    sandbox: Sandbox, account: Account, rule: dict[str, Any], met: list[str]
) -> None:
    sid = account.call()
    sandbox.forget_requests()
    sandbox.faults.add("status", times=None, **rule)
    account.get("campaigns")
    account.post("campaigns", WRAPPED)
    account.get(f"campaigns/{sid}")
    account.put(f"campaigns/{sid}", {"name": "holi"})
    account.act(f"campaigns/{sid}", "pause")
    account.get(f"campaigns/{sid}/call-details")
    ask_for_lists(account)
    assert [entry.request for entry in sandbox.requests if entry.fault] == met
    assert {entry.request for entry in sandbox.requests} == set(REQUESTS)


@pytest.mark.parametrize(
    ("effect", "request_kind"),
    crossed(list(EFFECTS), ["list", "get", "create", "update", "action"], rounds=2),
)
def test_every_fault_can_meet_every_kind_of_request(
    sandbox: Sandbox, account: Account, effect: str, request_kind: str
) -> None:
    sid = account.call()
    sandbox.faults.add(effect, request=request_kind, location="http://127.0.0.1:9/", megabytes=0.1, appear=1)
    asked = {
        "list": lambda: account.get("campaigns"),
        "get": lambda: account.get(f"campaigns/{sid}"),
        "create": lambda: account.post("campaigns", WRAPPED),
        "update": lambda: account.put(f"campaigns/{sid}", {"name": "holi"}),
        "action": lambda: account.act(f"campaigns/{sid}", "pause"),
    }[request_kind]
    try:
        answer = asked()
    except httpx.RemoteProtocolError:
        assert effect in ("drop", "cut")
    else:
        assert answer.status_code in (200, 207, 307, 503)
    assert sandbox.requests[-1].fault == effect
    assert asked().status_code in (200, 207, 409), "the fault is over"


@pytest.mark.parametrize(
    "rule",
    [
        {"effect": "explode"},
        {"effect": "drop", "request": "nap"},
        {"effect": "drop", "path": "("},
        {"effect": "drop", "times": "twice"},
        {"effect": "drop", "acts": 1},
        {"effect": "drop", "colour": "red"},
        {"effect": "status", "shape": "round"},
    ],
)
def test_a_rule_that_means_nothing_is_refused(sandbox: Sandbox, rule: dict[str, Any]) -> None:
    with pytest.raises(RefusalError):
        sandbox.faults.add(**rule)
    assert list(sandbox.faults) == []


def test_a_refusal_goes_out_as_it_is_where_there_is_no_item_to_spoil(
    sandbox: Sandbox, account: Account
) -> None:
    sandbox.faults.add("item", request="get")
    assert account.get("campaigns/nobody").status_code == 404
