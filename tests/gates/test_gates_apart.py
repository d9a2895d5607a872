"""Whoever moves from the rest into a canary is taken out of the rest first; whom it keeps, the canary does not call."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from harness import SECRETS, Answer, Desk, actions, live_voice, run, sent, voice
from interposed import Killed, KilledAfterWrites
from list_desk import calling, contact_list, texting
from list_desk import people as list_people
from stages import OTHER, PEOPLE, REST, change

LATER = {"send_at": "2027-01-10T12:00:00+05:30", "end_at": "2027-01-10T20:00:00+05:30"}
LEFT_OUT = [{"campaign": "voice/canary"}]


def moving(desk: Desk, canary: list[str], rest: list[str], **fields: Any) -> None:
    """A canary that comes before the rest of its file, and the rest without whoever is in it."""
    labels = {name: {"metadata": {"labels": {"stage": name}}} for name in ("canary", "rest")}
    declared = {"from": rest, "suppress": LEFT_OUT, "url": OTHER, "schedule": REST, "retries": None}
    desk.manifests(
        voice("canary", schedule=LATER, retries=None, **{"from": canary}, **labels["canary"]),
        voice("rest", **{**declared, **labels["rest"], **fields}),
    )


def live_stages(desk: Desk, canary: list[str] | None, rest: list[str], **fields: Any) -> tuple[str, ...]:
    """Both as the account has them; no canary where it is None."""
    there = {"url": OTHER, "schedule": REST, "retries": None, **fields}
    both = [live_voice("rest", **{"from": rest}, **there)]
    if canary is not None:
        both.append(live_voice("canary", schedule=LATER, retries=None, **{"from": canary}))
    return tuple(desk.seed(*both))


def three_move(desk: Desk, rest: list[str] = PEOPLE) -> None:
    """Five are in the canary and fifteen in the rest; three of these are to be in the canary."""
    live_stages(desk, PEOPLE[:5], PEOPLE[5:20])
    moving(desk, PEOPLE[:8], rest)


def decided(desk: Desk, name: str, *words: str) -> tuple[str, str]:
    """What a plan does with one of them, and why."""
    told = change(desk, name, *words)
    return told["change"], told["reason"]["code"]


def people(desk: Desk, name: str) -> set[str]:
    return set(desk.live(name)["from"])


def updated(desk: Desk) -> list[str]:
    """Whose updates were sent, one after the other."""
    return [str(sent(it)["name"]) for it in desk.writes]


def test_who_moves_is_taken_out_before_the_canary_gets_them_though_it_starts_first(desk: Desk) -> None:
    three_move(desk)
    assert desk.run("apply", "--auto-approve").code == 0
    assert updated(desk) == ["rest", "canary"]
    assert people(desk, "canary") == set(PEOPLE[:8])
    assert people(desk, "rest") == set(PEOPLE[8:])


@pytest.mark.parametrize("canary", [PEOPLE[:5], None], ids=["update", "create"])
def test_the_canary_gets_nobody_whom_the_rest_could_not_let_go(desk: Desk, canary: list[str] | None) -> None:
    live_stages(desk, canary, PEOPLE[5:20])
    moving(desk, PEOPLE[:8], PEOPLE[5:20])
    desk.sandbox.faults.add("status", request="update", status=400, times=None, body=PEOPLE[15][1:])
    result = desk.run("apply", "--auto-approve", "--format", "json")
    assert result.code == 4, result.all
    told = {it["name"]: (it["outcome"], it["reason"]["code"]) for it in result.json["results"]}
    assert told == {"canary": ("skipped", "called-already"), "rest": ("failed", "refused")}
    assert "3 people of this one are in voice/rest too" in result.all
    desk.sandbox.faults.clear()
    assert desk.run("apply", "--auto-approve").code == 0
    assert people(desk, "canary").isdisjoint(people(desk, "rest"))
    assert people(desk, "canary") == set(PEOPLE[:8])


@pytest.mark.parametrize("acts", [False, True])
def test_an_update_of_unknown_outcome_is_looked_at_before_the_canary_gets_anybody(
    desk: Desk, acts: bool
) -> None:
    three_move(desk, PEOPLE[5:20])
    desk.sandbox.faults.add("drop", request="update", times=None, acts=acts, body=PEOPLE[15][1:])
    code = desk.run("apply", "--auto-approve").code
    assert (code, people(desk, "canary")) == ((0, set(PEOPLE[:8])) if acts else (5, set(PEOPLE[:5])))
    assert people(desk, "canary").isdisjoint(people(desk, "rest"))


def test_a_plan_of_the_canary_alone_is_blocked_while_the_rest_keeps_them(desk: Desk) -> None:
    three_move(desk)
    told = change(desk, "canary", "-l", "stage=canary")
    assert (told["change"], told["reason"]["code"], told["operations"]) == ("blocked", "called-already", [])
    assert change(desk, "canary")["change"] == "update"


def test_a_canary_that_loses_people_and_gets_others_lets_the_first_go_all_the_same(desk: Desk) -> None:
    live_stages(desk, PEOPLE[:5], PEOPLE[5:20])
    desk.write("opted-out.csv", f"number\n{PEOPLE[0]}")
    desk.configure({"suppress": [{"from_file": "opted-out.csv"}]})
    moving(desk, PEOPLE[:8], PEOPLE)
    desk.run("apply", "--auto-approve", "-l", "stage=canary")
    assert people(desk, "canary") == set(PEOPLE[1:5])


def test_a_rest_that_calls_already_keeps_its_people_from_the_canary(desk: Desk) -> None:
    begins = {**REST, "send_at": "2027-01-10T09:00:00+05:30"}
    live_stages(desk, None, PEOPLE[5:20], schedule=begins)
    desk.pass_time(minutes=20)
    moving(desk, PEOPLE[:8], PEOPLE[5:20], schedule=begins)
    assert decided(desk, "canary") == ("blocked", "called-already")
    moving(desk, PEOPLE[:5], PEOPLE[5:20], schedule=begins)
    assert change(desk, "canary")["change"] == "create"


def test_a_rest_that_is_over_keeps_whom_it_called(desk: Desk) -> None:
    ends = {"send_at": "2027-01-10T09:00:00+05:30", "end_at": "2027-01-10T10:00:00+05:30"}
    live_stages(desk, None, PEOPLE[5:20], schedule=ends)
    desk.pass_time(hours=1.5)
    desk.account()
    moving(desk, PEOPLE[:8], PEOPLE[5:20], schedule=ends)
    assert decided(desk, "canary") == ("blocked", "called-already")


def test_a_rest_that_waits_paused_keeps_nobody_and_is_not_resumed_with_them(desk: Desk) -> None:
    live_stages(desk, None, PEOPLE[5:8])
    moving(desk, PEOPLE[:8], PEOPLE[5:8], state="active")
    assert desk.run("apply", "--auto-approve").code == 3  # nobody is left of the rest
    assert people(desk, "canary") == set(PEOPLE[:8])
    assert desk.live("rest")["status"] == "Paused"
    moving(desk, PEOPLE[:8], PEOPLE[5:9], state="active")
    desk.sandbox.faults.add("status", request="update", status=400, times=None)
    desk.forget()
    desk.run("apply", "--auto-approve", "--allow", "resume:rest")
    assert "resume" not in [word for word, _ in actions(desk.writes)]


def test_both_ways_at_once_takes_two_runs_and_nobody_is_in_both(desk: Desk) -> None:
    live_stages(desk, PEOPLE[:5], PEOPLE[5:20])
    moving(desk, PEOPLE[2:8], [*PEOPLE[:2], *PEOPLE[5:20]])
    first = desk.run("apply", "--auto-approve")
    assert first.code == 0
    assert (people(desk, "canary"), people(desk, "rest")) == (set(PEOPLE[2:8]), set(PEOPLE[8:20]))
    assert desk.run("apply", "--auto-approve").code == 0
    assert people(desk, "rest") == {*PEOPLE[:2], *PEOPLE[8:20]}
    assert desk.plan()["summary"]["operations"] == 0


def test_a_chain_takes_people_out_from_its_end(desk: Desk) -> None:
    """Each of three leaves out the one before it; the first to start is the last to be changed."""

    def declare(seed: bool, *cuts: tuple[int, int]) -> None:
        stages = []
        for n, (first, last) in enumerate(cuts):
            start = {**LATER, "send_at": f"2027-01-10T{12 + n}:00:00+05:30"}
            fields = {"from": PEOPLE[first:last], "schedule": start, "retries": None, "url": f"{OTHER}{n}"}
            if seed:
                desk.seed(live_voice(f"stage-{n}", **fields))
            earlier = [{"campaign": f"voice/stage-{m}"} for m in range(n)]
            stages.append(voice(f"stage-{n}", **fields, **({"suppress": earlier} if n else {})))
        desk.manifests(*stages)

    declare(True, (0, 5), (5, 10), (10, 20))
    declare(False, (0, 7), (5, 14), (10, 20))
    assert desk.run("apply", "--auto-approve").code == 0
    assert updated(desk) == ["stage-2", "stage-1", "stage-0"]
    assert [len(people(desk, f"stage-{n}")) for n in range(3)] == [7, 7, 6]


def test_where_nobody_sees_whom_the_rest_calls_the_canary_must_be_asked_for(desk: Desk) -> None:
    live_stages(desk, PEOPLE[:5], PEOPLE[5:20])
    desk.sandbox.switches.change({"omit_from_list": ["from"], "omit_from_get": ["from"]})
    moving(desk, PEOPLE[:8], PEOPLE)
    assert decided(desk, "canary", "--resend", "canary") == ("held", "recipients-unseen")
    words = ("--resend", "canary", "--allow", "unseen:canary")
    assert change(desk, "canary", *words)["change"] == "update"
    assert desk.run("apply", "--auto-approve", *words).code == 0
    assert updated(desk) == ["canary"]


def test_who_comes_into_the_rest_while_somebody_thinks_is_not_put_into_the_canary(desk: Desk) -> None:
    (rest,) = live_stages(desk, None, PEOPLE[10:20])
    moving(desk, PEOPLE[:8], PEOPLE[10:20])

    def meanwhile() -> None:
        other = {"from": PEOPLE[7:20], "schedule": REST, "name": "rest", "url": OTHER}
        desk.by_hand(rest, {"campaigns": [other]})
        desk.pass_time(minutes=2)
        desk.forget()

    result = desk.run("apply", stdin=Answer(meanwhile))
    assert (result.code, desk.writes) == (3, []), result.all
    assert "1 person of this one is in voice/rest too" in result.all


@pytest.mark.parametrize("after", range(1, 4))
def test_a_saved_plan_that_was_cut_off_is_carried_to_its_end(desk: Desk, after: int) -> None:
    three_move(desk)
    desk.run("plan", "--out", "plan.json")
    with suppress(Killed):
        words = ("apply", "plan.json", "--auto-approve")
        run(*words, cwd=desk.root, env=SECRETS, clock=KilledAfterWrites(desk, after))
    assert people(desk, "canary").isdisjoint(people(desk, "rest"))
    assert desk.run("apply", "plan.json", "--auto-approve").code == 0
    assert (people(desk, "canary"), people(desk, "rest")) == (set(PEOPLE[:8]), set(PEOPLE[8:]))


def by_list(desk: Desk, canary: list[str], rest: list[str]) -> None:
    """Both call lists of the project, of which the rest's leaves out whom the canary calls."""
    desk.manifests(
        contact_list("few", canary),
        contact_list("others", rest, suppress=LEFT_OUT),
        calling("canary", "few", schedule=LATER, metadata={"labels": {"stage": "canary"}}),
        calling("rest", "others", url=OTHER, schedule=REST, metadata={"labels": {"stage": "rest"}}),
    )


def three_move_between_lists(desk: Desk) -> None:
    """The same, where both are lists."""
    by_list(desk, PEOPLE[:5], PEOPLE[:20])
    desk.apply()
    desk.forget()
    by_list(desk, PEOPLE[:8], PEOPLE[:20])


def in_lists(desk: Desk, name: str) -> set[str]:
    return {number for some in list_people(desk, name) for number in some}


def test_who_moves_between_lists_is_taken_out_first(desk: Desk) -> None:
    three_move_between_lists(desk)
    assert desk.run("apply", "--auto-approve").code == 0
    assert [sent(it)["name"] for it in desk.requests if it.request == "update"] == ["rest", "canary"]
    assert (in_lists(desk, "canary"), in_lists(desk, "rest")) == (set(PEOPLE[:8]), set(PEOPLE[8:20]))


def test_a_list_that_could_not_be_exchanged_keeps_its_people_from_the_canary(desk: Desk) -> None:
    three_move_between_lists(desk)
    desk.sandbox.faults.add("status", request="update", status=400, times=1)
    result = desk.run("apply", "--auto-approve")
    assert (result.code, in_lists(desk, "canary")) == (4, set(PEOPLE[:5])), result.all
    assert "3 people of this one are in voice/rest too" in result.all
    assert desk.run("apply", "--auto-approve").code == 0
    assert (in_lists(desk, "canary"), in_lists(desk, "rest")) == (set(PEOPLE[:8]), set(PEOPLE[8:20]))


def test_who_may_be_in_a_list_that_nobody_sees_is_not_put_into_the_canary(desk: Desk) -> None:
    three_move_between_lists(desk)
    desk.sandbox.faults.add("status", request="update", status=400, times=1)
    desk.sandbox.faults.add("status", request="contacts", status=403, times=None, path="offset=0&limit=20")
    result = desk.run("apply", "--auto-approve")
    assert in_lists(desk, "canary") == set(PEOPLE[:5]), result.all


def test_the_canary_is_not_put_together_again_by_lists_of_the_rest_alone(desk: Desk) -> None:
    three_move_between_lists(desk)
    result = desk.run("apply", "--auto-approve", "-l", "stage=canary")
    assert (result.code, in_lists(desk, "canary")) == (3, set(PEOPLE[:5])), result.all


def daily(desk: Desk, canary: list[str], rest: list[str], **rest_fields: Any) -> None:
    """A canary and a rest of each date; a rest that is called once where it has a schedule of its own."""
    rule = {"cron": "0 12 * * *", "time_zone": "Asia/Kolkata", "from": "2027-01-10", "until": "2027-01-12"}
    repeat = {"repeat": {**rule, "duration": "2h"}, "schedule": ..., "retries": None}
    later = {**repeat, "repeat": {**repeat["repeat"], "cron": "0 15 * * *"}}
    declared = {"url": OTHER, "from": rest, "suppress": LEFT_OUT, **later, **rest_fields}
    desk.manifests(voice("canary", **{"from": canary}, **repeat), voice("rest", **declared))


def test_each_date_takes_people_out_of_the_rest_of_that_date_first(desk: Desk) -> None:
    daily(desk, PEOPLE[:5], PEOPLE)
    desk.apply()
    desk.forget()
    daily(desk, PEOPLE[:8], PEOPLE)
    assert desk.run("apply", "--auto-approve").code == 0
    names = updated(desk)
    assert names
    for day in {name[-10:] for name in names}:
        assert names.index(f"rest-{day}") < names.index(f"canary-{day}")
        assert people(desk, f"canary-{day}").isdisjoint(people(desk, f"rest-{day}"))


def test_a_rest_that_is_over_keeps_nobody_from_a_series(desk: Desk) -> None:
    """A series calls people again, on other dates: it is no stage of what was sent once."""
    once = {"send_at": "2027-01-10T09:00:00+05:30", "end_at": "2027-01-10T10:00:00+05:30"}
    desk.seed(live_voice("rest", url=OTHER, schedule=once, retries=None, **{"from": PEOPLE[5:20]}))
    desk.pass_time(hours=1.5)
    desk.account()
    desk.forget()
    daily(desk, PEOPLE[:8], PEOPLE[5:20], repeat=..., schedule=once)
    assert desk.run("apply", "--auto-approve").code == 0
    assert people(desk, "canary-2027-01-10") == set(PEOPLE[:8])


def test_a_rest_that_never_held_them_costs_no_request(desk: Desk) -> None:
    live_stages(desk, PEOPLE[:5], PEOPLE[10:20])
    moving(desk, PEOPLE[:8], PEOPLE[10:20])
    planned = desk.plan()["refresh"]["requests"]
    desk.forget()
    desk.apply()
    assert updated(desk) == ["canary"]
    assert len(desk.requests) == planned + 2  # the canary, read and updated


def test_recipients_that_are_left_to_others_keep_their_people(desk: Desk) -> None:
    live_stages(desk, None, PEOPLE[5:20])
    left = {"labels": {"stage": "rest"}, "ignore": ["from"]}
    moving(desk, PEOPLE[:8], PEOPLE[5:20], metadata=left)
    assert decided(desk, "canary") == ("blocked", "called-already")


def test_a_text_message_and_a_call_are_kept_apart_too(desk: Desk) -> None:
    fields = {"from": PEOPLE[5:20]}
    desk.seed(live_voice("rest", url=OTHER, schedule=REST, retries=None, **fields))
    desk.manifests(
        contact_list("few", PEOPLE[:8]),
        texting("canary", "few"),
        voice(
            "rest", url=OTHER, schedule=REST, retries=None, **fields, suppress=[{"campaign": "sms/canary"}]
        ),
    )
    desk.sandbox.faults.add("status", request="update", status=400, times=None)
    result = desk.run("apply", "--auto-approve")
    assert (result.code, desk.account("message-campaigns")) == (4, []), result.all


def test_a_postponement_goes_out_though_nobody_may_be_added(desk: Desk) -> None:
    live_stages(desk, PEOPLE[:5], PEOPLE[5:20])
    desk.write("opted-out.csv", f"number\n{PEOPLE[0]}")
    desk.configure({"suppress": [{"from_file": "opted-out.csv"}]})
    moved = {
        "schedule": {**LATER, "send_at": "2027-01-10T13:00:00+05:30"},
        "url": f"{OTHER}2",
        "retries": None,
    }
    desk.manifests(
        voice("canary", metadata={"labels": {"stage": "canary"}}, **{"from": PEOPLE[:8]}, **moved),
        voice("rest", url=OTHER, schedule=REST, **{"from": PEOPLE, "suppress": LEFT_OUT}),
    )
    told = change(desk, "canary", "-l", "stage=canary")
    assert (told["change"], told["reason"]["code"]) == ("blocked", "called-already")
    assert [(it["op"], it["fields"]) for it in told["operations"]] == [("update", ["schedule"])]
    assert desk.run("apply", "--auto-approve", "-l", "stage=canary").code == 3
    live = desk.live("canary")
    assert set(live["from"]) == set(PEOPLE[1:5])
    assert (live["url"], live["schedule"]["send_at"][11:13]) == (live_voice()["url"], "13")


BEGUN = {**REST, "send_at": "2027-01-10T09:10:00+05:30"}


@pytest.mark.parametrize("name", ["rest", "canary"])
def test_a_resume_by_hand_says_who_would_be_called_twice_before_it_asks(desk: Desk, name: str) -> None:
    """The canary's file has changed since it ran; the other one was paused in the middle."""
    ends = {**BEGUN, "end_at": "2027-01-10T20:00:00+05:30"}
    both = [
        live_voice("rest", url=OTHER, schedule=ends, retries=None, **{"from": PEOPLE[8:20]}),
        live_voice("canary", schedule=ends, retries=None, **{"from": PEOPLE[:10]}),
    ]
    sids = dict(zip(("rest", "canary"), desk.seed(*both), strict=True))
    desk.by_hand(sids[name], {"action": "pause"})
    desk.pass_time(minutes=30)
    desk.account()
    desk.manifests(
        voice("canary", schedule=ends, retries=None, **{"from": PEOPLE[:2]}),
        voice("rest", url=OTHER, schedule=ends, retries=None, **{"from": PEOPLE[8:20], "suppress": LEFT_OUT}),
    )
    desk.forget()
    result = desk.run("resume", name, stdin=Answer(lambda: None))
    assert [word for word, _ in actions(desk.writes)] == ["resume"]
    assert {
        "rest": "it would call 2 suppressed people",
        "canary": "2 people of this one are in voice/rest too",
    }[name] in result.out.partition("Applied to")[0]


def test_a_rest_that_a_list_may_hide_leaves_the_canary_as_it_is(desk: Desk) -> None:
    three_move(desk, PEOPLE[5:20])
    desk.sandbox.faults.add("item", request="list", index=0, status=500, times=None)
    assert change(desk)["reason"]["code"] == "incomplete-list"
    assert decided(desk, "canary") == ("held", "recipients-unseen")


def test_who_leaves_the_list_of_a_canary_waits_until_its_list_is_exchanged(desk: Desk) -> None:
    by_list(desk, PEOPLE[:5], PEOPLE[5:20])
    desk.apply()
    by_list(desk, PEOPLE[2:5], PEOPLE[:20])
    desk.sandbox.faults.add("status", request="update", status=400, times=1)
    assert desk.run("apply", "--auto-approve").code == 4
    assert in_lists(desk, "canary").isdisjoint(in_lists(desk, "rest"))
    for _ in range(2):
        assert desk.run("apply", "--auto-approve").code == 0
    assert (in_lists(desk, "canary"), in_lists(desk, "rest")) == (
        set(PEOPLE[2:5]),
        {*PEOPLE[:2], *PEOPLE[5:20]},
    )
    assert desk.plan()["summary"]["operations"] == 0


def test_a_list_that_its_manifest_no_longer_names_is_called_all_the_same(desk: Desk) -> None:
    by_list(desk, PEOPLE[:5], PEOPLE[5:20])
    desk.apply()
    moving(desk, PEOPLE[20:22], PEOPLE[:20])
    desk.run("apply", "--auto-approve")
    rest, canary = ({*desk.live(name)["from"], *in_lists(desk, name)} for name in ("rest", "canary"))
    assert canary == {*PEOPLE[:5], *PEOPLE[20:22]}
    assert rest.isdisjoint(canary)


def test_recipients_that_the_account_does_not_show_go_along_with_no_other_update(desk: Desk) -> None:
    """An answer without `lists` says nothing of them, so the next update, of whatever, sends them."""
    live_stages(desk, PEOPLE[:5], PEOPLE[5:20])
    later = {**LATER, "send_at": "2027-01-10T13:00:00+05:30"}
    desk.manifests(
        contact_list("few", PEOPLE[:8]),
        contact_list("others", PEOPLE, suppress=LEFT_OUT),
        calling("canary", "few", schedule=later, retries=None),
        calling("rest", "others", url=OTHER, schedule=REST, retries=None),
    )
    desk.run("apply", "--auto-approve")
    rest, canary = (desk.live(name) for name in ("rest", "canary"))
    called = {*canary["from"], *(in_lists(desk, "canary") if canary.get("lists") else ())}
    assert called.isdisjoint(rest["from"])
