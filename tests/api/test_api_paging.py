"""Every list is walked alike, whatever is on its pages: campaigns, contact lists, who is in one, what became of
recipients.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pytest
from api_bench import Bench
from scripted_server import Answer, Request, envelope, item

from campaignctl.api.client import Client
from campaignctl.api.contact_lists import numbers_in, read_directory, read_lists
from campaignctl.api.listing import scan
from campaignctl.api.recipients import pages
from campaignctl.errors import AnswerError
from campaignctl.kinds import SMS
from campaignctl.kinds.lifecycle import Status
from campaignctl.model.campaigns import Live
from campaignctl.model.outcomes import Tally

Found: TypeAlias = tuple[list[int], bool]
"""The numbers of the items that a reading showed, and whether it says that they are all."""


def campaigns(client: Client) -> Found:
    listing = scan(client, SMS)
    return [int(live.sid) for live in listing.campaigns], listing.complete


def contact_lists(client: Client) -> Found:
    found = read_lists(client)
    return [int(each.sid) for each in found.lists], found.complete


def people(client: Client) -> Found:
    numbers = numbers_in(client, "some-list")
    return sorted(int(number[-5:]) for number in numbers or ()), numbers is not None


def results(client: Client) -> Found:
    tally, found = Tally(), list[int]()
    try:
        for batch in pages(client, Live(SMS, "c1", Status.COMPLETED, "completed", {"name": "diwali"})):
            tally.add(batch)
            found += [int(str(row["sid"])) for row in batch.rows]
    except AnswerError:
        return found, False
    return found, tally.missing == tally.failed == 0


READINGS: Mapping[str, Callable[[Client], Found]] = {
    reading.__name__: reading for reading in (campaigns, contact_lists, people, results)
}
EACH = pytest.mark.parametrize("read", READINGS.values(), ids=READINGS)
WITHOUT_TOTAL = pytest.mark.parametrize(
    "read", [campaigns, contact_lists, results], ids=["campaigns", "contact_lists", "results"]
)
"""People are counted first: a list whose total is not shown is not read at all."""


def shown(number: int) -> Any:
    return item(
        {
            "sid": str(number),
            "name": f"number-{number}",
            "status": "completed",
            "number": f"+9198765{number:05}",
        }
    )


@dataclass
class MovingList:
    """Answers pages of whatever list is asked for. `before` may change it before the page is cut, given how many
    were asked for before; a page of one item is no page but the count of a list.
    """

    items: list[int]
    largest_page: int = 50
    totals: Callable[[int], int | None] = lambda total: total
    before: Callable[[MovingList, int], None] = lambda _list, _place: None
    offsets: list[int] = field(default_factory=list)
    ignores_offset: bool = False
    failing: set[int] = field(default_factory=set)

    def __call__(self, request: Request) -> Answer:
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        if limit > 50:
            return Answer(400, {})
        if limit > 1:
            self.before(self, len(self.offsets))
            self.offsets.append(offset)
        start = 0 if self.ignores_offset else offset
        part = self.items[start : start + min(limit, self.largest_page)]
        failed = item(None, 500, {"message": "broken"})
        body = [failed if number in self.failing else shown(number) for number in part]
        return Answer(body=envelope(*body, total=self.totals(len(self.items)), offset=offset, limit=limit))


def client_of(bench: Bench, moving: MovingList) -> Client:
    return bench.client(moving, max_attempts=1)[0]


@EACH
@pytest.mark.parametrize("count", [1, 2, 19, 20, 21, 38, 39, 40, 49, 50, 51, 98, 99, 100, 120])
def test_a_list_of_any_length_is_read_once_and_completely(
    bench: Bench, read: Callable[[Client], Found], count: int
) -> None:
    moving = MovingList([*range(count)])
    assert read(client_of(bench, moving)) == ([*range(count)], True)
    assert moving.offsets[read is people and count == 1 :] == sorted(set(moving.offsets)), (
        "one of one is counted"
    )


@WITHOUT_TOTAL
@pytest.mark.parametrize("count", [0, 1, 2, 15, 49, 50, 51, 120])
@pytest.mark.parametrize("largest_page", [15, 50])
def test_an_account_that_gives_fewer_than_asked_for_and_claims_no_total_is_read_to_its_end(
    bench: Bench, read: Callable[[Client], Found], count: int, largest_page: int
) -> None:
    """A short page proves no end: how long pages may be is nowhere documented for all lists."""
    moving = MovingList([*range(count)], largest_page, totals=lambda _total: None)
    assert read(client_of(bench, moving)) == ([*range(count)], True)


@EACH
@pytest.mark.parametrize("gone", [1, 7, 12])
def test_items_that_move_up_are_not_missed(bench: Bench, read: Callable[[Client], Found], gone: int) -> None:
    """Those that went away are no loss; those that moved into a page that was read already would be."""

    def before(moving: MovingList, place: int) -> None:
        if place == 2:
            del moving.items[:gone]

    moving = MovingList([*range(90)], 20, before=before)
    found, complete = read(client_of(bench, moving))
    if read is people:
        assert not complete, "somebody left the list while it was read: nobody knows who is in it"
    else:
        assert (found, complete) == ([*range(90)], True)
    assert moving.offsets[:4] == [0, 19, 38, 19]


@EACH
def test_the_very_item_that_is_expected_may_be_gone(bench: Bench, read: Callable[[Client], Found]) -> None:
    def before(moving: MovingList, place: int) -> None:
        if place == 1:
            del moving.items[19]

    found, complete = read(client_of(bench, MovingList([*range(60)], 20, before=before)))
    if read is people:
        assert not complete
    else:
        assert (found, complete) == ([*range(60)], True)


@EACH
def test_what_comes_in_before_is_not_taken_twice(bench: Bench, read: Callable[[Client], Found]) -> None:
    def before(moving: MovingList, place: int) -> None:
        if place == 1:
            moving.items[:0] = [1000, 1001, 1002]

    found, complete = read(client_of(bench, MovingList([*range(60)], 20, before=before)))
    assert not complete, "three were never shown"
    assert found in ([*range(60)], [])


@EACH
def test_an_empty_page_before_the_total_is_no_end(bench: Bench, read: Callable[[Client], Found]) -> None:
    def before(moving: MovingList, place: int) -> None:
        if place == 1:
            moving.items.clear()

    moving = MovingList([*range(60)], 20, totals=lambda _total: 60, before=before)
    found, complete = read(client_of(bench, moving))
    assert not complete
    assert found in ([*range(20)], [])


@EACH
def test_a_total_that_claims_more_than_is_shown_is_not_forgotten_where_the_last_page_lacks_it(
    bench: Bench, read: Callable[[Client], Found]
) -> None:
    def before(moving: MovingList, place: int) -> None:
        if place == 2:
            moving.totals = lambda _total: None

    moving = MovingList([*range(55)], 20, totals=lambda _total: 90, before=before)
    assert not read(client_of(bench, moving))[1]


@EACH
def test_a_page_that_comes_again_is_left_at_once(bench: Bench, read: Callable[[Client], Found]) -> None:
    moving = MovingList([*range(20)], 20, totals=lambda _total: 500, ignores_offset=True)
    assert not read(client_of(bench, moving))[1]
    assert len(moving.offsets) == 2


@WITHOUT_TOTAL
@pytest.mark.parametrize("largest_page", [20, 50])
def test_a_page_that_comes_again_is_no_end_where_no_total_is_claimed(
    bench: Bench, read: Callable[[Client], Found], largest_page: int
) -> None:
    """An account that ignores the offset shows its first page for ever: what follows is nowhere."""
    moving = MovingList([*range(largest_page)], largest_page, totals=lambda _total: None, ignores_offset=True)
    found, complete = read(client_of(bench, moving))
    assert (found, complete) == ([*range(largest_page)], False)
    assert len(moving.offsets) == 2


@EACH
@pytest.mark.parametrize("claims", [True, False])
def test_pages_of_one_item_are_no_way_through_a_list(
    bench: Bench, read: Callable[[Client], Found], claims: bool
) -> None:
    """Such pages overlap in nothing, so that nobody sees what moves."""
    moving = MovingList([*range(5)], 1, totals=lambda total: total if claims else None)
    assert not read(client_of(bench, moving))[1]


@EACH
@pytest.mark.parametrize("claims", [True, False])
def test_answers_without_end_are_left(
    bench: Bench, read: Callable[[Client], Found], claims: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaignctl.api.paging._MOST_UNCLAIMED", 60)
    monkeypatch.setattr("campaignctl.api.contact_lists._MOST_UNCLAIMED", 60)

    def before(moving: MovingList, _place: int) -> None:
        moving.items += range(len(moving.items), len(moving.items) + 50)

    total = 60 if claims else None
    moving = MovingList([*range(60)], 500, totals=lambda _total: total, before=before)
    assert not read(client_of(bench, moving))[1]
    assert len(moving.offsets) <= 30


@EACH
@pytest.mark.parametrize("place", [0, 5, 18, 19, 20, 37, 38, 54])
def test_an_item_that_failed_makes_a_reading_incomplete_and_loses_no_other(
    bench: Bench, read: Callable[[Client], Found], place: int
) -> None:
    found, complete = read(client_of(bench, MovingList([*range(55)], 20, failing={place})))
    assert not complete
    assert found in ([it for it in range(55) if it != place], [])
    assert found or read is people


@WITHOUT_TOTAL
@pytest.mark.parametrize(("failing", "second"), [({18, 19}, 17), (set(range(20)), 0)])
def test_items_that_failed_at_the_end_of_a_page_are_asked_for_once_more(
    bench: Bench, read: Callable[[Client], Found], failing: set[int], second: int
) -> None:
    def before(moving: MovingList, place: int) -> None:
        moving.failing = failing if place == 0 else set()

    moving = MovingList([*range(55)], 20, before=before)
    assert read(client_of(bench, moving)) == ([*range(55)], True)
    assert moving.offsets[:2] == [0, second]


@EACH
@pytest.mark.parametrize("count", [1, 20, 55])
@pytest.mark.parametrize("claims", [True, False])
def test_a_list_of_which_nothing_can_be_read_is_incomplete_and_left(
    bench: Bench, read: Callable[[Client], Found], count: int, claims: bool
) -> None:
    totals = (lambda total: total) if claims else (lambda _total: None)
    moving = MovingList([*range(count)], 20, totals=totals, failing=set(range(count)))
    assert read(client_of(bench, moving)) == ([], False)
    assert len(moving.offsets) <= 8


def test_of_two_lists_of_one_name_both_are_seen_where_pages_are_short_and_no_total_is_claimed(
    bench: Bench,
) -> None:
    """Whoever saw the first alone would call its people, though the other may be meant."""

    class Namesakes(MovingList):
        def __call__(self, request: Request) -> Answer:
            answer = super().__call__(request)
            for each in answer.body["response"]:
                each["data"]["name"] = "Gold members" if each["data"]["sid"] in ("3", "17") else "other"
            return answer

    moving = Namesakes([*range(20)], 15, totals=lambda _total: None)
    directory = read_directory(client_of(bench, moving))
    assert directory.complete
    assert directory.sids["Gold members"] == ("17", "3")
