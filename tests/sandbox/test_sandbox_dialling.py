"""What has been called by when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bodies import Account, item_of
from example_counts import examples
from hypothesis import given
from hypothesis import strategies as st

from campaignctl.sandbox.dialler import CampaignRun, DialLine, Retries, counted, settle
from campaignctl.sandbox.server import Sandbox

MONTH = 30 * 86_400.0


def people(count: int) -> tuple[str, ...]:
    """Made-up numbers."""
    return tuple(f"+9199{place:08d}" for place in range(count))


def reached(_number: str, _tries: int) -> str:
    """Everybody picks up."""
    return "completed"


def busy(_number: str, _tries: int) -> str:
    """Nobody does."""
    return "busy"


def test_sixty_calls_a_minute_are_made_from_the_start_on() -> None:
    run = CampaignRun("a", people(100), ready=1000.0, ends=MONTH)
    (after,), _ = settle([run], DialLine(every=1.0), 1059.5, reached)
    assert counted(after)["completed"] == 60
    assert after.over is None


def test_campaigns_that_run_together_share_the_line() -> None:
    runs = [
        CampaignRun("a", people(100), ready=0.0, ends=MONTH),
        CampaignRun("b", people(100), ready=30.0, ends=MONTH),
    ]
    (first, second), _ = settle(runs, DialLine(every=1.0), 89.5, reached)
    assert counted(first)["completed"] + counted(second)["completed"] == 90
    assert counted(first)["completed"] == 60
    assert counted(second)["completed"] == 30


def test_a_throttled_campaign_leaves_the_rest_of_the_line_to_others() -> None:
    runs = [
        CampaignRun("slow", people(100), ready=1000.0, ends=MONTH, gap=10.0),
        CampaignRun("fast", people(100), ready=1000.0, ends=MONTH),
    ]
    (slow, fast), _ = settle(runs, DialLine(every=1.0), 1059.5, reached)
    assert (counted(slow)["completed"], counted(fast)["completed"]) == (6, 54)


def test_retries_share_the_calls_a_minute_with_first_attempts_and_those_that_are_due_come_first() -> None:
    retries = Retries(number=1, interval=60.0, on=frozenset({"busy"}))
    run = CampaignRun("a", people(120), ready=1000.0, ends=1000.0 + MONTH, retries=retries)
    (after,), _ = settle([run], DialLine(every=1.0), 1119.5, busy)
    made = after.progress.begun + len(after.progress.results)
    assert made == 120, "two minutes at 60 a minute, tries of both sorts together"
    assert (after.progress.begun, len(after.progress.results)) == (60, 60)
    (over,), _ = settle([run], DialLine(every=1.0), 1000.0 + 10_000, busy)
    assert over.progress.last == 1000.0 + 239, "240 calls, a second each: no shorter for being retries"


@pytest.mark.parametrize(("doubles", "last"), [(False, 30.0 * 60), (True, 45.0 * 60)])
def test_retries_wait_their_interval_exponential_ones_double_it(doubles: bool, last: float) -> None:
    retries = Retries(number=2, interval=900.0, doubles=doubles, on=frozenset({"busy"}))
    run = CampaignRun("a", people(1), ready=0.0, ends=MONTH, retries=retries)
    (after,), _ = settle([run], DialLine(every=1.0), MONTH - 1, busy)
    (result,) = after.progress.results
    assert (result.tries, result.at, result.outcome) == (3, last, "busy")


def test_a_retry_that_would_be_due_after_the_end_is_not_made() -> None:
    retries = Retries(number=3, interval=900.0, on=frozenset({"busy"}))
    run = CampaignRun("a", people(1), ready=0.0, ends=1000.0, retries=retries)
    (after,), _ = settle([run], DialLine(every=1.0), 1000.0, busy)
    assert after.over == 930.0
    assert after.progress.results[0].tries == 2


def test_the_end_cuts_off_who_was_not_reached() -> None:
    run = CampaignRun("a", people(100), ready=0.0, ends=10.0)
    (after,), _ = settle([run], DialLine(every=1.0), 500.0, reached)
    assert after.over == 10.0
    assert counted(after) == {"retry": 0, "untried": 0, "completed": 10, "failed-no-attempt": 90}


@examples(60)
@given(
    sizes=st.lists(st.integers(0, 40), min_size=1, max_size=4),
    steps=st.lists(st.floats(0, 400), max_size=8),
    gap=st.sampled_from([0.0, 3.0]),
)
def test_looking_often_makes_the_same_calls_as_looking_once(
    sizes: list[int], steps: list[float], gap: float
) -> None:
    def outcome(number: str, tries: int) -> str:
        return "busy" if (int(number[-2:]) + tries) % 3 == 0 else "completed"

    retries = Retries(number=2, interval=60.0, on=frozenset({"busy"}))
    runs = tuple(
        CampaignRun(
            f"{place}", people(size), ready=10.0 * place, ends=MONTH, gap=gap * place, retries=retries
        )
        for place, size in enumerate(sizes)
    )
    until = sum(steps)
    once, line_once = settle(runs, DialLine(every=1.0), until, outcome)
    often, line = runs, DialLine(every=1.0)
    for place in range(len(steps)):
        settled, line = settle(
            [run for run in often if run.over is None], line, sum(steps[: place + 1]), outcome
        )
        by_sid = {run.sid: run for run in settled}
        often = tuple(by_sid.get(run.sid, run) for run in often)
    if steps:
        assert (often, line) == (once, line_once)


def test_five_thousand_numbers_settle_each_once() -> None:
    retries = Retries(number=3, interval=600.0, on=frozenset({"busy"}))
    run = CampaignRun("a", people(5000), ready=0.0, ends=MONTH, retries=retries)
    (after,), _ = settle([run], DialLine(every=1.0), MONTH, busy)
    assert len(after.progress.results) == 5000


# Over HTTP.


def test_a_campaign_starts_calls_and_completes_as_time_passes(sandbox: Sandbox, account: Account) -> None:
    sid = account.call(**{"from": [f"+9199000{place:05d}" for place in range(120)], "retries": ...})
    seen = []
    for days, minutes in ((4, 23 * 60 + 59), (0, 1), (0, 1), (0, 1), (0, 1)):
        sandbox.advance(timedelta(days=days, minutes=minutes))
        data = account.show(f"campaigns/{sid}")
        seen.append((data["status"], data["stats"]["created"]))
    assert seen == [
        ("Created", 120),
        ("InProgress", 119),
        ("InProgress", 59),
        ("InProgress", 0),
        ("Completed", 0),
    ]
    data = account.show(f"campaigns/{sid}")
    assert sum(data["stats"].values()) == 120
    assert data["stats"]["completed"] > 60
    assert data["report_url"]


def test_messages_go_out_at_three_hundred_a_minute(sandbox: Sandbox, account: Account) -> None:
    sids = [account.text(lists=[f"{place:032x}" for place in range(5)]) for _ in range(6)]
    everybody = sum(account.show(f"message-campaigns/{sid}")["stats"]["scheduled"] for sid in sids)
    assert everybody > 400
    sandbox.advance(timedelta(days=5, seconds=59.9))
    left = sum(account.show(f"message-campaigns/{sid}")["stats"]["scheduled"] for sid in sids)
    assert everybody - left == 300
    sandbox.advance(timedelta(minutes=10))
    shown = account.show(f"message-campaigns/{sids[0]}")
    assert (shown["status"], shown["stats"]["scheduled"]) == ("completed", 0)
    assert shown["report_url"]


def test_without_a_schedule_the_calls_start_at_once(sandbox: Sandbox, account: Account) -> None:
    sid = account.call(schedule=...)
    assert account.show(f"campaigns/{sid}")["status"] == "InProgress"
    sandbox.advance(timedelta(hours=2))
    assert account.show(f"campaigns/{sid}")["status"] == "Completed"


def test_a_pause_stops_the_calls_and_a_resume_goes_on(sandbox: Sandbox, account: Account) -> None:
    sid = account.call(
        schedule=..., retries=..., **{"from": [f"+9199000{place:05d}" for place in range(120)]}
    )
    sandbox.advance(timedelta(seconds=59.5))
    account.act(f"campaigns/{sid}", "pause")
    sandbox.advance(timedelta(hours=1))
    paused = account.show(f"campaigns/{sid}")
    assert (paused["status"], paused["stats"]["created"]) == ("Paused", 60)
    assert item_of(account.act(f"campaigns/{sid}", "resume"))["data"]["status"] == "InProgress"
    sandbox.advance(timedelta(seconds=29.5))
    assert account.show(f"campaigns/{sid}")["stats"]["created"] == 30


def test_a_number_that_stands_twice_is_called_once_unless_asked_for(account: Account) -> None:
    numbers = ["+919900000017", "+919900000017"]
    once = account.call(**{"from": numbers})
    twice = account.call(call_duplicate_numbers=True, **{"from": numbers})
    assert account.show(f"campaigns/{once}")["stats"]["created"] == 1
    assert account.show(f"campaigns/{twice}")["stats"]["created"] == 2


def test_the_same_number_always_comes_to_the_same(sandbox: Sandbox, account: Account) -> None:
    results = []
    for _ in range(2):
        sid = account.call(schedule=...)
        sandbox.advance(timedelta(hours=3))
        rows = account.get(f"campaigns/{sid}/call-details").json()["response"]
        results.append([(row["data"]["number"], row["data"]["status"]) for row in rows])
    assert results[0] == results[1]
