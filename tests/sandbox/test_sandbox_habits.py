"""What an account may do with writes, answers and lists that no document says, over a real socket."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
from bodies import VOICE, Account, data_of, sms, voice
from example_counts import crossed

from campaignctl.sandbox.server import Sandbox
from campaignctl.sandbox.switches import REQUESTS, field_paths

WRAPPED = {"campaigns": [VOICE]}


# ------------------------------------------------------------------------------------------------------------- writes


@pytest.mark.parametrize("status", [400, 404, 409])
def test_an_action_that_is_not_allowed_is_refused_with_the_account_s_own_code(
    sandbox: Sandbox, account: Account, status: int
) -> None:
    sandbox.switches.action_refusal = status
    path = f"campaigns/{account.call()}"
    assert account.act(path, "archive").status_code == status
    assert account.act(path, "pause").status_code == 200
    assert account.act(path, "pause").status_code == status


def test_an_account_may_refuse_an_action_where_it_is_allowed(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.change({"refused_actions": ["complete"], "action_refusal": 400})
    path = f"campaigns/{account.call()}"
    account.act(path, "pause")
    assert account.act(path, "complete").status_code == 400
    assert account.show(path)["status"] == "Paused"


@pytest.mark.parametrize(("answer", "shown"), [("real", "Created"), ("asked", "Paused")])
def test_an_action_may_be_answered_and_never_done(
    sandbox: Sandbox, account: Account, answer: str, shown: str
) -> None:
    sandbox.switches.change({"actions": "never", "action_answer": answer})
    path = f"campaigns/{account.call()}"
    assert data_of(account.act(path, "pause"))["status"] == shown
    sandbox.advance(timedelta(hours=1))
    assert account.show(path)["status"] == "Created"


def test_an_action_may_be_done_later(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.change({"actions": "later", "action_seconds": 60})
    path = f"campaigns/{account.call()}"
    assert data_of(account.act(path, "pause"))["status"] == "Created"
    sandbox.advance(timedelta(seconds=59))
    assert account.show(path)["status"] == "Created"
    sandbox.advance(timedelta(seconds=1))
    assert account.show(path)["status"] == "Paused"
    assert account.show(path)["date_updated"] == "2027-01-10T09:01:00+05:30"


def test_an_action_that_is_done_later_stops_the_calls_at_its_moment_whoever_looks_when(
    sandbox: Sandbox, account: Account
) -> None:
    many = [f"+9198765{number:05}" for number in range(500)]
    path = f"campaigns/{account.call(**{'from': many, 'schedule': ..., 'retries': ...})}"
    sandbox.switches.change({"actions": "later", "action_seconds": 60})
    account.act(path, "pause")
    sandbox.advance(timedelta(hours=1))
    shown = account.show(path)
    assert shown["status"] == "Paused"
    assert shown["stats"]["created"] in (439, 440), "60 a minute, for a minute"


def test_an_action_that_waits_is_dropped_where_it_is_no_longer_allowed(
    sandbox: Sandbox, account: Account
) -> None:
    path = f"campaigns/{account.call()}"
    sandbox.switches.change({"actions": "later", "action_seconds": 60})
    account.act(path, "pause")
    sandbox.set_status("acme1", path.rpartition("/")[2], "archived")
    sandbox.advance(timedelta(minutes=2))
    assert account.show(path)["status"] == "Archived"


def test_only_some_actions_may_be_met(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.change({"actions": "never", "actions_met": ["resume"]})
    path = f"campaigns/{account.call()}"
    account.act(path, "pause")
    account.act(path, "resume")
    assert account.show(path)["status"] == "Paused"


@pytest.mark.parametrize(("path", "request_kind"), crossed(field_paths(), ["create", "update"]))
def test_any_field_may_be_lost(sandbox: Sandbox, account: Account, path: str, request_kind: str) -> None:
    before, after = written(sandbox, account, path, request_kind, "drops")
    if path == "name":
        assert (after["name"] == before["name"]) is (request_kind == "update"), "a create's is made up"
    else:
        assert at(after, path) in (None, DEFAULTS.get(path))
    top = path.partition(".")[0].replace("dlt_entity_id", "dlt_entitiy_id")
    assert others(after, top) == others(before, top)


DEFAULTS = {"type": "trans", "campaign_type": "static", "call_duplicate_numbers": False}


def others(data: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in (key, *TOLD)}


@pytest.mark.parametrize(
    ("path", "request_kind"),
    crossed([*field_paths(), "schedule.send_at:earlier", "schedule.end_time:earlier"], ["create", "update"]),
)
def test_any_field_may_be_changed(sandbox: Sandbox, account: Account, path: str, request_kind: str) -> None:
    before, after = written(sandbox, account, path, request_kind, "changes")
    name, _, how = path.partition(":")
    if "time" in name or name.endswith("_at"):
        by = datetime.fromisoformat(at(after, name)) - datetime.fromisoformat(at(before, name))
        assert by == timedelta(hours=-1 if how else 1)
    elif name not in ("channel", "type", "campaign_type", "content_type"):
        assert at(after, name) != at(before, name)


FULL = voice(
    call_schedule_callback="https://hooks.example.com/schedule",
    custom_field="a note",
    mode="custom",
    throttle=30,
    repeat_menu_attempts=2,
    call_duplicate_numbers=False,
    type="trans",
    campaign_type="static",
)
TEXTED = sms(status_callback="https://hooks.example.com/a", sms_status_callback="https://hooks.example.com/b")
TOLD = ("id", "sid", "uri", "stats", "summary", "date_updated", "status", "estimated_cost")


def written(
    sandbox: Sandbox, account: Account, path: str, request_kind: str, what: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A campaign that has the field, as an honest account and as this one writes it."""
    voiced = path.partition(":")[0].partition(".")[0] in FULL or path == "read_via_text"
    if path.endswith(("start_time", "end_time", "start_time:earlier", "end_time:earlier")):
        voiced = False
    collection = "campaigns" if voiced else "message-campaigns"
    fields = FULL if voiced else TEXTED
    if path in ("lists", "read_via_text"):
        lists, speech = (
            {"lists": ["9120d5962d214316b7721de55bb82e03"], "from": ...},
            {"read_via_text": "Hello"},
        )
        fields = {key: value for key, value in {**FULL, **lists, **speech}.items() if value is not ...}
        collection = "campaigns"

    def write() -> str:
        body = {"campaigns": [fields]} if collection == "campaigns" else fields
        made = data_of(account.post(collection, body))
        where = f"{collection}/{made.get('id') or made['sid']}"
        if request_kind == "update":
            assert account.put(where, body).status_code == 200
        return where

    honest = account.show(write())
    sandbox.switches.change({f"{request_kind}_{what}": [path]})
    return honest, account.show(write())


def at(data: dict[str, Any], path: str) -> Any:
    value: Any = data
    for name in path.split("."):
        value = (value or {}).get({"dlt_entity_id": "dlt_entitiy_id"}.get(name, name))
    return value


def test_a_create_that_loses_its_start_calls_at_once(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.create_drops = ("schedule.send_at",)
    path = f"campaigns/{account.call()}"
    sandbox.advance(timedelta(seconds=5))
    assert account.show(path)["status"] == "InProgress"


def test_a_create_that_loses_its_end_calls_for_thirty_days(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.create_drops = ("schedule.end_at",)
    many = [f"+9198765{number:05}" for number in range(5000)]
    start = "2027-01-10T09:00:00+05:30"
    schedule = {"send_at": start, "end_at": "2027-01-10T09:10:00+05:30"}
    path = f"campaigns/{account.call(**{'from': many}, schedule=schedule)}"
    assert account.show(path)["schedule"] == {"send_at": start, "end_at": None}
    sandbox.advance(timedelta(hours=1))
    assert account.show(path)["status"] == "InProgress"


def test_a_create_may_begin_at_once_whatever_its_start(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.create_early = True
    answer = data_of(account.post("campaigns", WRAPPED))
    assert (answer["status"], answer["schedule"]) == ("InProgress", VOICE["schedule"])
    sandbox.advance(timedelta(seconds=30))
    assert account.show(f"campaigns/{answer['id']}")["stats"]["created"] == 0


def test_an_update_may_set_a_paused_campaign_going(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.update_resumes = True
    path = f"campaigns/{account.call()}"
    account.act(path, "pause")
    assert data_of(account.put(path, {"custom_field": "x"}))["status"] == "Created"


@pytest.mark.parametrize(("takes", "body", "status"), [("wrapped", "bare", 400), ("bare", "wrapped", 400)])
def test_an_account_may_take_only_one_body_of_updates_and_actions(
    sandbox: Sandbox, account: Account, takes: str, body: str, status: int
) -> None:
    path, texts = f"campaigns/{account.call()}", f"message-campaigns/{account.text()}"
    sandbox.switches.update_body = takes
    for sent in ({"custom_field": "x"}, {"action": "pause"}):
        other = {"campaigns": [sent]} if body == "bare" else sent
        assert account.put(path, {"campaigns": [sent]} if body == "wrapped" else sent).status_code == status
        assert account.put(path, other).status_code == 200
    assert account.put(texts, {"action": "pause"}).status_code == 200, "for SMS it is known"


@pytest.mark.parametrize(("several", "status", "total"), [(False, 400, 0), (True, 200, 2)])
def test_a_create_may_hold_several_campaigns(
    sandbox: Sandbox, account: Account, several: bool, status: int, total: int
) -> None:
    sandbox.switches.several_creates = several
    answer = account.post("campaigns", {"campaigns": [VOICE, voice(name="holi")]})
    assert answer.status_code == status
    assert account.get("campaigns").json()["metadata"]["total"] == total


@pytest.mark.parametrize(
    ("at_end", "word", "left"),
    [("completed", "Completed", 0), ("canceled", "Canceled", 0), ("paused", "Paused", 1)],
)
def test_an_unfinished_campaign_becomes_one_of_three_things_at_its_end(
    sandbox: Sandbox, account: Account, at_end: str, word: str, left: int
) -> None:
    sandbox.switches.at_end = at_end
    schedule = {"send_at": "2027-01-10T09:00:00+05:30", "end_at": "2027-01-10T09:00:02+05:30"}
    path = f"campaigns/{account.call(schedule=schedule, retries=...)}"
    sandbox.advance(timedelta(minutes=5))
    shown = account.show(path)
    assert (shown["status"], shown["stats"]["created"]) == (word, left)


@pytest.mark.parametrize(("position", "word"), [("paused", "Paused"), ("canceled", "Canceled")])
def test_what_is_paused_past_its_end_may_be_canceled(
    sandbox: Sandbox, account: Account, position: str, word: str
) -> None:
    sandbox.switches.paused_at_end = position
    path = f"campaigns/{account.call()}"
    account.act(path, "pause")
    sandbox.advance(timedelta(days=6))
    assert account.show(path)["status"] == word


def test_any_status_can_be_put_on_a_campaign(account: Account) -> None:
    sid = account.call()
    for word in ("Deleted", "Awaiting-Approval"):
        body = {"account": "acme1", "sid": sid, "status": word}
        assert account.client.post("/_sandbox/status", json=body).status_code == 200
        assert account.show(f"campaigns/{sid}")["status"] == word
        assert account.act(f"campaigns/{sid}", "pause").status_code == 409
    nobody = {"account": "acme1", "sid": "nobody", "status": "deleted"}
    assert account.client.post("/_sandbox/status", json=nobody).status_code == 404
    assert account.client.post("/_sandbox/status", json={"account": "acme1"}).status_code == 400


# ------------------------------------------------------------------------------------------------------------ answers


def ask(account: Account, request: str, path: str) -> httpx.Response:
    return {
        "list": lambda: account.get("campaigns"),
        "get": lambda: account.get(path),
        "create": lambda: account.post("campaigns", WRAPPED),
        "update": lambda: account.put(path, {"custom_field": "x"}),
        "action": lambda: account.act(path, "pause"),
        "details": lambda: account.get(f"{path}/call-details"),
        "lists": lambda: account.get("lists"),
        "contacts": lambda: account.get(f"lists/{LIST}/contacts"),
        "create_contacts": lambda: account.post("contacts", {"contacts": [{"number": "+919876543210"}]}),
        "create_list": lambda: account.post(
            "lists", {"lists": [{"name": f"list {len(account_lists(account))}"}]}
        ),
        "fill_list": lambda: filled(account),
        "rename_list": lambda: account.put(
            f"lists/{made_list(account)}", {"name": f"renamed {len(account_lists(account))}"}
        ),
        "delete_list": lambda: account.client.delete(f"{account.base}/lists/{made_list(account)}"),
    }[request]()


LIST = "9120d5962d214316b7721de55bb82e03"


def account_lists(account: Account) -> list[Any]:
    return account.get("lists", limit=500).json()["response"]


def made_list(account: Account) -> str:
    """A new list, whatever answers lack."""
    before = len(account_lists(account))
    account.post("lists", {"lists": [{"name": f"list {before}"}]})
    return str(account_lists(account)[-1]["data"]["sid"])


def filled(account: Account) -> httpx.Response:
    """Somebody who is put into a new list."""
    number = {"number": "+919876543210"}
    sid = account.post("contacts", {"contacts": [number]}).json()["response"][0]["data"]["sid"]
    return account.post(
        f"lists/{made_list(account)}/contacts", {"contact_references": [{"contact_sid": sid}]}
    )


@pytest.mark.parametrize(
    ("request_kind", "key"),
    crossed(
        REQUESTS,
        [
            "account_sid",
            "schedule.send_at",
            "item.code",
            "item.data",
            "envelope.response",
            "envelope.metadata.total",
        ],
    ),
)
def test_an_answer_may_lack_any_key_of_data_item_or_envelope(
    sandbox: Sandbox, account: Account, request_kind: str, key: str
) -> None:
    path = f"campaigns/{account.call()}"
    complete = keys_of(ask(account, request_kind, path).json())
    sandbox.switches.change({"actions": "done", f"omit_from_{request_kind}": [key]})
    account.act(path, "resume")
    left = keys_of(ask(account, request_kind, path).json())
    full = {"envelope": "", "item": "response."}
    where, _, rest = key.partition(".")
    lost = full[where] + rest if where in full else f"response.data.{key}"
    assert left == {it for it in complete if it != lost and not it.startswith(f"{lost}.")}


def keys_of(value: Any, prefix: str = "") -> set[str]:
    found: set[str] = set()
    if isinstance(value, list):
        found = {key for it in value for key in keys_of(it, prefix)}
    if isinstance(value, dict):
        for key, it in value.items():
            found |= {prefix + key, *keys_of(it, f"{prefix}{key}.")}
    return found


def test_an_action_lacks_what_an_update_lacks_unless_it_is_said(sandbox: Sandbox, account: Account) -> None:
    path = f"campaigns/{account.call()}"
    sandbox.switches.change({"omit_from_update": ["url"]})
    assert "url" not in data_of(account.act(path, "pause"))
    sandbox.switches.change({"omit_from_action": []})
    assert "url" in data_of(account.act(path, "resume"))


@pytest.mark.parametrize(
    ("mask", "first"), [("crosses", "XXXXXXXXXXX10"), ("dots", "91••••10"), ("no", "+919876543210")]
)
def test_people_s_numbers_may_be_masked(sandbox: Sandbox, account: Account, mask: str, first: str) -> None:
    path = f"campaigns/{account.call()}"
    sandbox.switches.mask = mask
    assert account.show(path)["from"][0] == first
    assert account.get("campaigns").json()["response"][0]["data"]["from"][0] == first
    assert account.get(f"{path}/call-details").json()["response"][0]["data"]["number"] == first
    assert first in report_of(sandbox, path)


def report_of(sandbox: Sandbox, path: str) -> str:
    return httpx.get(f"{sandbox.url}/_sandbox/reports/acme1/{path}.csv", trust_env=False).text


def test_they_may_be_masked_in_some_answers_only(sandbox: Sandbox, account: Account) -> None:
    path = f"campaigns/{account.call()}"
    sandbox.switches.change({"mask": "dots", "mask_in": ["list"]})
    assert account.show(path)["from"] == VOICE["from"]
    assert account.get("campaigns").json()["response"][0]["data"]["from"] != VOICE["from"]


def test_answers_may_spell_what_means_the_same_otherwise(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.spelling = "other"
    shown = account.show(f"campaigns/{account.call()}")
    assert shown["status"] == "created"
    assert shown["from"] == ",".join(reversed(VOICE["from"]))
    assert shown["schedule"]["send_at"] == "2027-01-15T03:30:00.000000000Z"
    assert shown["url"].startswith("https://my.exotel.com/")
    assert shown["retries"]["on_status"] == ["no-answer", "busy"]
    text = account.show(f"message-campaigns/{account.text()}")
    assert (text["status"], text["sms_type"]) == ("CREATED", "transactional_opt_in")


@pytest.mark.parametrize(
    ("position", "off_by", "on_read"),
    [("right", 0, 0), ("off", 90, 90), ("off", -30, -30), ("old", 3600, -3600), ("missing", 0, None)],
)
def test_the_date_may_be_off_old_or_missing(
    sandbox: Sandbox, account: Account, position: str, off_by: float, on_read: float | None
) -> None:
    sandbox.switches.change({"date": position, "date_seconds": off_by})
    answer = account.get("campaigns")
    assert answer.headers.get_list("date") == [] or len(answer.headers.get_list("date")) == 1
    said = answer.headers.get("Date")
    assert on_read is (said and ...) or (
        said and parsedate_to_datetime(said) - sandbox.now() == timedelta(seconds=on_read or 0)
    )
    written_at = account.post("campaigns", WRAPPED).headers.get("Date")
    if position == "old":
        assert parsedate_to_datetime(written_at) == sandbox.now(), "a cache answers reads"


def test_only_the_date_of_error_pages_may_be_wrong(sandbox: Sandbox, account: Account) -> None:
    sandbox.switches.change({"date": "off", "date_seconds": -3600, "date_on": "errors"})
    good, bad = account.get("campaigns"), account.get("campaigns/nobody")
    sandbox.faults.add("status", status=502, shape="html")
    page = account.get("campaigns")
    assert parsedate_to_datetime(good.headers["Date"]) == sandbox.now()
    for answer in (bad, page):
        assert parsedate_to_datetime(answer.headers["Date"]) == sandbox.now() - timedelta(hours=1)


@pytest.mark.parametrize("retry_after", ["seconds", "date", "missing"])
@pytest.mark.parametrize("shape", ["envelope", "rest", "error", "html"])
def test_the_limit_answers_in_any_shape(
    sandbox: Sandbox, account: Account, shape: str, retry_after: str
) -> None:
    sandbox.switches.change({"rate_limit": 1, "limit_shape": shape, "retry_after": retry_after})
    account.get("campaigns")
    answer = account.get("campaigns")
    assert answer.status_code == 429
    said = answer.headers.get("Retry-After")
    assert said == {"seconds": "60", "date": "Sun, 10 Jan 2027 03:31:00 GMT", "missing": None}[retry_after]
    if shape == "html":
        assert answer.headers["Content-Type"] == "text/html"
        return
    body = answer.json()
    seen = "rest" if "RestException" in body else "error" if "error" in body["response"] else "envelope"
    assert seen == shape


@pytest.mark.parametrize("status", [408, 499])
def test_a_gateway_may_give_up_on_what_was_carried_out(
    sandbox: Sandbox, account: Account, status: int
) -> None:
    sandbox.faults.add("status", request="create", status=status, acts=True, shape="html")
    assert account.post("campaigns", WRAPPED).status_code == status
    assert account.get("campaigns").json()["metadata"]["total"] == 1


def test_a_body_may_be_broken_or_strange(sandbox: Sandbox, account: Account) -> None:
    sandbox.faults.add("broken", request="list")
    broken = account.get("campaigns")
    with pytest.raises(ValueError, match="Expecting"):
        broken.json()
    sandbox.faults.add("strange", request="create")
    strange = account.post("campaigns", WRAPPED)
    assert (strange.status_code, strange.json()) == (200, {"ok": True, "response": None})
    assert account.get("campaigns").json()["metadata"]["total"] == 0
