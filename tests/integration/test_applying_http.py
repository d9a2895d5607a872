"""The applier through HTTP: what it sends, in which order, and what it makes of every answer (rules 7 and 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from applying import ALLOW, APPLY, LATER, OTHER_URL, START, around, result_of
from example_counts import crossed
from harness import Desk, actions, live_sms, live_voice, sent, sms, voice

# ----------------------------------------------------------------------------------------------------------- order


def test_stopping_comes_first_and_what_cannot_be_undone_last(desk: Desk) -> None:
    """Rule 7: pauses; updates; resumes; creates, each followed by its pause; completes; archives; by start."""
    wanted = {
        "archived-by-us": ("completed", "archived"),
        "completed-by-us": ("paused", "completed"),
        "ended-from-calling": ("created", "archived"),
        "resumed": ("paused", "active"),
        "paused-late": ("created", "paused"),
        "paused-soon": ("created", "paused"),
    }
    schedules = {"paused-late": LATER}
    sids = dict(
        zip(
            wanted,
            desk.seed(
                *(
                    live_voice(name, status=status, schedule=schedules.get(name, live_voice()["schedule"]))
                    for name, (status, _) in wanted.items()
                )
            ),
            strict=True,
        )
    )
    others = {"from": ["+919000000009"]}
    sids["updated"] = desk.seed(live_voice("updated", caller_id="0801", **others))[0]
    new = {"from": ["+919000000001"], "url": OTHER_URL}
    desk.manifests(
        *(
            voice(name, state=state, schedule=schedules.get(name, live_voice()["schedule"]))
            for name, (_, state) in wanted.items()
        ),
        voice("updated", **others),
        voice("new-paused", state="paused", **new),
        voice("new-without-start", schedule=..., **{"from": ["+919000000002"], "url": OTHER_URL}),
        voice("new-active", **{"from": ["+919000000003"], "url": OTHER_URL}),
    )
    assert desk.run(*APPLY, *ALLOW).code == 0
    created = {it["name"]: it["id"] for it in desk.account()}
    assert actions(desk.writes) == [
        ("pause", sids["ended-from-calling"]),
        ("pause", sids["paused-soon"]),
        ("pause", sids["paused-late"]),
        ("update", sids["updated"]),
        ("resume", sids["resumed"]),
        ("create", "new-active"),
        ("create", "new-paused"),
        ("pause", created["new-paused"]),
        ("create", "new-without-start"),
        ("complete", sids["completed-by-us"]),
        ("complete", sids["ended-from-calling"]),
        ("archive", sids["archived-by-us"]),
        ("archive", sids["ended-from-calling"]),
    ]
    assert desk.plan(*ALLOW)["summary"]["operations"] == 0


# ------------------------------------------------------------------------------------------------------ read again


@pytest.mark.parametrize(
    ("status", "state", "fields", "asked"),
    [
        ("created", "paused", {}, ["pause"]),
        ("completed", "archived", {}, ["archive"]),
        ("created", "active", {"caller_id": "0801"}, ["get", "update"]),
        ("created", "paused", {"caller_id": "0801"}, ["pause", "get", "update"]),
        ("paused", "active", {}, ["get", "resume"]),
        ("paused", "active", {"caller_id": "0801"}, ["get", "update", "resume"]),
        ("created", "archived", {}, ["pause", "get", "complete", "archive"]),
    ],
)
def test_a_campaign_is_read_again_before_its_first_write_other_than_pause_or_archive(
    desk: Desk, status: str, state: str, fields: dict[str, str], asked: list[str]
) -> None:
    sid = desk.seed(live_voice(status=status, **fields))[0]
    desk.manifests(voice(state=state))
    assert desk.run(*APPLY, *ALLOW).code == 0
    assert around(desk.requests, sid) == asked


MOVES = [
    ("status", {"action": "pause"}, "it is Paused now"),
    ("caller id", {"caller_id": "0809"}, "caller_id changed"),
    ("postponed", {"schedule": LATER}, "schedule.send_at changed"),
    ("callback", {"status_callback": "https://hooks.example.com/other"}, "status_callback changed"),
]


@pytest.mark.parametrize(("edit", "says"), [it[1:] for it in MOVES], ids=[it[0] for it in MOVES])
def test_what_an_operator_changed_meanwhile_is_left_alone(
    desk: Desk, edit: dict[str, Any], says: str
) -> None:
    """The read before the write shows another campaign than the list did."""
    sid = desk.seed(live_voice(url=OTHER_URL))[0]
    desk.manifests(voice(schedule=...))
    data = {"status": "Paused"} if "action" in edit else edit
    desk.sandbox.faults.add("change", request="get", data=data)
    result = desk.run(*APPLY, "--format", "json")
    assert result.code == 3
    ended = result_of(result.json)
    assert (ended["outcome"], ended["reason"]["code"]) == ("skipped", "moved")
    assert says in ended["reason"]["message"]
    assert not desk.writes
    assert around(desk.requests, sid) == ["get"]


def test_the_read_before_a_write_is_held_against_the_plan_and_not_against_the_answer_to_our_own_pause(
    desk: Desk,
) -> None:
    sid = desk.seed(live_voice(caller_id="0801"))[0]
    desk.manifests(voice(state="paused"))
    other = {"schedule": LATER}
    desk.sandbox.faults.add("change", request="action", data=other)
    desk.sandbox.faults.add("change", request="get", data=other)
    assert result_of(desk.apply())["reason"]["code"] == "moved"
    assert around(desk.requests, sid) == ["pause", "get"]


def test_a_campaign_that_is_gone_is_no_longer_what_the_plan_showed(desk: Desk) -> None:
    desk.seed(live_voice(caller_id="0801"))
    desk.manifests(voice())
    desk.sandbox.faults.add("status", request="get", status=404)
    assert result_of(desk.apply())["reason"]["code"] == "moved"
    assert not desk.writes


def test_a_read_that_fails_is_a_failure_and_nothing_is_sent(desk: Desk) -> None:
    desk.seed(live_voice(caller_id="0801"))
    desk.manifests(voice())
    desk.sandbox.faults.add("html", request="get", times=None)
    assert desk.run(*APPLY).code == 4
    assert not desk.writes


# ------------------------------------------------------------------------------------------- completely or not at all

EVERYTHING = {
    "flow_type": "greeting",
    "read_via_text": "Hello",
    "call_duplicate_numbers": True,
    "mode": "custom",
    "throttle": 20,
    "custom_field": 'quoted "text"',
    "call_status_callback": "https://hooks.example.com/call",
    "call_schedule_callback": "https://hooks.example.com/schedule",
}
OMISSIONS: list[tuple[str, ...]] = [
    (),
    ("flow_type", "call_status_callback", "status_callback"),
    ("stats", "summary", "date_updated", "account_sid"),
]


@pytest.mark.parametrize("put", ["merge", "replace"])
@pytest.mark.parametrize("omitted", OMISSIONS, ids=["everything shown", "as [004]", "no counters"])
def test_an_update_before_the_start_sends_the_complete_campaign_and_loses_nothing(
    desk: Desk, put: str, omitted: tuple[str, ...]
) -> None:
    """A pinned manifest that declares one field: the rest is as an operator left it, and stays."""
    desk.sandbox.switches.put = put
    for request in ("list", "get", "update"):
        setattr(desk.sandbox.switches, f"omit_from_{request}", omitted)
    live = live_voice(**EVERYTHING)
    sid = desk.seed(live)[0]
    spec = {"custom_field": "new", **{key: live[key] for key in omitted if key in live}}
    desk.manifests({**voice(metadata={"sid": sid}), "spec": spec})
    results = desk.run(*APPLY, "--format", "json")
    assert results.code == 0, results.all
    desk.sandbox.switches.omit_from_list = ()
    now = desk.live("diwali-reminder")
    assert {key: now[key] for key in live} == {**live, "custom_field": "new"}
    assert set(sent(desk.writes[0])) == set(live) | {"type", "campaign_type"}
    assert around(desk.requests, sid) == ["get", "update"]


@pytest.mark.parametrize("put", ["merge", "replace"])
def test_an_sms_update_loses_nothing_either(desk: Desk, put: str) -> None:
    desk.sandbox.switches.put = put
    live = live_sms(
        status_callback="https://hooks.example.com/a", sms_status_callback="https://hooks.example.com/b"
    )
    desk.seed(live, collection="message-campaigns")
    desk.manifests(sms(template="Another text", status_callback=...))
    assert desk.run(*APPLY).code == 0
    now = desk.live("diwali-offer", "message-campaigns")
    assert now["template"] == "Another text"
    for key in (
        "lists",
        "schedule",
        "sender_id",
        "status_callback",
        "sms_status_callback",
        "dlt_template_id",
    ):
        assert now[key] == live[key]


@pytest.mark.parametrize("put", ["merge", "replace"])
@pytest.mark.parametrize("member", ["interval_mins", "mechanism"])
def test_a_nested_object_is_sent_completely(desk: Desk, put: str, member: str) -> None:
    desk.sandbox.switches.put = put
    desk.seed(live_voice())
    value = {"interval_mins": 30, "mechanism": "Exponential"}[member]
    desk.manifests(voice(retries={member: value}))
    assert desk.run(*APPLY).code == 0
    assert desk.live("diwali-reminder")["retries"] == {**live_voice()["retries"], member: value}


def test_after_the_start_only_what_may_still_change_is_sent(desk: Desk) -> None:
    numbers = {"from": [f"+9198765{number:05}" for number in range(900)]}
    sid = desk.seed(live_voice(**numbers))[0]
    callback = "https://hooks.example.com/new"
    desk.manifests(voice(status_callback=callback, **numbers))
    desk.pass_time(days=5, minutes=5)
    assert desk.run(*APPLY).code == 0
    assert desk.live("diwali-reminder")["status"] == "InProgress"
    assert dict(sent(desk.writes[0])) == {"status_callback": callback}
    assert around(desk.requests, sid) == ["get", "update"]


@pytest.mark.parametrize("hidden", [("from",), ("schedule",)])
def test_what_could_lose_recipients_or_start_is_not_sent(desk: Desk, hidden: tuple[str, ...]) -> None:
    for request in ("list", "get"):
        setattr(desk.sandbox.switches, f"omit_from_{request}", hidden)
    sid = desk.seed(live_voice(caller_id="0801"))[0]
    desk.manifests(voice(metadata={"sid": sid}, **{hidden[0]: ...}))
    result = desk.run(*APPLY, "--format", "json")
    assert result.code == 3, result.all
    assert result_of(result.json)["reason"]["code"] == "cannot-send-whole"
    assert not desk.writes


# --------------------------------------------------------------------------------------------------- every answer

IN_PROGRESS = {"status": "InProgress"}
NOON, NIGHT = "2027-01-15T12:00:00+05:30", "2027-01-15T23:30:00+05:30"
ANSWERS: Mapping[str, tuple[dict[str, Any], str, bool]] = {
    "a field that did not take": ({"flow_type": "greeting"}, "field-lost", False),
    "another caller id": ({"caller_id": "0809"}, "field-lost", True),
    "another recipient": ({"from": ["+919876543210", "+919876543299"]}, "field-lost", True),
    "one recipient more": ({"from": [*live_voice()["from"], "+919876543299"]}, "field-lost", True),
    "a list besides": ({"lists": ["9120d5962d214316b7721de55bb82e03"]}, "field-lost", True),
    "other content": ({"url": "http://my.exotel.com/acme1/exoml/start_voice/13"}, "field-lost", True),
    "a text besides": ({"read_via_text": "Hello"}, "field-lost", True),
    "a later end": ({"schedule": {**live_voice()["schedule"], "end_at": NIGHT}}, "field-lost", True),
    "no end": ({"schedule": {**live_voice()["schedule"], "end_at": None}}, "field-lost", True),
    "an earlier end": ({"schedule": {**live_voice()["schedule"], "end_at": NOON}}, "field-lost", False),
    "a nested field that did not take": (
        {"retries": {"number_of_retries": 3, "interval_mins": 15}},
        "field-lost",
        False,
    ),
    "a field that was lost": ({"status_callback": None}, "field-lost", False),
    "another name": ({"name": "somebody-else"}, "wrong-name", True),
    "another start": ({"schedule": LATER}, "field-lost", True),
    "no schedule": ({"schedule": None}, "field-lost", True),
    "in progress ahead of its start": (IN_PROGRESS, "started-early", True),
}


@pytest.mark.parametrize(("request_kind", "answer"), crossed(["create", "update"], list(ANSWERS)))
def test_every_answer_is_checked_and_what_could_call_wrongly_is_paused_at_once(
    desk: Desk, request_kind: str, answer: str
) -> None:
    data, code, stopped = ANSWERS[answer]
    if request_kind == "update":
        desk.seed(live_voice(url=OTHER_URL))
    desk.manifests(voice(), sms())
    desk.sandbox.faults.add("change", request=request_kind, path="/campaigns", data=data)
    result = desk.run(*APPLY, "--format", "json")
    assert result.code == 4, result.all
    ended = result_of(result.json)
    assert (ended["outcome"], ended["reason"]["code"]) == ("failed", code)
    words = [word for word, _ in actions(desk.writes)]
    voice_words = [actions([it])[0][0] for it in desk.writes if "/campaigns" in it.path]
    assert voice_words == ([request_kind, "pause"] if stopped else [request_kind])
    assert "create" in words  # the text message was sent all the same
    if stopped:
        assert desk.live("diwali-reminder")["status"] == "Paused"
        assert "paused at once" in ended["reason"]["message"]


def test_a_field_that_was_not_sent_and_was_lost_is_named(desk: Desk) -> None:
    desk.seed(live_voice(custom_field="theirs", caller_id="0801"))
    desk.manifests(voice())
    desk.sandbox.faults.add("change", request="update", data={"custom_field": None})
    ended = result_of(desk.apply())
    assert ended["reason"]["code"] == "field-lost"
    assert "custom_field" in ended["reason"]["message"]


def test_an_update_after_which_it_is_no_longer_paused_is_stopped(desk: Desk) -> None:
    sid = desk.seed(live_voice(status="paused", caller_id="0801"))[0]
    desk.manifests(voice(state="paused"))
    desk.sandbox.faults.add("change", request="update", data={"status": "Created"})
    # the account lies: it is paused still, and a second pause is refused, as it should be
    ended = result_of(desk.apply())
    assert (ended["outcome"], ended["reason"]["code"]) == ("failed", "started-early")
    assert around(desk.requests, sid)[:3] == ["get", "update", "pause"]
    assert desk.live("diwali-reminder")["status"] == "Paused"


def test_a_pause_at_once_that_fails_is_shouted(desk: Desk) -> None:
    desk.manifests(voice())
    desk.sandbox.faults.add("change", request="create", data=IN_PROGRESS)
    desk.sandbox.faults.add("status", request="action", status=500, times=None)
    result = desk.run(*APPLY, "-e", "prod")
    assert result.code in (4, 5)
    assert "COULD NOT BE PAUSED" in result.out
    assert "campaignctl -e prod pause" in result.out


def test_a_failed_item_in_the_last_list_is_settled_by_a_search_for_what_was_made(desk: Desk) -> None:
    """A broken old campaign must not keep each run waiting, nor make unknown what it made."""
    desk.configure(settle_seconds=1)
    desk.seed(live_voice("old-survey", url=OTHER_URL, schedule=LATER, **{"from": ["+919876543299"]}))
    desk.manifests(voice())
    desk.sandbox.faults.add("item", request="list", after=2)
    assert result_of(desk.apply())["outcome"] == "applied"
    last = [it.query.get("name") for it in desk.requests if it.request == "list"][-2:]
    assert last == [None, "diwali-reminder"]


@pytest.mark.parametrize("omitted", [("from", "flow_type", "status_callback"), ("schedule",), ("status",)])
def test_a_key_that_an_answer_lacks_says_nothing_and_is_noted(desk: Desk, omitted: tuple[str, ...]) -> None:
    desk.sandbox.switches.omit_from_create = omitted
    desk.manifests(voice())
    ended = result_of(desk.apply())
    assert ended["outcome"] == "applied", ended
    if omitted != ("status",):
        assert any(omitted[0] in note for note in ended["notes"])


@pytest.mark.parametrize("put", ["merge", "replace"])
def test_an_account_that_fills_in_a_schedule_meets_a_create_without_one(desk: Desk, put: str) -> None:
    desk.sandbox.switches.fill_schedule = True
    desk.sandbox.switches.put = put
    desk.manifests(voice(schedule=...))
    assert desk.run(*APPLY, "--allow", "start-now").code == 0
    assert desk.plan()["summary"]["operations"] == 0


def test_a_schedule_of_null_is_never_sent_to_a_campaign_that_has_a_start(desk: Desk) -> None:
    desk.seed(live_voice(caller_id="0801"))
    desk.manifests(voice(schedule={"send_at": None}))
    assert desk.run(*APPLY).code == 0
    assert sent(desk.writes[0])["schedule"]["send_at"] == START
