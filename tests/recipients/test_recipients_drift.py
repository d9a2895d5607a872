"""A list that grew between review and apply is not sent to (recipients.md 2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from contact_lists import contact_list, grow
from harness import Desk, live_sms, live_voice, sms, voice
from hypothesis import given
from hypothesis import strategies as st

from campaignctl.applying.recheck import create_too_late
from campaignctl.diagnostics import Position
from campaignctl.kinds import SMS
from campaignctl.kinds.table import Value
from campaignctl.model.campaigns import Desired
from campaignctl.model.environment import Environment
from campaignctl.model.permissions import Consent
from campaignctl.model.plan import ListCount
from campaignctl.planning.terms import Terms
from campaignctl.recipients.drift import drift

APPLY = ("apply", "--auto-approve")
PLAN = "plan.json"


def environment(**policy: Value) -> Environment:
    return Environment("prod", "exotel", "acme1", policy={"list_drift": policy} if policy else {})


# ------------------------------------------------------------------------------------------------------- the rule


@pytest.mark.parametrize(
    ("reviewed", "now", "drifts"),
    [
        (100, 110, False),
        (100, 111, True),
        (0, 10, False),
        (0, 11, True),
        (50, 60, False),
        (50, 61, True),
        (1000, 1100, False),
        (1000, 1101, True),
        (100, 50, False),
        (100, 0, False),
        (100, None, True),
        (0, None, True),
        (None, 100_000, False),
        (None, None, False),
    ],
)
def test_grown_by_more_than_ten_percent_and_ten_people_or_no_longer_known(
    reviewed: int | None, now: int | None, drifts: bool
) -> None:
    assert (drift(reviewed, now, environment()) is not None) == drifts


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 300))
def test_percent_is_reckoned_exactly(reviewed: int, now: int, percent: int) -> None:
    grown = now - reviewed
    expected = grown > 10 and grown * 100 > percent * reviewed
    assert (drift(reviewed, now, environment(percent=percent)) is not None) == expected


def test_at_warn_it_is_noted_and_off_it_is_nothing() -> None:
    found = drift(100, 200, environment(level="warn"))
    assert found is not None
    assert found.noted
    assert drift(100, 200, environment(level="off")) is None


# ------------------------------------------------------------------------------------------- against a plan file


def saved(desk: Desk, amount: int = 100, **policy: Mapping[str, Any]) -> str:
    """A plan file for a list of so many people; the SID."""
    sid = contact_list(desk, amount)
    desk.configure({"policy": policy})
    desk.manifests(sms(lists=[sid]))
    assert desk.run("plan", "--out", PLAN).code == 0
    return sid


def carried_out(desk: Desk, *words: str) -> tuple[int, Any]:
    result = desk.run(*APPLY, "--format", "json", *words)
    return result.code, result.json["results"][0]


def test_a_list_that_tripled_since_the_plan_is_not_sent_to(desk: Desk) -> None:
    sid = saved(desk)
    grow(desk, sid, 200)
    code, result = carried_out(desk, PLAN)
    assert (code, result["outcome"], result["reason"]["code"]) == (3, "skipped", "list-drift")
    assert f"the list {sid} drifted: 100 people were in it, and now 300 are" in result["reason"]["message"]
    assert desk.writes == []


def test_a_few_more_or_fewer_are_no_drift(desk: Desk) -> None:
    sid = saved(desk)
    grow(desk, sid, 10)
    code, result = carried_out(desk, PLAN)
    assert (code, result["outcome"]) == (0, "applied")


def test_a_count_that_nobody_knows_any_more_is_drift(desk: Desk) -> None:
    saved(desk)
    desk.sandbox.switches.contact_count = "refused"
    code, result = carried_out(desk, PLAN)
    assert (code, result["reason"]["code"]) == (3, "list-drift")
    assert desk.writes == []


def test_apply_does_not_uncount_what_was_reviewed(desk: Desk) -> None:
    saved(desk)
    code, result = carried_out(desk, PLAN, "--no-count-lists")
    assert (code, result["reason"]["code"]) == (3, "list-drift")


def test_what_was_never_counted_is_sent_and_noted(desk: Desk) -> None:
    sid = contact_list(desk, 100)
    desk.manifests(sms(lists=[sid]))
    desk.run("plan", "--out", PLAN, "--no-count-lists")
    grow(desk, sid, 900)
    code, result = carried_out(desk, PLAN)
    assert (code, result["outcome"]) == (0, "applied")
    assert any("never counted" in note for note in result["notes"])


def test_at_warn_what_drifted_is_sent_and_noted(desk: Desk) -> None:
    sid = saved(desk, list_drift={"level": "warn"})
    grow(desk, sid, 200)
    code, result = carried_out(desk, PLAN)
    assert (code, result["outcome"]) == (0, "applied")
    assert any("drifted" in note for note in result["notes"])


@pytest.mark.parametrize(
    ("level", "hours", "code"),
    [("error", 2, "policy"), ("error", 25, None), ("warn", 2, None), ("off", 2, None)],
)
def test_a_list_that_is_empty_right_before_the_create_is_not_sent_to(
    level: str, hours: int, code: str | None
) -> None:
    now = datetime(2027, 1, 10, 3, 30, tzinfo=UTC)
    terms = Terms(
        now=now,
        environment=Environment("prod", "exotel", "acme1", policy={"empty_list": {"level": level}}),
        consent=Consent((), frozenset(), False, False),
        lists={"a" * 32: ListCount("a" * 32, count=0)},
    )
    start = now + timedelta(hours=hours)
    spec: dict[str, Value] = {
        "name": "offer",
        "lists": ["a" * 32],
        "schedule": {"start_time": start.isoformat()},
    }
    reason = create_too_late(Desired(SMS, spec, Position("a.yaml")), terms)
    assert (reason.code if reason else None) == code


# --------------------------------------------------------------------------------------------- within one apply


def test_a_count_older_than_a_minute_is_read_again_before_the_create(desk: Desk) -> None:
    """Meanwhile somebody fills the list: before that create, and after the plan of the same run."""
    sid = contact_list(desk, 100)
    desk.manifests(voice("first"), sms("second", lists=[sid]))
    filling = Filling(desk, sid)
    desk.clock.sleep = filling.sleep  # type: ignore[method-assign]
    desk.sandbox.faults.add("status", request="create", path="campaigns$", status=429, retry_after="90")
    desk.configure(max_attempts=3)
    result = desk.run(*APPLY, "--format", "json")
    found = {it["name"]: (it["outcome"], it["reason"]["code"]) for it in result.json["results"]}
    assert filling.filled
    assert found == {"first": ("applied", "not-live"), "second": ("skipped", "list-drift")}
    assert result.code == 3


def test_a_young_count_is_not_read_again(desk: Desk) -> None:
    sid = contact_list(desk, 100)
    desk.manifests(sms(lists=[sid]))
    assert desk.run(*APPLY).code == 0
    assert sum(it.path.endswith("/contacts") for it in desk.requests) == 1


class Filling:
    """Whoever waits for more than a minute finds the list longer."""

    def __init__(self, desk: Desk, sid: str) -> None:
        self.desk, self.sid, self.filled = desk, sid, False
        self.wait, self.waited = desk.clock.sleep, 0.0

    def sleep(self, seconds: float) -> None:
        self.waited += seconds
        if self.waited > 60 and not self.filled:
            self.filled = True
            grow(self.desk, self.sid, 300)
        self.wait(seconds)


# ------------------------------------------------------------------------------------------------- the approval


def approved(desk: Desk, *words: str) -> str:
    approval: str = desk.plan(*words)["approval"]
    return approval


def test_an_approval_ends_in_the_counts_by_sid(desk: Desk) -> None:
    sids = [contact_list(desk, 5, sid="b" * 32), contact_list(desk, 1200, sid="a" * 32)]
    desk.manifests(sms(lists=sids))
    plan = desk.plan()
    assert plan["approval"] == f"{plan['digest']}@2027-01-11T03:30Z+1200+5"
    for output_format in ("text", "markdown", "html"):
        assert plan["approval"] in desk.run("plan", "--format", output_format).out


def test_an_unknown_count_stands_in_it_as_x(desk: Desk) -> None:
    desk.sandbox.switches.contact_count = "refused"
    desk.manifests(sms(lists=[contact_list(desk, 5)]))
    approval = approved(desk)
    assert approval.endswith("Z+x")
    assert desk.run(*APPLY, "--expect", approval).code == 0


def test_an_unknown_count_is_no_approval_of_whoever_is_counted_now(desk: Desk) -> None:
    sid = contact_list(desk, 5)
    desk.manifests(sms(lists=[sid]))
    approval = approved(desk).replace("+5", "+x")
    result = desk.run(*APPLY, "--expect", approval)
    assert (result.code, desk.writes) == (3, [])
    assert f"how many people were in the list {sid}" in result.err


def test_counts_are_in_no_digest(desk: Desk) -> None:
    sid = contact_list(desk, 5)
    desk.manifests(sms(lists=[sid]))
    before = desk.plan()
    grow(desk, sid, 500)
    after = desk.plan()
    assert before["digest"] == after["digest"]
    assert before["changes"][0]["fingerprint"] == after["changes"][0]["fingerprint"]


def test_an_approval_is_refused_where_a_list_grew(desk: Desk) -> None:
    sid = contact_list(desk, 100)
    desk.manifests(sms(lists=[sid]))
    approval = approved(desk)
    grow(desk, sid, 10)
    grow(desk, sid, 1)
    result = desk.run(*APPLY, "--expect", approval)
    assert (result.code, desk.writes) == (3, [])
    assert "list_drift" in result.err
    assert desk.run(*APPLY, "--expect", approved(desk)).code == 0


@pytest.mark.parametrize("cut", ["lacking", "unknown now", "not counted now"])
def test_an_approval_is_refused_where_a_count_is_missing(desk: Desk, cut: str) -> None:
    desk.manifests(sms(lists=[contact_list(desk, 100)]))
    approval, words = approved(desk), []
    if cut == "lacking":
        approval = approval.partition("+")[0]
    elif cut == "unknown now":
        desk.sandbox.switches.contact_count = "refused"
    else:
        words = ["--no-count-lists"]
    result = desk.run(*APPLY, *words, "--expect", approval)
    assert (result.code, desk.writes) == (3, [])


def test_an_approval_at_warn_lets_a_list_grow(desk: Desk) -> None:
    desk.configure({"policy": {"list_drift": {"level": "warn"}}})
    sid = contact_list(desk, 100)
    desk.manifests(sms(lists=[sid]))
    approval = approved(desk)
    grow(desk, sid, 200)
    assert desk.run(*APPLY, "--expect", approval).code == 0


@pytest.mark.slow
def test_of_more_than_ten_lists_a_plan_file_is_needed(desk: Desk) -> None:
    desk.manifests(
        *(
            sms(f"offer-{place:02d}", lists=[contact_list(desk, 3) for _ in range(4)], template=f"T {place}")
            for place in range(3)
        )
    )
    approval = approved(desk)
    assert approval.endswith("Z")
    result = desk.run(*APPLY, "--expect", approval)
    assert (result.code, desk.writes) == (3, [])
    assert "--out" in result.err
    desk.run("plan", "--out", PLAN)
    assert desk.run(*APPLY, PLAN, "--expect", approval).code == 0


@pytest.mark.parametrize("kind", ["resume", "update"])
def test_a_resume_and_an_update_of_lists_are_held_against_the_review_too(desk: Desk, kind: str) -> None:
    other, sid = contact_list(desk, 100), contact_list(desk, 100)
    if kind == "resume":
        desk.seed(live_voice("offer-one", **{"from": ...}, lists=[sid], status="paused"))
        desk.manifests(voice("offer-one", **{"from": ...}, lists=[sid], state="active"))
    else:
        desk.seed(live_sms("offer-one", lists=[other]), collection="message-campaigns")
        desk.manifests(sms("offer-one", lists=[sid]))
    allow = ("--allow", "resume") if kind == "resume" else ()
    desk.run("plan", *allow, "--out", PLAN)
    grow(desk, sid, 100)
    code, result = carried_out(desk, PLAN)
    assert (code, result["reason"]["code"], desk.writes) == (3, "list-drift", [])
