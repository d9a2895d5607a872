"""Writes a project of manifests that repeat daily for two years, and the same campaigns once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from benchmarks.scale import write_project

_SCHEDULE: Final = re.compile(r"  schedule:\n    send_at: .*\n    end_at: .*\n")
_DAILY: Final = """\
  repeat:
    cron: "{minute} 10 * * *"
    time_zone: Asia/Kolkata
    from: 2035-01-01
    until: 2036-12-31
    duration: 3h
"""
_ONCE: Final = """\
  schedule:
    send_at: "2035-01-15T10:{minute:02d}:00+05:30"
    end_at: "2035-01-15T13:{minute:02d}:00+05:30"
"""


def write_repeating(directory: Path, count: int, base_url: str, *, daily: bool) -> Path:
    """Writes the project. It has many minutes, so that not all rules are alike. Returns the directory."""
    project = write_project(directory, count, base_url)
    for place, file in enumerate(sorted((project / "campaigns").iterdir())):
        schedule = (_DAILY if daily else _ONCE).format(minute=place % 60)
        file.write_text(_SCHEDULE.sub(lambda _, text=schedule: text, file.read_text()))
    return project
