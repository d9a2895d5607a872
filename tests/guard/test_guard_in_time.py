"""From crossing to the pause: one look at most, two where the first fails, by the counters that the account shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from harness import Desk, actions, live_voice, voice
from test_guard_standing import FIELDS, lines, shift

from campaignctl.gates.statistics import crossed

LOOKS = 8
RETRIED = {"number_of_retries": 2, "interval_mins": 15, "mechanism": "Linear", "on_status": ["no-answer"]}
BROKEN_SLOWLY = "*:failed=60,completed=40"


class Watcher:
    """Notes, right before each look but the first, whether it calls and has crossed by what the account shows then."""

    def __init__(self, word: str, limit: int) -> None:
        self.word, self.limit = word, limit
        self.looks_that_it_took = 0

    def __call__(self, desk: Desk) -> None:
        """A look comes next."""
        live = desk.live("diwali-reminder")
        self.looks_that_it_took += live["status"] == "InProgress" and self._crosses(live["stats"])

    def _crosses(self, stats: dict[str, int]) -> bool:
        """The page's 1.1 and 4.2, with 50 people tried at least."""
        again = stats["retry"] + stats["retrying"]
        finished = stats["completed"] + stats["failed"] + stats["failed-dnd"] + stats["invalid"]
        tried = finished + again + stats["in-progress"] + stats["paused"]
        count = stats["failed"] + (again if self.word == "unreached" else 0)
        return tried >= 50 and crossed(count, tried, self.limit)


def watched(desk: Desk, outcomes: str, limit: dict[str, Any], **fields: Any) -> str:
    """One campaign that begins now; its SID."""
    desk.manifests(voice(metadata={"stop_when": limit}, **{**FIELDS, **fields}))
    desk.sandbox.switches.change({"outcomes": [outcomes]})
    (sid,) = desk.seed(live_voice(**{**FIELDS, **fields}))
    return sid


@pytest.mark.parametrize(
    ("outcomes", "limit", "fields"),
    [
        ("*:failed=100", ("failed", "40%"), {}),
        (BROKEN_SLOWLY, ("failed", "40%"), {}),
        ("*:failed=30", ("failed", "10%"), {}),
        ("*:no-answer=100", ("unreached", "80%"), {"retries": RETRIED}),
    ],
    ids=["all fail", "most fail", "more than its limit fail", "nobody answers"],
)
def test_the_look_after_it_crossed_pauses_it(
    tmp_path: Path, outcomes: str, limit: tuple[str, str], fields: dict[str, Any]
) -> None:
    word, share = limit
    watcher = Watcher(word, int(share[:-1]) * 100)
    with shift(tmp_path, LOOKS, dict.fromkeys(range(1, LOOKS), watcher)) as desk:
        sid = watched(desk, outcomes, {word: share}, **fields)
        result = desk.run("guard")
        assert result.code == 0, result.all
        assert actions(desk.writes) == [("pause", sid)]
        assert (watcher.looks_that_it_took, desk.live("diwali-reminder")["status"]) == (1, "Paused")


@pytest.mark.parametrize(
    "fault",
    [
        {"effect": "status", "status": 503},
        {"effect": "status", "status": 429},
        {"effect": "status", "status": 409},
        {"effect": "drop", "acts": False},
        {"effect": "empty"},
    ],
    ids=["cannot", "too many requests", "refused", "dropped", "answered and not done"],
)
def test_where_the_first_pause_fails_the_second_look_pauses_it(tmp_path: Path, fault: dict[str, Any]) -> None:
    """All requests of the first look's pause fail."""
    watcher = Watcher("failed", 4_000)

    def then(desk: Desk) -> None:
        watcher(desk)
        if watcher.looks_that_it_took > 1:
            desk.sandbox.faults.clear()

    with shift(tmp_path, LOOKS, dict.fromkeys(range(1, LOOKS), then)) as desk:
        sid = watched(desk, BROKEN_SLOWLY, {"failed": "40%"})
        desk.sandbox.faults.add(**fault, request="action", times=None)
        result = desk.run("guard")
        assert result.code == 0, result.all
        first, second = lines(result, "pause")
        assert first["outcome"] in ("failed", "unknown")
        assert second["outcome"] == "paused"
        assert set(actions(desk.writes)) == {("pause", sid)}
        assert (watcher.looks_that_it_took, desk.live("diwali-reminder")["status"]) == (2, "Paused")
