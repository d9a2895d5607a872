"""Says when campaigns call and text, as far as anybody can tell."""

from __future__ import annotations

from datetime import datetime

from campaignctl.kinds import KINDS
from campaignctl.kinds.lifecycle import FINISHED, State, Status
from campaignctl.kinds.operations import ENDING, Op
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.environment import Environment
from campaignctl.model.overlaps import FindLoad, Load, nothing_beside
from campaignctl.model.plan import Change
from campaignctl.model.reasons import ChangeType
from campaignctl.model.windows import in_zone, window_of
from campaignctl.policy import (
    CLOSING,
    OPENING,
    RULES,
    Subject,
    level_of,
)
from campaignctl.policy.capacity import capacity
from campaignctl.policy.hours import hours_settings, zone_name
from campaignctl.policy.prediction import busiest_minute, declared_end, expected
from campaignctl.policy.runs import Forecasts, forecasts_of, load_beside, run_key
from campaignctl.records import dataclass
from campaignctl.tuples import NamedTuple


@dataclass(frozen=True, slots=True)
class Run:
    """Holds one campaign in time. `end` is the declared one; `predicted_end` None where nobody can tell.

    `per_minute` is how many calls or messages it can want; `goes` is False for one that waits: paused, held or
    blocked.
    """

    start: datetime
    end: datetime | None
    per_minute: int
    goes: bool
    forecasts: Forecasts

    @property
    def predicted_end(self) -> datetime | None:
        """Returns when its typical run is over."""
        return self.forecasts.typical.end if self.forecasts.typical else None


def run_of_manifest(
    desired: Desired, now: datetime, environment: Environment, find_load: FindLoad = nothing_beside
) -> Run | None:
    """Returns when a manifest's campaign would run, as far as the manifest alone tells; None for what is over, or
    is to be.
    """
    window = window_of(desired.kind, desired.spec)
    if window.over(now) or desired.state in (State.COMPLETED, State.ARCHIVED):
        return None
    begins = window.start or now
    subject = expected(
        Subject(desired.kind, desired.spec, begins, is_live=desired.sid is not None), desired, environment
    )
    return _run(
        subject, begins, desired.state is not State.PAUSED, load_beside(subject, run_key(desired), find_load)
    )


class Beginning(NamedTuple):
    """Says when the campaign of a change begins to call, and whether it does so by itself."""

    start: datetime
    goes: bool


def run_of(
    change: Change, now: datetime, environment: Environment, find_load: FindLoad = nothing_beside
) -> Run | None:
    """Returns when the campaign of a change runs once the plan is carried out; None where it does not, or nobody
    can tell.
    """
    beginning = beginning_of(change, now)
    if beginning is None:
        return None
    subject = subject_of(change, beginning.start, environment)
    load = load_beside(subject, run_key(_known_as(change)), find_load)
    return _run(subject, beginning.start, beginning.goes, load)


def _known_as(change: Change) -> Desired | Live:
    """Returns the side by which others know the campaign: a date that no rule yields any more is its live one."""
    desired, live = change.desired, change.live
    withdrawn = desired is not None and desired.occurrence is not None and desired.occurrence.withdrawn
    campaign = live if withdrawn else desired or live
    assert campaign is not None, "a change has a side"
    return campaign


def _run(subject: Subject, begins: datetime, goes: bool, load: Load) -> Run:
    forecasts = forecasts_of(subject, load)
    return Run(begins, declared_end(subject), busiest_minute(subject, forecasts.people), goes, forecasts)


def subject_of(change: Change, begins: datetime | None, environment: Environment) -> Subject:
    """Returns the campaign of a change as it will stand."""
    kind = KINDS[change.key.kind]
    return Subject(
        kind,
        change.resulting,
        begins,
        capacity=capacity(kind, environment),
        is_live=change.desired is None,
        counts=change.counts,
        usage=environment.usage_of(change.desired.usage if change.desired else {}),
    )


def beginning_of(change: Change, now: datetime) -> Beginning | None:
    """Returns its start; for one that is resumed after it, or created without one, now. None as `run_of` gives it."""
    ops = {operation.op for operation in change.operations if operation.sid is None}
    if not change.resulting or _is_over(change, ops):
        return None
    try:
        begins = window_of(KINDS[change.key.kind], change.resulting).start
    except ValueError:  # not planned by us, but shown all the same: nobody can tell when it runs
        return None
    resumes = Op.RESUME in ops or any(it.op is Op.RESUME for it in change.held)
    if resumes or (begins is None and change.live is None and (change.operations or change.held)):
        begins = now if begins is None else max(begins, in_zone(now, begins.tzinfo))
    if begins is None or (change.live is None and change.type is ChangeType.NOOP):
        return None
    return Beginning(begins, _goes(change, ops))


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
    """Says when people may be called, as `09:00`; `time_zone` is None where each start's own offset counts."""

    opening: str
    closing: str
    time_zone: str | None


def calling_hours(environment: Environment) -> Hours | None:
    """Returns the hours of the policy; None where it is off."""
    if level_of(RULES["calling_hours"], environment) is None:
        return None
    settings = hours_settings(environment)
    return Hours(
        opening=str(settings.get("from") or OPENING),
        closing=str(settings.get("to") or CLOSING),
        time_zone=zone_name(environment),
    )
