"""What passes the calling hours at `error` calls nobody outside of them, whatever is paused and resumed meanwhile.

The sandbox dials, at the pace of the account; every call that it begins is held against the hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from dialled import calls_seen
from example_counts import examples, tried
from harness import Desk, desk_at, voice
from hours_at_large import BEGINS, MINUTE, outside, tell
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as some

from campaignctl.kinds.lifecycle import Status, read_status

DAYS = 3
STEP = 50
"""Minutes between two moments at which somebody may do something."""
ANSWERS = some.just(0) | some.just(100) | some.integers(0, 100)
"""Of 100 calls, how many are not answered."""


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
    which=some.integers(0, 2) | some.integers(0, 11),
)


evenings = some.builds(
    Wanted,
    starts=some.integers(8 * 60, 11 * 60 + 50),
    lasts=some.none() | some.integers(200, 12 * 60),
    people=some.integers(1, 400),
    retries=some.integers(0, 3),
    interval=some.integers(1, 40),
    state=some.just("active"),
)
"""Late in the day, with an end beyond the hours: the longest run alone decides."""


def tries(count: int) -> settings:
    return examples(count, quick=2, suppress_health_check=[HealthCheck.too_slow])


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


def nobody_is_called_at_night(
    wished: Sequence[Wanted], done: Sequence[ManualRun], silent: int, bound: str = "end"
) -> None:
    """`silent` of 100 calls are not answered, each by itself, so retries go on as long as they may."""
    with TemporaryDirectory() as directory, desk_at(Path(directory)) as desk, calls_seen() as calls:
        desk.sandbox.switches.change({"outcomes": [f"*:no-answer={silent}"]})
        desk.configure(country="IN", policy={"calling_hours": {"level": "error", "bound": bound}})
        desk.manifests(*(manifest(place, wanted) for place, wanted in enumerate(wished)))
        assert desk.run("apply", "--auto-approve").code in (0, 3)
        passed = 0
        for by_hand in sorted(done):
            desk.pass_time(minutes=(by_hand.look - passed) * STEP)
            passed = by_hand.look
            carry_out(desk, by_hand)
        desk.pass_time(minutes=DAYS * 24 * 60 - passed * STEP)
        desk.account()  # who looks makes it dial
        assert not list(filter(outside, calls))
        event("some are called" if calls else "nobody is called")
        event(f"{len(desk.account())} of {len(wished)} pass")


def carry_out(desk: Desk, by_hand: ManualRun) -> None:
    if by_hand.verb == "apply":
        assert desk.run("apply", "--auto-approve", "--allow", "resume").code in (0, 3)
    else:
        assert desk.run(by_hand.verb, f"campaign-{by_hand.which}", "--auto-approve").code in (0, 1, 3)


@tries(5)
@given(some.lists(wishes, min_size=1, max_size=3), some.lists(hands, max_size=8), ANSWERS)
def test_nobody_is_called_at_night(wished: list[Wanted], done: list[ManualRun], silent: int) -> None:
    nobody_is_called_at_night(wished, done, silent)


@pytest.mark.slow
@tries(150)
@given(some.lists(wishes, min_size=2, max_size=12), some.lists(hands, min_size=4, max_size=20), ANSWERS)
def test_nobody_is_called_at_night_whatever_is_paused_and_resumed(
    wished: list[Wanted], done: list[ManualRun], silent: int
) -> None:
    nobody_is_called_at_night(wished, done, silent)


@tries(5)
@given(some.lists(evenings, min_size=1, max_size=3), ANSWERS)
def test_with_bound_worst_campaigns_that_share_the_account_are_over_in_time(
    wished: list[Wanted], silent: int
) -> None:
    nobody_is_called_at_night(wished, [], silent, bound="worst")


@pytest.mark.slow
@tries(150)
@given(some.lists(evenings | wishes, min_size=1, max_size=12), ANSWERS)
def test_with_bound_worst_they_are_over_in_time_whoever_answers(wished: list[Wanted], silent: int) -> None:
    nobody_is_called_at_night(wished, [], silent, bound="worst")


def test_a_day_of_calls_is_seen_and_the_same_without_an_end_is_not_created() -> None:
    """So the property would notice calls: by day there are some, and at night there would be."""
    with TemporaryDirectory() as directory, desk_at(Path(directory)) as desk:
        desk.manifests(manifest(0, Wanted(630, None, 900, 3, 120, "active")))
        desk.configure(policy={"calling_hours": {"level": "off"}})
        assert desk.run("apply", "--auto-approve").code == 0
        desk.pass_time(hours=12, minutes=20)
        seen = read_status(desk.live("campaign-0")["status"])
        assert outside(desk.clock.now().timestamp())
    with TemporaryDirectory() as directory, desk_at(Path(directory)) as desk:
        desk.configure(country="IN")
        desk.manifests(manifest(0, Wanted(630, None, 900, 3, 120, "active")))
        assert desk.run("apply", "--auto-approve").code == 3
        assert not desk.writes
    assert seen is Status.IN_PROGRESS


@pytest.mark.slow
def test_of_hundreds_on_one_account_nobody_is_called_at_night_and_without_the_policy_somebody_would_be(
    tmp_path: Path,
) -> None:
    with desk_at(tmp_path) as desk:
        held = tell(desk, 1, campaigns=40)
        assert 20 < held.passed < 40
        assert held.calls
        assert not held.outside
    with desk_at(tmp_path) as desk:
        assert tell(desk, 1, campaigns=40, level="off").outside


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 100 + tried(8)))
def test_of_thousands_on_many_accounts_nobody_is_called_at_night(seed: int, tmp_path: Path) -> None:
    """A share of the hundred thousand that `hours_at_large` goes through by itself."""
    with desk_at(tmp_path) as desk:
        told = tell(desk, seed)
    assert told.passed > 200
    assert not told.outside
