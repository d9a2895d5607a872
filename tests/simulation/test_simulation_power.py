"""What a disk has once its machine lost its power: what was synced, and of the rest less and less."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from simulation.power import UnsyncedFiles, torn
from simulation.steps import Disk, Steps
from simulation.world import LifeWorld


def steps_on(root: Path, chance: Random) -> Steps:
    """A run whose machine may fail."""
    steps = Steps(root)
    steps.unsynced = UnsyncedFiles(chance)
    return steps


def written(path: Path, text: str, *, synced: bool) -> None:
    """As the product keeps an intent, or, without syncing it, a plan."""
    partial = path.with_suffix(".part")
    with partial.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        if synced:
            os.fsync(file.fileno())
    partial.replace(path)
    if synced:
        directory = os.open(path.parent, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)


@pytest.mark.parametrize("seed", range(20))
def test_what_was_synced_is_there_whatever_came_after(tmp_path: Path, seed: int) -> None:
    """File and directory."""
    steps = steps_on(tmp_path, Random(seed))
    with Disk(steps):
        written(tmp_path / "intent.json", "an intent", synced=True)
        written(tmp_path / "plan.json", "a plan", synced=False)
    assert steps.unsynced is not None
    steps.unsynced.lose()
    assert (tmp_path / "intent.json").read_text(encoding="utf-8") == "an intent"


def test_what_was_not_synced_is_half_there_or_as_it_was(tmp_path: Path) -> None:
    """Each of them by some chance: nothing, the file of before, half of the new one."""
    left: set[str] = set()
    for seed in range(60):
        (tmp_path / "plan.json").write_text("before", encoding="utf-8")
        steps = steps_on(tmp_path, Random(seed))
        with Disk(steps):
            written(tmp_path / "plan.json", "0123456789", synced=False)
        assert steps.unsynced is not None
        lost = steps.unsynced.lose()
        left.add((tmp_path / "plan.json").read_text(encoding="utf-8"))
        assert {"plan.json"} <= set(lost) or "plan.part" in lost
    assert "before" in left
    assert {it for it in left if it != "before"} <= {"0123456789"[:size] for size in range(10)}
    assert len(left) > 5


def test_what_was_deleted_comes_back_until_the_directory_is_synced(tmp_path: Path) -> None:
    """A journal keeps the order: what was deleted first is deleted for longer."""
    seen = set()
    for seed in range(40):
        for name in ("a", "b"):
            (tmp_path / name).write_text(name, encoding="utf-8")
        steps = steps_on(tmp_path, Random(seed))
        with Disk(steps):
            (tmp_path / "a").unlink()
            (tmp_path / "b").unlink()
        assert steps.unsynced is not None
        steps.unsynced.lose()
        seen.add("".join(sorted(it.name for it in tmp_path.iterdir())))
    assert seen == {"", "b", "ab"}


def test_a_torn_file_is_never_complete(tmp_path: Path) -> None:
    """Or it would be none."""
    for seed in range(30):
        (tmp_path / "plan.json").write_text("0123456789", encoding="utf-8")
        torn(tmp_path / "plan.json", Random(seed))
        assert len((tmp_path / "plan.json").read_bytes()) < 10


def test_whatever_failed_in_the_midst_of_a_checkout_the_next_one_is_complete() -> None:
    """Files that the machine wrote are gone, or half there; and one that is gone need not be taken away."""
    world = LifeWorld(7, 1)
    try:
        machine, head = world.machines[0], world.repository.head
        texts = world.project.files(head)
        machine.check_out(head)
        gone, half, *_ = (machine.root / path for path in sorted(texts) if path.startswith("campaigns/"))
        gone.unlink()
        torn(half, Random(1))
        machine.doubt_files()
        machine.check_out(head)
        assert {path: (machine.root / path).read_text(encoding="utf-8") for path in texts} == texts
        gone.unlink()
        machine.check_out(replace(head, files={}))
        assert not half.exists()
    finally:
        world.close()
