"""What the simulation is made of: steps, disks, clocks, an account without a socket."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulation.account import NAME, LifeAccount
from simulation.clocks import LONGEST_RUN, MachineClock, WorldClock
from simulation.manifests import IST, Manifest
from simulation.repository import TeamRepository
from simulation.steps import MOST_STEPS, Disk, Endless, Killed, Steps


def test_each_file_that_is_written_below_a_machines_root_is_a_step(tmp_path: Path) -> None:
    """Seen through the interpreter, wherever the product writes; reading is none, nor is another place."""
    steps = Steps(tmp_path / "machine")
    (tmp_path / "machine").mkdir()
    with Disk(steps):
        (tmp_path / "machine" / "a").write_text("1", encoding="utf-8")
        (tmp_path / "machine" / "a").read_text(encoding="utf-8")
        (tmp_path / "elsewhere").write_text("1", encoding="utf-8")
        (tmp_path / "machine" / "a").rename(tmp_path / "machine" / "b")
        (tmp_path / "machine" / "b").unlink()
    assert steps.files == 3
    (tmp_path / "machine" / "c").write_text("1", encoding="utf-8")
    assert steps.files == 3


def test_a_killed_run_takes_no_further_step(tmp_path: Path) -> None:
    """Nor does what tries to clean up after it."""
    steps = Steps(tmp_path, 2, lambda _what: steps.kill())
    steps.take("GET a")
    with pytest.raises(Killed):
        steps.take("PUT a")
    with Disk(steps), pytest.raises(Killed):
        (tmp_path / "left").write_text("1", encoding="utf-8")
    assert not (tmp_path / "left").exists()


def test_a_run_without_end_is_ended(tmp_path: Path) -> None:
    """By the number of its steps, or by the time that it takes."""
    steps = Steps(tmp_path)
    for _ in range(MOST_STEPS):
        steps.take("GET a")
    with pytest.raises(Endless):
        steps.take("GET a")
    waiting = MachineClock(WorldClock(), 0.0, Steps(tmp_path))
    with pytest.raises(Endless):
        waiting.sleep(LONGEST_RUN + 1)


def test_a_wait_is_one_step_however_many_pieces_it_is_slept_in(tmp_path: Path) -> None:
    """Of five minutes at most: a guard with nothing to watch asks nobody anything, and is met at its waits too."""
    taken: list[str] = []

    def event(what: str) -> int:
        taken.append(what)
        return 1

    clock = MachineClock(WorldClock(), 0.0, Steps(tmp_path, 1, event))
    for _ in range(290):
        clock.sleep(1.0)
    assert taken == ["wait"]
    for _ in range(600):
        clock.sleep(1.0)
    assert taken == ["wait"] * 3


def test_a_machines_clock_is_off_and_its_waits_pass_for_all() -> None:
    """One time, seen differently."""
    world = WorldClock()
    clock = MachineClock(world, -90.0, Steps(Path("/nowhere")))
    clock.sleep(30)
    assert (world.now() - clock.now()).total_seconds() == 90
    assert world.passed == clock.monotonic() == 30


def voice(name: str, start: float) -> Manifest:
    """Two people, called within a minute of its start."""
    return Manifest("voice", name, start, 4, ("+919876500001", "+919876500002"), "926")


def body(one: Manifest) -> dict[str, object]:
    """As somebody in the dashboard would send it."""
    from datetime import datetime

    window = {
        "send_at": datetime.fromtimestamp(one.start, IST).isoformat(),
        "end_at": datetime.fromtimestamp(one.end, IST).isoformat(),
    }
    return {
        "name": one.name,
        "caller_id": "03349360005",
        "from": list(one.people),
        "url": one.spec_content,
        "schedule": window,
    }


def test_the_account_tells_who_was_called_and_when() -> None:
    """Whatever its answers show; each attempt once."""
    clock = WorldClock()
    account = LifeAccount(clock)
    start = clock.now().timestamp() + 7200
    assert account.by_hand("POST", "campaigns", "", body(voice("diwali", start))) == 200
    changed, calls = account.look()
    assert [(was, now.name, now.state) for was, now in changed.values()] == [(None, "diwali", "created")]
    assert not calls
    clock.sleep(7200 + 300)
    changed, calls = account.look()
    assert {now.state for _, now in changed.values()} == {"completed"}
    assert [call.number for call in calls] == ["+919876500001", "+919876500002"]
    assert all(start <= call.at <= start + 60 for call in calls)
    assert account.look() == ({}, [])


def test_an_answer_has_a_date_unless_the_account_leaves_it_out() -> None:
    """As the listener does it."""
    account = LifeAccount(WorldClock())
    headers = {"Authorization": "Basic b3BlcmF0b3I6b3BlcmF0b3I="}
    dated = account.exchange("GET", f"/v2/accounts/{NAME}/campaigns", headers, b"")
    assert json.loads(b"".join(dated.pieces))["metadata"]["total"] == 0
    assert ("Date", "Mon, 11 Jan 2027 00:00:00 GMT") in dated.headers
    account.stage.switches.change({"date": "missing"})
    without = account.exchange("GET", f"/v2/accounts/{NAME}/campaigns", headers, b"")
    assert not any(name == "Date" for name, _ in without.headers)


def test_commits_are_files_that_the_product_reads(tmp_path: Path) -> None:
    """Hundreds of careless edits, every one of them valid but where it is meant to be broken."""
    from random import Random

    from simulation.product import CommandOutcome, command

    repository = TeamRepository()
    repository.begin(WorldClock().now().timestamp(), Random(1))
    random = Random(2)
    for day in range(40):
        repository.commit(WorldClock().now().timestamp() + day * 86_400, random)
    assert len({commit.says for commit in repository.commits}) > 20
    (tmp_path / "campaigns").mkdir()
    for path, text in repository.head.texts().items():
        (tmp_path / path).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    if repository.head.broken:
        pytest.skip("the last commit is one that nobody can read")
    steps = Steps(tmp_path)
    said: CommandOutcome = command(
        ["validate", "campaigns"],
        root=tmp_path,
        environ={},
        clock=MachineClock(WorldClock(), 0, steps),
        network=None,  # type: ignore[arg-type]
        random=random,
        ends=Killed,
    )
    assert said.code in (0, 3), said.out + said.err
