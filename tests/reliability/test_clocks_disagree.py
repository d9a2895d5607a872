"""Whoever is called must be right by the account's clock and by the machine's own: at plan, at apply, in between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from fakes import FakeClock
from harness import SECRETS, Desk, Result, live_voice, run, voice
from reliable_desk import APPLY, reliable

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OTHER_CALLER = "08012345678"


@dataclass
class Runner:
    """The clock of the machine that the command runs on, so far ahead of the account's."""

    account: FakeClock
    ahead: timedelta

    def now(self) -> datetime:
        return self.account.now() + self.ahead

    def monotonic(self) -> float:
        return self.account.monotonic()

    def sleep(self, seconds: float) -> None:
        self.account.sleep(seconds)


def on_a_machine(desk: Desk, ahead: timedelta, *words: str) -> Result:
    return run(*words, cwd=desk.root, env=SECRETS, clock=Runner(desk.clock, ahead))


def at(desk: Desk, minutes: float) -> dict[str, str]:
    start = desk.clock.now() + timedelta(minutes=minutes)
    return {"send_at": start.isoformat(), "end_at": (start + timedelta(hours=8)).isoformat()}


def planned(desk: Desk, ahead: timedelta, *words: str) -> tuple[dict[str, Any], Result]:
    came = on_a_machine(desk, ahead, "plan", "--format", "json", *words)
    (change,) = came.json["changes"]
    return change, came


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), -timedelta(minutes=5)])
def test_a_create_far_from_its_start_is_made_whatever_the_machine_says(desk: Desk, ahead: timedelta) -> None:
    reliable(desk)
    desk.manifests(voice())
    came = on_a_machine(desk, ahead, *APPLY)
    assert came.code == 0, came.all
    assert len(desk.account()) == 1


def test_the_difference_is_noted(desk: Desk) -> None:
    reliable(desk)
    desk.manifests(voice())
    _, came = planned(desk, timedelta(minutes=5))
    (note,) = came.json["notes"]
    assert "300 seconds ahead of the account's" in note
    assert planned(desk, timedelta(seconds=60))[1].json["notes"] == []


def test_a_create_that_is_too_near_by_the_machines_clock_is_blocked_and_not_sent(desk: Desk) -> None:
    reliable(desk)
    desk.manifests(voice(schedule=at(desk, 14)))
    change, came = planned(desk, timedelta(minutes=5))
    assert (change["change"], change["reason"]["code"], came.code) == ("blocked", "clocks-disagree", 3)
    for moment in (desk.clock.now(), desk.clock.now() + timedelta(minutes=5)):
        assert moment.isoformat(timespec="seconds") in change["reason"]["message"]
    assert on_a_machine(desk, timedelta(minutes=5), *APPLY).code == 3
    assert not desk.writes
    assert on_a_machine(desk, timedelta(0), *APPLY).code == 0


def test_a_clock_that_runs_away_while_the_run_waits_keeps_the_create_from_being_sent(desk: Desk) -> None:
    """Two minutes ahead, the margin is kept by both when it is planned, and by one when it is to be sent."""
    reliable(desk, rate_limit=30, settle_seconds=1)
    names = [f"queue-{number:02}" for number in range(20)]
    people = [{"from": [f"+91987654{number:04}"]} for number in range(20)]
    desk.seed(
        *(live_voice(name, **who, caller_id=OTHER_CALLER) for name, who in zip(names, people, strict=True))
    )
    new = voice("the-last", schedule=at(desk, 12.5), **{"from": ["+919876500000"]})
    desk.manifests(*(voice(name, **who) for name, who in zip(names, people, strict=True)), new)
    came = on_a_machine(desk, timedelta(minutes=2), *APPLY, "--format", "json", "--allow", "twin")
    last = next(it for it in came.json["results"] if it["name"] == "the-last")
    assert (last["outcome"], last["reason"]["code"], came.code) == ("skipped", "clocks-disagree", 3)
    assert "the-last" not in {it["name"] for it in desk.account()}


def test_a_plan_that_has_expired_by_one_clock_is_refused(desk: Desk) -> None:
    reliable(desk)
    desk.manifests(voice(schedule=at(desk, 60 * 72)))
    assert desk.run("plan", "--out", "plan.json").code == 0
    desk.clock.advance(23 * HOUR)
    came = on_a_machine(desk, 2 * HOUR, *APPLY, "plan.json")
    assert came.code == 3
    assert "expired" in came.all
    assert (desk.clock.now() + 2 * HOUR).isoformat(timespec="seconds") in came.all
    assert not desk.writes
    assert on_a_machine(desk, timedelta(0), *APPLY, "plan.json").code == 0


def test_a_plan_that_only_pauses_holds_by_the_accounts_clock_alone(desk: Desk) -> None:
    reliable(desk)
    desk.seed(live_voice(schedule=at(desk, 60 * 72)))
    desk.manifests(voice(schedule=at(desk, 60 * 72), state="paused"))
    assert desk.run("plan", "--out", "plan.json").code == 0
    desk.clock.advance(23 * HOUR)
    assert on_a_machine(desk, 2 * HOUR, *APPLY, "plan.json").code == 0
    assert [it["status"].lower() for it in desk.account()] == ["paused"]


def test_a_resume_by_hand_must_be_right_by_both_clocks_too(desk: Desk) -> None:
    reliable(desk)
    desk.seed(live_voice(schedule=at(desk, 60), status="paused"))
    words = ("resume", "diwali-reminder", "--auto-approve")
    came = on_a_machine(desk, 12 * HOUR, *words)
    assert came.code == 3
    assert "by the account's clock" in came.all
    assert not desk.writes
    assert on_a_machine(desk, timedelta(0), *words).code == 0


def test_a_sandbox_may_be_at_any_time(desk: Desk) -> None:
    desk.configure({"default_environment": "sandbox"})
    desk.manifests(voice())
    assert desk.run("plan", "--format", "json").json["notes"] == []
    assert desk.run("sandbox", "advance", "3d").code == 0
    came = desk.run("plan", "--format", "json")
    assert (came.code, came.json["notes"], came.json["summary"]["create"]) == (0, [], 1)
