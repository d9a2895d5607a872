"""A month's sum knows what is created and goes on to stand otherwise than its manifest wants it."""

from __future__ import annotations

from typing import Any

from harness import Desk, live_voice, voice

PRICES = {"currency": "INR", "call": {"per_pulse": 0, "per_attempt": 1}, "tax": "0%"}
ONE, TEN = ["+919876543210"], [f"+9198765432{place:02}" for place in range(10)]
NEAR = {"send_at": "2027-01-10T09:05:00+05:30", "end_at": "2027-01-10T18:00:00+05:30"}
"""Less than ten minutes ahead: nothing of it can be updated with certainty."""
LATE = {"send_at": "2027-01-15T22:00:00+05:30", "end_at": "2027-01-15T23:00:00+05:30"}
LATER = {"send_at": "2027-01-16T10:00:00+05:30", "end_at": "2027-01-16T18:00:00+05:30"}
BY_NIGHT = {"send_at": "2027-02-15T22:00:00+05:30", "end_at": "2027-02-15T23:00:00+05:30"}


def limited(desk: Desk, per_month: float, **rules: Any) -> None:
    desk.configure(
        {"prices": PRICES, "policy": {"budget": {"level": "error", "per_month": per_month}, **rules}}
    )


def calls(name: str, people: list[str], **fields: Any) -> dict[str, Any]:
    return voice(name, retries=None, **{"from": people, **fields})


def seed(desk: Desk, name: str, people: list[str], **fields: Any) -> None:
    desk.seed(live_voice(name, retries=None, **{"from": people, **fields}))


def blocked(plan: Any) -> dict[str, str]:
    return {it["name"]: it["reason"]["code"] for it in plan["changes"] if it["change"] == "blocked"}


def costs(plan: Any) -> list[str]:
    return [it["cost"] for it in plan["findings"] if it["rule"] == "budget"]


def test_one_that_is_updated_to_fewer_people_leaves_what_it_no_longer_costs_to_others(desk: Desk) -> None:
    seed(desk, "old", TEN)
    desk.manifests(calls("old", ONE), calls("new", TEN))
    limited(desk, 11)
    assert blocked(desk.plan()) == {}


def test_one_whose_update_is_blocked_costs_what_it_does_as_it_is(desk: Desk) -> None:
    """It calls ten people tonight, whatever its manifest says: the budget is spent."""
    seed(desk, "old", TEN, schedule=NEAR)
    desk.manifests(calls("old", ONE, schedule=NEAR), calls("new", TEN))
    limited(desk, 11)
    plan = desk.plan()
    assert blocked(plan) == {"old": "immutable-field", "new": "policy"}
    assert "20.00" in costs(plan)


def test_so_does_one_whose_update_another_policy_blocks(desk: Desk) -> None:
    seed(desk, "old", TEN)
    desk.manifests(calls("old", ONE, schedule=LATE), calls("new", TEN))
    limited(desk, 11, calling_hours={"level": "error", "time_zone": "Asia/Kolkata"})
    assert blocked(desk.plan()) == {"old": "policy", "new": "policy"}


def test_and_one_that_the_plan_leaves_out(desk: Desk) -> None:
    seed(desk, "old", TEN)
    desk.manifests(calls("old", ONE))
    desk.manifests(calls("new", TEN), file="campaigns/new.yaml")
    limited(desk, 11)
    assert blocked(desk.plan()) == {}
    assert blocked(desk.plan("campaigns/new.yaml")) == {"new": "policy"}


def test_what_follows_from_it_is_followed_to_the_end(desk: Desk) -> None:
    """The first update is too late, so the second would go above the limit, is blocked, and stands as well."""
    seed(desk, "old", TEN, schedule=NEAR)
    seed(desk, "second", TEN)
    desk.manifests(calls("old", ONE, schedule=NEAR), calls("second", [*ONE, *TEN[:4]]), calls("third", ONE))
    limited(desk, 14)
    plan = desk.plan()
    assert blocked(plan) == {"old": "immutable-field", "second": "policy", "third": "policy"}
    assert "21.00" in costs(plan)


def test_one_that_another_waits_for_is_decided_anew_as_well(desk: Desk) -> None:
    """What was decided of it before the sum was known counts no more: nobody tries ten people that are not paid for."""
    seed(desk, "old", TEN, schedule=NEAR)
    after = {"after": [{"campaign": "voice/new", "finished": 1}]}
    rest = calls("rest", ["+919876500000"], metadata=after, schedule=LATER)
    desk.manifests(calls("old", ONE, schedule=NEAR), calls("new", TEN), rest)
    limited(desk, 12)
    plan = desk.plan()
    assert blocked(plan) == {"old": "immutable-field", "new": "policy", "rest": "policy"}, plan["changes"]
    assert "20.00" in costs(plan)


def test_one_that_cannot_move_to_another_month_counts_where_it_stays(desk: Desk) -> None:
    seed(desk, "old", TEN)
    desk.manifests(calls("old", TEN, schedule=BY_NIGHT), calls("new", TEN))
    limited(desk, 11)
    assert blocked(desk.plan()) == {}
    limited(desk, 11, calling_hours={"level": "error", "time_zone": "Asia/Kolkata"})
    plan = desk.plan()
    assert blocked(plan) == {"old": "policy", "new": "policy"}
    assert "20.00" in costs(plan)
