"""Pipelines that apply the same manifests at once: processes with directories of their own, one account on a socket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from habits import draw_habits
from harness import ACCOUNT, Desk, voice

from campaignctl.clock import SystemClock
from campaignctl.kinds.lifecycle import Status
from campaignctl.sandbox.server import Sandbox

pytestmark = pytest.mark.slow

NAMES = ("diwali-reminder", "diwali-offer")


HABITS = (
    *("action_refusal", "status_filter", "name_search", "spelling", "mask", "shared_sms", "paused_at_end"),
    *("omit_from_details", "several_creates"),
)
"""Beside lists that lag: the promise is the same with each of them."""


@pytest.fixture(params=(0, 6, 9, 10), ids=lambda seed: f"draw_habits({seed})")
def account(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Its lists lag for as long as the project expects; a create takes a while, so that nobody is first by far."""
    with Sandbox() as sandbox:
        draw_habits(request.param, among=HABITS).throw(sandbox)
        sandbox.switches.change({"list_lag_seconds": 1})
        sandbox.faults.add("slow", request="create", seconds=0.8, acts=False, times=None)
        yield sandbox


def pipelines(account: Sandbox, root: Path, flows: tuple[str, ...]) -> list[Desk]:
    """One directory for each; they share nothing but the account. `flows` are what their manifests call.

    The clock is the real one: whatever it shows, they call within the hours of a day.
    """
    start = (datetime.now(UTC) + timedelta(days=5)).replace(hour=4, minute=0, second=0, microsecond=0)
    schedule = {"send_at": start.isoformat(), "end_at": (start + timedelta(hours=9)).isoformat()}
    desks = []
    for number, flow in enumerate(flows):
        directory = root / f"runner-{number}"
        directory.mkdir()
        desk = Desk(directory, account, SystemClock(), {"settle_seconds": 1})  # type: ignore[arg-type]
        url = f"http://my.exotel.com/acme1/exoml/start_voice/{flow}"
        for_each = [
            voice(name, schedule=schedule, url=url, **{"from": [f"+9198765000{place:02}"]})
            for place, name in enumerate(NAMES)
        ]
        desk.manifests(*for_each)
        desks.append(desk)
    return desks


def race(desks: list[Desk]) -> list[tuple[int, dict[str, Any]]]:
    """The exit code of each, and its results by name."""
    processes = [desk.start("apply", "--auto-approve", "--format", "json") for desk in desks]
    said = [(process, *process.communicate(timeout=60)) for process in processes]
    return [(process.returncode, results(out, err)) for process, out, err in said]


def results(out: str, err: str) -> dict[str, Any]:
    assert out, err
    return {result["name"]: result for result in json.loads(out)["results"]}


def test_of_pipelines_that_race_one_campaign_survives(account: Sandbox, tmp_path: Path) -> None:
    desks = pipelines(account, tmp_path, ("926", "926", "926"))
    ends = race(desks)
    assert [code for code, _ in ends] == [0, 0, 0], ends
    campaigns = account.campaigns(ACCOUNT)
    assert len(campaigns) > len(NAMES), "nobody raced: the test proves nothing"
    for name in NAMES:
        alive = [it for it in campaigns if it.name == name and it.alive]
        assert len(alive) == 1
        assert {found[name]["sid"] for _, found in ends} == {alive[0].sid}
        assert all(it.state is Status.ARCHIVED for it in campaigns if it.name == name and it not in alive)
    assert desks[0].run("plan", "--detailed-exitcode").code == 0


def test_a_pipeline_that_loses_to_another_content_says_so(account: Sandbox, tmp_path: Path) -> None:
    desks = pipelines(account, tmp_path, ("926", "4"))
    ends = race(desks)
    campaigns = account.campaigns(ACCOUNT)
    assert len(campaigns) > len(NAMES), "nobody raced: the test proves nothing"
    for name in NAMES:
        alive = [it for it in campaigns if it.name == name and it.alive]
        assert len(alive) == 1
        for desk, (code, found) in zip(desks, ends, strict=True):
            asked = json.loads((desk.root / "campaigns/all.yaml").read_text().split("---")[0])["spec"]["url"]
            assert found[name]["sid"] == alive[0].sid
            if alive[0].spec["url"].rpartition("/")[2] != asked.rpartition("/")[2]:
                assert (found[name]["outcome"], found[name]["reason"]["code"]) == ("skipped", "lost-race")
                assert code == 3
