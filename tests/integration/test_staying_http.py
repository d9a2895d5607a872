"""A manifest moves its campaign away, another wants the same people at the start that gets free: in whatever way the
first does not go, nobody is called by both (rule 3, docs/decisions/0019).
"""

from __future__ import annotations

from typing import Any

import pytest
from applying import APPLY, LATER, result_of
from harness import Answer, Desk, actions, live_voice, voice

MOVED, NEW = "moved-away", "new-at-nine"


def both(desk: Desk, **of_the_first: Any) -> str:
    """One that stands at nine and is to go to another day, and a new one for the same people at nine."""
    (sid,) = desk.seed(live_voice(MOVED))
    desk.manifests(voice(MOVED, **{"schedule": LATER, **of_the_first}), voice(NEW))
    return sid


def test_what_makes_room_goes_first(desk: Desk) -> None:
    sid = both(desk)
    assert desk.run(*APPLY).code == 0
    assert actions(desk.writes) == [("update", sid), ("create", NEW)]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"effect": "status", "status": 400, "acts": False}, 4),
        ({"effect": "status", "status": 503, "acts": False, "times": 9}, 5),
        ({"effect": "drop", "acts": False, "times": 9}, 5),
    ],
    ids=["refused", "failing", "lost"],
)
def test_where_the_first_does_not_go_the_new_one_is_not_created(
    desk: Desk, fault: dict[str, Any], code: int
) -> None:
    desk.configure(max_attempts=2)
    sid = both(desk)
    desk.sandbox.faults.add(request="update", **fault)
    run = desk.run(*APPLY, "--format", "json")
    result = result_of(run.json, NEW)
    assert (run.code, result["outcome"], result["reason"]["code"]) == (code, "skipped", "looks-renamed"), (
        result
    )
    assert sid in result["reason"]["message"]
    assert [it["name"] for it in desk.account()] == [MOVED]
    desk.sandbox.faults.clear()
    assert desk.run(*APPLY).code == 0
    assert desk.live(MOVED)["schedule"] == LATER
    assert desk.live(NEW)["status"] == "Created"


def test_where_somebody_changed_the_first_meanwhile_the_new_one_is_not_created(desk: Desk) -> None:
    sid = both(desk)
    somebody = Answer(lambda: desk.by_hand(sid, {"campaigns": [{"caller_id": "0809"}]}))
    run = desk.run("apply", "--format", "json", stdin=somebody)
    assert result_of(run.json, MOVED)["reason"]["code"] == "moved"
    assert result_of(run.json, NEW)["reason"]["code"] == "looks-renamed"
    assert (run.code, [it["name"] for it in desk.account()]) == (3, [MOVED])


def test_where_the_first_that_is_to_wait_cannot_be_paused_the_new_one_is_not_created(desk: Desk) -> None:
    both(desk, state="paused", schedule=live_voice()["schedule"])
    desk.sandbox.switches.change({"refused_actions": ["pause"], "action_refusal": 400})
    run = desk.run(*APPLY, "--format", "json")
    assert result_of(run.json, NEW)["reason"]["code"] == "looks-renamed"
    assert (run.code, [it["name"] for it in desk.account()]) == (4, [MOVED])


def test_where_the_first_was_not_selected_the_new_one_waits(desk: Desk) -> None:
    desk.seed(live_voice(MOVED))
    desk.manifests(
        voice(MOVED, schedule=LATER, metadata={"labels": {"team": "a"}}),
        voice(NEW, metadata={"labels": {"team": "b"}}),
    )
    assert desk.run(*APPLY, "-l", "team=b").code == 3
    assert desk.writes == []
    assert desk.run(*APPLY, "-l", "team=b", "--allow", f"twin:{NEW}").code == 0
    assert [it["name"] for it in desk.account()] == [MOVED, NEW]
