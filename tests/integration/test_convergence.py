"""For any manifests and any account: plan → apply → plan is empty, and nothing on the way was refused or unsafe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from any_account import ALLOWED, NOW, Scene, scenes
from example_counts import examples
from harness import Desk, RecordedRequest, desk_at, sent
from hypothesis import HealthCheck, event, given, reject

ALLOW = tuple(word for permission in ALLOWED for word in ("--allow", permission))
MARGIN = timedelta(minutes=10)
CALLBACKS = {"status_callback", "call_status_callback", "call_schedule_callback"}


@contextmanager
def staged(scene: Scene) -> Iterator[Desk]:
    """A desk with the project and the account of a scene."""
    with TemporaryDirectory() as directory, desk_at(Path(directory)) as desk:
        desk.sandbox.switches.change(scene.switches)
        desk.configure(**scene.settings)
        desk.manifests(*scene.manifests)
        here = scene.settings["sms_api"]
        there = "sms-campaigns" if here == "message-campaigns" else "message-campaigns"
        for collection, campaigns in (
            ("campaigns", scene.voice),
            (here, scene.sms),
            (there, scene.other_sms),
        ):
            desk.seed(*campaigns, collection=collection)
        yield desk


def hold(scene: Scene) -> None:
    """All that must hold of one scene."""
    with staged(scene) as desk:
        planned = desk.run("plan", "--refresh", "auto", "--format", "json", *ALLOW)
        if planned.code == 1 and '"invalid-input"' in planned.out:
            reject()
        assert planned.code in (0, 3), planned.all
        same_changes(planned.json, desk.run("plan", "--refresh", "full", "--format", "json", *ALLOW).json)
        assert not desk.writes
        starts = starts_of(scene)
        applied = desk.run("apply", "--auto-approve", "--format", "json", *ALLOW)
        assert applied.code in (0, 3, 4), applied.all
        nothing_refused(desk.requests, scene)
        no_start_in_the_past(desk.writes, starts)
        carried_out_what_was_shown(planned.json, applied.json, hidden=hides(scene))
        ended = [*failed(applied.json), *blocked(planned.json), *meant_another(planned.json)]
        assert left_to_do(desk.plan(*ALLOW), ended) == []
        settles(desk, scene, failed(applied.json))


def settles(desk: Desk, scene: Scene, besides: list[tuple[str, str]]) -> None:
    """What a block or another campaign of the name left over is done in a few more applies, and then it is quiet."""
    for _ in range(3):
        again = desk.apply(*ALLOW)
        nothing_refused(desk.requests, scene)
        besides += failed(again)
    assert left_to_do(desk.plan(*ALLOW), besides) == []


def same_changes(sparing: Mapping[str, Any], complete: Mapping[str, Any]) -> None:
    """Reading sparingly and reading everything lead to the same change, operations and differences."""
    keys = ("kind", "name", "change", "operations", "held", "diff")
    sides = [
        [{key: change[key] for key in keys} for change in plan["changes"]] for plan in (sparing, complete)
    ]
    assert sides[0] == sides[1]


def nothing_refused(requests: Iterable[RecordedRequest], scene: Scene) -> None:
    """Besides look-ups by SID of what is not there, and a filter or search that the account does not take.

    Where neither manifest nor account shows a field and a PUT replaces, nobody can send all of it: the account may
    refuse the rest.
    """
    blind = hides(scene) and scene.switches["put"] == "replace"
    for it in requests:
        by_sid = it.request == "get" and it.status == 404
        filtered = it.request == "list" and it.status == 400 and ("status" in it.query or "name" in it.query)
        partial = it.request == "update" and it.status == 400 and blind
        assert by_sid or filtered or partial or (it.status or 500) < 400, it


def starts_of(scene: Scene) -> dict[str, datetime | None]:
    """By SID, the start that each campaign had."""
    campaigns = [*scene.voice, *scene.sms, *scene.other_sms]
    return {it["sid"]: _start(it) for it in campaigns}


def _start(campaign: Mapping[str, Any]) -> datetime | None:
    schedule = campaign.get("schedule") or {}
    text = schedule.get("send_at") or schedule.get("start_time")
    return datetime.fromisoformat(text) if text else None


def no_start_in_the_past(writes: Iterable[RecordedRequest], before: Mapping[str, datetime | None]) -> None:
    """A start that is set lies the margin ahead, a created one ahead; a start that was there is never unset."""
    for it in writes:
        start, sid = _start(sent(it)), it.path.rpartition("/")[2]
        if it.request == "update" and set(sent(it)) <= CALLBACKS:
            continue  # after the start nothing else is sent
        if it.request == "create":
            assert start is None or start > NOW, it
        elif it.request == "update" and start != before.get(sid):
            assert start is not None, it
            assert start - NOW >= MARGIN, it


def hides(scene: Scene) -> bool:
    """Whether one answer shows what another does not."""
    return any(scene.switches[f"omit_from_{request}"] for request in ("list", "get", "update"))


NOT_AS_LISTED = ("start-passed", "cannot-send-whole", "moved")


def carried_out_what_was_shown(plan: Mapping[str, Any], results: Mapping[str, Any], hidden: bool) -> None:
    """Each change's operations are those of the plan, in its order; besides only a pause at once.

    Where one answer hides what another shows, or a block leaves only a part to send, the read before a write may stop
    it.
    """
    for change, result in zip(plan["changes"], results["results"], strict=True):
        shown = [it["op"] for it in change["operations"]]
        done = [it["op"] for it in result["operations"]]
        stopped = result["outcome"] == "skipped" and result["reason"]["code"] in NOT_AS_LISTED
        if result["outcome"] == "failed":
            event(f"failed: {result['reason']['code']}")
            assert [it for it in done if it in shown] or done == shown
        elif not (stopped and (hidden or change["change"] == "blocked")):
            assert done == shown, result
            assert all(it["outcome"] == "applied" for it in result["operations"]), result


def left_to_do(plan: Mapping[str, Any], besides: Iterable[tuple[str, str]]) -> list[Mapping[str, Any]]:
    """The changes that still have operations."""
    for change in plan["changes"]:
        event(f"{change['change']}: {change['reason']['code']}")
    return [it for it in plan["changes"] if it["operations"] and _key(it) not in set(besides)]


def _key(one: Mapping[str, Any]) -> tuple[str, str]:
    return one["kind"], one["name"]


def failed(results: Mapping[str, Any]) -> list[tuple[str, str]]:
    """And those that were stopped before they were sent."""
    stopped = {"failed", "skipped"}
    return [_key(it) for it in results["results"] if it["outcome"] in stopped and it["operations"]]


def blocked(plan: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a block leaves free can be more once it has been carried out: a pause, say, or a postponement."""
    return [_key(it) for it in plan["changes"] if it["change"] == "blocked"]


def meant_another(plan: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Ended, its name means the newest that is over (rule 1.4), which may be another to archive."""
    return [_key(it) for it in plan["changes"] if it["status"]["desired"] == "archived" and it["operations"]]


QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


@examples(25, quick=1, suppress_health_check=QUIET)
@given(scene=scenes())
def test_after_an_apply_there_is_nothing_to_do(scene: Scene) -> None:
    hold(scene)


@pytest.mark.slow
@examples(150, suppress_health_check=QUIET)
@given(scene=scenes())
def test_after_any_of_many_applies_there_is_nothing_to_do(scene: Scene) -> None:
    hold(scene)
