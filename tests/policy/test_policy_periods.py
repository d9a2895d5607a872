"""When campaigns run, and where together they want more than the account can do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from campaignctl.diagnostics import Position
from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.lifecycle import read_status
from campaignctl.kinds.operations import Op
from campaignctl.kinds.table import Kind, Value
from campaignctl.model.campaigns import Desired, Key, Live
from campaignctl.model.environment import Environment
from campaignctl.model.overlaps import CapacityOverlap
from campaignctl.model.plan import Change, HeldOperation, Operation
from campaignctl.model.reasons import ChangeType, Reason
from campaignctl.policy.capacity import Span, capacity, overlaps_by_kind
from campaignctl.policy.periods import Run, run_of
from campaignctl.policy.shared_capacity import SharedCapacity

NOW = datetime(2027, 1, 15, 3, 0, tzinfo=UTC)
ACCOUNT = Environment("prod", "exotel", "acme1")
NUMBERS: Value = [f"+9198000{number:05d}" for number in range(120)]


def change(
    spec: dict[str, Value],
    *operations: Op,
    held: tuple[Op, ...] = (),
    live: str | None = None,
    kind: Kind = VOICE,
) -> Change:
    found = Live(kind, "s1", read_status(live), live, spec) if live else None
    return Change(
        Key(kind.name, "a", "s1" if live else ""),
        ChangeType.UPDATE,
        Reason("fields-differ", ""),
        Desired(kind, spec, Position("a.yaml")),
        found,
        tuple(map(Operation, operations)),
        tuple(map(HeldOperation, held)),
        resulting=spec,
    )


def at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


SOON: Value = {"send_at": at(60).isoformat()}
CALLS: dict[str, Value] = {"from": NUMBERS, "schedule": SOON}
SHOWN: dict[str, Value] = {**CALLS, "retries": None, "mode": "auto"}
RETRIES: Value = {"number_of_retries": 2, "interval_mins": 15}


Summary = tuple[datetime, datetime | None, datetime | None, int, bool]


def summary(run: Run | None) -> Summary | None:
    """Start, declared end, typical end, calls a minute, and whether it goes by itself."""
    return (run.start, run.end, run.predicted_end, run.per_minute, run.goes) if run else None


@pytest.mark.parametrize(
    ("given", "run"),
    [
        (change(CALLS, Op.CREATE), (at(60), None, at(62), 60, True)),
        (change({**CALLS, "retries": RETRIES}, Op.CREATE), (at(60), None, at(92), 60, True)),
        (
            change({**CALLS, "mode": "custom", "throttle": 4}, Op.CREATE),
            (at(60), None, at(90), 4, True),
        ),
        (
            change(
                {"from": NUMBERS, "schedule": {"send_at": at(60).isoformat(), "end_at": at(61).isoformat()}}
            ),
            (at(60), at(61), at(61), 60, False),
        ),
        (change({"lists": ["x"], "schedule": SOON}, Op.CREATE), (at(60), None, None, 60, True)),
        (change(CALLS, Op.CREATE, Op.PAUSE), (at(60), None, at(62), 60, False)),
        (change(CALLS, held=(Op.CREATE,)), (at(60), None, at(62), 60, False)),
        (change(SHOWN, live="Created"), (at(60), None, at(62), 60, True)),
        (change(CALLS, live="Created"), (at(60), None, at(62), 60, True)),
        (replace(change(CALLS, live="Created"), desired=None), (at(60), None, None, 60, True)),
        (change(SHOWN, live="Paused"), (at(60), None, at(62), 60, False)),
        (change(SHOWN, Op.RESUME, live="Paused"), (at(60), None, at(62), 60, True)),
        (
            change({**SHOWN, "schedule": {"send_at": at(-60).isoformat()}}, Op.RESUME, live="Paused"),
            (NOW, None, at(2), 60, True),
        ),
        (change(CALLS, Op.PAUSE, Op.COMPLETE, live="in-progress"), None),
        (change(CALLS, live="completed"), None),
        (change(CALLS, live="Hibernating"), None),
        (change({"from": NUMBERS}, Op.CREATE), (NOW, None, at(2), 60, True)),
        (change({"from": NUMBERS}, live="Created"), None),
    ],
)
def test_a_campaign_runs_from_its_start_to_its_predicted_end(given: Change, run: Summary | None) -> None:
    assert summary(run_of(given, NOW, ACCOUNT)) == run


def test_nothing_runs_where_nothing_is_there_and_nothing_is_to_be_done() -> None:
    over = replace(change(CALLS), type=ChangeType.NOOP)
    assert run_of(over, NOW, ACCOUNT) is None


def test_a_declared_end_cuts_the_prediction() -> None:
    window: Value = {"send_at": at(60).isoformat(), "end_at": at(61).isoformat()}
    run = summary(run_of(change({"from": NUMBERS, "schedule": window}, Op.CREATE), NOW, ACCOUNT))
    assert run == (at(60), at(61), at(61), 60, True)


def runs(*spans: tuple[int, int]) -> list[tuple[Kind, Span]]:
    return [(VOICE, Span(at(first), at(last), 60)) for first, last in spans]


@pytest.mark.parametrize(
    ("spans", "crowded"),
    [
        ([(0, 10), (10, 20)], []),
        ([(0, 10), (5, 15)], [(5, 10, 2)]),
        ([(0, 30), (5, 15), (10, 20)], [(5, 10, 2), (10, 15, 3), (15, 20, 2)]),
        ([(0, 10), (0, 10), (0, 10)], [(0, 10, 3)]),
    ],
)
def test_runs_that_overlap_want_more_than_the_account_can_do(
    spans: list[tuple[int, int]], crowded: list[tuple[int, int, int]]
) -> None:
    assert list(overlaps_by_kind(runs(*spans), ACCOUNT)) == [
        CapacityOverlap("VoiceCampaign", at(first), at(last), count, 60 * count, 60)
        for first, last, count in crowded
    ]


def overlaps(*changes: Change, alive: tuple[Live, ...] = ()) -> list[tuple[int, int]]:
    """How many campaigns, and what they want together."""
    together = SharedCapacity(changes, alive, ACCOUNT, NOW)
    return [(overlap.campaigns, overlap.wanted) for overlap in together.overlaps]


def test_what_waits_is_no_crowd() -> None:
    assert overlaps(change(CALLS, Op.CREATE), change(CALLS, live="Paused")) == []
    assert overlaps(change(CALLS, Op.CREATE), change(CALLS, Op.CREATE)) == [(2, 120)]


def test_what_is_in_lists_may_be_texted_until_its_declared_end() -> None:
    window: Value = {"start_time": at(60).isoformat(), "end_time": at(300).isoformat()}
    listed = change({"lists": ["x"], "schedule": window}, Op.CREATE, kind=SMS)
    assert overlaps(listed, listed) == [(2, 600)]


def test_whatever_is_alive_crowds_too_but_no_twin_that_is_paused() -> None:
    found = Live(VOICE, "other", read_status("created"), "created", CALLS)
    assert overlaps(change(CALLS, Op.CREATE), alive=(found,)) == [(2, 120)]
    ambiguous = replace(change(CALLS), operations=(Operation(Op.PAUSE, sid="other"),))
    assert overlaps(change(CALLS, Op.CREATE), ambiguous, alive=(found,)) == []


def test_a_faster_account_is_done_sooner() -> None:
    fast = ACCOUNT._replace(policy={"capacity": {"level": "off", "calls_per_minute": 120}})
    assert summary(run_of(change(CALLS, Op.CREATE), NOW, fast)) == (at(60), None, at(61), 120, True)


def test_the_capacity_is_the_policys_or_an_accounts_default() -> None:
    set_up = Environment("prod", "exotel", "acme1", policy={"capacity": {"calls_per_minute": 120}})
    assert (capacity(VOICE, ACCOUNT), capacity(SMS, ACCOUNT)) == (60, 300)
    assert (capacity(VOICE, set_up), capacity(SMS, set_up)) == (120, 300)
    assert list(overlaps_by_kind(runs((0, 10), (5, 15)), set_up)) == []
