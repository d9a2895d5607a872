"""Lists that move, break off, repeat themselves or never end."""

from __future__ import annotations

from typing import Any

import pytest
from api_bench import Bench
from listed_account import FAILED, account_of, messages, offsets, voices
from scripted_server import Request

from campaignctl.api.listing import scan, search, term_of
from campaignctl.errors import ApiError
from campaignctl.kinds import SMS, VOICE


def sids(listing: Any) -> list[str]:
    return sorted(live.sid for live in listing.campaigns)


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 99, 100, 147, 148, 500])
def test_a_list_of_any_length_is_read_completely(bench: Bench, count: int) -> None:
    client, _ = account_of(bench, message_campaigns=messages(count))
    listing = scan(client, SMS)
    assert listing.complete
    assert sids(listing) == [f"s{number:05}" for number in range(count)]


def test_pages_overlap_by_one_item(bench: Bench) -> None:
    client, account = account_of(bench, campaigns=voices(1200))
    assert scan(client, VOICE).complete
    assert offsets(account.queries) == [0, 499, 998]


@pytest.mark.parametrize("total", [None, 0, 3, 60])
def test_a_total_that_is_too_small_or_missing_ends_no_list(bench: Bench, total: int | None) -> None:
    client, account = account_of(bench, message_campaigns=messages(130))
    account.total = lambda _total: total
    listing = scan(client, SMS)
    assert listing.complete
    assert len(listing.campaigns) == 130


def test_a_total_that_claims_more_than_is_shown_makes_the_list_incomplete(bench: Bench) -> None:
    client, account = account_of(bench, message_campaigns=messages(30))
    account.total = lambda total: (total or 0) + 1
    assert not scan(client, SMS).complete


def test_a_server_that_gives_smaller_pages_is_followed(bench: Bench) -> None:
    client, account = account_of(bench, message_campaigns=messages(110))
    account.largest_page = 20
    listing = scan(client, SMS)
    assert listing.complete
    assert len(listing.campaigns) == 110


def test_pages_of_one_item_are_no_way_through_a_list(bench: Bench) -> None:
    client, account = account_of(bench, message_campaigns=messages(3))
    account.largest_page = 1
    assert not scan(client, SMS).complete


@pytest.mark.parametrize("gone", [1, 7, 48])
def test_a_page_that_moved_up_is_read_again(bench: Bench, gone: int) -> None:
    client, account = account_of(bench, message_campaigns=messages(180))

    def disturb(_request: Request) -> None:
        if len(account.queries) == 3:
            del account.lists["message-campaigns"][:gone]

    account.before_page = disturb
    listing = scan(client, SMS)
    assert listing.complete
    assert len(listing.campaigns) == 180
    assert offsets(account.queries)[:4] == [0, 49, 98, 49]


@pytest.mark.parametrize("new", [1, 7, 48])
def test_items_that_come_before_move_pages_down_and_nothing_is_lost(bench: Bench, new: int) -> None:
    client, account = account_of(bench, campaigns=voices(1200))

    def disturb(_request: Request) -> None:
        if len(account.queries) == 2:
            account.lists["campaigns"].extend(voices(new, "Created", first=90_000))

    account.before_page = disturb
    listing = scan(client, VOICE)
    assert listing.complete
    assert len(listing.campaigns) == 1200 + new


def test_what_came_in_where_it_was_read_already_makes_the_list_incomplete(bench: Bench) -> None:
    client, account = account_of(bench, message_campaigns=messages(120))

    def disturb(_request: Request) -> None:
        if len(account.queries) == 2:
            account.lists["message-campaigns"].insert(
                0, {"sid": "new", "name": "new one", "status": "paused"}
            )

    account.before_page = disturb
    listing = scan(client, SMS)
    assert not listing.complete
    assert len(listing.campaigns) == 120


def test_the_expected_item_may_be_gone_itself(bench: Bench) -> None:
    client, account = account_of(bench, message_campaigns=messages(130))

    def disturb(_request: Request) -> None:
        if len(account.queries) == 2:
            del account.lists["message-campaigns"][49]

    account.before_page = disturb
    listing = scan(client, SMS)
    assert len(listing.campaigns) == 130
    assert listing.complete


def test_a_list_that_shrinks_under_the_reader_is_read_to_its_end(bench: Bench) -> None:
    client, account = account_of(bench, message_campaigns=messages(80))

    def disturb(_request: Request) -> None:
        if len(account.queries) == 2:
            del account.lists["message-campaigns"][:45]

    account.before_page = disturb
    assert scan(client, SMS).complete


def test_after_three_times_the_list_is_incomplete(bench: Bench) -> None:
    client, account = account_of(bench, message_campaigns=messages(2000))

    def disturb(_request: Request) -> None:
        if len(account.queries) > 3:  # a list that is another one at each look
            count = len(account.queries)
            account.lists["message-campaigns"] = [
                {"sid": f"x{count}-{number}", "name": "else", "status": "paused"} for number in range(2000)
            ]

    account.before_page = disturb
    assert not scan(client, SMS).complete
    assert offsets(account.queries) == [0, 49, 98, 147, 98, 49, 0, 49]


def test_a_list_that_never_ends_is_left(bench: Bench) -> None:
    client, account = account_of(bench, message_campaigns=messages(60))
    account.before_page = lambda _request: account.lists["message-campaigns"].extend(
        {"sid": f"x{len(account.queries)}-{number}", "name": "more", "status": "paused"}
        for number in range(50)
    )
    listing = scan(client, SMS)
    assert not listing.complete
    assert len(account.queries) <= 30


def test_a_server_that_gives_the_same_page_for_ever_is_left(bench: Bench) -> None:
    client, account = account_of(bench, message_campaigns=messages(50))
    account.before_page = lambda request: request.__setattr__(
        "target", request.target.replace("offset=49", "offset=0")
    )
    account.total = lambda _total: 5000
    assert not scan(client, SMS).complete
    assert len(account.queries) == 2


def test_an_item_seen_twice_counts_once_as_it_was_seen_last(bench: Bench) -> None:
    client, account = account_of(bench, message_campaigns=messages(60, "scheduled"))

    def disturb(_request: Request) -> None:
        if len(account.queries) == 2:
            account.lists["message-campaigns"][49]["status"] = "paused"

    account.before_page = disturb
    listing = scan(client, SMS)
    assert len(listing.campaigns) == 60
    assert [live.word for live in listing.campaigns if live.sid == "s00049"] == ["paused"]


@pytest.mark.parametrize("place", [0, 10, 48, 49, 50, 98, 119])
def test_a_failed_item_makes_the_list_incomplete_and_loses_no_other(bench: Bench, place: int) -> None:
    campaigns: list[Any] = messages(120)
    campaigns[place] = FAILED
    client, _ = account_of(bench, message_campaigns=campaigns)
    listing = scan(client, SMS)
    assert not listing.complete
    assert len(listing.campaigns) == 119


def test_a_list_that_cannot_be_read_is_an_error(bench: Bench) -> None:
    client, account = account_of(bench)
    account.absent["campaigns"] = 404
    with pytest.raises(ApiError):
        scan(client, VOICE)


# searches


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("diwali-reminder", "diwali-reminder"),
        ("50% off_today", "today"),
        ("a_b c", None),
        ("abc", None),
        ("abcd", "abcd"),
        ("o'clock now!", "clock"),
        ("தீபாவளி2027", "2027"),
        ("दिन-1234", "न-1234"),
        ("新年促销活动_1", "新年促销活动"),
        ("", None),
        ("____", None),
        ("Ünïcode_x", "Ünïcode"),
    ],
)
def test_the_term_is_the_longest_run_of_letters_digits_and_hyphens(name: str, term: str | None) -> None:
    assert term_of(name) == term
    assert term is None or term in name


def test_a_search_reads_all_its_pages(bench: Bench) -> None:
    client, account = account_of(bench, message_campaigns=messages(120))
    listing = search(client, SMS, "Text_0")
    assert listing.complete
    assert len(listing.campaigns) == 120
    assert account.queries[0] == "message-campaigns?name=Text&0+50"


@pytest.mark.parametrize("name", ["a b", "text-00007"])
def test_without_a_term_or_after_a_4xx_everything_is_read(bench: Bench, name: str) -> None:
    client, account = account_of(bench, message_campaigns=messages(8))
    account.refuses_search = True
    listing = search(client, SMS, name)
    assert listing.complete
    assert len(listing.campaigns) == 8
