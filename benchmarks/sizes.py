"""Writes projects of manifests of other sizes than usual, and of manifests with a finding each."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from benchmarks.scale import campaign, write_project

_SMALL: Final = """\
apiVersion: campaignctl/v1
kind: VoiceCampaign
metadata: {{name: {name}, labels: {{team: growth}}}}
spec:
  caller_id: "03349360005"
  from: [{numbers}]
  flow_type: greeting
  read_via_text: "{text}"
  retries: {{number_of_retries: 2, interval_mins: 15, mechanism: Linear, on_status: [busy, no-answer]}}
  schedule: {{send_at: "{start}", end_at: "{end}"}}
"""
_FEW, _MANY = 10, 220
"""Numbers of a manifest of 0.6 kB, and of one of 5 kB."""


def write_small(directory: Path, count: int, base_url: str) -> Path:
    """Writes manifests of 0.6 kB, in flow style. Returns the directory."""
    write_project(directory, 0, base_url)
    for place in range(count):
        spec = campaign(place, _FEW)
        numbers = ", ".join(f'"{number}"' for number in spec["from"])
        start, end = spec["schedule"].values()
        name, text = spec["name"], spec["read_via_text"]
        written = _SMALL.format(name=name, numbers=numbers, text=text, start=start, end=end)
        (directory / "campaigns" / f"{name}.yaml").write_text(written)
    return directory


def write_long(directory: Path, count: int, base_url: str) -> Path:
    """Writes manifests of 5 kB. Returns the directory."""
    return write_project(directory, count, base_url, _MANY)


def write_misspelt(directory: Path, count: int, base_url: str) -> Path:
    """Writes manifests with a key each that is not known. Returns the directory."""
    return _with(write_project(directory, count, base_url), "number_of_retries:", "number_of_retrys:")


def write_late(directory: Path, count: int, base_url: str) -> Path:
    """Writes manifests each of which ends beyond the calling hours. Returns the directory."""
    return _with(
        write_project(directory, count, base_url), '+05:30"\n  call_status', '-04:00"\n  call_status'
    )


def _with(directory: Path, one: str, other: str) -> Path:
    for file in (directory / "campaigns").iterdir():
        text = file.read_text()
        assert text.count(one) == 1, "each has one finding"
        file.write_text(text.replace(one, other))
    return directory
