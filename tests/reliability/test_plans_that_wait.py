"""How long a saved plan holds, what it refuses, and what its file never holds (rule 11)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from harness import KEY, TOKEN, Desk, live_sms, live_voice, sms, voice
from reliable_desk import APPLY, assert_converges, reliable

OTHER_CALLER = "08012345678"
DAY, HOUR, MARGIN = timedelta(days=1), timedelta(hours=1), timedelta(minutes=10)


def at(desk: Desk, minutes: float) -> dict[str, str]:
    start = desk.clock.now() + timedelta(minutes=minutes)
    return {"send_at": start.isoformat(), "end_at": (start + timedelta(hours=8)).isoformat()}


@dataclass(frozen=True)
class Case:
    """What the plan does, and how long after its making it holds."""

    what: str
    lasts: timedelta
    wanted: Callable[[Desk], dict[str, Any]]
    live: Callable[[Desk], dict[str, Any]] | None = None
    words: tuple[str, ...] = ()


NOW = ("--allow", "start-now")
RESUME = ("--allow", "resume")

CASES = (
    Case("a create that starts in days", DAY, lambda d: voice(schedule=at(d, 60 * 72))),
    Case("a create that starts tonight", 10 * HOUR - MARGIN, lambda d: voice(schedule=at(d, 600))),
    Case("a create that starts in eleven minutes", MARGIN / 10, lambda d: voice(schedule=at(d, 11))),
    Case("a create too near, allowed", MARGIN / 2, lambda d: voice(schedule=at(d, 5)), words=NOW),
    Case("a create at once", HOUR, lambda _: voice(schedule=...), words=NOW),
    Case("a create that is held", DAY, lambda _: voice(schedule=...)),
    Case("a create that is blocked", DAY, lambda d: voice(schedule=at(d, -5))),
    Case(
        "an update before its start",
        10 * HOUR,
        lambda d: voice(schedule=at(d, 600)),
        lambda d: live_voice(schedule=at(d, 600), caller_id=OTHER_CALLER),
    ),
    Case(
        "a postponement, by the start it still has",
        5 * HOUR,
        lambda d: voice(schedule=at(d, 600)),
        lambda d: live_voice(schedule=at(d, 300)),
    ),
    Case(
        "an update of callbacks after the start",
        DAY,
        lambda d: voice(schedule=at(d, -60)),
        lambda d: live_voice(
            schedule=at(d, -60), status="in-progress", status_callback="https://old.example.com"
        ),
    ),
    Case(
        "a resume before its start",
        10 * HOUR,
        lambda d: voice(schedule=at(d, 600), state="active"),
        lambda d: live_voice(schedule=at(d, 600), status="paused"),
        RESUME,
    ),
    Case(
        "a resume after its start",
        HOUR,
        lambda d: voice(schedule=at(d, -60), state="active"),
        lambda d: live_voice(schedule=at(d, -60), status="paused"),
        RESUME,
    ),
    Case(
        "a resume that is held",
        DAY,
        lambda d: voice(schedule=at(d, 60), state="active"),
        lambda d: live_voice(schedule=at(d, 60), status="paused"),
    ),
    Case(
        "a pause",
        DAY,
        lambda d: voice(schedule=at(d, 60), state="paused"),
        lambda d: live_voice(schedule=at(d, 60)),
    ),
    Case("nothing", DAY, lambda d: voice(schedule=at(d, 60)), lambda d: live_voice(schedule=at(d, 60))),
)


def arrange(desk: Desk, case: Case) -> None:
    reliable(desk)
    desk.manifests(case.wanted(desk))
    if case.live is not None:
        desk.seed(case.live(desk))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_a_plan_says_until_when_it_holds(desk: Desk, case: Case) -> None:
    arrange(desk, case)
    planned = desk.plan(*case.words)
    begun, ends = (datetime.fromisoformat(planned[key]) for key in ("created_at", "expires_at"))
    assert ends - begun == case.lasts


@pytest.mark.parametrize("case", [it for it in CASES if it.lasts < DAY], ids=lambda case: case.what)
def test_from_that_moment_on_it_is_refused_and_nothing_is_sent(desk: Desk, case: Case) -> None:
    arrange(desk, case)
    assert desk.run("plan", "--out", "plan.json", *case.words).code == 0
    desk.clock.advance(case.lasts - timedelta(seconds=1))
    desk.clock.advance(timedelta(seconds=1))
    run = desk.run(*APPLY, "plan.json")
    assert run.code == 3, run.all
    assert "expired" in run.all
    assert not desk.writes


@pytest.mark.parametrize("case", [it for it in CASES if it.lasts < DAY], ids=lambda case: case.what)
def test_right_before_that_moment_it_is_carried_out_or_skipped_for_its_moment(desk: Desk, case: Case) -> None:
    """An update is bound by the margin besides, a postponement is not: its expiry is the start itself."""
    arrange(desk, case)
    assert desk.run("plan", "--out", "plan.json", *case.words).code == 0
    desk.clock.advance(case.lasts - timedelta(seconds=1))
    run = desk.run(*APPLY, "plan.json")
    updates = case.what == "an update before its start"
    assert run.code == (3 if updates else 0), run.all
    assert bool(desk.writes) is not updates


# ------------------------------------------------------------------------------------------------- what stays secret

PEOPLE = ("9876543210", "9876543211", "9000000001", "5550001234", "2079460000")


def test_no_form_of_a_number_and_no_secret_stands_in_a_plan_file(desk: Desk) -> None:
    """Numbers written in any way, in manifests, on the account and in a file, shown or not."""
    reliable(desk, country="IN")
    desk.write(
        "campaigns/people.csv",
        "number,name\n09000000001,Asha\n+1 555 000 1234,Ben\n".replace(" 555 000 ", "555000"),
    )
    desk.seed(
        live_voice("one", **{"from": ["09876543210", "+442079460000"]}, caller_id=OTHER_CALLER),
        live_voice("two", **{"from": ["9876543211"]}, status="paused"),
    )
    from_file: dict[str, Any] = {"from": ..., "from_file": "people.csv"}
    desk.manifests(
        voice("one"),
        voice("two", **{"from": ["+919876543211"]}, state="completed"),
        voice("three", **from_file),
        sms(),
    )
    words = ("plan", "--out", "plan.json", "--show-numbers", "--allow", "complete")
    assert desk.run(*words).code == 0
    written = (desk.root / "plan.json").read_bytes()
    for people in PEOPLE:
        digits = {people, f"91{people}", f"0{people}", " ".join((people[:5], people[5:])), people[::-1]}
        assert not [form for form in digits if form.encode() in written], people
    assert KEY.encode() not in written
    assert TOKEN.encode() not in written


def test_the_same_numbers_under_another_token_leave_no_common_mark(desk: Desk) -> None:
    """Digest and fingerprints are keyed: nobody can try numbers against them."""
    desk.seed(live_voice(caller_id=OTHER_CALLER))
    desk.manifests(voice())
    marks = []
    for token in (TOKEN, "another-token-0a1b2c"):
        words = ("plan", "--format", "json")
        document = json.loads(desk.run(*words, env={"EXOTEL_API_TOKEN": token}).out)
        (change,) = document["changes"]
        pairs = dict(pair.split("=") for pair in change["fingerprint"].split(";"))
        marks.append({document["manifests"]["digest"], document["manifests"]["token"], *pairs.values()})
    assert not marks[0] & marks[1]


# ---------------------------------------------------------------------------------------- what it finishes, or leaves


def test_what_another_pipeline_did_meanwhile_is_not_done_twice(desk: Desk) -> None:
    reliable(desk)
    desk.manifests(voice(), sms())
    assert desk.run("plan", "--out", "plan.json").code == 0
    assert desk.run(*APPLY).code == 0
    desk.forget()
    run = desk.run(*APPLY, "plan.json")
    assert run.code == 0, run.all
    assert not desk.writes


def test_the_reviewed_digest_of_a_plan_holds_while_it_is_finished(desk: Desk) -> None:
    reliable(desk)
    desk.manifests(voice(), sms())
    approval = desk.plan("--out", "plan.json")["approval"]
    desk.sandbox.faults.add("status", request="create", path="message", status=422)
    assert desk.run(*APPLY, "plan.json", "--expect", approval).code == 4
    assert desk.run(*APPLY, "plan.json", "--expect", approval).code == 0
    assert_converges(desk)


def test_a_plan_that_resumes_and_was_carried_out_disagrees_with_nothing(desk: Desk) -> None:
    """Until somebody stops it again: then the stop wins, and the plan is refused."""
    reliable(desk)
    (sid,) = desk.seed(live_voice(status="paused"))
    desk.manifests(voice(state="active"))
    assert desk.run("plan", "--out", "plan.json", "--allow", "resume").code == 0
    desk.pass_time(minutes=1)
    assert desk.run(*APPLY, "plan.json").code == 0
    desk.forget()
    desk.pass_time(minutes=1)
    assert desk.run(*APPLY, "plan.json").code == 0
    assert not desk.writes
    desk.by_hand(sid, {"campaigns": [{"action": "pause"}]})
    run = desk.run(*APPLY, "plan.json")
    assert run.code == 3, run.all
    assert not desk.writes


def test_what_is_left_of_a_plan_has_the_price_of_what_is_left(desk: Desk) -> None:
    reliable(desk)
    desk.seed(live_sms(template="Hello"), collection="message-campaigns")
    desk.manifests(voice(), sms())
    planned = desk.plan("--out", "plan.json")
    desk.sandbox.faults.add("status", request="update", status=422)
    assert desk.run(*APPLY, "plan.json").code == 4
    run = desk.run("apply", "--auto-approve", "plan.json")
    assert run.code == 0
    assert planned["apply"]["requests"] == 4
    assert "an apply takes 2 more requests" in run.all
