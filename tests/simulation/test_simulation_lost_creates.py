"""What of a create may be whose, where something met it: the ledger holds nobody to what nobody can know."""

from __future__ import annotations

from dataclasses import replace

import pytest
from simulation_bench import HOUR, Bench, sent


@pytest.fixture
def bench() -> Bench:
    """An account, and a morning in India."""
    return Bench()


@pytest.mark.parametrize(
    ("met", "broken"),
    [
        ("redirect at POST acme1/campaigns", set()),
        ("redirect at POST acme1/message-campaigns", {"stopped"}),
        ("redirect at PUT acme1/campaigns/1", {"stopped"}),
    ],
)
def test_what_appears_once_something_met_a_create_of_the_name_may_be_paused(
    bench: Bench, met: str, broken: set[str]
) -> None:
    """Somebody made it by hand, for others; but nobody can tell (`stopped`, seed 20029)."""
    run = bench.run(bench.one)
    run.faults.append(met)
    bench.clock.sleep(2)
    bench.operator_creates(sent(replace(bench.one, people=("+919876500031",), start=bench.one.start + HOUR)))
    (sid,) = bench.account.campaigns
    bench.sends(run, "PUT", sid, {"action": "pause"})
    assert bench.broken(run) & {"stopped"} == broken


def test_what_was_there_before_is_not_paused_for_it(bench: Bench) -> None:
    """It cannot be what was lost."""
    bench.operator_creates(sent(bench.one))
    bench.clock.sleep(60)
    run = bench.run(bench.one)
    run.faults.append("redirect at POST acme1/campaigns")
    (sid,) = bench.account.campaigns
    bench.sends(run, "PUT", sid, {"action": "pause"})
    assert "stopped" in bench.broken(run)
