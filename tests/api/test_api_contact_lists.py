"""The client's calls about contacts and lists, over a socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from api_bench import Bench
from fakes import FakeClock

from campaignctl.api.client import Client
from campaignctl.errors import ApiError
from campaignctl.model.results import ContactExchange, ContactItem, ContactItems, Refused, Unknown
from campaignctl.sandbox.server import Sandbox

NUMBERS = ("+919876543210", "+919876543211", "+919876543212")
DONE = "a readable success"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock=FakeClock()) as sandbox:
        yield sandbox


@pytest.fixture
def client(bench: Bench, sandbox: Sandbox) -> Client:
    return bench.connect(sandbox.url)


def items(exchange: ContactExchange) -> tuple[ContactItem, ...]:
    assert isinstance(exchange.answer, ContactItems), exchange.answer
    return exchange.answer.items


def sid_of(item: ContactItem) -> str:
    assert item.sid is not None
    return item.sid


def filled(client: Client) -> str:
    people = [sid_of(it) for it in items(client.create_contacts([{"number": it} for it in NUMBERS]))]
    sid = sid_of(items(client.create_list("vip"))[0])
    assert all(item.fine for item in items(client.fill_list(sid, people)))
    return sid


def test_people_are_made_put_into_a_list_counted_and_deleted(client: Client, sandbox: Sandbox) -> None:
    sid = filled(client)
    page = client.list_contacts(sid, limit=1)
    assert (page.total, len(page.items)) == (3, 1)
    assert [each.name for each in client.contact_lists(0, "vip").entries if each] == ["VIP customers", "vip"]
    assert items(client.delete_list(sid))[0].sid == sid
    assert [each.name for each in client.contact_lists(0, "vip").entries if each] == ["VIP customers"]
    assert [
        (it.method, it.path.removeprefix("/v2/accounts/acme1/"), it.query) for it in sandbox.requests
    ] == [
        ("POST", "contacts", {}),
        ("POST", "lists", {}),
        ("POST", f"lists/{sid}/contacts", {}),
        ("GET", f"lists/{sid}/contacts", {"offset": "0", "limit": "1"}),
        ("GET", "lists", {"offset": "0", "limit": "50", "name": "vip"}),
        ("DELETE", f"lists/{sid}", {}),
        ("GET", "lists", {"offset": "0", "limit": "50", "name": "vip"}),
    ]


def test_every_request_is_told_without_a_number(bench: Bench, client: Client) -> None:
    filled(client)
    told = [(record.operation, record.collection, record.outcome) for record in bench.records]
    assert told == [("create", "contacts", DONE), ("create", "lists", DONE), ("fill", "lists", DONE)]
    assert not any(number in str(bench.records) for number in NUMBERS)


def test_what_an_item_shows_of_a_contact_is_read_whether_or_not_it_failed(
    client: Client, sandbox: Sandbox
) -> None:
    client.create_contacts([{"number": NUMBERS[0], "first_name": "Asha"}])
    sandbox.switches.change({"known_contact": "conflict-shown", "refused_numbers": ["11"]})
    known, refused = items(client.create_contacts([{"number": it} for it in NUMBERS[:2]]))
    assert (known.fine, known.code, known.number) == (False, 409, NUMBERS[0])
    assert {"sid", "number", "first_name"} <= known.fields
    assert (refused.fine, refused.code, refused.sid, refused.number) == (False, 400, None, None)
    assert refused.message.startswith("number is not valid.")


@pytest.mark.parametrize("way", ["item", "status"])
def test_a_name_that_is_taken_is_an_item_or_a_refusal(client: Client, sandbox: Sandbox, way: str) -> None:
    sandbox.switches.duplicate_list = way
    client.create_list("vip")
    answer = client.create_list("vip").answer
    if way == "item":
        assert isinstance(answer, ContactItems)
        assert answer.items[0].code == 409
    else:
        assert isinstance(answer, Refused)
        assert answer.http == 409


@pytest.mark.parametrize("acts", [True, False])
@pytest.mark.parametrize("request_kind", ["create_contacts", "create_list", "fill_list", "delete_list"])
def test_a_lost_answer_is_unknown_and_not_repeated(
    client: Client, sandbox: Sandbox, request_kind: str, acts: bool
) -> None:
    sid = filled(client)
    sandbox.forget_requests()
    sandbox.faults.add("drop", request=request_kind, acts=acts)
    exchange = {
        "create_contacts": lambda: client.create_contacts([{"number": NUMBERS[0]}]),
        "create_list": lambda: client.create_list("other"),
        "fill_list": lambda: client.fill_list(sid, ["a"]),
        "delete_list": lambda: client.delete_list(sid),
    }[request_kind]()
    assert isinstance(exchange.answer, Unknown)
    assert (exchange.attempts, len(sandbox.requests)) == (1, 1)


def test_an_account_that_does_not_show_who_is_in_a_list_is_an_error(client: Client, sandbox: Sandbox) -> None:
    sandbox.switches.contact_count = "refused"
    with pytest.raises(ApiError) as refused:
        client.list_contacts("9120d5962d214316b7721de55bb82e03", limit=1)
    assert refused.value.http == 403


def test_a_read_of_a_count_is_repeated(client: Client, sandbox: Sandbox) -> None:
    sid = filled(client)
    sandbox.faults.add("status", request="contacts", status=503, times=1)
    assert client.list_contacts(sid, limit=1).total == 3
