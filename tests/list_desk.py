"""A project with a list of its own, and what must hold of every account that it was applied to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness import ACCOUNT, Desk, sent, sms, voice

NUMBERS = ("+919876543210", "+919876543211", "+919876543212")
NAME = "vip-customers"


def contact_list(name: str = NAME, numbers: Any = NUMBERS, **spec: Any) -> dict[str, Any]:
    """A manifest of a list; a keyword is a field of `spec`, `...` leaves it out."""
    fields = {"numbers": numbers if numbers is ... else list(numbers), **spec}
    return {
        "apiVersion": "campaignctl/v1",
        "kind": "ContactList",
        "metadata": {"name": name},
        "spec": {key: value for key, value in fields.items() if value is not ...},
    }


def calling(name: str = "diwali-reminder", *lists: str, **fields: Any) -> dict[str, Any]:
    """A voice campaign to lists of the project."""
    return voice(name, **{"from": ..., "lists": [{"name": it} for it in lists or (NAME,)], **fields})


def texting(name: str = "diwali-offer", *lists: str, **fields: Any) -> dict[str, Any]:
    """An SMS campaign to lists of the project."""
    return sms(name, **{"lists": [{"name": it} for it in lists or (NAME,)], **fields})


def change(document: Mapping[str, Any], name: str = NAME) -> Any:
    """The change of a name in a plan."""
    (found,) = [it for it in document["changes"] if it["name"] == name]
    return found


def result(document: Mapping[str, Any], name: str = NAME) -> Any:
    """The result of a name in an apply."""
    (found,) = [it for it in document["results"] if it["name"] == name]
    return found


def people(desk: Desk, name: str, collection: str = "campaigns") -> list[list[str]]:
    """Whom the lists of the one campaign of a name call; what lost a race and was archived calls nobody."""
    (live,) = [it for it in desk.account(collection) if it["name"] == name and it["status"] != "Archived"]
    return [sorted(desk.sandbox.numbers(ACCOUNT, sid)) for sid in live["lists"]]


def account_lists(desk: Desk) -> list[str]:
    """The names of all lists that were made, in their order."""
    return [
        it.body["lists"][0]["name"]
        for it in desk.requests
        if it.request == "create_list" and it.acted and it.status is not None
    ]


def assert_attached_complete(desk: Desk, *contents: Iterable[str]) -> None:
    """Every list of the account's campaigns holds just one of these contents, and was full before it was named."""
    wanted = [sorted(content) for content in contents]
    filled: set[str] = set()
    for request in reversed(desk.requests):
        if request.request == "fill_list" and request.acted:
            filled.add(request.path.split("/")[-2])
        if request.request in ("create", "update") and request.acted:
            assert not filled & set(sent(request).get("lists") or ()), "it was filled after it was named"
    for collection in ("campaigns", "message-campaigns"):
        for live in desk.account(collection):
            for sid in live.get("lists") or ():
                assert sorted(desk.sandbox.numbers(ACCOUNT, sid)) in wanted, f"{live['name']} has {sid}"


def assert_no_digits(desk: Desk, text: str) -> None:
    """Nothing that is printed shows what a list is called in the account."""
    for name in account_lists(desk):
        assert name.removeprefix(NAME) not in text
