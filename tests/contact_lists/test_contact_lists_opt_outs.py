"""An opt-out leads to a list of fewer people, not to a stale plan; nobody comes back (recipients.md 3.5 and 5.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from harness import Desk, sent
from list_desk import NAME, NUMBERS, calling, change, contact_list, people, result

ANNA, BELA, CARO = NUMBERS
APPLY = ("apply", "--auto-approve")
PLAN = "plan.json"


def opt_out(desk: Desk, *numbers: str) -> None:
    desk.write("do-not-call.csv", "\n".join(("number", *numbers, "")))


@pytest.fixture(name="project")
def _project(desk: Desk) -> Desk:
    """A list of three whom the project's file leaves out, and a campaign to it."""
    desk.configure({"suppress": [{"from_file": "do-not-call.csv"}]})
    desk.manifests(contact_list(), calling())
    opt_out(desk, BELA)
    return desk


def uploaded(desk: Desk) -> list[str]:
    bodies: list[Any] = [sent(it) for it in desk.requests if it.request == "create_contacts"]
    return [item["number"] for body in bodies for item in body["contacts"]]


def test_list_and_campaign_say_how_many_are_left_out(project: Desk) -> None:
    plan = project.plan()
    for name in (NAME, "diwali-reminder"):
        suppressed = change(plan, name)["suppressed"]
        assert (suppressed["count"], len(suppressed["marks"])) == (1, 1)
    text = project.run("plan").out
    assert "uploads 2 people (1 suppressed)" in text
    assert "1 person suppressed." in text
    assert BELA not in text


def test_after_an_opt_out_a_plan_file_uploads_fewer(project: Desk) -> None:
    project.run("plan", "--out", PLAN)
    opt_out(project, BELA, CARO)
    done = project.run(*APPLY, PLAN)
    assert done.code == 0, done.all
    assert "1 more person is left out than the plan shows" in done.out
    assert (uploaded(project), people(project, "diwali-reminder")) == ([ANNA], [[ANNA]])


def test_a_plan_file_that_would_call_somebody_back_is_refused(project: Desk) -> None:
    project.run("plan", "--out", PLAN)
    opt_out(project, CARO)
    refused = project.run(*APPLY, PLAN)
    assert (refused.code, project.writes) == (3, [])
    assert "whom the plan left out" in refused.err


def test_after_an_opt_out_an_approval_is_refused(project: Desk) -> None:
    approval = project.plan()["approval"]
    opt_out(project, BELA, CARO)
    assert project.run(*APPLY, "--expect", approval).code == 3
    assert project.writes == []


def test_an_upload_that_an_opt_out_made_necessary_is_done_though_the_plan_file_has_none(
    project: Desk,
) -> None:
    project.apply()
    project.manifests(calling("second", url=..., read_via_text="Hi"), file="campaigns/second.yaml")
    project.run("plan", "--out", PLAN)
    opt_out(project, BELA, CARO)
    done = project.run(*APPLY, PLAN)
    assert done.code == 0, done.all
    assert people(project, "second") == [[ANNA]]
    assert people(project, "diwali-reminder") == [[ANNA]], "it was there, and only lost somebody"


def test_an_upload_for_any_other_reason_is_not_done_where_the_plan_file_has_none(project: Desk) -> None:
    project.apply()
    project.manifests(calling("second", url=..., read_via_text="Hi"), file="campaigns/second.yaml")
    project.run("plan", "--out", PLAN)
    project.sandbox.switches.contact_count = "short"
    before = len(project.writes)
    assert project.run(*APPLY, PLAN).code == 3
    assert len(project.writes) == before


def edits_before(desk: Desk, request: str, edit: Callable[[], Any]) -> None:
    """The request is told to wait once; meanwhile somebody edits the sources."""
    desk.configure(max_attempts=3)
    desk.sandbox.faults.add("status", request=request, status=429, retry_after="5")
    wait, done = desk.clock.sleep, []

    def sleep(seconds: float) -> None:
        if not done and seconds > 0:
            done.append(edit())
        wait(seconds)

    desk.clock.sleep = sleep  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("numbers", "code"), [((CARO, BELA), "moved"), ((), "moved"), (NUMBERS, "no-recipients")]
)
def test_whoever_opts_out_or_comes_back_before_the_create_stops_it(
    project: Desk, numbers: tuple[str, ...], code: str
) -> None:
    edits_before(project, "create", lambda: opt_out(project, *numbers))
    done = project.run(*APPLY, "--format", "json")
    assert done.code == 3
    assert result(done.json, "diwali-reminder")["reason"]["code"] == code
    assert project.account() == []
    project.sandbox.faults.clear()
    if code == "moved" and numbers:
        assert project.run(*APPLY).code == 0
        assert people(project, "diwali-reminder") == [[ANNA]]


def test_who_opts_out_after_the_manifests_were_read_is_not_uploaded(project: Desk) -> None:
    edits_before(project, "list", lambda: opt_out(project, BELA, CARO))
    done = project.run(*APPLY)
    assert done.code == 0, done.all
    assert "1 more person was left out than planned" in done.all
    assert (uploaded(project), people(project, "diwali-reminder")) == ([ANNA], [[ANNA]])


def test_a_source_that_is_gone_by_now_stops_the_upload(project: Desk) -> None:
    edits_before(project, "create_contacts", (project.root / "do-not-call.csv").unlink)
    done = project.run(*APPLY, "--format", "json")
    assert done.code != 0
    assert project.account() == []


def test_a_campaign_whose_list_holds_nobody_any_more_is_paused(project: Desk) -> None:
    assert project.run(*APPLY).code == 0
    opt_out(project, ANNA, BELA, CARO)
    told = change(project.plan(), "diwali-reminder")
    assert (told["change"], told["reason"]["code"]) == ("blocked", "no-recipients")
    assert [it["op"] for it in told["operations"]] == ["pause"]
    assert project.run(*APPLY).code == 3
    assert project.live("diwali-reminder")["status"] == "Paused"
