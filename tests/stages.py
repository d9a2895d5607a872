"""Stages on one account: when canary and rest begin, whom they call, and counters as an account shows them."""

from __future__ import annotations

from typing import Any

from harness import Desk, sent

CANARY = {"send_at": "2027-01-10T09:00:00+05:30", "end_at": "2027-01-10T20:00:00+05:30"}
REST = {"send_at": "2027-01-10T14:00:00+05:30", "end_at": "2027-01-10T20:00:00+05:30"}
PEOPLE = [f"+9198765{n:05}" for n in range(60)]
OTHER = "http://my.exotel.com/acme1/exoml/start_voice/1"
COUNTERS = "created in-progress retry retrying paused completed failed failed-dnd invalid failed-no-attempt"


def stats(**told: int) -> dict[str, int]:
    """All counters of calls, 0 where nothing is told of them; `_` stands for `-`."""
    return dict.fromkeys(COUNTERS.split(), 0) | {word.replace("_", "-"): it for word, it in told.items()}


def change(desk: Desk, name: str = "rest", *words: str) -> Any:
    """A change of the plan."""
    return next(it for it in desk.plan(*words)["changes"] if it["name"] == name)


def created(desk: Desk, name: str = "rest") -> list[str]:
    """Who stands in the create."""
    return [number for it in desk.writes if sent(it).get("name") == name for number in sent(it)["from"]]
