"""How an account may list, search and filter, and the one table in which every such habit is a row."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bodies import SMS, VOICE, Account, item_of

from campaignctl.sandbox.server import Sandbox
from campaignctl.sandbox.switches import Switches, rows

# -------------------------------------------------------------------------------------------------------------- lists


@pytest.mark.parametrize(
    ("position", "plain", "filtered", "searched"),
    [("no", 1, 1, 1), ("plain", 0, 1, 1), ("asked", 1, 0, 0), ("all", 0, 0, 0)],
)
def test_lists_may_be_empty_for_a_while(
    sandbox: Sandbox, account: Account, position: str, plain: int, filtered: int, searched: int
) -> None:
    path = f"campaigns/{account.call()}"
    sandbox.switches.change({"empty_lists": position, "empty_seconds": 30})

    def totals() -> list[int]:
        queries: tuple[dict[str, str], ...] = ({}, {"status": "Created"}, {"name": "diwali"})
        return [account.get("campaigns", **query).json()["metadata"]["total"] for query in queries]

    assert totals() == [plain, filtered, searched]
    assert account.show(path)["name"] == VOICE["name"]
    sandbox.advance(timedelta(seconds=30))
    assert totals() == [1, 1, 1]


@pytest.mark.parametrize(
    ("how", "names", "total"),
    [
        ("asked", ["holi", "onam"], 3),
        ("counted", ["holi", "onam"], 2),
        ("few", ["holi", "onam"], None),
        ("first", ["diwali", "holi"], None),
    ],
)
def test_an_account_may_cut_and_count_lists_otherwise_than_it_is_asked(
    sandbox: Sandbox, account: Account, how: str, names: list[str], total: int | None
) -> None:
    for name in ("diwali", "holi", "onam"):
        account.call(name=name)
    sandbox.switches.list_pages = how
    answer = account.get("campaigns", offset=1, limit=2).json()
    assert [it["data"]["name"] for it in answer["response"]] == names
    assert answer["metadata"].get("total") == total


def test_an_account_may_give_fewer_than_it_is_asked_for(sandbox: Sandbox, account: Account) -> None:
    for place in range(22):
        account.call(name=f"campaign {place}")
    sandbox.switches.list_pages = "few"
    assert len(account.get("campaigns", limit=50).json()["response"]) == 20


@pytest.mark.parametrize(("words", "total"), [("Created,Paused", 1), ("Paused,Created", 0)])
def test_an_account_may_filter_by_the_first_of_several_words_alone(
    sandbox: Sandbox, account: Account, words: str, total: int
) -> None:
    sandbox.switches.status_filter = "first"
    account.call()
    assert account.get("campaigns", status=words).json()["metadata"]["total"] == total


@pytest.mark.parametrize("word", ["Created", "created", "Paused"])
def test_an_account_may_refuse_every_filter(sandbox: Sandbox, account: Account, word: str) -> None:
    sandbox.switches.status_filter = "refuse-all"
    assert account.get("campaigns", status=word).status_code == 400
    assert account.get("campaigns").status_code == 207


@pytest.mark.parametrize(
    ("position", "term", "total"),
    [
        ("whole", "diwali-50% off", 1),
        ("whole", "Diwali-50% OFF", 1),
        ("whole", "diwali", 0),
        ("like", "diwali-__% off", 1),
        ("like", "d%off", 1),
        ("like", "holi", 0),
        ("refuse", "diwali", None),
    ],
)
def test_an_account_may_search_by_the_full_name_with_wildcards_or_not_at_all(
    sandbox: Sandbox, account: Account, position: str, term: str, total: int | None
) -> None:
    sandbox.switches.name_search = position
    account.call(name="diwali-50% off")
    answer = account.get("campaigns", name=term)
    assert (answer.status_code == 400) if total is None else (answer.json()["metadata"]["total"] == total)


def test_an_account_may_have_one_sms_endpoint_only(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.closed_sms = "message-campaigns"
    assert account.post("message-campaigns", SMS).status_code == 404
    assert account.get("message-campaigns", channel="SMS").status_code == 404
    assert account.get("sms-campaigns").status_code == 200


# -------------------------------------------------------------------------------------------------------- the one table


def test_every_switch_says_what_it_does_and_takes_what_it_is_drawn_from() -> None:
    for name, row, default in rows():
        assert row.says.endswith("."), name
        assert row.fits(default), name
        assert all(row.fits(position) for position in row.drawn), name
        assert not row.drawn or row.drawn[0] == default, (
            f"{name}: what tests shrink to is what it is by default"
        )


@pytest.mark.slow
def test_every_position_can_be_thrown_over_http_and_is_shown(account: Account) -> None:
    for name, row, default in rows():
        for position in row.drawn:
            said = list(position) if isinstance(position, tuple) else position
            shown = account.client.post("/_sandbox/switches", json={name: said}).json()
            assert shown[name] == said
        said = list(default) if isinstance(default, tuple) else default
        account.client.post("/_sandbox/switches", json={name: said})
    assert Switches() == Switches(**{name: default for name, _, default in rows()})


def test_an_item_that_is_complete_stays_so_while_no_switch_is_thrown(account: Account) -> None:
    made = item_of(account.post("campaigns", {"campaigns": [VOICE]}))
    assert (made["code"], made["data"]["from"]) == (200, VOICE["from"])
