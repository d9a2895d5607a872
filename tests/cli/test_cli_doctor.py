"""`doctor`: what is wrong with set-up and account, what it means, and the command that mends it."""

from __future__ import annotations

import json
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
    Case("an orphan", "orphans", "wrong", orphan, "--prune"),
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
        "one that is over and not there",
        "windows",
        "warn",
        lambda desk: desk.manifests(voice(schedule=OVER)),
        "remove campaigns/all.yaml:1",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_each_thing_is_found_and_what_mends_it_is_said(desk: Desk, case: Case) -> None:
    case.arrange(desk)
    document = doctor(desk)
    assert {name: it["verdict"] for name, it in found(document).items()} == {case.check: case.verdict}
    (ailment,) = found(document)[case.check]["ailments"]
    assert case.mend in ailment["mend"]
    text = desk.run("doctor").out
    assert ailment["meaning"] in text
    assert ailment["mend"] in text


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
    assert budget["detail"] == "28 of 30 requests left"


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


def test_a_list_that_is_not_whole_is_said(desk: Desk) -> None:
    desk.seed(live_voice())
    desk.manifests(voice())
    desk.sandbox.faults.add("item", request="list", times=None, path="/campaigns")
    assert "could not be read whole" in found(doctor(desk))["lists"]["ailments"][0]["message"]


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
