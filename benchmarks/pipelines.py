"""Writes a project with and without a rule file of its own, and two plans that differ in a few of many changes."""

from __future__ import annotations

import json
import time
from copy import deepcopy
from pathlib import Path
from typing import Any

from benchmarks.scale import write_project
from campaignctl.comparison.plans import compare_plans

_RULES = {
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "properties": {
        "kind": {"enum": ["VoiceCampaign", "SmsCampaign"]},
        "metadata": {"properties": {"name": {"pattern": "^[a-z0-9-]+$", "maxLength": 60}}},
        "spec": {
            "minProperties": 2,
            "properties": {
                "url": {"pattern": "^https?://", "not": {"pattern": "/0$"}},
                "schedule": {"required": ["send_at"]},
            },
        },
    },
}
"""Ten keywords."""


def write_ruled(directory: Path, count: int, base_url: str, *, ruled: bool) -> Path:
    """Writes so many manifests, held to ten keywords, or not. Returns the directory."""
    write_project(directory, count, base_url)
    if ruled:
        (directory / "rules.json").write_text(json.dumps(_RULES), encoding="utf-8")
        with (directory / "campaignctl.yaml").open("a", encoding="utf-8") as project:
            project.write("\npolicy: {schema: [{file: rules.json, level: warn}]}\n")
    return directory


def seconds_to_compare(count: int, unlike: int, turns: int) -> float:
    """Returns the processor time of a comparison of two plans, so many of whose changes differ in a nested value."""
    before = _plan(count)
    after = deepcopy(before)
    after["digest"] = "other"
    for place in range(0, count, count // unlike):
        after["changes"][place]["resulting"]["retries"]["interval_mins"] = 20
    least = float("inf")
    for _ in range(turns):
        began = time.process_time()
        found = compare_plans(before, after)
        least = min(least, time.process_time() - began)
        assert len(found.changes) == unlike
    return least


def _plan(count: int) -> dict[str, Any]:
    return {
        "environment": "prod",
        "account_sid": "acme1",
        "created_at": "2030-01-01T00:00:00Z",
        "approval": "a",
        "digest": "one",
        "manifests": {"digest": "hmac-sha256:aa", "count": count, "token": "t"},
        "allowed": [],
        "changes": [_change(place) for place in range(count)],
    }


def _change(place: int) -> dict[str, Any]:
    difference = {"field": "retries.interval_mins", "before": 10, "after": 15}
    return {
        "kind": "VoiceCampaign",
        "name": f"campaign-{place:06d}",
        "sid": f"sid{place:06d}",
        "change": "update",
        "reason": {"code": "differs", "message": "it differs"},
        "operations": [{"op": "update", "fields": ["retries"], "irreversible": False}],
        "held": [],
        "diff": [difference],
        "resulting": {"retries": {"number_of_retries": 1, "interval_mins": 15, "on_status": ["busy"]}},
        "notes": [],
    }
