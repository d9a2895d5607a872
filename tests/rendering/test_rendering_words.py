"""What happens to whom and when, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import plans
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans import plan_document

from campaignctl.kinds import SMS, VOICE
from campaignctl.kinds.operations import Op
from campaignctl.kinds.table import Kind, Value
from campaignctl.model.plan import Change, Operation
from campaignctl.rendering import words
from campaignctl.rendering.documents import ChangeDocument
from campaignctl.rendering.measure_documents import CountDocument

NOW = plans.NOW


def document(change: Change) -> ChangeDocument:
    return plan_document(plans.plan(change), plans.PROD)["changes"][0]


def test_one_instant_is_said_as_it_was_written_at_each_offset() -> None:
    instant = datetime(2027, 1, 15, 3, 30, tzinfo=UTC)
    india = instant.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert instant == india
    said = [words.moment(it) for it in (instant, india, instant)]
    assert said == ["Fri 15 Jan 2027 03:30 UTC", "Fri 15 Jan 2027 09:00 +05:30", "Fri 15 Jan 2027 03:30 UTC"]


@pytest.mark.parametrize(
    ("length", "says"),
    [
        (timedelta(days=3, hours=5), "in 3 days"),
        (timedelta(days=2), "in 2 days"),
        (timedelta(hours=47), "in 47 hours"),
        (timedelta(hours=2), "in 2 hours"),
        (timedelta(minutes=119), "in 119 minutes"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(seconds=59), "in less than a minute"),
        (timedelta(), "less than a minute ago"),
        (timedelta(hours=-2), "2 hours ago"),
        (timedelta(days=-400), "400 days ago"),
    ],
)
def test_a_distance_is_never_nearer_than_it_says(length: timedelta, says: str) -> None:
    assert words.distance(NOW + length, NOW) == says


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("2027-01-15T09:00:00+05:30", "Fri 15 Jan 2027 09:00 +05:30"),
        ("2027-01-15T09:00:30Z", "Fri 15 Jan 2027 09:00:30 UTC"),
        ("2027-01-15t09:00:00z", "Fri 15 Jan 2027 09:00 UTC"),
        ("2027-01-15T09:00:00.123456789-03:30", "Fri 15 Jan 2027 09:00 -03:30"),
    ],
)
def test_a_moment_stands_in_the_offset_it_was_written_in(written: str, says: str) -> None:
    moment = words.read_moment(written)
    assert moment is not None
    assert words.moment(moment) == says


@given(st.datetimes(), st.integers(-23 * 60, 23 * 60))
def test_clock_and_offset_are_those_of_the_moment(when: datetime, minutes: int) -> None:
    there = when.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    clock, offset = words.moment(there).split()[-2:]
    assert clock == f"{there:%H:%M:%S}".removesuffix(":00")
    assert offset == ("UTC" if not there.utcoffset() else f"{there:%z}"[:3] + ":" + f"{there:%z}"[3:])


@pytest.mark.parametrize("text", ["2027-01-15T09:00:00", "tomorrow", "", None, 5])
def test_what_is_no_moment_with_an_offset_is_none(text: object) -> None:
    assert words.read_moment(text) is None


@pytest.mark.parametrize(
    ("resulting", "says"),
    [
        ({"from": {"count": 1200, "distinct": 1200}}, "1,200 people"),
        ({"from": {"count": 1, "distinct": 1}}, "1 person"),
        ({"from": {"count": 4, "distinct": 3}}, "3 people"),
        ({"from": {"count": 4, "distinct": 3}, "call_duplicate_numbers": True}, "4 people"),
        ({"lists": ["a"]}, "an unknown number of people (1 list)"),
        ({"from": None, "lists": ["a", "b"]}, "an unknown number of people (2 lists)"),
        (
            {"from": {"count": 5, "distinct": 5}, "lists": ["a"]},
            "5 people and an unknown number more (1 list)",
        ),
        ({}, "an unknown number of people (the account does not show them)"),
    ],
)
def test_how_many_people_is_said_or_unknown_but_never_zero(resulting: dict[str, Value], says: str) -> None:
    assert words.people(resulting) == says


@pytest.mark.parametrize(
    ("lists", "counts", "says"),
    [
        (["a"], {"known": 1200, "whole": True, "at_most": 1200}, "1,200 people (1 list)"),
        (["a"], {"known": 1, "whole": True, "at_most": 1}, "1 person (1 list)"),
        (["a", "b"], {"known": 1200, "whole": False, "at_most": 2100}, "at most 2,100 people (2 lists)"),
        (
            ["a", "b"],
            {"known": 1200, "whole": False, "at_most": None},
            "1,200 people and an unknown number more (2 lists)",
        ),
        (["a"], {"known": None, "whole": False, "at_most": None}, "an unknown number of people (1 list)"),
    ],
)
def test_lists_that_were_counted_are_said(lists: list[str], counts: CountDocument, says: str) -> None:
    assert words.people({"lists": lists}, counts) == says


def created(kind: Kind, schedule: Value) -> Change:
    numbers = {"from": ("+919800000001",)} if kind is VOICE else {"lists": ["a"]}
    resulting = {**numbers, "schedule": schedule} if schedule is not None else numbers
    return plans.change(kind, "new", "not-live", operations=(Operation(Op.CREATE),), resulting=resulting)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (plans.create(), "calls 1,200 people Fri 15 Jan 2027 09:00 +05:30, in 3 days"),
        (created(VOICE, None), "calls 1 person at once"),
        (
            created(SMS, {"end_time": "2027-01-15T18:00:00Z"}),
            "texts an unknown number of people (1 list) at once",
        ),
        (plans.held_start_now(), "would call 1,200 people at once"),
        (plans.blocked(), "calls 1,200 people since Tue 12 Jan 2027 07:00 +05:30, 2 hours ago"),
        (plans.ambiguous(), "nothing is created for it"),
        (plans.failed(), "is canceled and stays so"),
    ],
)
def test_the_effect_of_a_change_is_a_sentence(change: Change, says: str) -> None:
    assert words.effect(document(change), NOW) == says


def test_a_schedule_that_the_account_does_not_show_is_not_taken_for_none() -> None:
    change = plans.in_sync(resulting={"from": ("+919800000001",)})
    assert words.effect(document(change), NOW) == "calls 1 person at a time that the account does not show"


def test_a_resume_before_the_start_waits_for_it_and_after_it_calls_at_once() -> None:
    resume = {"live": "Paused", "operations": (Operation(Op.RESUME),)}
    ahead = plans.change(VOICE, "a", "state-differs", **resume)
    behind = plans.change(
        VOICE, "a", "state-differs", spec={"schedule": {"send_at": "2027-01-12T07:00:00+05:30"}}, **resume
    )
    assert words.effect(document(ahead), NOW) == "calls 1,200 people Fri 15 Jan 2027 09:00 +05:30, in 3 days"
    assert words.effect(document(behind), NOW) == "calls on at once: 1,200 people"


@pytest.mark.parametrize(("minutes", "near"), [(1, True), (59, True), (60, False), (-5, False)])
def test_a_start_nearer_than_the_next_review_is_pointed_out(minutes: int, near: bool) -> None:
    start = datetime(2027, 1, 12, 3, 30, tzinfo=UTC) + timedelta(minutes=minutes)
    says = words.urgency(document(created(VOICE, {"send_at": start.isoformat()})), NOW)
    assert (says is not None) is near
    assert says is None or says.endswith("before the next review could be")


def test_what_is_created_paused_is_not_urgent() -> None:
    soon = {"schedule": {"send_at": "2027-01-12T09:25:00+05:30"}}
    change = plans.change(
        VOICE, "a", "not-live", spec=soon, operations=(Operation(Op.CREATE), Operation(Op.PAUSE))
    )
    assert words.urgency(document(change), NOW) is None
