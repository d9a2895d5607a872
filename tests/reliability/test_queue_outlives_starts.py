"""A queue at 30 requests a minute outlives its starts: each write is judged by the moment at which it goes out.

One clock is shared by command and account, so that an hour of waiting takes no time. Each case fills the queue with
creates that come first, and then asks what became of the last one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from harness import Desk, live_voice, voice
from reliable_desk import APPLY, reliable

pytestmark = pytest.mark.slow

OTHER_CALLER = "08012345678"
QUEUE = 60
"""Updates of two requests each, at 27 a minute: over four minutes."""


def at(desk: Desk, minutes: float) -> dict[str, str]:
    """A window that begins so many minutes from now."""
    start = desk.clock.now() + timedelta(minutes=minutes)
    return {"send_at": start.isoformat(), "end_at": (start + timedelta(hours=8)).isoformat()}


def ends(desk: Desk, minutes: float) -> dict[str, str]:
    """No start, and an end so many minutes from now."""
    return {"end_at": (desk.clock.now() + timedelta(minutes=minutes)).isoformat()}


def people(number: int) -> list[str]:
    return [f"+9198765{number:05}"]


def queue(desk: Desk) -> list[dict[str, Any]]:
    """Updates that stand before creates and resumes in every apply; they start tomorrow at 11:00."""
    tomorrow = (desk.clock.now() + timedelta(days=1)).replace(hour=5, minute=30)
    later = {"send_at": tomorrow.isoformat(), "end_at": (tomorrow + timedelta(hours=8)).isoformat()}
    names = [(f"queue-{number:02}", people(number)) for number in range(QUEUE)]
    desk.seed(
        *(live_voice(name, **{"from": who, "schedule": later}, caller_id=OTHER_CALLER) for name, who in names)
    )
    return [voice(name, **{"from": who, "schedule": later}) for name, who in names]


@dataclass(frozen=True)
class Case:
    """What waits behind the queue (`live` is there already), and what becomes of it."""

    what: str
    wanted: Callable[[Desk], dict[str, Any]]
    outcome: str
    code: int = 0
    reason: str = ""
    live: Callable[[Desk], dict[str, Any]] | None = None
    words: tuple[str, ...] = ()
    hours: float = 0.0  # from 09:00
    bound: str = "end"


def last(desk: Desk, minutes: float, **fields: Any) -> dict[str, Any]:
    return voice("the-last", **{"from": people(99999), "schedule": at(desk, minutes), **fields})


def live(desk: Desk, minutes: float, **fields: Any) -> dict[str, Any]:
    return live_voice("the-last", **{"from": people(99999), "schedule": at(desk, minutes), **fields})


ALLOW = ("--allow", "resume", "--allow", "start-now")

CASES = (
    Case("a create whose start is far", lambda d: last(d, 60), "applied"),
    Case("a create whose start passed", lambda d: last(d, 3), "skipped", 3, "start-passed", words=ALLOW),
    Case("a create that came within the margin", lambda d: last(d, 12), "skipped", 3, "start-passed"),
    Case("the same, allowed", lambda d: last(d, 12), "applied", words=ALLOW),
    Case(
        "a create that is to be paused and came within the margin",
        lambda d: last(d, 12, state="paused"),
        "skipped",
        3,
        "start-passed",
        words=ALLOW,
    ),
    Case("a create at once", lambda d: last(d, 0, schedule=ends(d, 480)), "applied", words=ALLOW),
    Case(
        "a create at once after closing time",
        lambda d: last(d, 0, schedule=..., retries=...),
        "skipped",
        3,
        "policy",
        words=ALLOW,
        hours=11.95,
        bound="worst",
    ),
    Case(
        "a resume after its start, after closing time",
        lambda d: last(
            d, -60, state="active", retries=..., schedule={**at(d, -60), "end_at": ends(d, 300)["end_at"]}
        ),
        "skipped",
        3,
        "policy",
        live=lambda d: {
            **live(d, -60, status="paused", retries=None, mode="auto"),
            "schedule": {**at(d, -60), "end_at": ends(d, 300)["end_at"]},
        },
        words=ALLOW,
        hours=11.95,
        bound="worst",
    ),
    Case(
        "a resume before its start",
        lambda d: last(d, 60, state="active"),
        "applied",
        live=lambda d: live(d, 60, status="paused"),
        words=ALLOW,
    ),
    Case(
        "a resume whose start passed",
        lambda d: last(d, 3, state="active"),
        "skipped",
        3,
        "start-passed",
        live=lambda d: live(d, 3, status="paused"),
        words=ALLOW,
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_what_waited_behind_a_queue(desk: Desk, case: Case) -> None:
    hours = {"bound": case.bound}
    reliable(desk, rate_limit=30, settle_seconds=1, country="IN", policy={"calling_hours": hours})
    desk.pass_time(hours=case.hours)
    wanted = case.wanted(desk)
    desk.manifests(*queue(desk), wanted)
    if case.live is not None:
        desk.seed(case.live(desk))
    begun = desk.clock.now()
    run = desk.run(*APPLY, *case.words)
    result = next(it for it in run.json["results"] if it["name"] == "the-last")
    assert (result["outcome"], run.code) == (case.outcome, case.code), result
    if case.reason:
        assert result["reason"]["code"] == case.reason
        assert not [it for it in desk.writes if "the-last" in str(it.body)]
        assert not [it for it in desk.writes if it.path.endswith(str(result["sid"]))]
    assert desk.clock.now() - begun >= timedelta(minutes=4)


# ------------------------------------------------------------------------------------- updates, in their own queue


def behind_pauses(desk: Desk) -> list[dict[str, Any]]:
    """Pauses stand before updates."""
    names = [(f"pause-{number:03}", people(number)) for number in range(2 * QUEUE)]
    desk.seed(*(live_voice(name, **{"from": who}) for name, who in names))
    return [voice(name, **{"from": who}, state="paused") for name, who in names]


UPDATES = (
    Case("far from its start", lambda d: last(d, 60), "applied", live=lambda d: live(d, 60)),
    Case(
        "that came within the margin",
        lambda d: last(d, 12),
        "skipped",
        3,
        "start-passed",
        live=lambda d: live(d, 12),
    ),
    Case(
        "of a paused one within the margin",
        lambda d: last(d, 12, state="paused"),
        "applied",
        live=lambda d: live(d, 12, status="paused"),
    ),
    Case(
        "of a paused one whose start passed",
        lambda d: last(d, 3, state="paused"),
        "skipped",
        3,
        "start-passed",
        live=lambda d: live(d, 3, status="paused"),
    ),
)


@pytest.mark.parametrize("case", UPDATES, ids=lambda case: f"an update {case.what}")
def test_an_update_that_waited_behind_pauses(desk: Desk, case: Case) -> None:
    reliable(desk, rate_limit=30)
    wanted, there = case.wanted(desk), case.live
    assert there is not None
    desk.seed({**there(desk), "caller_id": OTHER_CALLER})
    desk.manifests(*behind_pauses(desk), wanted)
    run = desk.run(*APPLY)
    result = next(it for it in run.json["results"] if it["name"] == "the-last")
    assert (result["outcome"], run.code) == (case.outcome, case.code), result
    if case.reason:
        assert result["reason"]["code"] == case.reason
        assert not [it for it in desk.writes if it.request == "update"]


@pytest.mark.parametrize("minutes", [12, 3], ids=["within the margin", "after the start"])
def test_an_update_of_callbacks_alone_is_too_late_only_where_the_campaign_moved(
    desk: Desk, minutes: float
) -> None:
    reliable(desk, rate_limit=30)
    desk.seed(live(desk, minutes, status_callback="https://hooks.example.com/old"))
    desk.manifests(*behind_pauses(desk), last(desk, minutes))
    run = desk.run(*APPLY)
    result = next(it for it in run.json["results"] if it["name"] == "the-last")
    assert result["outcome"] == ("applied" if minutes == 12 else "skipped"), result


def test_waiting_out_a_retry_after_is_judged_too(desk: Desk) -> None:
    """The first create is told to come again in four minutes: by then its start is within the margin."""
    reliable(desk)
    desk.manifests(last(desk, 12))
    desk.sandbox.faults.add("status", request="create", status=429, retry_after="240")
    run = desk.run(*APPLY)
    (result,) = run.json["results"]
    assert (run.code, result["outcome"], result["reason"]["code"]) == (3, "skipped", "start-passed")
    assert [it.status for it in desk.writes] == [429]
    assert not list((desk.root / ".campaignctl" / "intents").glob("*.json"))


NOT_MADE: dict[str, tuple[dict[str, Any], int]] = {
    "refused": ({"effect": "status", "request": "create", "status": 422}, 4),
    "too late after a Retry-After": (
        {"effect": "status", "request": "create", "status": 429, "retry_after": "240"},
        3,
    ),
    "told to wait too long": (
        {"effect": "status", "request": "create", "status": 429, "retry_after": "3600"},
        4,
    ),
}


@pytest.mark.parametrize(("fault", "code"), NOT_MADE.values(), ids=NOT_MADE)
def test_a_create_that_came_to_nothing_leaves_the_outcome_of_an_earlier_one_open(
    desk: Desk, fault: dict[str, Any], code: int
) -> None:
    """The first one's answer was lost, and no list has shown it yet: near its start nobody may make it again."""
    reliable(desk)
    desk.manifests(last(desk, 12))
    desk.sandbox.faults.add("drop", request="create", acts=False)
    assert desk.run(*APPLY).code == 5
    desk.manifests(last(desk, 12))
    desk.sandbox.faults.add(**fault)
    assert desk.run(*APPLY).code == code
    (intent,) = (desk.root / ".campaignctl" / "intents").glob("*.json")
    assert json.loads(intent.read_text())["sid"] is None
    desk.pass_time(minutes=5)
    (change,) = desk.plan("--allow", "start-now")["changes"]
    assert (change["change"], change["reason"]["code"]) == ("blocked", "unknown-outcome")


def test_an_intent_is_as_old_as_its_request(desk: Desk) -> None:
    """Not as the wait before it: the next run waits until lists must show what that request made."""
    reliable(desk, rate_limit=30)
    desk.manifests(*(voice(f"many-{n:02}", **{"from": people(n)}) for n in range(30)))
    desk.sandbox.faults.add("drop", request="create", body="many-29", acts=False)
    assert desk.run(*APPLY).code == 5
    (intent,) = (desk.root / ".campaignctl" / "intents").glob("*.json")
    (lost,) = (it for it in desk.writes if it.fault == "drop")
    assert f'"written_at": "{lost.time}"' in intent.read_text()
