"""A canary and the rest of its file: nobody is called by both, whatever happens to file and name (gates.md 3.2)."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from harness import Desk, live_voice, sent, voice

from campaignctl.diagnostics import Position
from campaignctl.kinds import VOICE
from campaignctl.model.campaigns import Desired
from campaignctl.model.suppression import Shown
from campaignctl.planning.earlier import called_already

CANARY = {"send_at": "2027-01-10T09:00:00+05:30", "end_at": "2027-01-10T20:00:00+05:30"}
REST = {"send_at": "2027-01-10T14:00:00+05:30", "end_at": "2027-01-10T20:00:00+05:30"}
PEOPLE = [f"+9198765{n:05}" for n in range(60)]
OTHER = "http://my.exotel.com/acme1/exoml/start_voice/1"


def staged(desk: Desk, canary: list[str], rest: list[str], name: str = "canary", **metadata: Any) -> None:
    """A canary, and the rest without whoever is in it."""
    desk.manifests(
        voice(name, schedule=CANARY, retries=None, metadata=metadata, **{"from": canary}),
        voice(
            "rest",
            url=OTHER,
            schedule=REST,
            retries=None,
            **{"from": rest, "suppress": [{"campaign": f"voice/{name}"}]},
        ),
    )


def begun(desk: Desk, people: list[str]) -> None:
    """The canary has called its people."""
    desk.seed(live_voice("canary", schedule=CANARY, retries=None, **{"from": people}))
    desk.pass_time(minutes=20)
    desk.account()
    desk.forget()


def created(desk: Desk, name: str = "rest") -> list[str]:
    """Who stands in the create."""
    return [number for it in desk.writes if sent(it).get("name") == name for number in sent(it)["from"]]


def change(desk: Desk, *words: str) -> Any:
    """The plan of the rest."""
    return next(it for it in desk.plan(*words)["changes"] if it["name"] == "rest")


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
    assert change(desk, "--allow", "unseen:rest")["change"] == "create"
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


def test_right_before_a_write_whoever_was_called_by_now_keeps_it_back() -> None:
    shown = {"voice/canary": Shown(frozenset(PEOPLE[:3]), begun=True)}
    rest = Desired(VOICE, {"name": "rest", "from": PEOPLE[2:]}, Position("a.yaml"))
    reason = called_already(rest, shown)
    assert reason is not None
    assert (reason.code, "1 person of this one" in reason.message) == ("called-already", True)
    assert called_already(rest, {"voice/canary": Shown(frozenset(PEOPLE[:3]), begun=False)}) is None


@pytest.mark.parametrize("seed", range(6))
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
