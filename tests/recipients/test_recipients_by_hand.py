"""A resume by hand is bound by no suppression: it says before the question whom it would call (recipients.md 3.7)."""

from __future__ import annotations

from typing import Any

import pytest
from harness import Desk, live_sms, live_voice, voice

ANNA, BELA, CARO = (f"+9198765432{place}" for place in (10, 11, 12))
STARTED = {"send_at": "2027-01-10T08:00:00+05:30", "end_at": "2027-02-09T09:00:00+05:30"}


def notes(desk: Desk, *words: str) -> str:
    """What is said of the campaign before it is resumed, and in the result."""
    shown = desk.run("resume", *words, "--auto-approve")
    assert shown.code == 0, shown.all
    return shown.out.split("Resum", 1)[0]


def paused(desk: Desk, **fields: Any) -> None:
    desk.seed(live_voice(status="paused", schedule=STARTED, **{"from": [ANNA, BELA, CARO], **fields}))


@pytest.mark.parametrize(("verb", "says"), [("resume", True), ("complete", False)])
@pytest.mark.parametrize("managed", [True, False])
def test_a_resume_by_hand_says_how_many_suppressed_people_it_would_call(
    desk: Desk, verb: str, says: bool, managed: bool
) -> None:
    paused(desk)
    desk.write("do-not-call.csv", f"{BELA}\n{CARO}\n")
    desk.configure({"suppress": [{"from_file": "do-not-call.csv"}]})
    if managed:
        desk.manifests(voice(schedule=STARTED, **{"from": [ANNA, BELA, CARO]}))
    asked = desk.run(verb, "diwali-reminder")
    assert (asked.code, desk.writes) == (64, [])
    assert ("it would call 2 suppressed people" in asked.out) is says, asked.all
    result = desk.run(verb, "diwali-reminder", "--auto-approve", "--format", "json")
    assert ("2 suppressed people" in str(result.json["results"][0]["notes"])) is says
    assert not any(number in result.all + asked.all for number in (ANNA, BELA, CARO))


def test_a_manifests_own_sources_count_too(desk: Desk) -> None:
    paused(desk)
    desk.manifests(voice(schedule=STARTED, suppress=[{"numbers": [BELA]}], **{"from": [ANNA, BELA, CARO]}))
    assert "it would call 1 suppressed person;" in notes(desk, "diwali-reminder")


def test_so_it_does_where_the_next_apply_does_nothing_to_it(desk: Desk) -> None:
    paused(desk)
    desk.manifests(voice(schedule=STARTED, suppress=[{"numbers": [BELA]}], **{"from": [BELA]}))
    assert "it would call 1 suppressed person;" in notes(desk, "diwali-reminder")


@pytest.mark.parametrize("of_project", [True, False])
def test_where_nobody_can_tell_who_is_suppressed_it_says_that(desk: Desk, of_project: bool) -> None:
    paused(desk)
    source = {"from_file": "gone.csv"}
    if of_project:
        desk.configure({"suppress": [source]})
    desk.manifests(voice(schedule=STARTED, suppress=[] if of_project else [source]))
    assert "who is suppressed cannot be read" in notes(desk, "diwali-reminder")


def test_where_the_account_shows_nobody_it_says_that(desk: Desk) -> None:
    desk.seed(live_sms(status="paused"), collection="sms-campaigns")
    desk.configure({"suppress": [{"numbers": [BELA]}]}, sms_api="sms-campaigns")
    assert "it may text suppressed ones" in notes(desk, "diwali-offer")


@pytest.mark.parametrize("suppress", [[], [{"numbers": ["+919876543299"]}]])
def test_where_nobody_in_it_is_suppressed_it_says_nothing(desk: Desk, suppress: list[dict[str, Any]]) -> None:
    paused(desk)
    desk.configure({"suppress": suppress, "policy": {"unsuppressed": {"level": "off"}}} if suppress else {})
    assert "suppressed" not in notes(desk, "diwali-reminder")
