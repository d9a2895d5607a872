"""Where `plan --out` writes, and what an apply takes for a plan, whatever it is called."""

from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from example_counts import crossed
from harness import Desk, voice

APPLY = ("apply", "--auto-approve")


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """One campaign to create."""
    desk.manifests(voice())
    return desk


def is_plan(text: str) -> bool:
    return str(json.loads(text)["seal"]).startswith("hmac-sha256:")


def test_a_link_stays_and_what_it_leads_to_is_written(desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "target.json"
    target.write_text("old", encoding="utf-8")
    (desk.root / "plan.json").symlink_to(target)
    assert desk.run("plan", "--out", "plan.json").code == 0
    assert (desk.root / "plan.json").is_symlink()
    assert is_plan(target.read_text(encoding="utf-8"))


def test_a_link_to_what_is_not_there_yet_makes_it(desk: Desk, tmp_path: Path) -> None:
    (desk.root / "plan.json").symlink_to(tmp_path / "target.json")
    assert desk.run("plan", "--out", "plan.json").code == 0
    assert (desk.root / "plan.json").is_symlink()
    assert is_plan((tmp_path / "target.json").read_text(encoding="utf-8"))


def test_a_link_that_leads_to_itself_is_one_clear_message(desk: Desk) -> None:
    (desk.root / "plan.json").symlink_to(desk.root / "plan.json")
    result = desk.run("plan", "--out", "plan.json")
    assert result.code == 1
    assert "cannot write plan.json" in result.err
    assert "Traceback" not in result.err


def test_a_file_keeps_its_mode(desk: Desk) -> None:
    file = desk.write("plan.json", "old")
    file.chmod(0o600)
    assert desk.run("plan", "--out", "plan.json").code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(it.name for it in desk.root.iterdir() if it.name.endswith(".part")) == []


def test_a_device_is_written_to_and_never_replaced(desk: Desk, tmp_path: Path) -> None:
    """Also where root could replace it: a node of its own stands for /dev/null."""
    node = tmp_path / "null"
    try:
        os.mknod(node, stat.S_IFCHR | 0o666, os.makedev(1, 3))
        node.write_text("", encoding="utf-8")
    except PermissionError:
        pytest.skip("only root makes devices, and only where the file system lets it")
    assert desk.run("plan", "--out", str(node)).code == 0
    assert stat.S_ISCHR(node.stat().st_mode)
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert desk.run("plan", "--out", "/dev/null").code == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_fifo_gets_the_plan(desk: Desk, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(fifo.read_text(encoding="utf-8")), daemon=True)
    reader.start()
    assert desk.run("plan", "--out", str(fifo)).code == 0
    reader.join(10)
    assert is_plan(read[0])
    assert fifo.is_fifo()


@pytest.mark.parametrize("directory", [".", "campaigns", "campaigns/", "/tmp"])
def test_a_directory_is_refused_before_the_account_is_asked(desk: Desk, directory: str) -> None:
    result = desk.run("plan", "--out", directory)
    assert result.code == 1
    assert "is a directory" in result.err
    assert "Traceback" not in result.err
    assert not desk.requests


def test_a_dash_is_standard_output_and_no_file(desk: Desk) -> None:
    result = desk.run("plan", "--out", "-")
    assert result.code == 0
    assert is_plan(result.out)
    assert "voice/diwali-reminder: create" in result.err
    assert not (desk.root / "-").exists()
    desk.write("plan.json", result.out)
    assert desk.run(*APPLY, "plan.json").code == 0


# -------------------------------------------------------------------------------------------------- what is a plan


@pytest.mark.parametrize("name", ["tfplan", "plan.yaml", "plan.json.bak", "plan", "campaigns/plan.txt"])
def test_a_plan_is_one_whatever_its_name_ends_in(desk: Desk, name: str) -> None:
    assert desk.run("plan", "--out", name).code == 0
    result = desk.run(*APPLY, name, "--max-changes", "0")
    assert (result.code, "max_changes" in result.err) == (3, True), result.all
    beside = desk.run(*APPLY, name, "campaigns/all.yaml")
    assert beside.code == 64
    assert desk.run(*APPLY, name).code == 0
    assert len(desk.writes) == 1


def test_a_plan_whose_version_stands_last_is_one(desk: Desk) -> None:
    document = desk.plan()
    document["format_version"] = document.pop("format_version")
    desk.write("tfplan", json.dumps(document))
    assert desk.run(*APPLY, "tfplan").code == 0
    assert len(desk.writes) == 1


def test_a_manifest_that_speaks_of_a_format_version_is_none(desk: Desk) -> None:
    desk.write("campaigns/all.yaml", json.dumps(voice(custom_field='"format_version"')))
    assert desk.run(*APPLY, "campaigns/all.yaml").code == 0
    assert len(desk.writes) == 1


NOTHING: dict[str, Callable[[str], bytes]] = {
    "empty": lambda _: b"",
    "blank": lambda _: b" \n\t\r\n",
    "a byte order mark": lambda _: b"\xef\xbb\xbf",
    "null": lambda _: b"null\n",
    "null after a byte order mark": lambda _: b"\xef\xbb\xbfnull",
    "zeros, as a full disk leaves them": lambda _: b"\0" * 512,
    "a plan that was cut": lambda plan: plan[: len(plan) // 2].encode(),
    "a plan that was cut in its first word": lambda _: b'{\n  "form',
    "a plan that was cut after its first sign": lambda _: b"{",
    "a plan in another encoding": lambda plan: plan.encode("utf-16"),
    "an array": lambda _: b"[]",
    "an object": lambda _: b"{}",
    "a number": lambda _: b"1",
}


@pytest.mark.parametrize(("content", "name"), crossed(list(NOTHING), ["tfplan", "plan.json", "plan.yaml"]))
def test_a_file_that_holds_nothing_or_half_a_plan_is_never_nothing_to_do(
    desk: Desk, name: str, content: str
) -> None:
    plan = desk.run("plan", "--format", "json").out
    desk.forget()
    (desk.root / name).write_bytes(NOTHING[content](plan))
    for words in ((*APPLY, name), ("show", name), ("plan", name)):
        result = desk.run(*words)
        assert result.code == 1, (words, result.all)
        assert name in result.err
        assert "Traceback" not in result.err
    assert not desk.requests
