"""What a plan asks of an account with a long past: as much as is alive and undecided, not as much as there ever was."""

from __future__ import annotations

from typing import Any

import pytest
from harness import Desk, live_sms, live_voice, sms, voice

pytestmark = pytest.mark.slow

PAST_VOICE = {"send_at": "2026-06-15T09:00:00+05:30", "end_at": "2026-06-15T18:00:00+05:30"}
PAST_SMS = {"start_time": "2026-06-15T09:00:00+05:30", "end_time": "2026-06-15T18:00:00+05:30"}
ALIVE = 15
OVER = 10
NEW = 5


@pytest.fixture
def long_past(desk: Desk) -> Desk:
    """10,000 finished and 15 alive of each kind; 62 manifests: 10 new, 20 over, 2 whose names already ran."""
    desk.seed(
        *(
            live_voice(f"call-{number:05}", schedule=PAST_VOICE, status="completed")
            for number in range(10_000)
        )
    )
    desk.seed(
        *(live_sms(f"text-{number:05}", schedule=PAST_SMS, status="completed") for number in range(10_000)),
        collection="message-campaigns",
    )
    desk.seed(*(live_voice(f"ringing-{number}") for number in range(ALIVE)))
    desk.seed(*(live_sms(f"writing-{number}") for number in range(ALIVE)), collection="message-campaigns")
    desk.manifests(
        *(voice(f"ringing-{number}") for number in range(ALIVE)),
        *(sms(f"writing-{number}") for number in range(ALIVE)),
        *(voice(f"call-{number:05}", schedule=PAST_VOICE) for number in range(OVER)),
        *(sms(f"text-{number:05}", schedule=PAST_SMS) for number in range(OVER)),
        *(voice(f"winter-calls-{number}", **{"from": [f"+9198765432{number:02}"]}) for number in range(NEW)),
        *(sms(f"winter-texts-{number}", template=f"Hello {number}") for number in range(NEW)),
        voice("call-09000"),
        sms("text-09000"),
    )
    return desk


def planned(desk: Desk, refresh: str) -> dict[str, Any]:
    """The plan, whose count of requests is what the account saw."""
    desk.forget()
    plan: dict[str, Any] = desk.plan("--refresh", refresh, "--allow", "twin")
    assert plan["refresh"] == {"strategy": refresh, "requests": len(desk.requests)}
    assert len(plan["changes"]) == 62
    return plan


def test_a_plan_asks_little_of_an_account_with_twenty_thousand_finished_campaigns(long_past: Desk) -> None:
    auto, full = (planned(long_past, refresh) for refresh in ("auto", "full"))
    assert auto["refresh"]["requests"] <= 26
    assert full["refresh"]["requests"] >= 227
    over = ("finished", "window-over")  # a finished one that a look happens to show is said to be that
    codes = [change["reason"]["code"] for change in auto["changes"]]
    reasons = ["over" if code in over else code for code in codes]
    assert {code: reasons.count(code) for code in set(reasons)} == {
        "in-sync": 2 * ALIVE,
        "over": 2 * OVER,
        "not-live": 2 * NEW,
        "already-ran": 2,
    }
    assert decisions(auto) == decisions(full)


def decisions(plan: dict[str, Any]) -> list[Any]:
    keys = ("kind", "name", "change", "operations", "held", "diff")
    return [[change[key] for key in keys] for change in plan["changes"]]


def test_thousands_of_new_manifests_take_a_handful_of_requests(desk: Desk) -> None:
    numbers = range(2_500)
    desk.manifests(*(voice(f"calls-{it}", **{"from": [f"+91987{it:07}"]}) for it in numbers))
    desk.manifests(*(sms(f"texts-{it}", template=f"Hello {it}") for it in numbers), file="campaigns/sms.yaml")
    plan = desk.plan("--allow", "twin")
    assert plan["summary"]["create"] == 5_000
    assert plan["refresh"]["requests"] == len(desk.requests) <= 9  # one of them counts the list
