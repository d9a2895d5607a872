"""Makes a large project and the account beside it: manifests of about 1.1 kB, and the same campaigns as pages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

_MANIFEST = """\
# yaml-language-server: $schema=voice-campaign.schema.json
apiVersion: campaignctl/v1
kind: VoiceCampaign
metadata:
  name: {name}
  labels:
    team: growth
    tier: test
spec:
  caller_id: "03349360005"
  from:
{numbers}
  flow_type: greeting
  read_via_text: "{text}"
  retries:
    number_of_retries: 2
    interval_mins: 15
    mechanism: Linear
    on_status: [busy, no-answer]
  schedule:
    send_at: "{start}"
    end_at: "{end}"
  call_status_callback: https://hooks.example.com/calls?campaign={name}
  status_callback: https://hooks.example.com/campaigns?campaign={name}
  custom_field: order-{place:06d}
"""
_NUMBERS = 20
_INDIA = timezone(timedelta(hours=5, minutes=30))
_CHANGED_EVERY = 100


def write_project(directory: Path, count: int, base_url: str, numbers: int = _NUMBERS) -> Path:
    """Writes a project of so many manifests, a file each, whose account is at `base_url`. Returns the directory."""
    (directory / "campaigns").mkdir(parents=True)
    (directory / "campaignctl.yaml").write_text(
        "apiVersion: campaignctl/v1\nkind: Project\nmanifests: [campaigns/]\ndefault_environment: bench\n"
        "environments:\n  bench:\n    backend: exotel\n    account_sid: acme1\n    country: IN\n"
        f"    rate_limit: 100000\n    base_url: {base_url}\n"
    )
    for place in range(count):
        (directory / "campaigns" / f"{campaign(place)['name']}.yaml").write_text(manifest(place, numbers))
    return directory


def manifest(place: int, numbers: int = _NUMBERS) -> str:
    """Returns the text of manifest number `place`."""
    spec = campaign(place, numbers)
    rows = "\n".join(f'    - "{number}"' for number in spec["from"])
    start, end = spec["schedule"].values()
    return _MANIFEST.format(
        name=spec["name"],
        numbers=rows,
        text=spec["read_via_text"],
        start=start,
        end=end,
        place=place,
    )


def campaign(place: int, numbers: int = _NUMBERS) -> dict[str, Any]:
    """Returns what manifest number `place` declares."""
    name, start = f"reminder-{place:06d}", _first_start() + timedelta(minutes=place % 300)
    return {
        "name": name,
        "caller_id": "03349360005",
        "from": [f"+91{9_800_000_000 + place * max(100, numbers) + each}" for each in range(numbers)],
        "flow_type": "greeting",
        "read_via_text": f"Hello, this is a reminder: your order {place} is ready and waits at our shop.",
        "retries": {
            "number_of_retries": 2,
            "interval_mins": 15,
            "mechanism": "Linear",
            "on_status": ["busy", "no-answer"],
        },
        "schedule": {"send_at": start.isoformat(), "end_at": (start + timedelta(hours=6)).isoformat()},
        "call_status_callback": f"https://hooks.example.com/calls?campaign={name}",
        "status_callback": f"https://hooks.example.com/campaigns?campaign={name}",
        "custom_field": f"order-{place:06d}",
    }


@lru_cache
def _first_start() -> datetime:
    """Returns the first start in the country's own offset, early enough for the longest window to end within its
    calling hours.
    """
    return datetime.now(_INDIA).replace(hour=9, minute=30, second=0, microsecond=0) + timedelta(days=30)


def live_items(count: int) -> Iterator[bytes]:
    """Yields the same campaigns as an account lists them, each encoded; the text of one in a hundred is another."""
    for place in range(count):
        spec = campaign(place)
        if place % _CHANGED_EVERY == 0:
            spec["read_via_text"] = "Hello, this is what was said before."
        data = {
            "id": f"{place:032x}",
            "account_sid": "acme1",
            **spec,
            "type": "trans",
            "campaign_type": "static",
            "call_duplicate_numbers": False,
            "status": "Created",
            "date_created": "2026-11-01T00:00:00Z",
            "date_updated": "2026-11-01T00:00:00Z",
            "uri": f"/v2/accounts/acme1/campaigns/{place:032x}",
            "stats": {"created": _NUMBERS, "in-progress": 0, "completed": 0, "failed": 0},
        }
        yield listed(data)


def listed(data: Mapping[str, Any]) -> bytes:
    """Returns a campaign as an item of a list of the API."""
    item = {"code": 200, "error_data": None, "status": "success", "data": data, "summary": None}
    return json.dumps(item).encode()
