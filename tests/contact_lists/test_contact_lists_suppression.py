"""Nobody who is suppressed is in a list that is uploaded, whatever source says so (recipients.md 3 and 5)."""

from __future__ import annotations

from typing import Any

import pytest
from harness import ACCOUNT, Desk, sent, voice
from list_desk import NAME, NUMBERS, calling, change, contact_list, people

ANNA, BELA, CARO = NUMBERS
APPLY = ("apply", "--auto-approve")
HEAD = f"apiVersion: campaignctl/v1\nkind: ContactList\nmetadata: {{name: {NAME}}}\n"


def errors(desk: Desk, command: str = "validate") -> list[tuple[str, int, str, str]]:
    result = desk.run(command, "--format", "json")
    assert result.code == 1, result.all
    return [(it["file"], it["line"], it["rule"], it["message"]) for it in result.json["findings"]]


def uploaded(desk: Desk) -> set[str]:
    """Everybody who stands in a body that makes contacts."""
    bodies: list[Any] = [sent(it) for it in desk.requests if it.request == "create_contacts"]
    return {item["number"] for body in bodies for item in body["contacts"]}


@pytest.mark.parametrize(
    "source",
    [
        {"numbers": [BELA]},
        {"numbers": [f"0{BELA[3:]}"]},
        {"from_file": "complaints.csv", "at_least": 1},
        {"campaign": "voice/canary"},
        {"campaign": "voice/canary-by-list"},
    ],
    ids=["numbers", "another spelling", "file", "campaign", "campaign of a list"],
)
def test_every_source_of_a_list_leaves_its_people_out(desk: Desk, source: dict[str, Any]) -> None:
    desk.configure(country="IN")
    desk.write("campaigns/complaints.csv", f"name,number\nBela,{BELA[1:]}\n")
    desk.manifests(
        contact_list(suppress=[source]),
        calling(),
        voice("canary", **{"from": [BELA], "state": "paused"}, read_via_text="Hi", url=...),
        contact_list("canaries", numbers=[BELA]),
        calling("canary-by-list", "canaries", state="completed"),
    )
    assert change(desk.plan())["operations"][0]["people"] == 2
    desk.apply()
    assert people(desk, "diwali-reminder") == [[ANNA, CARO]]
    assert BELA not in uploaded(desk)


def test_people_of_a_file_are_left_out_with_their_cells(desk: Desk) -> None:
    desk.write("campaigns/vip.csv", f"phone,name\n{ANNA},Anna\n{BELA},Bela\n{CARO},Caro\n")
    columns = {"number": "phone", "first_name": "name"}
    desk.manifests(
        contact_list(numbers=..., from_file="vip.csv", columns=columns, suppress=[{"numbers": [BELA]}]),
        calling(),
    )
    desk.apply()
    (made,) = [it for it in desk.requests if it.request == "create_contacts"]
    body: Any = made.body
    assert body["contacts"] == [
        {"number": ANNA, "first_name": "Anna"},
        {"number": CARO, "first_name": "Caro"},
    ]


def test_the_project_and_the_list_leave_out_together(desk: Desk) -> None:
    desk.configure({"suppress": [{"numbers": [ANNA]}]})
    desk.manifests(contact_list(suppress=[{"numbers": [CARO]}]), calling())
    desk.apply()
    assert uploaded(desk) == {BELA}
    assert [list(desk.sandbox.numbers(ACCOUNT, sid)) for sid in desk.live("diwali-reminder")["lists"]] == [
        [BELA]
    ]


@pytest.mark.parametrize("people", [..., [ANNA]], ids=["alone", "beside numbers"])
@pytest.mark.parametrize("own", [True, False], ids=["a ContactList", "a list of the account"])
def test_beside_lists_suppress_is_an_error_that_names_what_to_use(desk: Desk, own: bool, people: Any) -> None:
    lists = [{"name": NAME}] if own else ["a" * 32]
    desk.manifests(contact_list(), calling(lists=lists, suppress=[{"numbers": [BELA]}], **{"from": people}))
    ((_, _, rule, message),) = errors(desk)
    assert rule == "suppress"
    assert "ContactList" in message
    assert desk.run(*APPLY).code == 1
    assert not desk.writes


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ({"from_file": "nowhere.csv"}, "cannot be read"),
        ({"from_file": "empty.csv"}, "it is empty"),
        ({"numbers": [BELA], "at_least": 2}, "at_least says 2"),
        ({"numbers": ["+9109876543210"]}, "cannot exist"),
        ({"campaign": "voice/nobody"}, "no manifest is called"),
        ({"campaign": "voice/diwali-reminder"}, "circle"),
        ({"campaign": "voice/theirs"}, "lists of the account"),
        ({"campaign": "voice/mixed"}, "lists of the account"),
        ({"numbers": [BELA], "from_file": "empty.csv"}, "one of numbers, from_file, campaign"),
        ({}, "one of numbers, from_file, campaign"),
    ],
)
def test_a_source_that_nobody_can_rely_on_is_an_error_and_nothing_is_sent(
    desk: Desk, source: dict[str, Any], says: str
) -> None:
    desk.write("campaigns/empty.csv", "")
    desk.manifests(
        contact_list(suppress=[source]),
        calling(),
        calling("theirs", lists=["a" * 32]),
        contact_list("others", numbers=[BELA]),
        calling("mixed", lists=["b" * 32, {"name": "others"}]),
    )
    assert any(says in message for *_, message in errors(desk))
    assert desk.run(*APPLY).code == 1
    assert not desk.writes


def test_two_lists_that_leave_each_other_out_are_a_circle(desk: Desk) -> None:
    desk.manifests(
        contact_list("ones", suppress=[{"campaign": "voice/two"}]),
        contact_list("twos", suppress=[{"campaign": "voice/one"}]),
        calling("one", "ones"),
        calling("two", "twos"),
    )
    assert {rule for _, _, rule, _ in errors(desk)} == {"suppress"}


def test_without_a_country_the_number_that_lacks_a_plus_is_told_at_its_line(desk: Desk) -> None:
    desk.write("campaigns/vip.csv", f"number\n{ANNA}\n09876543211\n")
    desk.manifests(contact_list(numbers=..., from_file="vip.csv", suppress=[{"numbers": [BELA]}]), calling())
    ((file, line, rule, _),) = errors(desk)
    assert (file, line, rule) == ("campaigns/vip.csv", 3, "needs-country")


def test_a_campaign_leaves_out_the_people_of_another_ones_lists(desk: Desk) -> None:
    """What these declare, before their own suppression."""
    desk.manifests(
        contact_list(numbers=[ANNA, BELA], suppress=[{"numbers": [ANNA]}]),
        calling("by-list"),
        voice(
            "rest",
            **{"from": list(NUMBERS), "suppress": [{"campaign": "voice/by-list"}]},
            read_via_text="Hi",
            url=...,
        ),
    )
    found = change(desk.plan(), "rest")
    assert found["resulting"]["from"]["count"] == 1
    assert found["suppressed"]["count"] == 2


@pytest.mark.slow
def test_some_of_a_list_are_taken_before_anybody_is_left_out(desk: Desk) -> None:
    """The same people as of a campaign of its name; an opt-out moves nobody into the choice."""
    numbers = [f"+9198765432{place:02}" for place in range(40)]
    desk.manifests(contact_list(numbers=numbers, take={"people": 5}), calling())
    desk.apply()
    (before,) = people(desk, "diwali-reminder")
    assert len(before) == 5
    desk.manifests(
        contact_list(numbers=numbers, take={"people": 5}, suppress=[{"numbers": before[:1]}]), calling()
    )
    assert change(desk.plan())["operations"][0]["people"] == 4
    desk.apply()
    assert people(desk, "diwali-reminder") == [before[1:]]


def test_fewer_people_than_are_to_be_taken_is_a_warning_at_its_place(desk: Desk) -> None:
    desk.manifests(contact_list(take={"people": 5}), calling())
    result = desk.run("validate", "--format", "json")
    assert [(it["rule"], it["severity"]) for it in result.json["findings"]] == [("take-all", "warn")]
