"""A stop by hand in the middle of a run that is to resume: whoever stopped last is obeyed."""

from __future__ import annotations

from collections.abc import Sequence

from harness import SECRETS, Desk, live_voice, run, voice
from interposed import Interposed

NAME = "diwali-reminder"
PAUSE, RESUME = ({"campaigns": [{"action": action}]} for action in ("pause", "resume"))


def test_a_stop_after_the_plan_was_made_is_not_undone(desk: Desk) -> None:
    """Somebody resumes and stops it again, at each moment of the run in turn until the campaign is read once more."""
    desk.manifests(voice(NAME, state="active"))
    (sid,) = desk.seed(live_voice(NAME, status="paused"))
    met = 0
    for place in range(1, 40):
        asked = stopped_at(desk, sid, place)
        if "list" in asked and "get" not in asked:
            met += 1
            assert desk.live(NAME)["status"] == "Paused", f"undone at question {place}"
        elif desk.live(NAME)["status"] != "Paused":
            desk.by_hand(sid, PAUSE)
    assert met, "no run was met between its plan and its write"


def stopped_at(desk: Desk, sid: str, place: int) -> Sequence[str]:
    """What the run had asked of the account before the stop; nothing where it had resumed already or was over."""
    desk.forget()
    asked: list[str] = []

    def stop() -> None:
        asked.extend(it.request for it in desk.requests)
        if "action" not in asked:
            desk.pass_time(seconds=2)
            desk.by_hand(sid, RESUME)
            desk.by_hand(sid, PAUSE)

    words = ("apply", "--auto-approve", "--allow", "resume")
    run(*words, cwd=desk.root, env=SECRETS, clock=Interposed(desk.clock, place, stop))
    return asked
