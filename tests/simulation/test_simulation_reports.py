"""What the ledger says of reports, and how lives read them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from simulation_bench import HOUR, Bench

from simulation import leanings
from simulation.ledger import CommandRun
from simulation.machines import Job
from simulation.network import REPORTS, Weather
from simulation.product import CommandOutcome, rows
from simulation.promises.reports import reports_tell_all
from simulation.repository import NUMBERS
from simulation.world import LifeWorld

SWITCHES = [name for name, _, _ in rows()]


@pytest.fixture
def bench() -> Bench:
    """An account, and a morning in India."""
    return Bench()


def report(bench: Bench, *told: dict[str, str], since: str = "") -> CommandRun:
    """A run that tells so of a campaign to three people, all of whom were reached."""
    bench.account.stage.switches.change({"outcomes": ("*:completed=100",)})
    one = replace(bench.one, people=NUMBERS[:3])
    sid = bench.creates(bench.run(one), one)
    bench.clock.sleep(8 * HOUR)
    bench.broken()
    run = bench.run(one, words=f"report {sid} --format jsonl{since}")
    run.about = sid
    run.said = CommandOutcome(0, "".join(f"{json.dumps(it)}\n" for it in told), "")
    return run


ROWS = [{"sid": f"{place}", "status": "completed"} for place in range(3)]


def test_a_report_tells_of_everybody_once_with_what_became_of_them(bench: Bench) -> None:
    """As the account has it."""
    assert "report" not in bench.broken(report(bench, *ROWS))


@pytest.mark.parametrize(
    "told",
    [ROWS[:2], [*ROWS, {"sid": "3", "status": "completed"}], [ROWS[0], ROWS[1], ROWS[1]]],
    ids=["too few", "too many", "one twice"],
)
def test_a_report_that_leaves_somebody_out_or_tells_twice_breaks_it(
    bench: Bench, told: list[dict[str, str]]
) -> None:
    """Whoever asks how many were reached is told wrongly."""
    assert "report" in bench.broken(report(bench, *told))


def test_a_report_that_says_otherwise_of_somebody_breaks_it(bench: Bench) -> None:
    """As many as there are, but not so."""
    assert "report" in bench.broken(report(bench, ROWS[0], ROWS[1], {"sid": "2", "status": "failed"}))


@pytest.mark.parametrize(("word", "broken"), [("no-answer", False), ("busy", False), ("completed", True)])
def test_whom_the_last_try_did_not_reach_an_account_counts_as_failed(
    bench: Bench, word: str, broken: bool
) -> None:
    """The row says why (seed 3021)."""
    run = report(bench, *({"sid": f"{place}", "status": word} for place in range(3)))
    one = bench.ledger.account.campaigns[run.about]
    bench.ledger.account.campaigns[run.about] = replace(one, stats={"failed": 3})
    assert bool(list(reports_tell_all(bench.ledger, run))) is broken


def test_a_report_that_goes_on_tells_of_the_others(bench: Bench) -> None:
    """From where an earlier one ended."""
    run = report(bench, *ROWS[1:], since=" --since-offset 1")
    assert "report" not in bench.broken(run)


@pytest.fixture
def world() -> Iterator[LifeWorld]:
    """A life in which reports are read, of an account without habits."""
    seed = next(it for it in range(2_000) if leanings.drawn(it).name == "reports")
    world = LifeWorld(seed, 1, plain=SWITCHES)
    yield world
    world.close()


@pytest.mark.parametrize("served", [True, False])
def test_a_report_is_read_from_its_file_without_credentials_where_loopback_has_it(
    world: LifeWorld, served: bool
) -> None:
    """Else page by page; and no other host is asked for it."""
    world.account.stage.switches.change({"serve_reports": served})
    world.repository.add_soon(world.now, Random(1))
    machine = world.machines[0]
    machine.check_out(world.repository.head)
    calm = Weather()
    world.run(machine, Job(("apply", "--auto-approve", "--format", "json")), Random(1), weather=calm)
    world.pass_on(30 * HOUR)
    sid = next(it.sid for it in world.account.campaigns.values() if it.over)
    asked: list[str] = []
    carry = type(world.account).exchange

    def noting(method: str, target: str, *more: object) -> object:
        asked.append(target)
        return carry(world.account, method, target, *more)  # type: ignore[arg-type]

    world.account.exchange = noting  # type: ignore[method-assign,assignment]
    run = world.run(machine, Job(("report", sid, "--format", "jsonl"), about=sid), Random(2), weather=calm)
    assert run.said is not None
    assert run.said.code == 0, run.said.err
    assert any(it.startswith(REPORTS) for it in asked) is served
    assert any("details" in it for it in asked) is not served
    assert run.strange_keys == run.astray == 0
    assert world.violations == []
