"""Writes projects of manifests that repeat daily: many for two years, the same campaigns once, and ten with years
behind them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

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


_SERIES: Final = """\
apiVersion: campaignctl/v1
kind: SmsCampaign
metadata: {{name: series-{letter}}}
spec:
  state: active
  content_type: static
  lists: ["list{letter}0123456789"]
  dlt_entity_id: "0101428740000012125"
  dlt_template_id: "1107160086562376233"
  sender_id: EXOTEL
  sms_type: transactional
  template: "Hello from shop {letter}"
  repeat: {{cron: "0 10 * * *", time_zone: Asia/Kolkata, from: {first}, until: {last}, duration: 3h}}
"""
_LETTERS: Final = "abcdefghij"


def write_series(directory: Path, base_url: str, today: date) -> Path:
    """Writes ten that repeat daily from today on. Returns the directory."""
    project = write_project(directory, 0, base_url)
    for letter in _LETTERS:
        text = _SERIES.format(letter=letter, first=today, last=today + timedelta(days=365))
        (project / "campaigns" / f"{letter}.yaml").write_text(text)
    return project


def earlier_dates(today: date, days: int) -> Iterator[Mapping[str, Any]]:
    """Yields the campaigns of the same series on so many days before, all over."""
    for letter in _LETTERS:
        for day in (today - timedelta(days=it) for it in range(1, days + 1)):
            yield {
                "name": f"series-{letter}-{day}",
                "channel": "SMS",
                "lists": [f"list{letter}0123456789"],
                "template": f"Hello from shop {letter}",
                "schedule": {"start_time": f"{day}T10:00:00+05:30", "end_time": f"{day}T13:00:00+05:30"},
                "status": "completed",
            }
