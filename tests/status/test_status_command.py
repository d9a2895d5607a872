"""`status`: live state and progress beside the manifests, once or again and again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeClock
from harness import SECRETS, Desk, desk_at, live_sms, live_voice, run, sms, voice
from jsonschema import Draft202012Validator

SCHEMA = Path(__file__).parents[2] / "schemas" / "status.schema.json"
MANY = {"from": [f"+9198765{n:05}" for n in range(500)], "retries": None}
RUNNING = {"send_at": "2027-01-10T08:58:00+05:30", "end_at": "2027-01-10T18:00:00+05:30"}
OVER = {"send_at": "2027-01-08T09:00:00+05:30", "end_at": "2027-01-09T09:00:00+05:30"}


def status(desk: Desk, *words: str) -> Any:
    """The document, as the published schema has it."""
    result = desk.run("status", "--format", "json", *words)
    assert result.code == 0, result.all
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(result.json)
    return result.json


def one(desk: Desk, *words: str) -> Any:
    (campaign,) = status(desk, *words)["campaigns"]
    return campaign


def running(desk: Desk) -> None:
    """500 numbers, two minutes after its start, and 60 calls a minute."""
    desk.seed(live_voice(status="in-progress", schedule=RUNNING, **MANY))
    desk.manifests(voice(schedule=RUNNING, **MANY))


def test_a_campaign_that_runs_shows_how_far_it_is(desk: Desk) -> None:
    running(desk)
    campaign = one(desk)
    way = campaign["progress"]
    assert campaign["status"] == {"live": "in-progress", "desired": None}
    assert way["total"] == 500 == way["reached"] + way["failed"] + way["to_go"]
    assert campaign["pace"] == (way["reached"] + way["failed"]) / 2
    assert campaign["expected_end"].startswith("2027-01-10T09:0")
    assert campaign["drift"] == []


@pytest.mark.slow
def test_a_watched_campaign_goes_as_fast_as_in_the_last_minutes(desk: Desk) -> None:
    """After hours in which it was paused its average says nothing."""
    (sid,) = desk.seed(live_voice(status="in-progress", schedule=RUNNING, **MANY))
    desk.by_hand(sid, {"campaigns": [{"action": "pause"}]})
    desk.pass_time(hours=5)
    desk.by_hand(sid, {"campaigns": [{"action": "resume"}]})
    looks = desk.run("status", "--all", "--watch", "--format", "json").out.splitlines()
    first, later = (json.loads(look)["campaigns"][0] for look in (looks[0], looks[30]))
    assert first["pace"] < 1
    assert 40 < later["pace"] <= 62
    assert (first["expected_end"], later["expected_end"][:14]) == (RUNNING["end_at"], "2027-01-10T14:")


def test_people_see_a_bar_numbers_and_when_it_ends(desk: Desk) -> None:
    running(desk)
    text = desk.run("status").out
    assert "[████░░░░░░░░░░░░░░░░] 2" in text
    assert " to go" in text
    assert " a minute, expected to end Sun 10 Jan 2027 09:0" in text
    assert text.startswith("Environment prod (account acme1)")


@pytest.mark.parametrize("api", ["message-campaigns", "sms-campaigns"])
def test_an_sms_campaign_is_shown_from_either_endpoint(desk: Desk, api: str) -> None:
    desk.configure(sms_api=api)
    stats = {"scheduled": 5, "submitted": 2, "sent": 10, "failed": 1, "failed-expired": 2}
    desk.seed(live_sms(status="paused", stats=stats), collection=api)
    desk.manifests(sms(state="paused"))
    campaign = one(desk)
    assert campaign["status"] == {"live": "paused", "desired": "paused"}
    assert campaign["progress"] == {"reached": 10, "failed": 3, "to_go": 7, "other": 0, "total": 20}
    assert campaign["expected_end"] is None


STATS: list[tuple[Any, str, Any, str]] = [
    ({}, "created", None, "the account shows no statistics"),
    ({"created": 0, "completed": 0}, "created", {"to_go": 2, "total": 2}, "2 to go"),
    ({"created": 0, "completed": 0}, "completed", {"to_go": 0, "total": 0}, "no call counted yet"),
    ({"completed": 3, "in-the-clouds": 1}, "in-progress", {"other": 1, "total": 4}, "1 in between"),
    ({"completed": -3, "created": 1}, "created", {"reached": 0}, "0 reached"),
]


@pytest.mark.parametrize(("stats", "word", "wanted", "says"), STATS)
def test_whatever_the_account_counts_is_shown_sensibly(
    desk: Desk, stats: Any, word: str, wanted: Any, says: str
) -> None:
    desk.sandbox.faults.add("change", request="list", times=None, data={"stats": stats, "status": word})
    desk.seed(live_voice())
    desk.manifests(voice())
    progress = one(desk)["progress"]
    assert progress is None if wanted is None else wanted.items() <= progress.items()
    assert says in desk.run("status").out


def test_people_in_lists_before_the_start_are_an_unknown_number(desk: Desk) -> None:
    desk.seed(live_sms(stats={"scheduled": 0, "sent": 0}), collection="message-campaigns")
    desk.manifests(sms())
    assert one(desk)["progress"]["to_go"] is None
    assert "an unknown number to go" in desk.run("status").out


@pytest.mark.parametrize(
    "omitted", [("stats",), ("status",), ("schedule", "stats"), ("date_created", "from")]
)
def test_what_an_answer_lacks_is_no_trouble(desk: Desk, omitted: tuple[str, ...]) -> None:
    desk.sandbox.switches.omit_from_list = omitted
    desk.seed(live_voice())
    desk.manifests(voice())
    one(desk)
    assert desk.run("status").code == 0


def test_an_unknown_status_is_shown_as_the_account_writes_it(desk: Desk) -> None:
    desk.seed(live_voice(status="Dreaming"))
    desk.manifests(voice())
    assert one(desk)["status"]["live"] == "Dreaming"
    assert "! voice/diwali-reminder: Dreaming" in desk.run("status").out


def test_what_differs_is_what_a_plan_would_show(desk: Desk) -> None:
    desk.seed(live_voice(caller_id="08012345678", status="paused"))
    desk.manifests(voice(state="active"))
    assert one(desk)["drift"] == ["state", "caller_id"]
    text = desk.run("status").out
    assert "~ voice/diwali-reminder: paused, wanted active" in text
    assert "differs: state, caller_id" in text


def test_unmanaged_campaigns_of_both_kinds_are_counted_and_listed_when_asked_for(desk: Desk) -> None:
    desk.seed(live_voice(), live_voice("somebody's"), live_voice("gone", status="archived"))
    desk.seed(live_sms("theirs"), collection="message-campaigns")
    desk.manifests(voice())
    assert status(desk)["summary"] == {"campaigns": 1, "drift": 0, "unmanaged": 2}
    assert "2 campaigns in the account are not managed here (--all lists them)" in desk.run("status").out
    listed = [it["name"] for it in status(desk, "--all")["campaigns"] if it["manifest"] is None]
    assert listed == ["theirs", "somebody's"]


def test_zero_campaigns_and_zero_manifests(desk: Desk) -> None:
    assert status(desk)["campaigns"] == []
    assert "0 manifests" in desk.run("status").out


def test_an_account_without_sms_shows_its_calls(desk: Desk) -> None:
    desk.sandbox.faults.add("status", path="message-campaigns", status=403, times=None)
    desk.seed(live_voice())
    desk.manifests(voice())
    assert one(desk)["status"]["live"] == "created"


def test_it_works_without_a_project(tmp_path: Path) -> None:
    result = run("status", cwd=tmp_path, clock=FakeClock())
    assert result.code == 0, result.all
    assert "SANDBOX" in result.out


def test_a_project_file_that_is_wrong_elsewhere_is_said_and_keeps_nobody_from_looking(desk: Desk) -> None:
    desk.configure({"polcy": {}})
    desk.seed(live_voice())
    desk.manifests(voice())
    result = desk.run("status")
    assert (result.code, "campaignctl.yaml:" in result.out) == (0, True), result.all
    assert "voice/diwali-reminder: created" in result.out


def test_an_invalid_manifest_is_said_and_keeps_nobody_from_looking(desk: Desk) -> None:
    desk.seed(live_voice())
    desk.manifests(voice(), sms(tempalte="x"))
    result = desk.run("status")
    assert result.code == 0
    assert "warning:" in result.out
    assert "tempalte" in result.out
    assert "voice/diwali-reminder: created" in result.out
    assert len(status(desk)["findings"]) >= 1


# ----------------------------------------------------------------------------------------------------------- NAMES


def test_names_select_manifests_and_campaigns_that_nobody_manages(desk: Desk) -> None:
    sids = desk.seed(live_voice(), live_voice("theirs"), live_voice("another"))
    desk.manifests(voice(), voice("new"))
    shown = status(desk, "diwali-reminder", "voice/new", sids[1])["campaigns"]
    assert [(it["name"], it["manifest"] is not None) for it in shown] == [
        ("diwali-reminder", True),
        ("new", True),
        ("theirs", False),
    ]


def test_names_that_were_read_already_cost_no_request_and_count_nobody_else(desk: Desk) -> None:
    desk.seed(live_voice(), live_voice("theirs"), live_voice("another"))
    desk.manifests(voice(), sms())
    both = len(desk.requests), status(desk)["summary"]["unmanaged"], len(desk.requests)
    desk.forget()
    assert (both[1], status(desk, "voice/theirs")["summary"]["unmanaged"]) == (2, None)
    assert len(desk.requests) <= both[2]
    assert "1 campaign in the account is not managed here." in desk.run("status", "theirs").out
    assert "another" not in desk.run("status", "theirs", "diwali-reminder").out
    assert desk.run("status", "diwali-reminder").out.endswith("\n1 manifest.\n")


def test_a_manifest_that_may_not_be_created_is_not_there(desk: Desk) -> None:
    desk.manifests(voice(schedule={**RUNNING, "send_at": "2027-01-10T08:00:00+05:30"}))
    assert "! voice/diwali-reminder: not there" in desk.run("status").out


def test_the_moment_is_the_accounts_own_where_only_a_name_was_looked_for(desk: Desk) -> None:
    desk.seed(live_voice())
    years_ago = FakeClock(desk.clock.now() - timedelta(days=900))
    result = run("status", "diwali-reminder", cwd=desk.root, env=SECRETS, clock=years_ago)
    assert "in 5 days" in result.out
    assert "As of Sun 10 Jan 2027" in result.out


def test_a_name_that_is_nowhere_is_an_error(desk: Desk) -> None:
    desk.manifests(voice())
    result = desk.run("status", "nowhere")
    assert (result.code, "nowhere" in result.err) == (1, True)
    assert (
        'no manifest is called that; did you mean "diwali-reminder"?'
        in desk.run("status", "diwal-remindr").err
    )


@pytest.mark.parametrize("managed", [True, False])
def test_a_name_of_both_kinds_needs_its_kind(desk: Desk, managed: bool) -> None:
    desk.seed(live_voice("promo"))
    desk.seed(live_sms("promo"), collection="message-campaigns")
    desk.manifests(*((voice("promo"), sms("promo")) if managed else ()))
    assert desk.run("status", "promo").code == 64
    assert one(desk, "sms/promo")["kind"] == "SmsCampaign"


def test_what_is_over_is_looked_for_when_it_is_named(desk: Desk) -> None:
    """Among so many that a plan reads only what is alive."""
    desk.seed(*(live_voice(f"past-{n}", status="archived") for n in range(600)))
    desk.seed(live_voice(status="completed", schedule=OVER, stats={"completed": 2}))
    desk.manifests(voice(schedule=OVER))
    assert one(desk)["sid"] is None
    assert one(desk, "diwali-reminder")["progress"]["reached"] == 2


# --------------------------------------------------------------------------------------------------------- sparing


@pytest.mark.slow
def test_a_large_past_costs_no_requests(desk: Desk) -> None:
    desk.seed(*(live_voice(f"past-{n}", status="archived") for n in range(3000)), live_voice())
    desk.manifests(voice())
    assert one(desk)["status"]["live"] == "created"
    assert len(desk.requests) <= 6


class WatchedClock(FakeClock):
    """Somebody presses Ctrl-C at the fourth wait."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if len(self.slept) == 4:
            raise KeyboardInterrupt


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path, WatchedClock()) as made:
        yield made


def test_watching_goes_on_until_ctrl_c(watched: Desk) -> None:
    running(watched)
    result = watched.run("status", "--watch", "--format", "json")
    assert result.code == 130
    *looks, end = map(json.loads, result.out.splitlines())
    assert (len(looks), end["error"]["code"]) == (4, "interrupted")
    reached = [look["campaigns"][0]["progress"]["reached"] for look in looks]
    assert reached == sorted(set(reached))


@pytest.mark.parametrize(("rate_limit", "seconds"), [(30, 8.0), (6, 40.0), (300, 5.0), (None, 5.0)])
def test_watching_takes_half_of_the_request_budget(
    watched: Desk, rate_limit: int | None, seconds: float
) -> None:
    """Two requests a look: a page of each kind."""
    watched.configure(rate_limit=rate_limit)
    running(watched)
    first = watched.run("status", "--watch", "--format", "json").out.splitlines()[0]
    assert json.loads(first)["refresh"]["requests"] == 2
    assert watched.clock.slept[0] == seconds


def test_watching_ends_when_nothing_moves_any_more(desk: Desk) -> None:
    running(desk)
    result = desk.run("status", "--watch")
    assert result.code == 0
    assert "voice/diwali-reminder: completed" in result.out
    assert len(desk.clock.slept) > 5


def test_names_from_outside_reach_no_terminal(desk: Desk) -> None:
    desk.seed(live_voice("x\x1b[31mred\u202egnp\n::error::x", status="\x1b[2J"))
    said = desk.run("status", "--all").all
    assert not {"\x1b", "\u202e"} & set(said)
    assert "\n::error::" not in said
