"""Contact lists that manifests give by name: looked up when planning, SIDs from there on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from example_counts import crossed
from fakes import FakeClock
from harness import Desk, live_voice, run, sent, sms, voice

VIP, ALL, OTHER = "5e1ec7ed0001", "5e1ec7ed0002", "9120d5962d214316b7721de55bb82e03"


def lists(*items: Any) -> dict[str, Any]:
    return {"from": ..., "lists": list(items)}


def named(name: str) -> dict[str, str]:
    return {"name": name}


def contact_lists(desk: Desk, **names: str) -> None:
    """By SID, the name that each has."""
    desk.seed(*({"sid": sid, "name": name} for sid, name in names.items()), collection="lists")


def asked(desk: Desk) -> int:
    """How many requests went to the lists endpoint."""
    return sum(it.request == "lists" for it in desk.requests)


def one(desk: Desk, *words: str) -> Any:
    (change,) = desk.plan(*words)["changes"]
    return change


def test_a_name_becomes_its_sid_and_stands_beside_it(desk: Desk) -> None:
    contact_lists(desk, **{VIP: "Gold members", ALL: "gold members", "5e1ec7ed0003": "Gold members 2"})
    desk.manifests(voice(**lists(named("Gold members"), OTHER)))
    change = one(desk)
    assert change["change"] == "create"
    assert f'the list {VIP} is "Gold members"' in change["notes"]
    assert change["resulting"]["lists"] == [VIP, OTHER]
    assert f'{VIP} is "Gold members"' in desk.run("plan").out
    desk.apply()
    (create,) = desk.writes
    assert sent(create)["lists"] == [VIP, OTHER]
    assert one(desk)["change"] == "noop"


def test_sms_takes_names_too(desk: Desk) -> None:
    contact_lists(desk, **{VIP: "Gold members"})
    desk.manifests(sms(lists=[named("Gold members")]))
    assert one(desk)["resulting"]["lists"] == [VIP]


def test_it_works_in_a_sandbox_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(json.dumps(voice(**lists(named("VIP customers")))))
    result = run("plan", "a.yaml", "--format", "json", cwd=tmp_path, clock=FakeClock())
    assert result.json["changes"][0]["change"] == "create", result.all


def test_the_lists_are_read_once_and_only_where_one_is_named(desk: Desk) -> None:
    desk.manifests(voice(**lists(OTHER)), sms())
    desk.plan()
    assert asked(desk) == 0
    desk.manifests(voice(**lists(named("VIP customers"))), sms(lists=[named("Pune branch")]))
    desk.forget()
    plan = desk.plan()
    assert asked(desk) == 1
    assert plan["refresh"]["requests"] == len(desk.requests)


def test_every_page_is_read(desk: Desk) -> None:
    contact_lists(desk, **{f"5e1ec7ed{n:04}": f"Town {n}" for n in range(130)})
    desk.manifests(voice(**lists(named("Town 129"))))
    assert one(desk)["resulting"]["lists"] == ["5e1ec7ed0129"]
    assert asked(desk) == 3


MISSING = [
    ({}, "list-not-found", '"Gold members"'),
    ({VIP: "gold members", ALL: "Town 1"}, "list-not-found", 'give a SID; did you mean "gold members"?'),
    ({VIP: "Gold members "}, "list-not-found", '"Gold members"'),
    ({VIP: "Gold members", ALL: "Gold members"}, "list-ambiguous", f"{VIP}, {ALL}"),
]


@pytest.mark.parametrize(("missing", "live"), crossed(range(len(MISSING)), [None, "created", "paused"]))
def test_a_name_of_none_or_several_blocks_its_manifest_alone(
    desk: Desk, missing: int, live: str | None
) -> None:
    there, code, says = MISSING[missing]
    contact_lists(desk, **there)
    if live:
        desk.seed(live_voice(status=live, caller_id="08012345678", **lists(OTHER)))
    desk.manifests(voice(**lists(named("Gold members"))), voice("fine", **lists(named("VIP customers"))))
    blocked, fine = desk.plan()["changes"]
    assert (blocked["change"], blocked["reason"]["code"]) == ("blocked", code)
    assert says in blocked["reason"]["message"]
    assert "lists" not in [it["field"] for it in blocked["diff"]]
    assert all("lists" not in it["fields"] for it in blocked["operations"])
    assert fine["change"] == "create"
    assert desk.run("apply", "--auto-approve").code == 3


def test_what_is_wanted_paused_is_paused_whatever_its_list_is(desk: Desk) -> None:
    desk.seed(live_voice(**lists(OTHER)))
    desk.manifests(voice(state="paused", **lists(named("nowhere"))))
    change = one(desk)
    assert (change["change"], [it["op"] for it in change["operations"]]) == ("blocked", ["pause"])


@pytest.mark.parametrize(
    ("live", "metadata", "code"),
    [("archived", {}, "finished"), ("created", {"ignore": ["lists"]}, "in-sync")],
)
def test_a_list_that_does_not_matter_any_more_blocks_nothing(
    desk: Desk, live: str, metadata: Any, code: str
) -> None:
    desk.seed(live_voice(status=live, **lists(OTHER)))
    desk.manifests(voice(metadata=metadata, **lists(named("nowhere"))))
    assert one(desk)["reason"]["code"] == code


@pytest.mark.parametrize("status", [403, 404, 400])
def test_an_account_that_shows_no_lists_blocks_only_who_names_one(desk: Desk, status: int) -> None:
    desk.sandbox.faults.add("status", request="lists", status=status, times=None)
    desk.manifests(voice(**lists(named("VIP customers"))), voice("fine", **lists(OTHER)))
    blocked, fine = desk.plan()["changes"]
    assert blocked["reason"]["code"] == "incomplete-list"
    assert fine["change"] == "create"


def test_a_name_that_another_list_took_makes_a_saved_plan_stale(desk: Desk) -> None:
    contact_lists(desk, **{VIP: "Gold members"})
    desk.manifests(voice(**lists(named("Gold members"))))
    assert desk.run("plan", "--out", "plan.json").code == 0
    desk.sandbox.reset()
    contact_lists(desk, **{ALL: "Gold members"})
    result = desk.run("apply", "plan.json", "--auto-approve")
    assert result.code == 3, result.all
    assert "the manifests changed, or the lists that they name" in result.err
    assert desk.writes == []


def test_validate_and_diff_need_no_account(desk: Desk) -> None:
    desk.manifests(voice(**lists(named("nowhere"), OTHER)))
    assert desk.run("validate").code == 0
    assert desk.requests == []


def test_while_nobody_knows_who_is_meant_no_other_text_reaches_the_people_of_the_live_list(
    desk: Desk,
) -> None:
    """Blocked stops the complete change, but for what cannot hurt: callbacks, and a postponement (rule 5)."""
    there = live_voice(**lists(OTHER))
    desk.seed(there)
    later = {"send_at": "2027-01-16T09:00:00+05:30", "end_at": "2027-01-16T18:00:00+05:30"}
    anew = {
        "url": "http://my.exotel.com/acme1/exoml/start_voice/927",
        "status_callback": "https://x.example.com/",
    }
    desk.manifests(voice(schedule=later, **anew, **lists(named("nowhere"))))
    change = one(desk)
    assert (change["change"], change["reason"]["code"]) == ("blocked", "list-not-found")
    assert [it["fields"] for it in change["operations"]] == [["schedule", "status_callback"]]
    assert desk.run("apply", "--auto-approve").code == 3
    (update,) = desk.writes
    assert (sent(update)["url"], sent(update)["lists"]) == (there["url"], [OTHER])


def test_lists_that_neither_side_shows_are_never_sent_by_their_names(desk: Desk) -> None:
    desk.sandbox.switches.change({"omit_from_list": ["lists"], "omit_from_get": ["lists"]})
    desk.seed(live_voice(**lists(OTHER)))
    desk.manifests(voice(status_callback="https://x.example.com/", **lists(named("nowhere"))))
    assert [it["op"] for it in one(desk)["operations"]] == []
    desk.run("apply", "--auto-approve")
    assert desk.writes == []
