"""Now is the server's clock, by the dates of readable answers; what is out of step with it is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from api_bench import Bench
from scripted_server import Answer, Request, envelope, in_turn, item, voice

from campaignctl.api.client import Client
from campaignctl.errors import ApiError
from campaignctl.kinds import VOICE
from campaignctl.kinds.operations import Action

MINUTE = timedelta(minutes=1)


def dated(bench: Bench, ahead: timedelta, status: int = 200, body: Any = None) -> Answer:
    body = envelope(item(voice("a", "one"))) if body is None else body
    return Answer(status, body, {"Date": format_datetime(bench.clock.now() + ahead, usegmt=True)})


def read(client: Client, times: int = 1) -> None:
    for _ in range(times):
        client.get(VOICE, "a")


def ahead(bench: Bench, moments: list[datetime]) -> list[timedelta]:
    return [moment - bench.clock.now() for moment in moments]


def others(client: Client) -> list[datetime]:
    return [clock.now for clock in client.other_clocks()]


PAGES = {
    "a 401 page of a proxy": (401, b"<html>who are you</html>"),
    "a 503 page": (503, b"<html>down</html>"),
    "a 407": (407, b"<html>proxy</html>"),
    "a 200 page": (200, b"<html>sign in to this network</html>"),
    "a 200 that is cut": (200, b'{"response": ['),
    "an error of the API": (400, envelope(item(None, 400, {"message": "no"}))),
    "a redirect": (302, b""),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_the_date_of_anything_but_a_readable_answer_is_not_looked_at(
    bench: Bench, page: tuple[int, Any]
) -> None:
    client, _ = bench.client(in_turn(dated(bench, 90 * MINUTE, *page)), max_attempts=1)
    with pytest.raises(ApiError):
        read(client)
    assert client.now() == bench.clock.now()
    assert client.skew is None


def test_an_error_page_between_readable_answers_changes_nothing(bench: Bench) -> None:
    good, page = dated(bench, 10 * MINUTE), dated(bench, 90 * MINUTE, 503, b"<html>down</html>")
    client, _ = bench.client(in_turn(good, page, good))
    read(client, 2)
    assert client.skew is not None
    assert round(client.skew / MINUTE) == 10
    assert ahead(bench, others(client)) == [timedelta()]


def test_within_a_minute_no_clock_is_another_one(bench: Bench) -> None:
    client, _ = bench.client(in_turn(dated(bench, MINUTE), dated(bench, timedelta())))
    read(client, 2)
    assert client.other_clocks() == ()
    assert client.notes == ()


def test_a_machine_whose_clock_differs_is_another_clock(bench: Bench) -> None:
    client, _ = bench.client(in_turn(dated(bench, -2 * MINUTE)))
    read(client)
    (other,) = client.other_clocks()
    assert (other.now, other.whose) == (bench.clock.now(), "this machine's")
    assert client.now() == bench.clock.now() - 2 * MINUTE


def test_an_answer_that_is_out_of_step_is_told_and_both_of_them_count(bench: Bench) -> None:
    client, _ = bench.client(in_turn(dated(bench, timedelta()), dated(bench, -30 * MINUTE)))
    read(client, 2)
    assert client.skew == -30 * MINUTE
    assert ahead(bench, others(client)) == [timedelta(), timedelta()]
    assert "up to 1,800 seconds out of step" in client.notes[1]


def test_a_single_old_answer_is_remembered_after_others_agree_again(bench: Bench) -> None:
    """A cache between the account and us may answer once, and it may be the cache that is right."""
    answers = [dated(bench, it * MINUTE) for it in (0, -30, 0, 0)]
    client, _ = bench.client(in_turn(*answers))
    read(client, 4)
    assert client.skew == timedelta()
    assert ahead(bench, others(client)) == [-30 * MINUTE]


def test_the_extremes_of_many_dates_are_enough(bench: Bench) -> None:
    answers = [dated(bench, it * MINUTE) for it in (0, 5, -7, 3, -2, 0)]
    client, _ = bench.client(in_turn(*answers))
    read(client, 6)
    assert ahead(bench, others(client)) == [-7 * MINUTE, 5 * MINUTE]


def test_a_date_that_stands_still_falls_out_of_step(bench: Bench) -> None:
    client, _ = bench.client(in_turn(dated(bench, timedelta())))
    for _ in range(5):
        read(client)
        bench.clock.sleep(30)
    assert others(client)


def test_an_answer_that_took_long_is_not_out_of_step(bench: Bench) -> None:
    """Its date was given at some moment between question and answer."""

    def slow(request: Request) -> Answer:
        answer = dated(bench, timedelta())
        if request.path.endswith("a"):
            bench.clock.sleep(100)
        return answer

    client, _ = bench.client(slow)
    client.list_page(VOICE, offset=0, limit=1)
    read(client)
    assert client.other_clocks() == ()
    assert client.now() == bench.clock.now()


def test_a_sandbox_may_be_anywhere_and_jump(bench: Bench) -> None:
    client, _ = bench.client(
        in_turn(dated(bench, timedelta(days=9)), dated(bench, timedelta(days=99))), backend="sandbox"
    )
    read(client, 2)
    assert client.other_clocks() == ()
    assert client.notes == ()
    assert client.now() == bench.clock.now() + timedelta(days=99)


def test_a_wait_that_an_answer_gives_as_a_date_counts_from_its_own_date(bench: Bench) -> None:
    late = bench.clock.now() + 90 * MINUTE
    told = {
        "Date": format_datetime(late, usegmt=True),
        "Retry-After": format_datetime(late + MINUTE, usegmt=True),
    }
    client, _ = bench.client(in_turn(Answer(429, {}, told), dated(bench, timedelta())))
    client.act(VOICE, "a", Action.PAUSE)
    assert bench.clock.slept == [60.0]
