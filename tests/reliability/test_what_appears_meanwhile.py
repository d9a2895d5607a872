"""What others do while this run waits: what appeared is left alone, a duplicate of its own is ended (rule 10).

The clock is shared by command and account; what happens meanwhile happens in the first wait that is long enough.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from example_counts import crossed
from harness import Desk, actions, live_voice, voice
from reliable_desk import APPLY, OLD, EventfulClock, in_background, only

OTHER_URL = "http://my.exotel.com/acme1/exoml/start_voice/1"


@pytest.fixture
def desk(waiting_desk: Desk) -> Desk:
    """An account that asks every create to come again in a while."""
    return waiting_desk


def asked_to_wait(desk: Desk, seconds: int) -> None:
    desk.sandbox.faults.add("status", request="create", status=429, retry_after=str(seconds))


def made(desk: Desk) -> list[str]:
    """The names of the creates that were carried out."""
    return [
        str(whom)
        for it in desk.writes
        if it.status != 429
        for word, whom in actions([it])
        if word == "create"
    ]


# ------------------------------------------------------------------------------------- between plan and create

APPEARED = [
    ("as asked", {}, "unchanged", 0),
    ("with another flow", {"url": OTHER_URL}, "skipped", 3),
    ("and is completed by now", {"status": "completed"}, "skipped", 3),
    ("and was stopped and put away", {"status": "archived"}, "skipped", 3),
    ("and failed", {"status": "failed"}, "skipped", 3),
]


@pytest.mark.parametrize(
    ("fields", "outcome", "code"), [it[1:] for it in APPEARED], ids=[it[0] for it in APPEARED]
)
def test_a_campaign_that_appeared_while_the_create_waited_is_left_alone(
    desk: Desk, clock: EventfulClock, fields: dict[str, Any], outcome: str, code: int
) -> None:
    desk.manifests(voice())
    asked_to_wait(desk, 90)
    clock.then(50, lambda: desk.seed(live_voice(**fields)))
    run = desk.run(*APPLY)
    result = only(run)
    assert (run.code, result["outcome"], result["reason"]["code"]) == (code, outcome, "appeared"), result
    assert made(desk) == []
    assert len(desk.account()) == 1
    assert not list((desk.root / ".campaignctl" / "intents").glob("*.json"))


LIKE_IT = {"from": ["+919876543210", "+919876543299"]}
"""One of its people, its flow and its start."""


@pytest.mark.parametrize("status", ["created", "archived"])
def test_one_that_appeared_under_another_name_and_looks_like_it_is_no_other(
    desk: Desk, clock: EventfulClock, status: str
) -> None:
    """Rule 3 is asked again with what has come since the plan: somebody made it by hand while the create waited."""
    desk.manifests(voice())
    asked_to_wait(desk, 90)
    clock.then(50, lambda: desk.seed(live_voice("made-by-hand", status=status, **LIKE_IT)))
    run = desk.run(*APPLY)
    result = only(run)
    assert (run.code, result["outcome"], result["reason"]["code"]) == (3, "skipped", "appeared"), result
    assert "made-by-hand" in result["reason"]["message"]
    assert made(desk) == []
    assert only(desk.run(*APPLY))["reason"]["code"] == "looks-renamed"


@pytest.mark.parametrize(
    ("allow", "come"),
    [
        (("--allow", "twin:diwali-reminder"), live_voice("made-by-hand", **LIKE_IT)),
        ((), live_voice("another", url=OTHER_URL)),
        ((), live_voice("made-by-hand", **{"from": ["+919876543299"]})),
    ],
    ids=["allowed", "another manifest's", "other people"],
)
def test_one_that_appeared_and_is_another_keeps_nothing_back(
    desk: Desk,
    clock: EventfulClock,
    allow: tuple[str, ...],
    come: dict[str, Any],
) -> None:
    desk.manifests(voice(), voice("another", url=OTHER_URL, state="completed"))
    asked_to_wait(desk, 90)
    clock.then(50, lambda: desk.seed(come))
    desk.run(*APPLY, *allow)
    assert made(desk) == ["diwali-reminder"]


def test_within_a_minute_of_the_plan_nobody_looks_again(desk: Desk) -> None:
    desk.manifests(voice())
    asked_to_wait(desk, 50)
    assert desk.run(*APPLY).code == 0
    before_the_create = desk.requests[: desk.requests.index(desk.writes[-1])]
    assert [it.request for it in before_the_create].count(
        "list"
    ) == 3  # the plan's: each kind's, and the newest
    assert made(desk) == ["diwali-reminder"]


@pytest.mark.parametrize("days", [-1, 1])
def test_whether_a_look_is_old_is_told_by_a_clock_that_no_answer_sets(
    desk: Desk, clock: EventfulClock, days: int
) -> None:
    """The account's dates jump; the look is two minutes old all the same."""
    desk.manifests(voice())
    desk.sandbox.switches.change({"date": "off", "date_seconds": 86_400.0 * days, "date_on": "errors"})
    asked_to_wait(desk, 120)
    clock.then(50, lambda: desk.seed(live_voice(url=OTHER_URL)))
    assert only(desk.run(*APPLY))["reason"]["code"] == "appeared"
    assert made(desk) == []


@pytest.mark.slow
def test_each_create_of_a_long_queue_has_a_young_look(desk: Desk, clock: EventfulClock) -> None:
    """At 30 requests a minute the last of sixty waits for its turn; somebody makes it meanwhile."""
    desk.configure(rate_limit=30)
    people = [f"+9198765{number:05}" for number in range(60)]
    names = [f"many-{number:02}" for number in range(60)]
    desk.manifests(*(voice(name, **{"from": [person]}) for name, person in zip(names, people, strict=True)))
    clock.then(100, lambda: desk.seed(live_voice("many-59", **{"from": [people[59]]}, url=OTHER_URL)))
    run = desk.run(*APPLY)
    results = {it["name"]: it for it in run.json["results"]}
    assert (run.code, results["many-59"]["reason"]["code"]) == (3, "appeared")
    assert made(desk) == names[:59]
    for it in desk.writes:
        looks = [one.at for one in desk.requests if one.request == "list" and one.at <= it.at]
        assert it.at - max(looks) <= 60


def test_where_the_limit_lets_nobody_look_within_a_minute_the_create_goes_out_after_some_looks(
    desk: Desk,
) -> None:
    desk.configure(rate_limit=4)
    desk.manifests(*(voice(f"few-{at}", **{"from": [f"+91987650000{at}"]}) for at in range(3)))
    assert desk.run(*APPLY).code == 0
    assert made(desk) == ["few-0", "few-1", "few-2"]


# ----------------------------------------------------------------------------------- what a look-up finds

FOUND = [
    ("made before it", "2027-01-10T08:00:00+05:30", 5, "unknown-outcome", "Created"),
    ("made since", "2027-01-10T09:00:00+05:30", 4, "field-lost", "Paused"),
]


@pytest.mark.parametrize(
    ("moment", "code", "reason", "status"), [it[1:] for it in FOUND], ids=[it[0] for it in FOUND]
)
def test_what_is_found_after_a_lost_create_is_this_run_s_own_only_where_it_was_made_since(
    desk: Desk, clock: EventfulClock, moment: str, code: int, reason: str, status: str
) -> None:
    """Its flow is another one. Nobody touches what was there before."""
    desk.manifests(voice())
    desk.sandbox.faults.add("drop", request="create", acts=False)
    clock.then(1, lambda: desk.seed(live_voice(url=OTHER_URL, date_created=moment)))
    run = desk.run(*APPLY)
    assert (run.code, only(run)["reason"]["code"]) == (code, reason), run.all
    assert [it["status"] for it in desk.account()] == [status]


@pytest.mark.parametrize("moment", ["2027-01-10T08:00:00+05:30", "2027-01-10T09:00:00+05:30"])
def test_what_is_found_of_a_create_that_is_to_wait_is_paused_whoever_made_it(
    desk: Desk, clock: EventfulClock, moment: str
) -> None:
    desk.manifests(voice(state="paused"))
    desk.sandbox.faults.add("drop", request="create", acts=False)
    other = live_voice(url=OTHER_URL, date_created=moment)
    clock.then(1, lambda: desk.seed(other, {**other, "date_created": OLD}))
    run = desk.run(*APPLY)
    assert (run.code, only(run)["outcome"]) == (5, "unknown"), run.all
    assert {it["status"] for it in desk.account()} == {"Paused"}


# ------------------------------------------------------------------------------------------ duplicates are ended


PAUSE, COMPLETE, ARCHIVE = ({"action": word} for word in ("pause", "complete", "archive"))
LOSERS = {
    "created": ((), ["pause", "complete", "archive"]),
    "paused": ((PAUSE,), ["complete", "archive"]),
    "completed": ((PAUSE, COMPLETE), ["archive"]),
    "archived": ((PAUSE, COMPLETE, ARCHIVE), []),
}


@pytest.mark.parametrize(("loser", "status"), crossed(list(LOSERS), [400, 404, 409]))
def test_a_duplicate_is_ended_from_whatever_status_it_has(
    desk: Desk, clock: EventfulClock, loser: str, status: int
) -> None:
    bodies, sent = LOSERS[loser]
    desk.manifests(voice())
    clock.then(5, in_background(desk, *bodies, action_refusal=status))
    run = desk.run(*APPLY)
    result = only(run)
    (winner,) = (it["id"] for it in desk.account() if it["date_created"].startswith("2027-01-01"))
    assert (run.code, result["outcome"], result["sid"]) == (0, "unchanged", winner), result
    assert result["reason"]["code"] == "lost-race"
    assert [word for word, _ in actions(desk.writes)][1:] == sent
    assert {it["id"]: it["status"] for it in desk.account()}.pop(winner) == "Created"
    assert sorted(it["status"] for it in desk.account()) == ["Archived", "Created"]


@pytest.mark.slow
def test_a_duplicate_is_found_by_its_name_where_lists_show_their_first_page_alone(
    desk: Desk, clock: EventfulClock
) -> None:
    """A search ends nowhere there either; what it shows is there all the same."""
    over = {"status": "completed", "date_created": "2026-12-01T09:00:00+05:30", "from": ["+919876543288"]}
    desk.seed(*(live_voice(f"older-{place}", **over, url=OTHER_URL) for place in range(500)))
    desk.sandbox.switches.change({"list_pages": "first", "status_filter": "ignore"})
    desk.manifests(voice())

    def another_run_made_it_first() -> None:
        desk.seed(live_voice(date_created=OLD))

    clock.then(5, another_run_made_it_first)
    result = only(desk.run(*APPLY))
    assert result["reason"]["code"] == "lost-race", result
    assert [word for word, _ in actions(desk.writes)] == ["create", "pause", "complete", "archive"]


@pytest.mark.parametrize("status", [404, 409])
def test_one_that_is_completed_while_it_is_being_ended_is_put_away_all_the_same(
    desk: Desk, clock: EventfulClock, status: int
) -> None:
    """The pause is refused, and refused again: it has just called everybody."""
    desk.manifests(voice())
    desk.sandbox.faults.add("status", request="action", body="pause", status=status, times=20)
    older_is_made = in_background(desk)

    def completed() -> None:
        (mine,) = (it["id"] for it in desk.account() if not it["date_created"].startswith("2027-01-01"))
        desk.sandbox.faults.clear()
        desk.by_hand(mine, PAUSE)
        desk.by_hand(mine, COMPLETE)

    def both() -> None:
        older_is_made()
        clock.then(10, completed)  # a while after the run has settled and begun to end it

    clock.then(5, both)
    run = desk.run(*APPLY)
    assert (run.code, only(run)["outcome"]) == (0, "unchanged"), run.all
    assert sorted(it["status"] for it in desk.account()) == ["Archived", "Created"]
    assert [word for word, _ in actions(desk.writes)].count("pause") > 1


def test_nothing_is_ended_while_the_older_one_is_not_seen_to_be_alive(
    desk: Desk, clock: EventfulClock
) -> None:
    """A list shows it; read by its SID it is archived. Ending ours would leave nobody called."""
    desk.manifests(voice())

    def happens() -> None:
        (older,) = desk.seed(live_voice(date_created=OLD))
        desk.sandbox.faults.add("change", request="get", path=older, data={"status": "Archived"}, times=None)

    clock.then(5, happens)
    run = desk.run(*APPLY)
    assert (run.code, only(run)["outcome"]) == (5, "unknown")
    assert [word for word, _ in actions(desk.writes)] == ["create"]


def test_a_duplicate_that_somebody_renamed_is_none_any_more(desk: Desk, clock: EventfulClock) -> None:
    """After the list was read: whoever saw the two and gave the younger one a name of its own is to end it."""
    desk.manifests(voice())
    renamed = {"name": "diwali-by-hand"}

    def happens() -> None:
        mine = desk.live("diwali-reminder")["id"]
        desk.sandbox.faults.add("change", request="get", path=mine, data=renamed, times=None)
        desk.seed(live_voice(date_created=OLD))

    clock.then(5, happens)
    run = desk.run(*APPLY)
    result = only(run)
    assert (run.code, result["outcome"]) == (4, "failed"), run.all
    says = "could not be ended (somebody renamed it: it is called diwali-by-hand now)"
    assert says in result["reason"]["message"]
    assert [word for word, _ in actions(desk.writes)] == ["create"]


def test_a_duplicate_of_one_that_somebody_renamed_is_none_any_more(desk: Desk, clock: EventfulClock) -> None:
    """After the list was read: nothing bears the name but ours, so ending it would leave people out."""
    desk.manifests(voice())

    def happens() -> None:
        (older,) = desk.seed(live_voice(date_created=OLD))
        renamed = {"name": "diwali-by-hand"}
        desk.sandbox.faults.add("change", request="get", path=older, data=renamed, times=None)
        clock.then(60, lambda: desk.by_hand(older, {"campaigns": [renamed]}))

    clock.then(5, happens)
    run = desk.run(*APPLY)
    assert (run.code, only(run)["outcome"]) == (0, "applied"), run.all
    assert [word for word, _ in actions(desk.writes)] == ["create"]


@pytest.mark.parametrize("hidden", ["status", pytest.param("id", marks=pytest.mark.slow)])
def test_where_nobody_can_tell_what_the_older_one_is_doing_ours_is_paused_and_no_more(
    desk: Desk, clock: EventfulClock, hidden: str
) -> None:
    """A look by its SID shows no status, or cannot be read: neither may be ended, and one that calls is enough."""
    desk.manifests(voice())
    clock.then(5, in_background(desk, omit_from_get=(hidden,)))
    run = desk.run(*APPLY)
    result = only(run)
    assert (run.code, result["outcome"]) == (5, "unknown"), result
    assert "does not show what that one is doing" in result["reason"]["message"]
    assert [word for word, _ in actions(desk.writes)] == ["create", "pause"]
    by_age = {it["date_created"].startswith("2027-01-01"): it["status"] for it in desk.account()}
    assert by_age == {True: "Created", False: "Paused"}


def test_an_end_that_is_answered_and_not_done_is_told_as_what_goes_on(
    desk: Desk, clock: EventfulClock
) -> None:
    desk.manifests(voice())
    clock.then(5, in_background(desk, actions="never"))
    run = desk.run(*APPLY)
    result = only(run)
    assert (run.code, result["outcome"], result["reason"]["code"]) == (4, "failed", "still-calling"), result
    assert "campaignctl complete" in result["reason"]["message"]
    assert len(list((desk.root / ".campaignctl" / "intents").glob("*.json"))) == 1
    desk.sandbox.switches.change({"actions": "done"})
    again = desk.run(*APPLY)
    assert again.code == 0, again.all
    assert "was paused, completed, archived" in again.err


@pytest.mark.slow
def test_a_list_that_lacks_what_this_run_made_proves_nothing(desk: Desk) -> None:
    desk.manifests(voice())
    desk.sandbox.switches.change({"list_lag_seconds": 86_400})
    run = desk.run(*APPLY)
    assert (run.code, only(run)["outcome"]) == (5, "unknown")
    assert "no complete list of the account shows it" in only(run)["reason"]["message"]
    again = desk.run(*APPLY)
    assert again.code == 5, "nobody can tell yet whether another run made a twin"
    assert "was created and the account's list does not show it" in again.err
    desk.sandbox.switches.change({"list_lag_seconds": 0})
    assert [desk.run(*APPLY).code for _ in range(2)] == [0, 0]
    assert len(desk.account()) == 1


# ------------------------------------------------------------------------------------------------ the clock's turn


def test_the_server_s_clock_decides_what_is_too_late(desk: Desk) -> None:
    """Its answer to the plan is an hour behind; the one to the update tells the truth."""
    desk.seed(live_voice("first", caller_id="0801"))
    soon = {"send_at": (desk.clock.now() + timedelta(minutes=30)).isoformat()}
    desk.manifests(voice("first"), voice("second", schedule=soon, **{"from": ["+919876500001"]}))
    desk.sandbox.faults.add("later", request="update", seconds=25 * 60.0)
    run = desk.run(*APPLY)
    results = {it["name"]: it for it in run.json["results"]}
    assert (run.code, results["second"]["reason"]["code"]) == (3, "start-passed")
    assert made(desk) == []


@pytest.mark.slow
def test_what_no_list_ever_shows_is_waited_for_together_before_a_later_apply_stops_somebody(
    desk: Desk,
) -> None:
    """However many of it an earlier run left behind."""
    new = [voice(f"new-{number}", **{"from": [f"+91987650000{number}"]}) for number in range(3)]
    (stopped,) = desk.seed(live_voice("calls-wrongly", date_created=OLD, **{"from": ["+919876500009"]}))
    desk.manifests(*new)
    desk.sandbox.switches.change({"list_lag_seconds": 86_400})
    assert desk.run(*APPLY).code == 5
    desk.forget()
    desk.manifests(*new, voice("calls-wrongly", state="paused", **{"from": ["+919876500009"]}))
    before = desk.clock.now()
    assert desk.run(*APPLY).code == 5
    assert ("pause", stopped) in actions(desk.writes)
    assert desk.clock.now() - before < timedelta(minutes=6)
