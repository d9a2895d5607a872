"""Whatever an account is like, nothing is created or resumed whose gate has not passed by the account's own record."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from edited_stages import EDITS, FAULTS, KILLS, Kill, apply, called_by_both
from example_counts import examples
from fakes import FakeClock
from habits import Habits, habits
from harness import Desk, actions, desk_at, live_voice, voice
from hypothesis import event, given
from hypothesis import strategies as st

from campaignctl.sandbox.switches import Switches

CANARY = {"send_at": "2027-01-10T09:20:00+05:30", "end_at": "2027-01-10T20:00:00+05:30"}
REST = {"send_at": "2027-01-10T18:00:00+05:30", "end_at": "2027-01-10T20:00:00+05:30"}
FEW = {"from": [f"+9198765{n:05}" for n in range(200)], "retries": None}
MANY = {"from": [f"+9198764{n:05}" for n in range(50)], "retries": None}
OUTCOMES = ["failed=0", "failed=10", "failed=25", "failed=60", "failed=5,failed-dnd=5", "no-answer=100"]
MOST_KEPT, OPEN = 39, ("created", "in-progress", "retry", "retrying", "paused", "failed-no-attempt")


def passes(canary: dict[str, Any]) -> bool:
    """What the page says of 200 people at 25%, by the true counters: 39 failed at most, nobody open or never tried."""
    stats = canary["stats"]
    failed = stats["failed"] + stats["failed-dnd"] + stats["invalid"]
    over = canary["status"] in ("Completed", "Archived")
    return over and not any(stats[word] for word in OPEN) and failed <= MOST_KEPT


@examples(80, quick=4)
@given(
    st.sampled_from(OUTCOMES),
    habits(),
    FAULTS,
    st.lists(st.tuples(st.integers(1, 40), KILLS), min_size=2, max_size=5),
    st.sampled_from(["", "pause", "complete"]),
    st.booleans(),
)
def test_nothing_is_sent_whose_gate_has_not_passed(
    outcomes: str,
    drawn: Habits,
    faults: list[dict[str, Any]],
    runs: list[tuple[int, Kill]],
    by_hand: str,
    resumes: bool,
) -> None:
    with TemporaryDirectory() as directory, desk_at(Path(directory), FakeClock()) as desk:
        _stage(desk, outcomes, resumes)
        drawn.without("outcomes").throw(desk.sandbox)
        for fault in faults:
            desk.sandbox.faults.add(**fault)
        for wait, killed_at in runs:
            desk.pass_time(minutes=wait)
            apply(desk, killed_at, "--allow", "resume:rest")
            begun = [it for it in actions(desk.writes) if it[0] == "resume" or it == ("create", "rest")]
            if begun:
                event(begun[0][0])
                assert passes(_canary(desk)), (begun, _canary(desk)["stats"])
                return
            if by_hand:
                desk.run(by_hand, "canary", "--auto-approve")


def _stage(desk: Desk, outcomes: str, resumes: bool) -> None:
    """A canary that begins in twenty minutes, and the rest, which is not there, or is there and paused."""
    gate = {"campaign": "voice/canary", "limits": {"failed": "25%"}}
    desk.manifests(
        voice("canary", schedule=CANARY, **FEW),
        voice("rest", schedule=REST, state="active", metadata={"after": [gate]}, **MANY),
    )
    desk.sandbox.switches.change({"outcomes": [f"*:{outcomes}"]})
    desk.seed(live_voice("canary", schedule=CANARY, **FEW))
    if resumes:
        (sid,) = desk.seed(live_voice("rest", schedule=REST, **MANY))
        desk.by_hand(sid, {"action": "pause"})


def _canary(desk: Desk) -> dict[str, Any]:
    """The canary as it truly is: what the account shows once it has no habits any more."""
    defaults = {it.name: it.default for it in fields(Switches) if it.name != "outcomes"}
    desk.sandbox.switches.change(defaults)
    desk.sandbox.faults.clear()
    return desk.live("canary")


@examples(100, quick=2)
@given(EDITS, st.lists(st.tuples(EDITS, KILLS), min_size=1, max_size=4), st.sampled_from([0.0, 5.0, 90.0]))
def test_nobody_is_called_by_both(
    first: dict[str, Any], edits: list[tuple[dict[str, Any], Kill]], lag: float
) -> None:
    """Whatever is edited, fails, lags, or is killed, and though no run follows that would mend it."""
    assert called_by_both(first, edits, lag) == set()
