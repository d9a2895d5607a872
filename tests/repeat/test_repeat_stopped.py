"""Rule 11 where lists leave counters out: the campaign itself is looked at before it counts as stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from harness import Desk, desk_at, live_voice
from repeating import changes, statuses, weekly

REACHED, OPEN = {"completed": 2}, {"completed": 1, "created": 1}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    with desk_at(tmp_path) as desk:
        desk.sandbox.switches.omit_from_list = ("stats",)
        yield desk  # type: ignore[misc]


def over(day: str, stats: dict[str, int], **fields: Any) -> dict[str, Any]:
    """A date that ended an hour after its start, two before its end."""
    schedule = {"send_at": f"{day}T10:00:00+05:30", "end_at": f"{day}T13:00:00+05:30"}
    updated = f"{day}T11:00:00+05:30"
    return live_voice(
        f"weekly-{day}", schedule=schedule, status="Completed", stats=stats, date_updated=updated, **fields
    )


@pytest.mark.parametrize("refresh", ["auto", "full"])
@pytest.mark.parametrize(("stats", "code"), [(REACHED, "not-live"), (OPEN, "needs-allow")])
def test_what_is_over_is_read_by_its_sid_where_a_list_shows_no_counters(
    stats: dict[str, int], code: str, refresh: str, desk: Desk
) -> None:
    desk.seed(over("2027-01-04", stats))
    desk.manifests(weekly())
    found = changes(desk, f"--refresh={refresh}")
    assert (found["weekly-2027-01-11"], found["weekly-2027-01-18"]) == (code, code)


def test_one_campaign_of_a_series_is_read_and_none_where_another_lies_ahead(desk: Desk) -> None:
    desk.seed(*(over(it, REACHED) for it in ("2027-01-04",)))
    desk.manifests(weekly(rule={"from": "2026-12-28"}))
    desk.run("plan", "--refresh=full")
    assert [it.request for it in desk.requests].count("get") == 1
    desk.run("apply", "--auto-approve")
    desk.pass_time(days=2)
    desk.forget()
    assert changes(desk, "--refresh=full")["weekly-2027-01-25"] == "not-live"
    assert [it.request for it in desk.requests].count("get") == 0


def test_a_plan_file_asks_again_and_reads_what_ended_meanwhile_by_its_sid(desk: Desk) -> None:
    desk.manifests(weekly(rule={"horizon": "1d"}))
    desk.run("apply", "--auto-approve")
    desk.pass_time(days=7)
    desk.run("plan", "--out", "plan.json")
    done = desk.run("apply", "plan.json", "--auto-approve")
    assert done.code == 0, done.all
    assert statuses(desk)["weekly-2027-01-18"] == "created"
