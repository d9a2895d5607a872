"""When campaigns call and text, as far as anybody can say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaignctl.kinds import KINDS
from campaignctl.kinds.lifecycle import FINISHED, Status
from campaignctl.kinds.operations import ENDING, Op
from campaignctl.model.environment import Environment
from campaignctl.model.plan import Change
from campaignctl.model.reasons import ChangeType
from campaignctl.model.windows import window_of
from campaignctl.policy import (
    CLOSING,
    OPENING,
    RULES,
    Subject,
    busiest_minute,
    declared_end,
    level_of,
    predicted_end,
)
from campaignctl.policy.hours import hours_settings, zone_name


@dataclass(frozen=True, slots=True)
class Run:
    """One campaign in time. `end` is the declared one; `predicted_end` None where nobody counts the people.

    `per_minute` is how many calls or messages it can want; `goes` is False for one that waits: paused, held or blocked.
    """

    start: datetime
    end: datetime | None
    predicted_end: datetime | None
    per_minute: int
    goes: bool


def run_of(change: Change, now: datetime, capacity: int | None = None) -> Run | None:
    """When the campaign of a change runs once the plan is carried out; None where it does not, or nobody can tell.

    `capacity` is what the account does a minute, None for the kind's default.
    """
    kind = KINDS[change.key.kind]
    ops = {operation.op for operation in change.operations if operation.sid is None}
    if not change.resulting or _is_over(change, ops):
        return None
    try:
        begins = window_of(kind, change.resulting).start
    except ValueError:  # not planned by us, but shown all the same: nobody can tell when it runs
        return None
    if begins is None and (Op.RESUME in ops or (change.live is None and (change.operations or change.held))):
        begins = now
    if begins is None or (change.live is None and change.type is ChangeType.NOOP):
        return None
    subject = Subject(kind, change.resulting, begins, capacity=capacity)
    ends, known = predicted_end(subject, begins)
    return Run(
        start=begins,
        end=declared_end(subject),
        predicted_end=ends if known else None,
        per_minute=busiest_minute(subject),
        goes=_goes(change, ops),
    )


def _is_over(change: Change, ops: set[Op]) -> bool:
    gone = change.live is not None and (
        change.live.status in FINISHED or change.live.status is Status.UNKNOWN
    )
    return gone or bool(ops & ENDING)


def _goes(change: Change, ops: set[Op]) -> bool:
    if Op.PAUSE in ops:
        return False
    if change.live is None:
        return Op.CREATE in ops
    return change.live.status is not Status.PAUSED or Op.RESUME in ops


@dataclass(frozen=True, slots=True)
class Hours:
    """When people may be called, as `09:00`; `time_zone` None: in each start's own offset."""

    opening: str
    closing: str
    time_zone: str | None


def calling_hours(environment: Environment) -> Hours | None:
    """As the policy has them; None where it is off."""
    if level_of(RULES["calling_hours"], environment) is None:
        return None
    settings = hours_settings(environment)
    return Hours(
        opening=str(settings.get("from") or OPENING),
        closing=str(settings.get("to") or CLOSING),
        time_zone=zone_name(environment),
    )
