"""`guard --once`: one look at what calls; its only write is a pause."""

from __future__ import annotations

import json
from typing import Any

import pytest
from harness import Desk, Result, actions, live_sms, live_voice, sms, voice

STARTED = {"send_at": "2027-01-10T09:00:00+05:30", "end_at": "2027-01-10T20:00:00+05:30"}
STARTED_SMS = {"start_time": "2027-01-10T09:00:00+05:30", "end_time": "2027-01-10T20:00:00+05:30"}
LIMITS = {"metadata": {"stop_when": {"failed": "40%"}}}
PEOPLE = {"from": [f"+9198765{n:05}" for n in range(500)]}
EARLIER = {"send_at": "2027-01-10T08:30:00+05:30", "end_at": "2027-01-10T19:00:00+05:30"}
BROKEN = "*:failed=80,failed-dnd=20"
"""A flow that fails for everybody."""


def calling(name: str = "diwali-reminder", **fields: Any) -> dict[str, Any]:
    """A voice campaign that begins now, 60 calls a minute, with no retry."""
    return live_voice(name, **{"schedule": STARTED, "retries": None, **PEOPLE, **fields})


def events(result: Result, event: str) -> list[dict[str, Any]]:
    """Those of a name."""
    lines = [json.loads(line) for line in result.out.splitlines()]
    return [line for line in lines if line["event"] == event]


def watched(desk: Desk, outcomes: str = BROKEN, **settings: Any) -> None:
    """A manifest with a limit, and what becomes of calls."""
    desk.manifests(voice(schedule=STARTED, retries=None, **PEOPLE, **LIMITS))
    desk.configure(**settings)
    desk.sandbox.switches.change({"outcomes": [outcomes]})


def begin(
    desk: Desk, *campaigns: dict[str, Any], minutes: float = 2, collection: str = "campaigns"
) -> list[str]:
    """Campaigns that have called for some minutes; their SIDs."""
    sids = desk.seed(*(campaigns or (calling(),)), collection=collection)
    desk.pass_time(minutes=minutes)
    desk.account(collection)
    desk.forget()
    return sids


def test_what_crosses_its_limit_is_paused_and_nothing_else_is_sent(desk: Desk) -> None:
    watched(desk)
    (sid,) = begin(desk)
    result = desk.run("guard", "--once")
    assert result.code == 3, result.all
    (pause,) = events(result, "pause")
    assert (pause["outcome"], pause["reason"]["code"]) == ("paused", "stop-when")
    figures = pause["figures"]
    assert figures["count"] == figures["finished"] == figures["tried"] > 50
    assert (figures["of"], figures["limit"]) == ("failed", "40%")
    assert actions(desk.writes) == [("pause", sid)]
    assert desk.live("diwali-reminder")["status"] == "Paused"


def test_what_was_paused_is_not_paused_again(desk: Desk) -> None:
    watched(desk)
    begin(desk)
    desk.run("guard", "--once")
    desk.forget()
    assert (desk.run("guard", "--once").code, desk.writes) == (0, [])


@pytest.mark.parametrize(
    ("outcomes", "minutes"), [("*:failed=40", 8), (BROKEN, 0.5)], ids=["at its limit", "too few were tried"]
)
def test_what_keeps_its_limit_goes_on(desk: Desk, outcomes: str, minutes: float) -> None:
    watched(desk, outcomes)
    begin(desk, minutes=minutes)
    result = desk.run("guard", "--once")
    assert (result.code, desk.writes) == (0, [])
    (look,) = events(result, "look")
    assert (look["running"], look["judged"], look["paused"]) == (1, 1, 0)


def test_a_dry_run_says_what_would_be_paused_and_sends_nothing(desk: Desk) -> None:
    watched(desk)
    begin(desk)
    result = desk.run("guard", "--once", "--dry-run")
    assert (result.code, desk.writes) == (3, [])
    assert events(result, "pause")[0]["outcome"] == "would-pause"


@pytest.mark.parametrize("stats", ["lacking", "strange"])
def test_counters_that_nobody_understands_are_no_zeros(desk: Desk, stats: str) -> None:
    watched(desk)
    begin(desk)
    desk.sandbox.switches.change({"stats": stats})
    result = desk.run("guard", "--once")
    assert (result.code, desk.writes) == (1, [])
    (blind,) = events(result, "blind")
    assert (blind["name"], blind["reason"]["code"]) == ("diwali-reminder", "blind")


def test_counters_in_another_spelling_are_the_same(desk: Desk) -> None:
    watched(desk)
    begin(desk)
    desk.sandbox.switches.change({"stats": "spelled"})
    assert desk.run("guard", "--once").code == 3


def test_counters_that_a_list_leaves_out_are_read_by_sid(desk: Desk) -> None:
    watched(desk)
    begin(desk)
    desk.sandbox.switches.change({"omit_from_list": ["stats"]})
    assert desk.run("guard", "--once").code == 3


def test_campaigns_of_nobody_are_left_alone_unless_they_are_watched_too(desk: Desk) -> None:
    watched(desk)
    begin(desk, calling("somebody-elses"))
    assert desk.run("guard", "--once").code == 0
    desk.configure(guard={"unmanaged": True, "stop_when": {"failed": "60%"}})
    result = desk.run("guard", "--once")
    assert (result.code, events(result, "pause")[0]["name"]) == (3, "somebody-elses")


def test_one_that_took_the_name_by_chance_is_left_alone(desk: Desk) -> None:
    watched(desk)
    other = {"from": ["+919000000001", "+919000000002"] * 100, "call_duplicate_numbers": True}
    begin(desk, calling(url="http://my.exotel.com/acme1/exoml/start_voice/1", schedule=EARLIER, **other))
    result = desk.run("guard", "--once")
    assert (result.code, desk.writes) == (0, [])


def test_a_manifest_takes_a_limit_of_the_project_away_with_null(desk: Desk) -> None:
    watched(desk)
    desk.configure({"guard": {"stop_when": {"failed": "10%"}}})
    desk.manifests(voice(schedule=STARTED, metadata={"stop_when": {"failed": None}}, **PEOPLE))
    begin(desk)
    assert desk.run("guard", "--once").code == 0


@pytest.mark.parametrize(("level", "code", "paused"), [("error", 3, 1), ("warn", 0, 0)])
def test_what_calls_outside_the_hours_is_paused_at_error_and_said_at_warn(
    desk: Desk, level: str, code: int, paused: int
) -> None:
    hours = {"level": level, "from": "09:30", "to": "20:00", "time_zone": "Asia/Kolkata"}
    watched(desk, "*:completed=100", policy={"calling_hours": hours})
    begin(desk)
    result = desk.run("guard", "--once")
    assert (result.code, len(desk.writes)) == (code, paused)
    (said,) = events(result, "pause") + events(result, "hours")
    assert said["reason"] == {
        "code": "calling-hours",
        "message": "it calls at 09:02, outside the calling hours 09:30–20:00 Asia/Kolkata",
    }


@pytest.mark.parametrize(
    ("switches", "code", "outcome"),
    [
        ({"actions": "never"}, 4, "failed"),
        ({"refused_actions": ["pause"]}, 4, "failed"),
        ({"actions": "never", "omit_from_action": ["status"], "omit_from_get": ["status"]}, 5, "unknown"),
    ],
    ids=["answered and not done", "refused", "nobody sees whether it took"],
)
def test_nothing_is_called_paused_that_was_not_seen_paused(
    desk: Desk, switches: dict[str, Any], code: int, outcome: str
) -> None:
    watched(desk)
    begin(desk)
    desk.sandbox.switches.change(switches)
    result = desk.run("guard", "--once")
    assert (result.code, events(result, "pause")[0]["outcome"]) == (code, outcome)


@pytest.mark.parametrize("status_filter", ["ignore", "refuse-all", "lower"])
def test_a_status_filter_that_is_not_understood_hides_nobody(desk: Desk, status_filter: str) -> None:
    watched(desk)
    desk.sandbox.switches.change({"status_filter": status_filter})
    begin(desk, *(live_voice(f"other-{n}") for n in range(60)), calling())
    assert desk.run("guard", "--once").code == 3


def test_an_account_that_refuses_the_key_ends_it(desk: Desk) -> None:
    watched(desk)
    desk.sandbox.faults.add("status", request="list", status=401, times=None)
    result = desk.run("guard", "--once")
    assert (result.code, len(events(result, "blind"))) == (1, 1)


def test_texts_are_watched_by_their_own_words(desk: Desk) -> None:
    desk.manifests(sms(schedule=STARTED_SMS, metadata={"stop_when": {"dnd": "1%", "tried": 10}}))
    desk.sandbox.switches.change({"outcomes": ["*:failed-dnd=100"]})
    begin(desk, live_sms(schedule=STARTED_SMS), minutes=0.1, collection="message-campaigns")
    result = desk.run("guard", "--once")
    assert (result.code, events(result, "pause")[0]["figures"]["of"]) == (3, "dnd")


def test_no_line_shows_a_number(desk: Desk) -> None:
    watched(desk, guard={"unmanaged": True, "stop_when": {"failed": "60%"}})
    begin(desk, calling("+919876543210"))
    result = desk.run("guard", "--once")
    assert (result.code, "9876543210" in result.all) == (3, False)


@pytest.mark.parametrize("kind", ["voice", "sms"])
@pytest.mark.parametrize("share", ["0%", "100%", "0.001%", "25", "a lot", "-1%"])
def test_a_share_that_is_none_is_told_with_its_place(desk: Desk, kind: str, share: str) -> None:
    manifest = {"voice": voice, "sms": sms}[kind](metadata={"stop_when": {"failed": share}})
    desk.manifests(manifest)
    result = desk.run("validate")
    assert (result.code, "campaigns/all.yaml:7:" in result.all) == (1, True), result.all


def test_only_calls_can_go_unreached(desk: Desk) -> None:
    desk.manifests(sms(metadata={"stop_when": {"unreached": "25%"}}))
    assert desk.run("validate").code == 1
