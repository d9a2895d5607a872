"""A canary and the rest of its file: nobody is called by both, whatever happens to file and name (gates.md 3.2)."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from example_counts import mostly_slow
from harness import Answer, Desk, live_voice, voice
from stages import CANARY, OTHER, PEOPLE, REST, change, created, stats

LATER = {**CANARY, "send_at": "2027-01-10T09:20:00+05:30"}
STARTED = {**CANARY, "send_at": "2027-01-10T09:00:00+05:30"}


def staged(
    desk: Desk,
    canary: list[str],
    rest: list[str],
    name: str = "canary",
    canary_schedule: Any = CANARY,
    previous_name: str | None = None,
    **fields: Any,
) -> None:
    """A canary, and the rest without whoever is in it."""
    metadata = {"previous_name": previous_name} if previous_name else {}
    without = {"from": rest, "suppress": [{"campaign": f"voice/{name}"}]}
    desk.manifests(
        voice(name, schedule=canary_schedule, retries=None, metadata=metadata, **{"from": canary}),
        voice("rest", **{"url": OTHER, "schedule": REST, "retries": None, **without, **fields}),
    )


def begun(desk: Desk, people: list[str]) -> None:
    """The canary has called its people."""
    desk.seed(live_voice("canary", schedule=CANARY, retries=None, **{"from": people}))
    desk.pass_time(minutes=20)
    desk.account()
    desk.forget()


def test_who_left_the_canarys_file_after_it_ran_is_not_called_again(desk: Desk) -> None:
    begun(desk, PEOPLE[:10])
    staged(desk, PEOPLE[5:10], PEOPLE)
    assert change(desk)["suppressed"]["count"] == 10
    assert desk.run("apply", "--auto-approve").code in (0, 3)
    assert created(desk) == PEOPLE[10:]


def test_who_came_into_the_canarys_file_after_it_ran_is_called_by_the_rest(desk: Desk) -> None:
    begun(desk, PEOPLE[:10])
    staged(desk, PEOPLE[:20], PEOPLE)
    desk.run("apply", "--auto-approve")
    assert created(desk) == PEOPLE[10:]


def test_before_it_has_begun_the_account_and_the_file_both_count(desk: Desk) -> None:
    later = {**CANARY, "send_at": "2027-01-10T11:00:00+05:30"}
    desk.seed(live_voice("canary", schedule=later, retries=None, **{"from": PEOPLE[:10]}))
    desk.manifests(
        voice("canary", schedule=later, retries=None, **{"from": PEOPLE[5:15]}),
        voice(
            "rest",
            url=OTHER,
            schedule=REST,
            **{"from": PEOPLE, "suppress": [{"campaign": "voice/canary"}]},
        ),
    )
    assert change(desk)["suppressed"]["count"] == 15


@pytest.mark.parametrize("schedule", [{**CANARY, "send_at": "2027-01-10T11:00:00+05:30"}, ...])
def test_one_that_is_paused_before_its_start_has_not_begun(desk: Desk, schedule: Any) -> None:
    desk.seed(live_voice("canary", status="paused", schedule=schedule, retries=None, **{"from": PEOPLE[:10]}))
    staged(desk, PEOPLE[5:15], PEOPLE, canary_schedule=schedule)
    desk.run("apply", "--auto-approve")
    assert created(desk) == PEOPLE[15:]


def test_one_that_was_renamed_is_found_by_its_previous_name(desk: Desk) -> None:
    begun(desk, PEOPLE[:10])
    staged(desk, PEOPLE[8:10], PEOPLE, name="diwali-canary", previous_name="canary")
    assert change(desk)["suppressed"]["count"] == 10


def test_where_nobody_sees_whom_it_called_it_is_held(desk: Desk) -> None:
    begun(desk, PEOPLE[:10])
    desk.sandbox.switches.change({"omit_from_list": ["from"], "omit_from_get": ["from"]})
    staged(desk, PEOPLE[:10], PEOPLE)
    told = change(desk)
    assert (told["change"], told["reason"]["code"]) == ("held", "recipients-unseen")
    assert change(desk, "rest", "--allow", "unseen:rest")["change"] == "create"
    assert desk.run("plan", "--allow", "unseen").code == 64


def test_who_came_into_the_canary_since_the_plan_file_was_made_is_left_out(desk: Desk) -> None:
    later = {**CANARY, "send_at": "2027-01-10T09:20:00+05:30"}
    (sid,) = desk.seed(live_voice("canary", schedule=later, retries=None, **{"from": PEOPLE[:10]}))
    desk.manifests(
        voice("canary", schedule=later, retries=None, **{"from": PEOPLE[:10]}),
        voice(
            "rest", url=OTHER, schedule=REST, **{"from": PEOPLE, "suppress": [{"campaign": "voice/canary"}]}
        ),
    )
    desk.run("plan", "--out", "plan.json")
    desk.by_hand(sid, {"campaigns": [{"from": PEOPLE[:30], "schedule": later, "name": "canary"}]})
    desk.pass_time(minutes=30)
    desk.account()
    desk.forget()
    result = desk.run("apply", "plan.json", "--auto-approve")
    assert created(desk) == PEOPLE[30:], result.all


def test_a_resume_of_somebody_whom_the_canary_has_called_is_blocked(desk: Desk) -> None:
    running = {**STARTED, "send_at": "2027-01-10T09:19:00+05:30"}
    (sid,) = desk.seed(
        live_voice("rest", url=OTHER, schedule=running, retries=None, **{"from": PEOPLE[8:20]})
    )
    desk.by_hand(sid, {"action": "pause"})
    begun(desk, PEOPLE[:10])
    staged(desk, PEOPLE[:10], PEOPLE[8:20], schedule=running, state="active")
    told = change(desk, "rest", "--allow", "resume:rest", "--allow", "suppressed:rest")
    assert (told["change"], told["reason"]["code"], told["operations"]) == ("blocked", "called-already", [])
    assert "2 people of this one were called by voice/canary" in told["reason"]["message"]


def test_who_is_called_while_somebody_thinks_keeps_a_resume_back(desk: Desk) -> None:
    (canary,) = desk.seed(live_voice("canary", schedule=LATER, retries=None, **{"from": PEOPLE[:10]}))
    (rest,) = desk.seed(
        live_voice("rest", url=OTHER, schedule=STARTED, retries=None, **{"from": PEOPLE[20:30]})
    )
    desk.by_hand(rest, {"action": "pause"})
    staged(desk, PEOPLE[:10], PEOPLE[20:30], schedule=STARTED, state="active", canary_schedule=LATER)

    def meanwhile() -> None:
        other = [*PEOPLE[:10], PEOPLE[25]]
        desk.by_hand(canary, {"campaigns": [{"from": other, "schedule": LATER, "name": "canary"}]})
        desk.pass_time(minutes=25)
        desk.account()
        desk.forget()

    result = desk.run("apply", "--allow", "resume:rest", stdin=Answer(meanwhile))
    assert (result.code, desk.writes) == (3, []), result.all
    assert "1 person of this one was called by voice/canary" in result.all


def test_who_is_in_neither_is_noted(desk: Desk) -> None:
    desk.seed(live_voice("canary", schedule=LATER, retries=None, **{"from": PEOPLE[:10]}))
    staged(desk, PEOPLE[5:15], PEOPLE, canary_schedule=LATER)
    assert "5 people are in neither campaign" in " ".join(change(desk)["notes"])


def test_one_that_tried_nobody_leaves_out_nobody_once_it_is_over(desk: Desk) -> None:
    counted = stats(failed_no_attempt=10)
    (sid,) = desk.seed(live_voice("canary", schedule=LATER, retries=None, **{"from": PEOPLE[:10]}))
    for action in ("pause", "complete"):
        desk.by_hand(sid, {"action": action})
    for request in ("list", "get"):
        desk.sandbox.faults.add("change", request=request, data={"stats": counted}, times=None)
    staged(desk, PEOPLE[:10], PEOPLE, canary_schedule=LATER)
    assert change(desk)["suppressed"] is None


def test_a_finished_namesake_beside_an_alive_one_counts_too(desk: Desk) -> None:
    desk.seed(*(live_voice(f"past-{n}", status="completed") for n in range(600)))
    begun(desk, PEOPLE[:10])
    desk.pass_time(hours=8)
    tomorrow = {"send_at": "2027-01-11T15:00:00+05:30", "end_at": "2027-01-11T20:00:00+05:30"}
    desk.seed(live_voice("canary", schedule=tomorrow, retries=None, **{"from": PEOPLE[10:20]}))
    staged(desk, PEOPLE[10:20], PEOPLE, schedule=tomorrow, canary_schedule=tomorrow)
    assert change(desk, "rest", "--refresh", "auto")["suppressed"]["count"] == 20


def test_whoever_the_file_declares_counts_while_the_alive_one_of_two_has_not_begun(desk: Desk) -> None:
    """The other may be a race's loser: completed, it shows people whom nobody tried as failed."""
    desk.seed(live_voice("canary", status="Completed", schedule=CANARY, **{"from": PEOPLE[:2]}))
    desk.seed(live_voice("canary", schedule=LATER, retries=None, **{"from": PEOPLE[2:4]}))
    staged(desk, PEOPLE[2:6], PEOPLE[:8], canary_schedule=LATER)
    assert desk.run("apply", "--auto-approve").code == 0
    assert created(desk) == PEOPLE[6:8]


@pytest.mark.parametrize("seed", mostly_slow(range(6), every=3))
def test_canary_and_rest_stay_disjoint_over_random_edits(desk: Desk, seed: int) -> None:
    random = Random(seed)
    canary, rest = random.sample(PEOPLE, 12), PEOPLE
    for _ in range(6):
        staged(desk, canary, rest)
        desk.run("apply", "--auto-approve")
        canary = random.sample(PEOPLE, random.randint(1, 20))
        rest = random.sample(PEOPLE, random.randint(30, 60))
        desk.pass_time(minutes=random.choice([0, 1, 5, 30, 120]))
    desk.pass_time(hours=8)
    people = {it["name"]: set(it["from"]) for it in desk.account()}
    assert people.get("canary", set()).isdisjoint(people.get("rest", set()))
