"""A life in simulated time: the same for the same seed, shrunk to its cause where a promise is broken."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulation import events, leanings
from simulation.later_subjects import LATER_SUBJECTS
from simulation.ledger import CommandRun, LifeLedger
from simulation.product import CommandOutcome
from simulation.promises import table
from simulation.promises.verdict import PromiseJudge
from simulation.seeds import LifeOutcome, play, shrink
from simulation.world import first_words

ROOT = Path(__file__).parents[2]


def story(seed: int, hash_seed: str, *words: str) -> bytes:
    """What another process tells of a seed."""
    command = [sys.executable, "-m", "simulation", "--seed", str(seed), "--days", "6", *words]
    environ = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    told = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, check=False, timeout=300)
    return told.stdout


@pytest.mark.slow
def test_a_seed_played_twice_gives_the_same_bytes_whatever_the_order_of_sets() -> None:
    """Two processes, with hashes of their own."""
    first = story(13, "1")
    assert first.count(b"\n") > 20
    assert first == story(13, "2")


EACH = tuple({leanings.drawn(seed).name: seed for seed in reversed(range(300))}.values())
"""A seed of each that a life may be about."""
_TELLS_EACH = """
import sys
from hashlib import sha256
from simulation.seeds import play

for seed in map(int, sys.argv[1:]):
    print(seed, sha256("\\n".join(play(seed, 2).story).encode()).hexdigest())
"""


@pytest.mark.slow
@pytest.mark.parametrize("group", range(4))
def test_lives_about_each_subject_give_the_same_bytes_twice(group: int) -> None:
    """In two processes at once, with hashes of their own, whatever was played before in the same one."""
    seeds = [str(it) for it in EACH[group::4]]
    told = [_told_of_each(seeds, "1"), _told_of_each(list(reversed(seeds)), "2")]
    first, second = (sorted(it.communicate(timeout=300)[0].splitlines()) for it in told)
    assert len(first) == len(seeds)
    assert first == second


def _told_of_each(seeds: list[str], hash_seed: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _TELLS_EACH, *seeds]
    environ = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)


def test_each_that_a_life_may_be_about_is_among_those_that_are_played_twice() -> None:
    """Whoever adds one adds a life of it."""
    named = {it.name for it in (*leanings.SUBJECTS, *LATER_SUBJECTS)}
    assert named < {leanings.drawn(seed).name for seed in EACH}


def test_a_story_does_not_say_where_its_disks_are() -> None:
    """That is another place each time, and of another length where /dev/shm is missing (seed 1027)."""
    for disks in ("/dev/shm/simulation-0a1b2c3d", "/tmp/simulation-3d2c1b0a"):
        said = CommandOutcome(3, "", f"wait, or delete {disks}/machine-1/.campaignctl/intents\n" + "x " * 300)
        told = first_words(said, disks)
        assert told.startswith("wait, or delete machine-1/.campaignctl/intents x x")
        assert len(told) == 300


@pytest.mark.slow
def test_a_seed_played_twice_in_one_process_tells_the_same_story() -> None:
    """Nothing of one life is left for the next."""
    first = play(5, 3)
    assert first.runs > 0
    assert first.story == play(5, 3).story


def test_an_event_that_is_left_out_changes_none_of_the_others() -> None:
    """Each has chances of its own, so that a story can be shrunk."""
    numbers = [event.number for event in events.drawn(3, 6)]
    kept = play(3, 6, only=numbers[:2])
    both = play(3, 6, only=numbers[:1])
    assert kept.story[: len(both.story) - 1] == both.story[:-1]


def no_run_is_killed(_ledger: LifeLedger, run: CommandRun) -> Iterator[str]:
    """A promise that cannot be kept."""
    if run.killed:
        yield f"{run} was killed"


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> LifeOutcome:
    """A life in which that promise is broken."""
    monkeypatch.setattr(table, "JUDGES", (PromiseJudge("alive", "no run is killed", no_run_is_killed),))
    return next(outcome for seed in range(1, 20) if (outcome := play(seed, 5)).violations)


@pytest.mark.slow
def test_a_broken_promise_is_shrunk_to_the_events_that_break_it(killed: LifeOutcome) -> None:
    """None of which can be left out; and told with the command that plays it again."""
    shrunk = shrink(killed, seconds=300)
    assert shrunk.outcome.broken == {"alive"}
    assert len(shrunk.only) < killed.last_event
    for left_out in shrunk.only:
        rest = [number for number in shrunk.only if number != left_out]
        assert not play(killed.seed, 5, rest, shrunk.plain, stop=True).violations, left_out
    assert shrunk.command.startswith(
        f"python -m simulation --seed {killed.seed} --days 5 --only {shrunk.only[0]}"
    )
    again = play(killed.seed, 5, shrunk.only, shrunk.plain)
    assert "alive" in again.broken
