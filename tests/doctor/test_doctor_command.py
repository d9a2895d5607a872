"""`doctor`: what is wrong with set-up and account, what it means, and the command that fixes it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from harness import Desk, live_sms, live_voice, sms, voice
from jsonschema import Draft202012Validator

SCHEMA = Path(__file__).parents[2] / "schemas" / "doctor.schema.json"
OVER = {"send_at": "2027-01-08T09:00:00+05:30", "end_at": "2027-01-09T09:00:00+05:30"}
LATER = {"send_at": "2027-03-15T09:00:00+05:30"}
MESSAGES = "message-campaigns"
PASSED = {"send_at": "2027-01-09T09:00:00+05:30"}


def doctor(desk: Desk, **env: str) -> Any:
    """The document, as the published schema has it; its exit code must be what it says."""
    result = desk.run("doctor", "--format", "json", env=env)
    document = result.json
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(document)
    assert result.code == (1 if document["summary"]["wrong"] else 0), result.all
    return document


def found(document: Any) -> dict[str, Any]:
    """What is not fine, by check."""
    return {it["check"]: it for it in document["checks"] if it["verdict"] != "fine"}


@dataclass(frozen=True)
class Case:
    """How it comes about, and what the doctor says of it."""

    what: str
    check: str
    verdict: str
    arrange: Callable[[Desk], object]
    mend: str


def intent(desk: Desk) -> None:
    """A run is cut off in the midst of a create, two hours ago."""
    desk.manifests(voice())
    desk.sandbox.faults.add("drop", request="create", acts=False)
    desk.run("apply", "--auto-approve")
    desk.pass_time(hours=2)


def skewed(desk: Desk) -> None:
    desk.sandbox.advance(timedelta(minutes=5))


def orphan(desk: Desk) -> None:
    desk.configure({"prune": {"name_prefix": "diwali-"}})
    desk.seed(live_voice("diwali-orphan"))


def seeded(*lives: dict[str, Any], manifest: dict[str, Any] | None = None) -> Callable[[Desk], None]:
    def arrange(desk: Desk) -> None:
        desk.seed(*lives)
        desk.manifests(*([manifest] if manifest else []))

    return arrange


CASES = (
    Case("a clock that is wrong", "clock", "wrong", skewed, "timedatectl"),
    Case(
        "an invalid manifest",
        "manifests",
        "wrong",
        lambda desk: desk.manifests(sms(tempalte="x")),
        "campaignctl validate",
    ),
    Case("a create that nobody settled", "intents", "wrong", intent, "campaignctl apply"),
    Case(
        "several alive of one name",
        "duplicates",
        "wrong",
        seeded(live_voice(), live_voice(caller_id="08012345678")),
        "campaignctl pause ",
    ),
    Case(
        "a finished one that is asked for something new",
        "new-runs",
        "wrong",
        seeded(live_voice(status="completed"), manifest=voice(schedule=LATER)),
        "change metadata.name in campaigns/all.yaml:1",
    ),
    Case(
        "a campaign that failed",
        "failed",
        "wrong",
        seeded(live_voice(status="failed"), manifest=voice()),
        "campaignctl report ",
    ),
    Case(
        "one that failed and is nobody's",
        "failed",
        "warn",
        seeded(live_voice(status="failed"), live_voice("theirs")),
        "campaignctl report ",
    ),
    Case(
        "one that was canceled",
        "failed",
        "warn",
        seeded(live_voice(status="canceled")),
        "campaignctl export ",
    ),
    Case(
        "a status that nobody knows",
        "lists",
        "warn",
        seeded(live_voice(status="Rejected"), live_voice("second", status="Rejected")),
        "campaignctl status ",
    ),
    Case("an orphan", "orphans", "wrong", orphan, "--prune"),
    Case(
        "one of nobody's that waits past its end",
        "windows",
        "warn",
        seeded(live_voice(status="paused", schedule=OVER)),
        "campaignctl complete ",
    ),
    Case(
        "one that waits past its end",
        "windows",
        "wrong",
        seeded(live_voice(status="paused", schedule=OVER), manifest=voice(schedule=OVER)),
        "campaignctl complete ",
    ),
    Case(
        "one that missed its start",
        "windows",
        "wrong",
        lambda desk: desk.manifests(voice(schedule=PASSED)),
        "change its start",
    ),
    Case(
        "a pin of nothing",
        "blocked",
        "wrong",
        lambda desk: desk.manifests(voice(metadata={"sid": "046141c8f6edde79"})),
        "campaignctl plan says why",
    ),
    Case(
        "a contact list that is not there",
        "blocked",
        "wrong",
        lambda desk: desk.manifests(sms(lists=[{"name": "Not there"}])),
        "campaignctl plan says why",
    ),
    Case(
        "one that is over and not there",
        "windows",
        "warn",
        lambda desk: desk.manifests(voice(schedule=OVER)),
        "remove campaigns/all.yaml:1",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_each_thing_is_found_and_what_fixes_it_is_said(desk: Desk, case: Case) -> None:
    case.arrange(desk)
    document = doctor(desk)
    assert {name: it["verdict"] for name, it in found(document).items()} == {case.check: case.verdict}
    (ailment,) = found(document)[case.check]["ailments"]
    assert case.mend in ailment["mend"]
    text = desk.run("doctor").out
    assert ailment["meaning"] in text
    assert ailment["mend"] in text


@pytest.mark.parametrize(("pinned", "verdict"), [(1, "wrong"), (2, "warn")])
def test_of_one_name_may_be_those_that_manifests_pin(desk: Desk, pinned: int, verdict: str) -> None:
    sids = desk.seed(live_voice("twice"), live_voice("twice", caller_id="0801"))
    desk.manifests(*(voice("twice", metadata={"sid": sid}, caller_id=...) for sid in sids[:pinned]))
    assert {name: it["verdict"] for name, it in found(doctor(desk)).items()} == {"duplicates": verdict}


def test_what_blocks_manifests_is_counted_and_told_once(desk: Desk) -> None:
    desk.seed(live_voice("twice"), live_voice("twice", caller_id="0801"))
    pins = [voice(name, metadata={"sid": f"{name}-0461"}) for name in ("first", "second")]
    desk.manifests(*pins, sms(lists=[{"name": "Not there"}]), voice("twice"))
    wrong = found(doctor(desk))
    assert list(wrong) == ["duplicates", "blocked"]
    (ailment,) = wrong["blocked"]["ailments"]
    assert ailment["message"] == "3 manifests are blocked: list-not-found, sid-not-found"


@pytest.mark.parametrize("api", ["message-campaigns", "sms-campaigns"])
def test_a_healthy_account_is_said_to_be_so(desk: Desk, api: str) -> None:
    desk.configure(sms_api=api, rate_limit=30)
    desk.seed(live_voice(), live_voice("theirs"))
    desk.seed(live_sms(), collection=api)
    desk.manifests(voice(), sms())
    document = doctor(desk)
    assert found(document) == {}
    assert "Nothing is wrong." in desk.run("doctor").out
    (budget,) = (it for it in document["checks"] if it["check"] == "budget")
    assert budget["detail"] == "26 of 30 requests left"


@pytest.mark.parametrize("missing", ["EXOTEL_API_KEY", "EXOTEL_API_TOKEN"])
def test_missing_credentials_are_named_and_the_rest_is_told(desk: Desk, missing: str) -> None:
    desk.manifests(voice(caler_id="1"))
    document = doctor(desk, **{missing: ""})
    wrong = found(document)
    assert missing in wrong["credentials"]["ailments"][0]["message"]
    assert missing in wrong["credentials"]["ailments"][0]["mend"]
    assert wrong["manifests"]["verdict"] == "wrong"
    assert wrong["duplicates"]["verdict"] == "unknown"
    assert wrong["reachability"]["verdict"] == "unknown"
    assert not desk.requests


def test_an_account_that_nobody_names_is_named_as_such(desk: Desk) -> None:
    desk.configure(account_sid=None)
    document = doctor(desk)
    (ailment,) = found(document)["credentials"]["ailments"]
    assert "has no account" in ailment["message"]
    assert "EXOTEL_ACCOUNT_SID" in ailment["mend"]
    assert "EXOTEL_API_KEY" not in ailment["mend"]


@pytest.mark.parametrize(
    ("status", "credentials", "reachability"),
    [
        (401, "wrong", "fine"),
        (403, "wrong", "fine"),
        (404, "unknown", "wrong"),
        (503, "unknown", "wrong"),
    ],
)
def test_an_account_that_cannot_be_read_is_told_by_why(
    desk: Desk, status: int, credentials: str, reachability: str
) -> None:
    desk.sandbox.faults.add("status", times=None, status=status)
    document = doctor(desk)
    verdicts = {it["check"]: it["verdict"] for it in document["checks"]}
    assert (verdicts["credentials"], verdicts["reachability"]) == (credentials, reachability)
    assert document["summary"]["unknown"] > 0
    assert "the account could not be read" in desk.run("doctor").out


def test_of_a_host_that_nobody_listens_at_nothing_is_known_but_that(desk: Desk) -> None:
    desk.configure(base_url="http://127.0.0.1:9")
    document = doctor(desk)
    verdicts = {it["check"]: it["verdict"] for it in document["checks"]}
    assert (verdicts["credentials"], verdicts["reachability"]) == ("unknown", "wrong")


def test_what_the_account_says_of_its_limit_is_shown(desk: Desk) -> None:
    desk.sandbox.switches.rate_limit = 4
    document = doctor(desk)
    budget = found(document)["budget"]
    assert budget["verdict"] == "warn"
    assert "the account says 3 of 4" in budget["detail"]


@pytest.mark.parametrize("managed", [True, False])
def test_what_a_list_that_is_incomplete_may_hide_is_unknown(desk: Desk, managed: bool) -> None:
    desk.seed(live_voice())
    desk.manifests(*([voice()] if managed else []))
    desk.sandbox.faults.add("item", request="list", times=None, path="/campaigns")
    document = doctor(desk)
    lists = found(document)["lists"]
    assert (lists["verdict"], document["summary"]["wrong"]) == ("warn", 0)
    assert "could not be read completely" in lists["ailments"][0]["message"]
    for check in ("duplicates", "failed", "orphans"):
        assert found(document)[check]["verdict"] == "unknown"
        assert found(document)[check]["detail"] == "the account's lists could not be read completely"
    assert "Nothing wrong was found; 1 check to look at" in desk.run("doctor").out


def test_what_failed_long_ago_is_no_news(desk: Desk) -> None:
    desk.seed(live_voice(status="failed"))
    desk.pass_time(days=29)
    assert found(doctor(desk))["failed"]["verdict"] == "warn"
    desk.pass_time(days=2)
    assert found(doctor(desk)) == {}


def test_of_many_that_failed_the_latest_are_named_and_the_rest_is_counted(desk: Desk) -> None:
    desk.seed(
        *(live_sms(f"their-offer-{number}", status="failed") for number in range(12)), collection=MESSAGES
    )
    desk.pass_time(hours=1)
    desk.seed(live_voice("latest", status="canceled"))
    first, *others, rest = found(doctor(desk))["failed"]["ailments"]
    assert (first["subject"], first["message"]) == (
        "voice/latest",
        "it was canceled, and no manifest names it",
    )
    assert len(others) == 9
    assert rest["message"] == "3 more campaigns that no manifest names failed of late"


@pytest.mark.parametrize("position", ["any", "own", "lower", "refuse", "ignore"])
def test_failures_are_found_however_the_account_takes_its_filter(desk: Desk, position: str) -> None:
    desk.sandbox.switches.status_filter = position
    desk.seed(live_sms(status="failed"), *(live_sms(f"their-{n}") for n in range(60)), collection=MESSAGES)
    assert found(doctor(desk))["failed"]["ailments"][0]["subject"] == "sms/diwali-offer"


def test_an_account_without_one_of_the_kinds_is_healthy(desk: Desk) -> None:
    desk.seed(live_voice())
    desk.manifests(voice())
    desk.sandbox.faults.add("status", request="list", times=None, path="/message-campaigns", status=403)
    assert found(doctor(desk)) == {}


# ----------------------------------------------------------------------------------------- the commands that fix it


def fixed(desk: Desk, check: str) -> list[str]:
    """The first command of what fixes the only thing that a check found, without the program's name."""
    (ailment,) = found(doctor(desk))[check]["ailments"]
    program, *words = shlex.split(ailment["mend"].split("; ")[0].removeprefix("write its manifest: "))
    assert program == "campaignctl"
    return words


def test_an_orphan_is_no_longer_one_once_its_manifest_is_exported(desk: Desk) -> None:
    orphan(desk)
    assert desk.run(*fixed(desk, "orphans")).code == 0
    assert "orphans" not in found(doctor(desk))


def test_an_orphan_can_be_ended_alone(desk: Desk) -> None:
    orphan(desk)
    desk.seed(live_voice(), live_voice("diwali-second"))
    desk.manifests(voice())
    first, _ = found(doctor(desk))["orphans"]["ailments"]
    _, end = first["mend"].split("; or end it: ")
    assert desk.run(*shlex.split(end)[1:], "--auto-approve").code == 0
    assert desk.live("diwali-orphan")["status"].lower() == "archived"
    assert desk.live("diwali-second")["status"].lower() == "created"


def test_twins_are_stopped_by_the_command(desk: Desk) -> None:
    desk.seed(live_voice(), live_voice(caller_id="08012345678"))
    assert desk.run(*fixed(desk, "duplicates"), "--auto-approve").code == 0
    assert {it["status"].lower() for it in desk.account()} == {"paused"}


@pytest.mark.parametrize("schedule", [OVER])
@pytest.mark.parametrize("managed", [True, False])
def test_what_waits_past_its_end_is_ended_by_the_command(desk: Desk, schedule: Any, managed: bool) -> None:
    desk.seed(live_voice(status="paused", schedule=schedule))
    desk.manifests(*([voice(schedule=schedule)] if managed else []))
    assert desk.run(*fixed(desk, "windows"), "--auto-approve").code == 0
    assert desk.live("diwali-reminder")["status"].lower() == "completed"
    assert "windows" not in found(doctor(desk))


def test_beside_an_invalid_manifest_nobody_is_told_to_end_its_campaign(desk: Desk) -> None:
    desk.configure({"prune": {"name_prefix": "diwali-"}})
    desk.seed(live_voice())
    desk.manifests(voice(caler_id="1"))
    (ailment,) = found(doctor(desk))["orphans"]["ailments"]
    assert (ailment["severity"], ailment["mend"]) == ("warn", "campaignctl validate")


def test_a_project_file_that_is_wrong_elsewhere_is_one_of_the_mistakes(desk: Desk) -> None:
    desk.configure({"polcy": {}})
    desk.manifests(voice(caler_id="1"))
    wrong = found(doctor(desk))
    assert list(wrong) == ["manifests"]
    assert wrong["manifests"]["ailments"][0]["message"].startswith(
        "2 mistakes, the first at campaignctl.yaml:"
    )


def test_commands_mean_the_environment_and_the_project_that_was_looked_at(desk: Desk) -> None:
    desk.seed(live_voice(), live_voice(caller_id="08012345678"))
    desk.manifests(voice())
    desk.configure({"default_environment": "sandbox"})
    text = desk.run("doctor", "-e", "prod", "-c", "campaignctl.yaml").out
    assert "fix: campaignctl -e prod -c campaignctl.yaml pause " in text


# ------------------------------------------------------------------------------------------ what runs left behind


def leftover(desk: Desk) -> Any:
    (ailment,) = found(doctor(desk))["intents"]["ailments"]
    return ailment


def test_an_apply_settles_what_it_can_and_the_note_is_gone(desk: Desk) -> None:
    intent(desk)
    assert leftover(desk)["mend"].startswith("campaignctl apply; or")
    desk.sandbox.faults.clear()
    desk.run("apply", "--auto-approve")
    assert found(doctor(desk)) == {}


GONE = {
    "its manifest is gone": lambda desk: desk.manifests(),
    "its campaign is over": lambda desk: desk.seed(live_voice(status="completed", schedule=OVER)),
}


def test_a_note_is_not_to_be_removed_before_its_campaign_would_show(desk: Desk) -> None:
    intent(desk)
    desk.configure(settle_seconds=10_800)
    desk.manifests()
    assert leftover(desk)["mend"].startswith("campaignctl apply; or")
    desk.pass_time(hours=1)
    assert leftover(desk)["mend"].startswith("when no run is under way: rm ")


@pytest.mark.parametrize("how", list(GONE))
def test_of_a_note_that_no_apply_settles_it_is_said_to_remove_it(desk: Desk, how: str) -> None:
    intent(desk)
    desk.sandbox.faults.clear()
    GONE[how](desk)
    desk.run("apply", "--auto-approve")
    left = leftover(desk)
    assert "nothing settles the note by itself" in left["meaning"]
    start, _, command = left["mend"].partition(": rm ")
    assert start == "when no run is under way"
    (desk.root / shlex.split(command)[0]).unlink()
    assert "intents" not in found(doctor(desk))


def test_of_a_note_that_blocks_its_manifest_it_is_said_to_wait(desk: Desk) -> None:
    intent(desk)
    desk.sandbox.faults.clear()
    desk.pass_time(days=4, hours=21, minutes=55)
    left = leftover(desk)
    assert "until it does its manifest is blocked" in left["meaning"]
    assert left["mend"].startswith("wait until it shows up; or, when it surely does not exist: rm ")


@pytest.mark.parametrize("mistake", ["caler_id", "name"])
def test_of_a_note_beside_an_invalid_manifest_nobody_can_tell(desk: Desk, mistake: str) -> None:
    intent(desk)
    desk.manifests(voice(**{mistake: "1"}))
    assert leftover(desk)["mend"].startswith("campaignctl apply; or")


def test_a_sandbox_whose_clock_was_advanced_is_healthy(desk: Desk) -> None:
    desk.configure({"default_environment": "sandbox"})
    desk.run("sandbox", "advance", "3d")
    assert desk.run("doctor").code == 0


def test_it_writes_nothing(desk: Desk) -> None:
    orphan(desk)
    intent(desk)
    desk.forget()
    before = sorted(desk.root.rglob("*"))
    doctor(desk)
    assert not desk.writes
    assert sorted(desk.root.rglob("*")) == before


def test_names_from_outside_reach_no_terminal(desk: Desk) -> None:
    hostile = "x\x1b[31mred\u202egnp\n::error::x"
    desk.seed(live_voice(hostile), live_voice(hostile))
    said = desk.run("doctor").all
    assert not {"\x1b", "\u202e"} & set(said)
    assert "\n::error::" not in said


def test_a_status_that_is_not_shown_is_said_to_be_so(desk: Desk) -> None:
    desk.seed(live_voice())
    desk.manifests(voice())
    desk.sandbox.faults.add(
        "change", request=["list", "get"], times=None, path="/campaigns", data={"status": None}
    )
    assert (
        "the account shows no status, of 1 campaign ("
        in found(doctor(desk))["lists"]["ailments"][0]["message"]
    )
    (change,) = desk.plan()["changes"]
    assert change["reason"]["message"] == "the account does not show its status: nothing is done to it"
