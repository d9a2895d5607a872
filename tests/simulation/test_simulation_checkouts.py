"""What the ledger says of checkouts: what is newer than the commit is spared, and a diff lists what differs."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from simulation_bench import HOUR, Bench

from simulation.checkouts import GitObjects
from simulation.commits import Commit
from simulation.dates import Holidays, Repeat
from simulation.manifests import Manifest
from simulation.product import CommandOutcome

PAUSE = {"action": "pause"}


@pytest.fixture
def bench() -> Bench:
    """A fresh one."""
    return Bench()


@pytest.mark.parametrize(
    ("ahead", "broken"), [(-60.0, True), (60.0, False), (1800.0, False), (2 * HOUR, True), (None, False)]
)
def test_an_orphan_is_spared_where_the_commit_is_older_or_dated_ahead(
    bench: Bench, ahead: float | None, broken: bool
) -> None:
    """A minute after the create, an hour after it, days ahead, and where nobody uses git."""
    made = bench.now
    sid = bench.creates(bench.run(bench.one), bench.one)
    bench.clock.sleep(HOUR)
    run = bench.run()
    run.prune, run.allowed = True, frozenset({"complete"})
    run.commit = replace(run.commit, dated=None if ahead is None else made + ahead)
    bench.sends(run, "PUT", sid, PAUSE)
    assert ("newer" in bench.broken(run)) is broken


def test_what_a_manifest_means_is_no_orphan(bench: Bench) -> None:
    """However old its commit is."""
    sid = bench.creates(bench.run(bench.one), bench.one)
    run = bench.run(replace(bench.one, state="paused"))
    run.commit = replace(run.commit, dated=bench.now - HOUR)
    bench.sends(run, "PUT", sid, PAUSE)
    assert "newer" not in bench.broken(run)


def commit(number: int, *them: Manifest) -> Commit:
    """One file."""
    return Commit(number, f"commit {number}", {"campaigns/a.yaml": them}, dated=1_800_000_000.0 + number)


@pytest.mark.parametrize(
    ("listed", "broken"),
    [(("holi", "diwali"), False), (("holi",), True), (("diwali",), True), (("holi", "diwali", "kyc"), True)],
)
def test_a_diff_lists_what_came_and_what_is_otherwise_and_nothing_else(
    bench: Bench, listed: tuple[str, ...], broken: bool
) -> None:
    """Of three manifests one is new, one has another text and one is the same."""
    holi, kyc = replace(bench.one, name="holi"), replace(bench.one, name="kyc")
    run = bench.run(words="diff --base 0 --format json")
    run.commit = commit(2, replace(bench.one, content="927"), holi, kyc)
    run.compared = commit(1, bench.one, kyc)
    rows: list[dict[str, Any]] = [{"kind": "VoiceCampaign", "name": it, "previous": None} for it in listed]
    run.said = CommandOutcome(0, json.dumps({"changes": rows}), "")
    assert ("diff" in bench.broken(run)) is broken


@pytest.mark.parametrize(("calendar", "broken"), [(True, False), (False, True)])
def test_a_diff_lists_what_repeats_by_a_calendar_that_is_otherwise(
    bench: Bench, calendar: bool, broken: bool
) -> None:
    """A holiday came: what the calendar holds is part of the manifest (seed 20082), where it has one."""
    first = date(2027, 1, 12)
    rule = Repeat(tuple(range(7)), 10, 0, "Asia/Kolkata", first, first, calendar=calendar)
    one = replace(bench.one, repeat=rule)
    run = bench.run(words="diff --base 0 --format json")
    run.compared, run.commit = commit(1, one), replace(commit(2, one), holidays=Holidays(frozenset({first})))
    row = {"kind": "VoiceCampaign", "name": one.name, "previous": None}
    run.said = CommandOutcome(0, json.dumps({"changes": [row]}), "")
    assert ("diff" in bench.broken(run)) is broken


@pytest.mark.parametrize("other", [False, True])
def test_a_diff_lists_of_whom_somebody_is_called_no_more(bench: Bench, other: bool) -> None:
    """And nothing where it is somebody else."""
    run = bench.run(words="diff --base 0 --format json")
    suppressed = frozenset(["+919876500099" if other else bench.one.people[0]])
    run.compared, run.commit = commit(1, bench.one), replace(commit(2, bench.one), suppressed=suppressed)
    row = {"kind": "VoiceCampaign", "name": bench.one.name, "previous": None}
    run.said = CommandOutcome(0, json.dumps({"changes": [row]}), "")
    assert ("diff" in bench.broken(run)) is other


def test_git_reads_what_is_kept(tmp_path: Path) -> None:
    """Its log, its dates, its files; and one that was amended is another commit."""
    one = Bench().one
    commits = [commit(0, one), commit(1, replace(one, content="927"))]
    git = GitObjects(tmp_path / "origin", lambda: commits, lambda it: {"a.yaml": "1", **it.texts()})
    root = tmp_path / "machine"
    git.check_out(root, commits[1])

    def said(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=root, capture_output=True, text=True, check=True
        ).stdout.strip()

    assert said("log", "--format=%s %ct").splitlines() == ["commit 1 1800000001", "commit 0 1800000000"]
    assert said("ls-tree", "-r", "--name-only", "HEAD").splitlines() == ["a.yaml", "campaigns/a.yaml"]
    assert said("cat-file", "blob", "HEAD:campaigns/a.yaml") == commits[1].texts()["campaigns/a.yaml"].strip()
    assert not said("fsck", "--strict", "--no-dangling")
    before = git.name(commits[1])
    commits[1] = replace(commits[1], says="amended")
    git.check_out(root, commits[0])
    assert said("rev-parse", "HEAD") == git.name(commits[0])
    assert said("rev-parse", "origin/main") == git.name(commits[1]) != before
