"""What passes the calling hours at `error` calls nobody outside of them, whatever is paused and resumed meanwhile.

The sandbox dials; a campaign calls as long as it is in progress, so none may be so at night.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from harness import Desk, desk_at, voice
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as some

from campaignctl.kinds.lifecycle import Status, read_status

MINUTE = timedelta(minutes=1)
BEGINS = datetime.fromisoformat("2027-01-10T09:00:00+05:30")
"""Where a desk's clock stands."""
DAYS = 3
STEP = 50
"""Minutes between two looks."""


class Wanted(NamedTuple):
    """A campaign: minutes from `BEGINS` to its start, how many it lasts (None: no end), people and retries."""

    starts: int
    lasts: int | None
    people: int
    retries: int
    interval: int
    state: str


class ManualRun(NamedTuple):
    """What is done to a campaign after so many looks: by hand, or by an apply that may resume."""

    look: int
    verb: str
    which: int


wishes = some.builds(
    Wanted,
    starts=some.builds(
        lambda day, minute: day * 24 * 60 + minute, some.integers(0, 1), some.integers(15, 750)
    ),
    lasts=some.none() | some.integers(5, 12 * 60) | some.integers(5, 2 * 24 * 60),
    people=some.integers(1, 900),
    retries=some.integers(0, 3),
    interval=some.integers(5, 240),
    state=some.sampled_from(["active", "active", "paused"]),
)
hands = some.builds(
    ManualRun,
    look=some.integers(1, DAYS * 24 * 60 // STEP),
    verb=some.sampled_from(["pause", "resume", "resume", "apply"]),
    which=some.integers(0, 2),
)


def tried(examples: int) -> settings:
    return settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def manifest(place: int, wanted: Wanted) -> dict[str, Any]:
    start = BEGINS + wanted.starts * MINUTE
    schedule = {"send_at": start.isoformat()}
    if wanted.lasts is not None:
        schedule["end_at"] = (start + wanted.lasts * MINUTE).isoformat()
    retries = {
        "number_of_retries": wanted.retries,
        "interval_mins": wanted.interval,
        "on_status": ["busy", "no-answer"],
    }
    people = [f"+9198{place}{number:07}" for number in range(wanted.people)]
    more = {"from": people, "retries": {**retries, "mechanism": "Linear"} if wanted.retries else None}
    return voice(f"campaign-{place}", schedule=schedule, state=wanted.state, **more)


def outside(moment: datetime) -> bool:
    """At closing time itself the last call may just have begun."""
    local = moment.astimezone(BEGINS.tzinfo)
    return not 9 * 60 <= local.hour * 60 + local.minute <= 21 * 60


def nobody_is_called_at_night(wished: Sequence[Wanted], done: Sequence[ManualRun]) -> None:
    with TemporaryDirectory() as directory, desk_at(Path(directory)) as desk:
        desk.configure(country="IN", policy={"calling_hours": {"level": "error"}})
        desk.manifests(*(manifest(place, wanted) for place, wanted in enumerate(wished)))
        assert desk.run("apply", "--auto-approve").code in (0, 3)
        called = False
        for look in range(DAYS * 24 * 60 // STEP):
            for by_hand in (it for it in done if it.look == look):
                carry_out(desk, by_hand)
            calling = [it["name"] for it in desk.account() if read_status(it["status"]) is Status.IN_PROGRESS]
            assert not (calling and outside(desk.clock.now())), (calling, desk.clock.now())
            called = called or bool(calling)
            desk.pass_time(minutes=STEP)
        event("some are called" if called else "nobody is called")


def carry_out(desk: Desk, by_hand: ManualRun) -> None:
    if by_hand.verb == "apply":
        assert desk.run("apply", "--auto-approve", "--allow", "resume").code in (0, 3)
    else:
        assert desk.run(by_hand.verb, f"campaign-{by_hand.which}", "--auto-approve").code in (0, 1, 3)


@tried(4)
@given(some.lists(wishes, min_size=1, max_size=3), some.lists(hands, max_size=8))
def test_nobody_is_called_at_night(wished: list[Wanted], done: list[ManualRun]) -> None:
    nobody_is_called_at_night(wished, done)


@pytest.mark.slow
@tried(60)
@given(some.lists(wishes, min_size=1, max_size=3), some.lists(hands, min_size=4, max_size=20))
def test_nobody_is_called_at_night_whatever_is_paused_and_resumed(
    wished: list[Wanted], done: list[ManualRun]
) -> None:
    nobody_is_called_at_night(wished, done)


def test_a_day_of_calls_is_seen_and_the_same_without_an_end_is_not_created() -> None:
    """So the property would notice calls: by day there are some, and at night there would be."""
    with TemporaryDirectory() as directory, desk_at(Path(directory)) as desk:
        desk.manifests(manifest(0, Wanted(630, None, 900, 3, 120, "active")))
        desk.configure(policy={"calling_hours": {"level": "off"}})
        assert desk.run("apply", "--auto-approve").code == 0
        desk.pass_time(hours=12, minutes=20)
        seen = read_status(desk.live("campaign-0")["status"])
        assert outside(desk.clock.now())
    with TemporaryDirectory() as directory, desk_at(Path(directory)) as desk:
        desk.configure(country="IN")
        desk.manifests(manifest(0, Wanted(630, None, 900, 3, 120, "active")))
        assert desk.run("apply", "--auto-approve").code == 3
        assert not desk.writes
    assert seen is Status.IN_PROGRESS
