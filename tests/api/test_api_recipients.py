"""Per-recipient results, page by page and from a report file, however many they are."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from api_bench import Bench
from scripted_server import Answer, Request, envelope, item, serving

from campaignctl.api import recipients
from campaignctl.api.recipients import pages
from campaignctl.api.report_file import NoReportError, batches, may_read, rows
from campaignctl.errors import AnswerError
from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.lifecycle import Status
from campaignctl.model.campaigns import Live
from campaignctl.model.outcomes import Batch, Tally

MANY = 50_000
FEW_BYTES = 8_000_000


def campaign(kind: Any = VOICE) -> Live:
    return Live(kind, "c1", Status.COMPLETED, "Completed", {"name": "diwali"})


def row(place: int) -> dict[str, Any]:
    return {"sid": f"s{place}", "number": f"+9198765{place:05}", "status": "completed"}


def page(request: Request, everybody: list[Any], total: int | None = None) -> Answer:
    """A page of items; the rest of the account's answers is always the same."""
    offset, limit = int(request.query["offset"]), int(request.query["limit"])
    part = everybody[offset : offset + limit]
    body = envelope(*part, total=len(everybody) if total is None else total, offset=offset, limit=limit)
    return Answer(body=json.dumps(body).encode())


def read(bench: Bench, answer: Callable[[Request], Answer], since: int = 0, kind: Any = VOICE) -> list[Batch]:
    with serving(answer) as web:
        return list(pages(bench.connect(web.base_url, max_attempts=1), campaign(kind), since))


def sids(batches: list[Batch]) -> list[Any]:
    return [each["sid"] for batch in batches for each in batch.rows]


@pytest.mark.parametrize("since", [0, 1, 499, 500, 501, 1200, 1201])
def test_every_row_from_an_offset_on_comes_once(bench: Bench, since: int) -> None:
    everybody = [item(row(place)) for place in range(1201)]
    found = read(bench, lambda asked: page(asked, everybody), since)
    assert sids(found) == [f"s{place}" for place in range(since, 1201)]
    assert found[-1].offset == 1201


def test_offsets_of_batches_are_where_reading_can_go_on(bench: Bench) -> None:
    everybody = [item(row(place)) for place in range(1300)]
    first = read(bench, lambda asked: page(asked, everybody))[0]
    rest = read(bench, lambda asked: page(asked, everybody), first.offset)
    assert sids([first, *rest]) == [f"s{place}" for place in range(1300)]


def test_a_page_that_is_too_long_for_the_account_is_asked_for_shorter(bench: Bench) -> None:
    everybody = [item(row(place)) for place in range(120)]

    def answer(asked: Request) -> Answer:
        if int(asked.query["limit"]) > 50:
            return Answer(400, b"{}")
        assert asked.query["channel"] == "SMS"
        return page(asked, everybody)

    assert len(sids(read(bench, answer, kind=SMS))) == 120


def test_an_account_that_gives_less_than_was_asked_for_is_read_completely(bench: Bench) -> None:
    everybody = [item(row(place)) for place in range(120)]

    def answer(asked: Request) -> Answer:
        query = {**asked.query, "limit": "20"}
        return page(asked.with_query(query), everybody)

    assert len(set(sids(read(bench, answer)))) == 120


def test_rows_that_move_up_while_they_are_read_are_followed(bench: Bench) -> None:
    """Ten go away after the first page: the one that the second should begin with is on the page before."""
    everybody = [item(row(place)) for place in range(1200)]
    asked_for = []

    def answer(asked: Request) -> Answer:
        asked_for.append(asked.query["offset"])
        return page(asked, everybody if len(asked_for) == 1 else everybody[10:])

    assert sids(read(bench, answer)) == [f"s{place}" for place in range(1200)]
    assert asked_for[:3] == ["0", "499", "0"]


def test_rows_that_move_down_come_once(bench: Bench) -> None:
    everybody = [item(row(place)) for place in range(900)]
    new = [item(row(5000 + place)) for place in range(7)]
    first: list[int] = []

    def answer(asked: Request) -> Answer:
        first.append(1)
        return page(asked, everybody if len(first) == 1 else new + everybody)

    assert sids(read(bench, answer)) == [f"s{place}" for place in range(900)]


def test_a_row_that_failed_is_counted_and_one_at_the_end_of_a_page_is_asked_for_again(bench: Bench) -> None:
    bad = item(None, 500, {"code": 1, "message": "no"})
    once = []

    def answer(asked: Request) -> Answer:
        everybody: list[Any] = [item(row(place)) for place in range(700)]
        everybody[3] = bad
        if not once:
            everybody[499] = bad
        once.append(1)
        return page(asked, everybody)

    found = read(bench, answer)
    assert sum(batch.failed for batch in found) == 1
    assert len(sids(found)) == 699


def test_a_server_that_never_ends_is_left(bench: Bench) -> None:
    def answer(asked: Request) -> Answer:
        offset = int(asked.query["offset"])
        part = [item(row(offset + place)) for place in range(500)]
        return Answer(body=json.dumps(envelope(*part, total=600)).encode())

    with pytest.raises(AnswerError, match="do not come to an end"):
        read(bench, answer)


def test_an_account_that_ignores_the_offset_shows_what_it_lacks(bench: Bench) -> None:
    everybody = [item(row(place)) for place in range(500)]

    def answer(asked: Request) -> Answer:
        return page(asked.with_query({"offset": "0", "limit": "500"}), everybody, total=2000)

    tally = Tally()
    for batch in read(bench, answer):
        tally.add(batch)
    assert (tally.rows, tally.missing) == (500, 1500)


@pytest.mark.parametrize(("status", "says"), [(404, "no per-recipient results"), (401, "credentials|key")])
def test_a_refusal_is_said(bench: Bench, status: int, says: str) -> None:
    with pytest.raises(Exception, match=says):
        read(bench, lambda _asked: Answer(status, b"{}"))


def peak(read_all: Callable[[], int]) -> int:
    tracemalloc.start()
    try:
        assert read_all() == MANY
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def counted(source: Iterator[Batch]) -> int:
    tally = Tally()
    for batch in source:
        tally.add(batch)
    return tally.rows


@pytest.mark.slow
def test_fifty_thousand_rows_of_pages_take_little_memory(bench: Bench) -> None:
    """The answers are written before: their memory is not the reader's."""
    limit = recipients.LONGEST_PAGE
    answers = {}
    for offset in range(0, MANY, limit - 1):
        part = [item(row(place)) for place in range(offset, min(offset + limit, MANY))]
        answers[str(offset)] = Answer(body=json.dumps(envelope(*part, total=MANY)).encode())

    with serving(lambda asked: answers[asked.query["offset"]]) as web:
        client = bench.connect(web.base_url)
        assert peak(lambda: counted(pages(client, campaign()))) < FEW_BYTES
        assert len(web.requests) <= MANY / (recipients.LONGEST_PAGE - 1) + 2


@pytest.mark.slow
def test_fifty_thousand_rows_of_a_file_take_little_memory(bench: Bench) -> None:
    def text() -> Iterator[bytes]:
        yield b"\xef\xbb\xbfsid,number,status\r\n"
        for place in range(MANY):
            yield f's{place},+9198765{place:05},"completed"\r\n'.encode()

    with serving(lambda _asked: Answer(body=text())) as web:
        source = rows(f"{web.base_url}/r.csv", web.base_url, 5.0, bench.clock)
        assert peak(lambda: counted(batches(source, 0))) < FEW_BYTES


# -------------------------------------------------------------------------------------------------- the report file

LIVE, HERE = "https://api.in.exotel.com", "http://127.0.0.1:8080"
ADDRESSES = [
    ("https://exotelreports.s3.ap-southeast-1.amazonaws.com/a.csv", LIVE, True),
    ("http://exotelreports.s3.ap-southeast-1.amazonaws.com/a.csv", LIVE, False),
    ("https://user:pw@exotelreports.example.com/a.csv", LIVE, False),
    ("https://127.0.0.1/a.csv", LIVE, False),
    ("https://[::1]/a.csv", LIVE, False),
    ("file:///etc/passwd", LIVE, False),
    ("//example.com/a.csv", LIVE, False),
    ("https://[bad/a.csv", LIVE, False),
    ("https://example.com:port/a.csv", LIVE, False),
    ("", LIVE, False),
    ("http://127.0.0.1:9/a.csv", HERE, True),
    ("https://example.com/a.csv", HERE, False),
]


@pytest.mark.parametrize(("url", "base_url", "may"), ADDRESSES)
def test_only_such_addresses_are_asked_for_a_report(url: str, base_url: str, may: bool) -> None:
    assert may_read(url, base_url) is may


def fetched(bench: Bench, answer: Callable[[Request], Answer]) -> tuple[list[Any], list[Request]]:
    with serving(answer) as web:
        return list(rows(f"{web.base_url}/r.csv", web.base_url, 2.0, bench.clock)), web.requests


def test_redirects_are_followed_without_credentials(bench: Bench) -> None:
    def answer(asked: Request) -> Answer:
        if asked.path == "/there":
            return Answer(body=b"Number,Call Status,Sid\n+919876543210,completed,s1\n")
        return Answer(302, b"", headers={"Location": "/there", "Set-Cookie": "a=b"})

    found, asked = fetched(bench, answer)
    assert found == [{"number": "+919876543210", "status": "completed", "sid": "s1"}]
    assert [each.path for each in asked] == ["/r.csv", "/there"]
    assert not any("authorization" in each.headers for each in asked)


NO_REPORTS = [
    Answer(403, b""),
    Answer(302, b"", headers={"Location": "/again"}),
    Answer(302, b"", headers={"Location": "https://elsewhere.example.com/"}),
    Answer(304, b""),
    Answer(body=b""),
    Answer(body=b"<html>expired</html>"),
    Answer(body=b'{"error": 1}'),
    Answer(body=b"first,second\n1,2\n"),
    Answer(body=b"number,status,number\n"),
    Answer(body=b'"' + b"x" * 2_000_000),
    Answer(body=b"x" * 3_000_000),
    Answer(body=b"\x1f\x8b\x08\x00number,status\n"),
    Answer(body=b"garbage", headers={"Content-Encoding": "gzip"}),
]


@pytest.mark.parametrize("given", NO_REPORTS)
def test_what_is_no_report_is_told_before_the_first_row(bench: Bench, given: Answer) -> None:
    with pytest.raises(NoReportError, match="report"):
        fetched(bench, lambda _asked: given)


BREAKS = [
    Answer(body=b"number,status\n1,sent\n2,", headers={"Content-Length": "500"}, cut=100),
    Answer(body=b"number,status\n1,sent\n2," + b"x" * 2_000_000),
    Answer(body=b'number,status\n1,sent\n"' + b"x\n" * 200_000),
]


@pytest.mark.parametrize("given", BREAKS)
def test_a_report_that_breaks_off_is_an_error_after_its_rows(bench: Bench, given: Answer) -> None:
    with serving(lambda _asked: given) as web:
        source = rows(f"{web.base_url}/r.csv", web.base_url, 2.0, bench.clock)
        assert next(source) == {"number": "1", "status": "sent"}
        with pytest.raises(AnswerError):
            list(source)
