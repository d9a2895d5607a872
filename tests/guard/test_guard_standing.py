"""A guard that stands: look after look, by its own clock, until somebody ends it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeClock
from harness import Desk, Result, actions, desk_at, live_voice, voice
from scripted_server import Answer, Request, serving

STARTED = {"send_at": "2027-01-10T09:00:00+05:30", "end_at": "2027-01-10T20:00:00+05:30"}
PEOPLE = {"from": [f"+9198765{n:05}" for n in range(500)]}
FIELDS: dict[str, Any] = {"schedule": STARTED, "retries": None, **PEOPLE}
BROKEN = {"outcomes": ["*:failed=100"]}


class Shift(FakeClock):
    """A clock at which something happens after each minute of waiting: each of `before` once, then SIGTERM."""

    def __init__(self, *before: Callable[[], None]) -> None:
        super().__init__()
        self.left = list(before)

    def sleep(self, seconds: float) -> None:
        """Looks are a minute apart."""
        minute = self._minute()
        super().sleep(seconds)
        if self._minute() > minute:
            self.end_of_look()

    def _minute(self) -> int:
        """Waits come in pieces, whose sum may lack a little."""
        return int(self.monotonic() + 0.1) // 60

    def end_of_look(self) -> None:
        """The next thing."""
        if self.left:
            self.left.pop(0)()
        else:
            os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def shift(root: Path, looks: int, events: dict[int, Callable[[Desk], None]] | None = None) -> Iterator[Desk]:
    """A desk whose guard looks so often; `events` happen after the look of their number, counted from 1."""
    made: list[Desk] = []
    numbers = range(1, looks)
    clock = Shift(
        *(lambda number=number: (events or {}).get(number, lambda _desk: None)(made[0]) for number in numbers)
    )
    with desk_at(root, clock) as desk:
        made.append(desk)
        desk.manifests(voice(metadata={"stop_when": {"failed": "40%"}}, **FIELDS))
        yield desk


def lines(result: Result, event: str) -> list[dict[str, Any]]:
    """The events of a name."""
    return [line for line in map(json.loads, result.out.splitlines()) if line["event"] == event]


def test_it_looks_every_minute_and_pauses_what_crosses_in_between(tmp_path: Path) -> None:
    with shift(tmp_path, looks=4) as desk:
        desk.sandbox.switches.change(BROKEN)
        (sid,) = desk.seed(live_voice(**FIELDS))
        result = desk.run("guard")
        assert result.code == 0, result.all
        assert [look["paused"] for look in lines(result, "look")] == [0, 1, 0, 0]
        assert actions(desk.writes) == [("pause", sid)]
        assert [len(lines(result, it)) for it in ("started", "stopped")] == [1, 1]


def test_an_ordinary_look_is_one_request(tmp_path: Path) -> None:
    with shift(tmp_path, looks=3) as desk:
        desk.sandbox.switches.change({"outcomes": ["*:completed=100"]})
        desk.seed(live_voice(**FIELDS))
        looks = lines(desk.run("guard"), "look")
        assert [look["requests"] for look in looks[1:]] == [1, 1]


def test_what_ran_and_is_no_longer_listed_is_read_by_its_sid(tmp_path: Path) -> None:
    hide = {1: lambda desk: desk.sandbox.switches.change({"empty_lists": "all", "empty_seconds": 3600.0})}
    with shift(tmp_path, looks=3, events=hide) as desk:
        desk.sandbox.switches.change(BROKEN)
        desk.seed(live_voice(**FIELDS))
        assert [look["paused"] for look in lines(desk.run("guard"), "look")] == [0, 1, 0]


def test_changed_manifests_are_read_again(tmp_path: Path) -> None:
    stricter = voice(metadata={"stop_when": {"failed": "1%", "tried": 20}}, **FIELDS)
    with shift(tmp_path, looks=3, events={1: lambda desk: desk.manifests(stricter)}) as desk:
        desk.sandbox.switches.change({"outcomes": ["*:failed=30"]})
        desk.seed(live_voice(**FIELDS))
        assert len(lines(desk.run("guard"), "pause")) == 1


def test_where_changed_manifests_are_not_valid_the_last_ones_hold(tmp_path: Path) -> None:
    with shift(tmp_path, looks=3, events={1: lambda desk: desk.manifests({"kind": "Nonsense"})}) as desk:
        desk.sandbox.switches.change(BROKEN)
        desk.seed(live_voice(**FIELDS))
        result = desk.run("guard")
        assert (len(lines(result, "manifests")), len(lines(result, "pause"))) == (1, 1)


def test_it_looks_at_the_end_of_calling_hours_too(tmp_path: Path) -> None:
    hours = {"level": "error", "from": "08:00", "to": "09:01", "time_zone": "Asia/Kolkata"}
    with shift(tmp_path, looks=2) as desk:
        desk.configure(policy={"calling_hours": hours})
        desk.seed(live_voice(**FIELDS))
        result = desk.run("guard", "--every", "1h")
        (pause,) = lines(result, "pause")
        assert (pause["reason"]["code"], pause["time"]) == ("calling-hours", "2027-01-10T03:31:00+00:00")


def test_an_account_that_refuses_the_key_for_ten_minutes_ends_it(tmp_path: Path) -> None:
    refuse = {1: lambda desk: desk.sandbox.faults.add("status", request="list", status=403, times=None)}
    with shift(tmp_path, looks=30, events=refuse) as desk:
        result = desk.run("guard")
        assert (result.code, len(lines(result, "look"))) == (1, 12)


def test_an_account_that_cannot_be_reached_for_long_ends_nothing(tmp_path: Path) -> None:
    gone = {1: lambda desk: desk.sandbox.faults.add("status", request="list", status=503, times=None)}
    with shift(tmp_path, looks=15, events=gone) as desk:
        result = desk.run("guard")
        assert (result.code, len(lines(result, "blind"))) == (0, 14)


def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    twice = {1: lambda _desk: [os.kill(os.getpid(), signal.SIGTERM) for _ in range(2)]}
    with shift(tmp_path, looks=3, events=twice) as desk:
        assert desk.run("guard").code == 130


@contextmanager
def hook(status: int = 200) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An address that takes messages, and what it took."""
    taken: list[dict[str, Any]] = []

    def take(request: Request) -> Answer:
        assert "authorization" not in request.headers
        taken.append(request.json)
        return Answer(status, b"")

    with serving(take) as server:
        yield f"{server.base_url}/T0/B0?token=a-secret-of-theirs", taken


def test_somebody_is_told_of_a_pause(tmp_path: Path) -> None:
    with shift(tmp_path, looks=2) as desk, hook() as (url, taken):
        desk.configure(guard={"notify": {"url_env": "EXOTEL_NOTIFY_URL"}})
        desk.sandbox.switches.change(BROKEN)
        desk.seed(live_voice(**FIELDS))
        result = desk.run("guard", env={"EXOTEL_NOTIFY_URL": url})
        assert [it["event"]["event"] for it in taken] == ["pause", "stopped"]
        assert taken[0]["text"].startswith("prod: diwali-reminder paused: it crosses stop_when: failed ")
        assert "a-secret-of-theirs" not in result.all


def test_an_address_that_refuses_is_tried_three_times_and_told(tmp_path: Path) -> None:
    with shift(tmp_path, looks=5) as desk, hook(status=500) as (url, taken):
        desk.configure(guard={"notify": {"url_env": "EXOTEL_NOTIFY_URL"}})
        desk.sandbox.switches.change(BROKEN)
        desk.seed(live_voice(**FIELDS))
        result = desk.run("guard", env={"EXOTEL_NOTIFY_URL": url})
        assert result.code == 0
        assert sum(it["event"]["event"] == "pause" for it in taken) <= 3


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "set it to the address"),
        ("http://hooks.example.com/x", "must begin with https://"),
        ("https://hooks.example.com/a-secret-of-theirs", "EXOTEL_ALLOWED_HOSTS"),
        ("hooks", "must be an address"),
    ],
)
def test_an_address_that_may_not_be_posted_to_is_refused_at_the_start(
    desk: Desk, url: str, says: str
) -> None:
    desk.configure(guard={"notify": {"url_env": "EXOTEL_NOTIFY_URL"}})
    desk.manifests(voice(**FIELDS))
    result = desk.run("guard", "--once", env={"EXOTEL_NOTIFY_URL": url})
    assert (result.code, says in result.err, "a-secret-of-theirs" in result.all) == (1, True, False)


def test_time_that_somebody_changes_by_hand_moves_no_look(tmp_path: Path) -> None:
    """Looks go by the clock that never goes back."""
    with shift(tmp_path, looks=3) as desk:
        result = desk.run("guard")
        times = [look["time"] for look in lines(result, "look")]
        assert times == [
            "2027-01-10T03:30:00+00:00",
            "2027-01-10T03:31:00+00:00",
            "2027-01-10T03:32:00+00:00",
        ]
        assert desk.clock.monotonic() >= timedelta(minutes=2).total_seconds()
