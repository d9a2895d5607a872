"""Which actions and updates are allowed when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bodies import Account, data_of, item_of

from campaignctl.sandbox.server import Sandbox

ALLOWED = {
    ("created", "pause"): "paused",
    ("in-progress", "pause"): "paused",
    ("paused", "resume"): "in-progress",
    ("paused", "complete"): "completed",
    ("completed", "archive"): "archived",
}
STATUSES = ("created", "in-progress", "paused", "completed", "archived", "failed", "canceled", "Expiring")
ACTIONS = ("pause", "resume", "complete", "archive")
STEPS = [(status, action) for status in STATUSES for action in ACTIONS]
VOICE_WORDS = {"in-progress": "InProgress", "Expiring": "Expiring"}
COLLECTIONS = ("campaigns", "message-campaigns", "sms-campaigns")


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize(("status", "action"), STEPS)
def test_only_the_documented_steps_are_allowed(
    sandbox: Sandbox, account: Account, collection: str, status: str, action: str
) -> None:
    begun = {"send_at" if collection == "campaigns" else "start_time": "2027-01-10T08:59:59+05:30"}
    ahead = {"send_at" if collection == "campaigns" else "start_time": "2027-01-12T09:00:00+05:30"}
    (sid,) = sandbox.seed(
        "acme1",
        collection,
        [
            {
                "name": "some name",
                "status": status,
                "lists": ["a" * 32],
                "schedule": ahead if status == "created" else begun,
            }
        ],
    )
    answer = account.act(f"{collection}/{sid}", action)
    wanted = ALLOWED.get((status, action))
    shown = account.show(f"{collection}/{sid}")["status"]
    if wanted is None:
        assert (answer.status_code, item_of(answer)["code"]) == (409, 409)
        wanted = status
    else:
        assert answer.status_code == 200
    if collection == "campaigns":
        wanted = VOICE_WORDS.get(wanted, wanted.capitalize())
    assert shown == ("scheduled" if wanted == "created" else wanted)


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_voice_action_is_taken_wrapped_and_bare(account: Account, wrapped: bool) -> None:
    sid = account.call()
    body = {"campaigns": [{"action": "pause"}]} if wrapped else {"action": "pause"}
    assert data_of(account.put(f"campaigns/{sid}", body))["status"] == "Paused"


@pytest.mark.parametrize("action", ["stop", "", None, 7, ["pause"]])
def test_an_unknown_action_is_400(account: Account, action: object) -> None:
    sid = account.call()
    answer = account.put(f"campaigns/{sid}", {"action": action})
    assert answer.status_code == 400
    assert account.show(f"campaigns/{sid}")["status"] == "Created"


def test_a_resume_before_the_start_makes_it_created_again(account: Account) -> None:
    sid = account.call()
    account.act(f"campaigns/{sid}", "pause")
    assert data_of(account.act(f"campaigns/{sid}", "resume"))["status"] == "Created"


def test_complete_marks_the_numbers_not_yet_reached_failed(account: Account) -> None:
    sid = account.call()
    account.act(f"campaigns/{sid}", "pause")
    stats = data_of(account.act(f"campaigns/{sid}", "complete"))["stats"]
    assert (stats["created"], stats["failed"]) == (0, 3)
    rows = account.get(f"campaigns/{sid}/call-details").json()["response"]
    assert [row["data"]["status"] for row in rows] == ["failed"] * 3


def test_before_its_start_every_field_of_a_voice_campaign_can_be_updated(account: Account) -> None:
    sid = account.call()
    changed = {
        "name": "holi",
        "from": ["+917987616844"],
        "caller_id": "03349360006",
        "status_callback": None,
        "schedule": {"send_at": "2027-01-16T09:00:00+05:30", "end_at": "2027-01-16T18:00:00+05:30"},
    }
    data = data_of(account.put(f"campaigns/{sid}", {"campaigns": [changed]}))
    assert {key: data[key] for key in changed} == changed
    assert data["stats"]["created"] == 1
    assert account.show(f"campaigns/{sid}")["name"] == "holi"


def test_from_its_start_on_only_the_callbacks_of_a_voice_campaign_can_be_updated(
    sandbox: Sandbox, account: Account
) -> None:
    sid = account.call()
    sandbox.advance(timedelta(days=4, hours=24))
    for field, value in (("name", "holi"), ("caller_id", "03349360006"), ("schedule", None)):
        assert account.put(f"campaigns/{sid}", {"campaigns": [{field: value}]}).status_code == 409
    callbacks = {
        "status_callback": "https://hooks.example.com/new",
        "call_status_callback": None,
        "call_schedule_callback": "https://hooks.example.com/new",
    }
    data = data_of(account.put(f"campaigns/{sid}", {"campaigns": [callbacks]}))
    assert {key: data[key] for key in callbacks} == callbacks


def test_a_paused_voice_campaign_can_no_longer_be_updated_once_its_start_has_passed(
    sandbox: Sandbox, account: Account
) -> None:
    sid = account.call()
    account.act(f"campaigns/{sid}", "pause")
    assert account.put(f"campaigns/{sid}", {"name": "holi"}).status_code == 200
    sandbox.advance(timedelta(days=6))
    assert account.put(f"campaigns/{sid}", {"name": "pongal"}).status_code == 409


def test_once_started_an_sms_campaign_takes_only_actions(sandbox: Sandbox, account: Account) -> None:
    sid = account.text()
    assert data_of(account.put(f"message-campaigns/{sid}", {"name": "holi"}))["name"] == "holi"
    sandbox.advance(timedelta(days=5))
    answer = account.put(f"message-campaigns/{sid}", {"status_callback": "https://hooks.example.com/new"})
    assert answer.status_code == 409
    assert data_of(account.act(f"message-campaigns/{sid}", "pause"))["status"] == "paused"


def test_a_finished_campaign_takes_no_update_at_all(account: Account) -> None:
    sid = account.call()
    account.act(f"campaigns/{sid}", "pause")
    account.act(f"campaigns/{sid}", "complete")
    assert account.put(f"campaigns/{sid}", {"status_callback": None}).status_code == 409


def test_an_sms_update_that_sends_a_start_within_ten_minutes_is_400(
    sandbox: Sandbox, account: Account
) -> None:
    sid = account.text()
    sandbox.advance(timedelta(days=5) - timedelta(minutes=9))
    schedule = {"start_time": "2027-01-15T09:00:00+05:30", "end_time": "2027-01-15T18:00:00+05:30"}
    assert account.put(f"message-campaigns/{sid}", {"schedule": schedule}).status_code == 400
    assert account.put(f"message-campaigns/{sid}", {"name": "holi"}).status_code == 200


def test_an_action_that_comes_with_fields_does_both_or_neither(account: Account) -> None:
    sid = account.call()
    data = data_of(account.put(f"campaigns/{sid}", {"action": "pause", "name": "holi"}))
    assert (data["name"], data["status"]) == ("holi", "Paused")
    assert account.put(f"campaigns/{sid}", {"action": "archive", "name": "pongal"}).status_code == 409
    assert account.show(f"campaigns/{sid}")["name"] == "holi"


def test_a_write_moves_date_updated(sandbox: Sandbox, account: Account) -> None:
    sid = account.call()
    sandbox.advance(timedelta(minutes=5))
    data = data_of(account.act(f"campaigns/{sid}", "pause"))
    assert data["date_created"] == "2027-01-10T09:00:00+05:30"
    assert data["date_updated"] == "2027-01-10T09:05:00+05:30"


def test_a_paused_campaign_outlives_its_end(sandbox: Sandbox, account: Account) -> None:
    sid = account.call()
    account.act(f"campaigns/{sid}", "pause")
    sandbox.advance(timedelta(days=60))
    assert account.show(f"campaigns/{sid}")["status"] == "Paused"


def test_a_paused_call_without_a_start_can_still_be_changed(account: Account) -> None:
    """[002] closes its fields at `send_at`, and it has none."""
    sid = account.call(schedule=...)
    assert account.act(f"campaigns/{sid}", "pause").status_code == 200
    data = data_of(account.put(f"campaigns/{sid}", {"campaigns": [{"caller_id": "08012345678"}]}))
    assert data["caller_id"] == "08012345678"
