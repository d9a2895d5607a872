"""Accounts of any habits, drawn at random: what must hold whatever they are, and what holds where they allow no more.

Each case prints the habits that it drew with the call that throws them again. `HABITS_SEED=7` draws others.
"""

from __future__ import annotations

import os
from zlib import crc32

import pytest
from example_counts import some_of, tried
from habits import HABITS, Habits, draw_habits
from harness import Desk
from promises import EVERYTHING_HOLDS, EXCUSED, broken_promises, look
from reliable_desk import APPLY, assert_converges, reliable
from test_faults_meet_requests import CASES, MEETINGS, Meeting, Trouble

pytestmark = pytest.mark.slow

FIRST_SEED = 1_000_000 * int(os.environ.get("HABITS_SEED", "0"))
ALLOWED = ("resume", "complete", "archive")


def seed_of(*words: object) -> int:
    """A seed of its own for each case, the same in every run."""
    return FIRST_SEED + crc32(repr(words).encode()) % 1_000_000


def keeps_its_promises(desk: Desk, meeting: Meeting, habits: Habits, runs: int = 2) -> None:
    """Run after run."""
    for _ in range(runs):
        before = look(desk)
        result = desk.run(*APPLY, *meeting.words)
        broken = broken_promises(desk, before, result, habits, ALLOWED if meeting.words else ())
        assert broken == [], f"{habits}\n{result.all}"
        desk.sandbox.faults.clear()
        desk.pass_time(minutes=1)


@pytest.mark.parametrize("part", range(tried(20)))
@pytest.mark.parametrize("meeting", MEETINGS, ids=lambda it: it.what)
def test_whatever_habits_are_drawn_nobody_is_called_wrongly(desk: Desk, meeting: Meeting, part: int) -> None:
    habits = draw_habits(seed_of(meeting.what, part))
    meeting.arrange(reliable(desk))
    desk.pass_time(minutes=1)
    habits.throw(desk.sandbox)
    keeps_its_promises(desk, meeting, habits)


@pytest.mark.parametrize(("meeting", "trouble"), some_of(CASES))
def test_whatever_habits_and_a_fault_together_nobody_is_called_wrongly(
    desk: Desk, meeting: Meeting, trouble: Trouble
) -> None:
    habits = draw_habits(seed_of(meeting.what, trouble.what))
    meeting.arrange(reliable(desk, timeout_seconds=0.4 if trouble.effect == "slow" else 30))
    desk.pass_time(minutes=1)
    habits.throw(desk.sandbox)
    rule = {**trouble.rule, "retry_after": None} if "DATE" in trouble.rule.values() else dict(trouble.rule)
    times = None if trouble.lasting else 1
    desk.sandbox.faults.add(trouble.effect, request=meeting.request, body=meeting.body, times=times, **rule)
    keeps_its_promises(desk, meeting, habits)


@pytest.mark.parametrize("part", range(tried(8)))
@pytest.mark.parametrize("meeting", MEETINGS, ids=lambda it: it.what)
def test_habits_that_excuse_nothing_change_nothing(desk: Desk, meeting: Meeting, part: int) -> None:
    """The first run does all, the second has nothing to do."""
    habits = draw_habits(seed_of("everything", meeting.what, part), among=EVERYTHING_HOLDS)
    meeting.arrange(reliable(desk))
    desk.pass_time(minutes=1)
    habits.throw(desk.sandbox)
    first = desk.run(*APPLY, *meeting.words)
    assert first.code == 0, f"{habits}\n{first.all}"
    assert_converges(desk, *meeting.words)


def test_an_excuse_says_what_holds_instead_and_is_one_for_some_accounts_only() -> None:
    drawn = [draw_habits(seed) for seed in range(3_000)]
    for excuse in EXCUSED:
        met = sum(excuse.where(habits) for habits in drawn)
        assert excuse.holds
        assert 0 < met < len(drawn) / 3, f"{excuse.holds}: {met}"


def test_the_same_seed_draws_the_same_habits_and_every_habit_is_drawn() -> None:
    assert draw_habits(7) == draw_habits(7)
    drawn = [draw_habits(seed) for seed in range(1_000)]
    assert {name for habits in drawn for name in habits.positions} >= set(HABITS)
    assert any(not habits.positions for habits in drawn)
