"""Manifests that repeat, for tests against the sandbox, whose clock stands at Sunday 10 January 2027, 09:00 +05:30."""

from __future__ import annotations

from typing import Any

from harness import Desk, voice

MONDAYS = {
    "cron": "0 10 * * MON",
    "time_zone": "Asia/Kolkata",
    "from": "2027-01-04",
    "until": "2027-06-28",
    "duration": "3h",
}


def weekly(name: str = "weekly", rule: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Every Monday at ten, where the rule does not say otherwise; a key of `...` is left out."""
    repeat = {key: it for key, it in {**MONDAYS, **(rule or {})}.items() if it is not ...}
    return voice(name, schedule=..., repeat=repeat, **{"state": "active", **fields})


def changes(desk: Desk, *words: str) -> dict[str, str]:
    """What a plan makes of each, by name: its reason's code."""
    document = desk.run("plan", "--format", "json", *words).json
    return {it["name"]: it["reason"]["code"] for it in document["changes"]}


def statuses(desk: Desk) -> dict[str, str]:
    """What the account calls each campaign."""
    return {it["name"]: it["status"].lower() for it in desk.account("campaigns")}
