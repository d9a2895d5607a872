"""What the ledger says of a pipeline's jobs, and how a third account is chosen."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from simulation_bench import Bench

from simulation.commits import ACCOUNT_OF, Commit
from simulation.fleets import _OF_THREE, _shards
from simulation.ledger import AnotherPlace, CommandRun
from simulation.manifests import Manifest
from simulation.product import CommandOutcome

SELECTS = {name: f"region={name}" for name in ACCOUNT_OF}


@pytest.fixture
def bench() -> Bench:
    """The account of the north."""
    return Bench()


def matrix(
    bench: Bench, base: tuple[Manifest, ...], head: tuple[Manifest, ...], *jobs: list[str]
) -> CommandRun:
    """A run that cut what changed into these jobs."""
    run = bench.run(words="matrix --changed-since abc --max 2 --format json")
    before, now = (
        Commit(place, "", {"campaigns/a.yaml": it}, selects=SELECTS) for place, it in enumerate((base, head))
    )
    run.commit, run.compared = now.of("north"), before.of("north")
    run.elsewhere = (AnotherPlace("south", bench.ledger, now.of("south"), True, before.of("south")),)
    run.said = CommandOutcome(0, json.dumps({"jobs": jobs}), "")
    return run


def test_what_a_change_touches_is_in_one_job(bench: Bench) -> None:
    """Left out in silence it would never be applied; put into two it would be at once."""
    one = replace(bench.one, region="north")
    later = replace(one, start=one.start + 60)
    assert "jobs" not in bench.broken(matrix(bench, (one,), (later,), ["north"]))
    assert "jobs" in bench.broken(matrix(bench, (one,), (later,), ["south"]))
    assert "jobs" in bench.broken(matrix(bench, (one,), (later,), ["north"], ["north", "south"]))
    assert "jobs" in bench.broken(matrix(bench, (one,), (later,), ["north"], ["south"], ["east"]))


def test_what_is_as_it_was_may_be_in_none(bench: Bench) -> None:
    """And what says the same in another place."""
    one = replace(bench.one, region="north")
    assert "jobs" not in bench.broken(matrix(bench, (one,), (replace(one, team="care"),)))


def test_a_file_that_nobody_can_read_is_of_no_environment_that_wants_a_label(bench: Bench) -> None:
    """Half done at the base, it has none: the environment takes what it took (seed 213)."""
    one = replace(bench.one, region="north")
    run = matrix(bench, (one,), (one,))
    assert run.compared is not None
    run.compared = replace(run.compared, broken={"campaigns/half-done.yaml": "kind: VoiceCampaign"})
    assert "jobs" not in bench.broken(run)


def test_what_moves_from_one_account_to_another_is_in_one_job(bench: Bench) -> None:
    """Only then is the one looked at where the other creates it."""
    one = replace(bench.one, region="north")
    moved = replace(one, region="south")
    assert "jobs" not in bench.broken(matrix(bench, (one,), (moved,), ["north", "south"]))
    assert "jobs" in bench.broken(matrix(bench, (one,), (moved,), ["north"], ["south"]))


@pytest.mark.parametrize(("words", "names"), [*_OF_THREE, *_shards()])
def test_each_spelling_chooses_those_of_three_that_the_lives_say(
    words: tuple[str, ...], names: tuple[str, ...]
) -> None:
    """As the product reads it: by `validate`, which asks nobody."""
    from random import Random

    from simulation import leanings
    from simulation.machines import Job
    from simulation.network import Weather
    from simulation.product import THREADS
    from simulation.threads import in_the_crew
    from simulation.world import LifeWorld

    seed = next(it for it in range(2_000) if leanings.drawn(it).name == "three accounts")
    world = LifeWorld(seed, 1)
    try:
        machine = world.machines[0]
        machine.check_out(world.repository.head)
        job = Job(("validate", *words, "--format", "json"))
        with in_the_crew(world.clock.crew, THREADS):
            done = world.run_in(machine, dict.fromkeys(names, job), Random(1), weather=Weather())
    finally:
        world.close()
    said = next(iter(done.values())).whole
    assert said is not None
    assert tuple(it["environment"] for it in json.loads(said.out)["environments"]) == names
