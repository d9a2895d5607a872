"""What a verb by hand makes of one campaign, for each status; without an account."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from campaignctl.kinds import VOICE
from campaignctl.kinds.lifecycle import Status
from campaignctl.kinds.operations import Action
from campaignctl.manual.rules import VERBS, calling_first, decide
from campaignctl.model.campaigns import Live
from campaignctl.model.environment import Environment
from campaignctl.model.permissions import Consent
from campaignctl.planning.terms import Terms

NOW = datetime.fromisoformat("2027-01-10T10:00:00+05:30")
TERMS = Terms(NOW, Environment("prod", backend="exotel", account_sid="acme1"), Consent())


def live(status: Status, sid: str = "c1", start: datetime = NOW + timedelta(days=1)) -> Live:
    schedule = {"send_at": start.isoformat(), "end_at": (start + timedelta(hours=2)).isoformat()}
    spec = {"name": "diwali", "from": ["+919876543210"], "schedule": schedule}
    return Live(VOICE, sid, status, status.value, spec)


@pytest.mark.parametrize(
    ("action", "status", "operations", "code"),
    [
        (Action.PAUSE, Status.IN_PROGRESS, ["pause"], "state-differs"),
        (Action.PAUSE, Status.PAUSED, [], "in-sync"),
        (Action.PAUSE, Status.COMPLETED, [], "finished"),
        (Action.PAUSE, Status.UNKNOWN, [], "unknown-status"),
        (Action.RESUME, Status.PAUSED, ["resume"], "state-differs"),
        (Action.RESUME, Status.COMPLETED, [], "finished"),
        (Action.COMPLETE, Status.IN_PROGRESS, ["pause", "complete"], "state-differs"),
        (Action.COMPLETE, Status.FAILED, [], "failed"),
        (Action.ARCHIVE, Status.COMPLETED, ["archive"], "state-differs"),
        (Action.ARCHIVE, Status.IN_PROGRESS, [], "needs-allow"),
    ],
)
def test_a_verb_does_what_leads_to_its_state_or_says_why_nothing_does(
    action: Action, status: Status, operations: list[str], code: str
) -> None:
    change = decide(VERBS[action], live(status), TERMS)
    assert ([it.op.value for it in change.operations], change.reason.code) == (operations, code)


def test_nothing_is_resumed_past_its_end() -> None:
    over = live(Status.PAUSED, start=NOW - timedelta(days=1))
    change = decide(VERBS[Action.RESUME], over, TERMS)
    assert (change.operations, change.reason.code) == ((), "window-over")


def test_in_an_emergency_what_calls_is_stopped_before_what_only_may_begin() -> None:
    waiting, calling = live(Status.CREATED, "c1"), live(Status.IN_PROGRESS, "c2")
    changes = [decide(VERBS[Action.PAUSE], it, TERMS) for it in (waiting, calling)]
    assert [step.change.key.sid for step in calling_first(changes)] == ["c2", "c1"]
