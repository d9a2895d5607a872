"""Every example, applied to the sandbox that the command itself starts, in any year; and the README's own words."""

from __future__ import annotations

import re
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from example_counts import mostly_slow
from fakes import FakeClock
from harness import Result, run

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.name for path in (ROOT / "examples/campaigns").glob("*.yaml"))
SET_UP = re.compile(r"python3|\S*/pip")
YEARS = (2026, 2031, pytest.param(2077, marks=pytest.mark.slow))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The examples where they may leave a sandbox's state."""
    leftovers = shutil.ignore_patterns(".campaignctl")
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=leftovers)
    return tmp_path


def campaignctl(copy: Path, *words: str, year: int = 2026) -> Result:
    clock = FakeClock(datetime(year, 11, 21, 12, tzinfo=UTC))
    return run("-c", "examples/campaignctl.yaml", *words, cwd=copy, clock=clock)


def test_there_are_at_least_eight() -> None:
    assert len(EXAMPLES) >= 8


@pytest.mark.parametrize("example", mostly_slow(EXAMPLES, every=3))
def test_an_example_that_was_applied_leaves_nothing_to_do(copy: Path, example: str) -> None:
    path = f"examples/campaigns/{example}"
    assert campaignctl(copy, "validate", path).code == 0
    first = campaignctl(copy, "plan", path, "--format", "json").json
    assert first["summary"]["blocked"] == 0
    assert first["findings"] == []
    applied = campaignctl(copy, "apply", path, "--auto-approve")
    assert applied.code == 0, applied.all
    second = campaignctl(copy, "plan", path, "--detailed-exitcode")
    assert second.code == 0, second.all
    assert "Nothing to do" in second.out or "nothing to send" in second.out


def readme_commands() -> list[list[str]]:
    """The steps of the README's first command that run `campaignctl`."""
    block = (ROOT / "README.md").read_text(encoding="utf-8").split("```sh\n")[1].split("```")[0]
    steps = [shlex.split(step) for step in block.replace("\n", " ").split("&&")]
    return [step[1:] for step in steps if step and not SET_UP.match(step[0])]


@pytest.mark.parametrize("year", YEARS)
def test_the_first_command_of_the_readme_ends_with_nothing_to_send(copy: Path, year: int) -> None:
    commands = readme_commands()
    assert [it[2] for it in commands] == ["plan", "apply", "plan"]
    clock = FakeClock(datetime(year, 2, 28, 23, 59, tzinfo=UTC))
    results = [run(*words, cwd=copy, clock=clock) for words in commands]
    assert [it.code for it in results] == [0, 0, 0], results
    assert "to create" in results[0].out
    assert "Plan: nothing to send; 2 held (2 create)" in results[2].out
