"""Whom a campaign holds once an opt-out is done is whom it had, not whom its manifest names by now."""

from __future__ import annotations

from typing import Any

from harness import ACCOUNT, Desk, voice
from list_desk import NUMBERS, calling, change, contact_list

ANNA, BELA, CARO = NUMBERS
DORA = "+919876543288"
LATER = {"send_at": "2027-01-16T09:00:00+05:30", "end_at": "2027-01-16T18:00:00+05:30"}


def test_nobody_is_added_whom_another_keeps_in_a_list_that_it_only_takes_others_out_of(desk: Desk) -> None:
    desk.configure({"suppress": [{"from_file": "do-not-call.csv"}]}, country="IN")
    desk.write("do-not-call.csv", "number\n+919876543299\n")
    lists = contact_list("old"), contact_list("new", [ANNA, CARO], suppress=[{"campaign": "voice/first"}])
    first: dict[str, Any] = {"schedule": LATER, "metadata": {"labels": {"team": "growth"}}}
    desk.manifests(*lists, voice("first", **{"from": [DORA], **first}), calling("second", "old"))
    desk.apply()
    desk.configure({"policy": {"required_labels": {"level": "error", "labels": ["team"]}}})
    desk.manifests(*lists, voice("first", **{"from": [DORA, ANNA], **first}), calling("second", "new"))
    desk.write("do-not-call.csv", f"number\n+919876543299\n{BELA}\n")
    plan = desk.plan()
    assert change(plan, "first")["reason"]["code"] == "called-already"
    assert [it["op"] for it in change(plan, "second")["operations"]] == ["update"]
    desk.run("apply", "--auto-approve")
    (sid,) = desk.live("second")["lists"]
    assert (desk.live("first")["from"], sorted(desk.sandbox.numbers(ACCOUNT, sid))) == ([DORA], [ANNA, CARO])
