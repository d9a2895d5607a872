"""A manifest that went to another account is not created there while it runs on in the old one."""

from __future__ import annotations

from typing import Any

import pytest
from fleet_projects import campaign, environment, many, people_of, secrets, write_environments
from harness import Desk, Result, live_voice, voice
from repeating import weekly

NAMES = ("north", "south")


def project(desk: Desk) -> None:
    """`survey` stands in the folder of the north now; the account of the south still runs it."""
    many(desk, NAMES)
    campaign(desk, "north", "survey")
    campaign(desk, "south", "other", **{"from": ["+919876543299"]})


def live(desk: Desk, name: str, account: str, **fields: Any) -> str:
    [sid] = desk.sandbox.seed(f"acc-{account}", "campaigns", [live_voice(name, **fields)])
    return sid


def plan(desk: Desk, *words: str) -> Result:
    return desk.run("plan", "--format", "json", *words, env=secrets(*NAMES))


def changes(result: Result, environment: str) -> list[tuple[str, str, str]]:
    [found] = [it for it in result.json["environments"] if it["environment"] == environment]
    return [(it["name"], it["change"], it["reason"]["code"]) for it in found["result"]["changes"]]


def test_what_another_chosen_account_still_runs_is_held_and_named(desk: Desk) -> None:
    project(desk)
    sid = live(desk, "survey", "south")
    result = plan(desk, "--all-environments")
    assert changes(result, "north") == [("survey", "held", "looks-renamed")]
    [north] = [it for it in result.json["environments"] if it["environment"] == "north"]
    message = north["result"]["changes"][0]["reason"]["message"]
    assert f"south holds an alive campaign of this name ({sid})" in message


def test_it_is_another_where_somebody_says_so_of_that_environment(desk: Desk) -> None:
    project(desk)
    live(desk, "survey", "south")
    shown = desk.run("plan", "--all-environments", env=secrets(*NAMES))
    asked = {flag for line in shown.out.splitlines() for flag in [line.partition("to allow: ")[2]] if flag}
    assert asked == {"--allow twin:survey@north"}
    page = desk.run("plan", "--all-environments", "--format", "markdown", env=secrets(*NAMES))
    assert "--allow twin:survey@north" in page.out
    cases = desk.run("plan", "--all-environments", "--format", "junit", env=secrets(*NAMES)).out
    assert {it.partition("survey")[2][:6] for it in cases.split("--allow twin:")[1:]} == {"@north"}
    allowed = plan(desk, "--all-environments", "--allow", "twin:survey@north")
    assert changes(allowed, "north") == [("survey", "create", "not-live")]
    elsewhere = plan(desk, "--all-environments", "--allow", "twin:survey@south")
    assert changes(elsewhere, "north") == [("survey", "held", "looks-renamed")]
    assert plan(desk, "--all-environments", "--allow", "twin:survey").code == 64


def test_an_apply_creates_nothing_that_runs_on_elsewhere(desk: Desk) -> None:
    project(desk)
    live(desk, "survey", "south")
    applied = desk.run("apply", "--all-environments", "--auto-approve", env=secrets(*NAMES))
    assert applied.code == 3, applied.all
    assert [it.path.split("/")[3] for it in desk.writes] == ["acc-south"]  # its own new one alone


def test_with_one_environment_chosen_nobody_looks_into_the_other(desk: Desk) -> None:
    project(desk)
    live(desk, "survey", "south")
    alone = plan(desk, "-e", "north")
    assert [it["change"] for it in alone.json["changes"]] == ["create"]


def test_it_is_another_where_the_manifest_says_so(desk: Desk) -> None:
    project(desk)
    sid = live(desk, "survey", "south")
    desk.manifests(voice("survey", metadata={"distinct_from": [sid]}), file="campaigns/north/all.yaml")
    assert changes(plan(desk, "--all-environments"), "north") == [("survey", "create", "not-live")]


@pytest.mark.parametrize(
    ("what", "fields"),
    [("another name", {"name": "survey-two"}), ("over", {"status": "completed"})],
)
def test_what_is_not_alive_or_called_otherwise_holds_nothing(
    desk: Desk, what: str, fields: dict[str, Any]
) -> None:
    project(desk)
    live(desk, fields.pop("name", "survey"), "south", **fields)
    assert changes(plan(desk, "--all-environments"), "north") == [("survey", "create", "not-live")], what


@pytest.mark.parametrize(
    "own",
    [
        voice("survey", **{"from": ["+919876543298"]}),
        voice("renamed", metadata={"previous_name": "survey"}, **{"from": ["+919876543298"]}),
    ],
    ids=["of this name", "under its new name"],
)
def test_what_a_manifest_there_means_is_no_move(desk: Desk, own: dict[str, Any]) -> None:
    project(desk)
    live(desk, "survey", "south")
    desk.manifests(own, file="campaigns/south/all.yaml")
    assert ("survey", "create", "not-live") in changes(plan(desk, "--all-environments"), "north")


def test_an_account_that_takes_nothing_any_more_is_looked_into(desk: Desk) -> None:
    """The only manifest went away: that is when it matters most."""
    many(desk, NAMES)
    campaign(desk, "north", "survey")
    write_environments(
        desk,
        environment("north", manifests=["campaigns/north/"]),
        environment("south", select="region=south", manifests=["campaigns/"]),
    )
    live(desk, "survey", "south")
    assert changes(plan(desk, "--all-environments"), "north") == [("survey", "held", "looks-renamed")]


def test_an_account_that_cannot_be_read_holds_nobody_up(desk: Desk) -> None:
    project(desk)
    result = desk.run("plan", "--all-environments", "--format", "json", env=secrets("north"))
    assert result.code == 1
    assert changes(result, "north") == [("survey", "create", "not-live")]


def test_copies_of_two_chosen_accounts_are_blocked_in_both(desk: Desk) -> None:
    many(desk, NAMES)
    for name in NAMES:
        campaign(desk, name, f"survey-{name}", **{"from": ["+919876543210"]})
    result = plan(desk, "--all-environments")
    assert result.code == 3
    for name in NAMES:
        assert [it[1:] for it in changes(result, name)] == [("blocked", "policy")]
    validated = desk.run("validate", "--all-environments", "--format", "json")
    assert validated.code == 3
    assert plan(desk, "-e", "north").code == 0


@pytest.mark.parametrize(
    "own",
    [weekly("survey"), weekly("renamed", metadata={"previous_name": "survey"})],
    ids=["of this name", "under its new name"],
)
def test_a_date_of_what_repeats_there_is_no_move(desk: Desk, own: dict[str, Any]) -> None:
    many(desk, NAMES)
    desk.manifests(own, file="campaigns/south/all.yaml")
    desk.manifests(weekly("survey", **people_of("north")), file="campaigns/north/all.yaml")
    live(desk, "survey-2027-01-11", "south")
    assert ("survey-2027-01-11", "create", "not-live") in changes(plan(desk, "--all-environments"), "north")


def test_a_date_that_nothing_there_repeats_any_more_is_a_move(desk: Desk) -> None:
    many(desk, NAMES)
    campaign(desk, "south", "other")
    desk.manifests(weekly("survey", **people_of("north")), file="campaigns/north/all.yaml")
    live(desk, "survey-2027-01-11", "south")
    assert ("survey-2027-01-11", "held", "looks-renamed") in changes(
        plan(desk, "--all-environments"), "north"
    )
