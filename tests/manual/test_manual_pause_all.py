"""`pause --all`: what calls now is stopped first, as soon as it is seen; nothing is missed, and nothing unshown."""

from __future__ import annotations

import io
import json
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeClock
from harness import SECRETS, Desk, actions, desk_at, live_sms, live_voice, run, voice

YES = "--auto-approve"
JUST_STARTED = {"send_at": "2027-01-10T08:59:58+05:30", "end_at": "2027-02-09T09:00:00+05:30"}
MANY = {"from": [f"+9198765{n:05}" for n in range(500)]}


def busy(desk: Desk, voices: int = 3) -> None:
    """What calls now stands neither first nor last, by any other order."""
    desk.seed(
        *(live_voice(f"a-{n}") for n in range(voices)),
        live_voice("m-calling", status="in-progress", schedule=JUST_STARTED, **MANY),
        live_voice("n-calling-without-a-start", status="in-progress", schedule=None),
        live_voice("z-paused", status="paused"),
        live_voice("z-over", status="completed"),
    )
    desk.seed(live_sms("a-text"), live_sms("b-texting", status="in-progress"), collection="message-campaigns")


def test_pause_all_begins_with_what_is_calling_now(desk: Desk) -> None:
    busy(desk)
    assert desk.run("pause", "--all", YES).code == 0
    names = {it["id"]: it["name"] for it in desk.account()}
    names |= {it["sid"]: it["name"] for it in desk.account("message-campaigns")}
    paused = [names[sid] for action, sid in actions(desk.writes) if action == "pause"]
    assert paused[0] == "m-calling"
    assert set(paused[:3]) == {"m-calling", "n-calling-without-a-start", "b-texting"}
    assert set(paused[3:]) == {"a-0", "a-1", "a-2", "a-text"}


def test_a_status_narrows_it(desk: Desk) -> None:
    busy(desk)
    assert desk.run("pause", "--all", "--status", "in-progress", YES).code == 0
    assert desk.live("a-0")["status"] == "Created"
    assert desk.live("m-calling")["status"] == "Paused"
    assert len(desk.writes) == 3


def test_pause_all_may_use_the_whole_rate_limit(desk: Desk) -> None:
    desk.configure(rate_limit=10)
    desk.seed(*(live_voice(f"a-{n}") for n in range(5)))
    desk.run("pause", "--all", YES)
    pauses = [place for place, it in enumerate(desk.requests) if it.method == "PUT"]
    assert (len(pauses), pauses[-1] < 10) == (5, True)
    assert {desk.requests[place].at for place in pauses} == {0.0}, "none of them waited"


def test_an_apply_keeps_some_of_it_back(desk: Desk) -> None:
    """The other side of the same coin."""
    desk.configure(rate_limit=10)
    desk.seed(*(live_voice(f"a-{n}") for n in range(9)))
    desk.manifests(*(voice(f"a-{n}", state="paused") for n in range(9)))
    desk.run("apply", YES)
    assert sum(desk.clock.slept) > 0


def test_with_nothing_that_calls_there_is_nothing_to_do(desk: Desk) -> None:
    result = desk.run("pause", "--all")
    assert (result.code, "Nothing to do." in result.out) == (0, True)


def test_a_list_that_is_incomplete_is_said_after_the_rest_was_paused(desk: Desk) -> None:
    desk.seed(live_voice("one"), live_voice("two"))
    desk.sandbox.faults.add("item", request="list", index=1, times=None, path="/campaigns")
    result = desk.run("pause", "--all", YES)
    assert (result.code, "could not be read completely" in result.out) == (3, True)
    assert [action for action, _ in actions(desk.writes)] == ["pause"]


def test_one_that_cannot_be_paused_does_not_keep_the_others(desk: Desk) -> None:
    sids = desk.seed(*(live_voice(f"a-{n}") for n in range(3)))
    desk.sandbox.faults.add("status", request="action", path=sids[0], status=422, times=None)
    assert desk.run("pause", "--all", YES).code == 4
    assert sorted(it["status"] for it in desk.account()) == ["Created", "Paused", "Paused"]


# ------------------------------------------------------------------------------------------------ how soon, how long

SMS_STARTED = {"start_time": JUST_STARTED["send_at"], "end_time": JUST_STARTED["end_at"]}
LISTS = {"lists": [f"{number:032x}" for number in range(5)]}
FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)


def long_past(desk: Desk, kind: str, over: int, calling: int, soon: int) -> str:
    """An account whose present is the latest of it. Returns the collection."""
    made = live_voice if kind == "voice" else live_sms
    now: dict[str, Any] = (
        {"schedule": JUST_STARTED, **MANY} if kind == "voice" else {"schedule": SMS_STARTED, **LISTS}
    )
    begin = "send_at" if kind == "voice" else "start_time"
    end = "end_at" if kind == "voice" else "end_time"
    past = {begin: "2026-06-15T09:00:00+05:30", end: "2026-06-15T18:00:00+05:30"}
    campaigns = [
        *(made(f"over-{n:05}", status="completed", schedule=past) for n in range(over)),
        *(made(f"calling-{n:03}", status="in-progress", **now) for n in range(calling)),
        *(made(f"soon-{n:03}") for n in range(soon)),
    ]
    dates = (FIRST_DAY + timedelta(hours=n) for n in range(len(campaigns)))
    collection = "campaigns" if kind == "voice" else "message-campaigns"
    desk.seed(
        *({**it, "date_created": date.isoformat()} for it, date in zip(campaigns, dates, strict=True)),
        collection=collection,
    )
    return collection


def paused(desk: Desk) -> list[str]:
    """The SIDs of what was paused, in this order."""
    return [sid for action, sid in actions(desk.writes) if action == "pause"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "status_filter", "before"),
    [
        ("voice", "any", 1),
        ("voice", "lower", 1),
        ("voice", "ignore", 1),
        ("voice", "refuse", 5),  # refused for both kinds, a page, refused again, then the latest
        ("sms", "any", 2),
        ("sms", "ignore", 2),
        ("sms", "refuse", 6),
    ],
)
def test_however_long_the_past_the_first_pause_waits_for_a_handful_of_requests(
    desk: Desk, kind: str, status_filter: str, before: int
) -> None:
    long_past(desk, kind, over=1_100, calling=60, soon=20)
    desk.sandbox.switches.status_filter = status_filter
    result = desk.run("pause", "--all", YES, "--format", "json")
    assert result.code == 0, result.err[-2000:]
    first = next(place for place, it in enumerate(desk.requests) if it.method == "PUT")
    assert first == before
    names = {it["sid"]: it["name"] for it in result.json["results"]}
    order = [names[sid].partition("-")[0] for sid in paused(desk)]
    assert order == ["calling"] * 60 + ["soon"] * 20


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "before", "in_all"), [("voice", 1, 522), ("sms", 2, 540)])
def test_twenty_thousand_finished_ones_delay_no_pause(
    desk: Desk, kind: str, before: int, in_all: int
) -> None:
    """300 in progress and 200 scheduled at 30 requests a minute: the pauses themselves are what takes its time."""
    long_past(desk, kind, over=20_000, calling=300, soon=200)
    desk.configure(rate_limit=30)
    assert desk.run("pause", "--all", YES).code == 0
    pauses = [place for place, it in enumerate(desk.requests) if it.method == "PUT"]
    assert (pauses[0], len(pauses), len(desk.requests)) == (before, 500, in_all)
    assert desk.requests[pauses[0]].at == 0.0
    assert desk.requests[pauses[299]].at <= 11 * 60
    assert desk.requests[pauses[-1]].at <= 18 * 60


# ------------------------------------------------------------------------------------------------------ what is told


def test_each_answer_is_shown_before_anything_in_it_is_stopped(desk: Desk) -> None:
    busy(desk)
    result = desk.run("pause", "--all", YES, "-v")
    said = result.out
    assert said.index("m-calling: pause") < said.index("b-texting: pause") < said.index("a-text: pause")
    assert said.index("a-text: pause") < said.index("Applied to environment")


def test_a_program_gets_one_document_of_all_of_it(desk: Desk) -> None:
    busy(desk)
    desk.manifests(voice("a-0", state="paused"))
    result = desk.run("pause", "--all", YES, "--format", "json", "--audit-log", "audit.jsonl")
    found = {it["name"]: it for it in result.json["results"]}
    assert result.json["summary"]["applied"] == len(found) == 7
    assert list(found) == sorted(found, key=lambda name: (found[name]["kind"], name))
    assert found["a-0"]["notes"] == ["the next apply leaves it so (campaigns/all.yaml:1 wants it paused)"]
    lines = [json.loads(line) for line in (desk.root / "audit.jsonl").read_text().splitlines()]
    assert [(it["operation"], it["sid"]) for it in lines if it["operation"] == "pause"] == actions(
        desk.writes
    )
    assert len(lines) == len(desk.requests)


def test_without_a_terminal_everything_is_shown_and_nothing_is_sent(desk: Desk) -> None:
    busy(desk)
    result = desk.run("pause", "--all")
    assert (result.code, "7 to do" in result.out) == (64, True)
    assert not desk.writes


def test_where_reading_takes_long_somebody_who_waits_to_be_asked_is_told(desk: Desk) -> None:
    long_past(desk, "sms", over=200, calling=1, soon=1)
    desk.sandbox.switches.status_filter = "ignore"
    result = desk.run("pause", "--all")
    assert "all of it is read" in result.err
    assert "--auto-approve" in result.err


def test_a_status_that_nobody_knows_is_told_and_left_alone(desk: Desk) -> None:
    busy(desk)
    desk.seed(live_voice("odd one", status="Dreaming"))
    result = desk.run("pause", "--all", YES, "--format", "json")
    assert result.code == 0
    assert any("Dreaming" in note for note in result.json["notes"])
    assert "odd one" not in {it["name"] for it in result.json["results"]}


# ------------------------------------------------------------------------------------------------------ what goes wrong


def test_one_kind_that_cannot_be_read_keeps_nothing_of_the_other_calling(desk: Desk) -> None:
    busy(desk)
    desk.sandbox.faults.add("status", request="list", path="/campaigns", status=503, times=None)
    result = desk.run("pause", "--all", YES)
    assert result.code == 3
    assert "list of VoiceCampaign could not be read completely" in result.out
    assert {it["status"] for it in desk.account("message-campaigns")} == {"paused"}


def test_what_texts_by_the_other_sms_endpoint_is_out_of_reach_and_told(desk: Desk) -> None:
    busy(desk)
    calling, _ = desk.seed(
        live_sms("b-elsewhere", status="in-progress"),
        live_sms("c-elsewhere", status="paused"),
        collection="sms-campaigns",
    )
    told = f"1 campaign of sms-campaigns may go on texting ({calling})"
    assert told in desk.run("pause", "--all").out
    result = desk.run("pause", "--all", YES)
    assert (result.code, told in result.out) == (3, True)
    desk.configure(sms_api="sms-campaigns")
    assert desk.run("pause", "--all", YES).code == 0
    assert {it["status"] for it in desk.account("sms-campaigns")} == {"paused"}


def test_an_sms_endpoint_that_lists_the_others_campaigns_too_hides_none(desk: Desk) -> None:
    busy(desk)
    desk.sandbox.switches.shared_sms = True
    assert desk.run("pause", "--all", YES).code == 0


def test_what_was_unreadable_at_first_is_read_at_the_end(desk: Desk) -> None:
    busy(desk)
    desk.sandbox.faults.add("status", request="list", path="/campaigns", status=503)
    assert desk.run("pause", "--all", YES).code == 0
    assert {it["status"] for it in desk.account()} == {"Paused", "Completed"}


def test_an_account_that_fails_after_the_first_wave_is_no_reason_to_keep_quiet_about_it(desk: Desk) -> None:
    busy(desk)
    desk.sandbox.faults.add("status", request="list", status=503, after=4, times=None)
    result = desk.run("pause", "--all", YES, "--format", "json")
    assert (result.code, len(result.json["notes"])) == (3, 2)
    assert {it["name"] for it in result.json["results"]} == {
        "m-calling",
        "n-calling-without-a-start",
        "b-texting",
    }


@pytest.mark.parametrize("status", [401, 503])
def test_where_nothing_can_be_read_nothing_is_sent(desk: Desk, status: int) -> None:
    busy(desk)
    desk.sandbox.faults.add("status", status=status, times=None)
    result = desk.run("pause", "--all", YES)
    assert (result.code, str(status) in result.err) == (1, True)
    assert not desk.writes


class Impatient(FakeClock):
    """Somebody presses Ctrl-C in the first wait."""

    def sleep(self, seconds: float) -> None:  # noqa: ARG002
        raise KeyboardInterrupt


@pytest.mark.parametrize("limit", [5, 9])
def test_ctrl_c_leaves_a_full_account_of_what_was_done(desk: Desk, limit: int) -> None:
    """At 5 requests in the middle of pauses, at 9 in the middle of reading."""
    busy(desk)
    desk.configure(rate_limit=limit)
    words = ("pause", "--all", YES, "--format", "json")
    result = run(*words, cwd=desk.root, env=SECRETS, clock=Impatient())
    done = {it["sid"] for it in result.json["results"] if it["outcome"] == "applied"}
    assert (result.code, done) == (130, set(paused(desk)))
    assert any("cut short" in note for note in result.json["notes"])


@pytest.mark.slow
def test_ctrl_c_in_the_last_pause_of_a_wave_sends_nothing_more(desk: Desk) -> None:
    """That one is finished, and no answer is asked for after it."""
    busy(desk)
    desk.sandbox.faults.add("slow", request="action", seconds=2.0, after=1)
    process = desk.start("pause", "--all", YES, "--format", "json")
    while len(desk.writes) < 1:
        assert process.poll() is None
        time.sleep(0.02)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    done = [it["name"] for it in json.loads(out)["results"] if it["outcome"] == "applied"]
    assert (process.returncode, done) == (130, ["m-calling", "n-calling-without-a-start"])
    assert desk.requests[-1].request == "action"


def test_a_pause_that_was_lost_is_looked_up(desk: Desk) -> None:
    busy(desk)
    desk.sandbox.faults.add("drop", request="action", acts=True)
    assert desk.run("pause", "--all", YES).code == 0
    assert len(paused(desk)) == 7


def test_each_is_stopped_once_even_where_it_shows_as_calling_again(desk: Desk) -> None:
    busy(desk)
    desk.sandbox.faults.add("change", request="action", data={"status": "in-progress"}, times=1)
    assert desk.run("pause", "--all", YES).code == 0
    assert len(paused(desk)) == len(set(paused(desk)))


@pytest.mark.parametrize("answer", ["real", "asked"])
@pytest.mark.parametrize("omitted", [(), ("status",)], ids=["shown", "answers without a status"])
def test_nothing_is_called_paused_that_was_not_seen_paused(
    desk: Desk, answer: str, omitted: tuple[str, ...]
) -> None:
    """The account answers and does nothing. An answer that lies about its status is believed until the last look shows
    otherwise; one without it is not.
    """
    busy(desk)
    desk.sandbox.switches.change(
        {"actions": "never", "action_answer": answer, "omit_from_action": list(omitted)}
    )
    result = desk.run("pause", "--all", YES, "--format", "json")
    believed = answer == "asked" and not omitted
    assert result.code == (3 if believed else 4), result.all
    ended = {it["name"]: it for it in result.json["results"]}
    assert len(ended) == len(result.json["results"]) == 7
    assert set(Counter(paused(desk)).values()) == {2}, "each is tried twice"
    told = any("7 campaigns show as calling though paused" in note for note in result.json["notes"])
    assert told is believed
    if not believed:
        assert {it["reason"]["code"] for it in ended.values()} == {"still-calling"}
        assert "still calling" in ended["m-calling"]["reason"]["message"]
        assert "still texting" in ended["b-texting"]["reason"]["message"]
        assert "campaignctl pause" in ended["m-calling"]["reason"]["message"]


# ------------------------------------------------------------------------------------------- until nothing new is found


class Meanwhile(FakeClock):
    """In its first long wait somebody else does something."""

    def __init__(self) -> None:
        super().__init__()
        self.does = lambda: None

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        does, self.does = self.does, lambda: None
        does()


@pytest.fixture
def meanwhile(tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path, Meanwhile()) as desk:
        desk.configure(settle_seconds=10)
        yield desk


def by_another_run(desk: Desk, name: str) -> None:
    """Somebody's apply creates one while all are paused."""
    answer = desk._as_operator("POST", "campaigns", json={"campaigns": [live_voice(name)]})
    assert answer.status_code == 200, answer.text


def test_what_another_run_creates_while_all_are_paused_is_paused_too(meanwhile: Desk) -> None:
    desk, clock = meanwhile, meanwhile.clock
    assert isinstance(clock, Meanwhile)
    desk.seed(live_voice("one"))
    clock.does = lambda: by_another_run(desk, "two")
    result = desk.run("pause", "--all", YES, "--format", "json")
    assert result.code == 0, result.all
    assert [it["name"] for it in result.json["results"]] == ["one", "two"]
    assert {it["status"] for it in desk.account()} == {"Paused"}
    assert "Looking again in 10 seconds" in result.err


def test_what_lists_did_not_show_yet_is_paused_once_they_do(meanwhile: Desk) -> None:
    """Created right before: a list shows it nine seconds later."""
    desk = meanwhile
    desk.seed(live_voice("one"))
    desk.pass_time(seconds=20)
    desk.sandbox.switches.list_lag_seconds = 9.0
    by_another_run(desk, "two")
    assert desk.run("pause", "--all", YES).code == 0
    desk.sandbox.switches.list_lag_seconds = 0.0
    assert {it["name"]: it["status"] for it in desk.account()} == {"one": "Paused", "two": "Paused"}


def test_the_last_look_is_made_settle_seconds_after_the_last_pause(meanwhile: Desk) -> None:
    desk = meanwhile
    desk.seed(live_voice("one"), live_voice("two", status="in-progress", schedule=JUST_STARTED))
    assert desk.run("pause", "--all", YES).code == 0
    last_pause = max(place for place, it in enumerate(desk.requests) if it.method == "PUT")
    late = [it for it in desk.requests if it.at - desk.requests[last_pause].at > 9.9]
    assert {"/v2/accounts/acme1/campaigns", "/v2/accounts/acme1/message-campaigns"} <= {
        it.path for it in late
    }
    assert len(paused(desk)) == 2


def test_where_nothing_was_paused_one_look_is_enough(meanwhile: Desk) -> None:
    meanwhile.seed(live_voice("one", status="paused"))
    assert meanwhile.run("pause", "--all", YES).code == 0
    assert sum(meanwhile.clock.slept) == 0


class Yes(io.StringIO):
    """Somebody at a terminal, while somebody else makes another campaign."""

    def __init__(self, does: Callable[[], None]) -> None:
        super().__init__()
        self.does = does

    def isatty(self) -> bool:
        return True

    def readline(self, _size: int | None = -1, /) -> str:
        self.does()
        return "yes\n"


def test_after_a_question_too_what_was_made_while_it_was_asked_is_paused(meanwhile: Desk) -> None:
    desk = meanwhile
    desk.seed(live_voice("one"))
    result = desk.run("pause", "--all", stdin=Yes(lambda: by_another_run(desk, "two")))
    assert result.code == 0, result.all
    assert {it["status"] for it in desk.account()} == {"Paused"}
    assert result.out.index("voice/two: pause") < result.out.index("Applied to environment")
    assert "2 applied" in result.out


def test_one_that_could_not_be_paused_is_not_looked_for_for_ever(meanwhile: Desk) -> None:
    sids = meanwhile.seed(live_voice("one"), live_voice("two"))
    meanwhile.sandbox.faults.add("status", request="action", path=sids[0], status=422, times=None)
    assert meanwhile.run("pause", "--all", YES).code == 4
    assert Counter(paused(meanwhile)) == {sids[0]: 2, sids[1]: 1}


def test_one_that_was_refused_once_is_paused_in_the_next_look(meanwhile: Desk) -> None:
    sids = meanwhile.seed(live_voice("one"), live_voice("two"))
    meanwhile.sandbox.faults.add("status", request="action", path=sids[0], status=422)
    result = meanwhile.run("pause", "--all", YES, "--format", "json")
    assert (result.code, result.json["summary"]["applied"]) == (0, 2)
    assert {it["status"] for it in meanwhile.account()} == {"Paused"}


def test_one_that_somebody_sets_going_again_meanwhile_is_paused_again(meanwhile: Desk) -> None:
    desk, clock = meanwhile, meanwhile.clock
    assert isinstance(clock, Meanwhile)
    [sid] = desk.seed(live_voice("one", status="in-progress", schedule=JUST_STARTED))
    clock.does = lambda: desk.by_hand(sid, {"campaigns": [{"action": "resume"}]})
    result = desk.run("pause", "--all", YES, "--format", "json")
    assert (result.code, len(result.json["results"])) == (0, 1)
    assert paused(desk) == [sid, sid]
    assert desk.live("one")["status"] == "Paused"


def test_ctrl_c_while_it_waits_to_look_again_tells_what_was_done(desk: Desk) -> None:
    busy(desk)
    desk.configure(settle_seconds=10)
    words = ("pause", "--all", YES, "--format", "json")
    result = run(*words, cwd=desk.root, env=SECRETS, clock=Impatient())
    assert (result.code, result.json["summary"]["applied"]) == (130, 7)
    assert any("cut short" in note for note in result.json["notes"])
