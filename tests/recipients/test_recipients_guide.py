"""The page "Who is called": its settings and its manifest do what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from contact_lists import contact_list
from harness import ACCOUNT, Desk, voice

PAGE = (Path(__file__).parents[2] / "docs/guide/who-is-called.md").read_text(encoding="utf-8")
BLOCKS: list[dict[str, Any]] = [
    yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
]
LIST, DRIFT, PROJECT, CAMPAIGN, FREQUENCY, CONTACT_LIST = BLOCKS
APPLY = ("apply", "--auto-approve")
CANARY = "+919876543201"
OPTED_OUT = "+919876543202"
PEOPLE = [CANARY, OPTED_OUT, "+919876543203", "+919876543299", "+919876543204"]


def test_a_list_is_counted_and_its_growth_is_refused(desk: Desk) -> None:
    (sid,) = LIST["spec"]["lists"]
    contact_list(desk, 1200, sid=sid)
    desk.configure(DRIFT)
    desk.manifests(voice(**{"from": ...}, **LIST["spec"]))
    assert "calls 1,200 people (1 list)" in desk.run("plan").out
    assert desk.plan()["approval"].endswith("Z+1200")
    assert "calls 1,200 people (1 list)" in PAGE


def test_suppression_in_a_pipeline(desk: Desk) -> None:
    """Plan, review; somebody opts out; the reviewed plan is carried out with fewer."""
    desk.configure(PROJECT)
    desk.write("do-not-call.csv", "number\n+919876543298\n+919876543297\n")
    desk.write("campaigns/diwali.csv", "number\n" + "".join(f"{number}\n" for number in PEOPLE))
    desk.write("campaigns/complaints.csv", "number\n+919876543203\n")
    canary = voice(
        "diwali-canary", **{"from": [CANARY], "url": "http://my.exotel.com/acme1/exoml/start_voice/4"}
    )
    desk.manifests(canary, voice("diwali", **{"from": ...}, **CAMPAIGN["spec"]))
    assert "calls 2 people (3 suppressed)" in desk.run("plan", "--out", "plan.json").out
    desk.write("do-not-call.csv", f"number\n+919876543298\n+919876543297\n{OPTED_OUT}\n")
    assert desk.run(*APPLY, "plan.json").code == 0
    assert desk.live("diwali")["from"] == ["+919876543204"]


def test_a_file_that_was_cut_stops_the_pipeline(desk: Desk) -> None:
    desk.configure(PROJECT)
    desk.write("do-not-call.csv", "number\n+919876543298\n")
    desk.manifests(voice())
    result = desk.run(*APPLY)
    assert (result.code, desk.writes) == (1, [])


def test_not_too_often(desk: Desk) -> None:
    desk.configure(FREQUENCY)
    texts = ("one", "two", "three")
    desk.manifests(*(voice(it, url=..., flow_type="greeting", read_via_text=it) for it in texts))
    result = desk.run("validate", "--format", "json")
    assert [it["rule"] for it in result.json["findings"]] == ["frequency"]


def test_a_list_as_code_from_its_upload_to_an_opt_out(desk: Desk) -> None:
    name = CONTACT_LIST["metadata"]["name"]
    desk.write("campaigns/vip.csv", "phone,name\n" + "".join(f"{number},Ravi\n" for number in PEOPLE))
    desk.write("campaigns/complaints.csv", f"number\n{CANARY}\n")
    desk.manifests(CONTACT_LIST, voice(**{"from": ...}, lists=[{"name": name}]))
    assert f"list/{name}: upload" in desk.run("plan").out
    assert desk.run(*APPLY).code == 0
    before = called(desk)
    assert before == {*PEOPLE} - {CANARY}
    desk.write("campaigns/complaints.csv", f"number\n{CANARY}\n{OPTED_OUT}\n")
    assert desk.run(*APPLY, "--max-changes", "0").code == 0
    assert called(desk) == before - {OPTED_OUT}


def called(desk: Desk) -> set[str]:
    (sid,) = desk.live("diwali-reminder")["lists"]
    return set(desk.sandbox.numbers(ACCOUNT, sid))
