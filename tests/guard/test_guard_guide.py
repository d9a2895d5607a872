"""What the guide says of a guard as a service: the files are read by those whom they are for, and it writes nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from harness import Desk, live_voice, voice
from test_guard_standing import BROKEN, FIELDS

GUIDE = Path(__file__).parents[2] / "docs/guide/guard.md"
OURS = Path(sys.executable).with_name("campaignctl")


def block(language: str, holds: str) -> str:
    """The guide's block of a language that holds some words."""
    found = re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    (one,) = [it for it in found if holds in it]
    return one


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "campaignctl-guard.service"
    text = block("ini", "[Service]").replace("/srv/campaigns/.venv/bin/campaignctl", str(OURS))
    unit.write_text(text.replace("User=campaigns", "User=daemon"), encoding="utf-8")
    found = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], check=False, capture_output=True, text=True, timeout=60
    )
    assert (found.returncode, [it for it in found.stderr.splitlines() if unit.name in it]) == (0, [])


def test_the_cron_job_runs_one_look_at_a_time() -> None:
    job = yaml.safe_load(block("yaml", "kind: CronJob"))
    assert (job["spec"]["schedule"], job["spec"]["concurrencyPolicy"]) == ("* * * * *", "Forbid")
    (container,) = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    entry = re.search(r"ENTRYPOINT (.*)", block("dockerfile", "ENTRYPOINT"))
    assert entry is not None
    words = [*yaml.safe_load(entry[1]), *container["args"]]
    assert words == ["campaignctl", "guard", "-e", "prod", "--once"]


def files(root: Path) -> Iterator[tuple[str, int, int]]:
    """All that stands in a directory, with size and time."""
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        yield str(path), status.st_size, status.st_mtime_ns


def test_it_writes_nothing_into_the_project(desk: Desk) -> None:
    desk.manifests(voice(metadata={"stop_when": {"failed": "40%"}}, **FIELDS))
    desk.sandbox.switches.change(BROKEN)
    desk.seed(live_voice(**FIELDS))
    desk.account()
    desk.pass_time(minutes=5)
    before = list(files(desk.root))
    assert desk.run("guard", "--once", "-e", "prod").code == 3
    assert list(files(desk.root)) == before
