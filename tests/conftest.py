"""What all tests share: a project with its account, the flag for golden files, how properties look for examples."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from harness import Desk

if sys.dont_write_bytecode:
    # Rewriting the assertions of 50,000 lines takes each process ten seconds. Where no bytecode is to lie beside the
    # sources it is kept where pytest keeps its own cache.
    sys.pycache_prefix = str(Path(__file__).parents[1] / ".pytest_cache" / "bytecode")
    sys.dont_write_bytecode = False

# CI tries the same examples each time, so that a change is judged by what it changes; at a desk each run tries others.
# How many is the share of what a test asks for, of 100: see `example_counts`.
settings.register_profile("ci", max_examples=40, derandomize=bool(os.environ.get("CI")), deadline=None)
settings.register_profile("complete", max_examples=100, derandomize=False, deadline=None)
settings.register_profile("save", max_examples=10, derandomize=False, deadline=None)


def pytest_configure(config: pytest.Config) -> None:
    """A run without the slow tests is one at every save: each property tries few examples, and other ones each time.
    All of them are tried where somebody asks for it.
    """
    if config.option.complete:
        settings.load_profile("complete")
    else:
        settings.load_profile("save" if config.option.markexpr == "not slow" else "ci")
    gc.disable()


def pytest_collection_finish() -> None:
    """Nothing of the modules and tests themselves is ever garbage: looking for it takes a quarter of a collection."""
    gc.enable()
    gc.freeze()


@pytest.hookimpl(optionalhook=True, wrapper=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> Generator[None, int, int]:
    """One process more than xdist finds cores, unless somebody says how many: some tests wait for another process, or
    for a time-out to pass. Who is done takes over what others still have before them.
    """
    if config.option.dist == "no":
        config.option.dist = "worksteal"
    count = yield
    return count if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS") else count + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Says what is slow beside what says so itself, and deals all of it out."""
    leave_cases_out_of_saves(items)
    deal_out(items)


def leave_cases_out_of_saves(items: Sequence[pytest.Item]) -> None:
    """Of the cases of one test at an account or in a directory the first and about a third of the others are tried at
    every save: together they take most of its time. The steps from one to the next are uneven, so that a case that
    combines values meets each of them.
    """
    cases: dict[str, list[pytest.Item]] = {}
    for it in items:
        at_work = {"tmp_path_factory", "sandbox"} & set(getattr(it, "fixturenames", ()))
        if at_work and it.get_closest_marker("slow") is None:
            cases.setdefault(it.nodeid.partition("[")[0], []).append(it)
    for case, place in ((case, place) for several in cases.values() for place, case in enumerate(several)):
        if place * 0.382 % 1 > 1 / 3:
            case.add_marker(pytest.mark.slow)


def deal_out(items: list[pytest.Item]) -> None:
    """Each process begins with its share of the slow ones: what is left at the end is short, so that none waits long
    for the last of another. Tests are dealt to processes in as many parts of one length, in this order.
    """
    parts = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    slow = [it for it in items if it.get_closest_marker("slow") is not None]
    quick = [it for it in items if it.get_closest_marker("slow") is None]
    bounds = [len(quick) * place // parts for place in range(parts + 1)]
    shares = [[*slow[place::parts], *quick[bounds[place] : bounds[place + 1]]] for place in range(parts)]
    items[:] = [it for share in shares for it in share]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` writes what the code says now; the review is in the diff. `--complete` tries every example."""
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")
    parser.addoption("--complete", action="store_true", help="try all examples that tests ask for")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A project and an account, fresh for each test: see `harness.Desk`."""
    from harness import desk_at

    with desk_at(tmp_path) as made:
        yield made
