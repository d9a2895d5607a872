"""Every fault meets every kind of request, through the command line and over a socket.

A case is a request and a fault. It ends with: the exit code that the contract gives it, no campaign that is there
twice, nothing sent again that no rule repeats, and a second run that converges.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from harness import Desk, live_sms, live_voice, sms, voice, wait_until
from reliable_desk import APPLY, assert_converges, reliable, repeats_that_no_rule_allows, twins

pytestmark = pytest.mark.slow

OTHER_CALLER = "08012345678"


@dataclass(frozen=True)
class Meeting:
    """One request of an apply that a fault can meet: how the desk is arranged, and which rule finds it."""

    what: str
    request: str
    arrange: Callable[[Desk], object]
    words: tuple[str, ...] = ()
    body: str = ""
    reads: bool = False
    path: str = ""


def new_voice(desk: Desk) -> None:
    desk.seed(live_voice("somebody-elses", **{"from": ["+919876500001"], "schedule": LATER}))
    desk.manifests(voice())


def new_sms(desk: Desk) -> None:
    other = live_sms("somebody-elses", lists=["046141c8f6b4a1"], template="Hello", schedule=SMS_LATER)
    desk.seed(other, collection="message-campaigns")
    desk.manifests(sms())


LATER = {"send_at": "2027-02-01T09:00:00+05:30", "end_at": "2027-02-01T18:00:00+05:30"}
SMS_LATER = {"start_time": LATER["send_at"], "end_time": LATER["end_at"]}


def differs(desk: Desk) -> None:
    desk.seed(live_voice(caller_id=OTHER_CALLER))
    desk.manifests(voice())


def sms_differs(desk: Desk) -> None:
    desk.seed(live_sms(template="Hello"), collection="message-campaigns")
    desk.manifests(sms())


def stands(status: str, state: str, kind: str = "voice") -> Callable[[Desk], None]:
    def arrange(desk: Desk) -> None:
        if kind == "voice":
            desk.seed(live_voice(status=status))
            desk.manifests(voice(state=state))
        else:
            desk.seed(live_sms(status=status), collection="message-campaigns")
            desk.manifests(sms(state=state))

    return arrange


ALLOW_ALL = ("--allow", "resume", "--allow", "complete", "--allow", "archive")

MEETINGS = (
    Meeting("list", "list", new_voice, reads=True),
    Meeting("list of sms", "list", new_sms, reads=True, path="/message-campaigns"),
    Meeting("get", "get", differs, reads=True),
    Meeting("create", "create", new_voice),
    Meeting("create of sms", "create", new_sms),
    Meeting("update", "update", differs),
    Meeting("update of sms", "update", sms_differs),
    *(
        Meeting(f"{action}{of}", "action", stands(status, state, kind), ALLOW_ALL, action)
        for kind, of in (("voice", ""), ("sms", " of sms"))
        for action, status, state in (
            ("pause", "created", "paused"),
            ("resume", "paused", "active"),
            ("complete", "paused", "completed"),
            ("archive", "completed", "archived"),
        )
    ),
)


@dataclass(frozen=True)
class Trouble:
    """A fault, and what an apply comes to: `read` where it meets a list or a get, `create`, or `change`.

    A fault that is `lasting` meets every such request of the first run.
    """

    what: str
    effect: str
    rule: Mapping[str, Any] = field(default_factory=dict)
    listed: int = 0
    got: int = 0
    create: int = 0
    change: int = 0
    lasting: bool = False


TROUBLES = (
    Trouble("drop before", "drop", {"acts": False}, create=5),
    Trouble("drop after acting", "drop", {"acts": True}),
    Trouble("429 for seconds", "status", {"status": 429, "retry_after": "2"}),
    Trouble("429 for a date", "status", {"status": 429, "retry_after": "DATE"}),
    Trouble("429 without a word", "status", {"status": 429, "shape": "rest"}),
    Trouble(
        "429 as an object with an error", "status", {"status": 429, "shape": "error", "retry_after": "2"}
    ),
    Trouble("429 as a page", "status", {"status": 429, "shape": "html"}),
    Trouble("429 for an hour", "status", {"status": 429, "retry_after": "3600"}, 1, 4, 4, 4),
    Trouble("5xx before", "status", {"status": 503}, create=5),
    Trouble("5xx after acting", "status", {"status": 502, "acts": True, "shape": "html"}),
    Trouble("408 before", "status", {"status": 408, "shape": "html"}, create=5),
    Trouble("408 after acting", "status", {"status": 408, "acts": True, "shape": "html"}),
    Trouble("499 after acting", "status", {"status": 499, "acts": True, "shape": "html"}),
    Trouble("slow, before acting", "slow", {"seconds": 0.8, "acts": False}, create=5),
    Trouble("slow, after acting", "slow", {"seconds": 0.8}),
    Trouble("cut", "cut"),
    Trouble("broken JSON", "broken"),
    Trouble("JSON of no known shape", "strange", create=5),
    Trouble("html for success", "html", create=5),
    Trouble("html for a success that acted", "html", {"acts": True}),
    Trouble("empty", "empty", create=5),
    Trouble("empty, and it acted", "empty", {"acts": True}),
    Trouble("an item that failed with 503", "item", {"status": 503}, listed=3),
    Trouble("an item that failed with 503 and did nothing", "item", {"status": 503, "acts": False}, create=5),
    Trouble("an item that was refused", "item", {"status": 422, "acts": False}, 0, 4, 4, 4),
    Trouble("a refusal", "status", {"status": 422}, 1, 4, 4, 4),
    Trouble("a redirect to another host", "redirect", {"location": "http://127.0.0.2:9/"}, 1, 4, 5),
    Trouble("dropped whenever it is sent", "drop", {"acts": False}, 1, 4, 5, 5, lasting=True),
    Trouble("dropped whenever it has acted", "drop", {"acts": True}, 1, 4, lasting=True),
    Trouble("5xx without end", "status", {"status": 500}, 1, 4, 5, 5, lasting=True),
    Trouble("429 without end", "status", {"status": 429, "retry_after": "1"}, 1, 4, 4, 4, lasting=True),
)


CASES = [
    pytest.param(meeting, trouble, id=f"{meeting.what}: {trouble.what}")
    for meeting in MEETINGS
    for trouble in TROUBLES
]


def expected(meeting: Meeting, trouble: Trouble) -> int:
    return {"list": trouble.listed, "get": trouble.got, "create": trouble.create}.get(
        meeting.request, trouble.change
    )


@pytest.mark.parametrize(("meeting", "trouble"), CASES)
def test_no_fault_makes_a_twin_and_the_second_run_converges(
    desk: Desk, meeting: Meeting, trouble: Trouble
) -> None:
    meeting.arrange(reliable(desk, timeout_seconds=0.4 if trouble.effect == "slow" else 30))
    rule = dict(trouble.rule)
    if rule.get("retry_after") == "DATE":
        rule["retry_after"] = format_datetime(desk.clock.now() + timedelta(seconds=30), usegmt=True)
    times = None if trouble.lasting else 1
    desk.sandbox.faults.add(
        trouble.effect, request=meeting.request, path=meeting.path, body=meeting.body, times=times, **rule
    )
    first = desk.run(*APPLY, *meeting.words)
    assert first.code == expected(meeting, trouble), first.all
    wait_until(lambda: any(it.fault == trouble.effect for it in desk.requests), "the fault met nothing")
    desk.sandbox.faults.clear()
    assert twins(desk) == []
    assert repeats_that_no_rule_allows(desk.requests) == []
    desk.forget()
    assert_converges(desk, *meeting.words)
    assert repeats_that_no_rule_allows(desk.requests) == []
    assert not list((desk.root / ".campaignctl" / "intents").glob("*.json"))


# ------------------------------------------------------------------------------------------ accounts of other habits

OMITTED = ["from", "lists", "flow_type", "call_status_callback", "status_callback", "template"]
HABITS: Mapping[str, Mapping[str, Any]] = {
    "lists lag": {"list_lag_seconds": 9},
    "a PUT replaces": {"put": "replace"},
    "creates are answered in part": {"omit_from_create": OMITTED},
    "updates are answered in part": {"omit_from_update": OMITTED},
    "gets are answered in part": {"omit_from_get": OMITTED},
    "lists are answered in part": {"omit_from_list": OMITTED},
    "answers show no schedule": {
        name: ["schedule"] for name in ("omit_from_create", "omit_from_update", "omit_from_get")
    },
    "answers show no date": {
        name: ["date_updated", "date_created"]
        for name in ("omit_from_update", "omit_from_get", "omit_from_list")
    },
    "schedules are filled in": {"fill_schedule": True},
    "few requests a minute": {"rate_limit": 12},
    "a filter of its own": {"status_filter": "own"},
    "a filter that refuses": {"status_filter": "refuse"},
}
LOST = [it for it in TROUBLES if it.what in ("drop before", "cut")]
ODD = [
    habit
    for habit in HABITS
    if "in part" in habit or "answers show" in habit or habit in ("lists lag", "a PUT replaces")
]


@pytest.mark.parametrize("habit", HABITS)
@pytest.mark.parametrize("meeting", MEETINGS, ids=lambda it: it.what)
def test_whatever_the_account_s_habits_a_run_converges(desk: Desk, meeting: Meeting, habit: str) -> None:
    meeting.arrange(reliable(desk))
    desk.pass_time(minutes=1)
    desk.sandbox.switches.change(HABITS[habit])
    first = desk.run(*APPLY, *meeting.words)
    if meeting.request in ("get", "update") and habit == "answers show no schedule":
        assert first.code == 3, first.all
        assert not desk.writes, "an update could lose the start"
        return
    assert first.code == 0, first.all
    assert repeats_that_no_rule_allows(desk.requests) == []
    assert_converges(desk, *meeting.words)


@pytest.mark.parametrize("habit", ODD)
@pytest.mark.parametrize("trouble", LOST, ids=lambda it: it.what)
@pytest.mark.parametrize(
    "meeting", [it for it in MEETINGS if not it.reads and "sms" not in it.what], ids=lambda it: it.what
)
def test_a_lost_answer_and_an_odd_habit_together_make_no_twin(
    desk: Desk, meeting: Meeting, trouble: Trouble, habit: str
) -> None:
    meeting.arrange(reliable(desk))
    desk.pass_time(minutes=1)
    desk.sandbox.switches.change(HABITS[habit])
    desk.sandbox.faults.add(trouble.effect, request=meeting.request, body=meeting.body, **trouble.rule)
    first = desk.run(*APPLY, *meeting.words)
    hidden = meeting.request == "update" and habit == "answers show no schedule"
    assert first.code in ((3,) if hidden else (expected(meeting, trouble), 5)), first.all
    if hidden:
        assert not desk.writes, "an update could lose the start"
        return
    assert repeats_that_no_rule_allows(desk.requests) == []
    desk.pass_time(seconds=10)
    assert twins(desk) == []
    assert_converges(desk, *meeting.words)


# ------------------------------------------------------------------------------------------------- pages that shift

PAGES = 120


@pytest.mark.parametrize("refresh", ["auto", "full"])
@pytest.mark.parametrize("appear", [1, 60])
@pytest.mark.parametrize("after", range(3))
@pytest.mark.parametrize("place", [0, 49, 50, 119])
def test_a_campaign_that_is_there_is_never_made_again_while_pages_shift(
    desk: Desk, refresh: str, appear: int, after: int, place: int
) -> None:
    """Others appear before it, and go away again, in the midst of the list."""
    names = [f"offer-{number:03}" for number in range(PAGES)]
    start = datetime(2027, 1, 20, 5, 0, tzinfo=UTC)
    schedules = [
        {
            "start_time": (start + timedelta(minutes=number)).isoformat(),
            "end_time": (start + timedelta(minutes=number, hours=5)).isoformat(),
        }
        for number in range(PAGES)
    ]
    desk.seed(
        *(live_sms(name, schedule=when) for name, when in zip(names, schedules, strict=True)),
        collection="message-campaigns",
    )
    desk.manifests(sms(names[place], schedule=schedules[place]))
    reliable(desk)
    desk.sandbox.faults.add("shift", request="list", appear=appear, after=after)
    desk.sandbox.faults.add("shift", request="list", disappear=appear)
    run = desk.run(*APPLY, "--refresh", refresh)
    assert run.code in (0, 3), run.all
    assert not desk.writes
