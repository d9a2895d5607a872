"""Whatever the documents leave unknown is drawn, or it is said why not."""

from __future__ import annotations

from random import Random

import pytest

from campaignctl.sandbox.faults import EFFECTS
from simulation import habits, network
from simulation.product import rows

SWITCHES = {name for name, _, _ in rows()}


def test_each_switch_of_the_sandbox_is_drawn_or_it_is_said_why_not() -> None:
    """A switch that somebody adds belongs to one of these."""
    told = [*habits.ROWS, *habits.OF_LISTS, *habits.ELSEWHERE, *habits.NEVER]
    assert sorted(told) == sorted(SWITCHES)
    assert all(len(reason) > 20 for reason in (*habits.ELSEWHERE.values(), *habits.NEVER.values()))


@pytest.mark.parametrize("draw", [habits.drawn, habits.drawn_of_lists])
def test_each_position_of_each_habit_is_drawn(draw: object) -> None:
    """By some account among some thousands."""
    assert callable(draw)
    known = habits.OF_LISTS if draw is habits.drawn_of_lists else habits.ROWS
    seen = {(name, position) for seed in range(12_000) for name, position in draw(Random(f"{seed}")).items()}
    wanted = {
        (name, position)
        for name, row in known.items()
        for position in habits.positions_of(name)[0 if row.of else 1 :]
    }
    assert wanted <= seen


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
