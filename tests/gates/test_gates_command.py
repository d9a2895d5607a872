"""A campaign that waits for another: planned, applied, and asked again right before its create."""

from __future__ import annotations

import json
from typing import Any

import pytest
from harness import Answer, Desk, actions, live_voice, voice

CANARY = {"send_at": "2027-01-10T09:00:00+05:30", "end_at": "2027-01-10T20:00:00+05:30"}
REST = {"send_at": "2027-01-10T14:00:00+05:30", "end_at": "2027-01-10T20:00:00+05:30"}
FEW = {"from": [f"+9198765{n:05}" for n in range(200)], "retries": None}
MANY = {"from": [f"+9198764{n:05}" for n in range(500)], "retries": None}


def gate(**fields: Any) -> dict[str, Any]:
    """An entry of `after`."""
    return {"campaign": "voice/canary", "limits": {"failed": "25%"}, **fields}


def staged(desk: Desk, outcomes: str = "*:failed=10", seed: bool = True, **after: Any) -> None:
    """A canary that begins now and the rest, which waits for it."""
    rest = voice("rest", schedule=REST, metadata={"after": [gate(**after)]}, **MANY)
    desk.manifests(voice("canary", schedule=CANARY, **FEW), rest)
    desk.sandbox.switches.change({"outcomes": [outcomes]})
    if seed:
        desk.seed(live_voice("canary", schedule=CANARY, **FEW))


def change(plan: Any, name: str = "rest") -> Any:
    """The change of a name."""
    return next(it for it in plan["changes"] if it["name"] == name)


def test_the_rest_is_created_once_the_canary_has_passed_and_not_before(desk: Desk) -> None:
    staged(desk)
    before = desk.run("apply", "--auto-approve")
    assert (before.code, desk.writes) == (0, []), before.all
    desk.pass_time(minutes=2)
    waiting = change(desk.plan())
    assert (waiting["change"], waiting["reason"]["code"]) == ("held", "gate-waiting")
    assert waiting["held"][0]["op"] == "create"
    assert waiting["reason"]["message"].startswith("waits for voice/canary: 12")
    desk.pass_time(minutes=10)
    passed = change(desk.plan())
    assert (passed["change"], passed["gates"][0]["verdict"]) == ("create", "passed")
    assert passed["gates"][0]["people"] == {"all": 200, "open": 0, "finished": 200, "never_tried": 0}
    assert desk.run("apply", "--auto-approve").code == 0
    assert actions(desk.writes) == [("create", "rest")]
    assert desk.plan()["summary"]["operations"] == 0


@pytest.mark.parametrize(
    ("outcomes", "code", "kind"),
    [("*:failed=60", "gate-failed", "blocked"), ("*:failed=25", "gate-undecided", "held")],
)
def test_a_canary_that_fails_blocks_and_one_that_does_not_tell_holds(
    desk: Desk, outcomes: str, code: str, kind: str
) -> None:
    staged(desk, outcomes)
    desk.account()
    desk.pass_time(minutes=15)
    rest = change(desk.plan())
    assert (rest["reason"]["code"], rest["change"], rest["operations"]) == (code, kind, [])
    assert desk.run("apply", "--auto-approve").code == 3
    assert desk.writes == []


def test_allow_passes_what_waits_and_never_what_failed(desk: Desk) -> None:
    staged(desk)
    assert change(desk.plan("--allow", "after:rest"))["change"] == "create"
    desk.sandbox.switches.change({"outcomes": ["*:failed=60"]})
    desk.pass_time(minutes=15)
    assert change(desk.plan("--allow", "after:rest"))["change"] == "blocked"


def test_allow_after_needs_a_name(desk: Desk) -> None:
    staged(desk)
    assert desk.run("plan", "--allow", "after").code == 64


def test_a_canary_that_fails_while_it_runs_blocks_at_once(desk: Desk) -> None:
    staged(desk, "*:failed=100")
    desk.account()
    desk.pass_time(minutes=2)
    assert change(desk.plan())["reason"]["code"] == "gate-failed"


def test_a_text_that_changed_after_the_canary_ran_is_another_text(desk: Desk) -> None:
    staged(desk)
    desk.account()
    desk.pass_time(minutes=15)
    other = "http://my.exotel.com/acme1/exoml/start_voice/777"
    rest = voice("rest", url=other, schedule=REST, metadata={"after": [gate()]}, **MANY)
    desk.manifests(voice("canary", schedule=CANARY, **FEW), rest)
    told = change(desk.plan())
    assert (told["reason"]["code"], "another url" in told["reason"]["message"]) == ("gate-failed", True)


def test_what_is_created_already_is_paused_when_its_canary_fails(desk: Desk) -> None:
    staged(desk, "canary:failed=100")
    desk.seed(live_voice("rest", schedule=REST, **MANY))
    desk.account()
    assert change(desk.plan())["operations"] == []
    desk.pass_time(minutes=3)
    rest = change(desk.plan())
    assert (rest["change"], [it["op"] for it in rest["operations"]]) == ("blocked", ["pause"])
    desk.run("apply", "--auto-approve")
    assert desk.live("rest")["status"] == "Paused"


def test_a_paused_canary_does_not_tell(desk: Desk) -> None:
    staged(desk)
    sid = desk.live("canary")["id"]
    desk.pass_time(minutes=1)
    desk.by_hand(sid, {"action": "pause"})
    assert change(desk.plan())["reason"]["code"] == "gate-undecided"


def test_a_canary_that_was_paused_ahead_of_its_start_has_not_run_with_another_text(desk: Desk) -> None:
    """Somebody stopped it before it called anybody: nobody can tell, and what waits for it is not paused."""
    other, later = (
        "http://my.exotel.com/acme1/exoml/start_voice/777",
        {**CANARY, "send_at": "2027-01-10T12:00:00+05:30"},
    )
    rest = voice("rest", schedule=REST, url=other, metadata={"after": [gate()]}, **MANY)
    desk.manifests(voice("canary", schedule=later, state=None, **FEW), rest)
    desk.seed(live_voice("canary", schedule=later, status="paused", **FEW))
    waiting = change(desk.plan())
    assert (waiting["reason"]["code"], waiting["held"][0]["op"]) == ("gate-undecided", "create")
    desk.seed(live_voice("rest", schedule=REST, url=other, **MANY))
    assert change(desk.plan())["operations"] == []
    desk.pass_time(hours=3.1)
    assert change(desk.plan())["reason"]["code"] == "gate-failed"


def test_a_gate_that_shuts_after_the_plan_keeps_the_create_back(desk: Desk) -> None:
    staged(desk)
    desk.account()
    desk.pass_time(minutes=15)
    desk.run("plan", "--out", "plan.json")
    desk.forget()
    desk.sandbox.switches.change({"stats": "lacking"})
    result = desk.run("apply", "plan.json", "--auto-approve", "--format", "json")
    assert (result.code, desk.writes) == (3, [])


def test_the_canary_is_read_again_right_before_the_create(desk: Desk) -> None:
    staged(desk)
    desk.account()
    desk.pass_time(minutes=15)
    sid = desk.live("canary")["id"]
    desk.forget()
    desk.run("apply", "--auto-approve")
    places = [(it.request, it.path.rpartition("/")[2]) for it in desk.requests]
    assert ("get", sid) in places[: places.index(("create", "campaigns"))]


def test_counters_that_a_list_lacks_are_read_by_sid(desk: Desk) -> None:
    staged(desk)
    desk.account()
    desk.sandbox.switches.change({"omit_from_list": ["stats"]})
    desk.pass_time(minutes=15)
    assert change(desk.plan())["gates"][0]["verdict"] == "passed"


@pytest.mark.parametrize("request_name", ["list", "get"])
def test_a_canary_that_counts_what_nobody_knows_does_not_tell(desk: Desk, request_name: str) -> None:
    """Neither where its counters are listed, nor where they are read by SID."""
    staged(desk)
    desk.account()
    desk.pass_time(minutes=15)
    counts = {**desk.live("canary")["stats"], "answered": "5"}
    desk.sandbox.switches.change({"omit_from_list": ["stats"] if request_name == "get" else []})
    desk.sandbox.faults.add("change", request=request_name, data={"stats": counts}, times=None)
    told = change(desk.plan())
    assert (told["change"], told["gates"][0]["verdict"]) == ("held", "undecided"), told


def test_a_canary_whose_window_is_over_is_looked_up_all_the_same(desk: Desk) -> None:
    desk.seed(*(live_voice(f"past-{n}", status="completed") for n in range(600)))
    staged(desk)
    desk.account()
    rest = voice(
        "rest",
        schedule={"send_at": "2027-01-11T09:00:00+05:30", "end_at": "2027-01-11T20:00:00+05:30"},
        metadata={"after": [gate()]},
        **MANY,
    )
    desk.manifests(voice("canary", schedule=CANARY, **FEW), rest)
    desk.pass_time(hours=20)
    assert change(desk.plan("--refresh", "auto"))["gates"][0]["verdict"] == "passed"


def test_what_passed_too_long_ago_does_not_tell(desk: Desk) -> None:
    staged(desk, within="10m")
    desk.account()
    desk.pass_time(minutes=15)
    assert change(desk.plan())["reason"]["code"] == "gate-undecided"


def test_it_may_be_told_to_wait_longer(desk: Desk) -> None:
    staged(desk, wait="2h")
    desk.account()
    desk.pass_time(minutes=15)
    assert change(desk.plan())["reason"]["code"] == "gate-waiting"
    desk.pass_time(hours=2)
    assert change(desk.plan())["change"] == "create"


@pytest.mark.parametrize(
    ("metadata", "rule", "code"),
    [
        ({"after": [gate(campaign="voice/nobody")]}, "gate-campaign", 1),
        ({"after": [gate(campaign="voice/rest")]}, "gate-campaign", 1),
        ({"after": [gate(finished=201)]}, "gate-size", 1),
        ({"after": [gate(limits={"dnd": "1%"})]}, "gate-size", 1),
        ({"after": [gate(wait="5h")]}, "gate-order", 1),
        ({"after": [gate(limits={"failed": "5%"})]}, "gate-power", 0),
        ({"after": [gate(limits={"unreached": "5%"})]}, "unknown-key", 1),
        ({"after": [gate(confidence="20%")]}, "format", 1),
        ({"after": [gate(within="7")]}, "format", 1),
        ({"after": [{"limits": {"failed": "25%"}}]}, "required", 1),
    ],
)
def test_what_cannot_be_waited_for_is_told_at_its_place(
    desk: Desk, metadata: dict[str, Any], rule: str, code: int
) -> None:
    desk.manifests(
        voice("canary", schedule=CANARY, **FEW), voice("rest", schedule=REST, metadata=metadata, **MANY)
    )
    result = desk.run("validate", "--format", "json")
    assert result.code == code, result.all
    assert rule in {it["rule"] for it in result.json["findings"]}, result.out
    assert all(it["line"] > 1 for it in result.json["findings"])


def test_somebody_in_both_is_told(desk: Desk) -> None:
    rest = voice("rest", schedule=REST, metadata={"after": [gate()]}, **FEW)
    desk.manifests(voice("canary", schedule=CANARY, **FEW), rest)
    found = {it["rule"] for it in desk.run("validate", "--format", "json").json["findings"]}
    assert "gate-overlap" in found


def test_a_resume_of_what_crosses_its_limit_is_blocked(desk: Desk) -> None:
    desk.manifests(
        voice("canary", schedule=CANARY, state="active", metadata={"stop_when": {"failed": "40%"}}, **FEW)
    )
    desk.sandbox.switches.change({"outcomes": ["*:failed=100"]})
    (sid,) = desk.seed(live_voice("canary", schedule=CANARY, **FEW))
    desk.pass_time(minutes=2)
    desk.by_hand(sid, {"action": "pause"})
    told = change(desk.plan("--allow", "resume:canary"), "canary")
    assert (told["change"], told["reason"]["code"], told["operations"]) == ("blocked", "stop-when", [])
    assert "it crosses stop_when now: failed" in told["reason"]["message"]


def test_by_hand_it_is_resumed_and_said_before_the_question(desk: Desk) -> None:
    desk.manifests(
        voice("canary", schedule=CANARY, state="active", metadata={"stop_when": {"failed": "40%"}}, **FEW)
    )
    desk.sandbox.switches.change({"outcomes": ["*:failed=100"]})
    (sid,) = desk.seed(live_voice("canary", schedule=CANARY, **FEW))
    desk.pass_time(minutes=2)
    desk.by_hand(sid, {"action": "pause"})
    result = desk.run("resume", "canary", "--auto-approve")
    assert (result.code, "it crosses stop_when now: failed" in result.out) == (0, True), result.all
    assert desk.live("canary")["status"] == "InProgress"


def test_by_hand_what_it_waits_for_is_said_before_the_question(desk: Desk) -> None:
    staged(desk)
    (sid,) = desk.seed(live_voice("rest", schedule=REST, **MANY))
    desk.by_hand(sid, {"action": "pause"})
    result = desk.run("resume", "rest", "--auto-approve")
    assert (result.code, "waits for voice/canary" in result.out) == (0, True), result.all


def test_without_limits_it_is_enough_that_so_many_have_their_outcome(desk: Desk) -> None:
    team = {"from": [f"+91987650000{n}" for n in range(3)], "retries": None}
    after = [{"campaign": "voice/test", "finished": 3}]
    desk.manifests(
        voice("test", schedule=CANARY, **team),
        voice("rest", schedule=REST, metadata={"after": after}, **MANY),
    )
    desk.seed(live_voice("test", schedule=CANARY, **team))
    assert change(desk.plan())["reason"]["code"] == "gate-waiting"
    desk.pass_time(minutes=10)
    assert change(desk.plan())["change"] == "create"


def test_what_was_allowed_while_it_waited_is_not_sent_once_its_gate_has_failed(desk: Desk) -> None:
    staged(desk, "canary:failed=100")
    desk.account()
    fails = Answer(lambda: desk.pass_time(minutes=3))
    result = desk.run("apply", "--allow", "after:rest", "--audit-log", "log", stdin=fails)
    assert (result.code, actions(desk.writes)) == (3, []), result.all
    assert "exceeds its limit" in result.all


def test_one_reading_of_a_canary_serves_for_all_that_wait_for_it(desk: Desk) -> None:
    staged(desk)
    desk.account()
    many = [
        voice(
            f"rest-{n}", schedule=REST, metadata={"after": [gate()]}, **{**MANY, "from": [f"+91987630000{n}"]}
        )
        for n in range(9)
    ]
    desk.manifests(voice("canary", schedule=CANARY, **FEW), *many)
    desk.pass_time(minutes=15)
    sid = desk.live("canary")["id"]
    desk.forget()
    assert desk.run("apply", "--auto-approve").code == 0
    read = [it for it in desk.requests if it.request == "get" and it.path.endswith(sid)]
    assert (len(actions(desk.writes)), len(read)) == (9, 1)


def test_figures_are_in_no_digest_and_the_verdict_is(desk: Desk) -> None:
    staged(desk)
    desk.account()
    desk.pass_time(minutes=1)
    one = desk.plan()
    desk.pass_time(minutes=1)
    other = desk.plan()
    assert one["changes"][1]["reason"]["message"] != other["changes"][1]["reason"]["message"]
    assert one["digest"] == other["digest"]
    desk.pass_time(minutes=15)
    assert desk.plan()["digest"] != one["digest"]
    assert desk.run("apply", "--auto-approve", "--expect", other["approval"]).code == 3
    assert [it for it, _ in actions(desk.writes)] == []


def test_a_plan_file_does_not_go_by_another_canary_of_the_name(desk: Desk) -> None:
    staged(desk)
    desk.account()
    desk.pass_time(minutes=15)
    desk.run("plan", "--out", "plan.json")
    saved = json.loads((desk.root / "plan.json").read_text())
    assert change(saved)["gates"][0]["sid"] == desk.live("canary")["id"]
    desk.seed(live_voice("canary", schedule=CANARY, **FEW))
    desk.account()
    desk.pass_time(minutes=15)
    desk.forget()
    result = desk.run("apply", "plan.json", "--auto-approve")
    assert (result.code, actions(desk.writes)) == (3, []), result.all


def test_the_plan_says_since_when_what_crosses_is_paused(desk: Desk) -> None:
    limits = {"stop_when": {"failed": "40%"}}
    desk.manifests(voice("canary", schedule=CANARY, metadata=limits, **FEW))
    desk.sandbox.switches.change({"outcomes": ["*:failed=100"]})
    (sid,) = desk.seed(live_voice("canary", schedule=CANARY, **FEW))
    desk.pass_time(minutes=2)
    desk.by_hand(sid, {"action": "pause"})
    paused = desk.live("canary")["date_updated"]
    (note,) = [it for it in change(desk.plan(), "canary")["notes"] if "crosses" in it]
    assert note.startswith("it crosses stop_when now: failed ")
    assert note.endswith(f"(limit 40%); it was last updated at {paused}")


@pytest.mark.parametrize("output", ["text", "markdown", "html"])
def test_every_format_that_people_read_says_what_is_waited_for(desk: Desk, output: str) -> None:
    staged(desk)
    desk.account()
    desk.pass_time(minutes=1)
    result = desk.run("plan", "--format", output)
    assert "waits for voice/canary" in result.out
    assert "of 200 finished" in result.out


def test_a_plan_file_does_not_go_by_another_canary_though_both_pass(desk: Desk) -> None:
    """The plan found the canary by its previous name; since then one that bears the name of now has run too."""
    renamed = {"previous_name": "early"}
    rest = voice("rest", schedule=REST, metadata={"after": [gate()]}, **MANY)
    desk.manifests(voice("canary", schedule=CANARY, metadata=renamed, **FEW), rest)
    desk.sandbox.switches.change({"outcomes": ["*:failed=10"]})
    desk.seed(live_voice("early", schedule=CANARY, **FEW))
    desk.account()
    desk.pass_time(minutes=15)
    first = desk.live("early")["id"]
    assert change(desk.plan("--out", "plan.json"))["gates"][0]["sid"] == first
    (second,) = desk.seed(live_voice("canary", schedule=CANARY, **FEW))
    desk.account()
    desk.pass_time(minutes=15)
    desk.forget()
    now = change(desk.plan())
    assert (now["change"], now["gates"][0]["sid"], now["gates"][0]["verdict"]) == ("create", second, "passed")
    result = desk.run("apply", "plan.json", "--auto-approve")
    assert (result.code, actions(desk.writes)) == (3, []), result.all
    assert "rest: what it waits for is another campaign now" in result.all, result.all


@pytest.mark.parametrize("resumes", [False, True])
def test_another_canary_that_appears_while_somebody_thinks_is_none_that_passed(
    desk: Desk, resumes: bool
) -> None:
    staged(desk)
    if resumes:
        (sid,) = desk.seed(live_voice("rest", schedule=REST, **MANY))
        desk.by_hand(sid, {"action": "pause"})
        declared = {"schedule": REST, "state": "active", "metadata": {"after": [gate()]}, **MANY}
        desk.manifests(voice("canary", schedule=CANARY, **FEW), voice("rest", **declared))
    desk.account()
    desk.pass_time(minutes=15)
    desk.account()
    desk.forget()

    def meanwhile() -> None:
        desk.seed(live_voice("canary", schedule=REST, **FEW))
        desk.pass_time(minutes=2)

    result = desk.run("apply", "--allow", "resume:rest", "--format", "json", stdin=Answer(meanwhile))
    (told,) = [it for it in result.json["results"] if it["name"] == "rest"]
    assert (result.code, told["reason"]["code"], desk.writes) == (3, "gate-undecided", []), result.all
