"""What tests of an apply over HTTP share: its words, and what of its results and requests they look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness import RecordedRequest, actions

APPLY = ("apply", "--auto-approve")
ALLOW = ("--allow", "resume", "--allow", "complete", "--allow", "archive", "--allow", "start-now")
OTHER_URL = "http://my.exotel.com/acme1/exoml/start_voice/1"
START = "2027-01-15T09:00:00+05:30"
LATER = {"send_at": "2027-01-16T09:00:00+05:30", "end_at": "2027-01-16T18:00:00+05:30"}


def result_of(results: Mapping[str, Any], name: str = "diwali-reminder") -> dict[str, Any]:
    found: list[dict[str, Any]] = [it for it in results["results"] if it["name"] == name]
    assert len(found) == 1
    return found[0]


def around(requests: list[RecordedRequest] | Any, sid: str) -> list[str]:
    """What was asked about one campaign, in order: `get`, `update`, `pause` …"""
    return [
        it.request if it.method == "GET" else actions([it])[0][0]
        for it in requests
        if it.path.endswith(f"/{sid}")
    ]
