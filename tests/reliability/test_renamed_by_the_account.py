"""The account gives what is created another name, and the answer is lost: a run finds its own all the same (rule 9)."""

from __future__ import annotations

from typing import Any

import pytest
from harness import Desk, actions, live_voice, voice
from reliable_desk import APPLY, EventfulClock, only

LOST: dict[str, dict[str, Any] | None] = {
    "answered": None,
    "its answer lost": {"effect": "drop", "acts": True},
    "408 after it acted": {"effect": "status", "status": 408, "acts": True},
    "499 after it acted": {"effect": "status", "status": 499, "acts": True},
}


@pytest.fixture
def desk(waiting_desk: Desk) -> Desk:
    """An account that somebody else uses, too."""
    waiting_desk.seed(live_voice("somebodys-own", **{"from": ["+919876500044"]}))
    return waiting_desk


@pytest.mark.parametrize("state", ["active", "paused"])
@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
def test_a_create_that_is_called_otherwise_is_paused_whether_it_was_answered_or_found(
    desk: Desk, lost: dict[str, Any] | None, state: str
) -> None:
    desk.sandbox.switches.change({"create_changes": ["name"]})
    desk.manifests(voice(state=state))
    if lost:
        desk.sandbox.faults.add(request="create", **lost)
    run = desk.run(*APPLY)
    assert (run.code, only(run)["reason"]["code"]) == (4, "wrong-name"), run.all
    assert [word for word, _ in actions(desk.writes)] == ["create", "pause"]
    assert {it["name"]: it["status"] for it in desk.account()} == {
        "somebodys-own": "Created",
        "diwali-reminder 2": "Paused",
    }
    assert only(desk.run(*APPLY))["reason"]["code"] == "looks-renamed"
    assert [word for word, _ in actions(desk.writes)] == ["create", "pause"]


OTHERS: dict[str, dict[str, Any]] = {
    "other people": {"from": ["+919876543299"]},
    "another content": {"url": "http://my.exotel.com/acme1/exoml/start_voice/1"},
    "another start": {"schedule": {"send_at": "2027-01-16T09:00:00+05:30"}},
    "another caller id": {"caller_id": "08012345678"},
    "made long before": {"date_created": "2027-01-01T09:00:00+05:30"},
}


@pytest.mark.parametrize("fields", OTHERS.values(), ids=OTHERS)
def test_what_others_make_meanwhile_is_not_taken_for_ones_own(
    desk: Desk, clock: EventfulClock, fields: dict[str, Any]
) -> None:
    """The create was lost before it acted; somebody makes another campaign while the run looks for it."""
    desk.manifests(voice())
    desk.sandbox.faults.add("drop", request="create", acts=False)
    clock.then(1, lambda: desk.seed(live_voice("made-by-hand", **fields)))
    run = desk.run(*APPLY)
    assert (run.code, only(run)["outcome"]) == (5, "unknown"), run.all
    assert "made-by-hand" in {it["name"] for it in desk.account()}
    assert [word for word, _ in actions(desk.writes)] == ["create"]
