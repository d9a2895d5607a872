"""What the reliability tests ask of every run: what was sent again, and what the account holds in the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from fakes import FakeClock
from harness import Desk, live_voice

from campaignctl.sandbox.journal import RecordedRequest

APPLY = ("apply", "--auto-approve", "--format", "json")
OLD = "2027-01-01T09:00:00+05:30"
"""Before everything that a run makes."""
ALIVE = ("created", "scheduled", "inprogress", "paused")


def reliable(desk: Desk, **settings: Any) -> Desk:
    """The documented settings instead of the quick ones."""
    desk.configure(**{"settle_seconds": 10, "max_attempts": 5, "timeout_seconds": 30, **settings})
    return desk


def only(run: Any) -> dict[str, Any]:
    """The one result of an apply."""
    (result,) = run.json["results"]
    found: dict[str, Any] = result
    return found


def repeats_that_no_rule_allows(requests: Sequence[RecordedRequest]) -> list[str]:
    """Writes that were sent again though their answer was a refusal, or before anybody had looked (rules 9, 10)."""
    wrong = []
    last: dict[tuple[str, str, str], int] = {}
    for place, it in enumerate(requests):
        if it.method == "GET":
            continue
        key = (it.method, it.path, repr(it.body))
        if key in last and not _may_follow(requests, last[key], place):
            wrong.append(f"{it.method} {it.path} {it.body} after {requests[last[key]].status}")
        last[key] = place
    return wrong


def _may_follow(requests: Sequence[RecordedRequest], first: int, again: int) -> bool:
    if _refused_for_now(requests[first]):
        return True
    if requests[again].fault == "slow":
        return True  # it was sent first, and is recorded when it was carried out
    if requests[first].request == "create" or _refused(requests[first]):
        return False
    return any(it.request == "get" and it.path == requests[first].path for it in requests[first + 1 : again])


def _refused_for_now(it: RecordedRequest) -> bool:
    return it.status == 429


def _refused(it: RecordedRequest) -> bool:
    """Surely not carried out; 408 and 499 are a gateway's, and say nothing."""
    return it.status is not None and 400 <= it.status < 500 and it.status not in (408, 499)


def alive_by_name(desk: Desk, collections: Iterable[str]) -> Mapping[str, list[str]]:
    """The SIDs of the alive campaigns of each name."""
    found: dict[str, list[str]] = defaultdict(list)
    for collection in collections:
        for live in desk.account(collection):
            if live["status"].lower().replace("-", "") in ALIVE:
                found[live["name"]].append(live["id" if collection == "campaigns" else "sid"])
    return found


def twins(desk: Desk, collections: Iterable[str] = ("campaigns", "message-campaigns")) -> list[str]:
    """The names that more than one alive campaign has."""
    return [name for name, sids in alive_by_name(desk, collections).items() if len(sids) > 1]


def assert_converges(desk: Desk, *words: str, to: int = 0) -> None:
    """The next run comes to `to`, and leaves nothing to do; nobody would be called twice."""
    again = desk.run(*APPLY, *words)
    assert again.code == to, again.all
    assert twins(desk) == []
    planned = desk.run("plan", "--detailed-exitcode", "--format", "json", *words)
    assert planned.code == to, planned.all
    assert planned.json["summary"]["operations"] == 0


class EventfulClock(FakeClock):
    """Something happens in the midst of the first wait of so many seconds, or of several waits that make them."""

    def __init__(self) -> None:
        super().__init__()
        self._after = float("inf")
        self._event: Callable[[], object] = lambda: None

    def then(self, seconds: float, event: Callable[[], object]) -> None:
        """From now on."""
        self._after, self._event = self.monotonic() + seconds, event

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.monotonic() >= self._after:
            self._after = float("inf")
            self._event()


def in_background(desk: Desk, *bodies: dict[str, Any], **habits: Any) -> Callable[[], None]:
    """Another run has made the older one, and somebody has been at ours."""

    def happens() -> None:
        (mine,) = (it["id"] for it in desk.account())
        for body in bodies:
            desk.by_hand(mine, body)
        desk.seed(live_voice(date_created=OLD))
        desk.sandbox.switches.change(habits)

    return happens
