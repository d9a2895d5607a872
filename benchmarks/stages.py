"""Writes a project in which every second campaign waits for the one before it, and the same without any gate."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from benchmarks.scale import live_items, write_project
from campaignctl.kinds.counters import COUNTERS

_GATE = "  after: [{{campaign: voice/reminder-{place:06d}, finished: 20}}]\n"
_DAY = re.compile(r'(?<=_at: ")[0-9-]{10}')
_COUNTED = {**dict.fromkeys(COUNTERS["VoiceCampaign"], 0), "created": 20}


def write_staged(directory: Path, gates: int, base_url: str, *, waiting: bool) -> Path:
    """Writes two manifests for each gate, the second a day later. Returns the directory."""
    project = write_project(directory, 2 * gates, base_url)
    for place, file in enumerate(sorted((project / "campaigns").iterdir())):
        if place % 2:
            text = _DAY.sub(_next_day, file.read_text())
            gate = _GATE.format(place=place - 1) if waiting else ""
            file.write_text(text.replace("spec:\n", f"{gate}spec:\n", 1))
    return project


def _next_day(found: re.Match[str]) -> str:
    return (date.fromisoformat(found[0]) + timedelta(days=1)).isoformat()


def staged_items(gates: int) -> Iterator[bytes]:
    """Yields the campaigns that others wait for, with their counters; the others are not there."""
    for place, item in enumerate(live_items(2 * gates)):
        if place % 2 == 0:
            envelope = json.loads(item)
            envelope["data"]["stats"] = _COUNTED
            yield json.dumps(envelope).encode()
