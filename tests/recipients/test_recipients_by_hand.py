"""A resume by hand is bound by no suppression: it says before the question whom it would call (recipients.md 3.7)."""

from __future__ import annotations

from typing import Any

import pytest
from harness import Desk, live_sms, live_voice, voice
from list_desk import NAME, calling, contact_list

ANNA, BELA, CARO, DORA = (f"+9198765432{place}" for place in (10, 11, 12, 13))
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


# ----------------------------------------------------------------------- `unsuppressed` looks at what its manifest says


def forbidding(desk: Desk, *numbers: str) -> None:
    """The project leaves people out, and nothing may be resumed of which nobody can tell who is in it."""
    desk.write("do-not-call.csv", "\n".join(("number", *numbers, "")))
    policy = {"unsuppressed": {"level": "error"}}
    desk.configure({"suppress": [{"from_file": "do-not-call.csv"}], "policy": policy})


def resumed(desk: Desk) -> Any:
    """The one result."""
    done = desk.run("resume", "diwali-reminder", "--auto-approve", "--format", "json")
    (found,) = done.json["results"]
    return done.code, found["reason"]["code"], " ".join(found["notes"])


def test_what_a_manifest_declares_is_no_fault_by_hand(desk: Desk) -> None:
    paused(desk)
    forbidding(desk, BELA)
    desk.manifests(voice(schedule=STARTED, **{"from": [ANNA, BELA, CARO]}))
    code, _, notes = resumed(desk)
    assert code == 0
    assert "it would call 1 suppressed person;" in notes


@pytest.mark.parametrize("manifest", [None, {"metadata": {"ignore": ["from"]}}])
def test_what_nobody_declares_is(desk: Desk, manifest: dict[str, Any] | None) -> None:
    paused(desk)
    forbidding(desk, BELA)
    if manifest is not None:
        desk.manifests(voice(schedule=STARTED, **{"from": [ANNA, BELA, CARO], **manifest}))
    assert resumed(desk)[:2] == (3, "policy")
    assert desk.writes == []


def test_so_are_people_whom_the_account_does_not_show(desk: Desk) -> None:
    paused(desk)
    forbidding(desk, BELA)
    desk.sandbox.switches.change({f"omit_from_{answer}": ["from"] for answer in ("get", "list")})
    desk.manifests(voice(schedule=STARTED, **{"from": [ANNA, BELA, CARO]}))
    assert resumed(desk)[:2] == (3, "policy")


def test_so_is_a_list_of_the_account(desk: Desk) -> None:
    paused(desk, **{"from": ..., "lists": ["a" * 32]})
    forbidding(desk, BELA)
    desk.manifests(voice(schedule=STARTED, **{"from": ..., "lists": ["a" * 32]}))
    assert resumed(desk)[:2] == (3, "policy")


@pytest.mark.parametrize(
    ("opted_out", "says"),
    [((CARO,), "1 suppressed person"), ((), ""), ((CARO, ANNA, BELA), "3 suppressed people")],
)
def test_of_a_list_of_the_project_it_says_who_of_its_version_is_suppressed(
    desk: Desk, opted_out: tuple[str, ...], says: str
) -> None:
    forbidding(desk, DORA)
    desk.manifests(contact_list(NAME, [ANNA, BELA, CARO]), calling())
    desk.apply()
    desk.run("pause", "diwali-reminder", "--auto-approve")
    forbidding(desk, DORA, *opted_out)
    code, _, notes = resumed(desk)
    assert code == 0
    assert (f"it would call {says}" in notes) if says else ("suppressed" not in notes), notes


def test_of_a_version_of_which_nobody_knows_who_is_in_it_it_says_that(desk: Desk) -> None:
    forbidding(desk, DORA)
    desk.manifests(contact_list(NAME, [ANNA, BELA, CARO]), calling())
    desk.apply()
    desk.run("pause", "diwali-reminder", "--auto-approve")
    desk.manifests(contact_list(NAME, [ANNA]), calling())
    assert "it may call suppressed people" in resumed(desk)[2]
