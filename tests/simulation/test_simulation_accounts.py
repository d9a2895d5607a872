"""What the ledger says of two accounts: nobody is called from both, and each is asked with its own key."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from simulation_bench import Bench

from simulation.commits import Commit, selects
from simulation.ledger import AnotherPlace, CommandRun
from simulation.machines import Job
from simulation.product import CommandOutcome
from simulation.world import LifeWorld, part_of

RESULTS = CommandOutcome(0, '{"results": []}', "")


@pytest.fixture
def north() -> Bench:
    """An account."""
    return Bench()


@pytest.fixture
def south() -> Bench:
    """Another one, where a campaign is that a run made a while ago."""
    bench = Bench()
    bench.creates(bench.run(bench.one), bench.one)
    bench.clock.sleep(60)
    return bench


def judged(bench: Bench, run: CommandRun) -> bool:
    """Whether somebody is called from two accounts."""
    return "two accounts" in bench.broken(run)


def both(
    north: Bench, south: Bench, *in_south: object, chosen: bool = True, allowed: frozenset[str] = frozenset()
) -> CommandRun:
    """One command that creates the campaign in the north; what the south's manifests are."""
    north.clock.sleep(60)
    run, other = north.run(north.one, words="apply --format json", allowed=allowed), south.run()
    run.said = run.whole = other.said = other.whole = RESULTS
    commit = Commit(1, "", {"campaigns/south.yaml": in_south})  # type: ignore[dict-item]
    run.elsewhere = (AnotherPlace("south", south.ledger, commit, chosen),)
    north.creates(run, north.one)
    return run


def test_what_another_account_has_under_that_name_is_not_made_here(north: Bench, south: Bench) -> None:
    """Nobody there means it any more: it was moved."""
    assert judged(north, both(north, south))


def test_what_another_manifest_means_there_is_another_campaign(north: Bench, south: Bench) -> None:
    """With people of its own."""
    assert not judged(north, both(north, south, replace(south.one, region="south", content="4")))


@pytest.mark.parametrize(("chosen", "allowed"), [(False, frozenset()), (True, frozenset({"twin"}))])
def test_what_was_not_looked_at_or_is_said_to_be_another_may_be_made(
    north: Bench, south: Bench, chosen: bool, allowed: frozenset[str]
) -> None:
    """One command sees what it was told to look at."""
    assert not judged(north, both(north, south, chosen=chosen, allowed=allowed))


@pytest.mark.parametrize("chosen", [True, False])
def test_what_two_accounts_take_is_made_in_neither(north: Bench, chosen: bool) -> None:
    """Whichever of them is looked at; but where it is paused there, or is its own people's."""
    run = both(north, Bench(), north.one, chosen=chosen)
    assert judged(north, run)
    for other in (replace(north.one, state="paused"), replace(north.one, region="south")):
        commit = Commit(1, "", {"campaigns/south.yaml": (other,)})
        run.elsewhere = (run.elsewhere[0]._replace(commit=commit),)
        assert not judged(north, run)


def test_requests_with_the_key_of_another_account_are_counted(north: Bench) -> None:
    """As they go out."""
    from functools import partial

    import httpx

    from simulation.world import _is_asked_with

    run = north.run(north.one)
    look = partial(_is_asked_with, run, "key-of-north")
    for key in ("key-of-north", "key-of-south"):
        words = base64.b64encode(f"{key}:token".encode()).decode()
        look(httpx.Request("GET", "http://127.0.0.1:9/", headers={"Authorization": f"Basic {words}"}))
    assert run.strange_keys == 1
    assert north.broken(run) == {"own key"}


def test_each_environment_is_told_its_own_part() -> None:
    """Of one document; where there is none, all is said of each."""
    parts = [
        {"environment": "north", "exit_code": 0, "result": {"results": []}, "error": None, "findings": []},
        {"environment": "south", "exit_code": 4, "result": None, "error": {"code": "api"}, "findings": []},
    ]
    said = CommandOutcome(4, json.dumps({"environments": parts}), "")
    assert part_of(said, "north") == CommandOutcome(0, '{"results": []}', "")
    assert part_of(said, "south") == CommandOutcome(4, '{"error": {"code": "api"}, "findings": []}', "")
    assert part_of(RESULTS, "north") is RESULTS


@pytest.mark.parametrize(
    ("selector", "region", "taken"),
    [
        ("region=north", "north", True),
        ("region=north", "south", False),
        ("region!=west", "south", True),
        ("region!=west", "west", False),
    ],
)
def test_an_environment_takes_what_its_selector_says(selector: str, region: str, taken: bool) -> None:
    """As the product reads it."""
    from campaignctl.model.selector import parse_selector

    assert selects(selector, region) is taken
    assert parse_selector(selector).matches({"region": region}) is taken


def test_one_command_looks_at_both_accounts() -> None:
    """The real one: what it creates in each is in the ledger of that account."""
    from random import Random

    from simulation import leanings
    from simulation.network import Weather
    from simulation.product import THREADS
    from simulation.threads import in_the_crew

    seed = next(it for it in range(2_000) if leanings.drawn(it).name == "several accounts")
    world = LifeWorld(seed, 2)
    try:
        assert len(world.places) == 2
        for it in world.places.values():
            it.account.stage.switches.change(dict.fromkeys(("create_early",), False))
        machine = world.machines[0]
        machine.check_out(world.repository.head)
        job = Job(("apply", "--auto-approve", "--format", "json", "-e", "*"))
        with in_the_crew(world.clock.crew, THREADS):
            done = world.run_in(machine, dict.fromkeys(world.places, job), Random(1), weather=Weather())
    finally:
        world.close()
    assert {run.said.code for run in done.values() if run.said} <= {0, 1, 3, 4, 5}
    assert all(run.requests and not run.strange_keys for run in done.values())
    assert not world.violations
