"""What others do to a campaign while its own write waits: a reading serves for a minute, then it is read again
(rule 9).
"""

from __future__ import annotations

from typing import Any

import pytest
from harness import Desk, live_voice, voice
from reliable_desk import APPLY, EventfulClock

OTHER_CALLER = "08012345678"
POSTPONED = {"send_at": "2027-01-22T15:00:00+05:30", "end_at": "2027-01-22T18:00:00+05:30"}
WRITES: list[tuple[str, dict[str, Any], str]] = [
    ("update", {"caller_id": OTHER_CALLER}, "active"),
    ("resume", {"status": "paused"}, "active"),
    ("complete", {"status": "paused"}, "completed"),
]


@pytest.fixture
def desk(waiting_desk: Desk) -> Desk:
    return waiting_desk


def one_that_waits(desk: Desk, write: str, live: dict[str, Any], state: str, seconds: int) -> str:
    """The SID of a campaign that is there; its write is asked to come again in so many seconds."""
    (sid,) = desk.seed(live_voice(**live))
    desk.manifests(voice(state=state))
    request = "update" if write == "update" else "action"
    desk.sandbox.faults.add("status", request=request, status=429, retry_after=str(seconds))
    return sid


def asked(desk: Desk, sid: str) -> list[tuple[str, int | None]]:
    return [(it.request, it.status) for it in desk.requests if it.path.endswith(sid)]


@pytest.mark.parametrize(("write", "live", "state"), WRITES, ids=[it[0] for it in WRITES])
def test_what_somebody_changed_while_its_write_waited_is_left_alone(
    desk: Desk, clock: EventfulClock, write: str, live: dict[str, Any], state: str
) -> None:
    sid = one_that_waits(desk, write, live, state, seconds=100)
    clock.then(50, lambda: desk.by_hand(sid, {"schedule": POSTPONED}))
    run = desk.run(*APPLY, "--allow", "resume", "--allow", "complete")
    (result,) = run.json["results"]
    assert (run.code, result["outcome"], result["reason"]["code"]) == (3, "skipped", "moved"), run.all
    assert [status for request, status in asked(desk, sid) if request != "get"] == [429]


@pytest.mark.parametrize(("seconds", "readings"), [(20, 1), (100, 2)])
@pytest.mark.parametrize(("write", "live", "state"), WRITES, ids=[it[0] for it in WRITES])
def test_what_nobody_changed_is_written_and_one_reading_serves_for_a_minute(
    desk: Desk, write: str, live: dict[str, Any], state: str, seconds: int, readings: int
) -> None:
    sid = one_that_waits(desk, write, live, state, seconds)
    run = desk.run(*APPLY, "--allow", "resume", "--allow", "complete")
    assert run.code == 0, run.all
    around = asked(desk, sid)
    assert [it for it in around if it[0] == "get"] == [("get", 200)] * readings
    assert around[-1][1] == 200
    assert around[-1][0] != "get"


def test_what_was_sent_and_is_not_known_stays_so_where_the_next_reading_fails(desk: Desk) -> None:
    """The repetition waits for longer than a minute, and nobody can read the campaign any more: that is no "nothing
    was sent".
    """
    (sid,) = desk.seed(live_voice(caller_id=OTHER_CALLER))
    desk.manifests(voice())
    desk.sandbox.faults.add("status", request="update", status=500)
    desk.sandbox.faults.add("status", request="update", status=429, retry_after="100")
    desk.sandbox.faults.add("status", request="get", status=403, after=2, times=None)
    run = desk.run(*APPLY)
    (result,) = run.json["results"]
    assert (run.code, result["outcome"]) == (5, "unknown"), run.all
    assert [status for request, status in asked(desk, sid) if request == "update"] == [500, 429]
