"""Whatever the documents leave unknown is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

import pytest
from simulation_bench import Bench

from campaignctl.sandbox.faults import EFFECTS
from simulation import circumstances, events, habits, network, opting_out, unknowns
from simulation.operators import OPERATORS
from simulation.product import rows
from simulation.promises.excuses import hidden, is_plain
from simulation.seeds import play


def _in_a_row(event: events.RareEvent) -> bool:
    """A few steps that somebody thought of."""
    return event.play.__module__ in (circumstances.__name__, opting_out.__name__)


SWITCHES = {name for name, _, _ in rows()}


def test_each_switch_of_the_sandbox_is_drawn_and_belongs_to_something_unknown() -> None:
    """One that somebody adds and nobody draws fails here, or in the next test."""
    told = [*habits.ROWS, *habits.OF_LISTS, *habits.ELSEWHERE, *habits.RARELY]
    assert sorted(told) == sorted(SWITCHES)
    named = [it for names in unknowns.UNKNOWNS.values() for it in names]
    switches = [it for it in named if " " not in it]
    assert sorted(switches) == sorted(SWITCHES)
    assert all(unknowns.drawn_where(it) for it in switches)
    rows = {it.removeprefix("operator ") for it in named if " " in it}
    assert rows <= OPERATORS.keys()


def _rarely(seed: int) -> habits.Habits:
    return habits.drawn_rarely(seed, ("reports", "lists", habits.PAST))


@pytest.mark.parametrize(
    ("known", "draw"),
    [
        (habits.ROWS, lambda seed: habits.drawn(Random(f"{seed}"))),
        (habits.OF_LISTS, lambda seed: habits.drawn_of_lists(Random(f"{seed}"))),
        (habits.RARELY, _rarely),
    ],
)
def test_each_position_of_each_habit_is_drawn(
    known: Mapping[str, object], draw: Callable[[int], habits.Habits]
) -> None:
    """By some account among some thousands; and there is more than one."""
    seen = {(name, position) for seed in range(12_000) for name, position in draw(seed).items()}
    of = {name: row.of for name, row, _ in rows()}
    wanted = {(name, it) for name in known for it in habits.positions_of(name)[0 if of[name] else 1 :]}
    assert wanted <= seen
    assert {name for name, _ in wanted} == {*known}


def test_a_project_that_does_not_use_it_throws_no_rare_switch() -> None:
    """Most accounts are what they were before there was one."""
    assert not any(habits.drawn_rarely(seed, ("git", "repeat")) for seed in range(300))


def test_what_an_answer_lacks_that_nobody_reads_excuses_nothing() -> None:
    """Of a list's deletion nothing but the status is looked at."""
    bench = Bench()
    bench.ledger.throw({"omit_from_delete_list": ("item.code",), "serve_reports": False})
    assert is_plain(bench.ledger)
    assert not hidden(bench.ledger, "status", "name")
    bench.ledger.throw({"omit_from_get": ("item.code",)})
    assert hidden(bench.ledger, "status", "name")


def test_each_fault_of_the_sandbox_meets_requests_or_it_is_said_why_not() -> None:
    """Those that the network has itself apart."""
    met = {str(rule["effect"]) for rule in network.FAULTS} - network.OF_THE_NETWORK
    assert sorted([*met, *network.NEVER]) == sorted(EFFECTS)


def test_the_lists_of_what_counts_elsewhere_throw_their_switches() -> None:
    """Each position of the counters, and several of what calls come to."""
    from simulation import guards, stages

    positions = dict.fromkeys(SWITCHES, ()) | {name: row.drawn for name, row, _ in rows()}
    assert set(stages.COUNTERS) == set(positions["stats"])
    assert len({*stages.ANSWERS, *guards._ANSWERS}) > len(positions["outcomes"])


def test_where_lists_are_deleted_deletes_are_refused_and_lost() -> None:
    """In lives about contact lists, and in no others."""
    from simulation.leanings import GENERAL, SUBJECTS
    from simulation.network import Weather

    lists = next(it for it in SUBJECTS if it.name == "contact lists")
    met = {
        it.name: {Weather.drawn(Random(f"{seed}"), it).method for seed in range(600)}
        for it in (lists, GENERAL)
    }
    assert "DELETE" in met[lists.name]
    assert met[GENERAL.name] == {"", "GET", "POST", "PUT"}


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, it in events.RARE.items() if _in_a_row(it)])
def test_each_circumstance_is_played_and_breaks_nothing(name: str) -> None:
    """In the first life in which it is drawn, which has nothing else."""
    drawn = ((seed, it) for seed in range(3000) for it in events.drawn(seed, 12) if it.kind == name)
    seed, event = next(drawn)
    played = play(seed, 12, only=[event.number])
    assert f"[{event.number}] {name}" in played.story
    assert played.runs > 0
    assert played.violations == ()
