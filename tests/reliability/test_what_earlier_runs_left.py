"""What an earlier run on this machine left behind (rule 10.1): a duplicate that it could not end is told and ended by
whichever run can; and while it is there, its name is in use.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from harness import ACCOUNT, VOICE, Desk, actions, live_voice, voice
from reliable_desk import APPLY, EventfulClock, in_background, only

OTHER_URL = "http://my.exotel.com/acme1/exoml/start_voice/1"


@pytest.fixture
def desk(waiting_desk: Desk) -> Desk:
    """An account whose lists take a while."""
    return waiting_desk


STUBBORN: dict[str, dict[str, Any]] = {
    "refused": {"update_body": "bare"},
    "refused as not allowed": {"refused_actions": ["pause"]},
    "answered and not done": {"actions": "never"},
}
"""Accounts that do not stop what calls."""


def left_behind(desk: Desk, clock: EventfulClock, **habits: Any) -> None:
    """Runs once: its duplicate calls on, and its intent says so."""
    desk.manifests(voice())
    clock.then(5, in_background(desk, **habits))
    assert desk.run(*APPLY).code == 4
    desk.forget()


def statuses(desk: Desk) -> dict[str, str]:
    """What the older one and the younger one are doing."""
    return {
        "older" if it["date_created"].startswith("2027-01-01") else "younger": it["status"]
        for it in desk.account()
    }


@pytest.mark.parametrize("habits", STUBBORN.values(), ids=STUBBORN)
def test_a_duplicate_of_an_earlier_run_that_cannot_be_ended_is_no_success(
    desk: Desk, clock: EventfulClock, habits: dict[str, Any]
) -> None:
    """Each later run on that machine says so, whatever else it did, until one has ended it."""
    left_behind(desk, clock, **habits)
    run = desk.run("-e", "prod", *APPLY)
    (mine,) = {whom for word, whom in actions(desk.writes) if word == "pause"}
    assert run.code == 4, run.all
    assert statuses(desk) == {"older": "Created", "younger": "Created"}
    assert f"is a duplicate of {only(run)['sid']} and could not be ended (the pause did not take)" in run.err
    assert f"run `campaignctl -e prod complete {mine}`" in run.err
    desk.sandbox.switches.change({"update_body": "any", "refused_actions": [], "actions": "done"})
    again = desk.run(*APPLY)
    assert again.code == 0, again.all
    assert statuses(desk) == {"older": "Created", "younger": "Archived"}
    assert desk.run(*APPLY).code == 0


def test_a_duplicate_of_an_earlier_run_that_somebody_renamed_is_theirs(
    desk: Desk, clock: EventfulClock
) -> None:
    """Its new name is in use, too: nothing is made under it, and the older one is nobody's duplicate."""
    left_behind(desk, clock, actions="never")
    desk.sandbox.switches.change({"actions": "done"})
    (mine,) = (it["id"] for it in desk.account() if not it["date_created"].startswith("2027-01-01"))
    others = ["+919876543288", "+919876543289"]
    desk.by_hand(mine, {"name": "diwali-by-hand", "from": others})
    desk.manifests(voice(), voice("diwali-by-hand", **{"from": others}))
    planned = desk.plan()
    assert planned["summary"]["operations"] == 0
    assert "is ended by the next apply" not in str(planned)
    run = desk.run(*APPLY)
    assert run.code == 0, run.all
    assert f"{mine}, which it had created, is called diwali-by-hand now" in run.err
    assert (desk.writes, statuses(desk)) == ([], {"older": "Created", "younger": "Created"})
    assert not list((desk.root / ".campaignctl" / "intents").glob("*.json"))


@pytest.mark.parametrize(
    ("habits", "says", "status"),
    [
        ({"actions": "done"}, "it is paused; `campaignctl complete ", "Paused"),
        ({}, "it could not be paused; `campaignctl pause ", "Created"),
    ],
    ids=["paused", "not paused either"],
)
def test_where_nobody_can_tell_what_the_older_one_is_doing_a_later_run_is_not_sure_either(
    desk: Desk, clock: EventfulClock, habits: dict[str, Any], says: str, status: str
) -> None:
    """The younger one, which an earlier run made, is called paused only where it was seen paused."""
    left_behind(desk, clock, actions="never")
    older = only(desk.run(*APPLY))["sid"]
    desk.sandbox.switches.change(habits)
    desk.sandbox.faults.add("change", request="get", path=older, data={"status": ""}, times=None)
    for run in (desk.run(*APPLY), desk.run(*APPLY)):
        assert run.code == 5, run.all
        assert says in run.err
    assert statuses(desk) == {"older": "Created", "younger": status}


def sids(desk: Desk) -> tuple[str, str]:
    """The SIDs of the older one and of the younger one."""
    older, younger = sorted(desk.account(), key=lambda it: str(it["date_created"]))[:2]
    return older["id"], younger["id"]


def pinned_by(desk: Desk, sid: str, *others: dict[str, Any]) -> None:
    """Another manifest than that of its name pins a campaign; beside it stand `others`."""
    another = voice("another", url=OTHER_URL, metadata={"sid": sid}, **{"from": ["+919876543288"]})
    desk.manifests(another, *others)


TWIN = ("--allow", "twin:diwali-reminder", "--allow", "twin:diwali-anew")


@pytest.mark.parametrize(
    ("manifest", "operations"),
    [
        (voice(), []),
        (voice(state="paused"), ["pause"]),
        (voice("diwali-anew", metadata={"previous_name": "diwali-reminder"}), ["update"]),
    ],
    ids=["by its name", "by its name, to be paused", "by its former name"],
)
@pytest.mark.parametrize("refresh", ["auto", "full"])
def test_where_another_manifest_pins_the_older_one_the_younger_one_is_what_the_name_means(
    desk: Desk, clock: EventfulClock, manifest: dict[str, Any], operations: list[str], refresh: str
) -> None:
    """What is pinned is no candidate for another (rule 1). The name was taken for free, and a third was made."""
    left_behind(desk, clock, actions="never")
    desk.sandbox.switches.change({"actions": "done"})
    older, younger = sids(desk)
    pinned_by(desk, older, manifest)
    planned = desk.plan("--refresh", refresh, *TWIN)
    change = {it["name"]: it for it in planned["changes"]}[manifest["metadata"]["name"]]
    assert (change["sid"], [it["op"] for it in change["operations"]]) == (younger, operations)
    assert "is ended by the next apply" not in str(planned["notes"])
    run = desk.run(*APPLY, "--refresh", refresh, *TWIN)
    assert run.code == 0, run.all
    assert statuses(desk) == {
        "older": "Created",
        "younger": "Paused" if operations == ["pause"] else "Created",
    }
    assert not list((desk.root / ".campaignctl" / "intents").glob("*.json"))


def test_a_name_that_no_manifest_means_is_the_older_one_s_whoever_pins_that(
    desk: Desk, clock: EventfulClock
) -> None:
    """Renamed in the file, with the SID written beside it."""
    left_behind(desk, clock, actions="never")
    desk.sandbox.switches.change({"actions": "done"})
    older, younger = sids(desk)
    pinned_by(desk, older)
    assert (
        f"{younger}, which an earlier run made after {older}, is ended by the next apply"
        in desk.plan()["notes"]
    )
    assert desk.run(*APPLY).code == 0
    assert statuses(desk) == {"older": "Created", "younger": "Archived"}


@pytest.mark.parametrize("own", [True, False], ids=["its own manifest", "another manifest"])
def test_what_looks_like_a_duplicate_that_cannot_be_ended_is_not_made(
    desk: Desk, clock: EventfulClock, own: bool
) -> None:
    """Nobody means the duplicate, and it calls: what is pinned stands for itself alone."""
    left_behind(desk, clock, actions="never")
    older, younger = sids(desk)
    others = {"url": OTHER_URL, "from": ["+919876543288"]}
    pin = voice(metadata={"sid": older}) if own else voice("another", metadata={"sid": older}, **others)
    desk.manifests(pin, voice("diwali-anew", url=OTHER_URL))
    for run in (desk.run("plan", "--format", "json"), desk.run(*APPLY)):
        rows = run.json.get("changes") or run.json["results"]
        (anew,) = (it for it in rows if it["name"] == "diwali-anew")
        assert (anew["reason"]["code"], younger in anew["reason"]["message"]) == ("looks-renamed", True)
    assert len(desk.account()) == 2


def test_a_duplicate_that_is_ended_before_it_is_pruned_is_as_it_was_to_be(
    desk: Desk, clock: EventfulClock
) -> None:
    left_behind(desk, clock, actions="never")
    desk.sandbox.switches.change({"actions": "done"})
    older, _ = sids(desk)
    desk.configure({"prune": {"name_prefix": "diwali"}})
    desk.manifests(voice(metadata={"sid": older}))
    run = desk.run(*APPLY, "--prune", "--allow", "complete", "--allow", "archive")
    assert run.code == 0, run.all
    assert statuses(desk) == {"older": "Created", "younger": "Archived"}


def test_a_duplicate_of_what_its_own_manifest_pins_is_ended(desk: Desk, clock: EventfulClock) -> None:
    """Whoever is told that several have the name pins one: the other one went on calling."""
    left_behind(desk, clock, actions="never")
    desk.sandbox.switches.change({"actions": "done"})
    older, younger = sids(desk)
    desk.manifests(voice(metadata={"sid": older}))
    planned = desk.plan()
    (change,) = planned["changes"]
    assert (change["sid"], change["reason"]["code"]) == (older, "in-sync")
    assert (
        f"{younger}, which an earlier run made after {older}, is ended by the next apply" in planned["notes"]
    )
    assert desk.run(*APPLY).code == 0
    assert statuses(desk) == {"older": "Created", "younger": "Archived"}


def test_a_duplicate_that_a_manifest_pins_is_meant(desk: Desk, clock: EventfulClock) -> None:
    left_behind(desk, clock, actions="never")
    desk.sandbox.switches.change({"actions": "done"})
    older, younger = sids(desk)
    pinned_by(desk, younger, voice())
    run = desk.run(*APPLY)
    assert {it["name"]: it["sid"] for it in run.json["results"]} == {
        "another": younger,
        "diwali-reminder": older,
    }
    assert statuses(desk) == {"older": "Created", "younger": "Created"}


def test_where_the_older_one_has_ended_the_younger_one_stays(desk: Desk, clock: EventfulClock) -> None:
    left_behind(desk, clock, actions="never")
    desk.sandbox.switches.change({"actions": "done"})
    older, younger = sids(desk)
    for action in ("pause", "complete"):
        desk.by_hand(older, {"action": action})
    assert [it["sid"] for it in desk.plan()["changes"]] == [younger]
    assert desk.run(*APPLY).code == 0
    assert statuses(desk) == {"older": "Completed", "younger": "Created"}


@pytest.mark.parametrize(
    ("url", "outcome", "code"), [(VOICE["url"], "unchanged", 0), (OTHER_URL, "skipped", 3)]
)
def test_what_turns_up_of_an_earlier_run_after_the_plan_is_not_made_again(
    desk: Desk, url: str, outcome: str, code: int
) -> None:
    """Its intent does not know the SID; the account's list shows the campaign only once the plan has been made."""
    desk.manifests(voice())
    desk.sandbox.switches.change({"list_lag_seconds": 40})
    desk.sandbox.faults.add("drop", request="create", acts=True)
    assert desk.run(*APPLY).code == 5
    desk.sandbox.switches.change({"list_lag_seconds": 0})
    (sid,) = (it["id"] for it in desk.account())
    desk.by_hand(sid, {"url": url})
    desk.sandbox.switches.change({"list_lag_seconds": 40})
    desk.forget()
    assert desk.plan()["summary"]["operations"] == 1
    reads = sum(it.request == "list" for it in desk.requests)
    desk.forget()
    desk.sandbox.faults.add("status", request="list", status=429, retry_after="50", after=reads)
    run = desk.run(*APPLY)
    assert f"an earlier run was cut off; it had created {sid}" in run.err
    assert (run.code, only(run)["outcome"], only(run)["reason"]["code"]) == (code, outcome, "appeared")
    assert (desk.writes, len(desk.account())) == ([], 1)
    assert desk.run(*APPLY).code == 0


# ------------------------------------------------------------------------------------------- intents of nobody known


def two_of_a_name(desk: Desk) -> tuple[str, str]:
    """Two that somebody made, and that no manifest means."""
    others = {"from": ["+919876543288"], "url": OTHER_URL}
    desk.seed(
        live_voice("monthly", date_created="2027-01-01T09:00:00+05:30", **others),
        live_voice("monthly", date_created="2027-01-02T09:00:00+05:30", **others),
    )
    desk.manifests(voice())
    return sids(desk)


def forged(desk: Desk, **besides: Any) -> Path:
    """An intent as anybody can write it, at its place, from an hour ago; it may have come with the checkout."""
    host, account = desk.sandbox.url.partition("//")[2], ACCOUNT
    mark = hashlib.sha256("\0".join((host, account, "VoiceCampaign", "monthly")).encode()).hexdigest()[:24]
    note = {"host": host, "account_sid": account, "kind": "VoiceCampaign", "name": "monthly", "sid": None}
    at = {"written_at": (desk.clock.now() - timedelta(hours=1)).isoformat()}
    return desk.write(f".campaignctl/intents/{mark}.json", json.dumps(note | at | besides))


@pytest.mark.parametrize("known", [True, False], ids=["with its SID", "without"])
@pytest.mark.parametrize("seal", [{}, {"seal": "0" * 64}, {"seal": "\ud800"}], ids=["none", "another", "odd"])
def test_nothing_is_paused_or_ended_for_a_note_that_this_token_did_not_seal(
    desk: Desk, known: bool, seal: dict[str, str]
) -> None:
    _, younger = two_of_a_name(desk)
    file = forged(desk, sid=younger if known else None, **seal)
    assert "is ended by the next apply" not in str(desk.plan())
    run = desk.run(*APPLY)
    assert run.code == 0, run.all
    assert {it["status"] for it in desk.account()} == {"Created"}
    assert {word for word, _ in actions(desk.writes)} == {"create"}  # its own
    assert "this API token did not seal the note" in run.err
    assert f"delete {file}" in run.err


def test_a_note_that_another_token_sealed_ends_nothing(desk: Desk, clock: EventfulClock) -> None:
    """The rule for twins does what is left to do: the younger one is paused, which can be undone."""
    left_behind(desk, clock, actions="never")
    desk.sandbox.switches.change({"actions": "done"})
    run = desk.run(*APPLY, env={"EXOTEL_API_TOKEN": "another-token"})
    assert run.code == 3, run.all
    assert statuses(desk) == {"older": "Created", "younger": "Paused"}


def test_a_note_under_another_file_name_is_none(desk: Desk) -> None:
    _, younger = two_of_a_name(desk)
    file = forged(desk, sid=younger)
    file.rename(file.with_name("a.json"))
    run = desk.run(*APPLY)
    assert (run.code, "earlier run" in run.err) == (0, False), run.all
    assert {it["status"] for it in desk.account()} == {"Created"}
