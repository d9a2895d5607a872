"""A guard that somebody, or an account, would like to end, to blind, or to make pause the wrong campaign."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from example_counts import examples
from harness import Desk, actions, desk_at, live_voice, voice
from hypothesis import given
from hypothesis import strategies as st
from stages import stats
from test_guard_standing import BROKEN, FIELDS, lines, shift

STRANGE: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        "id",
        "name",
        "status",
        "stats",
        "from",
        "lists",
        "schedule",
        "url",
        "date_created",
        "date_updated",
        "retries",
    ]
)


@examples(60)
@given(st.dictionaries(KEYS, STRANGE, min_size=1, max_size=4))
def test_nothing_that_an_answer_holds_ends_it_or_makes_it_pause(data: dict[str, Any]) -> None:
    with TemporaryDirectory() as directory, desk_at(Path(directory)) as desk:
        desk.manifests(voice(metadata={"stop_when": {"failed": "40%"}}, **FIELDS))
        desk.sandbox.switches.change({"outcomes": ["*:completed=100"]})
        desk.seed(live_voice(**FIELDS))
        desk.pass_time(minutes=5)
        desk.sandbox.faults.add("change", request="list", data=data, times=None)
        desk.sandbox.faults.add("change", request="get", data=data, times=None)
        result = desk.run("guard", "--once")
        assert result.code in (0, 1), result.all
        assert (desk.writes, "Traceback" in result.all) == ([], False)


@pytest.mark.parametrize(
    "counts",
    [
        {"failed": "60"},
        {"failed": 60.5},
        {"failed": True},
        {"failed": -60},
        {"failed": None},
        {"failed": 100, "answered": 5},
        {"failed": 100, "answered": "5"},
        {"failed": 100, "FAILED": 3},
    ],
)
def test_counters_that_cannot_be_believed_are_told_and_pause_nothing(
    desk: Desk, counts: dict[str, Any]
) -> None:
    desk.manifests(voice(metadata={"stop_when": {"failed": "40%"}}, **FIELDS))
    desk.seed(live_voice(**FIELDS))
    desk.account()
    for request in ("list", "get"):
        desk.sandbox.faults.add(
            "change",
            request=request,
            data={"stats": {**stats(), **counts}, "status": "InProgress"},
            times=None,
        )
    result = desk.run("guard", "--once")
    assert (result.code, len(lines(result, "blind")), desk.writes) == (1, 1, []), result.all


def test_words_in_other_letters_are_read(desk: Desk) -> None:
    desk.manifests(voice(metadata={"stop_when": {"failed": "40%"}}, **FIELDS))
    desk.seed(live_voice(**FIELDS))
    desk.account()
    words = {key.upper().replace("-", "_"): it for key, it in stats(failed=400, completed=100).items()}
    desk.sandbox.faults.add("change", request="list", data={"stats": {**words, "answered": 0}}, times=None)
    assert desk.run("guard", "--once").code == 3


def test_who_watches_nothing_says_so(desk: Desk) -> None:
    desk.manifests(voice(metadata={"labels": {"team": "growth"}}, **FIELDS))
    result = desk.run("guard", "--once", "-l", "team=grwoth")
    assert (result.code, len(lines(result, "manifests"))) == (1, 1), result.all


def test_manifests_that_are_gone_leave_the_last_ones_watched(tmp_path: Path) -> None:
    with shift(
        tmp_path, looks=3, events={1: lambda desk: (desk.root / "campaigns/all.yaml").unlink()}
    ) as desk:
        desk.sandbox.switches.change(BROKEN)
        desk.seed(live_voice(**FIELDS))
        result = desk.run("guard")
        assert (len(lines(result, "manifests")), len(lines(result, "pause"))) == (1, 1), result.all


def test_a_key_that_is_refused_once_after_a_first_look_that_was_blind_ends_nothing(tmp_path: Path) -> None:
    forbid = {1: lambda desk: desk.sandbox.faults.add("status", request="list", status=403)}
    with shift(tmp_path, looks=4, events=forbid) as desk:
        desk.sandbox.faults.add("status", request="list", status=503)
        result = desk.run("guard")
        assert (result.code, len(lines(result, "look"))) == (0, 4), result.all


def test_an_item_that_cannot_be_read_is_told(desk: Desk) -> None:
    desk.manifests(voice(metadata={"stop_when": {"failed": "40%"}}, **FIELDS))
    desk.seed(live_voice(**FIELDS))
    desk.account()
    desk.sandbox.faults.add("item", request="list", status=500, index=0, times=None)
    result = desk.run("guard", "--once")
    assert (result.code, bool(lines(result, "blind"))) == (1, True), result.all


def test_a_namesake_of_a_pinned_campaign_is_watched_too(desk: Desk) -> None:
    desk.sandbox.switches.change(BROKEN)
    first, second = desk.seed(live_voice(**FIELDS), live_voice(**FIELDS))
    desk.manifests(voice(metadata={"sid": first, "stop_when": {"failed": "40%"}}, **FIELDS))
    desk.account()
    desk.pass_time(minutes=5)
    assert desk.run("guard", "--once").code == 3
    assert sorted(actions(desk.writes)) == sorted([("pause", first), ("pause", second)])


def test_where_the_filter_is_ignored_what_runs_is_paused_before_all_the_past_is_read(desk: Desk) -> None:
    desk.seed(*(live_voice(f"past-{n}", status="completed") for n in range(120)))
    desk.sandbox.switches.change({**BROKEN, "status_filter": "ignore"})
    (sid,) = desk.seed(live_voice(**FIELDS))
    desk.manifests(voice(metadata={"stop_when": {"failed": "40%"}}, **FIELDS))
    desk.account()
    desk.pass_time(minutes=5)
    desk.forget()
    assert desk.run("guard", "--once").code == 3
    before = [it.request for it in desk.requests[: [it.method for it in desk.requests].index("PUT")]]
    assert (actions(desk.writes), len(before) <= 2) == ([("pause", sid)], True), before


def test_policies_at_fault_in_a_manifest_do_not_stop_it(desk: Desk) -> None:
    desk.configure(policy={"max_numbers": {"level": "error", "at_most": 10}})
    desk.sandbox.switches.change(BROKEN)
    desk.seed(live_voice(**FIELDS))
    desk.manifests(voice(metadata={"stop_when": {"failed": "40%"}}, **FIELDS))
    desk.account()
    desk.pass_time(minutes=5)
    assert desk.run("validate").code == 3
    assert desk.run("guard", "--once").code == 3


def test_a_log_that_cannot_be_written_keeps_no_campaign_calling(desk: Desk) -> None:
    desk.sandbox.switches.change(BROKEN)
    (sid,) = desk.seed(live_voice(**FIELDS))
    desk.manifests(voice(metadata={"stop_when": {"failed": "40%"}}, **FIELDS))
    desk.account()
    desk.pass_time(minutes=5)
    desk.run("guard", "--once", "--audit-log", "/dev/full")
    assert actions(desk.writes) == [("pause", sid)]
