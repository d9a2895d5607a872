"""Whom an earlier campaign has called: one to contact lists, one that repeats, one that a list leaves out."""

from __future__ import annotations

from typing import Any

import pytest
from harness import Desk, live_voice, sent, voice
from list_desk import contact_list
from stages import CANARY, OTHER, PEOPLE, REST, change, created, stats

DAILY = {
    "cron": "0 10 * * *",
    "time_zone": "Asia/Kolkata",
    "from": "2027-01-10",
    "until": "2027-01-12",
    "duration": "3h",
}


def to_lists(desk: Desk, people: list[str], rest: list[str] = PEOPLE) -> None:
    """A canary to a list of the project, and the rest of a file; only the canary where there is nobody in it."""
    canary = voice("canary", schedule=CANARY, retries=None, **{"from": ..., "lists": [{"name": "few"}]})
    without = {"from": rest, "suppress": [{"campaign": "voice/canary"}]}
    others = [voice("rest", url=OTHER, schedule=REST, retries=None, **without)] if rest else []
    desk.manifests(contact_list("few", people), canary, *others)


def called_lists(desk: Desk, people: list[str]) -> None:
    """The canary to a list has called."""
    to_lists(desk, people, [])
    assert desk.run("apply", "--auto-approve", "--allow", "start-now:canary").code == 0
    desk.pass_time(minutes=60)
    desk.account()
    desk.forget()


def searches(desk: Desk) -> list[str]:
    """Requests that look for lists."""
    return [it.path for it in desk.requests if it.method == "GET" and it.path.endswith("/lists")]


def before_nine(desk: Desk) -> None:
    """Half an hour before the canary."""
    desk.pass_time(minutes=-30)


def test_a_canary_to_a_list_that_its_manifest_still_holds_leaves_out_its_members(desk: Desk) -> None:
    before_nine(desk)
    called_lists(desk, PEOPLE[:10])
    to_lists(desk, PEOPLE[:10])
    told = change(desk)
    assert (told["change"], told["suppressed"]["count"]) == ("create", 10)
    assert not [it for it in desk.requests if it.path.endswith("/contacts")]


def test_a_list_that_changed_since_is_read(desk: Desk) -> None:
    before_nine(desk)
    called_lists(desk, PEOPLE[:10])
    to_lists(desk, PEOPLE[5:10])
    told = change(desk)
    assert (told["change"], told["suppressed"]["count"]) == ("create", 10)
    desk.run("apply", "--auto-approve")
    assert created(desk) == PEOPLE[10:]


@pytest.mark.parametrize("now", [PEOPLE[:10], PEOPLE[5:10]], ids=["held", "read"])
def test_a_list_is_looked_for_once_in_a_run_however_many_leave_it_out(desk: Desk, now: list[str]) -> None:
    before_nine(desk)
    called_lists(desk, PEOPLE[:10])
    without = {"suppress": [{"campaign": "voice/canary"}], "url": OTHER, "schedule": REST, "retries": None}
    rest = [voice(f"rest-{n}", **without, **{"from": PEOPLE[n::4]}) for n in range(4)]
    to_lists(desk, now, [])
    desk.manifests(*rest, file="campaigns/rest.yaml")
    desk.plan()
    planned = len(searches(desk))
    desk.forget()
    assert desk.run("apply", "--auto-approve").code == 0
    assert (len(desk.writes), len(searches(desk))) == (4, planned + 1)


def test_where_nobody_sees_who_is_in_the_list_it_is_held(desk: Desk) -> None:
    before_nine(desk)
    called_lists(desk, PEOPLE[:10])
    desk.sandbox.switches.change({"contact_count": "refused"})
    to_lists(desk, PEOPLE[5:10])
    assert change(desk)["reason"]["code"] == "recipients-unseen"
    assert change(desk, "rest", "--allow", "unseen:rest")["change"] == "create"


def test_a_list_leaves_out_whom_a_campaign_has_called_by_what_the_account_shows(desk: Desk) -> None:
    desk.seed(live_voice("canary", schedule=CANARY, retries=None, **{"from": PEOPLE[:10]}))
    desk.pass_time(minutes=20)
    desk.account()
    desk.manifests(
        voice("canary", schedule=CANARY, retries=None, **{"from": PEOPLE[5:10]}),
        contact_list("others", PEOPLE[:30], suppress=[{"campaign": "voice/canary"}]),
        voice("rest", url=OTHER, schedule=REST, retries=None, **{"from": ..., "lists": [{"name": "others"}]}),
    )
    desk.forget()
    assert desk.run("apply", "--auto-approve").code == 0
    (made,) = [it for it in desk.writes if it.request == "create"]
    (sid,) = sent(made)["lists"]
    assert sorted(desk.sandbox.numbers("acme1", sid)) == PEOPLE[10:30]
    assert desk.plan()["summary"]["operations"] == 0


def test_who_is_called_by_an_earlier_version_of_a_list_is_not_called_again_by_its_resume(desk: Desk) -> None:
    soon = {"send_at": "2027-01-10T10:00:00+05:30", "end_at": "2027-01-10T20:00:00+05:30"}
    to_others = {"from": ..., "lists": [{"name": "others"}], "state": "active"}
    rest = voice("rest", url=OTHER, schedule=soon, retries=None, **to_others)
    before_nine(desk)
    desk.manifests(contact_list("others", PEOPLE[:30]), rest)
    assert desk.run("apply", "--auto-approve").code == 0
    desk.by_hand(desk.live("rest")["id"], {"action": "pause"})
    desk.seed(live_voice("canary", schedule=CANARY, retries=None, **{"from": PEOPLE[:10]}))
    desk.pass_time(hours=2)
    desk.account()
    desk.manifests(
        voice("canary", schedule=CANARY, retries=None, **{"from": PEOPLE[:10]}),
        contact_list("others", PEOPLE[:30], suppress=[{"campaign": "voice/canary"}]),
        rest,
    )
    allowed = ("--allow", "resume:rest", "--allow", "suppressed:rest")
    told = change(desk, "rest", *allowed)
    assert (told["reason"]["code"], told["operations"]) == ("called-already", [])
    assert "10 people of this one were called by voice/canary" in told["reason"]["message"]


def repeating(desk: Desk, canary: list[str], rest: list[str], **metadata: Any) -> None:
    """A canary each day at 10:00, and the rest each day at 15:00."""
    desk.manifests(
        voice("canary", schedule=..., repeat=DAILY, retries=None, **{"from": canary}),
        voice(
            "rest",
            url=OTHER,
            schedule=...,
            repeat={**DAILY, "cron": "0 15 * * *"},
            retries=None,
            metadata=metadata,
            **{"from": rest, "suppress": [{"campaign": "voice/canary"}]},
        ),
    )


def test_a_date_leaves_out_whom_the_canary_of_its_date_has_called(desk: Desk) -> None:
    today = {"send_at": "2027-01-10T10:00:00+05:30", "end_at": "2027-01-10T13:00:00+05:30"}
    desk.seed(live_voice("canary-2027-01-10", schedule=today, retries=None, **{"from": PEOPLE[:10]}))
    desk.pass_time(hours=2)
    desk.account()
    repeating(desk, PEOPLE[20:30], PEOPLE)
    assert change(desk, "rest-2027-01-10")["suppressed"]["count"] == 10
    desk.run("apply", "--auto-approve")
    assert created(desk, "rest-2027-01-10") == PEOPLE[10:]
    assert created(desk, "rest-2027-01-11") == [*PEOPLE[:20], *PEOPLE[30:]]


def test_one_that_does_not_repeat_leaves_out_whom_any_date_has_called(desk: Desk) -> None:
    desk.seed(*(live_voice(f"past-{n}", status="completed") for n in range(300)))
    for day, part in ((1, PEOPLE[:10]), (10, PEOPLE[10:20])):
        schedule = {
            "send_at": f"2027-01-{day:02}T08:00:00+05:30",
            "end_at": f"2027-01-{day:02}T11:00:00+05:30",
        }
        desk.seed(live_voice(f"canary-2027-01-{day:02}", schedule=schedule, retries=None, **{"from": part}))
    desk.pass_time(minutes=10)
    desk.account()
    desk.manifests(
        voice("canary", schedule=..., repeat=DAILY, retries=None, **{"from": PEOPLE[10:20]}),
        voice(
            "rest",
            url=OTHER,
            schedule=REST,
            retries=None,
            **{"from": PEOPLE, "suppress": [{"campaign": "voice/canary"}]},
        ),
    )
    assert change(desk, "rest", "--refresh", "auto")["suppressed"]["count"] == 20


TODAY = {"send_at": "2027-01-10T10:00:00+05:30", "end_at": "2027-01-10T13:00:00+05:30"}
FEW: dict[str, Any] = {"from": [f"+9198764{n:05}" for n in range(200)], "retries": None}


def daily_stages(desk: Desk) -> None:
    """A canary each day, and the rest of that day, which waits for it."""
    gate = {"campaign": "voice/canary", "limits": {"failed": "25%"}}
    afternoon = {"repeat": {**DAILY, "cron": "0 15 * * *"}, "from": PEOPLE, "retries": None}
    desk.manifests(
        voice("canary", schedule=..., repeat=DAILY, **FEW),
        voice("rest", schedule=..., metadata={"after": [gate]}, **afternoon),
    )


def test_the_gate_of_a_date_is_the_canary_of_its_date(desk: Desk) -> None:
    desk.sandbox.switches.change({"outcomes": ["canary-2027-01-10:failed=100", "*:completed=100"]})
    desk.seed(live_voice("canary-2027-01-10", schedule=TODAY, **FEW))
    desk.account()
    daily_stages(desk)
    desk.pass_time(hours=2)
    desk.account()
    plan = desk.plan()["changes"]
    codes = {it["name"]: it["reason"]["code"] for it in plan if it["name"].startswith("rest")}
    assert codes == {
        "rest-2027-01-10": "gate-failed",
        "rest-2027-01-11": "gate-waiting",
        "rest-2027-01-12": "gate-waiting",
    }


@pytest.mark.parametrize(("people", "verdict"), [(200, "passed"), (201, "undecided")])
def test_counters_of_a_canary_to_a_list_add_up_to_its_members(desk: Desk, people: int, verdict: str) -> None:
    members = [f"+9198764{n:05}" for n in range(200)]
    before_nine(desk)
    to_lists(desk, members, [])
    assert desk.run("apply", "--auto-approve", "--allow", "start-now:canary").code == 0
    desk.pass_time(minutes=60)
    desk.account()
    counted = stats(completed=people)
    for request in ("list", "get"):
        desk.sandbox.faults.add("change", request=request, data={"stats": counted}, times=None)
    rest = voice(
        "rest",
        schedule=REST,
        metadata={"after": [{"campaign": "voice/canary", "limits": {"failed": "25%"}}]},
        **{"from": PEOPLE},
    )
    desk.manifests(
        contact_list("few", members),
        voice("canary", schedule=CANARY, retries=None, **{"from": ..., "lists": [{"name": "few"}]}),
        rest,
    )
    assert change(desk)["gates"][0]["verdict"] == verdict


def rules(desk: Desk) -> set[tuple[str, str]]:
    """What validate finds, with how bad it is."""
    findings = desk.run("validate", "--format", "json").json["findings"]
    return {(it["rule"], it["severity"]) for it in findings if it["rule"].startswith("gate-")}


def test_members_of_a_list_are_held_against_finished_and_against_who_is_in_both(desk: Desk) -> None:
    after = {"after": [{"campaign": "voice/canary", "finished": 11}]}
    desk.manifests(
        contact_list("few", PEOPLE[:10]),
        voice("canary", schedule=CANARY, **{"from": ..., "lists": [{"name": "few"}]}),
        voice("rest", schedule=REST, metadata=after, **{"from": PEOPLE[9:]}),
    )
    assert rules(desk) >= {("gate-size", "error"), ("gate-overlap", "error")}


@pytest.mark.parametrize(
    ("hour", "found"), [(9, ("gate-order", "error")), (12, ("gate-order", "warn")), (15, None)]
)
def test_each_date_has_its_results_in_time(desk: Desk, hour: int, found: tuple[str, str] | None) -> None:
    few = {"from": [f"+9198764{n:05}" for n in range(200)]}
    after = {"after": [{"campaign": "voice/canary", "limits": {"failed": "25%"}}]}
    repeat = {**DAILY, "cron": f"0 {hour} * * *"}
    desk.manifests(
        voice("canary", schedule=..., repeat=DAILY, **few),
        voice("rest", schedule=..., repeat=repeat, metadata=after, **{"from": PEOPLE}),
    )
    assert rules(desk) == ({found} if found else set())


def test_one_that_repeats_waits_for_none_that_does_not(desk: Desk) -> None:
    after = {"after": [{"campaign": "voice/canary", "finished": 3}]}
    desk.manifests(
        voice("canary", schedule=CANARY, **{"from": PEOPLE[:10]}),
        voice("rest", schedule=..., repeat=DAILY, metadata=after, **{"from": PEOPLE[10:]}),
    )
    assert ("gate-campaign", "error") in rules(desk)


def test_by_hand_a_date_is_told_of_the_canary_of_its_date(desk: Desk) -> None:
    later = {"send_at": "2027-01-10T15:00:00+05:30", "end_at": "2027-01-10T18:00:00+05:30"}
    daily_stages(desk)
    desk.sandbox.switches.change({"outcomes": ["*:failed=60"]})
    (sid,) = desk.seed(live_voice("rest-2027-01-10", schedule=later, **{"from": PEOPLE}))
    desk.by_hand(sid, {"action": "pause"})
    assert "voice/canary-2027-01-10: it is not there yet" in desk.run("resume", "rest-2027-01-10").all
    desk.seed(live_voice("canary-2027-01-10", schedule=TODAY, **FEW))
    desk.account()
    desk.pass_time(hours=2)
    desk.account()
    assert "voice/canary-2027-01-10 exceeds its limit" in desk.run("resume", "rest-2027-01-10").all
