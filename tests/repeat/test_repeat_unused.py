"""Who has no manifest that repeats loads nothing of what makes them, and is told nothing of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_manifest import VOICE

MANIFEST = VOICE + "  url: http://my.exotel.com/acme1/exoml/start_voice/926\n"
ONCE = '  schedule: {send_at: "2030-01-09T10:00:00+05:30", end_at: "2030-01-09T18:00:00+05:30"}\n'
DAILY = '  repeat: {cron: "0 10 * * *", time_zone: Asia/Kolkata, from: 2030-01-07, until: 2030-01-20, duration: 3h}\n'
PROJECT = """\
apiVersion: campaignctl/v1
kind: Project
manifests: [campaigns/]
environments:
  sandbox: {backend: sandbox, country: IN, clock: "2030-01-07T08:00:00+05:30"}
"""
RUN = """
import sys
from campaignctl.cli.main import run

try:
    code = run(sys.argv[1:])
except SystemExit as ended:
    code = ended.code
print(code, *(it for it in sys.modules if it.partition(".")[0] in ("campaignctl", "cronsim", "holidays", "zoneinfo")))
"""
PARTS = (
    "campaignctl.repeat",
    "campaignctl.calendar",
    "campaignctl.repeat.series",
    "campaignctl.api.dates",
)


def loaded(root: Path, schedule: str, *words: str) -> set[str]:
    """The modules that a command loads of what repeats."""
    (root / "campaigns").mkdir(exist_ok=True)
    (root / "campaignctl.yaml").write_text(PROJECT, encoding="utf-8")
    (root / "campaigns/one.yaml").write_text(MANIFEST + schedule, encoding="utf-8")
    environ = {"PATH": os.environ["PATH"], "HOME": str(root), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", RUN, *words], cwd=root, env=environ, capture_output=True, text=True, check=True
    )
    code, *modules = done.stdout.splitlines()[-1].split()
    assert code == "0", done.stdout + done.stderr
    return {it for it in modules if it in ("cronsim", "holidays") or it.startswith(PARTS)}


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", [("validate",), ("plan",), ("apply", "--auto-approve"), ("status",)], ids=" ".join
)
def test_a_project_without_repeat_loads_nothing_of_it(words: tuple[str, ...], tmp_path: Path) -> None:
    assert loaded(tmp_path, ONCE, *words) == set()


@pytest.mark.slow
def test_one_with_it_does_but_for_the_package_of_holidays(tmp_path: Path) -> None:
    found = loaded(tmp_path, DAILY, "plan")
    assert {"cronsim", "campaignctl.repeat.series", "campaignctl.api.dates"} <= found
    assert "holidays" not in found
